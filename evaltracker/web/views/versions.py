"""The data versions: when each was made, who checked it, and what changed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from evaltracker.web.parameters import request_parameters
from evaltracker.web.tables import VERSION_COLUMNS
from labs.models import DataVersion
from labs.queries.editions import versions_listed, versions_made
from labs.rules.method import METHOD_VERSION
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response
from labs.web.parameters import address, requested_page

VERSIONS_ON_PAGE = 50


def data_versions(request: HttpRequest) -> HttpResponse:
    """All data versions made up to the day, the newest first."""
    requested = request_parameters(request.GET, others=("page",))
    paginator = Paginator(versions_listed(requested.day), VERSIONS_ON_PAGE)
    page = paginator.page(requested_page(request.GET, paginator.num_pages))
    context = {
        "nav": "changes",
        "versions": [(made, _figures(made.version)) for made in versions_made(page.object_list)],
        "pages": {"page": page, "paginator": paginator},
        "csv_url": address(reverse("data_versions_csv"), request.GET, page=None),
    }
    return render(request, "evaltracker/data_versions.html", context)


@described(Described("Data versions", VERSION_COLUMNS))
def versions_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """One row for each data version made up to the day, the newest first."""
    requested = request_parameters(request.GET, others=file_parameters(ending), repeatable=[COLUMNS])
    rows = list(versions_listed(requested.day))
    return file_response(request, ending, Rows("versions", "Data versions", VERSION_COLUMNS, requested.day, rows))


def _figures(version: DataVersion) -> list[tuple[str, str]]:
    """The figures of a version, as of the day on which it was made, by the method of today: names and addresses."""
    asked = {
        "as_of": str(timezone.localdate(version.made_at)),
        "data_version": version.name,
        "method_version": str(METHOD_VERSION),
    }
    names = {
        "headline": "home",
        "scorecards": "labs:lab_csv",
        "verdicts": "commitments:verdicts_csv",
    }
    return [(label, address(reverse(name), asked)) for label, name in names.items()]
