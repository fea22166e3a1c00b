"""The status of a question to a lab or an evaluator on a day (methodology, section 2).

Each step counts from its own day: the question from the day we asked, the answer from the day it came. No score reads
it.
"""

import datetime as dt
from typing import assert_never

from labs.rules.dates import day_label
from labs.rules.vocabulary import Term


class ReplyStanding(Term):
    """What became of a question by a day, the open ones first. No answer says nothing about the question itself."""

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
"""The standings with an answer. Its words, and what changed because of it, are known from that day on."""


def reply_standing(
    asked_on: dt.date | None, answer_by: dt.date | None, answered_on: dt.date | None, day: dt.date
) -> ReplyStanding | None:
    """The standing on the day; None where we had not asked and they had not written by then.

    The deadline is the last day for an answer: an answer on that day is in time, and from the next day on it is
    overdue.
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
