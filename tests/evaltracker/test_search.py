"""The search page: what people look for, why it was found, and where it stands."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from commitments.models import Commitment, Reply
from evaltracker.web.presenters.search import LISTS, SEARCHED
from labs.actions import review
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Source, Statement
from labs.models.registry import record_kinds
from labs.queries.search import found
from labs.rules.search_words import MOST_CHARACTERS, MOST_WORDS
from tests import factories, people
from tests.test_public import STATUSES, hide

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)
DAY = f"&as_of={TODAY}"


def search(client, typed: str, **more: str):
    response = client.get("/search/", {"q": typed, "as_of": str(TODAY), **more})
    assert response.status_code == 200, typed
    return response


def keys(response) -> dict[str, list[str]]:
    return {section.slug: [result.key for result in section.results] for section in response.context["sections"]}


def results(response) -> dict[tuple[str, str], object]:
    return {
        (section.slug, result.key): result for section in response.context["sections"] for result in section.results
    }


def words(response) -> str:
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(strip_tags(main)).split())


# --- what people look for --------------------------------------------------------------------------------------------

# The first of each kind among the shipped records, with how many there are: the same on both databases.
FIRST = {
    "ARC Evals": {
        "evaluator": (1, ["metr"]),
        "ai-model": (1, ["claude-early-2023"]),
        "access-event": (35, ["amazon-nova-2-metr", "metr-feb-2026-rd-review", "metr-opus-4-6-sabotage-review"]),
        "source": (26, ["metr-2025-sonnet-o1", "barnes-2024-comment", "metr-ds-qwen"]),
        "commitment": (3, ["rsp-v1-arc-evals-advice", "hf-incident-third-party-assessment-2026"]),
    },
    "gpt5": {
        "ai-model": (16, ["gpt-5", "gpt-5-1-codex-max", "gpt-5-1", "gpt-5-2-codex"]),
        "access-event": (53, ["gpt-5-apollo", "gpt-5-far-ai", "gpt-5-gray-swan", "gpt-5-pattern-labs"]),
        "source": (26, ["gpt-5-system-card", "aiwiki-codex-max", "gpt-5-1-codex-max-card"]),
        "commitment": (3, ["uk-aisi-safeguards-testing-2026", "uk-aisi-agreement-2024"]),
    },
    "GPT‑4o": {
        "ai-model": (1, ["gpt-4o"]),
        "access-event": (7, ["gpt-4o-apollo", "gpt-4o-metr", "gpt-4o-external-red-team"]),
        "source": (1, ["gpt-4o-system-card"]),
    },
    "AWS": {
        "lab": (1, ["amazon"]),
        "ai-model": (3, ["nova-2", "nova-2024", "nova-premier"]),
        "access-event": (9, ["amazon-nova-2-red-teaming", "amazon-nova-premier-red-teaming"]),
        "source": (6, ["amazon-fmsf-2025", "nova-premier-paper"]),
        "commitment": (10, ["seoul-2024-external-evaluations", "seoul-2024-explain-external-involvement"]),
    },
    "METR gpt-4": {
        "ai-model": (1, ["gpt-4-5"]),
        "access-event": (5, ["gpt-4-arc-evals", "gpt-4o-metr", "gpt-4-5-metr", "gpt-4o-apollo"]),
        "source": (1, ["metr-gpt-4-5"]),
    },
    '"responsible scaling policy"': {
        "access-event": (1, ["metr-mythos-5"]),
        "source": (7, ["anthropic-2026-rsp-v3-3", "anthropic-2024-rsp-v2-post", "anthropic-2023-rsp-v1-post"]),
        "commitment": (1, ["rsp-v1-asl-4-external-audits"]),
    },
    "UK AISI": {
        "evaluator": (1, ["uk-aisi"]),
        "access-event": (69, ["petri-mythos-5", "petri-opus-4-8", "metr-capabilities-report-claude-3-7"]),
        "source": (18, ["aisi-2026-case-study", "nist-kimi-k3-2026"]),
        "commitment": (11, ["uk-aisi-safeguards-testing-2026", "gdm-uk-aisi-mou-2025"]),
    },
}


@pytest.mark.parametrize("typed", FIRST)
def test_the_shipped_records_are_found_in_one_order_on_both_databases(records, typed):
    hits = found(typed, TODAY)
    assert set(hits) == set(FIRST[typed])
    for kind, (count, first) in FIRST[typed].items():
        assert (len(hits[kind]), [hit.key for hit in hits[kind][: len(first)]]) == (count, first)


def test_the_box_of_every_page_takes_as_much_as_a_search_does(client, records):
    page = client.get("/").content.decode()
    assert re.search(r'<input class="site-search__box"[^>]* maxlength="(\d+)"', page)[1] == str(MOST_CHARACTERS)


def test_letters_and_hyphens_and_marks_make_no_difference_to_what_is_found(client, records):
    for same in (("gpt5", "GPT-5", "ＧＰＴ－５", "gpt–5"), ("red-teaming", "redteaming"), ("lab's", "LAB’S", "lab‘s")):
        assert len({str(keys(search(client, typed))) for typed in same}) == 1, same


def test_a_name_in_two_words_finds_what_it_finds_in_one(records):
    for one, two in (("gpt5", "gpt 5"), ("deepmind", "deep mind"), ("openai", "open ai")):
        for kind, hits in found(one, TODAY).items():
            assert {hit.key for hit in hits} <= {hit.key for hit in found(two, TODAY)[kind]}, (one, two)


def test_a_quote_is_found_as_it_was_pasted_and_the_link_leads_to_its_place(client, records):
    typed = "“We provided them with early\naccess to multiple ver-\nsions of the GPT‑4 model,³ but they did not”"
    response = search(client, typed)
    result = results(response)["access-event", "gpt-4-arc-evals"]

    (reason,) = result.reasons
    assert reason.where.startswith("in a quote from ")
    assert reason.is_quote
    path, _, anchor = result.url.partition("#")
    page = client.get(path).content.decode()
    assert page.count(f'id="{anchor}"') == 1
    quote = page.split(f'id="{anchor}"')[1].split("</figure>")[0]
    assert "We provided them with early access to multiple versions" in unescape(quote)


def test_every_quote_of_the_shipped_records_is_found(records):
    for kind in record_kinds():
        for record in kind.model._default_manager.published() if "citations" in kind.parts else ():
            for citation in record.citations.all()[:1]:
                hits = found(citation.quote, dt.date(2027, 1, 1)).get(kind.slug, ())
                assert record.key in {hit.key for hit in hits}, citation.quote


def test_a_former_name_is_the_reason_and_the_name_in_use_none(client, records):
    found_by = results(search(client, "arc evals"))
    reason = found_by["evaluator", "metr"].reasons[0]
    assert reason.where == "also or formerly"
    assert [(piece.text, piece.is_found) for piece in reason.pieces] == [("ARC", True), (" ", False), ("Evals", True)]
    event = found_by["access-event", "amazon-nova-2-metr"].reasons[0]
    assert event.where == "evaluator METR, also or formerly"
    assert results(search(client, "metr"))["evaluator", "metr"].reasons == ()


def test_formerly_is_said_where_the_record_says_until_when(client, empty_database):
    evaluator = factories.evaluator(name="New Name")
    evaluator.former_names.create(name="Old Name", used="../2023-12-04", used_latest=dt.date(2023, 12, 4))
    assert "formerly Old Name" in words(search(client, "old name"))
    assert "formerly Old Name (until 4 December 2023)" in words(search(client, "old name"))
    assert "also or formerly" not in words(search(client, "old name"))


def test_a_quote_that_supports_former_names_says_which_is_one(client, records):
    assert "formerly ActiveFence" in words(search(client, "activefence"))
    assert "also or formerly ActiveFence" not in words(search(client, "activefence"))
    assert "also or formerly Pattern Labs" in words(search(client, "pattern labs"))


def test_a_quote_says_so_only_from_the_day_when_it_was_public(client, empty_database):
    evaluator = factories.evaluator(name="New Name")
    evaluator.former_names.create(name="Old Name")
    source = factories.source(published_on="2025-01-01", read_on=dt.date(2026, 1, 1))
    factories.citation(evaluator, source=source, quote="New Name, once Old Name", supports=["former_names"])
    assert "also or formerly Old Name" in words(search(client, "old name", as_of="2024-12-31"))
    assert "also or formerly" not in words(search(client, "old name", as_of="2025-01-01"))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("METR", "evaluator"),
        ("caisi", "evaluator"),
        ("ARC Evals", "evaluator"),
        ("UK AISI", "evaluator"),
        ("openai", "lab"),
        ("gpt-4", "ai-model"),
    ],
)
def test_the_kind_that_has_the_very_name_comes_first_on_the_page_and_in_files(client, records, typed, first):
    assert next(iter(keys(search(client, typed)))) == first
    rows = client.get("/search.json", {"q": typed, "as_of": str(TODAY)}).json()["rows"]
    assert rows[0]["found_key"] == search(client, typed).context["sections"][0].results[0].key


def test_a_key_is_given_in_words_that_a_reader_understands(client, records):
    reasons = results(search(client, "UK AISI"))["evaluator", "uk-aisi"].reason_text
    assert reasons == "known here as: uk-aisi"
    assert "address of its page" not in words(search(client, "UK AISI"))


def test_after_a_renaming_the_old_name_finds_the_record_and_what_belongs_to_it(client, empty_database):
    event = factories.access_event(status="published")
    old = event.lab.name
    change = review.propose(record=event.lab, state={"name": "Quite Another"}, reason="R.", by=people.researcher())
    review.accept(proposal=change, by=people.editor())

    hits = keys(search(client, old))
    assert hits["lab"] == [event.lab.key]
    assert hits["access-event"] == [event.key]
    assert hits["ai-model"] == [event.model.key]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("metr", "evaluator"),
        ("nova premier", "ai-model"),
        ("amazon", "lab"),
        ("seoul", "commitment"),
        ("metr.org", "source"),
        ("red teaming", "access-event"),
        ("cost of access", "statement"),
    ],
)
def test_each_kind_is_found(client, records, typed, kind):
    response = search(client, typed)
    if kind == "statement":
        text = Statement.objects.first().text
        response = search(client, " ".join(text.split()[:8]))
    assert kind in keys(response)


def test_replies_are_found_by_question_and_answer_and_lead_to_their_place(client, empty_database):
    event = factories.access_event(status="published")
    reply = factories.reply(
        event=event, lab=None, by_lab=event.lab, asked_on=dt.date(2025, 1, 1), question="How many weeks?",
        answered_on=dt.date(2025, 2, 1), text="Four weeks it was.",
    )  # fmt: skip
    result = results(search(client, "weeks it was"))["reply", reply.key]
    assert result.url.partition("?")[0] + "#" + result.url.partition("#")[2] == reply.get_absolute_url()
    assert result.reasons[0].where == "in the answer"
    assert "reply" in keys(search(client, "how many weeks"))
    assert "reply" not in keys(search(client, "weeks it was", as_of="2025-01-15"))
    assert "reply" in keys(search(client, "how many weeks", as_of="2025-01-15"))


# --- as of a day -----------------------------------------------------------------------------------------------------


def test_what_was_not_known_on_the_day_is_not_found(client, empty_database):
    early, late = (
        factories.source(published_on=day, read_on=dt.date(2026, 1, 1)) for day in ("2024-01-01", "2025-01-01")
    )
    cited = {"supports": ["evaluators", "activity"]}
    event = factories.access_event(
        status="published",
        summary="Both together say it.",
        citations=[
            {"source": early, "quote": "the early words", **cited},
            {"source": late, "quote": "the late words", **cited},
        ],
    )
    for typed, day, is_known in [
        ("early words", "2023-12-31", False),
        ("early words", "2024-01-01", True),
        ("late words", "2024-12-31", False),
        ("late words", "2025-01-01", True),
        ("both together", "2024-12-31", False),
        ("both together", "2025-01-01", True),
        (event.lab.name, "2023-12-31", False),
    ]:
        hits = keys(search(client, typed, as_of=day))
        assert (event.key in hits.get("access-event", ())) is is_known, (typed, day)


def test_the_shipped_records_found_on_a_past_day_were_known_then(client, records):
    early = keys(search(client, "metr", as_of="2023-06-01"))
    assert "gpt-4-arc-evals" in early["access-event"]
    assert len(early["access-event"]) < 5
    assert keys(search(client, "GPT-5.1", as_of="2023-06-01")) == {}


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["metr", "gpt-4", "red teaming", "uk aisi", '"red teaming"'])
def test_the_list_behind_a_count_has_as_many(client, records, typed):
    response = search(client, typed)
    sections = [section for section in response.context["sections"] if section.all_url]
    assert sections
    for section in sections:
        assert section.count > len(section.results)
        listed = client.get(section.all_url)
        assert listed.status_code == 200
        assert listed.context["table"].paginator.count == section.count, section.all_url


def test_the_files_have_what_the_page_has_in_its_order(client, records):
    page = search(client, "arc evals")
    answer = client.get(f"/search.json?q=arc+evals&as_of={TODAY}").json()
    assert answer["total"] == page.context["count"] == 66
    first = page.context["sections"][0].results[0]
    row = answer["rows"][0]
    assert (row["found_kind"], row["found_key"], row["found_path"]) == (first.kind, first.key, first.url)
    metr = next(row for row in answer["rows"] if row["found_key"] == "metr")
    assert metr["found_because"] == "also or formerly: ARC Evals"
    assert client.get("/search.json").json()["rows"] == []
    refused = client.get("/search.json", {"q": "a" * (MOST_CHARACTERS + 1)})
    assert refused.status_code == 400
    assert str(MOST_WORDS) in refused.content.decode()


def test_nothing_that_is_not_public_is_found(client, records):
    hidden = [record for status in STATUSES for record in hide(status)]
    response = search(client, "zzhidden")
    assert keys(response) == {}
    assert not any("zz" in each["name"] for each in response.context["suggestions"])
    for record in hidden[:1]:
        type(record).objects.filter(pk=record.pk).update(status="published")
    assert keys(search(client, "zzhidden")) == {"lab": [hidden[0].key]}


def test_the_box_on_every_page_says_what_it_is_for(client, empty_database):
    for address in ("/", "/search/", "/nothing/"):
        (box,) = re.findall(r'<input [^>]*id="site-search"[^>]*>', client.get(address).content.decode())
        assert 'placeholder="Search all records"' in box


def test_what_was_typed_is_shown_as_text(client, records):
    page = search(client, '<script>alert(1)</script> "metr').content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_marks_of_a_record_are_text_too(client, empty_database):
    factories.lab(name="A <b>bold</b> & brave lab")
    page = search(client, "bold brave").content.decode()
    assert "<b>" not in page.split("<main")[1]
    assert "A &lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; <mark>brave</mark> lab" in page


def test_without_words_the_page_says_what_can_be_searched(client, records):
    for typed in ("", "  ", "???"):
        page = words(search(client, typed))
        assert "What can be searched" in page
        for text in ("Labs 31", "Access events", "former names, quotes"):
            assert text in page


def test_a_search_without_result_names_the_nearest_and_says_what_was_searched(client, records):
    response = search(client, "antropic")
    page = words(response)
    assert "Nothing found" in page
    assert "Did you mean Anthropic (lab)" in page
    assert "What was searched" in page
    assert response.context["suggestions"][0]["url"].startswith("/labs/anthropic/")


@pytest.mark.parametrize(
    ("typed", "keywords", "kind", "key"),
    [
        (
            "did Google let anyone test Gemini 3",
            "Google test Gemini 3",
            "access-event",
            "gdm-gemini-3-pro-named-partners",
        ),
        (
            "Did Google let anyone test Gemini 3, and what had it promised?",
            "Google Gemini 3",
            "ai-model",
            "gemini-3-pro",
        ),
    ],
)
def test_a_whole_question_is_searched_for_by_what_it_is_about_and_the_page_says_so(
    client, records, typed, keywords, kind, key
):
    response = search(client, typed)
    assert key in keys(response)[kind]
    assert f"found for {keywords}, as of" in words(response)
    assert "No record has all the words of your question" in words(response)
    assert keys(response) == keys(search(client, keywords))
    found_in_file = client.get("/search.json", {"q": typed, "as_of": str(TODAY)})
    assert found_in_file.status_code == 200
    assert keywords not in words(search(client, "gemini 3"))


def test_a_question_that_finds_nothing_in_any_way_stays_as_it_was_typed(client, records):
    response = search(client, "did anyone test the Zorbulator?")
    assert response.context["sections"] == []
    assert response.context["keywords"] == ""


@pytest.mark.parametrize("typed", ["a" * (MOST_CHARACTERS + 1), "ab " * (MOST_WORDS + 1)])
def test_a_search_that_is_too_long_is_refused_and_the_limit_said(client, records, typed):
    response = client.get("/search/", {"q": typed})
    assert response.status_code == 400
    page = response.content.decode()
    assert str(MOST_CHARACTERS) in page
    assert str(MOST_WORDS) in page


@pytest.mark.parametrize(
    "typed", ["\0", "a\0b", "' OR 1=1 --", '"', "*", "NEAR(a b)", "a:*", "\\", "🙂", "a" * 700, "(", "%"]
)
def test_odd_signs_are_words_or_nothing(client, records, typed):
    assert client.get("/search/", {"q": typed}).status_code == 200


def test_a_search_asks_few_queries_and_none_for_each_word(client, records):
    client.get("/search/?q=warm")
    for typed in ("metr", "a b c d e f", "the words of a whole sentence that is pasted from a file " * 4):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            search(client, typed)
        assert len(queries) <= 8, [query["sql"] for query in queries]
        assert sum("labs_searchtext" in query["sql"] for query in queries) <= 1


def test_every_page_has_the_box_and_it_keeps_the_day(client, records):
    for path in ("/", "/labs/", "/access/?lab=openai", "/sources/?as_of=2024-05-24", "/nothing/", "/labs/openai/"):
        page = client.get(path).content.decode()
        (form,) = re.findall(r'<form class="site-search".*?</form>', page, re.DOTALL)
        assert 'action="/search/"' in form
        assert 'role="search"' in form
        assert ('name="as_of" value="2024-05-24"' in form) is ("as_of" in path)


def test_every_kind_with_texts_has_its_place_on_the_page():
    kinds = {kind.model for kind in record_kinds() if kind.searched}
    assert kinds == set(LISTS) == set(SEARCHED)
    assert kinds == {Lab, AIModel, Evaluator, AccessEvent, Commitment, Source, Reply, Statement}


def test_links_keep_the_day(client, records):
    result = results(search(client, "amazon", as_of="2026-01-01"))["lab", "amazon"]
    assert result.url == "/labs/amazon/?as_of=2026-01-01"
