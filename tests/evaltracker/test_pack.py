"""The report pack of a lab, a comparison or a list: everything for a report that is cited, in one zip."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
import rispy
from pybtex.database import parse_string

from evaltracker.web import pack as packing
from labs.models import AccessEvent, Lab
from tests.test_urls import read

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

DAY = "as_of=2026-08-31"
LAB = f"/labs/openai/pack.zip?{DAY}&window=24"
COMPARED = f"/labs/compare/pack.zip?lab=openai&lab=anthropic&{DAY}"
LIST = f"/access/pack.zip?activity=model_evaluation&lab=openai&{DAY}"
LISTS = ["models", "access", "evaluators", "sources", "commitments", "replies", "labs"]


def opened(client, address: str) -> dict[str, str]:
    response = client.get(address)
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(read(response))) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name).decode() for name in pack.namelist()}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_a_pack_with_its_rows_as_filtered(client, records, name):
    files = opened(client, f"/{name}/pack.zip?{DAY}")
    assert files[f"{name}.csv"].encode() == read(client.get(f"/{name}.csv?{DAY}"))
    assert {"README.md", "dictionary.csv", "footnotes.md", "citations.bib", "citations.ris", "citations.json"} <= set(
        files
    )


def test_a_filtered_list_has_the_rows_that_its_filters_leave_and_their_quotes(client, records):
    files = opened(client, LIST)
    rows = rows_of(files["access.csv"])
    assert {row["activity"] for row in rows} == {"model_evaluation"}
    assert files["access.csv"].encode() == read(client.get(LIST.replace("/pack.zip", ".csv")))
    events = [AccessEvent.objects.get(key=row["key"]) for row in rows]
    for event in events:
        for citation in event.citations.all():
            assert packing._plain(citation.quote) in files["footnotes.md"]
    assert "Lab: OpenAI" in files["README.md"]


@pytest.mark.parametrize("address", [LAB, COMPARED])
def test_a_lab_and_a_comparison_have_their_releases_tests_promises_verdicts_and_picture(client, records, address):
    files = opened(client, address)
    labs = {"openai", "anthropic"} if "compare" in address else {"openai"}
    for name in ("models.csv", "access.csv"):
        assert {row["lab"] for row in rows_of(files[name])} == labs
    for name in ("labs.csv", "verdicts.csv"):
        assert labs < {row["lab"] for row in rows_of(files[name])}
    assert rows_of(files["commitments.csv"])
    assert {f"figures/releases-{lab}.svg" for lab in labs} <= set(files)


def test_a_picture_stands_alone_and_says_whose_it_is_of_which_day_and_data_version(client, records):
    picture = opened(client, LAB)["figures/releases-openai.svg"]
    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in picture
    texts = " ".join("".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text"))
    for part in ("EvalTracker", "31 August 2026", "data version 2026.12.0", "CC BY 4.0", "releases of OpenAI"):
        assert part in texts


def test_every_column_of_every_file_is_in_the_dictionary(client, records):
    files = opened(client, COMPARED)
    entries = {(row["file"], row["column"]): row for row in rows_of(files["dictionary.csv"])}
    for name in files:
        if name.endswith(".csv") and name != "dictionary.csv":
            for column in next(csv.reader(io.StringIO(files[name]))):
                assert entries[name, column]["description"], (name, column)
                assert entries[name, column]["type"]
    assert "unknown" in entries["access.csv", "timing"]["allowed"].split(" | ")


def test_footnotes_number_their_sources_and_each_number_has_one(client, records):
    text = opened(client, LAB)["footnotes.md"]
    quotes, _, sources = text.partition("## Sources")
    numbers = {int(number) for number in re.findall(r"^(\d+)\. ", sources, re.MULTILINE)}
    cited = {int(number) for number in re.findall(r"” \[(\d+)\]", quotes)}
    assert numbers == cited == set(range(1, len(numbers) + 1))
    assert "GPT-4 System Card" in sources
    assert "read on 23 November 2026" in sources
    assert "(supports: " in quotes


def test_the_citations_are_of_the_page_and_of_all_its_sources(client, records):
    files = opened(client, LAB)
    items = json.loads(files["citations.json"])
    sources = files["footnotes.md"].partition("## Sources")[2]
    sources = len(re.findall(r"^\d+\. ", sources, re.MULTILINE))
    assert len(items) == sources + 1
    assert len(parse_string(files["citations.bib"], "bibtex").entries) == len(items)
    assert [each["id"] for each in rispy.loads(files["citations.ris"])] == [each["id"] for each in items]
    assert items[0]["title"].endswith("as of 31 August 2026")
    assert "accessed" not in items[0]


def test_a_pack_has_the_same_bytes_each_time_and_names_its_day_and_data_version(client, records):
    first, second = client.get(LAB), client.get(LAB)
    assert read(first) == read(second)
    assert 'filename="evaltracker-labs-openai-2026-08-31-data-2026.12.0.zip"' in first["Content-Disposition"]
    assert first["Content-Type"] == "application/zip"


def test_a_long_list_says_that_its_footnotes_go_on(client, records, monkeypatch):
    monkeypatch.setattr(packing, "MOST_RECORDS", 3)
    assert "Of the first 3 records only" in opened(client, LIST)["footnotes.md"]


def test_a_list_without_rows_has_a_pack_too(client, empty_database):
    files = opened(client, "/access/pack.zip")
    assert rows_of(files["access.csv"]) == []
    assert "No quote is on record for these rows." in files["footnotes.md"]


def test_what_a_text_holds_is_no_markup():
    assert packing._plain("[a](b) *c* <d> `e`\nf") == r"\[a\](b) \*c\* \<d\> \`e\` f"


def test_a_lab_without_any_release_has_a_pack(client, records):
    lab = next(each for each in Lab.objects.published() if not each.models.exists())
    files = opened(client, f"/labs/{lab.key}/pack.zip?{DAY}")
    assert not any(name.endswith(".svg") for name in files)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/labs/nobody/pack.zip", 404),
        ("/labs/compare/pack.zip", 404),
        ("/labs/compare/pack.zip?lab=openai", 400),
        ("/models/gpt-4/pack.zip", 404),
        ("/timeline/pack.zip", 404),
        ("/pack.zip", 404),
        ("/admin/pack.zip", 404),
        ("/access/pack.zip?colour=red", 400),
        ("/access/pack.zip?as_of=soon", 400),
        ("/access/pack.zip?sort=colour", 400),
    ],
)
def test_a_pack_answers_as_its_page_does(client, records, address, status):
    assert client.get(address).status_code == status


@pytest.mark.parametrize("page", ["/labs/openai/", "/labs/compare/?lab=openai&lab=anthropic", "/access/?lab=openai"])
def test_the_page_leads_to_its_pack(client, records, page):
    html = client.get(page).content.decode().replace("&amp;", "&")
    [address] = re.findall(r'href="([^"]*pack\.zip[^"]*)"', html)
    assert address.startswith(page.partition("?")[0])
    assert page.partition("?")[2] in address
    assert opened(client, address)["README.md"]
