"""A release's page: what was promised for it stands beside who tested it."""

import re

import pytest

from commitments.choices import Origin
from labs.models import AIModel
from tests import factories
from tests.evaltracker.pages import source_of, text_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def section(page: str, name: str) -> str:
    """The section of a page with this id."""
    return page.split(f'id="{name}"')[1].split("</section>")[0]


@pytest.mark.parametrize("query", ["", "?as_of=2024-05-24"])
def test_the_verdicts_of_a_release_are_those_of_the_commitments_pages(client, records, query):
    of_releases = set()
    for release in AIModel.objects.published():
        page = client.get(f"{release.get_absolute_url()}{query}").content.decode()
        for item in page.split('class="verdicts__item"')[1:]:
            status = words_of(re.search(r'<span class="badge[^>]*>.*?</span>', item, re.S)[0])
            address, _, anchor = re.search(r'<a href="([^"]+)">How this verdict', item)[1].partition("#verdict-")
            assert anchor == release.key
            of_releases.add((address, release.key, status))
    of_commitments = set()
    for address in {address for address, _, _ in of_releases}:
        page = client.get(address.replace("&amp;", "&")).content.decode()
        for item in page.split('<details class="disclosure verdict">')[1:]:
            status = words_of(re.search(r'<span class="badge[^>]*>.*?</span>', item, re.S)[0])
            of_commitments.add((address, re.search(r'id="verdict-([^"]+)"', item)[1], status))
    assert of_releases == of_commitments
    assert len(of_releases) > (0 if query else 50)


def test_what_was_promised_stands_beside_who_tested_it(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    factories.access_event(model=model, evaluators=[factories.evaluator(name="Example Evals")])
    promise = factories.commitment(labs=[model.lab], title="Let outsiders in")
    vague = factories.commitment(labs=[model.lab], title="Something vague", requirement=None)
    page = source_of(client, model.get_absolute_url())
    assert page.index('id="tests"') < page.index('id="promised"')
    assert "Example Evals" in section(page, "tests")
    promised = section(page, "promised")
    words = words_of(page)
    assert f"Of the 2 promises of {model.lab} in force when it came out, one is testable, verdict: kept." in words
    assert f"{promise.get_absolute_url()}#verdict-{model.key}" in promised
    assert vague.get_absolute_url() in promised
    assert "because it does not say what would keep it" in words


def test_the_citation_of_a_release_tells_what_was_promised_too(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    factories.commitment(labs=[model.lab])
    cited = client.get(f"{model.get_absolute_url()}cite.txt").content.decode()
    assert "One promise of" in cited
    assert "nothing found" in cited


@pytest.mark.parametrize(
    ("release", "promise", "words"),
    [
        ({"released_on": "2024-01-14"}, {}, "No promise of {lab} that was in force when it came out is on record."),
        ({"released_on": "2024-06-15"}, {"ended_on": "2024-05-01"}, "No promise of {lab} that was in force"),
        ({"released_on": ""}, {}, "No day of release is known, so which promises were in force then cannot be told."),
        (
            {"released_on": "2024-06-15", "frontier": "no"},
            {},
            "was in force when it came out; it is testable, but not on this release: not frontier.",
        ),
        ({"released_on": "2024-06-15"}, {"requirement": None}, "it is not testable."),
    ],
)
def test_a_release_without_a_verdict_says_why(client, empty_database, release, promise, words):
    model = factories.ai_model(**release)
    factories.commitment(labs=[model.lab], **promise)
    page = text_of(client, model.get_absolute_url())
    assert words.format(lab=model.lab) in page
    assert "How this verdict came about" not in page


def test_a_law_is_no_promise_of_the_lab(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    factories.commitment(labs=[model.lab], origin=Origin.LAW.value, title="A law about labs")
    assert "A law about labs" not in text_of(client, model.get_absolute_url())


def test_a_promise_that_was_not_public_yet_is_not_on_a_past_page(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    late = factories.source(lab=model.lab, published_on="2024-08-01", read_on="2024-08-02")
    factories.commitment(labs=[model.lab], title="Told later", citations=[late])
    assert "Told later" not in text_of(client, f"{model.get_absolute_url()}?as_of=2024-07-01")
    assert "Told later" in text_of(client, f"{model.get_absolute_url()}?as_of=2024-09-01")


def test_the_derivation_of_a_verdict_is_reached_whatever_the_window(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    promise = factories.commitment(labs=[model.lab])
    page = source_of(client, f"{model.get_absolute_url()}?as_of=2026-01-01&window=12")
    url = re.search(r'<a href="([^"]+)#verdict-', page)[1]
    assert url == f"{promise.get_absolute_url()}?as_of=2026-01-01"
    assert f'id="verdict-{model.key}"' in source_of(client, url)


SAID_OF_DOCUMENTED = "“Tested, timing not shown” is said of the tests that are documented"


def test_why_the_head_says_timing_not_shown_while_rows_say_before_release(client, empty_database):
    model = factories.ai_model(released_on="2024-06-15")
    address = model.get_absolute_url()
    factories.access_event(model=model, timing="unknown")
    assert "tested, timing not shown" in text_of(client, address)
    assert SAID_OF_DOCUMENTED not in text_of(client, address)  # no row says otherwise
    factories.access_event(model=model, timing="before_deployment", lowered_to="inferred", lowered_because="A hint.")
    assert SAID_OF_DOCUMENTED in text_of(client, address)
    factories.access_event(model=model, timing="before_deployment")
    assert "confirmed before release" in text_of(client, address)
    assert SAID_OF_DOCUMENTED not in text_of(client, address)


def test_its_printed_foot_says_how_to_cite_it(client, empty_database):
    page = source_of(client, factories.ai_model(name="Example 1").get_absolute_url())
    foot = words_of(page.split('<footer class="site-footer">')[1])
    assert re.search(r"Cite as: EvalTracker: Example 1 \(.*, as of .*, data version .*CC BY 4.0", foot)
