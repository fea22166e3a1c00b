"""Forms that are shown again with what was typed before the session ended (evaltracker/admin/signing_in.py)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def is_shown_again(request: HttpRequest) -> bool:
    """Whether the page is to show what was typed earlier, in ``request.POST``; the method is then GET."""
    return getattr(request, "is_shown_again", False)


class ShowsAgain(admin.options.BaseModelAdmin):
    """Fills the form of an admin, and its inline rows, with what was typed earlier. Saves nothing."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if not is_shown_again(request):
            return form

        def fill(self: Any, **kwargs: Any) -> None:
            form.__init__(self, request.POST, request.FILES, **kwargs)

        return type(form.__name__, (form,), {"__init__": fill})

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return kwargs | {"data": request.POST, "files": request.FILES} if is_shown_again(request) else kwargs
