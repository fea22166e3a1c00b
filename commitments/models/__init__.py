"""Commitments of labs, and replies of labs and evaluators to our records."""

from commitments.models.kinds import KINDS
from commitments.models.promises import DEEPEST_LEVEL, Commitment, CommitmentCitation, Requirement
from commitments.models.replies import Reply
from labs.models.registry import register

__all__ = ["DEEPEST_LEVEL", "Commitment", "CommitmentCitation", "Reply", "Requirement"]

register(*KINDS)
