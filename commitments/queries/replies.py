"""Replies as known on a day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from commitments.models import Commitment, Reply
from commitments.queries.promises import ledger
from commitments.rules.replies import ANSWERED, ReplyStanding, reply_standing, reply_standing_words
from labs.models import AccessEvent, Evaluator, Lab
from labs.queries.events import DAYS_KEPT, events_as_of
from labs.queries.kept import kept, records


@dataclass(frozen=True)
class ReplyAsOf:
    """A question to a lab or an evaluator, and its answer, as known on a day (methodology, section 2).

    Pages and exports read from here, never from ``record``, which also has answers that came later.
    """

    record: Reply
    day: dt.date
    standing: ReplyStanding

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def anchor(self) -> str:
        """Its anchor on the page of the record that it is about."""
        return f"reply-{self.key}"

    @property
    def speaker(self) -> Lab | Evaluator:
        """Who answers, or was asked."""
        return self.record.speaker

    @property
    def about(self) -> AccessEvent | Commitment | Lab:
        """The record that it is about."""
        return self.record.about

    @property
    def about_label(self) -> str:
        """What it is about, in words."""
        event = self.record.event
        return events_as_of(self.day)[event.key].title if event else str(self.about)

    @property
    def words(self) -> str:
        """Its standing in a sentence, with the days."""
        return reply_standing_words(self.standing, self.record.asked_on, self.record.answer_by, self.answered_on)

    @property
    def question(self) -> str:
        """What we asked; "" where they wrote without being asked."""
        return self.record.question

    @property
    def is_answered(self) -> bool:
        """Whether there was an answer by the day."""
        return self.standing in ANSWERED

    @property
    def answered_on(self) -> dt.date | None:
        """The day of the answer."""
        return self.record.answered_on if self.is_answered else None

    @property
    def text(self) -> str:
        """The answer word for word; "" where there was none."""
        return self.record.text if self.is_answered else ""

    @property
    def published_url(self) -> str:
        """Where they published the answer; "" where they did not, or there was none."""
        return self.record.published_url if self.is_answered else ""

    @property
    def outcome(self) -> str:
        """What changed because of the answer; "" where there was none, or we have not said yet."""
        return self.record.outcome if self.is_answered else ""


@kept(most=DAYS_KEPT)
def replies_as_of(day: dt.date) -> Mapping[str, ReplyAsOf]:
    """The public replies as known on the day, by key, without those where nothing had happened yet."""
    found = {record.key: reply_as_of(record, day) for record in records()[Reply].published}
    return {key: reply for key, reply in found.items() if reply is not None}


def replies_known(day: dt.date) -> list[ReplyAsOf]:
    """The public replies known by the day, about records that were public by then."""
    public = {AccessEvent: events_as_of(day), Commitment: ledger(day).commitments, Lab: records()[Lab].by_key}
    return [each for each in replies_as_of(day).values() if each.about.key in public[type(each.about)]]


def replies_of(record: AccessEvent | Commitment | Lab, day: dt.date) -> list[ReplyAsOf]:
    """The public replies about the record as known on the day, the newest first."""
    about = [reply for reply in replies_as_of(day).values() if reply.about == record]
    return sorted(about, key=_first_day, reverse=True)


def _first_day(reply: ReplyAsOf) -> tuple[dt.date, str]:
    return reply.record.asked_on or reply.record.answered_on, reply.key


def reply_as_of(record: Reply, day: dt.date) -> ReplyAsOf | None:
    """One reply as known on the day; None where it was neither asked nor answered by then."""
    status = reply_standing(record.asked_on, record.answer_by, record.answered_on, day)
    return None if status is None else ReplyAsOf(record, day, status)


def with_standing(replies: QuerySet[Reply], day: dt.date) -> QuerySet[Reply]:
    """The replies with ``standing_now``, the value of their standing on the day ("" where nothing had happened yet).

    For filters and sorts; the same rule as ``commitments.rules.replies.reply_standing``.
    """
    is_asked, is_answered = Q(asked_on__lte=day), Q(answered_on__lte=day)
    standing_now = Case(
        When(is_answered & ~is_asked, then=Value(ReplyStanding.UNASKED.value)),
        When(is_answered & Q(answered_on__gt=F("answer_by")), then=Value(ReplyStanding.ANSWERED_LATE.value)),
        When(is_answered, then=Value(ReplyStanding.ANSWERED.value)),
        When(is_asked & Q(answer_by__isnull=True), then=Value(ReplyStanding.OPEN.value)),
        When(is_asked & Q(answer_by__gte=day), then=Value(ReplyStanding.WAITING.value)),
        When(is_asked, then=Value(ReplyStanding.OVERDUE.value)),
        default=Value(""),
        output_field=CharField(),
    )
    return replies.annotate(standing_now=standing_now)
