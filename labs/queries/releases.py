"""Releases with the access events that were known of them on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from labs.choices import ACCESS_ANSWERS, Activity, Found, RecordStatus
from labs.models import AIModel, AIModelCitation, Lab, Search
from labs.queries.events import DAYS_KEPT, EventAsOf, access_ledger, by_publication, citations_as_of, events_as_of
from labs.queries.kept import MadeWhenAsked, kept, records
from labs.rules.as_of import is_out
from labs.rules.depth import Adequacy, Deeper, Level, Threat, undecided
from labs.rules.event_words import depth_word, depth_words, fairly_quoted
from labs.rules.evidence import ReleaseEvidence
from labs.rules.key_sharing import key_sharing
from labs.rules.ledger import Assessment
from labs.rules.sentences import ReleaseWords, has_more, release_sentences, timing_note


@key_sharing
@dataclass(frozen=True)
class ReleaseAsOf:
    """A release with the access events for it and for its variants, as known on a day."""

    record: AIModel
    day: dt.date
    assessment: Assessment  # with its events as the rules weigh them
    events: tuple[EventAsOf, ...]
    variant_events: tuple[EventAsOf, ...]

    @property
    def key(self) -> str:
        return self.record.key

    @cached_property
    def citations(self) -> list[AIModelCitation]:
        """The citations whose source was public by the day, oldest first."""
        return citations_as_of(by_publication(self.record.citations.all()), self.day)

    @property
    def variants(self) -> list[AIModel]:
        """The public releases that are listed under this one."""
        return [each for each in self.record.variants.all() if each.status == RecordStatus.PUBLISHED]

    @property
    def searches(self) -> list[Search]:
        """Our searches for its access events up to the day, the newest first."""
        found = [each for each in self.record.searches.all() if each.searched_on <= self.day]
        return sorted(found, key=lambda search: search.searched_on, reverse=True)

    @property
    def searches_in_words(self) -> list[tuple[Search, str, str]]:
        """Each search with where we looked and its note, in quotation marks only what a quote of ours contains."""
        cited = [*self.citations, *(citation for event in self.events for citation in event.citations)]
        quotes = [citation.quote for citation in cited]
        return [
            (search, fairly_quoted(search.where, quotes), fairly_quoted(search.note, quotes))
            for search in self.searches
        ]

    @property
    def searched_on(self) -> dt.date | None:
        """The day of the last search up to the day that found nothing; None where there is none (section 1)."""
        return next((each.searched_on for each in self.searches if each.found == Found.NOTHING), None)

    @cached_property
    def evidence(self) -> ReleaseEvidence:
        """What is shown of outside model evaluation, by its own events (methodology, section 1)."""
        return self.assessment.evidence

    @property
    def is_out(self) -> bool:
        """Whether it was surely out by the day."""
        return is_out(self.assessment.release, self.day)

    @property
    def is_known(self) -> bool:
        """Whether it was out by the day, or a source that was public by then mentions it (methodology, section 2)."""
        return self.is_out or bool(self.citations)

    @property
    def adequacies(self) -> list[tuple[Threat, Adequacy | None]]:
        """For each threat whether the tests went deep enough; None where no event counts (methodology, section 5)."""
        return [(threat, self.assessment.adequacy(threat)) for threat in Threat]

    @property
    def depth_reasons(self) -> list[str]:
        """Why the depth is a range, in words; empty where it is exact."""
        depth = self.assessment.depth
        if depth.is_exact:
            return []
        counted = self.assessment.counted
        open_questions = {question for each in counted for question in undecided(each.event.access)}
        reasons = [
            f"whether {label} was given is not fully disclosed"
            if question in ("fine_tuning", "weights")
            else f"whether they tested with {label} is not fully disclosed"
            for question, label in ACCESS_ANSWERS.items()
            if question in open_questions
        ]
        if len(self.assessment.strict) < len(counted):
            reasons.append("some of the events count in the high figure only")
        return reasons

    @property
    def model_evaluations(self) -> list[EventAsOf]:
        """The model evaluations, those that count first."""
        order = ("strict", "lenient", "not")
        found = [event for event in self.events if event.fact.activity is Activity.MODEL_EVALUATION]
        return sorted(found, key=lambda event: order.index(event.weighed.count))

    @property
    def other_activities(self) -> list[tuple[Activity, list[EventAsOf]]]:
        """Red-teaming and the other activities, each on its own: none of them is a model evaluation."""
        groups = [(each, [event for event in self.events if event.fact.activity is each]) for each in Activity]
        return [(each, events) for each, events in groups if events and each is not Activity.MODEL_EVALUATION]

    @property
    def tested_by_label(self) -> str:
        """Who evaluated it before release, by name, and who may have; "" for nobody on record."""
        strict = _names(event for event in self.events if event.weighed.is_strict)
        counted = _names(event for event in self.events if event.weighed.is_counted)
        lenient = [name for name in counted if name not in strict]
        return "; ".join([", ".join(strict)] * bool(strict) + [f"possibly {', '.join(lenient)}"] * bool(lenient))

    @cached_property
    def sentences(self) -> list[str]:
        """What the record shows of outside model evaluation, in plain sentences (methodology, section 1)."""
        names = {part.evaluator.key: str(part.evaluator) for event in self.events for part in event.parts}
        return release_sentences(
            ReleaseWords(
                self.evidence,
                str(self.record.lab),
                names,
                self.searched_on,
                is_past=self.day < timezone.localdate(),
                has_more=has_more(self.evidence, self.assessment.events),
            )
        )

    @property
    def timing_note(self) -> str:
        """Why its timing is not shown though tests of it say “before release”; "" where none does (section 1)."""
        return timing_note(self.evidence, self.assessment.events)

    @property
    def depth_words(self) -> str:
        """How deep the access of its confirmed evaluations went, in words; "" without any (methodology, section 5)."""
        strict = self._strict
        return depth_words(self.assessment.depth, any(event.is_depth_known for event in strict)) if strict else ""

    @property
    def depth_word(self) -> Level | Deeper:
        """The word whose meaning tells what ``depth_words`` says."""
        return depth_word(self.assessment.depth, any(event.is_depth_known for event in self._strict))

    @property
    def _strict(self) -> list[EventAsOf]:
        return [event for event in self.events if event.weighed.is_strict]


def _names(events: Iterable[EventAsOf]) -> list[str]:
    return list(dict.fromkeys(name for event in events for name in event.tester_names))


@kept(most=DAYS_KEPT)
def releases_as_of(day: dt.date) -> Mapping[str, ReleaseAsOf]:
    """The published releases by key, with their access events and those of their variants as known on the day."""
    events, assessments, related = events_as_of(day), access_ledger(day).assessments, records().related[AIModel]

    def events_of(releases: Iterable[AIModel]) -> list[EventAsOf]:
        rows = [row for release in releases for row in related["events"].get(release.pk, ())]
        return [events[row.key] for row in rows if row.key in events]

    def as_of(record: AIModel) -> ReleaseAsOf:
        of_variants = events_of(related["variants"].get(record.pk, ()))
        if len({event.record.model_id for event in of_variants}) > 1:
            places = {key: place for place, key in enumerate(events)}
            of_variants.sort(key=lambda event: places[event.key])
        return ReleaseAsOf(record, day, assessments[record.key], tuple(events_of([record])), tuple(of_variants))

    return MadeWhenAsked(records()[AIModel].by_key, as_of)


def releases_known(day: dt.date, is_past: bool) -> list[ReleaseAsOf]:
    """The published releases known by the day; today's also those of which no day says when they came out."""
    return [each for each in releases_as_of(day).values() if each.is_known or not is_past]


def releases_of(lab: Lab, day: dt.date, is_past: bool) -> list[ReleaseAsOf]:
    """The lab's releases known by the day (methodology, section 2), in the order in which they were added."""
    found = (
        releases_as_of(day)[release.key] for release in lab.models.all() if release.status == RecordStatus.PUBLISHED
    )
    return sorted((each for each in found if each.is_known or not is_past), key=lambda release: release.record.pk)
