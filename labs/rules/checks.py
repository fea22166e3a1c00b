"""When a public record is next due for a check against its sources."""

import datetime as dt

EVERY = dt.timedelta(days=180)
EVERY_WHILE_NEW = dt.timedelta(days=30)
NEW_FOR = dt.timedelta(days=90)


def interval(released: dt.date | None, day: dt.date) -> dt.timedelta:
    """How long a check is good for: shorter for a release, and its events, in the 90 days after it came out.

    ``released`` is the latest possible release day; None where the record has none.
    """
    is_new = released is not None and day - NEW_FOR <= released <= day
    return EVERY_WHILE_NEW if is_new else EVERY


def next_check(looked_on: dt.date | None, released: dt.date | None, day: dt.date) -> dt.date:
    """The day on which the next check is due.

    ``looked_on`` is the day of the last check, or the last day on which somebody read a source of the record. Where
    nobody ever did, a check is due on ``day`` itself.
    """
    return day if looked_on is None else looked_on + interval(released, day)


def is_overdue(looked_on: dt.date | None, released: dt.date | None, day: dt.date) -> bool:
    """Whether the next check is due."""
    return next_check(looked_on, released, day) <= day
