"""The twins of pages: CSV, JSON and JSON Lines say the same, as the description of the API has it."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator

import duckdb
import jsonschema
import pandas
import polars
import pytest
from agate.csv_py3 import Sniffer
from django.conf import settings
from django.test import Client

from evaltracker.web.openapi import described_addresses
from labs.choices import RecordStatus
from labs.models import AIModel, Alias
from labs.rules.csv_cells import is_taken_for_a_date, plain
from labs.rules.renames import RENAMES
from labs.web.columns import AS_THEY_ARE, FieldType, published_fields
from labs.web.formats import ROWS_IN_JSON
from tests import factories
from tests.evaltracker.pages import rows_of_csv
from tests.published import PUBLISHED

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

KEYS = {
    "labs:lab_record": "openai",
    "labs:model_record": "gpt-4",
    "labs:evaluator_record": "metr",
    "labs:event_record": "gpt-4-arc-evals",
    "labs:source_record": "center-seoul",
    "commitments:commitment_record": "gdm-fsf-3-external-actors",
}
DAYS = ("2026-11-29", "2024-05-24", "2023-03-01")
ADDRESSES = {name: (path, ending, what) for path, name, ending, what in described_addresses()}
LISTS = sorted({path.rpartition(".")[0] for path, _, what in ADDRESSES.values() if not what.is_record})


def asked(path: str, **parameters: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    labs = "lab=openai&lab=xai" if path.startswith("/labs/compare") else ""
    return f"{path}?{'&'.join(filter(None, (labs, query)))}"


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.content)
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def json_pages(client: Client, address: str) -> Iterator[dict]:
    while address:
        page = json.loads(body(client, address))
        yield page
        address = page["next"]


@pytest.fixture
def api(client):
    response = client.get("/data/openapi.json")
    assert response["Content-Type"] == "application/vnd.oai.openapi+json;version=3.1"
    return response.json()


def refused(client: Client, address: str, status: int) -> dict:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), address
    problem = response.json()
    assert problem["status"] == status
    return problem


# What is served, against its description


@pytest.mark.parametrize("day", DAYS)
def test_each_address_of_json_answers_as_described(client, records, api, day):
    local = json.loads(json.dumps(api).replace("#/components/schemas/", "#/$defs/"))
    checked = 0
    for name, (path, ending, what) in ADDRESSES.items():
        content = local["paths"][path]["get"]["responses"]["200"]["content"]
        address = asked(path.replace("{key}", KEYS.get(name, "")), as_of=day)
        if ending == "json":
            answer = json.loads(body(client, address))
            schema = {**content[ending.media_type]["schema"], "$defs": local["components"]["schemas"]}
            checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
            assert [error.message for error in checker.iter_errors(answer)] == [], address
            row = answer["record"] if what.is_record else (answer["rows"] or [None])[0]
            names = [field.name for field in published_fields(what.columns)]
            assert row is None or list(row)[: len(names)] == names == [each["name"] for each in answer["columns"]]
            checked += 1
    assert checked > 20


def test_the_description_names_every_address_with_its_parameters_and_their_values(client, records, api):
    jsonschema.Draft202012Validator.check_schema({"$defs": api["components"]["schemas"]})
    assert {f"/{file}.csv" for file in PUBLISHED} <= set(api["paths"])
    parameters = {each["name"]: each for each in api["paths"]["/access.json"]["get"]["parameters"]}
    assert parameters["timing"]["schema"]["items"]["enum"][0] == "during_training"
    assert {"as_of", "sort", "columns", "labels", "page", "evaluator", "released_from"} <= set(parameters)
    assert parameters["labels"]["schema"]["enum"] == ["yes", "no"]
    assert {"-released", "lab"} <= set(parameters["sort"]["schema"]["items"]["enum"])
    assert {"evaluators", "access_days", "citations"} <= set(parameters["columns"]["schema"]["items"]["enum"])
    assert "page" not in {each["name"] for each in api["paths"]["/access.csv"]["get"]["parameters"]}


# The three formats, against each other


@pytest.mark.parametrize("path", LISTS)
def test_the_formats_of_a_list_say_the_same(client, records, path):
    day = DAYS[0]
    address = asked(f"{path}.json", as_of=day)
    pages = list(json_pages(client, address))
    rows = [row for page in pages for row in page["rows"]]
    lines = [json.loads(line) for line in body(client, asked(f"{path}.jsonl", as_of=day)).splitlines()]
    assert lines == rows
    table = rows_of_csv(client, asked(f"{path}.csv", as_of=day))
    assert len(table) == len(rows)
    for cells, row in zip(table, rows, strict=True):
        for name, cell in cells.items():
            value = row[name]
            if value is None:
                assert cell == "", (name, row)
            elif isinstance(value, float):
                assert float(cell) == value, (name, row)
            else:
                assert plain(cell) == plain(str(value)), (name, row)
    assert {page["total"] for page in pages} == {pages[0]["total"]}
    if path not in ("/changes", "/corrections"):
        assert pages[0]["total"] == len(rows)
        assert all(len(page["rows"]) == ROWS_IN_JSON for page in pages[:-1])


def test_json_says_of_what_it_is_and_how_to_cite_it(client, records):
    answer = json.loads(body(client, "/labs.json?as_of=2024-05-24&window=24&country=GB"))
    assert answer["title"] == "Labs"
    assert answer["as_of"] == "2024-05-24"
    assert (answer["data_version"], answer["method_version"]) == ("2026.12.0", "2")
    assert answer["window"] == {"name": "24_months", "from": "2022-05-25", "to": "2024-05-24"}
    assert answer["complete_to"] == "2026-08-31"
    assert answer["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert answer["url"].startswith(f"{settings.SITE_URL}/labs.json?as_of=2024-05-24&window=24&country=GB")
    assert answer["url"] in answer["citation"]
    assert answer["next"] is None


def test_the_next_page_is_linked_in_the_answer_and_in_its_header(client, records):
    response = client.get("/access.json?as_of=2026-11-29&outcome=granted")
    following = response.json()["next"]
    assert f'<{following}>; rel="next"' in response["Link"]
    assert '</data/openapi.json>; rel="service-desc"' in response["Link"]
    assert "as_of=2026-11-29" in following
    assert "outcome=granted" in following
    assert "page=2" in following
    problem = refused(client, "/access.json?page=99", 400)
    assert problem["parameters"][0]["allowed"] == ["1 to 3"]


def test_filters_and_sort_are_those_of_the_page(client, records):
    query = "evaluator=metr&sort=-released&as_of=2026-11-29"
    rows = json.loads(body(client, f"/access.json?{query}"))["rows"]
    days = [row["released_on_earliest"] for row in rows if row["released_on_earliest"]]
    assert days == sorted(days, reverse=True)
    assert all("metr" in [part["evaluator"] for part in row["evaluators"]] for row in rows)
    assert [row["key"] for row in rows] == [row["key"] for row in rows_of_csv(client, f"/access.csv?{query}")]
    by_key = [row["key"] for row in rows_of_csv(client, "/access.csv?evaluator=metr&sort=key")]
    assert by_key == sorted(by_key)
    assert refused(client, "/access.jsonl?sort=nothing", 400)["parameters"][0]["parameter"] == "sort"


@pytest.mark.parametrize("of", ["/access", "/models", "/evaluators", "/sources", "/commitments", "/replies"])
def test_files_without_a_sort_have_the_rows_in_the_order_of_the_page(client, records, of):
    """Whatever the columns, the day and the format are; by key only where the address says so."""
    for query in ("as_of=2026-11-29", "as_of=2025-06-01", "", "columns=key", "sort=key", "sort=key&as_of=2025-06-01"):
        table = client.get(f"{of}/?{query.replace('columns=key', '')}").context["table"]
        tables = [table, table.laws] if hasattr(table, "laws") else [table]  # in files, both are one
        rows = [json.loads(line) for line in body(client, f"{of}.jsonl?{query}").splitlines()]
        keys = [row["key"] for row in rows]
        assert len(keys) == sum(len(each.data) for each in tables), query
        for each in tables:
            wanted = [row.key for row in each.data.data]
            assert [key for key in keys if key in set(wanted)] == wanted, query
        assert [row["key"] for row in json.loads(body(client, f"{of}.json?{query}"))["rows"]] == keys[:100], query
        assert [row["key"] for row in rows_of_csv(client, f"{of}.csv?{query}")] == keys, query
        if len(keys) > 1:
            assert (keys == sorted(keys)) is ("sort=key" in query), query


# Columns by choice


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("columns=lab", ["key", "lab", "lab_name"]),
        ("columns=evidence&columns=released_on", ["key", "released_on", "evidence", "evidence_label"]),
        ("columns=depth_low", ["key", "depth_level_low"]),
        ("columns=evaluators_high", ["key", "tester_count_high", "tester_names"]),
    ],
)
def test_columns_are_chosen_by_those_of_the_page_by_single_names_and_by_old_ones(client, records, query, names):
    assert list(rows_of_csv(client, f"/models.csv?{query}")[0]) == names
    answer = json.loads(body(client, f"/models.json?{query}"))
    assert list(answer["rows"][0]) == [each["name"] for each in answer["columns"]] == names


def test_a_relation_comes_with_its_column_or_by_its_own_name(client, records):
    row = json.loads(body(client, "/models.json?columns=citations&columns=testers&sort=released"))["rows"][0]
    assert list(row) == ["key", "citation_count", "testers", "citations"]
    assert len(row["citations"]) == row["citation_count"] > 0
    assert set(row["citations"][0]) == {"source", "source_title", "quote", "supports"}


@pytest.mark.parametrize("each", RENAMES, ids=lambda each: f"{each.file} {each.old}")
def test_every_old_name_is_still_answered(client, empty_database, each):
    header = body(client, f"/{each.file}.csv?columns={each.old}").splitlines()[0]
    assert set(each.new) <= set(next(csv.reader([header])))


def test_a_column_that_there_is_not_is_refused_with_those_that_there_are(client, empty_database):
    (problem,) = refused(client, "/models.json?columns=depht", 400)["parameters"]
    assert (problem["parameter"], problem["value"]) == ("columns", "depht")
    assert "depth" in problem["allowed"]
    assert "Allowed: key, name, lab" in client.get("/models.csv?columns=depht").content.decode()


# Values without their labels


def test_every_file_comes_without_labels_where_the_address_says_so(client, records):
    for name, (path, ending, what) in ADDRESSES.items():
        address = path.replace("{key}", KEYS.get(name, ""))
        values = [field.name for field in published_fields(what.columns) if not field.name.endswith("_label")]
        if ending == "csv":
            lines = body(client, asked(address, labels="no", as_of=DAYS[0])).splitlines()
            assert next(csv.reader(lines[:1])) == values, address
        elif ending == "json":
            answer = json.loads(body(client, asked(address, labels="no", as_of=DAYS[0])))
            assert [each["name"] for each in answer["columns"]] == values, address
            assert "_label" not in json.dumps([*answer.get("rows", ()), answer.get("record")]), address


def test_what_is_left_is_what_it_was(client, records):
    with_labels, without = (rows_of_csv(client, f"/access.csv?as_of={DAYS[0]}&labels={each}") for each in ("yes", "no"))
    assert with_labels == rows_of_csv(client, f"/access.csv?as_of={DAYS[0]}")
    assert without == [{name: row[name] for name in without[0]} for row in with_labels]
    assert with_labels[0].keys() - without[0].keys() == {name for name in with_labels[0] if name.endswith("_label")}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("columns=evidence", ["key", "evidence"]),
        ("columns=released", ["key", "released_on", "released_on_earliest", "released_on_latest"]),
        ("columns=evidence&columns=released_on_label", ["key", "released_on_label", "evidence"]),
    ],
)
def test_a_label_that_is_named_itself_stays(client, records, query, names):
    for ending in ("csv", "jsonl", "json", "xlsx"):
        assert client.get(f"/models.{ending}?{query}&labels=no").status_code == 200
    assert list(rows_of_csv(client, f"/models.csv?{query}&labels=no")[0]) == names
    answer = json.loads(body(client, f"/models.json?{query}&labels=no"))
    assert list(answer["rows"][0]) == [each["name"] for each in answer["columns"]] == names
    assert "labels=no" in answer["url"]


@pytest.mark.parametrize("value", ["", "No", "true", "0"])
def test_anything_but_yes_and_no_is_refused_with_both(client, records, value):
    for path in ("/models", "/changes", "/labs/compare", "/timeline", f"/access/{KEYS['labs:event_record']}"):
        (problem,) = refused(client, f"{path}.json?labels={value}", 400)["parameters"]
        assert (problem["parameter"], problem["value"], problem["allowed"]) == ("labels", value, ["yes", "no"])
    both = refused(client, "/models.json?labels=maybe&columns=depht", 400)["parameters"]
    assert [each["parameter"] for each in both] == ["columns", "labels"]


def test_a_page_has_its_words_and_no_such_parameter(client, records):
    assert client.get("/models/?labels=no").status_code == 400


# Records


def test_a_record_is_the_row_of_its_list(client, records):
    for name, path in (("labs:model_record", "models"), ("labs:event_record", "access")):
        record = json.loads(body(client, f"/{path}/{KEYS[name]}.json?as_of=2024-05-24"))["record"]
        rows = [row for page in json_pages(client, f"/{path}.json?as_of=2024-05-24") for row in page["rows"]]
        assert record in rows
    lab = json.loads(body(client, "/labs/openai.json?window=all"))
    assert lab["record"]["releases"] == int(
        next(row for row in rows_of_csv(client, "/labs.csv?window=all") if row["lab"] == "openai")["releases"]
    )
    assert lab["window"]["name"] == "all_time"


def test_a_record_of_which_nothing_told_yet_is_null_on_that_day(client, records):
    answer = json.loads(body(client, "/models/gpt-4.json?as_of=2020-01-01"))
    assert answer["record"] is None
    assert "GPT" not in answer["title"]


def test_a_withdrawn_record_is_gone_with_its_reason_and_a_draft_as_if_it_never_was(client, empty_database):
    model = factories.ai_model(key="model-a", name="Model A")
    AIModel.objects.filter(pk=model.pk).update(
        status=RecordStatus.WITHDRAWN.value,
        withdrawn_because="It was never released.",
        changed_at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
    )
    problem = refused(client, "/models/model-a.json", 410)
    assert (problem["reason"], problem["withdrawn_on"]) == ("It was never released.", "2026-03-01")
    draft = factories.ai_model(key="model-b")
    AIModel.objects.filter(pk=draft.pk).update(status=RecordStatus.DRAFT.value)
    missing, never = refused(client, "/models/model-b.json", 404), refused(client, "/models/never-was.json", 404)
    assert missing == never


def test_a_merged_key_leads_to_the_json_of_the_record_that_stays(client, empty_database):
    model = factories.ai_model(key="model-a")
    Alias.objects.create(record=model, key="old-key", name="Old")
    response = client.get("/models/old-key.json?as_of=2026-11-01")
    assert response.status_code == 301
    assert response["Location"] == "/models/model-a.json?as_of=2026-11-01"


# Errors, and readers on other sites


def test_every_wrong_parameter_is_named_with_what_is_allowed(client, records):
    problem = refused(client, "/headline.json?window=6&as_of=2999-01-01&foo=1", 400)
    assert [each["parameter"] for each in problem["parameters"]] == ["foo", "as_of", "window"]
    assert problem["parameters"][2]["allowed"] == ["12", "24", "all"]
    text = client.get("/headline.csv?window=6&foo=1")
    assert (text.status_code, text["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "window=6\nThere is no such window of releases.\nAllowed: 12, 24, all" in text.content.decode()
    assert "<html" in client.get("/?window=6").content.decode()


def test_what_is_nowhere_is_a_problem_too(client, db):
    assert refused(client, "/nothing.json", 404)["title"] == "Not Found"
    assert client.get("/nothing.csv").content.decode().startswith("404 Not Found\n")


def test_what_breaks_tells_nothing_of_itself(client, records, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("labs.web.lists.file_response", broken)
    client.raise_request_exception = False
    problem = refused(client, "/models.json", 500)
    assert "secret" not in json.dumps(problem)


@pytest.mark.parametrize("address", ["/models.json", "/models.csv", "/models/gpt-4.json", "/models.json?foo=1"])
def test_programs_on_other_sites_may_read_but_send_no_credentials(client, records, address):
    for response in (client.get(address), client.head(address), client.options(address)):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Data-Version" in response["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in response
    assert client.options(address).status_code == 204
    assert "Access-Control-Allow-Origin" not in client.get("/models/")
    assert "Access-Control-Allow-Origin" not in client.get("/admin/login/")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed_at_an_address_for_programs(client, db, method):
    response = getattr(client, method)("/models.json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["title"] == "Method Not Allowed"


# Pages


def test_pages_link_to_their_twins(client, records):
    page = client.get("/models/?lab=openai&sort=name").content.decode()
    for ending, kind in (("csv", "text/csv"), ("json", "application/json"), ("jsonl", "application/jsonl")):
        address = f"/models.{ending}?lab=openai&amp;sort=name"
        assert f'<link rel="alternate" type="{kind}"' in page
        assert page.count(f'href="{address}"') == 2
    assert 'rel="service-desc"' in page
    record = client.get("/models/gpt-4/?as_of=2026-11-01").content.decode()
    assert record.count('href="/models/gpt-4.json?as_of=2026-11-01"') == 2
    for address in ("/", "/labs/", "/timeline/", "/changes/", "/commitments/matrix/", "/data/versions/"):
        assert 'rel="alternate" type="application/json"' in client.get(address).content.decode()


# Tables as spreadsheets and programs read them


@pytest.mark.parametrize("day", DAYS)
def test_nothing_but_dates_can_be_taken_for_a_date_and_columns_never_change(client, records, day):
    for path, ending, what in ADDRESSES.values():
        if ending != "csv":
            continue
        types = {field.name: field.type for field in published_fields(what.columns)}
        text = body(client, asked(path, as_of=day))
        reader = csv.DictReader(io.StringIO(text))
        assert list(reader.fieldnames) == list(types), path
        for row in reader:
            for name, cell in row.items():
                if types[name] in (*AS_THEY_ARE, FieldType.DATE, FieldType.DATETIME):
                    assert not cell.startswith("'"), (path, name, cell)
                elif not cell.startswith("'"):
                    assert not is_taken_for_a_date(cell), (path, name, cell)


@pytest.mark.parametrize("day", DAYS)
def test_programs_that_guess_find_the_columns(client, records, day, tmp_path):
    """csvkit (agate) guesses from the first kilobyte, DuckDB from the first rows, pandas from a line."""
    for path in LISTS:
        text = body(client, asked(f"{path}.csv", as_of=day))
        names = next(csv.reader(io.StringIO(text)))
        dialect = Sniffer().sniff(text[:1024])
        assert (dialect.delimiter, dialect.quotechar) == (",", '"'), path
        file = tmp_path / "rows.csv"
        file.write_bytes(text.encode())
        assert duckdb.sql(f"SELECT * FROM read_csv('{file}')").columns == names, path
        assert polars.read_csv(file, infer_schema_length=0).columns == names, path
        assert list(pandas.read_csv(file, dtype=str, sep=None, engine="python").columns) == names, path


def test_a_quote_in_the_first_row_is_not_taken_for_what_separates_columns(client, empty_database):
    factories.ai_model(key="a", name="Unreleased internal 'Model 2' (August 2026)")
    text = body(client, "/models.csv")
    header, _, rows = text.partition("\r\n")
    assert Sniffer().sniff(text[:1024]).delimiter == ","
    assert Sniffer().sniff(f"{header.replace(chr(34), '')}\r\n{rows}"[:1024]).delimiter == " "
