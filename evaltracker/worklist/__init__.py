"""What is to be done at the desk: lists of things, each with its count and the place where it is settled."""

import datetime as dt
from typing import Any

from commitments.queries import ledger
from evaltracker.worklist import records, reviews
from evaltracker.worklist.items import Desk, Item, Task

TASKS = (
    Task("review", "Waiting for review", "Somebody other than the author lets them through.", reviews.waiting),
    Task("sent-back", "Sent back to you", "A second person asked you to change these.", reviews.sent_back),
    Task("drafts", "Your drafts", "Not sent to review yet. Nobody outside the desk sees them.", reviews.drafts),
    Task("reports", "Reports of error", "Readers say that something is wrong. Answer each.", reviews.reports),
    Task(
        "quotes",
        "Quotes not found",
        "The snapshot of the source lacks these words. Correct the quote, or send the record to review as it is: an "
        "editor then says why it stands.",
        reviews.unfound_quotes,
    ),
    Task("contradictions", "Contradictions", "Records or sources that do not agree.", records.disagreements),
    Task("due", "Promises due within 30 days", "Look whether they were kept, and cite it.", records.due_promises),
    Task(
        "unanswered",
        "Asks without an answer",
        "The day by which we had asked for one has passed.",
        reviews.unanswered,
    ),
    Task(
        "questions",
        "Open questions that move a score most",
        "What no source that we read says, by what its answer would do to the score of the last 12 months.",
        records.questions,
    ),
    Task(
        "silent",
        "Releases with no event and no recorded search",
        "“None documented” is worth as much as our search for it. Record the day, and where we looked.",
        records.silent_releases,
    ),
    Task(
        "overdue",
        "Overdue for a check",
        "Hold the record against its sources again. If nothing changed, an editor presses “Checked again” on its form.",
        reviews.overdue,
    ),
    Task(
        "sources",
        "Sources without a date or an archived copy",
        "A source may change or go. An archived copy keeps what it said.",
        records.bare_sources,
    ),
)


def desk_of(person: Any, day: dt.date) -> Desk:
    """What the tasks read, for a person on a day."""
    return Desk(person, day, ledger(day))


__all__ = ["TASKS", "Desk", "Item", "Task", "desk_of"]
