"""What was known on a day (methodology, section 2). The day is always an argument: rules never read the clock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from labs.choices import Answer, EventField, Results, Timing
from labs.rules.dates import NO_DATE, Span
from labs.rules.facts import CitationFact, EventFact, ReleaseFact, SourceFact


def public_on(source: SourceFact) -> dt.date:
    """The day by which a source was surely public (methodology, section 2).

    That is the latest possible day of its publication date, or the day we read it if that is earlier or if the source
    has no date.
    """
    return public_from(source.published.latest, source.read_on)


def public_from(latest: dt.date | None, read_on: dt.date) -> dt.date:
    """The same of a source with this latest possible day of publication."""
    return read_on if latest is None else min(latest, read_on)


def citation_facts_as_of(citations: Iterable[CitationFact], day: dt.date) -> tuple[CitationFact, ...]:
    """The citations whose source was public by the day, in their order (methodology, section 2)."""
    return tuple(citation for citation in citations if public_on(citation.source) <= day)


def is_field_public(citations: Iterable[CitationFact], field: str, day: dt.date) -> bool:
    """Whether a field of a record counts on the day, given all the record's citations (methodology, section 2).

    It counts where no citation supports it, or where one that supports it was public by then. ``access`` covers every
    answer of the access profile (``access.fine_tuning``).
    """
    naming = [citation for citation in citations if _names(citation, field)]
    return not naming or any(public_on(citation.source) <= day for citation in naming)


def event_fact_as_of(event: EventFact, day: dt.date) -> EventFact | None:
    """The event as known on the day; None where no source that was public by then mentions it.

    Later citations are removed, and so is what only they support: timing, results, days of access, domains, each answer
    of the access profile, the answer on mitigations, the start and the end (methodology, section 2). Evaluators,
    activity and outcome stay as long as the record is visible.
    """
    citations = citation_facts_as_of(event.citations, day)
    if not citations:
        return None
    if len(citations) == len(event.citations):
        return event

    def is_public(field: EventField) -> bool:
        return is_field_public(event.citations, field.value, day)

    return replace(
        event,
        citations=citations,
        timing=event.timing if is_public(EventField.TIMING) else Timing.UNKNOWN,
        results=event.results if is_public(EventField.RESULTS) else Results.UNKNOWN,
        access_days=event.access_days if is_public(EventField.ACCESS_DAYS) else None,
        domains=event.domains if is_public(EventField.DOMAINS) else frozenset(),
        access={
            question: answer if is_field_public(event.citations, f"access.{question}", day) else Answer.UNKNOWN
            for question, answer in event.access.items()
        },
        mitigations_argued=event.mitigations_argued if is_public(EventField.MITIGATIONS_ARGUED) else Answer.UNKNOWN,
        started=_span_if(is_public(EventField.STARTED_ON), event.started),
        ended=_span_if(is_public(EventField.ENDED_ON), event.ended),
    )


def is_out(release: ReleaseFact, day: dt.date) -> bool:
    """Whether the release was surely out: its latest possible release day is on or before the day (section 2)."""
    return release.released.latest is not None and release.released.latest <= day


def _names(citation: CitationFact, field: str) -> bool:
    if field in citation.supports:
        return True
    return field.startswith("access.") and EventField.ACCESS.value in citation.supports


def _span_if(is_public: bool, span: Span) -> Span:
    return span if is_public else NO_DATE
