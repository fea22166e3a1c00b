"""What the forms of records ask of the site in which they stand."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from labs.models import Proposal


class RecordsSite(AdminSite):
    """An admin site with the forms of records. The site of a project may say more."""

    def why(self, request: HttpRequest) -> dict[str, Any]:
        """Values with which the reason for a change of a public record starts: ``reason``, ``is_correction``."""
        return {}

    def proposed(self, request: HttpRequest, proposal: Proposal) -> None:
        """What a form of the desk proposed, called within its transaction."""
