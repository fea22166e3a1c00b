"""The sections of the site: five in sight, the others behind "More", and all of them again below the page."""

from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from labs.web.parameters import with_kept

register = template.Library()

FIRST = (
    ("labs", "labs:lab_list", "Labs"),
    ("models", "labs:model_list", "Models"),
    ("evaluators", "labs:evaluator_list", "Evaluators"),
    ("access", "labs:event_list", "Access events"),
    ("commitments", "commitments:commitment_list", "Commitments"),
)
"""What a page calls its section (``nav``), the name of the section's address, and what readers call it."""

MORE = (
    ("charts", "charts", "All figures"),
    ("timeline", "figure_timeline", "Timeline"),
    ("sources", "labs:source_list", "Sources"),
    ("changes", "changes", "Changes"),
    ("methodology", "methodology", "Methodology"),
    ("data", "data", "Data"),
    ("about", "about", "About"),
)


@cache
def _path(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


@register.simple_tag(takes_context=True)
def sections(context: Context) -> dict[str, Any]:
    """``first`` and ``more``: each section's label and address, and whether this page belongs to it (``is_here``);
    ``here`` is the label of the one of ``more`` to which it does.
    """
    nav, request = context.get("nav"), context.get("request")

    def listed(group: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "url": with_kept(path, request.GET) if request is not None else path,
                "is_here": nav == section,
            }
            for section, name, label in group
            if (path := _path(name)) is not None
        ]

    more = listed(MORE)
    return {
        "first": listed(FIRST),
        "more": more,
        "here": next((each["label"] for each in more if each["is_here"]), ""),
    }
