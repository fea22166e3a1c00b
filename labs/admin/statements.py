"""The admin of statements."""

from django.contrib import admin

from labs.admin.base import RecordAdmin
from labs.models import Statement


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    list_display = ("text", "about", "source")
    list_select_related = ("source",)
    search_fields = ("text", "about", "quote", "key", "source__title")
    search_help_text = "By words of the statement or its quote, topic, source or key."
    autocomplete_fields = ("source", "related_events")
    key_from = ("text",)
    fieldsets = (
        (
            "Statement",
            {
                "fields": ("text", "about", "key"),
                "description": "A sentence of a source that is no access event and no promise. No rule reads it.",
            },
        ),
        ("Who says so", {"fields": ("source", "quote")}),
        (
            "What bears on it",
            {
                "fields": ("related_events",),
                "description": "The methodology page lists the statement with these events, and their pages show it.",
            },
        ),
    )
