"""The admin of the reports of error that readers send."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import Truncator

from evaltracker.models import ErrorReport
from labs.admin.shown_again import ShowsAgain


@admin.register(ErrorReport)
class ErrorReportAdmin(ShowsAgain, admin.ModelAdmin):
    """Readers write the reports. People at the desk answer them, and cannot add or delete any."""

    list_display = ("sent_at", "page", "shortened", "state")
    list_filter = ("state", "sent_at")
    search_fields = ("page", "claim", "wrong", "source", "note")
    readonly_fields = ("sent_at", "page", "claim", "wrong", "source", "contact")
    fieldsets = (
        ("What the reader says", {"fields": ("sent_at", "page", "claim", "wrong", "source", "contact")}),
        ("What we found", {"fields": ("state", "note")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="what is wrong")
    def shortened(self, report: ErrorReport) -> str:
        return Truncator(report.wrong).chars(80)
