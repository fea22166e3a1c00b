"""Where a question to a lab or an evaluator stands on a day, and its answer (methodology, section 2).

Replies count from their own day: the asking from the day on which we asked, the answer from the day on which it came.
No score reads any of it.
"""

import datetime as dt
from typing import assert_never

from labs.rules.dates import day_label
from labs.rules.vocabulary import Term


class ReplyStanding(Term):
    """What became of a question by a day, the open ones first. Silence is an answer to nothing and says nothing."""

    OVERDUE = (
        "unanswered",
        "no answer by the deadline",
        "We asked, and the day by which we wanted an answer has passed without one.",
    )
    WAITING = (
        "waiting",
        "waiting for an answer",
        "We asked, and the day by which we want an answer has not passed.",
    )
    OPEN = "asked", "asked, not answered", "We asked without naming a day, and there is no answer so far."
    ANSWERED = "answered", "answered", "They answered, by the day for which we asked where we named one."
    ANSWERED_LATE = "answered_late", "answered late", "They answered after the day by which we had asked for it."
    UNASKED = "unasked", "sent without being asked", "They wrote to us without being asked."


ANSWERED = frozenset({ReplyStanding.ANSWERED, ReplyStanding.ANSWERED_LATE, ReplyStanding.UNASKED})
"""Where there is an answer: its words, and what changed because of it, are known then and not before."""


def reply_standing(
    asked_on: dt.date | None, answer_by: dt.date | None, answered_on: dt.date | None, day: dt.date
) -> ReplyStanding | None:
    """Where it stands on the day; None where nothing of it had happened by then.

    The last day for an answer is the deadline itself. An answer of that day is in time, and without one the deadline
    has passed from the next day on.
    """
    is_asked = asked_on is not None and asked_on <= day
    if answered_on is not None and answered_on <= day:
        if not is_asked:
            return ReplyStanding.UNASKED
        is_late = answer_by is not None and answered_on > answer_by
        return ReplyStanding.ANSWERED_LATE if is_late else ReplyStanding.ANSWERED
    if not is_asked:
        return None
    if answer_by is None:
        return ReplyStanding.OPEN
    return ReplyStanding.WAITING if day <= answer_by else ReplyStanding.OVERDUE


def reply_standing_words(
    status: ReplyStanding, asked_on: dt.date | None, answer_by: dt.date | None, answered_on: dt.date | None
) -> str:
    """The standing in a sentence with its days: “Asked on 3 March 2026; no answer by 17 March 2026.”"""
    asked, due, answered = (day_label(day) if day else "" for day in (asked_on, answer_by, answered_on))
    match status:
        case ReplyStanding.OVERDUE:
            return f"Asked on {asked}; no answer by {due}."
        case ReplyStanding.WAITING:
            return f"Asked on {asked}; waiting for an answer until {due}."
        case ReplyStanding.OPEN:
            return f"Asked on {asked}, without a day by which to answer; no answer so far."
        case ReplyStanding.ANSWERED:
            return f"Asked on {asked}; answered on {answered}."
        case ReplyStanding.ANSWERED_LATE:
            return f"Asked on {asked} for an answer by {due}; answered on {answered}."
        case ReplyStanding.UNASKED:
            return f"Sent on {answered} without being asked."
    assert_never(status)
