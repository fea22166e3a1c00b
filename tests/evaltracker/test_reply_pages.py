"""Replies on the pages of what they are about."""

import datetime as dt

import pytest

from tests import factories
from tests.evaltracker.pages import query_count, rows_of_csv, source_of, tables_of, text_of

pytestmark = pytest.mark.django_db

MAKERS = {"event": factories.access_event, "commitment": factories.commitment, "lab": factories.lab}
ASKED, DUE = dt.date(2026, 3, 3), dt.date(2026, 3, 17)
NONE = "No reply to this page is on record, and no question of ours."


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """31 March 2026, wherever the pages ask for the day."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: dt.date(2026, 3, 31))


def replies_on(client, address: str) -> str:
    """The source of the section of replies."""
    return source_of(client, address).split('id="replies"')[1].split("</section>")[0]


@pytest.mark.parametrize("kind", MAKERS)
def test_an_unanswered_question_is_shown_in_words(client, kind):
    record = MAKERS[kind]()
    speaker = factories.lab(name="The asked lab")
    factories.reply(**{kind: record}, by_lab=speaker, asked_on=ASKED, answer_by=DUE, question="Was it METR?")

    page = text_of(client, record.get_absolute_url())

    assert "Asked on 3 March 2026; no answer by 17 March 2026." in page
    assert "The asked lab no answer by the deadline" in page
    assert "What we asked Was it METR?" in page
    assert "What changed because of it" not in page
    assert NONE not in page


@pytest.mark.parametrize("kind", MAKERS)
def test_an_answer_is_shown_word_for_word_with_its_day_its_place_and_what_changed(client, kind):
    record = MAKERS[kind]()
    factories.reply(
        **{kind: record},
        key="their-answer",
        by_evaluator=factories.evaluator(name="The asked body"),
        asked_on=ASKED,
        answer_by=DUE,
        answered_on=dt.date(2026, 3, 10),
        text="It wasnt us.\n\nIt was <b>them</b>.",
        published_url="https://example.org/answer?a=1&b=2",
        outcome="We corrected the evaluator.",
    )

    section = replies_on(client, record.get_absolute_url())
    page = text_of(client, record.get_absolute_url())

    assert 'id="reply-their-answer"' in section
    assert 'rel="external noopener"' in section
    assert 'href="https://example.org/answer?a=1&b=2"' in section
    assert "<p>It wasnt us.</p>\n\n<p>It was <b>them</b>.</p>" in section  # as the test helper unescapes it
    assert "Asked on 3 March 2026; answered on 10 March 2026." in page
    assert "The asked body, 10 March 2026 , where they published it" in page
    assert "What changed because of it We corrected the evaluator." in page


def test_what_they_wrote_cannot_become_markup(client):
    reply = factories.reply(answered_on=dt.date(2026, 3, 10), text="<script>alert(1)</script>")

    page = client.get(reply.event.get_absolute_url()).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_answer_that_was_not_published_elsewhere_says_so(client):
    reply = factories.reply(asked_on=None, answered_on=dt.date(2026, 3, 10))

    page = text_of(client, reply.event.get_absolute_url())

    assert "Sent on 10 March 2026 without being asked." in page
    assert "10 March 2026 , sent to us only" in page
    assert "What changed because of it Not recorded yet." in page
    assert "What we asked" not in page


def test_a_page_as_of_a_past_day_knows_no_later_answer(client):
    reply = factories.reply(asked_on=ASKED, answer_by=DUE, answered_on=dt.date(2026, 3, 20), text="Here it is.")
    address = reply.event.get_absolute_url()

    assert NONE in text_of(client, f"{address}?as_of=2026-03-02")
    assert "waiting for an answer until 17 March 2026" in text_of(client, f"{address}?as_of=2026-03-17")
    assert "no answer by 17 March 2026" in text_of(client, f"{address}?as_of=2026-03-19")
    assert "Here it is." not in text_of(client, f"{address}?as_of=2026-03-19")
    assert "Here it is." in text_of(client, f"{address}?as_of=2026-03-20")


@pytest.mark.parametrize("kind", MAKERS)
def test_a_page_without_replies_says_how_to_send_one(client, kind):
    address = MAKERS[kind]().get_absolute_url()

    section = replies_on(client, f"{address}?as_of=2026-03-30")

    assert NONE in section
    assert f"/report/?as_of=2026-03-30&page={address}%3Fas_of%3D2026-03-30" in section


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_a_reply_that_is_not_public_is_not_shown(client, status):
    reply = factories.reply(status=status, withdrawn_because="It was about another lab.")

    assert NONE in text_of(client, reply.event.get_absolute_url())


@pytest.mark.parametrize("kind", MAKERS)
def test_a_page_runs_as_many_queries_for_one_reply_as_for_ten(client, kind):
    record = MAKERS[kind]()
    factories.reply(**{kind: record}, by_evaluator=factories.evaluator())
    one = query_count(client, record.get_absolute_url())
    for _ in range(9):
        factories.reply(**{kind: record}, by_lab=factories.lab())

    assert query_count(client, record.get_absolute_url()) == one


def test_links_in_replies_keep_the_day(client):
    reply = factories.reply()

    section = replies_on(client, f"{reply.event.get_absolute_url()}?as_of=2026-03-30")

    assert f'href="/labs/{reply.by_lab.key}/?as_of=2026-03-30"' in section


# --- the list ------------------------------------------------------------------------------------------------


def rows(client, address: str) -> list[list[str]]:
    """The cells of the table of replies."""
    return tables_of(client, address)[0]


def test_the_list_says_who_was_asked_about_what_and_where_it_stands(client, empty_database):
    event = factories.access_event()
    body = event.evaluators.get()
    factories.reply(event=event, by_evaluator=body, asked_on=ASKED, answer_by=DUE)
    factories.reply(lab=event.lab, asked_on=None, answered_on=dt.date(2026, 3, 10))

    assert rows(client, "/replies/") == [
        [
            f"{body}: model evaluation of {event.model}",
            str(body),
            "3 March 2026",
            "17 March 2026",
            "—",
            "no answer by the deadline",
        ],
        [str(event.lab), str(event.lab), "—", "—", "10 March 2026", "sent without being asked"],
    ]


def test_the_list_leads_to_each_reply_in_its_place_and_keeps_the_day(client, empty_database):
    reply = factories.reply(key="their-answer")

    page = source_of(client, "/replies/?as_of=2026-03-30")

    assert f'href="/access/{reply.event.key}/?as_of=2026-03-30#reply-their-answer"' in page


def test_the_list_and_its_csv_know_no_later_answer(client, empty_database):
    factories.reply(asked_on=ASKED, answer_by=DUE, answered_on=dt.date(2026, 3, 20), text="Yes.", outcome="None.")

    assert rows(client, "/replies/?as_of=2026-03-19&columns=text&columns=standing")[0][1:] == [
        "no answer by the deadline",
        "—",
    ]
    late, early = (rows_of_csv(client, f"/replies.csv?as_of=2026-03-{day}")[0] for day in (20, 19))
    assert (late["reply_standing"], late["answered_on"], late["answer"], late["what_changed"]) == (
        "answered_late",
        "2026-03-20",
        "Yes.",
        "None.",
    )
    assert (early["reply_standing"], early["answered_on"], early["answer"], early["what_changed"]) == (
        "unanswered",
        "",
        "",
        "",
    )
    assert rows_of_csv(client, "/replies.csv?as_of=2026-03-02") == []


def test_replies_are_filtered_by_the_lab_that_they_concern(client, empty_database):
    lab, other = factories.lab(), factories.lab()
    event = factories.access_event(lab=lab)
    commitment = factories.commitment(labs=[lab, other])
    for about in ({"event": event}, {"commitment": commitment}, {"lab": lab}):
        factories.reply(**about, by_evaluator=factories.evaluator())
    factories.reply(lab=other)

    assert len(rows_of_csv(client, f"/replies.csv?lab={lab.key}")) == 3
    assert len(rows_of_csv(client, f"/replies.csv?lab={other.key}")) == 2
    assert len(rows_of_csv(client, f"/replies.csv?lab={lab.key}&lab={other.key}")) == 4
    assert f"{lab} (3)" in source_of(client, "/replies/")
    assert f"{other} (2)" in source_of(client, "/replies/")


def test_replies_are_filtered_by_standing_and_by_whose_word_they_are(client, empty_database):
    asked = factories.reply()
    body = factories.evaluator()
    answered = factories.reply(by_evaluator=body, answered_on=dt.date(2026, 3, 2))

    for query, expected in (
        ("standing=unanswered", asked),
        ("standing=answered", answered),
        (f"by_lab={asked.by_lab.key}", asked),
        (f"by_evaluator={body.key}", answered),
    ):
        assert [row["key"] for row in rows_of_csv(client, f"/replies.csv?{query}")] == [expected.key], query


@pytest.mark.parametrize("query", ["standing=kept", "lab=no-such-lab", "sort=text", "colour=red"])
def test_what_the_list_cannot_answer_gets_what_is_allowed(client, query):
    response = client.get(f"/replies/?{query}")

    assert response.status_code == 400
    assert "allowed" in response.content.decode().lower()


@pytest.mark.parametrize("column", ["about", "by", "asked", "due", "answered", "standing"])
def test_the_list_sorts_by_each_of_its_columns(client, empty_database, column):
    factories.reply(lab=factories.lab())
    factories.reply(commitment=factories.commitment(), by_evaluator=factories.evaluator())
    factories.reply(asked_on=None, answered_on=dt.date(2026, 3, 2))

    there = rows(client, f"/replies/?sort={column}")
    back = rows(client, f"/replies/?sort=-{column}")
    assert sorted(there) == sorted(back)
    assert len(there) == 3


def test_the_list_runs_as_many_queries_for_one_row_as_for_fifty(client, empty_database):
    factories.reply()
    factories.reply(commitment=factories.commitment(), by_evaluator=factories.evaluator())
    few = query_count(client, "/replies/")
    for _ in range(24):
        factories.reply()
        factories.reply(lab=factories.lab())

    assert query_count(client, "/replies/") == few


def test_an_empty_list_says_what_would_be_there(client, empty_database):
    assert "Here would be each question of ours" in text_of(client, "/replies/")


def test_the_page_of_a_lab_leads_to_all_replies_that_concern_it(client):
    lab = factories.lab()

    assert f'href="/replies/?as_of=2026-03-30&lab={lab.key}"' in replies_on(
        client, f"/labs/{lab.key}/?as_of=2026-03-30"
    )
