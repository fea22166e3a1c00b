"""An item of the worklist is put off with a reason, needs nothing, or is somebody's."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from evaltracker.actions import worklist as actions
from evaltracker.models import ErrorReport, TaskMark
from evaltracker.worklist import TASKS, task_input, task_lists
from labs.web.parameters import today
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
URL = "/admin/worklist/silent/"
DAY = dt.date(2026, 11, 29)


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def desk(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def models():
    return [factories.ai_model(name=name) for name in ("One", "Two")]


def lists(day=DAY, task="silent", person=None):
    (found,) = task_lists(task_input(person, day), [each for each in TASKS if each.key == task])
    return found


def names(marked):
    return [each.item.title.split(": ")[1] for each in marked]


def pairs(found, *titles):
    return [(each.item.subject, each.item.said) for each in found.open if each.item.title.endswith(titles)]


def send(desk, act, *titles, show="", **typed):
    page = desk.get(URL, {"show": show})
    ticks = [each.item.subject for each in page.context["page"] if each.item.title.endswith(titles)]
    response = desk.post(URL + (f"?show={show}" if show else ""), {"act": act, "tick": ticks, **typed}, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_what_is_put_off_is_away_until_its_day(desk, models):
    until = today() + dt.timedelta(days=30)

    assert send(desk, "snooze", "One", until=until.isoformat(), reason="The card is late.") == ["1 row was put off."]

    assert names(lists(today()).open) == ["Two"]
    assert names(lists(until - dt.timedelta(days=1)).hidden) == ["One"]
    assert names(lists(until).open) == ["One", "Two"]
    page = desk.get(URL, {"show": "hidden"}).content.decode()
    assert "The card is late." in page


def test_nothing_to_do_holds_until_the_item_says_something_else(desk, models, ada):
    send(desk, "settle", "One", reason="We asked; there is none.")
    assert names(lists().open) == ["Two"]

    type(models[0]).objects.filter(pk=models[0].pk).update(released_on="2024-07-01")

    assert names(lists().open) == ["One", "Two"]
    assert TaskMark.objects.get().marked_by == ada


def test_what_is_hidden_is_brought_back(desk, models):
    send(desk, "settle", "One", "Two", reason="So.")
    assert names(lists().open) == []

    send(desk, "bring_back", "One", show="hidden")

    assert names(lists().open) == ["One"]


def test_what_is_assigned_stands_on_the_front_page_of_that_person(desk, models, ada):
    ed = people.editor()
    send(desk, "assign", "One", person=str(ed.pk))

    assert [each.item.title.split(": ")[1] for each in lists().of(ed)] == ["One"]
    theirs, mine = Client(), desk.get("/admin/").context["mine"]
    theirs.force_login(ed)
    assert [each.item.title.split(": ")[1] for each, _ in theirs.get("/admin/").context["mine"]] == ["One"]
    assert mine == []
    send(desk, "assign", "One", person="")
    assert lists().of(ed) == []


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [
        ("snooze", {"until": "2099-01-01", "reason": "So."}, "Choose a day from tomorrow"),
        ("snooze", {"until": "2020-01-01", "reason": "So."}, "Choose a day from tomorrow"),
        ("snooze", {"until": "soon", "reason": "So."}, "Give the day until which"),
        ("snooze", {"until": "", "reason": "So."}, "Give the day until which"),
        ("settle", {"reason": "  "}, "Say why."),
        ("assign", {"person": "999999"}, "Choose somebody from the list."),
        ("assign", {"person": "x"}, "Choose somebody from the list."),
        ("delete", {}, "Choose one of the buttons"),
        ("", {}, "Choose one of the buttons"),
    ],
)
def test_what_cannot_be_done_is_said_and_marks_nothing(desk, models, act, typed, said):
    (message,) = send(desk, act, "One", **typed)

    assert message.startswith("Nothing was done.")
    assert said in message
    assert not TaskMark.objects.exists()


def test_without_a_tick_nothing_is_done(desk, models):
    assert send(desk, "settle", "No such title", reason="So.") == ["Nothing was done. Tick at least one row."]


def test_only_who_works_on_records_marks_anything(models):
    found, other = lists(), people.administrator()
    given = {"task": "silent", "items": pairs(found, "One"), "by": other}
    for act in (
        lambda: actions.settle(**given, reason="So."),
        lambda: actions.snooze(**given, reason="So.", until=DAY + dt.timedelta(days=1), day=DAY),
        lambda: actions.assign(**given, to=None),
        lambda: actions.bring_back(**given),
    ):
        with pytest.raises(PermissionDenied):
            act()
    client = Client()
    client.force_login(other)
    assert client.post(URL, {"act": "settle", "reason": "So."}).status_code == 403
    assert not TaskMark.objects.exists()


def test_nothing_is_given_to_who_does_not_work_on_records(models, ada):
    with pytest.raises(ValidationError, match="does not work on records"):
        actions.assign(task="silent", items=pairs(lists(), "One"), to=people.administrator(), by=ada)


def test_marks_of_one_task_leave_another_alone(models, ada):
    ErrorReport.objects.create(page="/", claim="A", wrong="B", sender="x")
    reports = lists(task="reports")
    actions.settle(
        task="silent", items=[(each.item.subject, each.item.said) for each in reports.open], reason="So.", by=ada
    )

    assert len(lists(task="reports").open) == 1
    assert reverse("admin:worklist_task", args=["reports"]) == "/admin/worklist/reports/"
