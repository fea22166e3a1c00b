"""Promises and replies as known on a day, and everything known on a day as one ledger."""

from commitments.queries.counts import RecordCounts, record_counts
from commitments.queries.deadlines import Deadlines, deadlines_as_of
from commitments.queries.promises import (
    NOT_TESTABLE,
    CommitmentAsOf,
    CommitmentStanding,
    LabPart,
    commitment_fact,
    commitments_as_of,
    deadline_words,
    ledger,
    promises_of,
    requirement_fact,
    superseded_commitments,
)
from commitments.queries.replies import (
    ReplyAsOf,
    replies_as_of,
    replies_known,
    replies_of,
    reply_as_of,
    with_standing,
)
from commitments.queries.scorecards import Questions, questions_as_of, scorecards_as_of

__all__ = [
    "NOT_TESTABLE",
    "CommitmentAsOf",
    "CommitmentStanding",
    "Deadlines",
    "LabPart",
    "Questions",
    "RecordCounts",
    "ReplyAsOf",
    "commitment_fact",
    "commitments_as_of",
    "deadline_words",
    "deadlines_as_of",
    "ledger",
    "promises_of",
    "questions_as_of",
    "record_counts",
    "replies_as_of",
    "replies_known",
    "replies_of",
    "reply_as_of",
    "requirement_fact",
    "scorecards_as_of",
    "superseded_commitments",
    "with_standing",
]
