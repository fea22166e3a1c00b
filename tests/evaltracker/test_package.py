"""The data package: the same in every format, read right by others, and read back by ourselves."""

import asyncio
import csv
import datetime as dt
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import pyarrow.parquet as pq
import pytest
from datasette.app import Datasette
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaltracker.web.package import files as package_files
from evaltracker.web.package.contents import Package, Selection
from evaltracker.web.package.files import PackageFiles
from evaltracker.web.package.reading import PARTS, RECORDS
from evaltracker.web.package.records import RECORD_TABLES, Stored
from evaltracker.web.package.tables import TABLES, TABLES_BY_NAME, VIEWS
from evaltracker.web.package.words import published
from evaltracker.web.views import package as package_views
from labs.actions import review
from labs.actions.versions import raise_data_version
from labs.choices import Answer, EventField
from labs.models import AccessEvent, DataVersion, Edition, Lab, Participation, Record
from labs.models.base import Citation
from labs.models.registry import kind_of, record_kinds
from labs.models.states import fields_of
from labs.queries import kept
from labs.queries.kept import records as kept_records
from labs.queries.search import matching_keys
from labs.rules.csv_cells import is_taken_for_a_date
from labs.rules.data_package import csv_path
from labs.rules.dates import PATTERN
from labs.rules.table_schema import Kind, check_schema, moment_text, value_of
from labs.web.columns import FieldType
from tests import factories, people
from tests.records import remove_records

pytestmark = pytest.mark.django_db

WHOLE = "/data/evaltracker-2026.12.0.zip"


@pytest.fixture(autouse=True)
def folder(kept_figures) -> Path:
    return kept_figures


def whole() -> PackageFiles:
    return PackageFiles(Package(kept_records().version, Selection()))


def opened(body: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(body))


def cells_of(body: bytes, table: str) -> list[dict[str, str]]:
    text = opened(body).read(csv_path(table)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def asked(client, address: str, status: int = 200) -> bytes:
    response = client.get(address)
    assert response.status_code == status, response.content[:3000]
    return response.content


@pytest.fixture
def awkward_records(records) -> dict[str, Record]:
    """Besides the curated records: texts that spreadsheets run, replies, a chain of promises, what is not public."""
    lab = factories.lab(name="=HYPERLINK(1)", website="https://example.org/lab")
    lab.other_names.create(name='@other; "quoted", with a comma')
    evaluator = factories.evaluator(name="-Institute")
    evaluator.former_names.create(name="1-4", used="../2025-02-14")
    release = factories.ai_model(lab=lab, name="'=Model", released_on="2023-40")
    variant = factories.ai_model(lab=lab, name="A variant", variant_of=release, key="a-variant-before-its-release")
    release.searches.create(searched_on=dt.date(2026, 3, 1), where="+everywhere\nand further", found="nothing")
    source = factories.source(evaluator=evaluator, title="=1+1", published_on="")
    event = factories.access_event(
        lab=lab,
        model=release,
        evaluators=[factories.evaluator(), (evaluator, "reported")],
        domains=["cyber", "bio"],
        started_on="2023-01/2023-03",
        fine_tuning="yes",
        citations=[{"source": source, "supports": [EventField.ACCESS, EventField.EVALUATORS], "quote": "=a\nb"}],
        summary="A summary.",
        lowered_to="disputed",
        lowered_because="Two accounts.",
    )
    event.participations.filter(evaluator=evaluator).update(lowered_because="A hint.")
    later = factories.commitment(labs=[lab], key="a-later-promise", requirement={"results_at_least": "lab_summary"})
    factories.commitment(labs=[lab], superseded_by=later, requirement=None, due_on="2024")
    named = {"evaluators": "named", "named_evaluator": evaluator, "activities": ["red_teaming", "model_evaluation"]}
    factories.commitment(labs=[lab], requirement=named, lenient={"min_depth": 2}, counterparty=evaluator)
    factories.reply(event=event, answered_on=dt.date(2026, 3, 10), outcome="+1")
    factories.reply(lab=lab, by_evaluator=evaluator)
    factories.statement(related_events=[event], about="cost")

    draft = factories.lab(status="draft", name="Draft lab", key="zzhidden-lab")
    factories.ai_model(lab=lab, status="draft", name="Draft model", key="zzhidden-model")
    factories.access_event(lab=lab, status="in_review", key="zzhidden-event", model=release)
    factories.source(status="draft", lab=draft, key="zzhidden-source")
    factories.evaluator(status="withdrawn", withdrawn_because="Wrong.", key="zzhidden-evaluator")
    factories.commitment(status="withdrawn", withdrawn_because="Wrong.", labs=[lab], key="zzhidden-promise")
    factories.reply(status="draft", lab=lab, key="zzhidden-reply")
    factories.statement(status="draft", key="zzhidden-statement")
    # Public records that refer to some that are not, as only a fault of ours could leave them.
    Participation.objects.create(event=event, evaluator=factories.evaluator(status="draft", key="zzhidden-tester"))
    factories.citation(event, source=factories.source(status="draft", key="zzhidden-citation"), supports=["summary"])
    raise_data_version("Rows of a test.")
    return {"lab": lab, "evaluator": evaluator, "release": release, "variant": variant, "event": event}


# ------------------------------------------------------------------------------------------------------- the tables


@pytest.mark.answers
def test_the_tables_fit_together():
    assert check_schema(TABLES) == []
    assert list(TABLES_BY_NAME) == [table.name for table in TABLES]
    assert not VIEWS.keys() & TABLES_BY_NAME.keys()


@pytest.mark.answers
def test_all_that_people_enter_of_a_record_is_in_its_table():
    """A field that is added to a model is missing here until it has a column, so that no package loses it."""
    tables: list[tuple[Any, Any]] = [(model, [table]) for model, table in RECORDS.items()]
    tables += [(kind_of(model).parts[relation], [table]) for model, relation, table, _ in PARTS]
    lists = {
        "accessevent": ["event_domains"],
        "requirement": ["requirement_activities"],
        "citation": ["citations", "citation_supports"],
    }
    for model, found in tables:
        found = [*found, *(TABLES_BY_NAME[name] for name in lists.get(model._meta.model_name, []))]
        attributes = {field.attribute for table in found for field in table.fields if isinstance(field, Stored)}
        assert {field.name for field in fields_of(model)} <= attributes, model
    assert RECORDS.keys() == {kind.model for kind in record_kinds()}
    citations = [TABLES_BY_NAME[name] for name in lists["citation"]]
    attributes = {field.attribute for table in citations for field in table.fields if isinstance(field, Stored)}
    assert attributes == {"source", "quote", "supports"}
    with_own_table = {(model, relation) for model, relation, _, _ in PARTS}
    for kind in record_kinds():
        for relation, part in kind.parts.items():
            assert issubclass(part, Citation) or (kind.model, relation) in with_own_table


@pytest.mark.answers
def test_no_column_is_a_boolean_and_a_name_has_one_type_and_one_list_of_values():
    meanings: dict[str, set[Any]] = {}
    for table in TABLES:
        for field in table.fields:
            if field.name not in ("key", "position"):
                meanings.setdefault(field.name, set()).add((field.kind, field.values))
    assert {name for name, found in meanings.items() if len(found) > 1} == set()


@pytest.mark.answers
def test_each_enumeration_has_unknown_only_as_a_value_with_a_meaning(records):
    rows = cells_of(whole().zipped(), "terms")
    unknown = [row for row in rows if row["value"] == "unknown"]
    assert {(row["table_name"], row["column_name"]) for row in unknown} >= {
        ("access_events", "timing"),
        ("access_events", "weights"),
        ("models", "frontier"),
        ("commitments", "binding"),
        ("release_findings", "deeper_than_users"),
    }
    assert all(row["value_explanation"] for row in unknown)


# ------------------------------------------------------------------------------------------- the formats, by others


@pytest.mark.answers
def test_frictionless_finds_it_valid(awkward_records, tmp_path):
    everything = tmp_path / "whole.zip"
    everything.write_bytes(whole().zipped())
    lab = awkward_records["lab"].key
    part = tmp_path / "part.zip"
    selection = Selection(day=dt.date(2025, 1, 1), labs=frozenset([lab, "openai"]))
    part.write_bytes(PackageFiles(Package(kept_records().version, selection)).zipped())
    for path in (everything, part):
        report = frictionless.validate(str(path))
        assert report.valid, report.flatten(["name", "rowNumber", "fieldNumber", "message"])[:5]
        assert len(report.tasks) == len(TABLES)


@pytest.mark.answers
def test_frictionless_reads_values_and_not_guesses(awkward_records, tmp_path):
    path = tmp_path / "whole.zip"
    path.write_bytes(whole().zipped())
    package = frictionless.Package(str(path))
    models = {row["key"]: row.to_dict() for row in package.get_resource("models").read_rows()}
    events = package.get_resource("access_events").read_rows()
    release = models[awkward_records["release"].key]
    assert release["released_on"] == "2023-40"
    assert (release["released_on_earliest"], release["released_on_latest"]) == (
        dt.date(2023, 1, 1),
        dt.date(2023, 6, 30),
    )
    (moment,) = {row["made_at"] for row in package.get_resource("data_versions").read_rows()}
    assert moment == DataVersion.objects.latest().made_at
    assert {row["weights"] for row in events} <= set(Answer.values())
    assert any(row["access_days"] is None for row in events)


@pytest.mark.answers
def test_a_wrong_value_in_it_is_found_by_its_own_description(records, tmp_path):
    """Its descriptions find mistakes: a word outside an enumeration, a date that is none, a lost record."""
    body = whole().zipped()
    changes = {
        "access_events": (b",unknown,", b",true,"),
        "models": (b",2023-03-14,2023-03-14,", b",14 March 2023,2023-03-14,"),
        "event_evaluators": (b",metr,", b",no-such-evaluator,"),
    }
    for name, (old, new) in changes.items():
        target = tmp_path / name
        opened(body).extractall(target)
        path = target / csv_path(name)
        text = path.read_bytes()
        assert old in text
        path.write_bytes(text.replace(old, new, 1))
        report = frictionless.validate(str(target / "datapackage.json"), skip_errors=["hash-count", "byte-count"])
        assert not report.valid, name


@pytest.mark.answers
def test_the_three_formats_hold_the_same_values(awkward_records, tmp_path):
    made = whole()
    body = made.zipped()
    path = tmp_path / "package.sqlite"
    path.write_bytes(made.sqlite())
    database = sqlite3.connect(path)
    for table in TABLES:
        lines = list(csv.reader(io.StringIO(opened(body).read(csv_path(table.name)).decode(), newline="")))
        assert lines[0] == table.names
        from_csv = [
            tuple(value_of(field, text) for field, text in zip(table.fields, line, strict=True)) for line in lines[1:]
        ]
        found = pq.read_table(io.BytesIO(made.parquet(table)))
        from_parquet = [tuple(row.values()) for row in found.to_pylist()]
        from_sqlite = database.execute(f'SELECT * FROM "{table.name}" ORDER BY rowid').fetchall()
        assert len(from_csv) == len(from_parquet) == len(from_sqlite)
        for line, parquet_row, sqlite_row in zip(from_csv, from_parquet, from_sqlite, strict=True):
            assert tuple(float(each) if isinstance(each, Decimal) else each for each in line) == parquet_row
            assert tuple(map(_as_in_sqlite, table.fields, line)) == sqlite_row
        types = {field.name: str(field.type) for field in found.schema}
        for field in table.fields:
            wanted = {Kind.DAY: "date32[day]", Kind.COUNT: "int64", Kind.NUMBER: "double"}.get(field.kind, "string")
            assert types[field.name] == ("timestamp[us, tz=UTC]" if field.kind is Kind.MOMENT else wanted)
            assert found.schema.field(field.name).nullable is not field.is_required
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for name in VIEWS:
        assert database.execute(f"SELECT * FROM {name}").fetchone()
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE access_events SET weights = 'true'")


def _as_in_sqlite(field: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.answers
def test_words_are_guarded_in_csv_and_plain_elsewhere(awkward_records, tmp_path):
    made = whole()
    (lab,) = (row for row in cells_of(made.zipped(), "labs") if "HYPERLINK" in row["name"])
    assert lab["name"] == "'=HYPERLINK(1)"
    table = TABLES_BY_NAME["labs"]
    assert "=HYPERLINK(1)" in pq.read_table(io.BytesIO(made.parquet(table)))["name"].to_pylist()
    for other in TABLES:
        for row in cells_of(made.zipped(), other.name) if other.name in ("sources", "citations") else []:
            assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row.values())


XSD = {"string", "date", "dateTime", "integer", "decimal", "anyURI"}


@pytest.mark.answers
def test_the_metadata_for_csv_on_the_web_describe_the_files_that_there_are(records):
    archive = opened(whole().zipped())
    metadata = json.loads(archive.read("csv-metadata.json"))
    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    keys = {each["url"]: each["tableSchema"]["primaryKey"] for each in metadata["tables"]}
    assert list(keys) == [csv_path(table.name) for table in TABLES]
    for each in metadata["tables"]:
        header = archive.read(each["url"]).decode().partition("\r\n")[0].split(",")
        columns = each["tableSchema"]["columns"]
        assert [column["name"] for column in columns] == header
        assert {column["datatype"]["base"] for column in columns} <= XSD
        for reference in each["tableSchema"].get("foreignKeys", []):
            assert set(reference["columnReference"]) <= set(header)
            assert reference["reference"]["columnReference"] == keys[reference["reference"]["resource"]]
    events = next(each for each in metadata["tables"] if each["url"].endswith("/access_events.csv"))
    columns = {column["name"]: column for column in events["tableSchema"]["columns"]}
    assert columns["started_on"]["datatype"] == {"base": "string", "format": PATTERN}
    assert columns["weights"]["datatype"] == {"base": "string", "format": "(yes|partial|no|unknown)"}
    assert columns["access_days"]["datatype"] == {"base": "integer", "minimum": 1, "maximum": 3660}


@pytest.mark.answers
def test_datasette_shows_titles_and_meanings_and_takes_no_edtf_for_dates(records, tmp_path):
    made = whole()
    path = tmp_path / f"{made.name}.sqlite"
    path.write_bytes(made.sqlite())

    async def pages() -> tuple[str, Mapping[str, Any]]:
        site = Datasette(
            files=[],
            immutables=[str(path)],
            metadata=json.loads(made.datasette()),
            settings={"suggest_facets": False},
        )
        await site.invoke_startup()
        address = site.urls.table(made.name, "access_events")
        page = await site.client.get(address)
        return page.text, (await site.client.get(f"{address}.json")).json()

    page, answer = asyncio.run(pages())
    assert "Access events" in page
    assert "What they did with the model." in page
    assert answer["suggested_facets"] == []
    assert set(answer["facet_results"]) == {"activity", "outcome", "timing", "mode"}
    assert "CC BY 4.0" in page


# ------------------------------------------------------------------------------------------------------ and back again


def test_what_is_loaded_goes_out_again_byte_by_byte(awkward_records, tmp_path, capsys):
    before, version = whole(), DataVersion.objects.select_related("edition").latest()
    path = tmp_path / "package.zip"
    path.write_bytes(before.zipped())
    wanted = before.sqlite(), before.datasette(), [before.parquet(table) for table in TABLES]

    remove_records()
    kept.forget()
    call_command("load_package", path)
    assert f"Loaded data version {version}: " in capsys.readouterr().out

    again = whole()
    assert again.zipped() == path.read_bytes()
    assert (again.sqlite(), again.datasette(), [again.parquet(table) for table in TABLES]) == wanted
    loaded = DataVersion.objects.get()
    assert (str(loaded), loaded.made_at, loaded.note) == (str(version), version.made_at, version.note)
    assert {edition.version for edition in Edition.objects.all()} == {"2026.11", "2026.12"}
    assert AccessEvent.history.count() == AccessEvent.objects.count()
    assert not AccessEvent.objects.exclude(status="published").exists()
    assert matching_keys(Lab, "hyperlink", timezone.localdate()) == {awkward_records["lab"].key}

    # It is a database like any other: the desk goes on from there, and the loaded version stays what it was.
    lab = Lab.objects.get(key="openai")
    proposal = review.propose(record=lab, state={"name": "OpenAI LP"}, reason="Renamed.", by=people.researcher())
    review.accept(proposal=proposal, by=people.editor())
    assert str(DataVersion.objects.latest()) == f"{loaded.edition}.{loaded.number + 1}"
    with kept.at_version(loaded):
        assert PackageFiles(Package(loaded, Selection())).zipped() == path.read_bytes()


def test_a_package_of_one_database_is_the_same_on_the_other(records):
    """SQLite and PostgreSQL sort differently; nothing in the package is in the order of the database."""
    body = whole().zipped()
    for table in TABLES:
        rows = cells_of(body, table.name)
        if table.key == ("key",) and table.name != "citations":
            assert [row["key"] for row in rows] == sorted(row["key"] for row in rows)
        keys = [tuple(row[name] for name in table.key) for row in rows]
        assert len(set(keys)) == len(keys)


def rezipped(body: bytes, changes: Mapping[str, bytes | None], *, described: bool = False) -> bytes:
    """The package with other content in some files, or without them; ``described``: as datapackage.json has it."""
    archive, buffer = opened(body), io.BytesIO()
    content = {name: archive.read(name) for name in archive.namelist()} | dict(changes)
    if described:
        descriptor = json.loads(content["datapackage.json"])
        for resource in descriptor["resources"]:
            resource["hash"] = f"sha256:{package_views.hashlib.sha256(content[resource['path']]).hexdigest()}"
        content["datapackage.json"] = json.dumps(descriptor).encode()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in content.items():
            if text is not None:
                made.writestr(name, text)
    return buffer.getvalue()


def replaced(body: bytes, table: str, old: str, new: str) -> dict[str, bytes | None]:
    text = opened(body).read(csv_path(table)).decode()
    assert old in text
    return {csv_path(table): text.replace(old, new, 1).encode()}


def refusals(body: bytes) -> Iterator[tuple[bytes, str]]:
    """Packages that cannot be loaded, and what is said of each."""
    part = PackageFiles(Package(kept_records().version, Selection(labs=frozenset(["openai"])))).zipped()
    yield b"no zip", "It is no zip file"
    yield body[: len(body) // 2], "It is no zip file"
    yield rezipped(body, {"datapackage.json": None}), "datapackage.json is missing"
    yield rezipped(body, {"datapackage.json": b"{"}), "datapackage.json is damaged"
    yield rezipped(body, {"datapackage.json": b'{"resources": [1]}'}), "no description of EvalTracker's data"
    yield part, "only a part of the records (lab=openai). Load the whole package"
    yield rezipped(body, {"tables/labs.csv": None}), "tables/labs.csv is missing"
    yield rezipped(body, {"tables/verdicts.csv": b""}), "tables/verdicts.csv is damaged"
    yield rezipped(body, replaced(body, "labs", "OpenAI", "OpenBI")), "tables/labs.csv is damaged"
    other = replaced(body, "labs", "key,name", "key,title")
    yield rezipped(body, other, described=True), "The columns of tables/labs.csv are not those"
    other = replaced(body, "access_events", ",granted,", ",given,")
    yield rezipped(body, other, described=True), "outcome: “given” is not one of granted, refused"
    for kind, address in (("sources", "https://"), ("labs", "https://"), ("evaluators", "https://")):
        other = replaced(body, kind, address, f"{address}me:secret@")
        yield rezipped(body, other, described=True), "It has a user name or password before the host. Allowed is an"
    other = replaced(body, "models", ",openai,", ",no-such-lab,")
    yield rezipped(body, other, described=True), "There is no lab “no-such-lab”"
    lines = opened(body).read("tables/citations.csv").decode().splitlines(keepends=True)
    other = {"tables/citations.csv": "".join(line for line in lines if ",gpt-4-" not in line).encode()}
    yield rezipped(body, other, described=True), "AI model gpt-4-1: Cite at least one source"
    schema = opened(body).read("datapackage.json").replace(b'"name": "release_standing"', b'"name": "standing_2"')
    schema = schema.replace(b'"name": "country"', b'"name": "seat"', 1)
    yield rezipped(body, {"datapackage.json": schema}), "made by another version of the program: it differs in country"


def test_nothing_is_loaded_where_anything_is_wrong_and_it_says_what(records, tmp_path):
    body = whole().zipped()
    cases = list(refusals(body))
    path = tmp_path / "package.zip"
    path.write_bytes(body)
    with pytest.raises(CommandError, match="The database has records already"):
        call_command("load_package", path)
    remove_records()
    for damaged, sentence in cases:
        path.write_bytes(damaged)
        with pytest.raises(CommandError) as refusal:
            call_command("load_package", path)
        assert sentence in str(refusal.value)
        assert not any(model.objects.exists() for model in (Lab, Edition, DataVersion))
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_package", tmp_path / "nothing.zip")


# ------------------------------------------------------------------------------------------------- what it holds


def test_what_is_not_public_never_goes_out(awkward_records):
    made = whole()
    texts = [opened(made.zipped()).read(name) for name in opened(made.zipped()).namelist()]
    for body in (*texts, made.sqlite(), *(made.parquet(table) for table in TABLES)):
        assert b"zzhidden" not in body


@pytest.mark.answers
def test_the_day_of_retrieval_is_in_no_file(client, records, monkeypatch, folder):
    first = asked(client, WHOLE)
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    monkeypatch.setattr("labs.web.parameters.today", lambda: dt.date(2031, 1, 1))
    kept.forget()
    assert asked(client, WHOLE) == first


@pytest.mark.answers
def test_a_part_holds_what_was_asked_for_and_all_that_it_refers_to(client, awkward_records):
    lab, evaluator = awkward_records["lab"].key, awkward_records["evaluator"].key
    body = asked(client, f"/data/evaltracker-latest.zip?lab={lab}", 302)
    version = kept_records().version
    body = asked(client, f"/data/evaltracker-{version}.zip?lab={lab}&lab=anthropic")
    assert {row["lab"] for row in cells_of(body, "access_events")} == {lab, "anthropic"}
    assert {row["lab"] for row in cells_of(body, "scorecards")} == {lab, "anthropic"}
    assert evaluator in {row["key"] for row in cells_of(body, "evaluators")}
    assert {row["event"] for row in cells_of(body, "event_findings")} == {
        row["key"] for row in cells_of(body, "access_events")
    }
    assert json.loads(opened(body).read("datapackage.json"))["selection"] == f"lab=anthropic&lab={lab}"

    body = asked(client, f"/data/evaltracker-{version}.zip?evaluator={evaluator}")
    assert [row["key"] for row in cells_of(body, "access_events")] == [awkward_records["event"].key]
    assert {row["counterparty"] for row in cells_of(body, "commitments")} == {evaluator}
    body = asked(client, f"/data/evaltracker-{version}.zip?evaluator={evaluator}&lab=openai")
    assert cells_of(body, "access_events") == []
    body = asked(client, f"/data/evaltracker-{version}.zip?model={awkward_records['variant'].key}")
    assert {row["key"] for row in cells_of(body, "models")} == {
        awkward_records["variant"].key,
        awkward_records["release"].key,
    }


@pytest.mark.answers
def test_as_of_a_day_it_says_what_was_known_then(client, awkward_records):
    event = factories.access_event(
        started_on="2024-01",
        weights="yes",
        timing="before_deployment",
        citations=[
            {"source": factories.source(published_on="2024-02-01"), "supports": ["evaluators", "activity"]},
            {"source": factories.source(published_on="2025-02-01", read_on=dt.date(2025, 3, 1)),
             "supports": ["access.weights", "started_on", "timing"]},
        ],
    )  # fmt: skip
    promise = factories.commitment(scope="Wide.", ended_on="2025-06", binding="yes")
    raise_data_version("More rows of a test.")
    version = kept_records().version

    def shown(day: str) -> tuple[dict[str, str], dict[str, str], bytes]:
        body = asked(client, f"/data/evaltracker-{version}.zip{day and '?as_of='}{day}")
        (one,) = (row for row in cells_of(body, "access_events") if row["key"] == event.key)
        (other,) = (row for row in cells_of(body, "commitments") if row["key"] == promise.key)
        return one, other, body

    then, promised, body = shown("2024-08-01")
    assert (then["weights"], then["timing"], then["started_on"], then["started_on_label"], then["summary"]) == (
        *("unknown", "unknown"),
        *("", "", ""),
    )
    assert (promised["ended_on"], promised["scope"]) == ("", "Wide.")
    assert {row["as_of"] for row in cells_of(body, "event_findings")} == {"2024-08-01"}
    assert [row["position"] for row in cells_of(body, "citations") if row["event"] == event.key] == ["1"]
    now, promised, body = shown("")
    assert (now["weights"], now["timing"], now["started_on"]) == ("yes", "before_deployment", "2024-01")
    assert promised["ended_on"] == "2025-06"
    assert {row["as_of"] for row in cells_of(body, "event_findings")} == {f"{version.made_at:%Y-%m-%d}"}
    early = asked(client, f"/data/evaltracker-{version}.zip?as_of=2023-01-01")
    assert event.key not in {row["key"] for row in cells_of(early, "access_events")}


# -------------------------------------------------------------------------------------------------- at its addresses


@pytest.mark.answers
def test_each_file_has_its_name_and_says_of_what_it_is(client, records):
    addresses = {
        WHOLE: ("application/zip", "evaltracker-2026.12.0.zip"),
        f"{WHOLE}?as_of=2024-05-24": ("application/zip", "evaltracker-2026.12.0-as-of-2024-05-24.zip"),
        "/data/evaltracker-2026.12.0.sqlite": ("application/vnd.sqlite3", "evaltracker-2026.12.0.sqlite"),
        "/data/evaltracker-2026.12.0-datasette.json": ("application/json", "evaltracker-2026.12.0-datasette.json"),
        "/data/evaltracker-2026.12.0/models.parquet": (
            "application/vnd.apache.parquet",
            "evaltracker-2026.12.0-models.parquet",
        ),
    }
    for address, (kind, name) in addresses.items():
        response = client.get(address)
        assert (response.status_code, response["Content-Type"]) == (200, kind)
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert (response["Data-Version"], response["Method-Version"]) == ("2026.12.0", "2")
        assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.answers
def test_no_two_parts_share_a_name_or_a_key_of_their_citation(client, records):
    """Else a list of works holds one of them alone, and a catalogue takes one for the other."""
    keys, names = [], []
    for query in ("", "?as_of=2024-05-24", "?lab=openai", "?lab=anthropic", "?lab=openai&as_of=2024-05-24"):
        archive = opened(client.get(f"{WHOLE}{query}").content)
        keys.append(archive.read("evaltracker.bib").decode().partition("{")[2].partition(",")[0])
        names.append(json.loads(archive.read("datapackage.json"))["name"])
    assert len(set(keys)) == len(set(names)) == 5
    assert keys == names
    assert keys[:2] == ["evaltracker-2026.12.0", "evaltracker-2026.12.0-as-of-2024-05-24"]


@pytest.mark.answers
def test_the_newest_has_an_address_that_redirects_to_its_version(client, records):
    for ending in (".zip", ".sqlite", "-datasette.json", "/models.parquet"):
        response = client.get(f"/data/evaltracker-latest{ending}?as_of=2024-05-24")
        assert response.status_code == 302
        assert response["Location"] == f"/data/evaltracker-2026.12.0{ending}?as_of=2024-05-24"


@pytest.mark.answers
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/data/evaltracker-2026.11.7.zip", ["no such data version", "2026.12.0, the newest"]),
        ("/data/evaltracker-2026.12.00.sqlite", ["no such data version"]),
        ("/data/evaltracker-2026.12.0/nothings.parquet", ["no such table", "nothings", "access_events", "labs"]),
        ("/data/evaltracker-2026.11.7/labs.parquet", ["no such data version", "2026.12.0, the newest"]),
        (f"{WHOLE}?lab=nobody", ["no such lab", "nobody"]),
        (f"{WHOLE}?as_of=tomorrow", ["not a day"]),
        (f"{WHOLE}?window=12", ["no such parameter", "as_of", "evaluator"]),
        ("/data/package/?table=labs", ["no such parameter"]),
    ],
)
def test_what_it_does_not_have_is_refused_with_what_it_has(client, records, address, words):
    page = asked(client, address, 400).decode()
    for each in words:
        assert each in page


@pytest.mark.answers
def test_a_draft_is_refused_as_what_does_not_exist_is(client, records):
    factories.lab(status="draft", key="a-draft")
    pages = [asked(client, f"{WHOLE}?lab={key}", 400).decode().replace(key, "") for key in ("a-draft", "a-ghost")]
    assert pages[0] == pages[1]


@pytest.mark.answers
def test_without_a_data_version_there_is_no_package(client, empty_database):
    assert "none yet" in asked(client, "/data/evaltracker-latest.zip", 400).decode()
    assert client.get("/data/package/").status_code == 200


@pytest.mark.answers
def test_what_was_made_once_is_kept(client, records, monkeypatch, django_assert_max_num_queries, folder):
    first = {address: asked(client, address) for address in (WHOLE, "/data/evaltracker-2026.12.0.sqlite")}

    def refuse(*_: Any) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(package_files.PackageFiles, "rows", property(refuse))
    for address, body in first.items():
        with django_assert_max_num_queries(8):
            assert asked(client, address) == body
    with pytest.raises(AssertionError, match="made again"):
        client.get(f"{WHOLE}?lab=openai")
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2


@pytest.mark.answers
def test_no_more_packages_are_kept_than_there_is_room_for(client, records, monkeypatch, folder):
    monkeypatch.setattr(package_views, "MOST_KEPT", 1)
    asked(client, WHOLE)
    asked(client, f"{WHOLE}?as_of=2024-05-24")
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_an_older_data_version_is_made_from_the_histories_as_it_was(client, records, folder, settings):
    addresses = [WHOLE, f"{WHOLE}?as_of=2024-05-24", "/data/evaltracker-2026.12.0.sqlite"]
    was = [asked(client, address) for address in addresses]
    lab = Lab.objects.get(key="openai")
    proposal = review.propose(record=lab, state={"name": "OpenAI LP"}, reason="Renamed.", by=people.researcher())
    review.accept(proposal=proposal, by=people.editor())
    withdrawal = review.propose_withdrawal(
        record=AccessEvent.objects.published().first(), reason="It was none.", by=people.researcher()
    )
    review.accept(proposal=withdrawal, by=people.editor())
    settings.KEPT_FIGURES_DIR = str(folder / "another")
    kept.forget()
    assert [asked(client, address) for address in addresses] == was
    newest = asked(client, "/data/evaltracker-2026.12.2.zip")
    assert b"OpenAI LP" in opened(newest).read("tables/labs.csv")


@pytest.mark.answers
def test_its_page_leads_to_each_file_and_names_every_table_and_column(client, records, django_assert_max_num_queries):
    asked(client, "/data/package/")
    with django_assert_max_num_queries(8):
        page = asked(client, "/data/package/").decode()
    for ending in (".zip", ".sqlite", "-datasette.json"):
        assert f'href="/data/evaltracker-2026.12.0{ending}"' in page
    for table in TABLES:
        assert f'id="{table.name}"' in page
        assert f'href="/data/evaltracker-2026.12.0/{table.name}.parquet"' in page
        for field in table.fields:
            assert f"<code>{field.name}</code>" in page


# ------------------------------------------------------------------------------------------- the same as on the pages


def public_rows(client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def joined_rows(body: bytes, *tables: tuple[str, str]) -> dict[tuple[str, ...], dict[str, str]]:
    """The rows of tables that have the same key, one beside the other; of each the columns that name its record."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for table, names in tables:
        for row in cells_of(body, table):
            found.setdefault(tuple(row[name] for name in names.split()), {}).update(row)
    return found


@pytest.mark.answers
@pytest.mark.parametrize("day", ["2026-10-01", "2024-08-01"])
def test_the_package_says_what_the_public_lists_say(client, records, day):
    """Of each record and figure, every column that both have, as of a day; the columns of one name mean one thing."""
    body = asked(client, f"{WHOLE}?as_of={day}")
    lists = [
        ("models.csv", "key", [("models", "key"), ("release_findings", "model")], 10),
        ("access.csv", "key", [("access_events", "key"), ("event_findings", "event")], 30),
        ("evaluators.csv", "key", [("evaluators", "key")], 7),
        ("sources.csv", "key", [("sources", "key")], 14),
        ("commitments.csv", "key", [("commitments", "key"), ("commitment_findings", "commitment")], 35),
        ("replies.csv", "key", [("replies", "key"), ("reply_findings", "reply")], 0),
        ("commitments/verdicts.csv", "commitment model", [("verdicts", "commitment model")], 9),
        *(
            (f"labs.csv?window={name}", "window lab", [("scorecards", "window lab")], 27)
            for name in ("12", "24", "all")
        ),
        *((f"headline.csv?window={name}", "window", [("windows", "window")], 17) for name in ("12", "24", "all")),
    ]
    for address, key, tables, fewest in lists:
        ours = joined_rows(body, *tables)
        for row in public_rows(client, f"/{address}{'&' if '?' in address else '?'}as_of={day}"):
            mine = ours[tuple(row[name] for name in key.split())]
            both = row.keys() & mine.keys()
            assert len(both) >= fewest, sorted(both)
            assert {name: mine[name] for name in both} == {name: row[name] for name in both}, address


TYPES = {
    Kind.COUNT: FieldType.INTEGER,
    Kind.NUMBER: FieldType.NUMBER,
    Kind.DAY: FieldType.DATE,
    Kind.MOMENT: FieldType.DATETIME,
    Kind.EDTF: FieldType.EDTF,
    Kind.VERSION: FieldType.VERSION,
}


@pytest.mark.answers
def test_a_column_of_a_name_that_public_lists_have_too_is_of_their_type_and_means_what_they_say():
    public, compared = published(), set()
    for table in TABLES:
        for field in table.fields:
            if (other := public.get(field.name)) is None:
                continue
            compared.add(field.name)
            assert TYPES.get(field.kind, FieldType.STRING) is other.type, field.name
            values = {term.value for term in other.terms or ()}
            # Which fields a quote supports depends on the kind of its record; the package has all kinds in one table.
            ours = {term.value for term in field.values}
            assert ours == values or (field.name == "supported_field" and ours > values), field.name
            assert other.description.startswith(field.description.rstrip(".")), field.name
    assert len(compared) > 120


@pytest.mark.answers
def test_citations_of_the_data_set_name_the_version_as_text(records):
    archive = opened(whole().zipped())
    cff = archive.read("CITATION.cff").decode()
    assert 'version: "2026.12.0"' in cff
    assert 'type: "dataset"' in cff
    assert "/data/evaltracker-2026.12.0.zip" in archive.read("evaltracker.bib").decode()
    assert archive.read("METHOD.md").startswith(b"# ")
    assert "EvalTracker: Data package, as of" in archive.read("LICENCE.md").decode()
    readme = archive.read("README.md").decode()
    assert "What it does not hold" in readme
    assert "drafts" in readme
    assert "Versions (`2026.12.0`) are texts." in readme
    dictionary = list(csv.DictReader(io.StringIO(archive.read("dictionary.csv").decode(), newline="")))
    assert {(row["table"], row["column"]) for row in dictionary} == {
        (table.name, field.name) for table in TABLES for field in table.fields
    }
    assert all(row["empty_means"] for row in dictionary)


@pytest.mark.answers
def test_every_record_table_is_read_back_by_the_import():
    read_back = {table.name for table in (*RECORDS.values(), *(table for _, _, table, _ in PARTS))}
    others = {"event_domains", "statement_events", "commitment_labs", "requirement_activities"}
    assert read_back | others | {"citations", "citation_supports"} == {table.name for table in RECORD_TABLES}


@pytest.mark.answers
def test_no_cell_but_dates_decimals_and_versions_can_be_taken_for_a_date_or_a_number(records):
    exempt = {Kind.EDTF, Kind.DAY, Kind.MOMENT, Kind.NUMBER, Kind.VERSION}
    body = whole().zipped()
    for table in TABLES:
        for row in cells_of(body, table.name):
            for field in table.fields:
                cell = row[field.name]
                is_safe = field.kind in exempt or cell.startswith("'") or not is_taken_for_a_date(cell)
                assert is_safe, (table.name, field.name, cell)
    assert {row["edition"] for row in cells_of(body, "editions")} == {"'2026.11", "'2026.12"}
    assert {row["edition"] for row in cells_of(body, "data_versions")} == {"'2026.12"}
    database = sqlite3.connect(":memory:")
    database.deserialize(whole().sqlite())
    assert database.execute("SELECT edition FROM editions ORDER BY edition").fetchall() == [("2026.11",), ("2026.12",)]
