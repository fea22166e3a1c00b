"""Links that keep the day, the window and the reader's weights."""

from typing import Any

from django import template

from labs.models.addresses import page_path
from labs.web.parameters import with_kept

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


def _with_kept(context: dict[str, Any], url: str) -> str:
    request = context.get("request")
    return with_kept(url, request.GET) if request is not None else url
