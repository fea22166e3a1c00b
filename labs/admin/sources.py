"""The admin of sources, and of the editions of the data."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse

from labs.actions.versions import lock_versions, raise_data_version
from labs.admin.base import RecordAdmin
from labs.admin.shown_again import ShowsAgain
from labs.models import Edition, Evaluator, Lab, Source
from labs.models.registry import names_of
from labs.rules.dates import day_label


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    change_form_template = "admin/source_change_form.html"
    list_display = ("title", "publisher", "kind", "speaker", "published", "read_on", "is_archived")
    list_filter = (
        "kind",
        "read_in",
        ("lab", admin.RelatedOnlyFieldListFilter),
        ("evaluator", admin.RelatedOnlyFieldListFilter),
        ("archived_url", admin.EmptyFieldListFilter),
    )
    list_select_related = ("lab", "evaluator")
    date_hierarchy = "published_on_earliest"
    search_fields = (
        "title",
        "publisher",
        "url",
        "key",
        *names_of(Lab, "lab"),
        *names_of(Evaluator, "evaluator"),
    )
    search_help_text = "By title, publisher, address, key, or the lab or evaluator that it belongs to."
    autocomplete_fields = ("lab", "evaluator")
    key_from = ("title",)
    fieldsets = (
        (
            "Document",
            {
                "fields": ("title", "publisher", "url", "edition", "archived_url", "kind", "key"),
                "description": "The public page links to the address and to the archived copy, and lists every record "
                "that cites this source.",
            },
        ),
        (
            "Whose word it is",
            {
                "fields": ("lab", "evaluator"),
                "description": "This decides certainty: what the lab or an evaluator says counts as documented, what "
                "only others say as reported. Leave both empty for the press, analysts, laws, and governments that are "
                "not evaluators here.",
            },
        ),
        (
            "When",
            {
                "fields": ("published_on", "read_on", "read_in"),
                "description": "The public pages “as of” a day include what a source says from the day when it was "
                "published; if that is not disclosed, from the day when we read it.",
            },
        ),
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        source = context.get("original")
        if source is not None:
            snapshots = source.snapshots.defer("text").annotate(length=Length("text"))
            context["snapshots"] = snapshots.select_related("added_by")
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="whose word", ordering="lab__name")
    def speaker(self, source: Source) -> str:
        return source.owner_name

    @admin.display(description="published", ordering="published_on_earliest", empty_value="not disclosed")
    def published(self, source: Source) -> str | None:
        return source.published_on_label or None

    @admin.display(description="archived", boolean=True)
    def is_archived(self, source: Source) -> bool:
        return bool(source.archived_url)


@admin.register(Edition)
class EditionAdmin(ShowsAgain, admin.ModelAdmin):
    """Every public figure names the edition, so each change of one makes a new data version."""

    list_display = ("version", "complete_to", "note")
    search_fields = ("version", "note")

    def save_model(self, request: HttpRequest, obj: Edition, form: Any, change: bool) -> None:
        lock_versions()
        super().save_model(request, obj, form, change)
        is_moved = change and "complete_to" in form.changed_data
        note = f"Edition {obj} is complete to {day_label(obj.complete_to)}." if is_moved else ""
        raise_data_version(note)

    def delete_model(self, request: HttpRequest, obj: Edition) -> None:
        super().delete_model(request, obj)
        raise_data_version()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        super().delete_queryset(request, queryset)
        raise_data_version()
