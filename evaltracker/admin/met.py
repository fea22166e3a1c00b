"""What a database or Django says where two writes meet."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError

from evaltracker.actions.refused_writes import code_of, is_busy, is_met

CHECK = "23514"  # PostgreSQL, appendix A


def has_met(error: Exception) -> bool:
    """Whether this is what a database or Django says where two writes met, or where a row is gone meanwhile."""
    if isinstance(error, ObjectDoesNotExist):
        return True
    if not isinstance(error, DatabaseError):
        return False
    words = str(error)
    if isinstance(error, IntegrityError):  # a check that fails is a fault of ours, whoever else saves
        return code_of(error) != CHECK and "CHECK constraint" not in words
    return is_met(error) or is_busy(error) or "did not affect any rows" in words
