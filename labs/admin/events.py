"""The admin of access events. Its fieldsets follow the order in which a researcher reads a system card."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from labs.admin.base import CitationInline, RecordAdmin, RecordInline
from labs.admin.formsets import CheckedFormSet, CitationFormSet
from labs.choices import ACCESS_ANSWERS, Domain
from labs.models import AccessEvent, AccessEventCitation, AIModel, Evaluator, Lab, Participation
from labs.models.events import NO_EVALUATOR, check_answers, check_evaluators
from labs.models.fields import holding
from labs.models.registry import names_of

SILENCE = (
    "Choose “not disclosed” where no source that we read says yes or no. The public page shows those words. It never "
    "means “no”: a “no” needs a quote that says so."
)


class ParticipationFormSet(CheckedFormSet):
    default_error_messages = {"too_few_forms": NO_EVALUATOR}

    def check(self, rows: list[Any]) -> None:
        check_evaluators(self.instance, [row.evaluator for row in rows])


class ParticipationInline(RecordInline, admin.TabularInline):
    model = Participation
    verbose_name = "evaluator"
    verbose_name_plural = "who: the evaluators that took part"
    formset = ParticipationFormSet
    after = "Release"
    min_num = 1
    validate_min = True
    autocomplete_fields = ("evaluator",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("evaluator")


class AccessEventCitationFormSet(CitationFormSet):
    def check(self, rows: list[Any]) -> None:
        super().check(rows)
        check_answers(self.instance, rows)


class AccessEventCitationInline(CitationInline):
    model = AccessEventCitation
    formset = AccessEventCitationFormSet


class DomainFilter(admin.SimpleListFilter):
    title = "risk domain"
    parameter_name = "domain"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return Domain.choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(holding("domains", self.value())) if self.value() in Domain.values() else queryset


@admin.register(AccessEvent)
class AccessEventAdmin(RecordAdmin):
    list_display = ("key", "lab", "release", "evaluator_names", "activity", "timing", "started", "lowered_to")
    list_filter = (
        "activity",
        "timing",
        "outcome",
        ("lab", admin.RelatedOnlyFieldListFilter),
        ("evaluators", admin.RelatedOnlyFieldListFilter),
        DomainFilter,
        "results",
        "lowered_to",
        "is_distinct",
    )
    list_select_related = ("lab", "model")
    list_prefetch_related = ("participations__evaluator",)
    date_hierarchy = "started_on_earliest"
    search_fields = (
        "key",
        "summary",
        *names_of(Lab, "lab"),
        *names_of(AIModel, "model"),
        *names_of(Evaluator, "evaluators"),
    )
    search_help_text = "By lab, release, evaluator (former names too), key or words of the summary."
    autocomplete_fields = ("lab", "model")
    radio_fields = dict.fromkeys((*ACCESS_ANSWERS, "mitigations_argued", "free_to_publish"), admin.HORIZONTAL)
    fieldsets = (
        (
            "Release",
            {
                "fields": ("lab", "model", "key"),
                "description": "One event is one occasion: certain evaluators, one release, one activity.",
            },
        ),
        ("What", {"fields": ("activity", "outcome", "mode", "domains", "summary"), "description": SILENCE}),
        (
            "When",
            {
                "fields": ("timing", ("started_on", "ended_on"), "access_days"),
                "description": "The public page shows dates in words, such as “first half of 2023”.",
            },
        ),
        (
            "How deep: the access profile",
            {
                "fields": (*ACCESS_ANSWERS, "mitigations_argued"),
                "description": "The depth of access is a range that follows from these answers; “not disclosed” and "
                f"“in part” widen it. “yes” and “in part” need a quote too. {SILENCE}",
            },
        ),
        ("What was published", {"fields": ("results", "free_to_publish"), "description": SILENCE}),
        (
            "Certainty",
            {
                "fields": ("lowered_to", "lowered_because", "is_distinct"),
                "description": "The public page says who confirms the event. This follows from whose sources are cited "
                "below for the evaluators, the activity, the timing or the results.",
            },
        ),
    )
    inlines = (ParticipationInline, AccessEventCitationInline)

    @admin.display(description="release", ordering="model__name", empty_value="not stated")
    def release(self, event: AccessEvent) -> str | None:
        return str(event.model) if event.model else None

    @admin.display(description="evaluators")
    def evaluator_names(self, event: AccessEvent) -> str:
        return ", ".join(str(part.evaluator) for part in event.participations.all())

    @admin.display(description="started", ordering="started_on_earliest", empty_value="not disclosed")
    def started(self, event: AccessEvent) -> str | None:
        return event.started_on_label or None
