"""Data entry of the promises and of what was replied."""

from commitments.admin.promises import CommitmentAdmin
from commitments.admin.replies import ReplyAdmin

__all__ = ["CommitmentAdmin", "ReplyAdmin"]
