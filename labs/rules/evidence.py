"""What the record shows of outside model evaluation of a release, in one of six words (methodology, section 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from labs.choices import Activity, Evidence, Outcome, Timing
from labs.rules.access import UNSPECIFIED_GROUPS, Count, WeighedEvent, has_outside_evaluator
from labs.rules.certainty import is_documented

DENIALS = frozenset({Outcome.REFUSED, Outcome.CONFIRMED_NONE})
"""The outcomes of an event that did not take place (methodology, sections 1 and 7)."""

_OTHER_WORK = (Activity.RED_TEAMING, Activity.SAFEGUARDS_TESTING, Activity.AUDIT_OR_REVIEW)


@dataclass(frozen=True, slots=True)
class OtherWork:
    """Work of outsiders that decides nothing about evidence: red-teaming, safeguards testing, audits.

    An activity is a model evaluation here only where the event fits none of the words for evidence, such as one whose
    domains are all ``other``.
    """

    activity: Activity
    events: tuple[WeighedEvent, ...]

    @property
    def is_documented(self) -> bool:
        """Whether one of the events is documented; else the sentence says “reported”."""
        return any(is_documented(each.certainty) for each in self.events)


@dataclass(frozen=True, slots=True)
class ReleaseEvidence:
    """The word for a release, the events that it rests on, and the other outside work on record.

    ``events`` is empty where nothing was found.
    """

    word: Evidence
    events: tuple[WeighedEvent, ...]
    other_work: tuple[OtherWork, ...]

    @property
    def is_only_reported(self) -> bool:
        """Whether none of the events that it rests on is documented, so that sentences say “reported”."""
        return bool(self.events) and not any(is_documented(each.certainty) for each in self.events)


def release_evidence(events: Sequence[WeighedEvent]) -> ReleaseEvidence:
    """What the events of a release show, as weighed on a day: the first word that fits (methodology, section 1).

    The release's own events decide, whether or not the release counts in figures (a variant has a word of its own).
    """
    lenient = [each for each in events if each.count_by_itself is Count.LENIENT]
    candidates = (
        (Evidence.CONFIRMED, [each for each in events if each.count_by_itself is Count.STRICT]),
        # A lenient event that is documented lacks nothing but its timing.
        (Evidence.TIMING_NOT_SHOWN, [each for each in lenient if is_documented(each.certainty)]),
        (Evidence.REPORTED, [each for each in lenient if not is_documented(each.certainty)]),
        (Evidence.SAID_NONE, [each for each in events if _denies_any(each)]),
        (Evidence.AFTER_RELEASE_ONLY, [each for each in events if _is_after_release(each)]),
    )
    found = [(word, deciding) for word, deciding in candidates if deciding]
    word, deciding = found[0] if found else (Evidence.NOTHING_FOUND, [])
    named = {id(each) for _word, fitting in found for each in fitting}
    return ReleaseEvidence(word, tuple(deciding), _other_work([each for each in events if id(each) not in named]))


def _denies_any(weighed: WeighedEvent) -> bool:
    """A documented record that nobody outside evaluated the model, or that anybody outside was refused."""
    event = weighed.event
    return (
        event.activity is Activity.MODEL_EVALUATION
        and event.outcome in DENIALS
        and any(part.evaluator == UNSPECIFIED_GROUPS for part in event.participations)
        and is_documented(weighed.certainty)
    )


def _is_after_release(weighed: WeighedEvent) -> bool:
    """An outside model evaluation after deployment, or one that needed nobody's leave, whatever its domains."""
    event = weighed.event
    if event.activity is not Activity.MODEL_EVALUATION or not has_outside_evaluator(event):
        return False
    is_late = event.outcome is Outcome.GRANTED and weighed.timing is Timing.AFTER_DEPLOYMENT
    return is_late or event.outcome is Outcome.NOT_NEEDED


def _other_work(events: Sequence[WeighedEvent]) -> tuple[OtherWork, ...]:
    done = [each for each in events if each.event.outcome not in DENIALS and has_outside_evaluator(each.event)]
    groups = (
        (activity, tuple(each for each in done if each.event.activity is activity))
        for activity in (Activity.MODEL_EVALUATION, *_OTHER_WORK)
    )
    return tuple(OtherWork(activity, found) for activity, found in groups if found)
