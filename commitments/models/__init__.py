"""The promises: what labs said that they would do, and what they and evaluators answer to what we say of them."""

from commitments.models.kinds import KINDS
from commitments.models.promises import DEEPEST_LEVEL, Commitment, CommitmentCitation, Requirement
from commitments.models.replies import Reply
from labs.models.registry import register

__all__ = ["DEEPEST_LEVEL", "Commitment", "CommitmentCitation", "Reply", "Requirement"]

register(*KINDS)
