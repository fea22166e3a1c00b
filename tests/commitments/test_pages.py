"""The pages of the commitments: the words, what keeping them takes, and how each verdict came about."""

import csv
import datetime as dt
import html
import io
import itertools
import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.choices import About, CommitmentField, Firmness, Origin, StatedBy
from commitments.models import Commitment
from commitments.queries import ledger
from commitments.rules.sentences import rate_words
from commitments.rules.verdicts import is_testable
from commitments.web.filters import CommitmentFilter
from commitments.web.presenters import requirement_words
from labs.choices import Activity, Outcome, Results, Timing
from labs.rules.access import Window
from tests import factories
from tests.evaltracker.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

WHITE_HOUSE = "/commitments/white-house-2023-external-testing/"
AUDITS = "/commitments/independent-audits-2023/"


def text_of(client: Client, address: str) -> str:
    """The page as a reader sees it: without tags, white space folded."""
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(words_of(response.content.decode()))


def titles(client: Client, address: str) -> list[str]:
    """The first cells of the promises' table; the laws have a heading of their own."""
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    table = response.content.decode().split('id="laws-heading"')[0]
    return [
        html.unescape(re.sub(r"<[^>]+>", "", cell))
        for cell in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', table, re.S)
    ]


def verdicts(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/commitments/verdicts.csv{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


# The list


def test_laws_stand_apart_from_promises_under_a_heading_of_their_own(client, records):
    promises, laws = client.get("/commitments/").content.decode().split('id="laws-heading"')
    law_keys = set(Commitment.objects.filter(origin=Origin.LAW.value).values_list("key", flat=True))
    assert law_keys
    for key in law_keys:
        assert f"/commitments/{key}/" not in promises
        assert f"/commitments/{key}/" in laws


def test_the_laws_are_ordered_by_day_and_offer_no_sort_of_their_own(client, records):
    laws = client.get("/commitments/").content.decode().split('id="laws-heading"')[1]
    assert 'class="sort"' not in laws
    assert re.findall(r'<th scope="row"[^>]*><a href="/commitments/([^/]+)/', laws)[0] == "illinois-sb-315-annual-audit"


def test_the_table_counts_the_promises_without_the_laws(client, records):
    promises = Commitment.objects.exclude(origin=Origin.LAW.value).count()
    page = text_of(client, "/commitments/")
    assert f"{promises} promises, as of" in page
    assert f"{Commitment.objects.count()} promises and laws." in page  # what the filters count


def test_at_most_eight_columns_are_shown_unless_more_are_chosen(client, records):
    page = client.get("/commitments/").content.decode().split('id="laws-heading"')[0]
    assert len(re.findall('<th scope="col"', page)) == 8


def test_every_column_can_be_shown_and_every_sort_holds_each_row_once(client, empty_database):
    for number in range(3):
        factories.commitment(title=f"Promise {number}", labs=[factories.lab(), factories.lab()])
    columns = re.findall(r'name="columns" value="(\w+)"', client.get("/commitments/").content.decode())
    chosen = "&".join(f"columns={name}" for name in columns)
    page = client.get(f"/commitments/?{chosen}").content.decode().split('id="laws-heading"')[0]
    headers = re.findall(r'<th scope="col".*?</th>', page, re.S)
    assert len(headers) == len(columns) + 1
    sorts = set(re.findall(r"[?&;]sort=-?(\w+)", "".join(headers)))
    assert len(sorts) == 12
    for name in sorts:
        for sort in (name, f"-{name}"):
            assert sorted(titles(client, f"/commitments/?sort={sort}")) == ["Promise 0", "Promise 1", "Promise 2"]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("lab={lab}", {"mine"}),
        ("origin=statement", {"mine"}),
        ("about=third_party_audit", {"mine"}),
        ("firmness=disputed", {"mine"}),
        ("stated_by=other", {"mine"}),
        ("counterparty={evaluator}", {"mine"}),
        ("counterparty=none", {"other"}),
        ("framework=a-framework", {"mine"}),
        ("framework=none", {"other"}),
        ("framework=none&framework=a-framework", {"mine", "other"}),
        ("testable=no", {"mine"}),
        ("testable=yes", {"other"}),
        ("in_force=no", {"mine"}),
        ("in_force=yes", {"other"}),
        ("in_force=yes&in_force=no", {"mine", "other"}),
        ("q=mine", {"mine"}),
        ("q={lab}", {"mine"}),
        ("q=nothing-of-the-kind", set()),
    ],
)
def test_each_filter_narrows_the_list_to_what_it_says(client, empty_database, query, keys):
    lab, evaluator = factories.lab(key="lab-x", name="lab-x"), factories.evaluator(key="eval-x")
    factories.commitment(
        title="mine",
        labs=[lab],
        origin=Origin.STATEMENT.value,
        about=About.THIRD_PARTY_AUDIT.value,
        firmness=Firmness.DISPUTED.value,
        stated_by=StatedBy.OTHER.value,
        counterparty=evaluator,
        framework="a-framework",
        ended_on="2024-03-01",
        requirement=None,
    )
    factories.commitment(title="other")
    assert set(titles(client, f"/commitments/?{query.format(lab='lab-x', evaluator='eval-x')}")) == keys


def test_counts_beside_choices_tell_how_many_rows_each_gives(client, records):
    page = text_of(client, "/commitments/?lab=openai")
    for about in About:
        count = Commitment.objects.filter(labs__key="openai", about=about.value).count()
        assert (f"{about.label} ({count})" in page) == (count > 0)


@pytest.mark.parametrize("day", ["2023-02-10", "2023-09-18", "2024-10-14", "2024-10-15", "2025-08-01", "2026-11-01"])
def test_in_force_and_testable_in_the_list_are_what_the_rules_say(records, day):
    day_ledger = ledger(dt.date.fromisoformat(day))
    found = {}
    for name, choice in itertools.product(("in_force", "testable"), ("yes", "no")):
        filterset = CommitmentFilter(QueryDict(f"{name}={choice}"), day_ledger.day, is_past=True)
        filterset.check()
        found |= {(name, row.key): choice for row in filterset.index.in_order(filterset.found)}
    assert len(found) == 2 * len(day_ledger.commitments)
    for key, fact in day_ledger.commitments.items():
        assert found["in_force", key] == ("yes" if day_ledger.is_in_force(fact, day_ledger.day) else "no"), key
        assert found["testable", key] == ("yes" if is_testable(fact) else "no"), key


def test_a_promise_that_ended_is_in_force_on_the_days_before(client, records):
    title = Commitment.objects.get(key="rsp-v1-external-red-teaming").title
    assert title in titles(client, "/commitments/?in_force=yes&framework=rsp&as_of=2024-10-14")
    assert title not in titles(client, "/commitments/?in_force=yes&framework=rsp&as_of=2024-10-15")


def test_a_list_of_promises_none_of_which_is_in_force_or_testable_can_be_filtered_and_sorted(client, empty_database):
    factories.commitment(title="over", ended_on="2024-03-01", requirement=None)
    assert titles(client, "/commitments/?in_force=no&testable=no&sort=in_force") == ["over"]
    assert titles(client, "/commitments/?in_force=no&sort=-in_force&as_of=2024-03-01") == ["over"]


def test_the_list_shows_the_rate_with_its_counts(client, records):
    day_ledger = ledger(dt.date(2026, 11, 1))
    words = rate_words(day_ledger.verdicts(Window.ALL, commitment="white-house-2023-external-testing"))
    assert re.match(r"[a-z ]+ (on|for) \d+ of \d+ releases, ", words)
    page = text_of(client, "/commitments/?as_of=2026-11-01&framework=white-house-2023")
    assert words in page


def test_a_commitment_of_many_labs_is_one_row_and_names_the_first(client, empty_database):
    labs = [factories.lab(name=f"Lab {letter}") for letter in "EDCBA"]
    factories.commitment(labs=labs)
    query = "&".join(f"lab={lab.key}" for lab in labs)
    assert len(titles(client, f"/commitments/?{query}")) == 1
    assert "Lab A , Lab B , Lab C and 2 others" in text_of(client, "/commitments/")


# One commitment


def test_the_quote_comes_before_all_facts(client, records):
    page = client.get(WHITE_HOUSE).content.decode()
    assert page.index('class="promise__quote ') < page.index('id="testable-heading"') < page.index('id="facts-heading"')


@pytest.mark.parametrize("wording", ["condensed", "translated"])
def test_words_that_are_not_the_source_s_stand_without_quotation_marks_and_with_a_label(
    client, empty_database, wording
):
    record = factories.commitment(quote="They will test", wording=wording)
    page = client.get(record.get_absolute_url()).content.decode()
    assert "They will test" in page
    assert "promise__quote--verbatim" not in page
    assert f"{wording}, not word for word" in page
    listed = text_of(client, "/commitments/?columns=title&columns=quote")
    assert f"They will test ({wording}, not word for word)" in listed
    assert "“They will test”" not in listed


def test_words_that_are_the_source_s_stand_in_quotation_marks(client, empty_database):
    record = factories.commitment(quote="We will test")
    assert "promise__quote--verbatim" in client.get(record.get_absolute_url()).content.decode()
    assert "“We will test”" in text_of(client, "/commitments/?columns=title&columns=quote")


def test_a_framework_is_named_by_its_title_wherever_it_stands(client, empty_database):
    record = factories.commitment(framework="white-house-2023")
    title = "White House commitments (2023)"
    assert title in text_of(client, record.get_absolute_url())
    assert title in text_of(client, "/commitments/?columns=title&columns=framework")
    assert "white-house-2023" not in text_of(client, record.get_absolute_url())


def test_the_white_house_pledge_has_a_verdict_for_each_signatory_and_release(client, records):
    page = client.get(WHITE_HOUSE).content.decode()
    pledge = Commitment.objects.get(key="white-house-2023-external-testing")
    found = [row for row in verdicts(client) if row["commitment"] == pledge.key]
    assert len({row["lab"] for row in found}) == 6
    for row in found:
        assert f'href="/models/{row["model"]}/"' in page
    for lab in pledge.labs.all():
        assert f'id="lab-{lab.key}"' in page
    assert page.count('<details class="disclosure verdict"') == len(found)


def test_a_signatory_without_a_release_in_force_is_said_to_have_none_in_words(client, records):
    page = text_of(client, WHITE_HOUSE)
    assert "No release of Inflection AI that counts came out while this was in force and up to 31 August 2026." in page
    page = text_of(client, f"{WHITE_HOUSE}?window=12&as_of=2026-11-01")
    assert "while this was in force and in the 12 months to 31 August 2026." in page


def test_the_requirement_stands_in_words_in_both_readings(client, records):
    page = text_of(client, WHITE_HOUSE)
    assert (
        "Strict reading Model evaluation or red-teaming by anyone outside the lab, before deployment, "
        "for every frontier release." in page
    )
    assert "Lenient reading Model evaluation, red-teaming or safeguards testing by anyone outside the lab" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Model evaluation by anyone outside the lab, before deployment, for every frontier release."),
        ({"evaluators": "government"}, "Model evaluation by a government body, before deployment, for"),
        ({"timing": Timing.DURING_TRAINING.value}, "Model evaluation by anyone outside the lab, during training, for"),
        ({"timing": Timing.AFTER_DEPLOYMENT.value}, "Model evaluation by anyone outside the lab, before deployment, "),
        ({"min_depth": 3}, "before deployment, at least as deep as level 3 (mitigations off), for every frontier"),
        (
            {"results_at_least": Results.LAB_SUMMARY.value},
            "before deployment, with no less published than a short summary by the lab, for every frontier release.",
        ),
        ({"results_at_least": Results.NONE_PUBLISHED.value}, "before deployment, for every frontier release."),
        ({"releases": "all"}, "before deployment, for every release."),
    ],
)
def test_a_requirement_reads_as_a_sentence(changes, words):
    record = factories.commitment(requirement=changes)
    assert words in requirement_words(record.requirements.get())


@pytest.mark.parametrize("results", [each for each in Results if each not in (Results.UNKNOWN, Results.NONE_PUBLISHED)])
def test_every_publication_that_can_be_asked_for_has_words(results):
    record = factories.commitment(requirement={"results_at_least": results.value})
    assert "with no less published than a" in requirement_words(record.requirements.get())


def test_a_named_evaluator_is_named(client):
    named = factories.evaluator(name="The Named Ones")
    record = factories.commitment(requirement={"evaluators": "named", "named_evaluator": named})
    assert "Model evaluation by The Named Ones, before deployment" in text_of(client, record.get_absolute_url())


def test_the_verdict_shows_which_events_were_weighed_and_why_each_did_or_did_not_count(client, empty_database):
    lab = factories.lab()
    record = factories.commitment(labs=[lab], lenient={"activities": [Activity.RED_TEAMING.value]})
    model = factories.ai_model(lab=lab, released_on="2024-06-15")
    factories.access_event(model=model, activity=Activity.RED_TEAMING.value)
    page = text_of(client, record.get_absolute_url())
    assert f"{model.name} 15 June 2024 kept on the lenient reading only" in page
    assert "Strict reading: nothing found." in page
    assert "Lenient reading: kept." in page
    assert "Strict reading: did not count (the activity is not one asked for)" in page
    assert "Lenient reading: meets every part" in page
    assert "Value in the mean: 0 to 1." in page
    assert "Kept on the lenient reading only for 1 of 1 release" in page


def test_an_event_after_release_is_named_as_such_and_keeps_nothing(client, empty_database):
    record = factories.commitment()
    model = factories.ai_model(lab=record.labs.get())
    factories.access_event(model=model, timing=Timing.AFTER_DEPLOYMENT.value)
    page = text_of(client, record.get_absolute_url())
    assert "nothing found tested after release" in page
    assert "tested after release (it took place after deployment)" in page


def test_a_release_without_any_event_says_that_none_is_documented_and_not_that_none_took_place(client, empty_database):
    record = factories.commitment()
    factories.ai_model(lab=record.labs.get())
    page = text_of(client, record.get_absolute_url())
    assert "No access event for this release is on record. That does not mean that none took place." in page


def test_a_refusal_reads_as_not_kept(client, empty_database):
    record = factories.commitment()
    model = factories.ai_model(lab=record.labs.get())
    groups = factories.evaluator(key="unspecified-external-groups")
    factories.access_event(model=model, evaluators=[groups], outcome=Outcome.REFUSED.value)
    page = text_of(client, record.get_absolute_url())
    assert "not kept. A documented record says that it did not happen." in page


def test_silence_on_a_promise_that_is_not_firm_says_why_one_cannot_tell(client, empty_database):
    record = factories.commitment(firmness=Firmness.CONDITIONAL.value)
    factories.ai_model(lab=record.labs.get())
    assert "The promise is not firm: its condition may not have arisen." in text_of(client, record.get_absolute_url())


@pytest.mark.parametrize("key", ["gdm-fsf-1-alert-bodies", "gdm-fsf-1-third-parties"])
def test_what_deepmind_said_it_would_explore_is_not_testable_and_says_why(client, records, key):
    page = text_of(client, f"/commitments/{key}/")
    assert "It is not testable because it promises to explore, not to do." in page
    assert not [row for row in verdicts(client) if row["commitment"] == key]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2023-12-31", "not yet due, 0 days left"),
        ("2024-01-01", "due in 2023; nothing found"),
        ("2024-05-24", "due in 2023; nothing found"),
    ],
)
def test_openais_promise_to_say_more_later_in_2023_is_past_and_nothing_was_found(client, records, day, words):
    assert words in text_of(client, f"{AUDITS}?as_of={day}")
    assert words in text_of(client, f"/commitments/?lab=openai&as_of={day}")
    assert words in text_of(client, f"/commitments/matrix/?as_of={day}")


@pytest.mark.parametrize(
    ("done", "words"),
    [("2024-06-20", "fulfilled, 10 days before the due day"), ("2024-07-10", "fulfilled 10 days late")],
)
def test_a_fulfilled_promise_says_so_from_the_day_on_which_a_source_did(client, done, words):
    lab = factories.lab()
    told = factories.source(lab=lab, published_on="2024-08-01", read_on=dt.date(2024, 8, 2))
    record = factories.commitment(
        labs=[lab],
        requirement=None,
        due_on="2024-06-30",
        fulfilled_on=done,
        citations=[
            factories.source(lab=lab, published_on="2024-01-15"),
            {"source": told, "supports": [CommitmentField.FULFILLED_ON]},
        ],
    )
    assert words in text_of(client, f"{record.get_absolute_url()}?as_of=2024-08-01")
    page = text_of(client, f"{record.get_absolute_url()}?as_of=2024-07-31")
    assert "due by 30 June 2024; nothing found" in page
    assert "overdue" not in page


@pytest.mark.parametrize("key", ["bletchley-2023-safety-testing", "uk-2023-early-access"])
def test_the_access_promised_to_the_uk_in_2023_shows_as_disputed_and_is_held_against_nobody(client, records, key):
    page = text_of(client, f"/commitments/{key}/")
    assert "How firm disputed" in page
    assert "It is not testable because what was promised is disputed." in page
    assert not [row for row in verdicts(client) if row["commitment"] == key]


def test_a_lab_whose_promise_is_only_reported_is_marked(client, records):
    page = text_of(client, "/commitments/eu-cop-2025-external-evaluators/")
    assert "Amazon (reported)" in page
    assert "xAI (reported)" not in page


def test_a_successor_and_its_predecessor_link_to_each_other(client, records):
    old, new = "rsp-v2-expert-input", "rsp-v3-external-review-aim"
    assert f'href="/commitments/{new}/"' in client.get(f"/commitments/{old}/").content.decode()
    assert f'href="/commitments/{old}/"' in client.get(f"/commitments/{new}/").content.decode()


def test_the_end_and_the_successor_are_not_shown_before_they_were_known(client, records):
    address = "/commitments/preparedness-beta-audits/?as_of="
    before, after = text_of(client, f"{address}2025-04-14"), text_of(client, f"{address}2025-04-15")
    assert "Ended no end on record" in before
    assert "Replaced by none on record" in before
    assert "On this day in force" in before
    assert "2025" not in before.split("Against practice")[0].split("The commitment")[1].split("Who says so")[0]
    assert "Ended 15 April 2025" in after
    assert "On this day no longer in force" in after
    assert "no longer in force Counted from 1 December 2023 until 15 April 2025, that day not included." in after


def test_a_scope_that_only_a_later_source_gives_is_not_disclosed_before(client):
    lab = factories.lab()
    record = factories.commitment(
        labs=[lab],
        scope="Only the largest models.",
        citations=[
            factories.source(lab=lab, published_on="2024-01-15"),
            {"source": factories.source(published_on="2024-06-20"), "supports": [CommitmentField.SCOPE]},
        ],
    )
    assert "Scope not disclosed" in text_of(client, f"{record.get_absolute_url()}?as_of=2024-06-19")
    assert "Scope Only the largest models." in text_of(client, f"{record.get_absolute_url()}?as_of=2024-06-20")


def test_unknown_reads_not_disclosed(client):
    page = text_of(client, factories.commitment().get_absolute_url())
    assert "Must the release wait for the test? not disclosed" in page
    assert "Scope not disclosed" in page


def test_an_unknown_commitment_is_not_found(client):
    assert client.get("/commitments/no-such-commitment/").status_code == 404


def test_links_keep_the_day_and_the_window(client, records):
    page = html.unescape(client.get(f"{WHITE_HOUSE}?as_of=2024-05-24&window=24").content.decode())
    body = page.split('id="main"')[1].split("<footer")[0]
    links = re.findall(r'href="(/(?:models|access|labs|commitments|sources|evaluators)/[^"]*)"', body)
    assert len(links) > 20
    for link in links:
        if not link.endswith("#history"):  # which leads to the history as of today
            assert "as_of=2024-05-24" in link, link
        assert "window=24" in link, link


@pytest.mark.parametrize("kept", ["", "window=12", "as_of=2024-05-24&window=24"])
def test_the_framework_links_to_the_list_of_its_commitments(client, records, kept):
    page = html.unescape(client.get(f"{WHITE_HOUSE}?{kept}").content.decode())
    link = re.search(r'href="(/commitments/\?framework=[^"]*)"', page)[1]
    assert link == "&".join(filter(None, ("/commitments/?framework=white-house-2023", kept)))
    assert client.get(link).status_code == 200


def test_text_of_a_record_is_escaped(client):
    record = factories.commitment(title="<script>alert(1)</script>", quote="<b>bold</b>")
    for address in (record.get_absolute_url(), "/commitments/", "/commitments/matrix/"):
        page = client.get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "<b>bold" not in page


def test_the_list_of_promises_names_the_window_of_its_counts(client, records):
    page = text_of(client, "/commitments/?window=12&as_of=2026-11-01")
    assert "counted over the releases in the 12 months to 31 August 2026." in page


def test_the_page_and_the_download_give_the_same_verdicts(client, records):
    rows = [
        row for row in verdicts(client, "?as_of=2026-11-01") if row["commitment"] == "white-house-2023-external-testing"
    ]
    page = text_of(client, f"{WHITE_HOUSE}?as_of=2026-11-01")
    kept = sum(row["value_low"] == "1.0000" for row in rows)
    assert f"Kept on {kept} of {len(rows)} releases, " in page
    assert "(releases up to 31 August 2026)" in page, "counts name their window"
    for lab, words in (("openai", "OpenAI"), ("anthropic", "Anthropic"), ("meta", "Meta")):
        mine = [row for row in rows if row["lab"] == lab]
        kept = sum(row["value_low"] == "1.0000" for row in mine)
        assert f"{words} kept on {kept} of {len(mine)} releases" in page or f", kept on {kept}" in page


# What cannot be answered, what is not there, what it costs


@pytest.mark.parametrize("page", ["", "matrix/", "verdicts.csv", "white-house-2023-external-testing/"])
@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("window=6", "window", "12"),
        ("as_of=May", "as_of", "a day such as 2024-05-24"),
        ("colour=red", "colour", "window"),
        ("window=12&window=24", "window", "one value"),
    ],
)
def test_what_no_page_can_answer_is_a_400_that_says_what_is_allowed(client, records, page, query, parameter, allowed):
    response = client.get(f"/commitments/{page}?{query}")
    assert response.status_code == 400
    body = html.unescape(response.content.decode())
    assert f"<code>{parameter}" in body or f"\n{parameter}=" in body, "a file says it in plain text"
    assert allowed in body


@pytest.mark.parametrize(
    ("address", "parameter", "allowed"),
    [
        ("/commitments/?in_force=maybe", "in_force", "yes"),
        ("/commitments/?testable=1", "testable", "no"),
        ("/commitments/?framework=nothing", "framework", "rsp"),
        ("/commitments/?lab=nobody", "lab", "openai"),
        ("/commitments/?firmness=soft", "firmness", "exploratory"),
        ("/commitments/?sort=state", "sort", "-made"),
        ("/commitments/?page=99", "page", "1 to "),
        ("/commitments.csv?in_force=maybe", "in_force", "yes"),
        ("/commitments.csv?sort=state", "sort", "-made"),
        ("/commitments/matrix/?about=weather", "about", "government_access"),
        ("/commitments/matrix/?lab=openai", "lab", "origin"),
    ],
)
def test_a_value_that_a_filter_does_not_have_is_a_400_that_says_what_is_allowed(
    client, records, address, parameter, allowed
):
    response = client.get(address)
    assert response.status_code == 400
    body = html.unescape(response.content.decode())
    assert f"<code>{parameter}" in body or f"\n{parameter}=" in body, "a file says it in plain text"
    assert allowed in body


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/commitments/", "Here would be each thing that a lab said it would do"),
        ("/commitments/", "Here would be each law that binds labs"),
        ("/commitments/matrix/", "Here would be each promise in force on this day"),
        ("/commitments/matrix/", "Here would be each law in force on this day"),
    ],
)
def test_an_empty_page_says_what_would_be_there(client, empty_database, address, words):
    assert words in text_of(client, address)


def queries(client: Client, address: str) -> int:
    ContentType.objects.get_for_model(Commitment)  # Django keeps it for the life of the process
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200
    return len(captured)


def a_commitment_with_practice() -> Commitment:
    record = factories.commitment(
        counterparty=factories.evaluator(),
        lenient={"activities": [Activity.RED_TEAMING.value]},
        framework="a-framework",
    )
    factories.access_event(model=factories.ai_model(lab=record.labs.get()))
    return record


@pytest.mark.parametrize(
    "address", ["/commitments/", "/commitments.csv", "/commitments/matrix/", "/commitments/verdicts.csv"]
)
def test_a_page_runs_as_many_queries_for_fifty_commitments_as_for_one(client, empty_database, address):
    for make in (a_commitment_with_practice, lambda: factories.commitment(origin=Origin.LAW.value, requirement=None)):
        make()
    few = queries(client, address)
    for _ in range(49):
        a_commitment_with_practice()
    factories.commitment(origin=Origin.LAW.value, requirement=None)
    assert queries(client, address) == few


def test_one_commitment_runs_as_many_queries_for_fifty_releases_as_for_one(client, empty_database):
    record = a_commitment_with_practice()
    few = queries(client, record.get_absolute_url())
    labs = [record.labs.get(), factories.lab()]
    record.labs.set(labs)
    for number in range(49):
        factories.access_event(model=factories.ai_model(lab=labs[number % 2]))
    assert queries(client, record.get_absolute_url()) == few
