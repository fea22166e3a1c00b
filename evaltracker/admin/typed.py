"""What somebody typed into a form of the desk, kept on a page for signing in or for a step after it."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict

KEPT = "_kept"
ROOM = 64 * 1024  # for the rest of the request, below its limit
TOO_LARGE = "What you typed was too large to be kept: go back in your browser, copy it, and sign in in another window."


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form that somebody sent, without passwords, and whether they also chose a file."""

    fields: list[tuple[str, str]]
    has_file: bool

    @classmethod
    def sent(cls, request: HttpRequest) -> "Typed":
        """What the browser sent from a form of the desk."""
        fields = [(name, value) for name, values in request.POST.lists() for value in values if _may_be_kept(name)]
        return cls(fields, any(file.name for file in request.FILES.values()))

    @classmethod
    def read(cls, text: str) -> "Typed":
        """What ``text`` holds. Raises BadRequest where it is not from ``text``."""
        try:
            given = json.loads(text)
            fields = [(name, value) for name, value in given["fields"] if _may_be_kept(name)]
            is_right = all(isinstance(each, str) for field in fields for each in field)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadRequest("What was kept of the form cannot be read.") from error
        if not is_right or len(fields) > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise BadRequest("What was kept of the form cannot be read.")
        return cls(fields, bool(given.get("has_file")))

    @property
    def text(self) -> str:
        """For a hidden field."""
        return json.dumps({"fields": self.fields, "has_file": self.has_file}, ensure_ascii=False)

    @property
    def is_too_large(self) -> bool:
        """Whether a request could not bring it back."""
        return len(self.text.encode(errors="replace")) > settings.DESK_BODY_BYTES - ROOM

    @property
    def data(self) -> QueryDict:
        """As the fields of a request."""
        data = QueryDict(mutable=True)
        for name, value in self.fields:
            data.appendlist(name, value)
        data._mutable = False
        return data


def _may_be_kept(name: str) -> bool:
    return name not in ("csrfmiddlewaretoken", KEPT) and "password" not in name.casefold()
