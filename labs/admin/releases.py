"""The admin of releases of AI models."""

from django.contrib import admin

from labs.admin.base import KEPT_NAME, CitationInline, RecordAdmin, RecordInline
from labs.models import AIModel, AIModelCitation, AIModelName, Lab, Search
from labs.models.registry import names_of


class AIModelCitationInline(CitationInline):
    model = AIModelCitation


class AIModelNameInline(RecordInline, admin.TabularInline):
    model = AIModelName
    verbose_name_plural = f"other names: what sources call it; the public search finds it by these too. {KEPT_NAME}"


class SearchInline(RecordInline, admin.TabularInline):
    model = Search
    verbose_name_plural = "searches: the public page says when and where we looked, and whether we found something"


@admin.register(AIModel)
class AIModelAdmin(RecordAdmin):
    list_display = ("name", "lab", "released", "release", "frontier", "variant_of")
    list_filter = ("frontier", "release", ("lab", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("lab", "variant_of")
    date_hierarchy = "released_on_earliest"
    search_fields = (*names_of(AIModel), *names_of(Lab, "lab"), "key")
    search_help_text = "By name or lab, other names too, or key."
    autocomplete_fields = ("lab", "variant_of")
    radio_fields = {"release": admin.HORIZONTAL, "frontier": admin.HORIZONTAL}
    key_from = ("name",)
    fieldsets = (
        ("Release", {"fields": ("lab", "name", "key")}),
        (
            "When and how it came out",
            {
                "fields": ("released_on", "release"),
                "description": "A release without a date, or one that was internal only, is listed but not counted.",
            },
        ),
        (
            "Does it count?",
            {
                "fields": ("frontier", "variant_of"),
                "description": "The public figures count frontier releases that are not variants. They leave out "
                "releases that are “not assessed”, and the page says so.",
            },
        ),
    )
    inlines = (AIModelNameInline, AIModelCitationInline, SearchInline)

    @admin.display(description="released", ordering="released_on_earliest", empty_value="not disclosed")
    def released(self, model: AIModel) -> str | None:
        return model.released_on_label or None
