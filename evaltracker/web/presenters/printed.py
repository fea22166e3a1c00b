"""A lab's scorecard for print: two pages of A4, with its sources as footnotes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaltracker.web.presenters.lab import PromiseRow, ReleaseEntry
from labs.models import Source
from labs.queries import ReleaseAsOf

RELEASES_SHOWN = 10
PROMISES_SHOWN = 8
SOURCES_OF_ROW = 3
"""So many of each fit on two pages; the page of the lab has all, and the scorecard says how many it leaves out."""


@dataclass(frozen=True, slots=True)
class PrintedRelease:
    """A release, who tested it in a sentence, and the numbers of its footnotes."""

    release: ReleaseAsOf
    words: str
    notes: list[int]


@dataclass(frozen=True, slots=True)
class PrintedPromise:
    """A promise that practice can be held against, and the numbers of its footnotes."""

    row: PromiseRow
    notes: list[int]


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed, and how many releases and promises are left out for want of room."""

    releases: list[PrintedRelease]
    promises: list[PrintedPromise]
    sources: list[Source]
    more_releases: int
    more_promises: int


class Footnotes:
    """Numbers sources in the order in which they are first named."""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def numbers(self, sources: Iterable[Source]) -> list[int]:
        """The numbers of the first sources, each once, in their order."""
        numbers: list[int] = []
        for source in list(dict.fromkeys(sources))[:SOURCES_OF_ROW]:
            if source not in self.sources:
                self.sources.append(source)
            numbers.append(self.sources.index(source) + 1)
        return sorted(numbers)


def printed(releases: Sequence[ReleaseEntry], promises: Iterable[PromiseRow]) -> Printed:
    """The releases that count, and the promises in force that are testable or due by a day."""
    notes = Footnotes()
    judged = [row for row in promises if row.promise.is_in_force and (row.kept or row.promise.deadline)]
    return Printed(
        [_printed_release(each.release, notes) for each in releases[:RELEASES_SHOWN]],
        [
            PrintedPromise(row, notes.numbers(citation.source for citation in row.promise.citations))
            for row in judged[:PROMISES_SHOWN]
        ],
        notes.sources,
        max(0, len(releases) - RELEASES_SHOWN),
        max(0, len(judged) - PROMISES_SHOWN),
    )


def _printed_release(release: ReleaseAsOf, notes: Footnotes) -> PrintedRelease:
    events = [event for event in release.model_evaluations if event.weighed.is_counted] or release.model_evaluations
    told = [citation.source for event in events for citation in event.citations]
    return PrintedRelease(
        release,
        " ".join(release.sentences),
        notes.numbers(told or [citation.source for citation in release.citations]),
    )
