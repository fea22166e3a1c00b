"""An answer leaves nothing of its version behind: no page is in a cycle that holds what it showed."""

import gc
import weakref
from datetime import date

import pytest
from django.test import RequestFactory

from commitments.queries import ledger
from evaltracker.wsgi import application
from labs.queries import kept
from labs.queries.events import events_as_of
from labs.templatetags.pieces import pieces
from labs.web.parameters import today
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def ask(path: str) -> None:
    """As a server asks; the test client's answers refer to themselves."""
    statuses = []
    answer = application(RequestFactory().get(path).environ, lambda status, headers: statuses.append(status))
    assert b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"]


def test_the_records_and_the_ledger_of_a_version_go_with_it(monkeypatch):
    event = factories.access_event()
    paths = ["/access/", "/commitments/", event.get_absolute_url()]
    ask("/")  # what reads a date for the first time leaves its frames to the collector
    gc.collect()
    gc.disable()
    monkeypatch.setattr(gc, "enable", lambda: None)  # what pauses the collector must not start it here
    try:
        for path in paths:
            ask(path)
            assert _left_behind(event.key, today()) == [], path
    finally:
        monkeypatch.undo()
        gc.enable()


def _left_behind(key: str, day: date) -> list[str]:
    """What is still there of the records, facts and ledger of a version that nobody keeps any more."""
    found = [kept.records(), ledger(day), events_as_of(day)[key], events_as_of(day)[key].record]
    held = [weakref.ref(each) for each in found]
    del found
    kept.forget()
    pieces.forget()  # a few of any version
    return [type(each).__name__ for ref in held if (each := ref()) is not None]
