"""The figures of the registry that belong to a list: the one that it shows, and where the others are."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from commitments.queries import ledger
from evaltracker.web.charts.figure import Figure, figure
from evaltracker.web.charts.registry import FIGURE
from labs.web.parameters import KEPT, with_kept

register = template.Library()

ALWAYS = frozenset(KEPT) - {"weights"}
"""The parameters with which a figure is about the same records as the list below it. It has the method's weights."""


@register.simple_tag(takes_context=True)
def figure_of_all(context: Context, slug: str) -> Figure | None:
    """The figure for the day and window of the page; None where filters or the reader's weights narrow or change what
    the page shows and the figure would not, and while no release counts.
    """
    parameters = context["request"].GET
    if not ALWAYS.issuperset(parameters):
        return None
    found = figure(slug, parameters)
    return found if ledger(found.asked.day).access.counted_in(found.asked.window) else None


@register.inclusion_tag("includes/_pictures.html", takes_context=True)
def pictures(context: Context, *slugs: str) -> dict[str, Any]:
    """A line of links to figures, each by its title."""
    parameters = context["request"].GET
    return {"links": [(FIGURE[slug].title, with_kept(reverse(f"figure_{slug}"), parameters)) for slug in slugs]}
