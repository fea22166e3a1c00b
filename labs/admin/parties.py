"""The admin of labs and evaluators."""

from django.contrib import admin

from labs.admin.base import KEPT_NAME, CitationInline, RecordAdmin, RecordInline
from labs.models import Evaluator, EvaluatorCitation, EvaluatorName, Lab, LabName
from labs.models.registry import names_of


class LabNameInline(RecordInline, admin.TabularInline):
    model = LabName
    verbose_name = "other name"
    verbose_name_plural = f"other names: what sources call it; the public search finds it by these too. {KEPT_NAME}"


@admin.register(Lab)
class LabAdmin(RecordAdmin):
    list_display = ("name", "also_known_as", "country", "website", "complete_to")
    list_filter = ("country",)
    list_prefetch_related = ("other_names",)
    search_fields = (*names_of(Lab), "key")
    search_help_text = "By name, other name or key."
    key_from = ("name",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "key", "country", "website"),
                "description": "The public page shows the lab under this name, with its releases, events and promises.",
            },
        ),
        (
            "How far the records go",
            {
                "fields": ("complete_to",),
                "description": "An editor sets it after looking for the lab's releases up to that day. Windows, scores "
                "and counts of the whole site end on the earliest of these days among labs with a release that counts.",
            },
        ),
    )
    inlines = (LabNameInline,)

    @admin.display(description="other names")
    def also_known_as(self, lab: Lab) -> str:
        return ", ".join(name.name for name in lab.other_names.all())


class EvaluatorNameInline(RecordInline, admin.TabularInline):
    model = EvaluatorName
    verbose_name = "other or former name"
    verbose_name_plural = (
        f"other and former names: the public page says “formerly …”, with the period if it is known. {KEPT_NAME}"
    )


class EvaluatorCitationInline(CitationInline):
    model = EvaluatorCitation
    verbose_name_plural = "citations: needed if standing arrangements are described"
    min_num = 0


@admin.register(Evaluator)
class EvaluatorAdmin(RecordAdmin):
    list_display = ("name", "also_known_as", "kind", "country", "lab")
    list_filter = ("kind", "country")
    list_select_related = ("lab",)
    list_prefetch_related = ("former_names",)
    search_fields = (*names_of(Evaluator), "key")
    search_help_text = "By name, former name or key."
    autocomplete_fields = ("lab",)
    key_from = ("name",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "key", "kind", "country", "website", "lab"),
                "description": "“not specified” and “not recorded” mean that no source that we read says it; the "
                "public page uses the same words. A promise of access for governments is kept only by giving access to "
                "a government body.",
            },
        ),
        ("Standing arrangements", {"fields": ("note",)}),
    )
    inlines = (EvaluatorNameInline, EvaluatorCitationInline)

    @admin.display(description="other and former names")
    def also_known_as(self, evaluator: Evaluator) -> str:
        return ", ".join(str(name) for name in evaluator.former_names.all())
