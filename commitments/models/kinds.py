"""The kinds of records of this app."""

from commitments.models.promises import Commitment, CommitmentCitation, Requirement
from commitments.models.replies import Reply
from labs.choices import SearchField
from labs.models import Lab
from labs.models.registry import RecordKind
from labs.rules.lookalikes import KnownBy

KINDS = (
    RecordKind(
        Commitment,
        slug="commitment",
        rank=5,
        file_names=("commitments",),
        fixtures=("commitments",),
        lists={"labs": Lab},
        parts={"requirements": Requirement, "citations": CommitmentCitation},
        lab_paths=("labs__key",),
        evaluator_paths=("counterparty__key",),
        known_by={"title": KnownBy.TEXT, "quote": KnownBy.TEXT},
        searched={
            "title": SearchField.TITLE,
            "quote": SearchField.PROMISE,
            "citations__quote": SearchField.QUOTE,
            "scope": SearchField.SCOPE,
            "framework": SearchField.FRAMEWORK,
        },
        searched_by=("labs", "counterparty"),
    ),
    RecordKind(
        Reply,
        slug="reply",
        rank=6,
        file_names=("replies",),
        lab_paths=("by_lab__key", "lab__key", "event__lab__key", "commitment__labs__key"),
        evaluator_paths=("by_evaluator__key", "event__participations__evaluator__key"),
        known_by=dict.fromkeys(
            ("by_lab__key", "by_evaluator__key", "event__key", "commitment__key", "lab__key", "question", "text"),
            KnownBy.TOGETHER,
        ),
        searched={"question": SearchField.QUESTION, "text": SearchField.ANSWER},
        searched_by=("by_lab", "by_evaluator", "lab", "event__lab", "event__model", "commitment__labs", "commitment"),
    ),
)
