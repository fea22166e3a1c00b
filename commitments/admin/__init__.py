"""The admin of commitments and replies."""

from commitments.admin.promises import CommitmentAdmin
from commitments.admin.replies import ReplyAdmin

__all__ = ["CommitmentAdmin", "ReplyAdmin"]
