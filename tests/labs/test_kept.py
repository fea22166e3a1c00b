"""What is read and weighed once for a data version, and what makes it new."""

import datetime as dt
import gc
import json
import os
import sqlite3
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from evaltracker.effects import effect_of
from labs.actions import review
from labs.actions.batches import decide_each
from labs.actions.signatures import set_public_name
from labs.actions.versions import raise_data_version
from labs.models import AccessEvent, Lab, Stamp
from labs.models.registry import record_kinds
from labs.queries import kept
from labs.queries.records import Records
from tests import factories, people

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = dt.date(2026, 8, 31)
pytestmark = pytest.mark.django_db


def number() -> int:
    return Stamp.objects.current().number


def proposed(lab: Lab, name: str):
    return review.propose(record=lab, state={"name": name}, reason="It has a new name.", by=people.researcher())


def test_a_function_of_the_records_is_called_once_for_each_version_and_arguments():
    calls = []

    @kept.kept(most=2)
    def doubled(value: int) -> int:
        calls.append(value)
        return 2 * value

    assert [doubled(1), doubled(1), doubled(2)] == [2, 2, 4]
    assert calls == [1, 2]

    raise_data_version()

    assert doubled(1) == 2
    assert calls == [1, 2, 1]


def test_records_go_with_their_version_without_a_search_for_cycles():
    event = factories.access_event()
    gc.collect()
    gc.disable()
    try:
        old = kept.records()
        row = old[AccessEvent].by_key[event.key]
        assert [each.source.key for each in row.citations.all()] == [each.source.key for each in event.citations.all()]
        held = weakref.ref(old)
        raise_data_version()
        assert kept.records() is not old
        del old
        assert held() is None
    finally:
        gc.enable()
    with pytest.raises(RuntimeError, match="one_version"):  # and never silently what is stored now
        row.citations.all()


def test_the_collector_of_cycles_works_again_after_much_was_made():
    @kept.kept(most=1)
    def nested() -> bool:
        return gc.isenabled()

    @kept.kept(most=1)
    def failing() -> None:
        raise ValueError(str(nested()))

    with pytest.raises(ValueError, match="False"):
        failing()
    assert gc.isenabled()


def test_only_the_results_used_last_are_kept():
    calls = []

    @kept.kept(most=2)
    def same(value: int) -> int:
        calls.append(value)
        return value

    for value in (1, 2, 1, 3, 1, 2):
        same(value)

    assert calls == [1, 2, 3, 2]  # 2 had to go when 3 came, for 1 had been used since


def test_an_accepted_change_is_seen_at_once_and_what_was_kept_is_dropped():
    lab = factories.lab(name="Old")
    before = kept.store()
    proposal = proposed(lab, "New")
    version = number()

    review.accept(proposal=proposal, by=people.editor())

    assert number() == version + 1
    assert kept.store() is not before
    assert kept.records()[Lab].by_key[lab.key].name == "New"


def test_several_changes_accepted_together_are_one_version():
    proposals = [proposed(factories.lab(), f"Name {count}") for count in range(3)]
    version = number()

    decide_each(accept=[(each, "") for each in proposals], by=people.editor())

    assert number() == version + 1


def test_what_is_refused_or_rolled_back_is_no_version():
    proposal = proposed(factories.lab(), "New")
    version = Stamp.objects.current()

    editor = people.editor()
    review.send_back(proposal=proposal, by=editor, note="Why?")
    with pytest.raises(ValidationError):
        review.accept(proposal=proposal, by=editor)
    proposal = proposed(factories.lab(), "New")
    with transaction.atomic():
        review.accept(proposal=proposal, by=people.editor())
        transaction.set_rollback(True)

    assert Stamp.objects.current() == version


def test_a_number_that_comes_twice_is_told_apart():
    with transaction.atomic():
        raise_data_version()
        rolled_back = Stamp.objects.current()
        transaction.set_rollback(True)
    raise_data_version()

    assert Stamp.objects.current().number == rolled_back.number
    assert Stamp.objects.current() != rolled_back


def test_a_check_and_a_name_agreed_to_are_public_and_make_a_version():
    event, editor = factories.access_event(), people.editor()
    version = number()

    review.mark_checked(record=event, by=editor)
    assert number() == version + 1
    set_public_name(person=editor, name="Ed Itor")
    assert number() == version + 2
    assert kept.records()[AccessEvent].by_key[event.key].checked_by.signature.name == "Ed Itor"
    set_public_name(person=editor, name="")
    assert number() == version + 3


def test_loading_fixtures_makes_a_version(tmp_path):
    file = tmp_path / "edition.json"
    fields = {"version": "2031.1", "complete_to": "2024-01-01", "note": ""}
    file.write_text(json.dumps([{"model": "labs.edition", "fields": fields}]))
    version = number()

    call_command("loaddata", str(file), verbosity=0)

    assert number() == version + 1


def test_a_draft_makes_no_version():
    version = number()
    review.save_draft(record=Lab(key="new-lab", name="New lab"), parts={"other_names": []}, by=people.researcher())

    assert number() == version


def test_the_effect_of_a_proposal_leaves_nothing_kept():
    lab = factories.lab(name="Old")
    store = kept.store()

    effect_of([proposed(lab, "New")])

    assert kept.records()[Lab].by_key[lab.key].name == "Old"
    assert kept.store().version.number == store.version.number


def test_a_request_sees_one_version_whatever_is_accepted_meanwhile():
    lab = factories.lab(name="Old")
    with kept.one_version():
        kept.records()
        review.accept(proposal=proposed(lab, "New"), by=people.editor())

        assert kept.records()[Lab].by_key[lab.key].name == "Old"
    assert kept.records()[Lab].by_key[lab.key].name == "New"


def test_an_answer_that_is_streamed_keeps_the_version_of_its_request():
    lab = factories.lab(name="Old")
    with kept.one_version():
        names = kept.within_version(kept.records()[Lab].by_key[lab.key].name for _ in range(2))
    first = next(names)
    review.accept(proposal=proposed(lab, "New"), by=people.editor())

    assert [first, *names] == ["Old", "Old"]


def test_records_that_change_while_they_are_read_are_read_again(monkeypatch):
    lab = factories.lab(name="Old")
    kept.forget()
    read = []

    class SlowRecords(Records):
        def __init__(self, before: Records | None = None) -> None:
            super().__init__(before=before)
            read.append(self)
            if len(read) == 1:
                review.accept(proposal=proposed(lab, "New"), by=people.editor())

    monkeypatch.setattr(kept, "Records", SlowRecords)

    assert kept.records()[Lab].by_key[lab.key].name == "New"
    assert len(read) == 2
    assert kept.store().version == kept.version_now()


def test_threads_that_ask_at_once_read_once(monkeypatch):
    raise_data_version()
    store = kept.store()
    computed = []
    barrier = threading.Barrier(4, timeout=10)

    def ask() -> None:
        barrier.wait()
        store.result(ask, (), 1, lambda: computed.append(1))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert computed == [1]


def test_records_are_wired_to_each_other_without_a_query(django_assert_num_queries):
    event = factories.access_event(citations=[factories.source(lab=factories.lab(name="Speaker"))])
    found = kept.records()[AccessEvent].by_key[event.key]

    with django_assert_num_queries(0):
        assert [part.evaluator.name for part in found.participations.all()]
        assert [citation.source.lab.name for citation in found.citations.all()] == ["Speaker"]
        assert found in found.lab.events.all()
        assert found.model.lab.key == event.model.lab.key
        assert found.model.variant_of is None


def test_only_what_is_published_is_listed():
    draft, public = factories.lab(status="draft"), factories.lab()

    assert draft.key not in kept.records()[Lab].by_key
    assert kept.records()[Lab].by_key[public.key] == public


MOST_QUERIES = 8


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/labs/", "/labs/openai/", "/labs/compare/?lab=openai&lab=anthropic", "/timeline/", "/methodology/"),
        *("/models/", "/models/gpt-4/", "/evaluators/", "/evaluators/metr/", "/sources/", "/changes/", "/replies/"),
        *("/access/", "/access/?lab=openai", "/access/?as_of=2024-05-24&evaluator=metr", "/access.csv", "/models.csv"),
        *("/commitments/", "/commitments/?lab=openai", "/commitments/matrix/", "/commitments/verdicts.csv"),
        "/commitments/white-house-2023-external-testing/",
    ],
)
def test_a_page_asks_the_database_little_once_its_version_is_kept(client, records, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        if response.streaming:
            list(response.streaming_content)

    assert response.status_code == 200
    # The names in the changes are read by kind of record.
    assert len(captured) <= MOST_QUERIES + (len(record_kinds()) if address == "/changes/" else 0)


READER = """
import sys
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "127.0.0.1"})
for line in sys.stdin:
    print("New name" in client.get(line.strip()).content.decode(), flush=True)
"""
WRITER = """
import django
django.setup()
from django.contrib.auth.models import User
from labs.actions import review
from labs.models import Lab
author, editor = (User.objects.create_superuser(name) for name in ("author", "editor"))
lab = Lab.objects.get(key="openai")
proposal = review.propose(record=lab, state={"name": "New name"}, reason="It has one.", by=author)
review.accept(proposal=proposal, by=editor)
"""


@pytest.fixture
def shared_database(tmp_path) -> str:
    """The address of a database with the curated records that several processes can open."""
    if connection.vendor == "sqlite":
        file = tmp_path / "db.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(file) as copy:
            connection.connection.backup(copy)
        copy.close()
        return f"sqlite:///{file}"
    settings = connection.settings_dict
    return f"postgres://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"


@pytest.mark.django_db(transaction=True)
def test_a_process_sees_what_another_one_accepted_at_its_next_request(records, shared_database):
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_PAGE_CACHE_MB": "8"}
    environment = settings | {"TEST_DATABASE_URL": shared_database}
    command = [sys.executable, "-c", READER]
    pipe = subprocess.PIPE
    environment = os.environ | environment
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as reader:

        def sees_it() -> str:
            reader.stdin.write("/labs/openai/\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        before = [sees_it(), sees_it()]
        subprocess.run([sys.executable, "-c", WRITER], cwd=ROOT, env=environment, check=True)
        after = sees_it()
        reader.stdin.close()

    assert before == ["False", "False"]
    assert after == "True"
