"""The filters of the facts' lists. Do not change their names and values: people cite addresses that contain them."""

import django_filters
from django import forms

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
from labs.models import AIModel, Evaluator, Lab
from labs.models.registry import names_of
from labs.web.facets import FacetedFilterSet, KeyFacet, TermFacet, TermsFacet, TextSearch

DAY_HELP = "a day such as 2024-05-24"


def day_filter(column: str, lookup: str, label: str) -> django_filters.DateFilter:
    """A filter on a day, written as 2024-05-24."""
    return django_filters.DateFilter(
        field_name=column,
        lookup_expr=lookup,
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=DAY_HELP,
    )


class AccessEventFilter(FacetedFilterSet):
    q = TextSearch(
        "summary",
        *names_of(Lab, "lab"),
        *names_of(AIModel, "model"),
        *names_of(Evaluator, "participations__evaluator"),
        help_text="words in the summary, or in a name of the lab, model or evaluator, former names too",
    )
    evaluator = KeyFacet("participations__evaluator", label="Evaluator")
    lab = KeyFacet("lab", label="Lab")
    model = KeyFacet("model", label="AI model", empty_label="no single release")
    activity = TermFacet("activity", Activity, label="Activity")
    timing = TermFacet("timing", Timing, quoted_as="timing", label="Timing, as sources state it")
    results = TermFacet("results", Results, quoted_as="results", label="Results")
    domain = TermsFacet("domains", Domain, "none named", quoted_as="domains", label="Risk domain")
    no_safety_filters = TermFacet(
        "no_safety_filters", Answer, quoted_as="access.no_safety_filters", label="Safety filters off"
    )
    helpful_only = TermFacet("helpful_only", Answer, quoted_as="access.helpful_only", label="Harmlessness training off")
    fine_tuning = TermFacet("fine_tuning", Answer, quoted_as="access.fine_tuning", label="Fine-tuning")
    weights_given = TermFacet("weights", Answer, quoted_as="access.weights", label="Weights")
    free_to_publish = TermFacet("free_to_publish", Answer, quoted_as="free_to_publish", label="Free to publish")
    outcome = TermFacet("outcome", Outcome, label="Outcome")
    evaluator_kind = TermFacet("participations__evaluator__kind", EvaluatorKind, label="Kind of evaluator")
    released_from = day_filter("model__released_on_latest", "gte", "Model released from")
    released_to = day_filter("model__released_on_earliest", "lte", "Model released up to")


class AIModelFilter(FacetedFilterSet):
    q = TextSearch(
        *names_of(AIModel), *names_of(Lab, "lab"), help_text="words in a name of the model or lab, former names too"
    )
    lab = KeyFacet("lab", label="Lab")
    frontier = TermFacet("frontier", Frontier, label="Frontier")
    release = TermFacet("release", ReleaseKind, label="Kind of release")
    released_from = day_filter("released_on_latest", "gte", "Released from")
    released_to = day_filter("released_on_earliest", "lte", "Released up to")


class EvaluatorFilter(FacetedFilterSet):
    q = TextSearch(*names_of(Evaluator), help_text="words in the name or a former name")
    kind = TermFacet("kind", EvaluatorKind, label="Kind")
    country = TermFacet("country", Country, label="Country")


class SourceFilter(FacetedFilterSet):
    q = TextSearch(
        "title",
        "publisher",
        "url",
        *names_of(Lab, "lab"),
        *names_of(Evaluator, "evaluator"),
        help_text="words in the title, publisher or address, or in a name of the lab or evaluator",
    )
    kind = TermFacet("kind", SourceKind, label="Kind")
    lab = KeyFacet("lab", label="Lab's own word")
    evaluator = KeyFacet("evaluator", label="Evaluator's own word")
    published_from = day_filter("published_on_latest", "gte", "Published from")
    published_to = day_filter("published_on_earliest", "lte", "Published up to")
