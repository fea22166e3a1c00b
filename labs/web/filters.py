"""The filters of the facts' lists. Do not change their names and values: people cite addresses that contain them."""

import datetime as dt
from collections.abc import Iterable

from labs.choices import (
    Activity,
    Answer,
    Country,
    Domain,
    EvaluatorKind,
    Frontier,
    Outcome,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Source
from labs.queries import (
    EvaluatorAsOf,
    EventAsOf,
    ReleaseAsOf,
    SourceAsOf,
    evaluators_as_of,
    events_as_of,
    releases_known,
    sources_known,
)
from labs.queries.rows import related_rows
from labs.rules.depth import Deeper
from labs.web.facets import DayFilter, Facet, FacetedFilterSet, KeyFacet, RecordSearch, TermFacet, TermsFacet


def _evaluators(row: EventAsOf) -> list[Evaluator]:
    return [part.evaluator for part in related_rows(row.record, "participations")]


DAYS_STATED, DAYS_NOT_DISCLOSED = "stated", Answer.UNKNOWN.value
_DAYS = [(DAYS_STATED, "stated"), (DAYS_NOT_DISCLOSED, Answer.UNKNOWN.label)]


def _days(row: EventAsOf) -> tuple[str]:
    return (DAYS_NOT_DISCLOSED if row.fact.access_days is None else DAYS_STATED,)


def _access(question: str, label: str) -> TermFacet:
    return TermFacet(lambda row: row.fact.access[question], Answer, label=label)


class AccessEventFilter(FacetedFilterSet):
    of_records = AccessEvent

    in_sight = ("q", "evaluator", "lab", "model", "activity", "timing", "results")

    q = RecordSearch(
        AccessEvent,
        help_text="words in the summary, a quote or what was done, or in a name of the lab, model or evaluator, former "
        "names too",
    )
    evaluator = KeyFacet(_evaluators, Evaluator, label="Evaluator")
    lab = KeyFacet(lambda row: (row.record.lab,), Lab, label="Lab")
    model = KeyFacet(lambda row: (row.record.model,), AIModel, label="AI model", empty_label="no single release")
    activity = TermFacet(lambda row: row.fact.activity, Activity, label="Activity", says_itself=True)
    timing = TermFacet(lambda row: row.fact.timing, Timing, label="Timing, as sources state it", says_itself=True)
    results = TermFacet(lambda row: row.fact.results, Results, label="Results")
    domain = TermsFacet(lambda row: row.domains, Domain, label="Risk domain", none_label="none named")
    no_safety_filters = _access("no_safety_filters", "Safety filters off")
    helpful_only = _access("helpful_only", "Harmlessness training off")
    fine_tuning = _access("fine_tuning", "Fine-tuning")
    weights_given = _access("weights", "Weights")
    free_to_publish = TermFacet(lambda row: row.free_to_publish, Answer, label="Free to publish")
    days = Facet(_days, choices=_DAYS, words=[Answer.UNKNOWN], label="Days of access")
    outcome = TermFacet(lambda row: row.fact.outcome, Outcome, label="Outcome")
    evaluator_kind = TermsFacet(
        lambda row: {EvaluatorKind(each.kind) for each in _evaluators(row)}, EvaluatorKind, label="Kind of evaluator"
    )
    released_from = DayFilter(
        lambda row: row.record.model and row.record.model.released_on_latest,
        is_from=True,
        label="Model released from",
    )
    released_to = DayFilter(
        lambda row: row.record.model and row.record.model.released_on_earliest,
        is_from=False,
        label="Model released up to",
    )

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[EventAsOf]:
        return events_as_of(day).values()


class AIModelFilter(FacetedFilterSet):
    q = RecordSearch(AIModel, help_text="words in a name of the model or lab, former names too, or in a quote")
    lab = KeyFacet(lambda row: (row.record.lab,), Lab, label="Lab")
    frontier = TermFacet(lambda row: Frontier(row.record.frontier), Frontier, label="Frontier")
    release = TermFacet(lambda row: ReleaseKind(row.record.release), ReleaseKind, label="Kind of release")
    deeper_than_users = TermsFacet(
        lambda row: [each for each in [row.assessment.deeper] if each],
        Deeper,
        label="Depth of its tests",
        none_label="no evaluation confirmed",
    )
    released_from = DayFilter(lambda row: row.record.released_on_latest, is_from=True, label="Released from")
    released_to = DayFilter(lambda row: row.record.released_on_earliest, is_from=False, label="Released up to")

    @classmethod
    def rows_on(cls, day: dt.date, is_past: bool) -> Iterable[ReleaseAsOf]:
        return releases_known(day, is_past)


class EvaluatorFilter(FacetedFilterSet):
    q = RecordSearch(
        Evaluator, help_text="words in the name or a former name, in a quote or in the standing arrangements"
    )
    kind = TermFacet(lambda row: EvaluatorKind(row.record.kind), EvaluatorKind, label="Kind", says_itself=True)
    country = TermFacet(lambda row: Country(row.record.country), Country, label="Country", says_itself=True)

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[EvaluatorAsOf]:
        return evaluators_as_of(day).values()


class SourceFilter(FacetedFilterSet):
    of_records = Source

    q = RecordSearch(
        Source,
        help_text="words in the title, publisher or address, or in a name of the lab or evaluator",
    )
    kind = TermFacet(lambda row: SourceKind(row.record.kind), SourceKind, label="Kind", says_itself=True)
    lab = KeyFacet(lambda row: (row.record.lab,), Lab, label="Lab's own word", says_itself=False)
    evaluator = KeyFacet(
        lambda row: (row.record.evaluator,), Evaluator, label="Evaluator's own word", says_itself=False
    )
    published_from = DayFilter(lambda row: row.record.published_on_latest, is_from=True, label="Published from")
    published_to = DayFilter(lambda row: row.record.published_on_earliest, is_from=False, label="Published up to")

    @classmethod
    def rows_on(cls, day: dt.date, is_past: bool) -> Iterable[SourceAsOf]:
        return sources_known(day, is_past)
