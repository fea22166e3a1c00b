"""The kinds of records of this app."""

from commitments.models.promises import Commitment, CommitmentCitation, Requirement
from commitments.models.replies import Reply
from labs.models import Lab
from labs.models.registry import RecordKind

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
    ),
    RecordKind(
        Reply,
        slug="reply",
        rank=6,
        file_names=("replies",),
        lab_paths=("by_lab__key", "lab__key", "event__lab__key", "commitment__labs__key"),
    ),
)
