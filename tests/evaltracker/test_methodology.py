"""The methodology: page and document say what the code does."""

import datetime as dt
import html
import re
from fractions import Fraction
from pathlib import Path

import pytest

from commitments.choices import Firmness
from commitments.rules.criteria import (
    DEFAULT_WEIGHTS,
    DEPTH_VALUES,
    FIRMNESS_VALUES,
    FULL_ACCESS_DAYS,
    PUBLICATION_VALUES,
    Criterion,
)
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.findings import Finding, Ground
from commitments.rules.verdicts import OUTCOME_VALUES, PUBLICATION_GRACE, Doubt, VerdictOutcome
from evaltracker.web import examples
from evaltracker.web.views.methodology import SECTIONS, in_print
from labs.choices import Activity, Answer, Certainty, Outcome, Timing
from labs.rules.access import Count, Reason, ReleaseStanding, Window
from labs.rules.checks import EVERY, EVERY_WHILE_NEW, NEW_FOR
from labs.rules.depth import DEPTH_QUESTIONS, Level, Sufficiency, Threat, depth_of
from labs.rules.method import METHOD_VERSION
from labs.rules.ranges import Range
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "methodology.md"
EVEN = {"evaluated": "25", "depth": "25", "publication": "15", "time": "10", "commitment": "10", "follow_through": "15"}


@pytest.fixture
def page(client, records) -> str:
    response = client.get("/methodology/")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def tables() -> dict[str, list[list[str]]]:
    """The tables of the document by the words of their first header cell."""
    found: dict[str, list[list[str]]] = {}
    header = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            header = ""
        elif set(line) <= set("|-"):
            continue
        elif header:
            found[header].append(cells)
        else:
            header = cells[0]
            found[header] = []
    return found


@pytest.mark.parametrize(
    "terms",
    [
        *(Answer, Certainty, Window, Activity, Outcome, Timing, Count, Threat, Sufficiency, Level),
        *(Criterion, VerdictOutcome, Finding, DeadlineStatus),
    ],
    ids=lambda terms: terms.__name__,
)
def test_the_page_explains_every_word_of_an_enumeration(page, terms):
    for term in terms:
        assert term.label in page
        assert term.explanation in page


@pytest.mark.parametrize("terms", [Reason, Ground, Doubt, ReleaseStanding], ids=lambda terms: terms.__name__)
def test_the_page_names_every_reason(page, terms):
    for term in terms:
        assert term.label in page, term


def test_every_section_has_its_anchor_once(page):
    for anchor, heading in SECTIONS.items():
        assert page.count(f'id="{anchor}"') == 1
        assert f'href="#{anchor}">{heading}<' in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_page_prints_the_weights_in_force(page):
    for criterion, weight in DEFAULT_WEIGHTS.items():
        assert re.search(rf'<th scope="row"[^>]*>{criterion.label}</th><td[^>]*>{weight}</td>', page)
        assert f'name="{criterion.value}" value="{weight}"' in page
    assert f"Version {METHOD_VERSION} of the method" in page


def test_values_and_ranges_are_printed_without_needless_digits():
    assert in_print(Range.of(".5")) == "0.5"
    assert in_print(Range.of(0, 1)) == "0–1"


def test_the_form_leads_to_the_scorecards_with_these_weights(client, records):
    response = client.get("/methodology/?evaluated=50&depth=50&publication=&time=0&as_of=2024-05-24&window=24")
    assert response.status_code == 302
    assert response["Location"] == "/labs/?as_of=2024-05-24&window=24&weights=evaluated:50,depth:50"
    assert client.get(response["Location"]).status_code == 200


def test_the_method_s_own_weights_need_no_parameter(client, records):
    response = client.get("/methodology/", EVEN)
    assert (response.status_code, response["Location"]) == (302, "/labs/")


@pytest.mark.parametrize("value", ["-1", "many", "1,depth:2", "inf", "nan", "1e999", "<b>"])
def test_a_weight_that_cannot_be_is_answered_beside_the_form(client, records, value):
    response = client.get("/methodology/", {**EVEN, "evaluated": value})
    assert response.status_code == 400
    page = response.content.decode()
    assert "Weights are names and numbers such as" in page
    assert f'value="{html.escape(value)}"' in page
    assert 'role="alert"' in page


def test_weights_that_are_all_nothing_are_refused(client, records):
    for query in ({"evaluated": "0"}, {"evaluated": ""}, dict.fromkeys(EVEN, "0")):
        response = client.get("/methodology/", query)
        assert response.status_code == 400, query
        assert "Weights are names and numbers such as" in response.content.decode()


@pytest.mark.parametrize("query", ["weights=depth", "as_of=soon", "colour=red", "evaluated=1&evaluated=2", "window=1"])
def test_what_cannot_be_answered_is_refused(client, records, query):
    assert client.get(f"/methodology/?{query}").status_code == 400


def test_a_reader_s_weights_fill_the_form_and_the_example(client, records):
    page = client.get("/methodology/?weights=evaluated:1").content.decode()
    assert 'name="evaluated" value="1"' in page
    assert 'name="depth" value="0"' in page
    assert "Computed, with your weights" in page
    assert "33</td><td" in page.replace(' class="num"', "")


def test_the_page_works_without_any_record(client, empty_database):
    assert client.get("/methodology/").status_code == 200


def test_the_page_shows_each_statement_with_its_source_and_what_bears_on_it(client, empty_database):
    source = factories.source(title="An essay", published_on="2024-05-24", read_on=dt.date(2024, 6, 1))
    event = factories.access_event(model=factories.ai_model(name="Model S"))
    statement = factories.statement(text="Tests <cost> time.", source=source, related_events=[event])

    page = html.unescape(client.get("/methodology/").content.decode())
    assert f'id="statement-{statement.key}"' in page
    assert "Tests <cost> time." in page
    assert "An essay" in page
    assert f'href="{event.get_absolute_url()}"' in page
    assert "Tests <cost> time." not in html.unescape(client.get("/methodology/?as_of=2024-05-23").content.decode())


def test_the_score_example_adds_up_by_hand(page):
    example = examples.score_example(DEFAULT_WEIGHTS)
    low = (25 * 1 + 25 * 0.5 + 15 * 0.25 + 10 * 0) / 3 + 10 * 0.6 + 15 * 1 / 3
    high = (25 * 1 + 25 * 0.5 + 15 * 0.25 + 10 * 1) / 3 + 10 * 0.6 + 15 * 1
    assert (round(low, 2), round(high, 2)) == (24.75, 38.08)
    assert (example.low, example.high) == ("25", "38")
    assert example.coverage == "5 of 6 facts"
    assert ">25</td>" in page
    assert ">38</td>" in page


def test_without_an_applicable_criterion_the_example_has_no_score():
    example = examples.score_example(dict.fromkeys(Criterion, Fraction(0)))
    assert (example.low, example.high) == ("", "")


def test_the_verdict_examples_show_the_verdicts_in_their_order():
    labels = [example.label for example in examples.verdict_examples()]
    assert labels == [
        "kept",
        "unclear",
        "nothing found",
        "cannot tell",
        "nothing found; tested after release",
        "not kept",
        "partly kept",
        "partly kept",
        "not yet due",
        "kept on the lenient reading only",
    ]


def test_the_launch_document_examples_show_both_sides_of_the_border():
    found = [(each.card, each.release, each.weighed.count) for each in examples.launch_examples()]
    assert found == [
        ("2025-03-10", "2025-03-10", Count.STRICT),
        ("2025-03-11", "2025-03-10", Count.LENIENT),
        ("2025-03", "2025-03-10", Count.STRICT),
        ("2025-04", "2025-03-10", Count.LENIENT),
        ("2025", "2025-03-10", Count.LENIENT),
    ]


def test_the_adequacy_examples_answer_for_both_threats():
    answers = [(each.deployment.label, each.stolen_weights.label) for each in examples.adequacy_examples()]
    assert answers == [
        ("not deep enough", "not deep enough"),
        ("deep enough (left on, argued for)", "not deep enough"),
        ("deep enough", "not deep enough"),
        ("not deep enough", "not deep enough"),
        ("cannot tell", "cannot tell"),
    ]


def test_the_certainty_examples_cover_every_derivation():
    found = [each.certainty for each in examples.certainty_examples()]
    assert set(found) == {Certainty.CONFIRMED, Certainty.DOCUMENTED, Certainty.REPORTED, Certainty.INFERRED}


def test_the_document_s_weights_are_the_code_s():
    written = {row[0]: Fraction(row[1]) for row in tables()["criterion"]}
    assert written == {criterion.value: weight for criterion, weight in DEFAULT_WEIGHTS.items()}


def test_the_document_s_levels_and_their_values_are_the_code_s():
    assert [(row[0], row[1]) for row in tables()["level"]] == [(str(level.value), level.label) for level in Level]
    assert dict(tables()["depth"]) == {
        level.label: in_print(Range(value, value)) for level, value in DEPTH_VALUES.items()
    }


def test_the_document_s_depth_table_is_the_rule_s_and_the_page_s():
    rows = tables()["filters off"]
    for *answers, levels in rows:
        depth = depth_of(dict(zip(DEPTH_QUESTIONS, map(Answer, answers), strict=True)))
        low, high = depth.low.value, depth.high.value
        assert levels == (str(low) if depth.is_exact else f"{low}–{high}")
    shown = [[answer.value for answer in each.answers] for each in examples.depth_examples()]
    assert [row[:-1] for row in rows] == shown


@pytest.mark.parametrize(("table", "values"), [("published", PUBLICATION_VALUES), ("firmness", FIRMNESS_VALUES)])
def test_the_document_s_values_are_the_code_s(table, values):
    assert dict(tables()[table]) == {term.value: in_print(value) for term, value in values.items()}


def test_the_document_s_verdicts_are_the_code_s_in_their_order():
    written = [(row[0], row[2]) for row in tables()["verdict"]]
    assert written == [
        (outcome.value, "left out" if value is None else in_print(value)) for outcome, value in OUTCOME_VALUES.items()
    ]
    assert list(OUTCOME_VALUES) == list(VerdictOutcome)


def test_the_document_s_other_numbers_are_the_code_s():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.startswith(f"# Methodology, version {METHOD_VERSION}\n")
    assert f"days of access before release ÷ {FULL_ACCESS_DAYS}" in text
    assert f"the {PUBLICATION_GRACE.days} days after release" in text
    assert {firmness.value for firmness in Firmness} == {row[0] for row in tables()["firmness"]}


def test_page_and_document_say_how_often_records_are_checked(page):
    document = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    for text in (document, page):
        assert f"{EVERY.days} days" in text
        assert f"last {NEW_FOR.days} days" in text
    assert f"after {EVERY_WHILE_NEW.days}." in document
    assert f"every {EVERY_WHILE_NEW.days} days" in page
