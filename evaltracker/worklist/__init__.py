"""What there is to do at the desk: one list for each task, with a link to the page where somebody does it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from evaltracker.models import TaskMark
from evaltracker.worklist import records, reviews
from evaltracker.worklist.items import Item, Marked, Task, TaskInput, TaskList

TASKS = (
    Task(
        "broken",
        "Records that do not fit together",
        "This never happens by itself: tell whoever runs the site, who looks with manage.py check_records.",
        records.broken,
    ),
    Task("review", "Waiting for review", "Somebody other than the author accepts or rejects them.", reviews.waiting),
    Task(
        "given-passwords",
        "Accepted with a password that somebody else had set",
        "Ask whoever accepted it whether they did, and mark it “looked, nothing to do”. An administrator who sets a "
        "password could act as its person until that person notices.",
        reviews.accepted_with_given_password,
    ),
    Task("sent-back", "Sent back to you", "A second person asked you to change these.", reviews.sent_back),
    Task(
        "drafts",
        "Your drafts",
        "Not yet sent to review. Nobody outside the desk sees them.",
        reviews.drafts,
    ),
    Task("reports", "Reports of error", "Readers say that something is wrong. Answer each.", reviews.reports),
    Task(
        "quotes",
        "Quotes not found",
        "The snapshot of the source does not contain these words. Correct the quote, or send the record to review as "
        "it is: an editor then gives a reason for keeping it.",
        reviews.unfound_quotes,
    ),
    Task("contradictions", "Contradictions", "Records or sources that disagree.", records.disagreements),
    Task("due", "Promises due within 30 days", "Check whether they were kept and cite a source.", records.due_promises),
    Task(
        "unanswered",
        "Asks without an answer",
        "We asked for an answer by a day that has passed.",
        reviews.unanswered,
    ),
    Task(
        "silent",
        "Releases with no event and no recorded search",
        "“Nothing found” is only as good as our search. Record the day and where we looked.",
        records.silent_releases,
    ),
    Task(
        "complete-to",
        "Labs with a release after the day to which their records are complete",
        "Look for its releases up to now, enter them, and propose the new day on the lab's form: windows and scores of "
        "the whole site end on the earliest of these days.",
        records.to_be_completed,
    ),
    Task(
        "overdue",
        "Overdue for a check",
        "Compare the record with its sources again. If nothing changed, an editor presses “Checked again” on its form.",
        reviews.overdue,
    ),
    Task(
        "questions",
        "Open questions that move a score most",
        "No source that we read answers these. Sorted by how far an answer would move the score of 12 months.",
        records.questions,
        is_standing=True,
    ),
    Task(
        "sources",
        "Sources without a date or an archived copy",
        "A source may change or disappear. An archived copy keeps what it said.",
        records.bare_sources,
        is_standing=True,
    ),
)


def task_input(person: Any, day: dt.date) -> TaskInput:
    """What the tasks read, for a person on a day."""
    return TaskInput(person, day)


def task_lists(given: TaskInput, tasks: Iterable[Task]) -> list[TaskList]:
    """The tasks with their items, each with what people agreed on about it, which takes one query for all."""
    tasks = list(tasks)
    marks = TaskMark.objects.filter(task__in=[task.key for task in tasks]).select_related("assigned_to", "marked_by")
    by_item = {(mark.task, mark.subject): mark for mark in marks}
    lists = []
    for task in tasks:
        found = TaskList(task)
        for item in task.read(given):
            marked = Marked(item, by_item.get((task.key, item.subject)))
            (found.hidden if marked.is_hidden(given.day) else found.open).append(marked)
        lists.append(found)
    return lists


__all__ = ["TASKS", "Item", "Marked", "Task", "TaskInput", "TaskList", "task_input", "task_lists"]
