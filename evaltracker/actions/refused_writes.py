"""What a database says where it does not take a write (PostgreSQL, appendix A; SQLite, result codes)."""

DEADLOCK, SERIALIZATION, LOCK_TIMEOUT, DISK_FULL, READ_ONLY = "40P01", "40001", "55P03", "53100", "25006"
_TAKES_NONE = ("database or disk is full", "attempt to write a readonly database")

NOT_TAKEN = "The database could not store it: its disk is full, or it takes no writes. Tell whoever runs the site."


def code_of(error: BaseException | None) -> str | None:
    """The code that PostgreSQL gives an error; None for another one."""
    return getattr(getattr(error, "__cause__", None), "pgcode", None)


def is_met(error: BaseException | None) -> bool:
    """Whether two writes met in the database, of which one may be tried again at once."""
    return code_of(error) in (DEADLOCK, SERIALIZATION)


def is_busy(error: BaseException | None) -> bool:
    """Whether a lock was waited for too long; trying again at once would only wait again."""
    return "is locked" in str(error) or code_of(error) == LOCK_TIMEOUT


def takes_no_writes(error: BaseException | None) -> bool:
    """Whether the database can be read and takes no write at all: its disk is full, or it is only to be read."""
    return code_of(error) in (DISK_FULL, READ_ONLY) or str(error).endswith(_TAKES_NONE)
