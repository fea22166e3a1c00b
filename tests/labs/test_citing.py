"""Citations, each read back by the programs that people read them with."""

import datetime as dt
import json
import re
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import rispy
import yaml
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string

from labs.rules.citing import (
    Cited,
    QuotedSource,
    Reference,
    bibtex,
    citation_cff,
    csl_item,
    csl_json,
    entry_key,
    footnote,
    page_reference,
    quote_id,
    quote_in_footnote,
    quote_reference,
    ris,
    suggested_citation,
)
from labs.rules.dates import label

DAY = dt.date(2026, 11, 30)
PAGE = page_reference(
    title="GPT-4 (OpenAI): who tested it before release",
    url="https://evaltracker.example/models/gpt-4/?as_of=2024-05-24&data_version=2026.12.10",
    as_of=dt.date(2024, 5, 24),
    data_version="2026.12.10",
    method_version=2,
    made_on=dt.date(2026, 12, 3),
    sentence="Outsiders tested it before release: METR (documented).",
    accessed=dt.date(2026, 12, 4),
)
SOURCE = QuotedSource(
    key="gpt-4-card",
    title="GPT-4 System Card",
    author="OpenAI",
    publisher="OpenAI",
    published_on="2023-03",
    url="https://openai.example/gpt-4;v=2?a=1&b=%20c",
    archived_url="https://archive.example/gpt-4",
    read_on=dt.date(2026, 11, 23),
    words="OpenAI’s words, read as published",
)
SHAPES = [
    "2023-03-14", "2024-05", "2023", "2024?", "2024~", "2024%", "2024-05?", "2026-05~", "2024-05%", "2024-05-01?",
    "2024-05-01~", "202X", "2024-21", "2024-24", "2023-33", "2024-36", "2023-37", "2023-40", "2024-41",
    "2023-01/2023-06", "2026-02/2026-03", "2023-12/2024-02", "2024-05-01/2024-05-09", "2024-03/..", "../2025-02-14",
    "2024~/2025-01?",
]  # fmt: skip
PRECISE = re.compile(r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?")
OFFENDING = 'a & b % $1 _x_ #3 {braces} back\\slash ~ ^ <tag> | é “q” -- `t` "dq" – … @ 評価'


def dated(edtf):
    return Reference("work", Cited.PAGE, "A report", "METR", edtf, "https://metr.example/")


def in_style(references):
    """The entry of each reference in a list of works, by citeproc-py."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that it does not know
        source = CiteProcJSON(json.loads(csl_json(references)))
        made = CitationStylesBibliography(
            CitationStylesStyle("harvard-cite-them-right", validate=False), source, formatter.plain
        )
        for reference in references:
            made.register(Citation([CitationItem(reference.key)]))
        return [str(entry) for entry in made.bibliography()]


def read_bibtex(reference):
    [entry] = parse_string(bibtex([reference]), "bibtex").entries.values()
    return entry


def read_ris(reference):
    [entry] = rispy.loads(ris([reference]))
    return entry


def test_the_suggested_citation_names_the_day_both_versions_the_permalink_and_the_licence():
    text = suggested_citation(
        title="GPT-4", url=PAGE.url, as_of=dt.date(2024, 5, 24), data_version="2026.12.10", method_version=2
    )
    assert text == (
        f"EvalTracker: GPT-4, as of 24 May 2024, data version 2026.12.10, method version 2, {PAGE.url}. CC BY 4.0."
    )


def test_the_day_of_retrieval_stands_in_the_suggested_citation_where_it_is_known():
    text = suggested_citation(
        title="GPT-4", url="/", as_of=DAY, data_version="", method_version=2, accessed=dt.date(2026, 12, 4)
    )
    assert "retrieved on 4 December 2026" in text
    assert "data version none yet" in text


def test_a_footnote_says_where_the_quote_stands_and_where_we_read_it():
    assert footnote(SOURCE, "We let METR\ntest it") == (
        "“We let METR test it” OpenAI, “GPT-4 System Card”, March 2023, https://openai.example/gpt-4;v=2?a=1&b=%20c, "
        "archived at https://archive.example/gpt-4, read on 23 November 2026. OpenAI’s words, read as published."
    )


HELD = replace(SOURCE, held_at="https://evaltracker.example/sources/gpt-4-card/?as_of=2026-11-30")


def test_a_footnote_says_where_we_hold_the_quote():
    held = ", held by EvalTracker at https://evaltracker.example/sources/gpt-4-card/?as_of=2026-11-30, read on"
    assert footnote(HELD, "We let METR test it") == footnote(SOURCE, "We let METR test it").replace(", read on", held)
    assert quote_reference(HELD).notes[-1] == f"Held by EvalTracker at {HELD.held_at}"


@pytest.mark.parametrize("quoted", ["We let METR test it", "We said “yes”, “once”, and let METR test it", "“No”", ""])
@pytest.mark.parametrize("title", ["GPT-4 System Card", "On “red-teaming”, again", "A", "“Yes” and “no”"])
def test_the_quote_of_a_footnote_is_read_back(quoted, title):
    text = footnote(replace(HELD, title=title), quoted)
    assert quote_in_footnote(text[: text.index(HELD.held_at)]) == quoted


def test_another_text_is_no_footnote_of_ours():
    assert quote_in_footnote("“18 of 39” says OpenAI, “Card”, 2024, ") is None


def test_each_quote_of_a_source_has_its_own_key_which_stays():
    one, other = (quote_reference(SOURCE, quoted).key for quoted in ("We let METR test it", "It took a week"))
    assert len({quote_reference(SOURCE).key, one, other}) == 3
    assert one == quote_reference(replace(SOURCE, title="Another"), "We let METR test it").key
    assert one == f"gpt-4-card-{quote_id('We let METR test it')}"


@pytest.mark.parametrize("edtf", SHAPES)
def test_no_format_makes_a_date_more_precise_than_it_is(edtf):
    """Days, months and years are dates; all others are their words, literally."""
    reference, words = dated(edtf), label(edtf)
    issued = csl_item(reference)["issued"]
    fields, read = read_bibtex(reference).fields, read_ris(reference)
    if PRECISE.fullmatch(edtf):
        parts = [int(part) for part in edtf.split("-")]
        assert issued == {"date-parts": [parts]}
        assert fields["year"] == read["year"] == edtf[:4]
        assert ("month" in fields, "day" in fields) == (len(parts) > 1, len(parts) > 2)
        assert read.get("date", "").rstrip("/") == ("/".join(edtf.split("-")) if len(parts) > 1 else "")
    else:
        assert issued == {"literal": words}
        assert fields["year"] == words.replace("%", r"\%")
        assert "month" not in fields
        assert "day" not in fields
        assert read.get("year", words) == words
        assert "date" not in read
        assert read.get("year") == words or read["notes"] == [f"Date: {words}"]


@pytest.mark.parametrize(
    "edtf", ["202X", "2024-03/..", "../2025-02-14", "2024~", "2024-05?", "2024-05-01%", "2024~/2025-01?"]
)
def test_ris_has_no_year_where_readers_would_be_surer_than_the_source(edtf):
    assert "year" not in read_ris(dated(edtf))


@pytest.mark.parametrize("edtf", ["2023-40", "2024-36", "2024-24", "2023-12/2024-02"])
def test_ris_has_the_words_of_a_date_that_is_no_year(edtf):
    assert read_ris(dated(edtf))["year"] == label(edtf)


@pytest.mark.parametrize("edtf", SHAPES)
def test_a_style_prints_the_date_as_precisely_as_it_is(edtf):
    [entry] = in_style([dated(edtf)])
    assert (edtf[:4] if PRECISE.fullmatch(edtf) else label(edtf)) in entry


def test_a_work_without_a_date_has_none_in_any_format():
    reference = dated("")
    assert "issued" not in csl_item(reference)
    assert "year" not in read_bibtex(reference).fields
    assert "year" not in read_ris(reference)


@pytest.mark.parametrize(
    "name",
    [
        "Model Evaluation and Threat Research",
        "UK AI Security Institute",
        "Mondragon University and University of Seville (copy)",
        "Simon Willison",
        "Barnes & Noble",
        "GreaterWrong / LessWrong",
        "Amazon, answering Stanford CRFM",
    ],
)
def test_a_name_stays_whole(name):
    reference = Reference("work", Cited.PAGE, "A report", name, "2024", "https://metr.example/")
    [person] = read_bibtex(reference).persons["author"]
    assert str(person) == "{" + name.replace("&", r"\&") + "}"
    assert not person.first_names
    assert csl_item(reference)["author"] == [{"literal": name}]
    assert name in in_style([reference])[0]
    [author] = read_ris(reference)["authors"]
    assert "," not in author
    assert author.replace(" (", ", ").rstrip(")") == name.replace(" (", ", ").rstrip(")")
    assert author == name or read_ris(reference)["publisher"] == name


def test_what_a_format_would_take_for_its_own_comes_back_as_it_was():
    reference = Reference("work", Cited.PAGE, OFFENDING, "METR", "2024", "https://metr.example/", sentence=OFFENDING)
    assert read_ris(reference)["title"] == read_ris(reference)["abstract"] == OFFENDING
    assert json.loads(csl_json([reference]))[0]["title"] == OFFENDING
    title = read_bibtex(reference).fields["title"]
    assert title.count("{") == title.count("}")
    assert re.findall(r"(?<!\\)[&%$#_]", title) == []
    again = parse_string(bibtex([reference]), "bibtex").to_string("yaml")  # its BibTeX doubles each backslash
    assert parse_string(again, "yaml").entries["work"].fields["title"] == title


def test_line_breaks_end_no_line_of_ris():
    reference = Reference("work", Cited.PAGE, "One\nER  - \r\ntwo", "METR", "2024", "https://metr.example/")
    assert read_ris(reference)["title"] == "One ER - two"


def test_an_address_survives_every_format():
    reference = quote_reference(SOURCE)
    assert read_ris(reference)["urls"] == ["https://openai.example/gpt-4%3Bv=2?a=1&b=%20c"]
    assert read_bibtex(reference).fields["url"] == csl_item(reference)["URL"] == SOURCE.url


def test_an_address_is_ascii_and_holds_no_brace():
    reference = Reference("work", Cited.PAGE, "A", "METR", "", "https://metr.example/ü/{x}\\ y")
    assert read_bibtex(reference).fields["url"] == "https://metr.example/%C3%BC/%7Bx%7D%5C%20y"


def test_a_page_of_ours_has_its_versions_its_day_and_its_sentence_in_every_format():
    fields, read, item = read_bibtex(PAGE).fields, read_ris(PAGE), json.loads(csl_json([PAGE]))[0]
    title = "GPT-4 (OpenAI): who tested it before release, as of 24 May 2024"
    note = "Data version 2026.12.10, method version 2, CC BY 4.0"
    assert (fields["title"], read["title"], item["title"]) == (f"{{{title}}}", title, title)
    assert (fields["version"], read["edition"], item["version"]) == ("2026.12.10",) * 3
    assert (fields["note"], read["notes"], item["note"]) == (note, [note], note)
    assert (fields["abstract"], read["abstract"], item["abstract"]) == (PAGE.sentence,) * 3
    assert (fields["urldate"], read["access_date"], item["accessed"]) == (
        "2026-12-04", "2026/12/04/", {"date-parts": [[2026, 12, 4]]},
    )  # fmt: skip
    assert (fields["year"], fields["month"], fields["day"]) == ("2026", "December", "3")
    assert (read["year"], read["date"]) == ("2026", "2026/12/03/")
    assert item["issued"] == {"date-parts": [[2026, 12, 3]]}


def test_a_quote_has_its_words_whose_they_are_and_the_archived_copy_in_every_format():
    reference = quote_reference(SOURCE, "We let METR test it")
    notes = [
        "Quoted: “We let METR test it”",
        "OpenAI’s words, read as published",
        "Archived copy: https://archive.example/gpt-4",
    ]
    assert read_ris(reference)["notes"] == notes
    assert read_bibtex(reference).fields["note"] == csl_item(reference)["note"] == ". ".join(notes)
    assert csl_item(reference)["accessed"] == {"date-parts": [[2026, 11, 23]]}


def test_several_references_are_several_entries():
    references = [PAGE, quote_reference(SOURCE)]
    assert [each["id"] for each in json.loads(csl_json(references))] == [each.key for each in references]
    assert [each["id"] for each in rispy.loads(ris(references))] == [each.key for each in references]
    assert list(parse_string(bibtex(references), "bibtex").entries) == [each.key for each in references]


def test_a_data_set_is_one():
    reference = Reference("work", Cited.DATASET, "Records", "EvalTracker", "2026", "https://e.example/")
    assert csl_item(reference)["type"] == "dataset"
    assert read_ris(reference)["type_of_reference"] == "DATA"


def test_a_key_is_what_bibtex_takes():
    assert entry_key("EvalTracker", "GPT-4o (mini) é", "", "2026.12.7") == "evaltracker-gpt-4o-mini-2026-12-7"


# CITATION.cff of the data set that this repository ships

CFF = yaml.safe_load(Path(__file__).parents[2].joinpath("CITATION.cff").read_text())
KEYS = {"cff-version", "message", "type", "title", "version", "date-released", "license", "url", "abstract", "authors"}


def test_the_citation_file_is_of_the_data_set_and_its_version_is_text():
    """The shape that the schema of the format asks for; ``tests/citations`` validates it against the schema itself."""
    assert CFF.keys() <= KEYS
    assert CFF["cff-version"] == "1.2.0"
    assert CFF["type"] == "dataset"
    assert CFF["license"] == "CC-BY-4.0"
    assert all(isinstance(CFF[name], str) for name in ("version", "title", "message", "abstract"))


def test_the_author_of_the_data_set_is_an_organisation():
    assert CFF["authors"] == [{"name": "EvalTracker"}]


def test_the_citation_file_names_the_edition_that_is_shipped():
    editions = json.loads(Path(__file__).parents[2].joinpath("fixtures/editions.json").read_text())
    assert CFF["version"] == f"{max(each['fields']['version'] for each in editions)}.0"


def test_a_citation_file_holds_what_went_in():
    text = citation_cff(
        title=OFFENDING, abstract="One: #2\n“three”", version="2026.10", url="https://e.example/", released=DAY
    )
    read = yaml.safe_load(text)
    assert (read["title"], read["abstract"], read["version"]) == (OFFENDING, "One: #2 “three”", "2026.10")
    assert (read["url"], read["date-released"]) == ("https://e.example/", "2026-11-30")
    assert read.keys() == KEYS
