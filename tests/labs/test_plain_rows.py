"""Files that the database writes are byte for byte those that are written from the records."""

import contextlib
import csv
import dataclasses
import datetime as dt
import io
import json
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labs.actions import review
from labs.actions.versions import renew_stamp
from labs.choices import Domain
from labs.models import AccessEvent, AccessEventCitation, Source, Stamp
from labs.queries import kept, plain_rows
from labs.queries.plain_sql import CsvForm, JsonForm
from labs.web.columns import RecordTable, published_fields, published_relations
from labs.web.filters import AccessEventFilter, AIModelFilter, EvaluatorFilter, SourceFilter
from labs.web.parameters import today
from labs.web.plain_files import plain_fields, plain_file
from labs.web.streaming import lines
from labs.web.tables import AccessEventTable, AIModelTable, EvaluatorTable, SourceTable
from tests import factories, people

pytestmark = pytest.mark.django_db

LISTS = {
    AccessEventTable: AccessEventFilter,
    AIModelTable: AIModelFilter,
    EvaluatorTable: EvaluatorFilter,
    SourceTable: SourceFilter,
}

ODD_TEXTS = [
    "",
    "plain",
    'He said "no", twice',
    "Two\nlines, one comma",
    "=SUM(A1)",
    "'=guarded already",
    "''",
    "@me, +1",
    '=HYPERLINK("a", "b")',
    '-"',
    '+ two\nlines, and "a quote"',
    "-",
    "\ttab",
    "May 2024",
    "3/4",
    "14 March",
    "10:30",
    "14.2",
    "3. 5. 2026",
    "2026.12",
    "2026年12月1日",
    "Mai 5",
    "MÄRZ 2026",
    "Dic 3",
    "3 de mayo de 2026",
    "Février 2024",
    "marching on 5 fronts, which is longer than the longest date",
    "Лаборатория, “A”",
    "標題",
    "Modèle 🜁",
    "back\\slash \\n and \\. and %s and %%",
    "She called it “a test” and 'another' of the lab's tests",
    "“Quoted indeed” it says, and “never said”",
    "\u2028 and \x7f",
    "\\.",
    "'",
    "x" * 5000,
]


def parts_of(columns):
    """The fields and the relations of columns."""
    return published_fields(columns), published_relations(columns)


def file_of(table, columns, day, *, is_json):
    """The file that the database writes of these columns."""
    return plain_file(table, *parts_of(columns), day, is_json=is_json)


def plain_columns(table: type[RecordTable]):
    """The columns that a database can write, each by itself."""
    return [
        column
        for column in table.declared
        if column.fields and plain_fields(table, *parts_of([column]), today(), is_json=True) is not None
    ]


def without_labels(columns):
    """The same columns as ``labels=no`` leaves them."""
    return [
        dataclasses.replace(
            column,
            fields=tuple(field for field in column.fields if not field.is_label),
            relation=column.relation and column.relation.without_labels,
        )
        for column in columns
    ]


def slow_csv(table: type[RecordTable], columns, day: dt.date) -> bytes:
    rows = sorted(LISTS[table].rows_on(day, False), key=lambda row: row.key)
    return "".join(lines(published_fields(columns), rows)).encode()


def slow_json(table: type[RecordTable], columns, day: dt.date) -> bytes:
    rows = sorted(LISTS[table].rows_on(day, False), key=lambda row: row.key)
    found = []
    for row in rows:
        values = {field.name: field.plain(row) for field in published_fields(columns)}
        for relation in [column.relation for column in columns if column.relation]:
            things = relation.rows(row)
            values[relation.name] = [{each.name: each.plain(thing) for each in relation.fields} for thing in things]
        found.append(json.dumps(values, ensure_ascii=False) + "\n")
    return "".join(found).encode()


def assert_same(table: type[RecordTable]) -> int:
    plain, day = plain_columns(table), today()
    for columns in (plain, without_labels(plain)):
        as_csv, as_json = (file_of(table, columns, day, is_json=is_json) for is_json in (False, True))
        assert b"".join(as_csv) == slow_csv(table, columns, day)
        assert b"".join(as_json) == slow_json(table, columns, day)
    return len(plain)


@pytest.mark.parametrize(
    ("table", "least"), [(AccessEventTable, 17), (AIModelTable, 5), (EvaluatorTable, 4), (SourceTable, 7)]
)
def test_the_shipped_records_give_the_same_bytes(records, table, least):
    assert assert_same(table) >= least


def test_odd_texts_give_the_same_bytes(empty_database):
    source = factories.source(title="Where they are from")
    lab = factories.lab()
    model = factories.ai_model(lab=lab)
    for text in ODD_TEXTS:
        event = factories.access_event(
            lab=lab,
            model=model,
            citations=[
                {"source": source, "quote": "Here is a test in it, and it is quoted Indeed."},
                {"source": source, "quote": "Another; with 'another'."},
            ],
            domains=[Domain.CYBER.value, Domain.BIO.value] if len(text) % 2 else [],
            started_on="2024-02~/2024-40" if len(text) % 3 else "",
            access_days=len(text) % 7 or None,
            is_distinct=True,
        )
        changed_at = dt.datetime(2024, 7, 1, 10, 0, 0, len(text) % 3 * 12, dt.UTC) if len(text) % 5 else None
        AccessEvent.objects.filter(pk=event.pk).update(summary=text, changed_at=changed_at)
        Source.objects.filter(pk=factories.source().pk).update(title=text[:300], publisher=text[:100])
    for table in LISTS:
        assert assert_same(table)
    # Each field beside the key alone: those that are written together are also asked for one by one.
    key, *columns = plain_columns(AccessEventTable)
    for column in columns:
        for field in column.fields:
            alone = [key, dataclasses.replace(column, fields=(field,), relation=None)]
            assert b"".join(file_of(AccessEventTable, alone, today(), is_json=False)) == slow_csv(
                AccessEventTable, alone, today()
            )


def test_a_draft_and_a_record_that_no_source_tells_of_are_left_out(empty_database):
    shown, draft, bare = (factories.access_event() for _ in range(3))
    AccessEvent.objects.filter(pk=draft.pk).update(status="draft")
    columns = plain_columns(AccessEventTable)
    body = b"".join(file_of(AccessEventTable, columns, today(), is_json=False)).decode()
    assert [row["key"] for row in csv.DictReader(io.StringIO(body))] == sorted([shown.key, bare.key])
    bare.citations.all().delete()
    assert file_of(AccessEventTable, columns, today(), is_json=False) is None


def test_nothing_is_written_so_while_a_source_is_yet_to_become_public(empty_database):
    event = factories.access_event()
    columns = plain_columns(AccessEventTable)
    assert event.key.encode() in b"".join(file_of(AccessEventTable, columns, today(), is_json=False))
    assert file_of(AccessEventTable, columns, dt.date(2024, 6, 25), is_json=False) is None
    later = today() + dt.timedelta(days=1)
    source = factories.source()
    undated = {"published_on": "", "published_on_earliest": None, "published_on_latest": None}
    Source.objects.filter(pk=source.pk).update(read_on=later, **undated)
    factories.citation(event, source=source)
    assert file_of(AccessEventTable, columns, today(), is_json=False) is None


def looks_at_citations(queries: CaptureQueriesContext) -> bool:
    return any(AccessEventCitation._meta.db_table in query["sql"] for query in queries)


def all_events() -> tuple[bytes | None, bool]:
    """The file of all access events, None where the database may not write it; whether it looked at the citations."""
    with CaptureQueriesContext(connection) as queries:
        chunks = file_of(AccessEventTable, plain_columns(AccessEventTable), today(), is_json=False)
        return (None if chunks is None else b"".join(chunks)), looks_at_citations(queries)


def test_no_file_looks_for_events_without_citation_for_each_change_did(records):
    assert Stamp.objects.get().uncited == []
    for _ in range(2):
        kept.forget()
        whole, has_looked = all_events()
        assert len(whole.splitlines()) > 100
        assert not has_looked


def test_each_way_by_which_an_event_becomes_public_or_goes_renews_the_answer(records):
    ada, ed = people.researcher(), people.editor()
    before, _ = all_events()

    draft = factories.access_event(status="draft")
    review.accept(proposal=review.submit(record=draft, by=ada), by=ed)
    assert Stamp.objects.get().uncited == []
    assert len(all_events()[0].splitlines()) == len(before.splitlines()) + 1

    draft.citations.all().delete()  # by hand, which the next change notices
    renew_stamp()
    assert Stamp.objects.get().uncited == ["access-event"]
    assert all_events() == (None, False)
    response = Client().get(f"/access.csv?{PLAIN}")
    assert b"".join(response.streaming_content).count(draft.key.encode()) == 0

    review.accept(proposal=review.propose_withdrawal(record=draft, reason="Nothing tells of it.", by=ada), by=ed)
    assert Stamp.objects.get().uncited == []
    assert all_events() == (before, False)


def test_a_change_that_is_undone_leaves_the_answer_as_it_was(records):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        AccessEventCitation.objects.all().delete()
        renew_stamp()
        assert Stamp.objects.get().uncited == ["access-event"]
        raise ZeroDivisionError
    assert Stamp.objects.get().uncited == []


def test_an_event_without_citation_that_is_no_public_one_does_not_matter(records):
    factories.access_event(status="draft").citations.all().delete()
    renew_stamp()
    assert Stamp.objects.get().uncited == []


@pytest.mark.parametrize("has_stamp", [True, False])
def test_where_no_change_has_looked_the_file_does(records, has_stamp):
    Stamp.objects.update(uncited=None) if has_stamp else Stamp.objects.all().delete()
    assert all_events()[1]
    event = factories.access_event()
    assert event.key.encode() in all_events()[0]
    event.citations.all().delete()
    assert all_events() == (None, True)


def test_a_column_that_the_rules_write_is_no_plain_one():
    names = {column.name for column in plain_columns(AccessEventTable)}
    assert names.isdisjoint({"lab", "evaluators", "timing", "certainty", "depth", "counts", "sources", "citations"})
    assert {"key", "activity", "outcome", "started", "domains", "profile", "summary", "changed_at", "as_of"} <= names
    assert plain_fields(AccessEventTable, *parts_of(AccessEventTable.declared), today(), is_json=False) is None


def test_many_rows_come_in_batches_and_none_is_lost(records, monkeypatch):
    columns = plain_columns(AccessEventTable)
    whole = b"".join(file_of(AccessEventTable, columns, today(), is_json=True))
    for rows in (1, 7, len(whole.splitlines()), 10**6):
        monkeypatch.setattr(plain_rows, "ROWS_AT_ONCE", rows)
        assert b"".join(file_of(AccessEventTable, columns, today(), is_json=True)) == whole


def test_no_record_is_read_into_the_process(records, monkeypatch, django_assert_max_num_queries):
    def refuse(*_):
        raise AssertionError("the records were read")

    monkeypatch.setattr(kept.Store, "records", property(refuse))
    kept.forget()
    with django_assert_max_num_queries(12):
        found = file_of(AccessEventTable, plain_columns(AccessEventTable), today(), is_json=True)
        assert len(b"".join(found).splitlines()) > 100


@pytest.mark.only_on("postgresql")  # a second connection to SQLite in memory would wait for the first
@pytest.mark.django_db(transaction=True)
def test_the_file_is_of_one_state_whatever_is_saved_meanwhile(empty_database, monkeypatch):
    monkeypatch.setattr(plain_rows, "ROWS_AT_ONCE", 2)
    events = [factories.access_event(key=f"event-{number}") for number in range(6)]
    columns = plain_columns(AccessEventTable)
    chunks = file_of(AccessEventTable, columns, today(), is_json=True)
    before = next(chunks)
    in_another_connection(
        "UPDATE labs_accessevent SET summary = 'Changed since.', activity = 'audit_or_review' WHERE key = 'event-5'"
    )
    written = [json.loads(line) for line in (before + b"".join(chunks)).splitlines()]
    assert [row["key"] for row in written] == [event.key for event in events]
    assert written[-1]["summary"] == "Outsiders tested the model."
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_leaves_ends_the_query(empty_database, monkeypatch):
    monkeypatch.setattr(plain_rows, "ROWS_AT_ONCE", 1)
    for _ in range(4):
        factories.access_event()
    chunks = file_of(AccessEventTable, plain_columns(AccessEventTable), today(), is_json=False)
    next(chunks), next(chunks)
    assert connection.in_atomic_block
    chunks.close()
    assert not connection.in_atomic_block
    assert AccessEvent.objects.count() == 4


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("is_slow", [True, False])
def test_a_reader_who_leaves_spoils_no_transaction_around_the_file(empty_database, monkeypatch, is_slow):
    monkeypatch.setattr(plain_rows, "ROWS_AT_ONCE", 1)
    for _ in range(4):
        factories.access_event()
    chunks = file_of(AccessEventTable, plain_columns(AccessEventTable), today(), is_json=False)
    next(chunks), next(chunks)
    if is_slow:
        time.sleep(0.2)  # all that the reader does not hold up has been taken
    chunks.close()
    assert AccessEvent.objects.count() == 4
    assert setting("enable_sort") == "on"


@pytest.mark.only_on("postgresql")
def test_the_file_goes_along_an_index_and_leaves_the_settings_as_they_were(records, monkeypatch):
    started = []

    class Spied(plain_rows._Copied):
        def __init__(self, cursor, statement, end):
            cursor.execute("EXPLAIN " + statement.removeprefix("COPY (").rpartition(") TO STDOUT")[0])
            started.append("\n".join(line for (line,) in cursor.fetchall()))
            super().__init__(cursor, statement, end)

    monkeypatch.setattr(plain_rows, "_Copied", Spied)
    for is_json in (True, False):
        assert b"".join(file_of(AccessEventTable, plain_columns(AccessEventTable), today(), is_json=is_json))
    assert len(started) == 2
    for plan in started:
        assert "Index Scan using labs_accessevent_key" in plan
        assert "Sort" not in plan
    assert setting("enable_sort") == "on"
    assert setting("max_parallel_workers_per_gather") == "2"


@pytest.mark.only_on("sqlite")
def test_sqlite_goes_along_the_index_of_the_key_and_sorts_nothing(records):
    columns = parts_of(plain_columns(AccessEventTable))
    for form, is_json in ((CsvForm(), False), (JsonForm(), True)):
        fields = plain_fields(AccessEventTable, *columns, today(), is_json=is_json)
        lines = plain_rows.PlainLines(AccessEvent, fields, form)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {lines._select(lines.line, '')}")
            (plan,) = [row[-1] for row in cursor.fetchall()]
        assert "labs_accessevent USING INDEX" in plan
        assert "status" not in plan


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_server_amid_the_file_reaches_whoever_reads_it(empty_database, monkeypatch):
    factories.access_event()
    monkeypatch.setattr(plain_rows.PlainLines, "cells", "CAST(1 / (length(key) - length(key)) AS text)")
    with pytest.raises(connection.Database.Error, match="division by zero"):
        list(file_of(AccessEventTable, plain_columns(AccessEventTable), today(), is_json=False))
    assert not connection.in_atomic_block
    assert AccessEvent.objects.count() == 1


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def in_another_connection(sql: str) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(sql)
    finally:
        other.close()


COLUMNS = (
    "columns=activity&columns=started&columns=profile&columns=domains&columns=summary&columns=changed_at&columns=as_of"
)
PLAIN = f"{COLUMNS}&sort=key"


@pytest.mark.parametrize("more", ["", "&labels=no"])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_an_address_gives_the_same_file_whichever_way_it_is_written(records, client, monkeypatch, ending, more):
    address = f"/access.{ending}?{PLAIN}{more}"
    fast = client.get(address)
    by_database = b"".join(fast.streaming_content)
    monkeypatch.setattr("labs.web.lists.plain_file", lambda *_, **__: None)
    slow = client.get(address)
    assert b"".join(slow.streaming_content) == by_database
    for name in ("Content-Type", "Content-Disposition", "Data-Version", "Method-Version", "Content-Length"):
        assert fast[name] == slow[name]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_no_address_of_plain_columns_reads_the_records(records, client, monkeypatch, ending):
    def refuse(*_):
        raise AssertionError("the records were read")

    monkeypatch.setattr(kept.Store, "records", property(refuse))
    kept.forget()
    for plain in (PLAIN, f"{PLAIN}&labels=no", f"{PLAIN}&as_of={today()}&utm_source=a-letter"):
        assert len(b"".join(client.get(f"/access.{ending}?{plain}").streaming_content).splitlines()) > 100
    others = (COLUMNS, f"{COLUMNS}&sort=lab,key", f"{PLAIN}&lab=openai", f"{PLAIN}&as_of=2025-01-01", "sort=key", "")
    for other in ("columns=depth&sort=key", *others):
        with pytest.raises(AssertionError, match="the records were read"):
            b"".join(client.get(f"/access.{ending}?{other}").streaming_content)


def test_a_bad_address_is_refused_however_it_would_be_written(records, client):
    for address in ("columns=nothing", "colour=red", f"{PLAIN}&as_of=tomorrow", f"{PLAIN}&labels=none"):
        assert client.get(f"/access.csv?{address}").status_code == 400


@pytest.mark.parametrize(("ending", "starts"), [("json", b"{"), ("xlsx", b"PK")])
def test_other_formats_of_plain_columns_stay_what_they_are(records, client, ending, starts):
    response = client.get(f"/access.{ending}?{PLAIN}")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert body.startswith(starts)
