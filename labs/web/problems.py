"""What an address for programs answers where it has nothing to give: problem details, or the same in plain text.

Addresses that end in .json and .jsonl answer with problem details (RFC 9457), those of all other files that are served
in plain text. All others are pages, and answer with a page.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from labs.web.parameters import ParameterProblem

MEDIA_TYPE = "application/problem+json"
AS_DETAILS = ("json", "jsonl")
"""The endings of addresses that answer with problem details."""
AS_TEXT = ("csv", "xlsx", "bib", "ris", "txt", "zip", "sqlite", "parquet", "atom", "ics", "xml", "svg", "png")
"""The endings of all other files that are served."""


ANSWERED_AT = "answered_at"
"""On a request that is served within the process for a file: the address of that file, which says how to answer."""


def is_data(path: str) -> bool:
    """Whether an address is one for programs: a file, and no page and no part of the desk."""
    return "." in path.rpartition("/")[2] and not path.startswith(("/admin/", "/static/"))


def problem_response(
    request: HttpRequest,
    status: HTTPStatus,
    detail: str,
    problems: Iterable[ParameterProblem] = (),
    **more: Any,
) -> HttpResponse | None:
    """What went wrong, as the address can say it; None where it is that of a page.

    ``problems`` are the parameters that cannot be answered, each with what is allowed. ``more`` are other members.
    """
    path = getattr(request, ANSWERED_AT, request.path)
    if not is_data(path):
        return None
    ending = path.rpartition(".")[2]
    found = list(problems)
    if ending in AS_DETAILS:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": detail,
            **more,
        }
        if found:
            body["parameters"] = [
                {
                    "parameter": each.parameter,
                    "value": each.value,
                    "detail": each.message,
                    "allowed": list(each.allowed),
                }
                for each in found
            ]
        return HttpResponse(
            json.dumps(body, ensure_ascii=False, indent=1) + "\n", status=status, content_type=MEDIA_TYPE
        )
    if ending in AS_TEXT:
        lines = [
            f"{status.value} {status.phrase}",
            detail,
            *(f"{name}: {value}" for name, value in more.items() if value),
        ]
        for each in found:
            lines += ["", f"{each.parameter}={each.value}", each.message]
            lines += [f"Allowed: {', '.join(each.allowed)}"] if each.allowed else []
        return HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain; charset=utf-8")
    return None
