"""Every address of the site by the form of its route, and a real address for each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from commitments.models import Commitment, Reply
from evaltracker.models import AuditEntry, ErrorReport
from labs.actions.snapshots import add_snapshot
from labs.models import AccessEvent, AIModel, Edition, Evaluator, Lab, Record, Snapshot, Source, Statement
from labs.queries.editions import data_version
from tests import factories, people

KINDS: tuple[type[Record], ...] = (Lab, Evaluator, Source, AIModel, AccessEvent, Statement, Commitment, Reply)
DESK = "admin/"


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern of an address. ``form`` is the same for all kinds of record, and for every name of a parameter."""

    pattern: str
    form: str
    takes_forms: bool = False

    @property
    def is_desk(self) -> bool:
        return self.pattern.startswith(DESK)


def routes(resolver: Any = None, prefix: str = "") -> Iterator[Route]:
    """All patterns of the site, the desk's and those that only lead on included."""
    for each in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, pattern)
        elif isinstance(each, URLPattern):
            yield Route(pattern, form_of(pattern), getattr(each.callback, "takes_forms", False))


def form_of(pattern: str) -> str:
    """The pattern with ``{kind}`` for a kind of record at the desk, and ``{}`` for whatever else it takes."""
    names = "|".join(f"{kind._meta.app_label}/{kind._meta.model_name}" for kind in KINDS)
    pattern = re.sub(rf"^admin/({names})/", "admin/{kind}/", pattern)
    pattern = re.sub(r"\(\?P<page>.*?\)[*+]\)", "{}/", pattern).replace("\\", "")
    return re.sub(r"\(\?P<[^)]*\)|<[^>]*>", "{}", pattern).replace("^", "").replace("$", "")


class Addresses:
    """A real address for each route: records that are public, and one of each thing that the desk keeps."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        for kind in KINDS:
            name = f"{kind._meta.app_label}/{kind._meta.model_name}"
            public = kind.objects.published().order_by("pk")
            self.records[name] = public.first() or getattr(factories, kind._meta.model_name)()
        source = self.records["labs/source"]
        proposal = factories.proposal(self.records["labs/lab"])
        report = ErrorReport.objects.create(page="/", claim="A claim", wrong="Wrong.", sender="x")
        snapshot = Snapshot.objects.first() or _snapshot(source)
        person = people.person("Researcher")  # which the audit log tells of
        self.numbers = {
            "labs/proposal": proposal.pk,
            "labs/snapshot": snapshot.pk,
            "labs/edition": (Edition.objects.first() or Edition.objects.create(version="2026.01")).pk,
            "evaltracker/errorreport": report.pk,
            "evaltracker/auditentry": AuditEntry.objects.latest("pk").pk,
            "auth/user": person.pk,
            "auth/group": Group.objects.order_by("pk")[0].pk,
        } | {name: record.pk for name, record in self.records.items()}

    def of(self, route: Route) -> str:
        """An address that the route matches."""
        return "/" + (self._at_the_desk if route.is_desk else self._public)(route.pattern)

    def _at_the_desk(self, pattern: str) -> str:
        if "content_type_id" in pattern:
            lab = ContentType.objects.get_for_model(Lab)
            return f"admin/r/{lab.pk}/{self.numbers['labs/lab']}/"
        pattern = pattern.replace("<slug:key>", "silent").replace("(?P<url>.*)", "nothing")
        pattern = re.sub(r"\(\?P<app_label>[^)]*\)", "labs", pattern)
        pattern = pattern.replace("people/<int:pk>", f"people/{self.numbers['auth/user']}")
        name = "/".join(pattern.split("/")[1:3])
        return re.sub(r"<[^>]*>", str(self.numbers.get(name, 1)), pattern).replace("^", "").replace("$", "")

    def _public(self, pattern: str) -> str:
        keys = {"labs": "lab", "evaluators": "evaluator", "sources": "source", "models": "aimodel",
                "access": "accessevent"}  # fmt: skip
        first = pattern.lstrip("^").split("/")[0]
        name = f"labs/{keys[first]}" if first in keys else "commitments/commitment"
        pattern = pattern.replace("<slug:key>", self.records[name].key).replace(
            r"(?P<key>[-\w]+)", self.records[name].key
        )
        pattern = pattern.replace("<str:version>", data_version()).replace("<str:table>", "labs")
        pattern = pattern.replace("<int:number>", "1")
        pattern = re.sub(r"\(\?P<page>.*?\)[*+]\)", "labs/", pattern)
        return re.sub(r"\(\?P<ending>[^)]*\)", "json", pattern).replace("\\", "").replace("^", "").replace("$", "")


def _snapshot(source: Source) -> Snapshot:
    return add_snapshot(source=source, text="Words of the source.", taken_on=timezone.localdate(), by=None)
