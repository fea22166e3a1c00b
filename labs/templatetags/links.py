"""Links that keep the day, the window and the reader's weights."""

from functools import cache
from typing import Any

from django import template
from django.urls import NoReverseMatch, is_valid_path, reverse

from labs.models.addresses import page_path
from labs.web.formats import Format
from labs.web.parameters import kept_parameters, with_kept

register = template.Library()


@register.simple_tag(takes_context=True)
def kept(context: dict[str, Any], target: Any) -> str:
    """The address of a record's page (or an address as it is) with what the site keeps: ``{% kept record %}``."""
    url = target if isinstance(target, str) else target.get_absolute_url()
    return _with_kept(context, url)


@register.simple_tag(takes_context=True)
def kept_url(context: dict[str, Any], name: str, *args: str) -> str:
    """The address of a named page with what the site keeps: ``{% kept_url 'labs:lab_list' %}``."""
    return _with_kept(context, page_path(name, *args))


@register.simple_tag(takes_context=True)
def kept_fields(context: dict[str, Any]) -> list[tuple[str, str]]:
    """The parameters that each link keeps, as names and values for the hidden fields of a form."""
    request = context.get("request")
    return list(kept_parameters(request.GET).items()) if request is not None else []


def _with_kept(context: dict[str, Any], url: str) -> str:
    request = context.get("request")
    return with_kept(url, request.GET) if request is not None else url


@register.simple_tag
def in_formats(csv_url: str) -> list[tuple[Format, str]]:
    """Each format that there is with the address of the rows in it, from that of the CSV."""
    path, mark, query = csv_url.partition("?")
    stem = path.removesuffix(Format.CSV.value)
    return [(each, f"{stem}{each.value}{mark}{query}") for each in _formats_at(stem)]


@cache
def _formats_at(stem: str) -> list[Format]:
    """The formats in which there are rows at an address, which is given without its ending."""
    return [each for each in Format if is_valid_path(f"{stem}{each.value}")]


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[tuple[Format, str]]:
    """Each format that this page has, with its address: of its record, or of its rows.

    The rows are at ``twin_url``, else at ``csv_url``.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    if match is not None and "key" in match.kwargs:
        try:
            url = reverse(match.view_name.replace("_detail", "_record"), kwargs=match.kwargs)
        except NoReverseMatch:
            return []
        return [(Format.JSON, _with_kept(context, url))] if url.endswith(".json") else []
    url = context.get("twin_url") or context.get("csv_url")
    return in_formats(url) if url else []
