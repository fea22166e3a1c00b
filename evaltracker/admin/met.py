"""What a database or Django says where two writes meet."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError

DEADLOCK, SERIALIZATION, LOCK_TIMEOUT, CHECK = "40P01", "40001", "55P03", "23514"  # PostgreSQL, appendix A


def has_met(error: Exception) -> bool:
    """Whether this is what a database or Django says where two writes met, or where a row is gone meanwhile."""
    if isinstance(error, ObjectDoesNotExist):
        return True
    if not isinstance(error, DatabaseError):
        return False
    code, words = getattr(error.__cause__, "pgcode", None), str(error)
    if isinstance(error, IntegrityError):  # a check that fails is a fault of ours, whoever else saves
        return code != CHECK and "CHECK constraint" not in words
    return code in (DEADLOCK, SERIALIZATION) or is_busy(error) or "did not affect any rows" in words


def is_busy(error: Exception) -> bool:
    """Whether a lock was waited for too long; trying again at once would only wait again."""
    return "is locked" in str(error) or getattr(error.__cause__, "pgcode", None) == LOCK_TIMEOUT
