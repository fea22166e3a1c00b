"""Replies as known on a day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Case, CharField, F, Q, Value, When

from commitments.models import Commitment, Reply
from commitments.models.replies import ReplyQuerySet
from commitments.rules.replies import ANSWERED, ReplyStanding, standing, standing_words
from labs.models import AccessEvent, Evaluator, Lab
from labs.queries import events_as_of


@dataclass(frozen=True)
class ReplyAsOf:
    """A question to a lab or an evaluator, and its answer, as known on a day (methodology, section 2).

    Pages and exports read from here, never from ``record``, which knows answers that only came later.
    """

    record: Reply
    day: dt.date
    standing: ReplyStanding
    event_title: str = ""  # of the access event that it is about, where ``with_event_titles`` read it

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def anchor(self) -> str:
        """Its place on the page of what it is about."""
        return f"reply-{self.key}"

    @property
    def speaker(self) -> Lab | Evaluator:
        """Whose word it is."""
        return self.record.speaker

    @property
    def about(self) -> AccessEvent | Commitment | Lab:
        """The record that it is about."""
        return self.record.about

    @property
    def words(self) -> str:
        """Where it stands, in a sentence with its days."""
        return standing_words(self.standing, self.record.asked_on, self.record.answer_by, self.answered_on)

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


def replies_of(record: AccessEvent | Commitment | Lab, day: dt.date) -> list[ReplyAsOf]:
    """The public replies to what we say of the record as known on the day, the newest first. One query."""
    known = replies_as_of(record.replies.as_of(day).select_related("by_lab", "by_evaluator"), day)
    return sorted(known, key=_first_day, reverse=True)


def _first_day(reply: ReplyAsOf) -> tuple[dt.date, str]:
    return reply.record.asked_on or reply.record.answered_on, reply.key


def replies_as_of(records: Iterable[Reply], day: dt.date) -> list[ReplyAsOf]:
    """Replies as known on the day, without those of which nothing had happened."""
    return [known for record in records if (known := reply_as_of(record, day))]


def reply_as_of(record: Reply, day: dt.date) -> ReplyAsOf | None:
    """One reply as known on the day; None where it was neither asked nor answered by then."""
    status = standing(record.asked_on, record.answer_by, record.answered_on, day)
    return None if status is None else ReplyAsOf(record, day, status)


def with_standing(replies: ReplyQuerySet, day: dt.date) -> ReplyQuerySet:
    """The replies with ``standing_now``, the value of their standing on the day ("" where nothing had happened).

    The same rule as ``commitments.rules.replies.standing``, for filters and sorts.
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


def replies_listed(day: dt.date) -> ReplyQuerySet:
    """The public replies known by the day to what was public by then, for lists.

    Sorts and filters read ``standing_now``, and ``known_answered_on``, which is empty where the answer came later.
    """
    events, commitments = AccessEvent.objects.as_of(day), Commitment.objects.as_of(day)
    is_on_page = (
        Q(event__in=events.values("pk"))
        | Q(commitment__in=commitments.values("pk"))
        | Q(lab__in=Lab.objects.published().values("pk"))
    )
    replies = Reply.objects.as_of(day).filter(is_on_page)
    related = replies.select_related("event", "commitment", "lab", "by_lab", "by_evaluator")
    return with_standing(related, day).annotate(
        known_answered_on=Case(When(answered_on__lte=day, then=F("answered_on")))
    )


def with_event_titles(replies: list[ReplyAsOf], day: dt.date) -> list[ReplyAsOf]:
    """The replies with the titles of the access events that they are about. As many queries for one as for fifty."""
    events = AccessEvent.objects.filter(pk__in=[each.record.event_id for each in replies if each.record.event_id])
    titles = {event.record.pk: event.title for event in events_as_of(events, day)}
    return [replace(reply, event_title=titles.get(reply.record.event_id, "")) for reply in replies]
