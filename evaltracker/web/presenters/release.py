"""A release's page: what was promised for it, beside who tested it."""

import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict

from commitments.choices import Firmness, Origin
from commitments.queries import CommitmentAsOf, CommitmentStanding
from commitments.queries.at_release import OwedPromise, promises_at_release
from commitments.rules.verdicts import Verdict
from commitments.web.presenters import verdict_anchor, verdict_status
from labs.rules.vocabulary import Term
from labs.web.parameters import address, kept_parameters


@dataclass(frozen=True, slots=True)
class PromiseVerdict:
    """A testable promise with the verdict on it for the release; ``url`` leads to how that came about."""

    promise: CommitmentAsOf
    firmness: Firmness
    origin: Origin
    verdict: Verdict
    status: Term | CommitmentStanding
    url: str

    @property
    def quote(self) -> str:
        """The promise in its own words; what is testable stands word for word (methodology, section 7)."""
        return self.promise.record.quote


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised for a release, in words and one by one."""

    sentences: list[str]
    verdicts: list[PromiseVerdict]
    unjudged: tuple[CommitmentAsOf, ...]
    untestable: tuple[CommitmentAsOf, ...]

    @property
    def is_listed(self) -> bool:
        """Whether any promise was in force, so that the page lists one."""
        return bool(self.verdicts or self.unjudged or self.untestable)


def promised_for(day: dt.date, release: str, parameters: QueryDict) -> Promised:
    """What the lab had promised when the release came out; the verdicts are over all time, whatever the window."""
    found = promises_at_release(day, release)
    return Promised(
        found.sentences, [_verdict(each, parameters) for each in found.owed], found.unjudged, found.untestable
    )


def _verdict(owed: OwedPromise, parameters: QueryDict) -> PromiseVerdict:
    path = owed.promise.record.get_absolute_url()
    of_all_time = address(path, kept_parameters(parameters), window=None)
    return PromiseVerdict(
        owed.promise,
        Firmness(owed.promise.record.firmness),
        Origin(owed.promise.record.origin),
        owed.verdict,
        verdict_status(owed.verdict),
        f"{of_all_time}#{verdict_anchor(owed.verdict)}",
    )
