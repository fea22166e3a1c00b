"""Reports of error: from anyone, kept, limited, and shown to nobody but the researchers."""

import datetime as dt
import html
import time

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction

from evaltracker.actions import reports
from evaltracker.actions.reports import REPORTS_OF_ONE
from evaltracker.models import ErrorReport
from evaltracker.models.reports import LONGEST_TEXT
from evaltracker.web.forms import LEAST_SECONDS, MOST_SECONDS
from evaltracker.worklist import reviews, task_input
from tests import people
from tests.two_at_once import in_thread, real_database

pytestmark = pytest.mark.django_db

TEXT = {"page": "/models/gpt-4/", "claim": "15 days", "wrong": "It was 16.", "source": "https://example.org/"}


@pytest.fixture
def opened(monkeypatch):
    """A function that gives the signed moment at which a form was opened, some seconds ago."""

    def signed(seconds: float) -> str:
        now = time.time()
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now - seconds)
            return signing.TimestampSigner(salt="evaltracker.report").sign("form")

    return signed


def send(client, stamp, seconds=LEAST_SECONDS + 2, headers=None, **changes):
    return client.post("/report/", TEXT | {"opened": stamp(seconds)} | changes, headers=headers)


def test_a_report_is_kept_as_it_was_sent(client, opened):
    response = send(client, opened, contact="reader@example.org")
    assert response.status_code == 302
    assert response["Location"] == "/report/received/"
    report = ErrorReport.objects.get()
    assert (report.page, report.claim, report.wrong, report.source, report.contact, report.state) == (
        "/models/gpt-4/", "15 days", "It was 16.", "https://example.org/", "reader@example.org", "open",
    )  # fmt: skip


def test_the_address_of_the_sender_is_not_kept(client, opened):
    send(client, opened)
    assert "127.0.0.1" not in str(ErrorReport.objects.values().get())


def test_every_page_leads_to_the_form_filled_in_with_its_address(client, records):
    assert 'href="/report/?page=/models/gpt-4/"' in client.get("/models/gpt-4/").content.decode()
    assert 'value="/models/gpt-4/"' in client.get("/report/?page=/models/gpt-4/").content.decode()


def test_the_form_says_first_what_is_usually_misunderstood(client):
    page = client.get("/report/").content.decode()
    assert page.index("does not say that nothing happened") < page.index('<form class="form"')


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"claim": ""}, "This field is required"),
        ({"wrong": ""}, "This field is required"),
        ({"wrong": "x" * (LONGEST_TEXT + 1)}, "at most 4000 characters"),
        ({"source": "x" * (LONGEST_TEXT + 1)}, "at most 4000 characters"),
        ({"contact": "not an address"}, "valid email address"),
        ({"page": "https://example.org/"}, "a page of this site"),
        ({"page": "//example.org/"}, "a page of this site"),
        ({"page": "/" + "x" * 300}, "at most 300 characters"),
        ({"claim": "nul \x00"}, "Null characters are not allowed"),
        ({"website": "https://spam.example/"}, "Leave it empty"),
        ({"opened": "forged"}, "nothing is lost"),
    ],
)
def test_a_report_with_something_wrong_is_refused_and_nothing_typed_is_lost(client, opened, changes, words):
    response = send(client, opened, **changes)
    page = html.unescape(response.content.decode())
    assert response.status_code == 400
    assert words in page
    for field, text in TEXT.items():
        assert field in changes or text in page
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [
        (0, False),
        (LEAST_SECONDS - 1, False),
        (LEAST_SECONDS + 2, True),
        (MOST_SECONDS - 60, True),
        (MOST_SECONDS + 60, False),
    ],
)
def test_a_form_is_taken_neither_at_once_nor_after_a_day(client, opened, seconds, is_taken):
    response = send(client, opened, seconds=seconds)
    assert (response.status_code == 302) == is_taken
    assert ErrorReport.objects.exists() == is_taken


def test_one_sender_has_a_limit_each_day_and_another_is_not_touched_by_it(client, opened):
    for number in range(REPORTS_OF_ONE):
        assert send(client, opened, wrong=f"It was {number}.").status_code == 302
    refused = send(client, opened)
    assert refused.status_code == 429
    assert "It was 16." in refused.content.decode()
    assert client.post("/report/", TEXT | {"opened": opened(9)}, REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"wrong": "It was 16.\x07 "},
        {"contact": ""},
        {"seconds": 60},  # the form was shown again, with a new moment
    ],
)
def test_a_report_sent_twice_is_stored_once_and_thanked_for_twice(client, opened, changes):
    first, second = send(client, opened), send(client, opened, **changes)
    assert (first.status_code, second.status_code) == (302, 302)
    assert ErrorReport.objects.count() == 1


def test_sending_a_report_again_uses_up_no_limit(client, opened):
    for _ in range(REPORTS_OF_ONE + 1):
        assert send(client, opened).status_code == 302
    assert send(client, opened, wrong="It was 17.").status_code == 302


@pytest.mark.parametrize(
    "changes", [{"wrong": "It was 17."}, {"page": "/models/gpt-5/"}, {"contact": "reader@example.org"}]
)
def test_another_report_of_the_same_sender_is_kept_too(client, opened, changes):
    send(client, opened)
    send(client, opened, **changes)
    assert ErrorReport.objects.count() == 2


def test_the_same_words_of_another_sender_are_another_report(client, opened):
    send(client, opened)
    client.post("/report/", TEXT | {"opened": opened(9)}, REMOTE_ADDR="192.0.2.7")
    assert ErrorReport.objects.count() == 2


def reports_of_others(count, **values):
    ErrorReport.objects.bulk_create(ErrorReport(**TEXT, sender=str(number), **values) for number in range(count))


def test_after_a_days_reports_of_all_others_are_kept_for_later_and_their_senders_thanked(client, opened):
    reports_of_others(reports.REPORTS_OF_ALL - 1)
    assert send(client, opened, wrong="The last one.").status_code == 302
    assert send(client, opened, wrong="One more.", contact="me@example.org")["Location"] == "/report/received/"
    assert "takes longer" in client.get("/report/received/").content.decode()
    assert {each.wrong: each.state for each in ErrorReport.objects.exclude(wrong=TEXT["wrong"])} == {
        "The last one.": "open",
        "One more.": "later",
    }
    assert send(client, opened, wrong="One more.", contact="me@example.org").status_code == 302
    assert ErrorReport.objects.filter(state="later").count() == 1


def test_one_sender_has_the_same_limit_where_reports_are_kept_for_later(client, opened):
    reports_of_others(reports.REPORTS_OF_ALL)
    answers = [send(client, opened, wrong=f"It was {number}.") for number in range(REPORTS_OF_ONE + 1)]
    assert [each.status_code for each in answers] == [302] * REPORTS_OF_ONE + [429]


@pytest.mark.parametrize("contact", ["", "us@evaltracker.example"])
@pytest.mark.parametrize("limit", ["LATER_OF_A_DAY", "LATER_AT_ALL"])
def test_reports_for_later_fill_no_disk_and_who_finds_no_room_is_told_what_to_do(
    client, opened, settings, monkeypatch, limit, contact
):
    settings.CONTACT_EMAIL = contact
    monkeypatch.setattr(reports, "REPORTS_OF_ALL", 1)
    monkeypatch.setattr(reports, limit, 2)
    reports_of_others(1)
    assert [send(client, opened, wrong=f"It was {n}.").status_code for n in range(2)] == [302, 302]
    refused = send(client, opened)
    page = refused.content.decode()
    assert refused.status_code == 429
    assert "It was 16." in page
    assert "cannot keep more today" in page
    assert (f"or write to {contact}" in page) if contact else ("or write to" not in page)


def test_a_long_report_for_later_is_asked_to_be_shorter(client, opened, monkeypatch):
    monkeypatch.setattr(reports, "REPORTS_OF_ALL", 0)
    long = "x" * reports.LATER_CHARACTERS
    refused = send(client, opened, wrong=long)
    assert refused.status_code == 429
    assert "1,500 characters in all" in refused.content.decode()
    assert long in refused.content.decode()
    assert send(client, opened, wrong="x" * (reports.LATER_CHARACTERS - 100)).status_code == 302


def test_reports_for_later_are_one_item_of_the_worklist_until_somebody_moves_them(
    client, opened, monkeypatch, mailoutbox
):
    editor = people.editor()
    given = task_input(editor, dt.date(2026, 1, 1))
    before = len(reviews.reports(given))
    reports_of_others(3, state="later", contact="me@example.org")
    *_, item = found = reviews.reports(given)
    assert (len(found), item.title) == (before + 1, "3 kept for later")
    client.force_login(editor)
    shown = client.get(item.url)
    assert shown.context["cl"].result_count == 3
    chosen = ErrorReport.objects.filter(state="later").values_list("pk", flat=True)[:2]
    client.post(item.url, {"action": "move_to_open", "_selected_action": list(chosen)})
    *_, item = found = reviews.reports(given)
    assert (len(found), item.title) == (before + 3, "1 kept for later")
    assert mailoutbox == []


def test_who_moves_one_from_later_and_back_answers_nobody(mailoutbox):
    report, editor = (
        ErrorReport.objects.create(**TEXT, sender="x", state="later", contact="me@example.org"),
        people.editor(),
    )
    for state in ("open", "later"):
        report.state = state
        reports.answer_report(report=report, by=editor)
    assert report.told_at is None
    with pytest.raises(PermissionDenied):
        reports.answer_soon(reports=[report], by=people.person())


@pytest.mark.parametrize(("is_trusted", "status"), [(True, 302), (False, 429)])
def test_behind_a_proxy_the_visitor_counts_where_the_proxy_is_trusted(client, opened, settings, is_trusted, status):
    settings.TRUST_X_FORWARDED_FOR = is_trusted
    for number in range(REPORTS_OF_ONE):
        send(client, opened, headers={"X-Forwarded-For": f"192.0.2.{number}"}, wrong=f"It was {number}.")
    last = send(client, opened, headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.99"})
    assert last.status_code == status


def test_a_report_from_another_site_is_refused(opened):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/report/", TEXT | {"opened": opened(9)}).status_code == 403


def test_researchers_read_a_report_escaped_and_cannot_rewrite_it(client, opened):
    send(client, opened, wrong="<script>alert(1)</script>")
    client.force_login(get_user_model().objects.create_superuser("admin"))
    report = ErrorReport.objects.get()
    address = f"/admin/evaltracker/errorreport/{report.pk}/change/"
    page = client.get(address).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    client.post(address, {"state": "declined", "note": "Done.", "wrong": "Rewritten."})
    report.refresh_from_db()
    assert (report.state, report.note, report.wrong) == ("declined", "Done.", "<script>alert(1)</script>")
    assert client.get("/admin/evaltracker/errorreport/").status_code == 200
    assert client.get("/admin/evaltracker/errorreport/add/").status_code == 403


@pytest.mark.parametrize(
    ("changes", "is_allowed"),
    [
        ({"state": "open"}, True),
        ({"state": "declined", "note": "The source says so."}, True),
        ({"state": "declined"}, False),
        ({"state": "lost"}, False),
    ],
)
def test_the_database_takes_known_states_and_asks_why_a_report_was_declined(changes, is_allowed):
    report = ErrorReport(**TEXT, sender="x", **changes)
    if is_allowed:
        report.save()
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save()


@pytest.mark.parametrize("address", ["/report/", "/report/received/"])
def test_these_pages_have_a_permalink_as_all_others(client, address):
    assert 'class="permalink"' in client.get(address).content.decode()


@pytest.mark.parametrize(
    "words", ["database is locked", "database or disk is full", "attempt to write a readonly database"]
)
def test_while_the_database_takes_no_writes_the_form_comes_again_with_what_was_typed(
    client, opened, monkeypatch, words
):
    def refuse(*_):
        raise OperationalError(words)

    monkeypatch.setattr("evaltracker.actions.reports._wait_for_others", refuse)
    answer = send(client, opened)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "It was 16." in answer.content.decode()
    assert "It could not be stored at the moment" in answer.content.decode()


def test_where_two_writes_meet_a_report_is_tried_once_more(client, opened, monkeypatch):
    class Deadlock(Exception):
        pgcode = "40P01"

    calls = []

    def meet(times):
        def wait():
            calls.append(1)
            if len(calls) <= times:
                raise OperationalError("deadlock detected") from Deadlock()

        return wait

    monkeypatch.setattr("evaltracker.actions.reports._wait_for_others", meet(1))
    assert send(client, opened).status_code == 302
    assert len(calls) == 2
    calls.clear()
    monkeypatch.setattr("evaltracker.actions.reports._wait_for_others", meet(2))
    assert send(client, opened, wrong="It was 17.").status_code == 503
    assert ErrorReport.objects.count() == 1


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_on_a_full_disk_pages_go_on_and_a_report_is_told_that_it_was_not_stored(client, opened, tmp_path):
    def walk():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # no page is free
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        answers = [
            send(client, opened, wrong=f"{number} {'x' * 3900}", headers={"X-Forwarded-For": ""}) for number in range(5)
        ]
        return [answer.status_code for answer in answers], client.get("/labs/").status_code

    with real_database(tmp_path):
        statuses, page = in_thread(walk)
    assert statuses[-1] == 503
    assert set(statuses) <= {302, 503}
    assert page == 200
