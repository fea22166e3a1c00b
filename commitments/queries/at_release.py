"""What a lab had promised when one of its releases came out, and what became of it for that release."""

import datetime as dt
from dataclasses import dataclass

from commitments.choices import Firmness, Origin
from commitments.queries.promises import CommitmentAsOf, commitments_as_of, ledger
from commitments.rules.sentences import owed_sentences
from commitments.rules.verdicts import Verdict, judged_standings
from labs.queries.kept import kept
from labs.queries.labs import labs_by_key
from labs.rules.access import Window

RELEASES_KEPT = 512


@dataclass(frozen=True, slots=True)
class OwedPromise:
    """A testable promise that was in force when the release came out, with the verdict on it for the release."""

    promise: CommitmentAsOf
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PromisesAtRelease:
    """The promises in force when a release came out: those with a verdict on it, and the others. Laws are no promises.

    ``unjudged`` are testable, but not on this release (methodology, section 7). ``sentences`` say it in words.
    """

    owed: tuple[OwedPromise, ...]
    unjudged: tuple[CommitmentAsOf, ...]
    untestable: tuple[CommitmentAsOf, ...]
    sentences: list[str]


@kept(most=RELEASES_KEPT)
def promises_at_release(day: dt.date, key: str) -> PromisesAtRelease:
    """What was promised for a release, as known on the day.

    The verdicts are those that the pages of the commitments show for all time.
    """
    found, public = ledger(day), commitments_as_of(day, Window.ALL)
    assessment = found.access.assessments[key]
    release, released = assessment.release, assessment.release.released.latest
    standing = found.access.standing(release, Window.ALL)
    in_force = [
        each
        for each in found.commitments_of(release.lab)
        if each.origin is not Origin.LAW and released is not None and found.is_in_force(each, released)
    ]
    testable = [each for each in in_force if public[each.key].is_testable]
    owed = tuple(
        OwedPromise(public[each.key], found.verdict_on(each, assessment))
        for each in testable
        if standing in judged_standings(each)
    )
    judged = {each.promise.key for each in owed}
    unjudged = tuple(public[each.key] for each in testable if each.key not in judged)
    untestable = tuple(public[each.key] for each in in_force if not public[each.key].is_testable)
    sentences = owed_sentences(
        labs_by_key()[release.lab].name,
        [each.verdict.label for each in owed],
        unjudged=len(unjudged),
        untestable=len(untestable),
        mentions=sum(each.firmness is Firmness.MENTION for each in in_force),
        standing=standing,
    )
    return PromisesAtRelease(owed, unjudged, untestable, sentences)
