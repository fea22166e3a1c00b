"""The addresses of the desk's own pages, below /admin/. Only signed-in staff can open them."""

from django.contrib.admin import AdminSite
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from evaltracker.admin.card import system_card_page
from evaltracker.admin.drafts import drafts_page
from evaltracker.admin.factors import reset_factor_page
from evaltracker.admin.lookalikes import lookalikes_urls
from evaltracker.admin.merging import merging_urls
from evaltracker.admin.notices import notices_page
from evaltracker.admin.own_factor import own_factor_page
from evaltracker.admin.people import my_name_page
from evaltracker.admin.snapshots import snapshot_urls
from evaltracker.admin.spreadsheets import spreadsheet_urls
from evaltracker.admin.undoing import undoing_urls
from evaltracker.admin.withdrawals import public_record_urls
from evaltracker.admin.worklist import task_page
from labs.rules.numbers import as_number


def desk_urls(site: AdminSite) -> list[URLPattern]:
    """The pages that Django's admin does not have."""
    return [
        path("me/", site.admin_view(my_name_page), name="my_name"),
        path("me/second-factor/", site.admin_view(own_factor_page), name="own_factor"),
        path("for-you/", site.admin_view(notices_page), name="notices"),
        path("worklist/<slug:key>/", site.admin_view(task_page), name="worklist_task"),
        path("people/<int:pk>/second-factor/", site.admin_view(reset_factor_page), name="reset_factor"),
        path("drafts/", site.admin_view(drafts_page), name="own_drafts"),
        path("system-card/", site.admin_view(system_card_page), name="system_card"),
        *public_record_urls(site),
        *merging_urls(site),
        *lookalikes_urls(site),
        *undoing_urls(site),
        *spreadsheet_urls(site),
        *snapshot_urls(site),
        # In place of Django's of the same name, which leads everybody at the desk to the key of any draft.
        path("r/<str:content_type_id>/<str:object_id>/", site.admin_view(public_page), name="view_on_site"),
    ]


def public_page(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    """Leads from a record at the desk to its public page. Raises PermissionDenied for who may not see such records."""
    kind = ContentType.objects.filter(pk=as_number(content_type_id)).first()
    model = kind.model_class() if kind is not None else None
    if model is None or not request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
        raise PermissionDenied
    return shortcut(request, content_type_id, object_id)
