"""The data versions: when each was made, who checked it, and what changed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evaltracker.web.parameters import request_parameters
from labs.queries.editions import versions_listed, versions_made
from labs.web.lists import ROWS_ON_PAGE
from labs.web.parameters import requested_page


def data_versions(request: HttpRequest) -> HttpResponse:
    """All data versions made up to the day, the newest first."""
    requested = request_parameters(request.GET, others=("page",))
    paginator = Paginator(versions_listed(requested.day), ROWS_ON_PAGE)
    page = paginator.page(requested_page(request.GET, paginator.num_pages))
    context = {
        "nav": "changes",
        "versions": versions_made(page.object_list),
        "pages": {"page": page, "paginator": paginator},
    }
    return render(request, "evaltracker/data_versions.html", context)
