"""The deadlines of promises as a calendar (RFC 5545)."""

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import capfirst

from commitments.queries.deadlines import Deadlines
from commitments.queries.promises import CommitmentAsOf, due_words
from labs.queries.kept import records
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from labs.rules.words import counted
from labs.web.parameters import absolute

if TYPE_CHECKING:
    from icalendar import Event

ONE_DAY = dt.timedelta(days=1)
NO_VERSION_MADE_AT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def calendar_of(deadlines: Deadlines, day: dt.date, path: str, shown_at: str) -> bytes:
    """An entry for each deadline, over all the days that its due date may mean and nothing more precise.

    ``path`` is the calendar's own address, ``shown_at`` that of the page for people; both get the site's own name.
    """
    # Imported here, for that takes long and few requests need it.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//EvalTracker//Deadlines//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("uid", f"deadlines@{_host()}")
    calendar.add("last-modified", _changed_at())
    calendar.add("url", absolute(shown_at))
    calendar.add("source", absolute(path), {"VALUE": "URI"})  # RFC 7986
    for name in ("name", "x-wr-calname"):
        calendar.add(name, "EvalTracker: deadlines of labs’ promises")
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, _description(deadlines, day))
    for commitment in deadlines.bounded:
        calendar.add_component(_entry(commitment))
    return calendar.to_ical()


def left_out_words(deadlines: Deadlines) -> str:
    """How many due dates are in no calendar, in words."""
    count = len(deadlines.open_ended)
    if not count:
        return "none is left out"
    return f"{counted(count, 'due date')} without a first or a last day left out"


def _description(deadlines: Deadlines, day: dt.date) -> str:
    return (
        f"What labs promised to do by a day, as known on {day_label(day)}: "
        f"{counted(len(deadlines.bounded), 'due date')}; {left_out_words(deadlines)}. "
        "A due date that the source gives as a month or a year spans all its days. "
        f"{_versions()} CC BY 4.0, credit EvalTracker and the data version."
    )


def _versions() -> str:
    version = records().version
    return f"Data version {version}, method version {METHOD_VERSION}." if version else "No data version yet."


def _entry(commitment: CommitmentAsOf) -> "Event":
    from icalendar import Event

    record, due = commitment.record, commitment.fact.due
    labs = ", ".join(lab.name for lab in commitment.labs)
    who = f" ({labs})" if labs else ""
    words, status = capfirst(due_words(record.due_on_label)), commitment.deadline.status
    spans = [] if due.earliest == due.latest else ["The source gives no day: this entry spans all days it may mean."]
    entry = Event()
    entry.add("uid", f"commitment-{commitment.key}@{_host()}")
    entry.add("dtstamp", _changed_at())
    entry.add("last-modified", _changed_at(due.latest if due.latest < commitment.day else None))
    entry.add("dtstart", due.earliest)
    entry.add("dtend", due.latest + ONE_DAY)  # not included
    entry.add("summary", f"{words}: {record.title}{who}; {status.label}")
    told = [
        f"{labs or 'A law'}: {record.title}.",
        f"{words}; {status.label}. {status.explanation}",
        *spans,
        _versions(),
    ]
    entry.add("description", "\n".join(told))
    entry.add("url", absolute(record.get_absolute_url()))
    if labs:
        entry.add("categories", [lab.name for lab in commitment.labs])
    entry.add("transp", "TRANSPARENT")  # takes nobody's time
    entry.add("class", "PUBLIC")
    return entry


def _changed_at(past_due: dt.date | None = None) -> dt.datetime:
    """When the data version was made; if a due day passed since then, the end of that day, which changed the status."""
    version = records().version
    made_at = version.made_at.replace(microsecond=0) if version else NO_VERSION_MADE_AT
    if past_due is None:
        return made_at
    return max(made_at, dt.datetime.combine(past_due + ONE_DAY, dt.time(), tzinfo=dt.UTC))


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""
