"""A reader's page while somebody works: each public page is one state of the records, however many queries it runs."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from labs.models import AccessEvent, AccessEventCitation, Source, Stamp
from labs.queries import kept
from tests import factories
from tests.records import remove_records
from tests.test_urls import OF_A_RECORD, PLAIN, read
from tests.two_at_once import in_thread, real_database

DRAFT = "zzdraft"
# Files that are made anew each time hold the time of their making; what they hold is that of pages.
MADE_ANEW = (".zip", ".sqlite", ".xlsx", ".parquet")
FILES = ("access.csv", "changes.csv", "changes.json", "changes/feed.atom", "sitemap.xml", "charts/timeline.json")


@pytest.fixture
def few_records(transactional_db: None) -> None:
    remove_records()
    Stamp.objects.get_or_create(pk=1)


def make_records() -> dict[str, str]:
    """A few public records, with the key of one of each kind."""
    lab = factories.lab(key="a-lab", name="A lab")
    model = factories.ai_model(key="a-model", lab=lab)
    event = factories.access_event(key="an-event", model=model)
    source = event.citations.get().source
    promise = factories.commitment(key="a-promise", labs=[lab])
    factories.reply(by_lab=lab)
    to_come = factories.source(key="to-come", title="To come", lab=lab, status="draft")
    factories.proposal(to_come, kind="publish", stage="rejected", decided_at=timezone.now())
    return {
        "labs": lab.key,
        "models": model.key,
        "evaluators": event.evaluators.get().key,
        "access": event.key,
        "sources": source.key,
        "commitments": promise.key,
    }


@contextmanager
def somebody() -> Iterator[Callable[[], None]]:
    """Writes and commits on a connection of its own: drafts of a source and an event that cites it, which nobody may
    see, and a publication or its opposite, in turn.
    """
    count, own = 0, connections.create_connection("default")
    own.ensure_connection()
    if own.vendor == "sqlite":
        own.connection.execute("PRAGMA synchronous=OFF")
        execute = own.connection.executescript
    else:
        cursor = own.cursor()
        cursor.execute("SET synchronous_commit = off")
        execute = cursor.execute

    def write() -> None:
        nonlocal count
        count += 1
        execute(f"BEGIN;{';'.join(change(count, becomes_public=count % 2 == 1))};COMMIT;")

    try:
        yield write
    finally:
        own.close()


def change(count: int, *, becomes_public: bool) -> Iterator[str]:
    source, event = "SELECT id FROM labs_source WHERE key = '{}'", "SELECT id FROM labs_accessevent WHERE key = '{}'"
    old, new = f"draft-{count - 1}", f"draft-{count}"
    yield f"DELETE FROM labs_accesseventcitation WHERE record_id IN ({event.format(old)})"
    yield f"DELETE FROM labs_accessevent WHERE key = '{old}'"
    yield f"DELETE FROM labs_source WHERE key = '{old}'"
    url = f"https://example.org/{new}"
    yield copied(Source, "key = 'to-come'", key=new, status="draft", title=f"{DRAFT} title", url=url)
    yield copied(AccessEvent, "key = 'an-event'", key=new, status="draft")
    of_event = f"record_id = ({event.format('an-event')})"
    yield copied(
        AccessEventCitation,
        f"{of_event} AND source_id != ({source.format('to-come')})",
        record_id=Raw(event.format(new)),
        source_id=Raw(source.format(new)),
        quote=f"{DRAFT} quote",
    )
    yield f"UPDATE labs_source SET status = '{'published' if becomes_public else 'draft'}' WHERE key = 'to-come'"
    yield f"UPDATE labs_proposal SET stage = '{'accepted' if becomes_public else 'rejected'}'"
    yield f"DELETE FROM labs_accesseventcitation WHERE {of_event} AND source_id = ({source.format('to-come')})"
    if becomes_public:
        yield copied(
            AccessEventCitation, of_event, source_id=Raw(source.format("to-come")), quote="It comes, as it says."
        )
    yield f"UPDATE labs_stamp SET number = {count}, stamp = '{uuid.UUID(int=count).hex}'"


class Raw(str):
    """A query for a value."""


def copied(model: type[Model], which: str, **values: str) -> str:
    """Write a row that says what another one does, but for some values."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    said = {name: f"({value})" if isinstance(value, Raw) else f"'{value}'" for name, value in values.items()}
    selected = ", ".join(said.get(column, column) for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {selected} FROM {table} WHERE {which}"


def addresses(keys: dict[str, str]) -> list[str]:
    """Every public page, and one file of each sort: the others are written from the same rows."""
    pages = [route for route in PLAIN if route.endswith("/") or not route or route in FILES]
    of_records = [route for route in OF_A_RECORD if route.split("/")[0] in keys and route.endswith("/")]
    found = [*pages, *(route.replace("<slug:key>", keys[route.split("/")[0]]) for route in of_records)]
    return [f"/{route}" for route in found] + ["/search/?q=lab", "/labs/a-lab/pack.zip"]


def body(response: Any) -> bytes:
    """Without the token of a form and the moment at which it was opened, which each answer has anew."""
    return re.sub(rb'name="(csrfmiddlewaretoken|opened)" value="[^"]+"', b"", read(response))


def torn(urls: list[str], write: Callable[[], None]) -> list[str]:
    """The addresses whose answer is an error, or no state of the records, while somebody writes after each query."""
    client, found, writes = Client(), [], 0

    def write_after(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal writes
        result = execute(*arguments)
        write()
        writes += 1
        return result

    write()
    states = [{url: body(client.get(url)) for url in urls}]
    write()
    states.append({url: body(client.get(url)) for url in urls})
    for url in urls:
        kept.forget()
        before = writes
        try:
            with connection.execute_wrapper(write_after):
                response = client.get(url)
                answer = body(response)
        except Exception as error:
            found.append(f"{url}: {error!r}")
            continue
        if response.status_code != 200 or DRAFT.encode() in answer:
            found.append(f"{url}: {response.status_code}")
        elif not url.endswith(MADE_ANEW) and answer not in [state[url] for state in states]:
            found.append(f"{url}: no state")
        elif writes == before:
            found.append(f"{url}: no query")
    return found


@pytest.mark.django_db(transaction=True)
def test_a_page_is_kept_for_the_state_that_it_is_made_of(few_records, tmp_path, monkeypatch):
    """Somebody writes after it was looked whether the page is kept, and before it is made."""
    make_records()
    monkeypatch.setattr(settings, "PAGE_CACHE_BYTES", 1024 * 1024)
    url, answers = "/sources/", []

    def walk() -> None:
        client, is_first = Client(), True

        def write_once(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal is_first
            result = execute(*arguments)
            if is_first:
                is_first = False
                write()
            return result

        with somebody() as write:
            write()
            write()  # it is a draft now
            kept.forget()
            with connection.execute_wrapper(write_once):
                answers.append(client.get(url))
            answers.extend(client.get(url) for _ in range(2))
            write()
            answers.append(client.get(url))

    with real_database(tmp_path):
        in_thread(walk)
    assert [b"To come" in answer.content for answer in answers] == [True, True, True, False]
    assert answers[0]["Cache-Control"] == "no-store"
    assert "ETag" not in answers[0]
    assert len({answer["ETag"] for answer in answers[1:]}) == 2


@pytest.mark.django_db(transaction=True)
def test_every_public_page_is_one_state_while_somebody_writes_between_its_queries(few_records, tmp_path):
    keys = make_records()

    def walk() -> list[str]:
        with somebody() as write:
            return torn(addresses(keys), write)

    with real_database(tmp_path):
        assert in_thread(walk) == []
