"""The filters of the commitments' list and matrix. Their names and values are the addresses that people cite."""

from typing import Any

from django.db.models import QuerySet

from commitments.choices import About, Firmness, Origin, StatedBy
from labs.facets import Facet, FacetedFilterSet, KeyFacet, TermFacet, TextSearch

YES_OR_NO = [("yes", "yes"), ("no", "no")]


class FrameworkFacet(Facet):
    """A facet on the document or series that a commitment belongs to; ``none`` stands for those without one."""

    NONE = "none"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("framework", **kwargs)

    def prepare(self, queryset: QuerySet) -> None:
        found = queryset.order_by("framework").values_list("framework", flat=True).distinct()
        self.extra["choices"] = [*((each, each) for each in found if each), (self.NONE, "none recorded")]

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return super().filter(qs, ["" if each == self.NONE else each for each in value])

    def counts(self, qs: QuerySet) -> dict[str, int]:
        return {each or self.NONE: count for each, count in super().counts(qs).items()}


class CommitmentFilter(FacetedFilterSet):
    """``in_force`` and ``testable`` are as of the day: what the rules say of it stands in the records' queryset."""

    q = TextSearch(
        "title",
        "quote",
        "framework",
        "labs__name",
        "labs__other_names__name",
        "counterparty__name",
        help_text="words in the title, quote, framework, lab or counterparty",
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
