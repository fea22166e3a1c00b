"""CSV of the commitments and of the verdicts: golden files with what breaks spreadsheets, and all rows counted."""

import csv
import datetime as dt
import io
import re
from fractions import Fraction

import pytest
from django.test import Client

from commitments.choices import Binding, CommitmentField, Origin
from commitments.models import Commitment
from commitments.queries import ledger
from commitments.rules.verdicts import VerdictOutcome
from labs.choices import Activity, Results, Timing
from labs.rules.access import Window
from labs.rules.method import METHOD_VERSION
from tests import factories
from tests.published import header

pytestmark = pytest.mark.django_db

DAY = "2025-01-01"


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.streaming
    return b"".join(response.streaming_content).decode()


def table(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client, address))))


HEADER = header("commitments")


def test_commitments_csv_is_as_published(client, empty_database):
    one = factories.lab(key="lab-a", name="Лаборатория, “A”")
    other = factories.lab(key="lab-b", name="=Lab B")
    evaluator = factories.evaluator(key="evaluator-a", name='Evaluator, "A"')
    successor = factories.commitment(key="commitment-b", labs=[one], made_on="2024-11-05", requirement=None)
    factories.commitment(
        key="commitment-a",
        title='標題, with "quotes"',
        labs=[one, other],
        counterparty=evaluator,
        framework="framework-a",
        quote='=First line,\n"second" line.',
        made_on="2024-01",
        effective_on="2024-40",
        due_on="2024-12-25",
        fulfilled_on="2024-12-27",
        ended_on="2024-12~",
        superseded_by=successor,
        scope="+everything",
        binding=Binding.YES.value,
        requirement={
            "activities": [Activity.RED_TEAMING.value, Activity.MODEL_EVALUATION.value],
            "evaluators": "named",
            "named_evaluator": evaluator,
            "min_depth": 3,
            "results_at_least": Results.LAB_SUMMARY.value,
            "visible_in_public": False,
        },
        lenient={"timing": Timing.DURING_TRAINING.value, "releases": "all"},
        citations=[
            {
                "source": factories.source(key="source-a", lab=one, published_on="2024-01-15"),
                "supports": [CommitmentField.QUOTE],
                "quote": "We will.",
            },
            {
                "source": factories.source(key="source-b", published_on="2024-12-30", read_on=dt.date(2025, 1, 5)),
                "supports": [CommitmentField.FULFILLED_ON],
                "quote": "Done,\ntoday.",
            },
        ],
    )
    assert body(client, f"/commitments.csv?as_of={DAY}&framework=framework-a") == HEADER + (
        'commitment-a,"標題, with ""quotes""",policy,lab policy,2,"\'=Lab B, Лаборатория, “A”",framework-a,'
        'evaluator-a,"Evaluator, ""A""","\'=First line,\n""second"" line.",2024-01,2024-01-01,2024-01-31,'
        "in January 2024,2024-40,2024-01-01,2024-06-30,first half of 2024,2024-12-25,2024-12-25,2024-12-25,"
        "on 25 December 2024,2024-12~,2024-12-01,2024-12-31,about December 2024,2024-12-27,2024-12-27,"
        "2024-12-27,on 27 December 2024,no,2024-01-01,2024-11-05,commitment-b,external_model_evaluation,"
        "model evaluation by outsiders,firm,firm,lab,the lab itself,'+everything,yes,binding on deployment,"
        'yes,,"model evaluation, red-teaming",named,a named evaluator,evaluator-a,before_deployment,'
        "before deployment,3,lab_summary,lab's summary,frontier,frontier releases,no,model evaluation,"
        "any_outside,anyone outside the lab,,during_training,during training,,,,all,all releases,yes,"
        "fulfilled_late,fulfilled late,2,2,2025-01-01,2,,verbatim,word for word\r\n"
    )


def test_a_law_that_is_not_testable_leaves_its_cells_empty_and_unknown_is_a_word(client, empty_database):
    factories.commitment(
        key="law-a",
        title="A law",
        origin=Origin.LAW.value,
        requirement=None,
        citations=[{"source": factories.source(key="source-c", published_on="2024-01-15"), "quote": "Shall."}],
    )
    assert body(client, f"/commitments.csv?as_of={DAY}") == HEADER + (
        "law-a,A law,law,law,0,,,,,We will let outsiders evaluate our models before release.,2024-01-15,"
        "2024-01-15,2024-01-15,on 15 January 2024,,,,,,,,,,,,,,,,,yes,2024-01-15,,,"
        "external_model_evaluation,model evaluation by outsiders,firm,firm,lab,the lab itself,,unknown,"
        "not disclosed,no,it does not say what would keep it,,,,,,,,,,,,,,,,,,,,,,,,,,,,1,2025-01-01,1,,"
        "verbatim,word for word\r\n"
    )


def test_the_download_holds_every_commitment_once_the_laws_too(client, records):
    rows = table(client, "/commitments.csv")
    assert len(rows) == len({row["key"] for row in rows}) == 85
    assert sum(row["origin"] == "law" for row in rows) == Commitment.objects.filter(origin=Origin.LAW.value).count()


def test_the_download_has_the_rows_of_the_page_with_the_same_filters(client, records):
    query = "lab=openai&in_force=yes&testable=no"
    rows = table(client, f"/commitments.csv?{query}")
    assert rows
    assert f"{len(rows)} promises" in client.get(f"/commitments/?{query}").content.decode()
    assert {(row["in_force"], row["testable"]) for row in rows} == {("yes", "no")}


def test_in_force_and_testable_in_the_download_are_those_of_the_filters(client, records):
    rows = table(client, "/commitments.csv?as_of=2024-10-15")
    in_force = {row["key"] for row in table(client, "/commitments.csv?as_of=2024-10-15&in_force=yes")}
    testable = {row["key"] for row in table(client, "/commitments.csv?as_of=2024-10-15&testable=yes")}
    assert in_force == {row["key"] for row in rows if row["in_force"] == "yes"}
    assert testable == {row["key"] for row in rows if row["testable"] == "yes"}


def test_what_came_out_later_is_not_in_the_download_of_a_day(client, records):
    rows = {row["key"]: row for row in table(client, "/commitments.csv?as_of=2026-04-16")}
    before = rows["gdm-fsf-3-external-actors"]
    assert (before["ended_on"], before["in_force"], before["in_force_until"]) == ("", "yes", "")
    assert before["superseded_by"] == ""
    assert "gdm-fsf-3-1-external-actors" not in rows
    after = {row["key"]: row for row in table(client, "/commitments.csv?as_of=2026-04-17")}["gdm-fsf-3-external-actors"]
    assert (after["ended_on"], after["in_force"], after["in_force_until"]) == ("2026-04-17", "no", "2026-04-17")
    assert after["superseded_by"] == "gdm-fsf-3-1-external-actors"


def test_the_download_tells_where_a_dated_promise_stands(client, records):
    rows = {row["key"]: row for row in table(client, "/commitments.csv?as_of=2024-05-24")}
    audits = rows["independent-audits-2023"]
    assert (audits["deadline"], audits["deadline_days"]) == ("nothing_found", "")


# Verdicts


@pytest.fixture
def practice(empty_database):
    lab = factories.lab(key="lab-a")
    commitment = factories.commitment(
        key="commitment-a",
        labs=[lab],
        firmness="conditional",
        requirement={"min_depth": 2},
        lenient={"results_at_least": Results.LAB_SUMMARY.value},
    )
    first = factories.ai_model(key="model-a", lab=lab, released_on="2024-02-15")
    factories.access_event(
        model=first,
        no_safety_filters="no",
        helpful_only="no",
        fine_tuning="no",
        weights="no",
        results=Results.LAB_SUMMARY.value,
    )
    factories.ai_model(key="model-b", lab=lab, released_on="2024-03-15")
    factories.ai_model(key="model-c", lab=lab, released_on="2024-12-20")
    return commitment


def test_verdicts_csv_is_as_published(client, practice):
    then = f"{DAY},all_time,,{DAY},{METHOD_VERSION},"
    assert body(client, f"/commitments/verdicts.csv?as_of={DAY}") == (
        header("commitments/verdicts")
        + f"lab-a,commitment-a,model-a,partly_kept,partly kept,kept,kept,0.5000,1.0000,{then}\r\n"
        f"lab-a,commitment-a,model-b,cannot_tell,cannot tell,cannot_tell,cannot tell,0.0000,1.0000,{then}\r\n"
        f"lab-a,commitment-a,model-c,cannot_tell,cannot tell,not_yet_due,not yet due,,,{then}\r\n"
    )


def test_the_verdicts_say_from_when_to_when_their_releases_are(client, records):
    for row in table(client, "/commitments/verdicts.csv?as_of=2026-11-29&window=12"):
        assert (row["window"], row["window_from"], row["window_to"]) == ("12_months", "2025-09-01", "2026-08-31")


def test_the_window_says_which_releases_have_a_verdict(client, practice):
    def models(query):
        return [row["model"] for row in table(client, f"/commitments/verdicts.csv?{query}")]

    assert models("as_of=2025-03-14&window=12") == ["model-b", "model-c"]
    assert models("as_of=2025-03-15&window=12") == ["model-c"]
    assert models("as_of=2025-03-15&window=24") == models("as_of=2025-03-15") == ["model-a", "model-b", "model-c"]


@pytest.mark.parametrize("window", Window)
@pytest.mark.parametrize("day", ["2023-12-31", "2024-05-24", "2026-11-01"])
def test_the_download_holds_every_verdict_of_the_ledger(client, records, day, window):
    found = ledger(dt.date.fromisoformat(day)).verdicts(window)
    rows = table(client, f"/commitments/verdicts.csv?as_of={day}&window={window.value}")
    assert len(rows) == len(found)
    assert len({(row["lab"], row["commitment"], row["model"]) for row in rows}) == len(rows)
    for row, verdict in zip(rows, found, strict=True):
        assert row["verdict_strict"] == verdict.strict.outcome
        assert row["verdict_lenient"] == verdict.lenient.outcome
        values = (Fraction(row["value_low"]), Fraction(row["value_high"])) if row["value_low"] else None
        assert values == (verdict.value and (verdict.value.low, verdict.value.high))


def test_every_verdict_in_the_download_is_one_of_the_methodology(client, records):
    for row in table(client, "/commitments/verdicts.csv"):
        assert {row["verdict_strict"], row["verdict_lenient"]} <= set(VerdictOutcome.values())


@pytest.mark.parametrize(
    ("query", "allowed"),
    [("window=6", "24"), ("window=", "24"), ("as_of=2024", "a day such as 2024-05-24"), ("lab=openai", "as_of")],
)
def test_what_the_verdicts_cannot_answer_is_a_400_that_says_what_is_allowed(client, records, query, allowed):
    response = client.get(f"/commitments/verdicts.csv?{query}")
    assert response.status_code == 400
    assert re.search(rf"\nAllowed: (.*, )?{allowed}\b", response.content.decode())


@pytest.mark.parametrize("address", ["/commitments.csv", "/commitments/verdicts.csv"])
def test_an_empty_table_is_a_header(client, empty_database, address):
    assert body(client, address).count("\r\n") == 1


@pytest.mark.parametrize(
    ("address", "name"), [("/commitments.csv", "commitments"), ("/commitments/verdicts.csv", "verdicts")]
)
def test_the_file_is_named_after_its_content_and_day(client, records, address, name):
    response = client.get(f"{address}?as_of=2024-05-24")
    versions = f"data-2026.12.0-method-{METHOD_VERSION}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}-2024-05-24-{versions}.csv"'
