"""The admin of commitments, with their requirements."""

from typing import Any

from django import forms
from django.contrib import admin

from commitments.models import Commitment, CommitmentCitation, Requirement
from commitments.models.promises import check_fulfilment, check_labs, check_requirements
from labs.admin.base import DATES, CitationInline, RecordAdmin, RecordInline
from labs.admin.forms import RecordForm
from labs.admin.formsets import CheckedFormSet, CitationFormSet
from labs.models import Evaluator, Lab
from labs.models.registry import names_of


class CommitmentForm(RecordForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "origin" in cleaned and "labs" in cleaned:
            try:
                check_labs(cleaned["origin"], cleaned["labs"])
            except forms.ValidationError as error:
                self.add_error("labs", error)
        return cleaned


class RequirementFormSet(CheckedFormSet):
    def check(self, rows: list[Any]) -> None:
        check_requirements(self.instance, rows)


class CommitmentCitationFormSet(CitationFormSet):
    def check(self, rows: list[Any]) -> None:
        super().check(rows)
        check_fulfilment(self.instance, rows)


class RequirementInline(RecordInline, admin.StackedInline):
    model = Requirement
    verbose_name_plural = (
        "requirement: what it takes to keep the promise, in a strict reading and, if the words allow it, a lenient one"
    )
    formset = RequirementFormSet
    after = "Is it testable?"
    max_num = 2
    autocomplete_fields = ("named_evaluator",)
    radio_fields = {"reading": admin.HORIZONTAL, "evaluators": admin.HORIZONTAL, "releases": admin.HORIZONTAL}


class CommitmentCitationInline(CitationInline):
    model = CommitmentCitation
    formset = CommitmentCitationFormSet


class TestableFilter(admin.SimpleListFilter):
    title = "testable"
    parameter_name = "testable"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() in ("yes", "no"):
            return queryset.filter(requirements__isnull=self.value() == "no").distinct()
        return queryset


@admin.register(Commitment)
class CommitmentAdmin(RecordAdmin):
    form = CommitmentForm
    list_display = ("title", "lab_names", "origin", "about", "firmness", "made", "due", "is_testable")
    list_filter = (
        "origin",
        "about",
        "firmness",
        "stated_by",
        "binding",
        TestableFilter,
        ("labs", admin.RelatedOnlyFieldListFilter),
        "framework",
    )
    list_prefetch_related = ("labs", "requirements")
    date_hierarchy = "made_on_earliest"
    search_fields = (
        "title",
        "quote",
        "framework",
        "key",
        *names_of(Lab, "labs"),
        *names_of(Evaluator, "counterparty"),
    )
    search_help_text = "By title, words of the quote, framework, lab, counterparty or key."
    autocomplete_fields = ("labs", "counterparty", "superseded_by")
    key_from = ("title",)
    fieldsets = (
        ("Promise", {"fields": ("title", "key", "quote", "wording", "origin", "framework")}),
        (
            "Who",
            {
                "fields": ("labs", "counterparty", "stated_by"),
                "description": "The public page of each lab lists it. Laws name no labs and have a list of their own.",
            },
        ),
        (
            "When",
            {
                "fields": (
                    ("made_on", "effective_on"),
                    ("ended_on", "superseded_by"),
                    ("due_on", "fulfilled_on"),
                ),
                "description": f"{DATES} A promise without “in force from” is in force from the day when it was made. "
                "One without either date is never in force.",
            },
        ),
        (
            "What",
            {
                "fields": ("about", "firmness", "binding", "scope"),
                "description": "“not disclosed” means that no source that we read says yes or no; “not recorded” means "
                "that we have not decided it. The public page shows these words, never a “no”.",
            },
        ),
        (
            "Is it testable?",
            {
                "fields": ("not_testable_because",),
                "description": "Enter either a requirement below, which decides the verdict on each release, or the "
                "reason why there is none. The public page shows what you enter.",
            },
        ),
    )
    inlines = (RequirementInline, CommitmentCitationInline)

    @admin.display(description="labs")
    def lab_names(self, commitment: Commitment) -> str:
        return ", ".join(lab.name for lab in commitment.labs.all())

    @admin.display(description="made", ordering="made_on_earliest", empty_value="not disclosed")
    def made(self, commitment: Commitment) -> str | None:
        return commitment.made_on_label or None

    @admin.display(description="due", ordering="due_on_earliest")
    def due(self, commitment: Commitment) -> str | None:
        return commitment.due_on_label or None

    @admin.display(description="testable", boolean=True)
    def is_testable(self, commitment: Commitment) -> bool:
        return bool(commitment.requirements.all())
