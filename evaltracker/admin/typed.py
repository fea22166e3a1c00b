"""What somebody typed into a form of the desk, kept on a page for signing in or for a step after it."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

KEPT = "_kept"
ROOM = 64 * 1024  # for the rest of the request, below its limit
TOO_LARGE = "What you typed was too large to be kept: go back in your browser, copy it, and sign in in another window."


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form that somebody sent, without passwords, and whether they also chose a file.

    ``files`` are those that can be shown again, where there is room for them: the field, the name and the content of
    each. The page holds them, for the site stores nothing of somebody who is signed out.
    """

    fields: list[tuple[str, str]]
    has_file: bool
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    @classmethod
    def sent(cls, request: HttpRequest) -> "Typed":
        """What the browser sent from a form of the desk."""
        fields = [(name, value) for name, values in request.POST.lists() for value in values if _may_be_kept(name)]
        has_file = any(file.name for file in request.FILES.values())
        files = request.FILES.lists() if has_file and _shows_files_again(request) else ()
        return cls(fields, has_file, [(name, each.name, each.read()) for name, some in files for each in some])

    @classmethod
    def read(cls, text: str) -> "Typed":
        """What ``text`` holds. Raises BadRequest where it is not from ``text``."""
        try:
            given = json.loads(text)
            fields = [(name, value) for name, value in given["fields"] if _may_be_kept(name)]
            files = [
                (name, title, b64decode(content, validate=True)) for name, title, content in given.get("files", ())
            ]
            is_right = all(isinstance(each, str) for row in (*fields, *(file[:2] for file in files)) for each in row)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadRequest("What was kept of the form cannot be read.") from error
        if not is_right or len(fields) > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise BadRequest("What was kept of the form cannot be read.")
        return cls(fields, bool(given.get("has_file")), files)

    @property
    def text(self) -> str:
        """For a hidden field."""
        files = [(name, title, b64encode(content).decode()) for name, title, content in self.files]
        kept = {"fields": self.fields, "has_file": self.has_file} | ({"files": files} if files else {})
        return json.dumps(kept, ensure_ascii=False)

    @property
    def is_too_large(self) -> bool:
        """Whether a request could not bring it back."""
        return len(self.text.encode(errors="replace")) > settings.DESK_BODY_BYTES - ROOM

    @property
    def loses_file(self) -> bool:
        """Whether a file has to be chosen again."""
        return self.has_file and not self.files

    @property
    def kept(self) -> "Typed":
        """What of it a request can bring back: files go first."""
        smaller = Typed(self.fields, self.has_file) if self.is_too_large else self
        return Typed([], self.has_file) if smaller.is_too_large else smaller

    @property
    def data(self) -> QueryDict:
        """As the fields of a request."""
        data = QueryDict(mutable=True)
        for name, value in self.fields:
            data.appendlist(name, value)
        data._mutable = False
        return data

    @property
    def uploads(self) -> MultiValueDict:
        """The files as those of a request."""
        found = MultiValueDict()
        for name, title, content in self.files:
            found.appendlist(name, SimpleUploadedFile(title, content))
        return found


def _shows_files_again(request: HttpRequest) -> bool:
    """Whether the page takes files that were chosen earlier: the imports do."""
    return request.resolver_match is not None and request.resolver_match.url_name.split("_")[-1] == "import"


def _may_be_kept(name: str) -> bool:
    return name not in ("csrfmiddlewaretoken", KEPT) and "password" not in name.casefold()
