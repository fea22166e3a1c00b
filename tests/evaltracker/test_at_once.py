"""Two people who save at the same moment: never an error of ours, nothing half done, and what must hold still holds."""

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from evaltracker.actions.refused_writes import DEADLOCK
from evaltracker.admin import at_once as desk
from labs.actions import review
from labs.choices import Stage
from labs.models import AccessEvent, Lab, Proposal, Source
from labs.queries.consistency import broken_records
from tests import factories, people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, list_of, url_of
from tests.records import remove_records
from tests.two_at_once import at_once, in_thread, real_database

transactional = pytest.mark.django_db(transaction=True)
Click = Callable[[], HttpResponse]


@pytest.fixture
def few_records(transactional_db: None) -> None:
    """Only what the test makes; the curated ones are there again after it."""
    remove_records()


def sending(by: User, url: str, **typed: Any) -> Click:
    """A person who has read a page at the desk and is about to press its button."""
    browser = desk_of(by)
    page = browser.get(url)
    data = form_data(page) if "adminform" in page.context else {"seen": page.context.get("seen", "")}
    return lambda: browser.post(url, data | typed)


def deciding(by: User, proposal: Proposal, decision: str) -> Click:
    url = reverse("admin:labs_proposal_change", args=[proposal.pk])
    return sending(by, url, decision=decision, note="So.")


def new_lab(by: User) -> Click:
    return sending(by, list_of(factories.lab(), "add"), key="the-same-key", name=f"By {by.username}")


def the_same_key() -> tuple[Click, Click]:
    return new_lab(people.editor()), new_lab(people.editor())


def both_accept() -> tuple[Click, Click]:
    proposal = review.submit(record=factories.lab(status="draft"), by=people.researcher())
    return deciding(people.editor(), proposal, "accept"), deciding(people.editor(), proposal, "accept")


def accept_and_take_back() -> tuple[Click, Click]:
    author = people.researcher()
    proposal = review.submit(record=factories.lab(status="draft"), by=author)
    return deciding(people.editor(), proposal, "accept"), deciding(author, proposal, "take_back")


def edited_and_accepted() -> tuple[Click, Click]:
    lab, author = factories.lab(status="draft"), people.researcher()
    proposal = review.submit(record=lab, by=author)
    return sending(author, url_of(lab), country="FR"), deciding(people.editor(), proposal, "accept")


def published_and_withdrawn() -> tuple[Click, Click]:
    """Each is right alone: nothing public cites the source yet, and the source is still public."""
    event = factories.access_event(status="draft")
    source = event.citations.get().source
    publication = review.submit(record=event, by=people.researcher())
    withdrawal = review.propose_withdrawal(record=source, reason="So.", by=people.researcher())
    return deciding(people.editor(), publication, "accept"), deciding(people.editor(), withdrawal, "accept")


def withdrawn_and_published() -> tuple[Click, Click]:
    first, second = published_and_withdrawn()
    return second, first


def cited_and_deleted() -> tuple[Click, Click]:
    event, source = factories.access_event(status="draft"), factories.source(status="draft")
    citing = sending(people.editor(), url_of(event), **{"citations-0-source": source.pk})
    return citing, sending_nothing(people.editor(), url_of(source, "delete"))


def sending_nothing(by: User, url: str) -> Click:
    browser = desk_of(by)
    return lambda: browser.post(url, {"post": "yes"})


def proposed_twice() -> tuple[Click, Click]:
    lab = factories.lab()
    url = url_of(lab, "withdraw")
    return tuple(sending(people.editor(), url, reason="So.") for _ in range(2))


MEETINGS = [
    the_same_key,
    both_accept,
    accept_and_take_back,
    edited_and_accepted,
    published_and_withdrawn,
    withdrawn_and_published,
    cited_and_deleted,
    proposed_twice,
]


@transactional
@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: meeting.__name__)
def test_two_who_save_at_the_same_moment_each_get_a_page(few_records, tmp_path, meeting):
    first, second = meeting()

    with real_database(tmp_path):
        answers = at_once(first, second)
        state = in_thread(
            lambda: (
                broken_records(is_thorough=False),
                Lab.objects.filter(key="the-same-key").count(),
                Proposal.objects.accepted().count(),
                AccessEvent.objects.published().count() and Source.objects.filter(status="withdrawn").count(),
            )
        )

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert {answer.status_code for answer in answers} <= {200, 302, 409}
    broken, labs, accepted, cited_and_gone = state
    assert (broken, cited_and_gone) == ([], 0)
    assert max(labs, accepted) <= 1


# --- what the desk does where the database refuses ----------------------------------------------------------------


def asked(by: User, method: str = "post", **typed: Any) -> Any:
    """A request of a person at the desk, as the middleware leaves it."""
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.contrib.sessions.backends.cache import SessionStore

    request = getattr(RequestFactory(), method)("/admin/", typed)
    request.user, request.session = by, SessionStore()
    request.session["before"] = 1
    request._messages = FallbackStorage(request)
    return request


class Refusing:
    """A view that saves a draft, leaves traces on the request, and is refused some times."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.seen = error, times, []

    def __call__(self, request: Any) -> HttpResponse:
        self.seen.append((request.method, dict(request.session.items()), len(request._messages)))
        request.session["saved"] = True
        request._messages.add(20, "Saved.")
        if request.method == "POST":
            factories.lab(status="draft")
            if self.left:
                self.left -= 1
                raise self.error
        return HttpResponse("the form")


def deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = type("Cause", (Exception,), {"pgcode": DEADLOCK})()
    return error


ONCE = [deadlock(), IntegrityError("UNIQUE constraint failed"), Lab.DoesNotExist("gone")]


@pytest.mark.django_db
@pytest.mark.parametrize("error", ONCE, ids=lambda error: type(error).__name__)
def test_what_met_once_is_done_again_and_leaves_no_trace_of_the_first_try(empty_database, error):
    view = Refusing(error, times=1)

    response = desk.at_once(view, is_form=True)(asked(people.editor()))

    assert response.status_code == 200
    assert view.seen == [("POST", {"before": 1}, 0)] * 2
    assert Lab.objects.count() == 1


@pytest.mark.django_db
def test_what_met_twice_is_shown_again_with_what_was_typed(empty_database):
    view, request = Refusing(IntegrityError("UNIQUE constraint failed"), times=2), asked(people.editor(), name="Typed")

    response = desk.at_once(view, is_form=True)(request)

    assert response.status_code == 409
    assert (request.method, request.POST["name"], request.is_shown_again) == ("GET", "Typed", True)
    assert str(next(iter(request._messages))) == desk.MET
    assert Lab.objects.count() == 0


@pytest.mark.django_db
def test_a_page_without_a_form_leads_back_to_itself(empty_database):
    request = asked(people.editor())

    response = desk.at_once(Refusing(Lab.DoesNotExist("gone"), times=2), is_form=False)(request)

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert [str(message) for message in request._messages] == [desk.MET_UNTYPED]


FAULTS = [
    IntegrityError("CHECK constraint failed: proposal_author_is_a_writer"),
    OperationalError("disk I/O error"),
    DatabaseError("anything else"),
    ValueError("a fault of ours"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("error", FAULTS, ids=str)
def test_a_fault_of_ours_is_not_taken_for_a_meeting(empty_database, error):
    view = Refusing(error, times=2)

    with pytest.raises(type(error)):
        desk.at_once(view, is_form=True)(asked(people.editor()))

    assert len(view.seen) == 1


@contextmanager
def taking_no_writes() -> Iterator[None]:
    """The database as one that is only to be read."""
    is_sqlite = connection.vendor == "sqlite"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1" if is_sqlite else "SET LOCAL transaction_read_only = on")
        try:
            yield
        finally:
            transaction.set_rollback(True)
            if is_sqlite:
                connection.connection.execute("PRAGMA query_only = 0")


@pytest.mark.django_db
def test_what_the_database_cannot_store_stays_on_the_page(empty_database):
    lab = factories.lab(status="draft")
    send = sending(people.editor(), url_of(lab), country="FR")
    with taking_no_writes():
        answer = send()
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 503
    assert "could not store it" in page
    assert "what you typed is still on this page" in page
    assert 'value="FR" selected' in page
    assert "cannot be reached" not in page
    lab.refresh_from_db()
    assert lab.country != "FR"


@pytest.mark.django_db
def test_who_cannot_be_signed_in_as_nothing_can_be_stored_is_told_so(empty_database):
    person = people.editor()
    person.set_password("a-long-secret-7")
    person.save()
    with taking_no_writes():
        typed = {"username": person.username, "password": "a-long-secret-7"}
        answer = Client().post("/admin/login/", typed)
    assert answer.status_code == 503
    assert "You are not signed in. The database could not store it" in html.unescape(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(("is_form", "status", "seen"), [(True, 503, ["POST", "GET"]), (False, 302, ["POST"])])
def test_a_full_disk_is_not_tried_again_and_is_called_so(empty_database, is_form, status, seen):
    view = Refusing(OperationalError("database or disk is full"), times=2)
    request = asked(people.editor(), name="Typed")

    response = desk.at_once(view, is_form=is_form)(request)

    assert ([method for method, *_ in view.seen], response.status_code) == (seen, status)
    assert str(next(iter(request._messages))).startswith("The database could not store it: its disk is full")


@pytest.mark.only_on("postgresql")
@transactional
def test_a_deadlock_with_somebody_who_takes_no_turn_is_tried_again(few_records, tmp_path):
    first, second = factories.lab(), factories.lab()
    person = people.editor()

    def locks(*labs: Lab) -> Callable[..., HttpResponse]:
        def view(request: Any = None) -> HttpResponse:
            with transaction.atomic():
                for lab in labs:
                    Lab.objects.filter(pk=lab.pk).update(country="FR")
            return HttpResponse("done")

        return view

    def preview() -> Any:
        """A write without a turn, as a preview is; it is the one that began later, or the desk is tried again."""
        try:
            return locks(second, first)()
        except OperationalError:
            return HttpResponse("deadlock")

    answer, _ = at_once(lambda: desk.at_once(locks(first, second), is_form=True)(asked(person)), preview)

    assert answer.content == b"done"


@pytest.mark.only_on("sqlite")
@transactional
def test_a_database_that_is_busy_for_long_gives_the_form_back(few_records, tmp_path):
    lab, person = factories.lab(status="draft"), people.editor()
    send = sending(person, url_of(lab), country="FR")
    browser_answer = {}

    def hold() -> None:
        with transaction.atomic():
            Lab.objects.filter(pk=lab.pk).update(country="DE")
            import threading

            def click() -> None:
                connection.ensure_connection()
                connection.connection.execute("PRAGMA busy_timeout = 50")
                browser_answer["is"] = send()
                connection.close()

            thread = threading.Thread(target=click)
            thread.start()
            thread.join()

    with real_database(tmp_path):
        at_once(hold)

    answer = browser_answer["is"]
    assert answer.status_code == 409
    assert "Save it again in a minute" in answer.content.decode()
    assert 'value="FR" selected' in answer.content.decode()


def test_a_decision_is_carried_out_on_what_is_stored_now(db, empty_database):
    """Who read a record before somebody else decided does not decide on what it was then."""
    lab = factories.lab(status="draft")
    then = Lab.objects.get(pk=lab.pk)
    proposal = review.submit(record=lab, by=people.researcher())
    review.accept(proposal=proposal, by=people.editor())
    by = people.editor()

    for action, more in (
        (review.submit, {}),
        (review.save_draft, {"parts": {"other_names": []}}),
        (review.delete_draft, {}),
    ):
        with pytest.raises(ValidationError, match=r"public|published"):
            action(record=then, by=by, **more)
        then.status = "draft"
    assert Lab.objects.get(pk=lab.pk).status == "published"
    assert Proposal.objects.get(pk=proposal.pk).stage == Stage.ACCEPTED
