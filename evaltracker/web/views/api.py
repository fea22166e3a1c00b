"""The description of the API."""

from django.http import HttpRequest, JsonResponse

from evaltracker.web.openapi import MEDIA_TYPE_OF_DESCRIPTION, description
from labs.web.parameters import KEPT, absolute, refuse_unknown


def api_description(request: HttpRequest) -> JsonResponse:
    """All addresses for programs, in OpenAPI 3.1."""
    refuse_unknown(request.GET, KEPT)
    found = description(absolute(""))
    return JsonResponse(
        found, json_dumps_params={"indent": 1, "ensure_ascii": False}, content_type=MEDIA_TYPE_OF_DESCRIPTION
    )
