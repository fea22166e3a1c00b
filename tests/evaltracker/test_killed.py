"""A process that is killed in the middle of an import, a publication or a merger leaves all of it or nothing.

A child carries the work out and kills itself before its first write, then another before its second, and so on, then
right before it commits and right after.
"""

import datetime as dt
import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from evaltracker.management.databases import contents
from labs.actions import review
from labs.actions.search_index import rebuild_index
from labs.choices import Stage
from labs.models import AccessEvent, Alias, DataVersion, Edition, Lab, Proposal, Source
from labs.queries.consistency import broken_records
from tests import factories, people
from tests.evaltracker.sheets import as_csv
from tests.other_databases import Databases
from tests.records import remove_records

# A child of a process with threads: it runs nothing but the work, in a thread of its own.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")]

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Work:
    """Something that is done in the database: made ready, carried out, and whether all of it is there."""

    prepare: Callable[[Path], None]
    carry_out: Callable[[Path], Any]
    is_done: Callable[[], bool]
    least: int  # so many writes it has at least: fewer would mean that they are not seen


def few_records() -> None:
    remove_records()
    for name in ("ada", "ed"):
        User.objects.create_user(name, is_staff=True).groups.add(*people.editor().groups.all())
    Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 8, 31))
    factories.lab(key="kept-as-it-is")


def in_review() -> Proposal:
    return Proposal.objects.get(stage=Stage.IN_REVIEW.value)


def accept(_: Path) -> None:
    review.accept(proposal=in_review(), by=User.objects.get(username="ed"), note="So.")


def an_event_waits(_: Path) -> None:
    few_records()
    review.submit(record=factories.access_event(key="the-event", status="draft"), by=User.objects.get(username="ada"))


def the_event_is_public() -> bool:
    event = AccessEvent.objects.published().get(key="the-event")
    return (
        event.citations.exists()
        and Proposal.objects.get().stage == Stage.ACCEPTED.value
        and DataVersion.objects.exists()
    )


def a_merger_waits(_: Path) -> None:
    few_records()
    loser, winner = factories.source(key="the-loser"), factories.source(key="the-winner")
    factories.citation(factories.ai_model(cited=False), source=loser, quote="Words.")
    review.propose_merger(loser=loser, winner=winner, reason="One.", by=User.objects.get(username="ada"))


def the_sources_are_one() -> bool:
    alias = Alias.objects.get(key="the-loser")
    winner = Source.objects.get(key="the-winner")
    return alias.object_id == winner.pk and not Source.objects.filter(key="the-loser").exists()


def a_sheet_is_there(folder: Path) -> None:
    few_records()
    rows = [{"key": f"new-{number}", "name": f"New {number}", "country": "US"} for number in range(3)]
    changed = {"key": "kept-as-it-is", "name": "Another name", "country": "FR"}
    (folder / "labs.csv").write_bytes(as_csv([*rows, changed]))


def import_it(folder: Path) -> None:
    with Path(os.devnull).open("w") as nowhere:
        call_command(
            "import_records", str(folder / "labs.csv"), user="ada", reason="So.", stdout=nowhere, stderr=nowhere
        )


def all_rows_wait() -> bool:
    return Lab.objects.filter(key__startswith="new-").count() == 3 and Proposal.objects.count() >= 1


WORKS = {
    "publish": Work(an_event_waits, accept, the_event_is_public, 8),
    "merge": Work(a_merger_waits, accept, the_sources_are_one, 10),
    "import": Work(a_sheet_is_there, import_it, all_rows_wait, 5),
}


def dying(step: int | str, databases: Databases, name: str, work: Callable[[], Any]) -> int:
    """A child carries the work out and dies at the step: before a write, "before the commit" or "after the commit".

    Returns how many writes it had begun.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            databases.using(name, lambda: _carry_out(step, work, writer))
            os.write(writer, b"it came to its end")
        except BaseException:
            os.write(writer, traceback.format_exc().encode()[-4000:])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        found = said.read()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), found
    return int(found)


def _carry_out(dies_at: int | str, work: Callable[[], Any], writer: int) -> None:
    begun = 0

    def pass_by(step: int | str) -> None:
        if step == dies_at:
            os.write(writer, str(begun).encode())
            os.kill(os.getpid(), signal.SIGKILL)
            threading.Event().wait()

    def before_each_write(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal begun
        if sql.startswith(WRITES):
            begun += 1
            pass_by(begun)
        return execute(sql, *arguments)

    commit = connection.commit

    def around_commit() -> None:
        pass_by("before the commit")
        commit()
        pass_by("after the commit")

    connection.ensure_connection()
    connection.commit = around_commit
    with connection.execute_wrapper(before_each_write):
        work()


@pytest.mark.parametrize("kind", WORKS)
def test_whoever_dies_in_the_middle_leaves_all_or_nothing(databases, tmp_path, kind):
    work, name = WORKS[kind], databases.with_records()
    databases.using(name, lambda: (work.prepare(tmp_path), rebuild_index()))
    before = databases.using(name, contents)

    def die(step: int | str) -> int:
        return dying(step, databases, name, lambda: work.carry_out(tmp_path))

    writes = die("before the commit")
    assert writes >= work.least
    for step in range(1, writes + 1):
        assert die(step) == step
    # Nothing removes what any of them would have left.
    assert databases.using(name, contents) == before

    # What is there after the first commit is all of it.
    assert die("after the commit") == writes
    assert databases.using(name, work.is_done)
    assert databases.using(name, lambda: broken_records(is_thorough=True)) == []
