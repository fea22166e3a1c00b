"""The filters of the commitments' list and matrix.

Do not change their names and values: people cite addresses that contain them.
"""

from collections import Counter
from typing import Any

from django.db.models import Model, Q, QuerySet

from commitments.choices import About, Firmness, Origin, StatedBy
from commitments.rules.replies import ReplyStanding
from commitments.rules.sentences import framework_title
from labs.models import AIModel, Evaluator, Lab
from labs.models.registry import names_of
from labs.web.facets import Facet, FacetedFilterSet, KeyFacet, Selection, TermFacet, TextSearch

YES_OR_NO = [("yes", "yes"), ("no", "no")]


class FrameworkFacet(Facet):
    """A facet on the document or series that a commitment belongs to; ``none`` means those without one."""

    NONE = "none"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("framework", **kwargs)

    def prepare(self, queryset: QuerySet) -> None:
        frameworks = queryset.order_by("framework").values_list("framework", flat=True).distinct()
        self.extra["choices"] = [
            *((each, framework_title(each)) for each in frameworks if each),
            (self.NONE, "none recorded"),
        ]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return super().filter(qs, ["" if each == self.NONE else each for each in value])

    def choices_of(self, value: str) -> tuple[str]:
        return (value or self.NONE,)


class CommitmentFilter(FacetedFilterSet):
    """``in_force`` and ``testable`` are as of the day, in annotations that follow the rules."""

    q = TextSearch(
        "title",
        "quote",
        "framework",
        *names_of(Lab, "labs"),
        *names_of(Evaluator, "counterparty"),
        help_text="words in the title, quote or framework, or in a name of the lab or counterparty, former names too",
    )
    lab = KeyFacet("labs", label="Lab", empty_label="none, because it is a law")
    origin = TermFacet("origin", Origin, label="Origin")
    about = TermFacet("about", About, label="Topic")
    firmness = TermFacet("firmness", Firmness, label="Firmness")
    stated_by = TermFacet("stated_by", StatedBy, label="Who stated it")
    testable = Facet("testable", choices=YES_OR_NO, label="Testable")
    in_force = Facet("in_force", choices=YES_OR_NO, label="In force on the day")
    counterparty = KeyFacet("counterparty", label="Made to", empty_label="nobody named")
    framework = FrameworkFacet(label="Framework")


class MatrixFilter(FacetedFilterSet):
    about = TermFacet("about", About, label="Topic")
    origin = TermFacet("origin", Origin, label="Origin")


class AboutLabFacet(Facet):
    """A facet on the lab whose page, access event or commitment a reply is about."""

    columns = ("lab", "event__lab", "commitment__labs")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("lab__key", widget=Selection, **kwargs)

    def prepare(self, queryset: QuerySet) -> None:
        names = {name[0]: name[1] for column in self.columns for name in self._pairs(queryset, column)}
        self.extra["choices"] = sorted(names.items(), key=lambda pair: pair[1].casefold())

    def _pairs(self, queryset: QuerySet, column: str) -> QuerySet:
        named = queryset.exclude(**{column: None}).order_by()
        return named.values_list(f"{column}__key", f"{column}__name").distinct()

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        chosen = Q()
        for column in self.columns:
            chosen |= Q(**{f"{column}__key__in": value})
        # A subquery: a reply on a commitment of several labs stays one row.
        return qs.filter(pk__in=qs.model._default_manager.filter(chosen).values("pk"))

    def has_one_value(self, _model: type[Model]) -> bool:
        return False

    def counts(self, qs: QuerySet) -> dict[str, int]:
        keys = [f"{column}__key" for column in self.columns]
        pairs = {(pk, key) for pk, *found in qs.order_by().values_list("pk", *keys) for key in found if key}
        return Counter(key for _, key in pairs)


class ReplyFilter(FacetedFilterSet):
    """``standing`` is as of the day, in an annotation that follows the rule."""

    q = TextSearch(
        "question",
        "commitment__title",
        *names_of(Lab, "by_lab"),
        *names_of(Evaluator, "by_evaluator"),
        *names_of(Lab, "lab"),
        *names_of(Lab, "event__lab"),
        *names_of(AIModel, "event__model"),
        *names_of(Lab, "commitment__labs"),
        help_text="words in the question or the commitment's title, or in a name of a lab, evaluator or model",
    )
    standing = Facet("standing_now", choices=ReplyStanding.choices(), label="Where it stands")
    lab = AboutLabFacet(label="About a lab or what it did or promised")
    by_lab = KeyFacet("by_lab", label="Asked or replying: labs")
    by_evaluator = KeyFacet("by_evaluator", label="Asked or replying: evaluators")
