"""The addresses of the desk's own pages, below /admin/. Each is open to signed-in staff only."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from evaltracker.admin.card import system_card


def desk_urls(site: AdminSite) -> list[URLPattern]:
    """The pages that belong to no single kind of record."""
    return [
        path("system-card/", site.admin_view(system_card), name="system_card"),
    ]
