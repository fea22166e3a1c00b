"""Replies: what was asked, by when, what was answered, each from its own day."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from commitments.models import Reply
from commitments.queries import replies_known, replies_of, reply_as_of, with_standing
from commitments.rules.replies import ReplyStanding, reply_standing, reply_standing_words
from labs.actions.review import accept, propose, save_draft, submit
from labs.models import Proposal
from labs.models.states import state_of
from tests import factories
from tests.admin_forms import form_data, messages_on

ASKED, DUE = dt.date(2026, 3, 3), dt.date(2026, 3, 17)
ADD = "admin:commitments_reply_add"
LIST = "admin:commitments_reply_changelist"


def on(day: int) -> dt.date:
    """A day of March 2026."""
    return dt.date(2026, 3, day)


CASES = [
    # asked, answer by, answered, as of → standing
    (ASKED, DUE, None, on(2), None),
    (ASKED, DUE, None, on(3), ReplyStanding.WAITING),
    (ASKED, DUE, None, on(17), ReplyStanding.WAITING),
    (ASKED, DUE, None, on(18), ReplyStanding.OVERDUE),
    (ASKED, ASKED, None, on(3), ReplyStanding.WAITING),
    (ASKED, ASKED, None, on(4), ReplyStanding.OVERDUE),
    (ASKED, None, None, on(2), None),
    (ASKED, None, None, on(3), ReplyStanding.OPEN),
    (ASKED, None, on(30), on(29), ReplyStanding.OPEN),
    (ASKED, None, on(30), on(30), ReplyStanding.ANSWERED),
    (ASKED, DUE, on(10), on(2), None),
    (ASKED, DUE, on(10), on(9), ReplyStanding.WAITING),
    (ASKED, DUE, on(10), on(10), ReplyStanding.ANSWERED),
    (ASKED, DUE, on(3), on(3), ReplyStanding.ANSWERED),
    (ASKED, DUE, on(17), on(31), ReplyStanding.ANSWERED),
    (ASKED, DUE, on(20), on(17), ReplyStanding.WAITING),
    (ASKED, DUE, on(20), on(19), ReplyStanding.OVERDUE),
    (ASKED, DUE, on(18), on(18), ReplyStanding.ANSWERED_LATE),
    (ASKED, DUE, on(20), on(31), ReplyStanding.ANSWERED_LATE),
    (None, None, on(10), on(9), None),
    (None, None, on(10), on(10), ReplyStanding.UNASKED),
]


@pytest.mark.parametrize(("asked", "due", "answered", "day", "expected"), CASES)
def test_the_standing_of_a_reply_on_a_day(asked, due, answered, day, expected):
    assert reply_standing(asked, due, answered, day) is expected


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "due", "answered", "day", "expected"), CASES)
def test_filters_read_the_same_standing_as_the_rule(client, empty_database, asked, due, answered, day, expected):
    dates = {"asked_on": asked, "answered_on": answered} | ({"answer_by": due} if asked else {})
    reply = factories.reply(**dates)

    assert with_standing(Reply.objects.all(), day).get().standing_now == (expected or "")
    assert [each.record for each in replies_known(day)] == ([reply] if expected else [])
    counted = strip_tags(client.get(f"/replies/?as_of={day}").content.decode())
    assert (f"{expected.label} (1)" in counted) if expected else ("(1)" not in counted)


@pytest.mark.parametrize(
    ("status", "answered", "sentence"),
    [
        (ReplyStanding.OVERDUE, None, "Asked on 3 March 2026; no answer by 17 March 2026."),
        (ReplyStanding.WAITING, None, "Asked on 3 March 2026; waiting for an answer until 17 March 2026."),
        (ReplyStanding.OPEN, None, "Asked on 3 March 2026, without a day by which to answer; no answer so far."),
        (ReplyStanding.ANSWERED, on(10), "Asked on 3 March 2026; answered on 10 March 2026."),
        (
            ReplyStanding.ANSWERED_LATE,
            on(20),
            "Asked on 3 March 2026 for an answer by 17 March 2026; answered on 20 March 2026.",
        ),
        (ReplyStanding.UNASKED, on(10), "Sent on 10 March 2026 without being asked."),
    ],
)
def test_every_standing_has_a_sentence_with_its_days(status, answered, sentence):
    assert reply_standing_words(status, ASKED, DUE, answered) == sentence


def test_no_standing_is_without_words():
    for status in ReplyStanding:
        assert status.label
        assert status.explanation
        assert reply_standing_words(status, ASKED, DUE, on(20))


# --- as known on a day ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_answer_and_what_came_of_it_are_known_from_the_day_of_the_answer():
    reply = factories.reply(
        asked_on=ASKED,
        answer_by=DUE,
        answered_on=on(10),
        text="Yes.",
        published_url="https://example.org/",
        outcome="None.",
    )

    before, after = reply_as_of(reply, on(9)), reply_as_of(reply, on(10))

    assert (before.text, before.published_url, before.outcome, before.answered_on) == ("", "", "", None)
    assert before.question
    assert (after.text, after.published_url, after.outcome, after.answered_on) == (
        "Yes.",
        "https://example.org/",
        "None.",
        on(10),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["event", "commitment", "lab"])
def test_a_record_has_its_own_replies_only_the_newest_first(kind):
    make = {"event": factories.access_event, "commitment": factories.commitment, "lab": factories.lab}[kind]
    record, other = make(), make()
    old = factories.reply(**{kind: record}, asked_on=on(1))
    unasked = factories.reply(**{kind: record}, asked_on=None, answered_on=on(5))
    new = factories.reply(**{kind: record}, asked_on=on(9), by_evaluator=factories.evaluator())
    factories.reply(**{kind: other})

    assert [each.record for each in replies_of(record, on(31))] == [new, unasked, old]
    assert [each.record for each in replies_of(record, on(5))] == [unasked, old]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_a_reply_that_is_not_public_is_not_known(status):
    reply = factories.reply(status=status, withdrawn_because="It was about another lab.")

    assert replies_of(reply.event, on(31)) == []
    assert reply.key not in {each.key for each in replies_known(on(31))}


@pytest.mark.django_db
def test_replies_cost_no_query_but_that_for_the_version():
    event = factories.access_event()
    factories.reply(event=event, by_evaluator=factories.evaluator())
    for _ in range(3):
        factories.reply(event=event)

    replies_of(event, on(31))
    with CaptureQueriesContext(connection) as captured:
        speakers = [str(each.speaker) for each in replies_of(event, on(31))]

    assert len(speakers) == 4
    assert len(captured) == 1


@pytest.mark.django_db
def test_a_reply_to_what_was_not_known_yet_is_not_listed():
    event = factories.access_event(citations=[factories.source(published_on="2026-03-20", read_on=on(25))])
    reply = factories.reply(event=event, asked_on=ASKED)

    assert reply.key not in {each.key for each in replies_known(on(19))}
    assert reply.key in {each.key for each in replies_known(on(20))}


@pytest.mark.django_db
def test_the_address_of_a_reply_is_its_place_on_the_page_of_what_it_is_about():
    reply = factories.reply(key="their-answer")

    assert reply.get_absolute_url() == f"/access/{reply.event.key}/#reply-their-answer"
    assert reply_as_of(reply, on(31)).anchor == "reply-their-answer"


# --- the whole way -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_question_is_public_after_two_people_and_its_answer_after_two_again():
    asking, checking = User.objects.create_superuser("asking"), User.objects.create_superuser("checking")
    event = factories.access_event()
    reply = Reply(key="asked", event=event, by_lab=event.lab, question="Is that right?", asked_on=ASKED, answer_by=DUE)

    save_draft(record=reply, parts={}, by=asking)
    submit(record=reply, by=asking)
    assert replies_of(event, on(31)) == []
    accept(proposal=Proposal.objects.of(reply).get(), by=checking)
    assert [each.standing for each in replies_of(event, on(31))] == [ReplyStanding.OVERDUE]

    answer = state_of(Reply.objects.get(pk=reply.pk)) | {"text": "It is not.", "answered_on": "2026-03-20"}
    change = propose(record=Reply.objects.get(pk=reply.pk), state=answer, reason="They answered.", by=asking)
    assert [each.text for each in replies_of(event, on(31))] == [""]
    accept(proposal=change, by=checking)
    assert [each.text for each in replies_of(event, on(31))] == ["It is not."]
    assert [each.standing for each in replies_of(event, on(19))] == [ReplyStanding.OVERDUE]


# --- data entry ----------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client) -> Client:
    """Somebody signed in who may edit everything."""
    client.force_login(User.objects.create_superuser("editor"))
    return client


def new_reply_data(editor: Client, event) -> dict:
    """The add form, filled in as far as it has to be for a question to the lab of an event."""
    return form_data(editor.get(reverse(ADD))) | {
        "event": event.pk,
        "by_lab": event.lab.pk,
        "question": "Is that right?",
        "asked_on": "2026-03-03",
        "answer_by": "2026-03-17",
    }


@pytest.mark.django_db
def test_a_question_is_added_as_a_draft_and_its_key_is_made(editor):
    event = factories.access_event()

    response = editor.post(reverse(ADD), new_reply_data(editor, event))

    assert messages_on(response) == ""
    reply = Reply.objects.get(event=event)
    assert reply.key == f"{event.lab.key}-on-{event.key}"
    assert (reply.status, reply.asked_on, reply.answer_by) == ("draft", ASKED, DUE)


@pytest.mark.django_db
def test_a_second_reply_on_the_same_gets_another_key(editor):
    event = factories.access_event(key="e" * 80)
    for question in ("Is that right?", "Who else was let in?"):
        data = new_reply_data(editor, event) | {"question": question}
        assert messages_on(editor.post(reverse(ADD), data)) == ""

    first, second = Reply.objects.filter(event=event).order_by("pk")
    assert len(first.key) == len(second.key) == 80
    assert second.key == f"{first.key[:78]}-2"


@pytest.mark.django_db
def test_a_key_that_was_typed_is_kept(editor):
    event = factories.access_event()

    editor.post(reverse(ADD), new_reply_data(editor, event) | {"key": "typed"})

    assert Reply.objects.get(event=event).key == "typed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"event": ""}, "Choose what it is about"),
        ({"by_lab": ""}, "Choose whose word it is"),
        ({"event": "", "by_lab": ""}, "Choose what it is about"),
        ({"text": "Yes."}, "An answer needs its day"),
        ({"answered_on": "2026-03-10"}, "An answer needs its day"),
        ({"question": ""}, "go with the day of asking"),
        ({"asked_on": "", "answer_by": "", "question": ""}, "Enter the day on which we asked"),
        ({"answer_by": "2026-03-02"}, "cannot lie before the asking"),
        ({"text": "Yes.", "answered_on": "2026-03-02"}, "cannot lie before the asking"),
        ({"published_url": "not an address"}, "Allowed is an address that begins with https://"),
        ({"key": "Not a key"}, "Enter a valid"),
    ],
)
def test_a_reply_with_something_wrong_is_refused_with_what_to_do(editor, changes, sentence):
    event = factories.access_event()

    response = editor.post(reverse(ADD), new_reply_data(editor, event) | changes)

    assert sentence in messages_on(response)
    assert not Reply.objects.filter(event=event).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(ReplyStanding))
def test_the_desk_filters_replies_by_where_they_stand_today(editor, empty_database, status):
    soon = dt.date.today() + dt.timedelta(days=7)
    by_standing = {
        ReplyStanding.OVERDUE: factories.reply(),
        ReplyStanding.WAITING: factories.reply(answer_by=soon),
        ReplyStanding.OPEN: factories.reply(answer_by=None),
        ReplyStanding.ANSWERED: factories.reply(answered_on=on(2)),
        ReplyStanding.ANSWERED_LATE: factories.reply(answered_on=on(16)),
        ReplyStanding.UNASKED: factories.reply(asked_on=None, answered_on=on(2)),
    }

    response = editor.get(reverse(LIST), {"standing": status.value})

    assert list(response.context["cl"].result_list) == [by_standing[status]]
    assert f'<td class="field-standing_label">{status.label}</td>' in response.content.decode()


@pytest.mark.django_db
def test_replies_are_found_by_former_names_and_by_what_they_are_about(editor, empty_database):
    body = factories.evaluator()
    body.former_names.create(name="Formerly other")
    reply = factories.reply(commitment=factories.commitment(title="A needle"), by_evaluator=body)
    factories.reply()

    for words in ("formerly", "needle"):
        assert list(editor.get(reverse(LIST), {"q": words}).context["cl"].queryset) == [reply]
