"""The names and addresses of the pages that the admin has for a model."""

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.urls import URLPattern, path, reverse

from labs.web.parameters import address


def page_name(model: type[Model], page: str) -> str:
    """The name of a page, formed as Django's admin does: "labs_lab_change"."""
    return f"{model._meta.app_label}_{model._meta.model_name}_{page}"


def model_page(site: AdminSite, model: type[Model], page: str, view: Any, /, **kwargs: Any) -> URLPattern:
    """A page of ours about a model: /admin/labs/lab/import/, named ``admin:labs_lab_import``."""
    return _pattern(site, model, page, view, page, kwargs)


def record_page(site: AdminSite, model: type[Model], page: str, view: Any, /, **kwargs: Any) -> URLPattern:
    """A page of ours about one row, whose ``number`` the view takes: /admin/labs/lab/3/merge/."""
    return _pattern(site, model, f"<str:number>/{page}", view, page, kwargs)


def _pattern(site: AdminSite, model: type[Model], route: str, view: Any, page: str, kwargs: Any) -> URLPattern:
    route = f"{model._meta.app_label}/{model._meta.model_name}/{route}/"
    return path(route, site.admin_view(view), kwargs, name=page_name(model, page))


def changelist_url(model: type[Model], **parameters: str) -> str:
    """The list of a model's rows, filtered by the parameters."""
    return address(reverse(f"admin:{page_name(model, 'changelist')}"), parameters)


def change_url(row: Model, fragment: str | None = None, **parameters: str) -> str:
    """The form of a row, or a place on it."""
    url = reverse(f"admin:{page_name(type(row), 'change')}", args=[row.pk], fragment=fragment)
    return address(url, parameters)
