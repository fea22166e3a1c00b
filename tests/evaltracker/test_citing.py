"""“Cite this” on every page and beside every quote, and the same as files."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import rispy
from django.utils import timezone
from django.utils.html import strip_tags
from pybtex.database import parse_string

from labs.actions.merging import merge
from labs.models import AccessEventCitation, DataVersion, Source
from labs.queries.editions import data_version
from labs.rules.citing import bibtex, csl_json, quote_id, quote_reference, ris
from labs.rules.dates import label
from labs.web.citing import is_about, quoted_on
from tests import factories
from tests.labs.test_citing import in_style

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

DAY = "2026-08-31"
PAGES = [
    "/",
    "/labs/",
    "/labs/openai/",
    "/labs/compare/?lab=openai&lab=anthropic",
    "/labs/compare/",
    "/models/",
    "/models/?lab=openai&frontier=yes",
    "/models/gpt-4/",
    "/evaluators/",
    "/evaluators/metr/",
    "/access/?activity=model_evaluation",
    "/access/gpt-4-arc-evals/",
    "/commitments/",
    "/commitments/matrix/",
    "/replies/",
    "/sources/",
    "/sources/gpt-4-system-card/",
    "/timeline/?lab=openai",
    "/charts/share/",
    "/methodology/",
    "/changes/",
    "/corrections/",
    "/data/versions/",
]
QUOTE = "We provided them with early access to multiple versions of the GPT-4 model"


def boxes(html: str, words: str) -> list[str]:
    return re.findall(
        rf"<details class=\"disclosure cite\" data-apart>\s*<summary>{words}</summary>(.*?)</details>", html, re.S
    )


def linked(box: str) -> dict[str, str]:
    return {name: unescape(url) for url, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', box)}


def words(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_cited_by_a_sentence_and_a_permalink_in_four_formats(client, records, page):
    page = f"{page}{'&' if '?' in page else '?'}as_of={DAY}"
    html = client.get(page).content.decode()
    [box] = boxes(html, "Cite this page")
    [sentence] = re.findall(r'<span class="cite__sentence">(.*?)</span>', box, re.S)
    [permalink] = re.findall(r'id="permalink-url" value="([^"]+)"', html)
    sentence, permalink = words(sentence), unescape(permalink)
    assert re.fullmatch(r"\S.+\.", sentence), sentence

    files = {name: client.get(url).content.decode() for name, url in linked(box).items()}
    [item] = json.loads(files["CSL-JSON"])
    [entry] = parse_string(files["BibTeX"], "bibtex").entries.values()
    [read] = rispy.loads(files["RIS"])
    assert item["URL"] == entry.fields["url"] == read["urls"][0] == permalink
    assert parse_qs(urlsplit(permalink).query)["as_of"] == [DAY]
    assert item["title"] == read["title"]
    assert item["title"].endswith(", as of 31 August 2026")
    assert item["version"] == entry.fields["version"] == read["edition"] == data_version()
    assert item["abstract"] == read["abstract"] == sentence
    assert words(box).count(files["text"].strip()) == 1
    assert all(part in files["text"] for part in (sentence, permalink, "31 August 2026", data_version(), "CC BY 4.0"))


def test_a_page_is_cited_by_the_organisation_on_the_day_of_its_data_version(client, records):
    [item] = client.get("/models/gpt-4/cite.json").json()
    assert item["author"] == [{"literal": "EvalTracker"}]
    made = timezone.localdate(DataVersion.objects.latest().made_at)
    assert item["issued"] == {"date-parts": [[made.year, made.month, made.day]]}


@pytest.mark.parametrize("page", ["/", "/labs/openai/", "/labs/xai/", "/labs/google-deepmind/"])
def test_what_is_cited_of_tests_says_too_what_is_reported_and_what_was_not_found(client, records, page):
    """A count of the tested alone would read as if the others were not: silence is not a no."""
    cited = client.get(f"{page}cite.json?as_of={DAY}").json()[0]["abstract"]
    assert "outside model evaluation" in cited
    assert cited in words(client.get(f"{page}?as_of={DAY}").content.decode())
    if page == "/labs/google-deepmind/":
        assert "reported or undated" in cited


def test_an_order_of_labs_is_cited_with_what_is_rated_and_of_which_releases(client, records):
    [item] = client.get(f"/labs/compare/cite.json?lab=openai&lab=xai&as_of={DAY}").json()
    assert (
        "what the public record shows of releases in the 12 months to 31 August 2026, not what happened"
        in item["abstract"]
    )
    assert "OpenAI lies above xAI" in item["abstract"]


def test_the_sentence_names_what_it_is_about(client, records):
    assert client.get("/models/gpt-4/cite.json").json()[0]["abstract"].startswith("GPT-4 (OpenAI): ")
    assert client.get("/evaluators/metr/cite.json").json()[0]["abstract"].startswith("METR: ")


def test_the_citation_of_a_list_says_what_it_is_narrowed_to(client, records):
    [item] = client.get("/models/cite.json?lab=openai").json()
    count = len(client.get("/models/?lab=openai").context["table"].rows)
    assert item["abstract"] == f"{count} releases on record (Lab: OpenAI)."


def test_a_page_on_a_day_on_which_nothing_told_of_it_is_cited_as_that(client, records):
    [item] = client.get("/models/gpt-4/cite.json?as_of=2020-01-01").json()
    assert item["abstract"] == "Nothing that was public by 1 January 2020 tells of this release."


def test_every_quote_is_a_footnote_and_a_file(client, records):
    html = client.get("/access/gpt-4-arc-evals/").content.decode()
    found = boxes(html, "Cite this quote")
    assert len(found) == html.count('<figure class="citation"') > 1
    [box] = [box for box in found if QUOTE in words(box)]
    footnote = words(box)
    for part in ("OpenAI, “GPT-4 System Card”, March 2023, https://", "read on 23 November 2026.", "OpenAI’s words,"):
        assert part in footnote
    files = {name: client.get(url) for name, url in linked(box).items()}
    assert {response.status_code for response in files.values()} == {200}
    [item] = files["CSL-JSON"].json()
    assert item["author"] == [{"literal": "OpenAI"}]
    assert item["issued"] == {"date-parts": [[2023, 3]]}
    assert QUOTE in item["note"]
    assert files["text"].content.decode().strip() in footnote
    [entry] = parse_string(files["BibTeX"].content.decode(), "bibtex").entries.values()
    assert (entry.fields["year"], entry.fields["month"]) == ("2023", "March")
    assert "day" not in entry.fields
    [read] = rispy.loads(files["RIS"].content.decode())
    assert read["notes"][0].startswith("Quoted: “We provided them")


def test_a_page_of_a_source_has_the_footnote_of_each_quote(client, records):
    html = client.get("/sources/gpt-4-system-card/").content.decode()
    assert len(boxes(html, "Cite this quote")) == html.count('<figure class="citation"') > 1


def test_each_quote_of_a_source_has_a_key_of_its_own(client, records):
    """Else a list of works holds one of them alone."""
    html = client.get("/sources/gpt-4-system-card/").content.decode()
    links = {linked(box)["BibTeX"] for box in boxes(html, "Cite this quote")}
    keys = {re.match(r"@misc{(.*),", client.get(link).content.decode())[1] for link in links}
    assert len(keys) == len(links) > 1
    assert all(key.startswith("gpt-4-system-card-") for key in keys)
    assert client.get("/sources/gpt-4-system-card/quote.bib").content.decode().startswith("@misc{gpt-4-system-card,")


@pytest.mark.parametrize("page", ["/access/gpt-4-arc-evals/", "/sources/gpt-4-system-card/"])
def test_the_footnote_of_a_quote_has_our_permalink_of_it(client, records, settings, page):
    """With the day and the data version, so that it can be checked whether we still hold it."""
    html = client.get(f"{page}?as_of={DAY}").content.decode()
    [footnote, *_] = [words(box) for box in boxes(html, "Cite this quote") if QUOTE in words(box)]
    permalink = re.search(r", held by EvalTracker at (\S+), read on ", footnote)[1]
    parts = urlsplit(permalink)
    assert permalink.startswith(f"{settings.SITE_URL}/sources/gpt-4-system-card/?")
    asked = parse_qs(parts.query)
    assert (asked["as_of"], asked["data_version"]) == ([DAY], [data_version()])
    assert QUOTE in unescape(client.get(f"{parts.path}?{parts.query}").content.decode())
    checked = client.get("/data/check.json", {"text": footnote.partition(" Copy")[0]}).json()
    assert (checked["outcome"], checked["words_outcome"]) == ("still_so", "still_there")
    assert checked["words"].startswith(QUOTE[:40])


def test_a_footnote_without_a_quote_is_checked_as_its_page(client, records):
    footnote = client.get(f"/sources/gpt-4-system-card/quote.txt?as_of={DAY}").content.decode()
    checked = client.get("/data/check.json", {"text": footnote}).json()
    assert (checked["outcome"], checked["words_outcome"]) == ("still_so", "not_given")


def test_the_citation_on_the_page_of_data_is_that_of_its_box(client, records):
    html = client.get(f"/data/?as_of={DAY}").content.decode()
    [box] = boxes(html, "Cite this page")
    printed = {
        name: unescape(re.search(rf'id="citation-{name}"[^>]*><code[^>]*>(.*?)</code>', html, re.S)[1])
        for name in ("text", "bibtex")
    }
    files = linked(box)
    assert printed["text"] in words(box)
    assert client.get(files["text"]).content.decode().rstrip() == printed["text"]
    assert client.get(files["BibTeX"]).content.decode().rstrip() == printed["bibtex"]
    assert f"data_version={data_version()}" in printed["text"]
    [entry] = parse_string(printed["bibtex"], "bibtex").entries.values()
    assert {"year", "urldate", "version"} <= set(entry.fields)
    assert client.get(files["CSL-JSON"]).json()[0]["type"] == "dataset"


def test_a_title_without_our_name_begins_with_a_capital(client, records):
    assert client.get("/cite.json").json()[0]["title"].startswith("Who was let in to test ")


def test_a_source_is_cited_without_a_quote_too(client, records):
    [item] = client.get("/sources/gpt-4-system-card/quote.json").json()
    assert item["title"] == "GPT-4 System Card"
    assert "Quoted" not in item["note"]


def test_every_source_on_record_is_read_back_whole(client, records):
    """All of them at once: names of organisations, dates as precise as they are, addresses."""
    found = Source.objects.select_related("lab", "evaluator").order_by("key")
    sources = [quoted_on(each, timezone.localdate()) for each in found]
    references = [quote_reference(each) for each in sources]
    entries = parse_string(bibtex(references), "bibtex").entries
    items = json.loads(csl_json(references))
    read = rispy.loads(ris(references))
    printed = in_style(references)
    assert len(entries) == len(items) == len(read) == len(printed) == len(sources) > 300
    for source, item, one, entry in zip(sources, items, read, entries.values(), strict=True):
        words = label(source.published_on)
        assert item["author"] == [{"literal": source.author}]
        assert not entry.persons["author"][0].first_names
        assert "," not in one["authors"][0]
        assert item["title"].startswith(source.title)
        assert one["title"] == item["title"]
        assert one["urls"] == [item["URL"].replace(";", "%3B")]
        year = source.published_on[:4] if re.fullmatch(r"[\d-]*", source.published_on) else words
        assert entry.fields.get("year", "") == year
        assert one.get("year", "") == year or f"Date: {year}" in one["notes"]
    assert all(label(each.published_on)[-4:] in "".join(printed) for each in sources)


def test_a_quote_that_we_do_not_hold_is_refused_with_those_that_we_do(client, records):
    response = client.get("/sources/gpt-4-system-card/quote.bib?quote=nothing")
    quotes = client.get("/sources/gpt-4-system-card/").content.decode()
    [quote] = {each for each in re.findall(r"<blockquote[^>]*><p>(.*?)</p>", quotes) if QUOTE in each}
    assert response.status_code == 400
    assert quote_id(unescape(quote)) in response.content.decode()


def test_a_source_that_nobody_could_cite_yet_has_no_citation(client, records):
    response = client.get("/sources/gpt-4-system-card/quote.json?as_of=2020-01-01")
    assert (response.status_code, response.json()) == (200, [])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/models/nothing/cite.bib", 404),
        ("/no/such/page/cite.bib", 404),
        ("/admin/cite.bib", 404),
        ("/admin/labs/lab/cite.json", 404),
        ("/models.csv/cite.bib", 404),
        ("/report/cite.bib", 404),
        ("/models/cite.pdf", 404),
        ("/models/cite.bib?colour=red", 400),
        ("/models/cite.bib?as_of=tomorrow", 400),
        ("/models/cite.bib?lab=nobody", 400),
        ("/cite.bib?window=13", 400),
        ("/sources/gpt-4-system-card/quote.bib?colour=red", 400),
    ],
)
def test_a_citation_answers_as_its_page_does(client, records, address, status):
    assert client.get(address).status_code == status


def test_the_citation_of_a_merged_record_leads_to_that_of_the_other(client):
    loser, winner = factories.source(), factories.source()
    gone = loser.key
    merge(loser=loser, winner=winner, by=None, reason="One and the same.")
    page = client.get(f"/sources/{gone}/cite.bib?as_of={timezone.localdate()}")
    quote = client.get(f"/sources/{gone}/quote.ris")
    assert page["Location"] == f"/sources/{winner.key}/cite.bib?as_of={timezone.localdate()}"
    assert quote["Location"] == f"/sources/{winner.key}/quote.ris"
    assert client.get(quote["Location"]).status_code == client.get(page["Location"]).status_code == 200


def test_the_box_needs_no_script(client, records):
    """A button that only a script can use is not there without one."""
    [box] = boxes(client.get("/models/gpt-4/").content.decode(), "Cite this page")
    assert re.findall(r"<button[^>]*>", box) == [
        '<button class="button button--quiet" type="button" data-copies hidden>'
    ]


def test_a_note_on_a_text_is_not_cited_as_if_it_stood_at_the_address_of_that_text(client, records):
    note = Source.objects.get(key="notes-gemini-3-launch")
    quote = AccessEventCitation.objects.filter(source=note).first().quote
    page = client.get(note.get_absolute_url()).content.decode()
    assert "The text that these words are about" in page
    assert f'cite="{note.url}"' not in page
    assert f"about the text at {note.url}, held by EvalTracker at " in page
    file = client.get(f"/sources/{note.key}/quote.ris", {"quote": quote_id(quote)}).content.decode()
    assert f"UR  - {note.url}" not in file
    assert f"About the text at {note.url}" in file
    release = client.get("/models/gemini-3-pro/").content.decode()
    assert "the text that it is about <span" in release


def test_a_third_party_at_a_shared_host_and_a_lab_at_its_own_are_cited_by_their_address(empty_database):
    lab = factories.lab(name="Example Labs")
    own = factories.source(lab=lab, url="https://example.org/card")
    shared = factories.source(lab=lab, url="https://forum.org/card")
    note = factories.source(url="https://example.org/post")
    press = factories.source(url="https://forum.org/story")
    assert [is_about(each) for each in (own, shared, note, press)] == [False, False, True, False]
