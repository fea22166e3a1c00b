"""The addresses of the desk's own pages, below /admin/. Each is open to signed-in staff only."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from evaltracker.admin.card import system_card
from evaltracker.admin.merging import merging_urls
from evaltracker.admin.people import my_name
from evaltracker.admin.snapshots import snapshot_urls
from evaltracker.admin.spreadsheets import spreadsheet_urls
from evaltracker.admin.withdrawals import record_urls
from evaltracker.admin.worklist import task_page


def desk_urls(site: AdminSite) -> list[URLPattern]:
    """The pages that belong to no single kind of record."""
    return [
        path("me/", site.admin_view(my_name), name="my_name"),
        path("worklist/<slug:key>/", site.admin_view(task_page), name="worklist_task"),
        path("system-card/", site.admin_view(system_card), name="system_card"),
        *record_urls(site),
        *merging_urls(site),
        *spreadsheet_urls(site),
        *snapshot_urls(site),
    ]
