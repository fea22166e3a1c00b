"""/data/: what it says is so, and what it prints to be copied works."""

import csv
import html
import io
import json
import re
import subprocess

import pytest

from evaltracker.web.package.tables import TABLES
from evaltracker.web.presenters.data import FILE, FILES, TABLES_ASKED
from labs.rules.data_package import csv_path
from labs.rules.renames import RENAMES
from labs.web.columns import FieldType
from tests.readers.running import SITE, Job, Programs, run
from tests.readers.served import served
from tests.readers.site import addresses, blocks, fetch, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_first_visitor_gets_a_frame_a_query_and_a_footnote_by_copying(client, records, tmp_path):
    copied = blocks(client)
    asked = {path for path in addresses([copied["frame"], copied["query"], copied["footnote"]]) if "{" not in path}
    asked |= {f"/data/evaltracker-latest/{table}.parquet" for table in TABLES_ASKED}
    files = {path: fetch(client, path) for path in asked}
    with served(files) as site:
        frame, query, footnote = (copied[name].replace(SITE, site) for name in ("frame", "query", "footnote"))
        python = [Job(name, "Python", "copied", text) for name, text in (("frame", frame), ("query", query))]
        read = run(python, tmp_path, Programs())
        said = subprocess.run(footnote, shell=True, capture_output=True, text=True, check=True, cwd=tmp_path).stdout

    events = rows_of(fetch(client, "/access.csv")[1])
    assert len(read["frame", "copied"].rows) == len(events) > 200
    assert read["frame", "copied"].types["no_safety_filters"] == read["frame", "copied"].types["started_on"] == "string"
    assert read["frame", "copied"].types["access_days"] == "Int64"

    tested = read["query", "copied"]
    events_asked = {row[tested.columns.index("event")] for row in tested.rows}
    strictly = {row["key"] for row in events if row["counts"] == "strict" and row["model"]}
    assert events_asked == strictly
    named = sum(int(row["evaluator_count"]) for row in events if row["key"] in strictly)
    assert len(tested.rows) == named
    assert ("Andon Labs", "Anthropic", "Claude Opus 4.6") in {tuple(row[:3]) for row in tested.rows}

    cited = re.search(rf"{SITE}(\S+?)[,.]? ", said + " ")[1]
    assert "as_of=" in cited
    assert "data version" in said
    assert client.get(cited).status_code == 200


@pytest.mark.parametrize("query", ["", "?as_of=2024-05-24&window=24"])
def test_each_address_on_the_page_answers(client, records, files_as_text, query):
    text = text_of(client, f"/data/{query}")
    links = {html.unescape(link).partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', text)}
    for path in sorted(links | addresses(blocks(client, query).values())):
        if not path.startswith(("/static/", "/admin/")) and "{" not in path:
            assert client.get(path, follow=True).status_code == 200, path


def test_the_dictionary_names_the_columns_of_each_file_in_their_order(client, records):
    of_json = {
        file["name"]: [column["name"] for column in file["columns"]]
        for file in json.loads(text_of(client, "/data/dictionary.json"))["files"]
    }
    of_csv: dict[str, list[str]] = {}
    for row in rows_of(fetch(client, "/data/dictionary.csv")[1]):
        names = of_csv.setdefault(row["file"], [])
        names += [] if row["column"] in names else [row["column"]]
    served_as = {
        file.name: next(csv.reader(io.StringIO(text_of(client, f"/{file.name}.csv"), newline=""))) for file in FILES
    }
    of_package = {csv_path(table.name): table.names for table in TABLES}
    assert of_json == served_as
    assert of_csv == served_as | of_package


def test_each_cell_is_of_the_type_and_among_the_values_that_the_dictionary_gives(client, records):
    described = json.loads(text_of(client, "/data/dictionary.json"))
    looks = {
        "integer": r"-?\d+",
        "number": r"-?\d+(\.\d+)?",
        "date": r"\d{4}-\d\d-\d\d",
        "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
        "edtf": r"[0-9X./~?%-]+",
        "version": r"[0-9.]+",
        "string": r".+",
    }
    assert looks.keys() == described["types"].keys() == {each.value for each in FieldType}
    for file in described["files"]:
        rows = rows_of(fetch(client, f"/{file['name']}.csv")[1])
        for column in file["columns"]:
            cells = {row[column["name"]] for row in rows} - {""}
            look = re.compile(looks[column["type"]], re.DOTALL)
            assert [cell for cell in cells if not look.fullmatch(cell)] == [], (file["name"], column["name"])
            if column["values"]:
                assert cells <= {term["value"] for term in column["values"]}, (file["name"], column["name"])


def test_no_answer_is_a_boolean_or_may_be_taken_for_one_of_another_column():
    """unknown is always a word of its own, and yes and no are words, never true and false."""
    for file in FILES:
        for column in file.columns:
            values = {term.value for term in column.terms or ()}
            assert not values & {"true", "false", "True", "False", "0", "1", ""}, column.name
            assert not values or column.type is FieldType.STRING, column.name


def test_the_page_tells_of_each_renamed_column_and_each_type(client, records):
    text = text_of(client, "/data/")
    for each in RENAMES:
        assert f"<code>{each.old}</code>" in text
    for kind in FieldType:
        assert html.escape(kind.explanation) in text


def test_the_page_of_a_past_day_gives_the_files_of_that_day(client, records):
    page = text_of(client, "/data/?as_of=2024-05-24")
    assert f"{SITE}/access.csv?as_of=2024-05-24" in page
    assert 'href="/access.csv?as_of=2024-05-24"' in page
    assert f"{SITE}/access.csv?as_of" not in text_of(client, "/data/")


def test_each_command_fetches_a_file(client, records, tmp_path):
    commands = blocks(client)["commands"]
    files = {path: fetch(client, path) for path in addresses([commands])}
    with served(files) as site:
        subprocess.run(["bash", "-euc", commands.replace(SITE, site)], cwd=tmp_path, check=True)
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) == len(commands.splitlines()) == len(files)
    assert {"access.csv", "access.jsonl", "release.json", "evaltracker.zip", "deadlines.ics"} <= names
    assert len((tmp_path / "access.jsonl").read_text().splitlines()) == len(rows_of(files["/access.csv"][1]))


def test_the_figure_can_be_fetched_again_by_the_printed_line(client, records):
    line = blocks(client)["figure-again"]
    (path,) = addresses([line])
    assert {"as_of=", "data_version=", "method_version="} <= set(re.findall(r"\w+=", path))
    assert fetch(client, path)[1] == fetch(client, "/headline.csv")[1]


def test_the_page_costs_few_queries(client, records, django_assert_max_num_queries):
    client.get("/data/")
    with django_assert_max_num_queries(8):
        client.get("/data/")


def test_every_file_says_of_what_its_rows_are(client, records):
    page = text_of(client, "/data/dictionary/")
    for file in FILES:
        assert html.escape(file.title) in page
        assert FILE[file.name] is file


def test_the_page_says_which_columns_are_decimals_and_how_a_broken_download_shows(client, records):
    text = text_of(client, "/data/")
    assert "Columns of decimals" in text
    assert "Content-Length" in text
    decimals = {file.name for file in FILES for column in file.columns if column.type is FieldType.NUMBER}
    assert decimals == {"labs", "charts/scores", "charts/share", "commitments/verdicts"}, "the page names the files"
