"""The page of downloads, and the data dictionary."""

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from evaltracker.web.parameters import request_parameters
from evaltracker.web.presenters import data
from labs.queries import releases_as_of
from labs.queries.editions import data_version
from labs.rules.method import METHOD_VERSION
from labs.rules.renames import RENAMES
from labs.web.columns import FieldType
from labs.web.parameters import absolute, address, today, with_kept


def data_page(request: HttpRequest) -> HttpResponse:
    """What can be taken away, how to read it right, how to cite it, and what each column means."""
    requested = request_parameters(request.GET)
    site = absolute("")
    query = f"?as_of={requested.day}" if requested.day < today() else ""
    fixed = {"as_of": str(requested.day), "data_version": data_version(), "method_version": str(METHOD_VERSION)}
    context = {
        "nav": "data",
        "files": [_file(file, request.GET) for file in data.FILES],
        "downloads": [
            *_of_package(query),
            *(
                {"label": label, "url": with_kept(reverse(name), request.GET), "about": about}
                for name, label, about in data.DOWNLOADS
            ),
        ],
        "commands": data.commands(site, query, next(iter(releases_as_of(requested.day)), "")),
        "start": data.start(site, query, requested.day),
        "recipes": data.recipes(site, query),
        "words": [{"cell": cell, "is_code": is_code, "meaning": meaning} for cell, is_code, meaning in data.WORDS],
        "dates": list(data.dates()),
        "figure_again": f'curl -o headline.csv "{site}{address(reverse("headline_csv"), fixed)}"',
        "limits": data.LIMITS,
        "renamed": RENAMES,
        "types": list(FieldType),
    }
    return render(request, "evaltracker/data.html", context)


def _of_package(query: str) -> list[dict[str, str]]:
    """The files of the newest data version; none as long as there is none."""
    version = data_version()
    return [
        {"label": label, "url": f"{reverse(name, kwargs={'version': version})}{query}", "about": about}
        for name, label, about in (data.OF_PACKAGE if version else ())
    ]


def _file(file: data.DataFile, parameters: QueryDict) -> dict[str, Any]:
    return {
        "name": file.name,
        "title": file.title,
        "described": file.described,
        "page": with_kept(reverse(file.page), parameters),
        "formats": [{"label": name, "url": with_kept(path, parameters)} for name, path in file.formats],
    }


def dictionary_page(request: HttpRequest) -> HttpResponse:
    """Each column of each file, with its type, its meaning and its values."""
    request_parameters(request.GET)
    context = {
        "nav": "data",
        "files": data.FILES,
        "types": list(FieldType),
        "csv_url": with_kept(reverse("data_dictionary_csv"), request.GET),
        "json_url": with_kept(reverse("data_dictionary_json"), request.GET),
    }
    return render(request, "evaltracker/data_dictionary.html", context)


def dictionary_csv(request: HttpRequest) -> HttpResponse:
    """The data dictionary: a row for each column, or for each of the values that it can have."""
    request_parameters(request.GET)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="evaltracker-dictionary.csv"'},
    )
    csv.writer(response).writerows([data.DICTIONARY_COLUMNS, *data.dictionary_rows()])
    return response


def dictionary_json(request: HttpRequest) -> JsonResponse:
    """The data dictionary as JSON."""
    request_parameters(request.GET)
    return JsonResponse(data.dictionary())
