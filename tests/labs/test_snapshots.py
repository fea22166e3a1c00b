"""Snapshots of sources, and what they make of quotes."""

import datetime as dt
import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from labs.actions import save_record
from labs.actions.proposals import writers_of
from labs.actions.snapshots import (
    add_snapshot,
    check_quotes,
    gone_quotes,
    newest_snapshot,
    quotes_against,
    snapshot_before,
)
from labs.choices import QuoteCheck
from labs.models import AccessEventCitation, Snapshot
from labs.models.states import apply_state
from tests import factories, people

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 1)


def snapshot(source, text="METR tested it for ten days.", day=DAY, **changes) -> Snapshot:
    return add_snapshot(**{"source": source, "text": text, "taken_on": day, "by": None} | changes)


def quoted(*quotes: str, **changes):
    """An event and the source that it quotes."""
    source = factories.source()
    event = factories.access_event(citations=[{"source": source, "quote": quote} for quote in quotes], **changes)
    return event, source


def checks(record) -> dict[str, str]:
    return {each.quote: each.quote_check for each in record.citations.all()}


def test_a_snapshot_keeps_text_day_person_and_the_digest_of_the_text():
    ada, source = people.researcher(), factories.source()

    kept = snapshot(source, "  Tëxt.\0\n", by=ada)

    kept.refresh_from_db()
    assert (kept.source, kept.text, kept.taken_on, kept.added_by) == (source, "Tëxt.", DAY, ada)
    assert kept.sha256 == hashlib.sha256("Tëxt.".encode()).hexdigest()
    assert kept.file_name == ""


def test_a_snapshot_of_a_file_has_the_digest_of_the_file():
    kept = snapshot(factories.source(), "Text.", file_name="card.pdf", sha256="f1" * 32)

    assert kept.sha256 == "f1" * 32
    assert kept.file_name == "card.pdf"


def test_quotes_of_every_kind_of_record_are_checked_drafts_included():
    source = factories.source()
    found = {"source": source, "quote": "METR  tested it"}
    unfound = {"source": source, "quote": "METR refused"}
    event = factories.access_event(citations=[found, unfound], status="draft")
    commitment = factories.commitment(citations=[found, unfound])
    model, evaluator = factories.ai_model(cited=False), factories.evaluator()
    reply = factories.reply()
    records = [event, commitment]
    for record in (model, evaluator, reply):
        if hasattr(record, "citations"):
            factories.citation(record, **found)
            factories.citation(record, **unfound)
            records.append(record)

    snapshot(source)

    assert len(records) >= 4
    for record in records:
        assert checks(record) == {"METR  tested it": "found", "METR refused": "not_found"}


def test_quotes_of_other_sources_are_left_alone():
    event, _ = quoted("METR tested it")

    snapshot(factories.source())

    assert checks(event) == {"METR tested it": "no_snapshot"}


def test_the_newest_day_counts_whatever_was_added_last():
    event, source = quoted("METR tested it")
    new = snapshot(source)

    old = snapshot(source, "Something else.", DAY - dt.timedelta(days=1))
    assert newest_snapshot(source) == new
    assert snapshot_before(new) == old
    assert snapshot_before(old) is None
    assert checks(event) == {"METR tested it": "found"}

    again = snapshot(source, "Something else again.")
    assert newest_snapshot(source) == again
    assert snapshot_before(again) == new
    assert checks(event) == {"METR tested it": "not_found"}


def test_a_reason_that_review_settled_is_taken_away_by_no_snapshot():
    event, source = quoted("METR tested it", "in a picture")
    snapshot(source, "Something else.")
    event.citations.update(unfound_because="It stands in a picture.")

    snapshot(source)

    assert {each.quote: each.unfound_because for each in event.citations.all()} == {
        "METR tested it": "It stands in a picture.",
        "in a picture": "It stands in a picture.",
    }


def test_a_word_for_a_doubtful_quote_is_no_reason_once_the_quote_is_gone():
    event, source = quoted("METR … it")
    snapshot(source)
    event.citations.update(unfound_because="It leaves out one word.")

    snapshot(source, "METR tested it once more.", DAY + dt.timedelta(days=1))
    assert event.citations.get().unfound_because == "It leaves out one word."
    snapshot(source, "METR did not do it.", DAY + dt.timedelta(days=2))

    citation = event.citations.get()
    assert (citation.quote_check, citation.unfound_because) == ("not_found", "")


def test_a_check_does_not_make_anybody_the_last_to_change_a_record():
    ada, ed = people.researcher(), people.editor()
    event, source = quoted("METR tested it", status="draft")
    event.summary = "Ada's."
    save_record(record=event, parts=apply_state(event, {}), by=ada)
    past = AccessEventCitation.history.count()

    snapshot(source, by=ed)

    assert checks(event) == {"METR tested it": "found"}
    assert AccessEventCitation.history.count() == past
    assert writers_of(event) == {ada.pk}


def test_the_quotes_that_are_gone_are_those_that_the_snapshot_before_had():
    _, source = quoted("METR tested it", "ten days", "METR refused")
    first = snapshot(source, day=DAY)
    second = snapshot(source, "METR tested it.", DAY + dt.timedelta(days=1))
    third = snapshot(source, "METR tested.", DAY + dt.timedelta(days=2))

    assert gone_quotes(first) == []
    assert [each.quote for each in gone_quotes(second)] == ["ten days"]
    assert [each.quote for each in gone_quotes(third)] == ["METR tested it"]


def test_quotes_against_a_snapshot_begin_with_those_that_are_gone():
    _, source = quoted("METR tested it", "METR refused", "ten days")
    snapshot(source)
    second = snapshot(source, "METR tested it.", DAY + dt.timedelta(days=1))

    rows = quotes_against(second)

    assert [(row.citation.quote, row.check, row.is_gone) for row in rows] == [
        ("ten days", "not_found", True),
        ("METR refused", "not_found", False),
        ("METR tested it", "found", False),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": " \n\0"}, "It has no text"),
        ({"text": "…"}, "It has no text"),
        ({"taken_on": dt.date(2999, 1, 1)}, "in the future"),
    ],
)
def test_a_snapshot_that_makes_no_sense_is_refused(changes, sentence):
    source = factories.source()

    with pytest.raises(ValidationError) as refused:
        snapshot(source, **changes)

    assert sentence in " ".join(refused.value.messages)
    assert not source.snapshots.exists()


def test_today_is_a_day_for_a_snapshot():
    assert snapshot(factories.source(), day=timezone.localdate()).pk


def test_the_same_text_is_kept_once_a_day():
    source = factories.source()
    snapshot(source)

    with pytest.raises(ValidationError) as refused:
        snapshot(source, "METR tested it for ten days.\n")
    assert "We hold this snapshot already" in " ".join(refused.value.messages)

    snapshot(source, day=DAY + dt.timedelta(days=1))
    snapshot(factories.source())
    assert source.snapshots.count() == 2


def test_who_may_not_add_snapshots_is_refused(django_user_model):
    nobody = django_user_model.objects.create_user("nobody", is_staff=True)
    source = factories.source()

    with pytest.raises(PermissionDenied):
        snapshot(source, by=nobody)
    assert not source.snapshots.exists()


def test_a_quote_is_checked_when_it_is_saved():
    source = factories.source()
    snapshot(source)
    event, other = factories.access_event(), factories.source()
    parts = apply_state(event, {})
    parts["citations"] = [
        AccessEventCitation(source=source, quote="METR tested it", supports=[]),
        AccessEventCitation(source=source, quote="METR refused", supports=[], unfound_because="In a picture."),
        AccessEventCitation(source=other, quote="METR tested it", supports=[]),
    ]

    save_record(record=event, parts=parts)

    assert [(each.quote_check, each.unfound_because) for each in event.citations.all()] == [
        ("found", ""),
        ("not_found", "In a picture."),
        ("no_snapshot", ""),
    ]


def test_a_snapshot_with_the_number_of_one_rolled_back_is_read_afresh():
    source, file = factories.source(), {"file_name": "card.pdf", "sha256": "f1" * 32}
    citation = AccessEventCitation(source=source, quote="METR tested it")
    first = snapshot(source, **file)
    check_quotes([citation])
    number = first.pk
    first.delete()

    Snapshot(pk=number, source=source, text="Nothing.", taken_on=DAY, sha256=first.sha256).save(force_insert=True)

    check_quotes([citation])
    assert citation.quote_check == QuoteCheck.NOT_FOUND


def test_many_quotes_are_checked_in_as_many_queries_as_one(django_assert_max_num_queries):
    source = factories.source()
    snapshot(source)
    citations = [AccessEventCitation(source=source, quote=f"METR tested {number}") for number in range(50)]

    with django_assert_max_num_queries(2):
        check_quotes(citations)

    assert {each.quote_check for each in citations} == {QuoteCheck.NOT_FOUND}


def test_a_quote_without_a_source_or_with_one_that_is_not_saved_waits():
    citation = AccessEventCitation(quote="METR tested it")
    check_quotes([citation, AccessEventCitation(source=factories.source(), quote="METR")])
    assert citation.quote_check == QuoteCheck.NO_SNAPSHOT
