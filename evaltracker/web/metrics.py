"""The page for Prometheus. With ``PROMETHEUS_MULTIPROC_DIR`` it counts all processes of a gunicorn together.

The address is there for who has ``METRICS_TOKEN``, or with ``METRICS_ON_LOOPBACK`` for programs of this machine; for
everybody else, and where neither is set, there is nothing.
"""

import os
import secrets
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from evaltracker.web.code_version import source_version
from evaltracker.web.counts import REGISTRY
from labs.choices import Stage
from labs.models import Proposal
from labs.queries.kept import version_now
from labs.queries.records import newest_version
from labs.rules.method import METHOD_VERSION

PATH = "/metrics"
LOOPBACK = ("127.0.0.1", "::1")
OF_A_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
"""A proxy on this machine comes from loopback with what anybody on the web asks for."""


class MetricsMiddleware:
    """Answers before the host is looked at, since who counts knows the site by another name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info != PATH or request.method != "GET" or not may_read(request):
            return self.get_response(request)
        return HttpResponse(metrics(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def may_read(request: HttpRequest) -> bool:
    """Whether the request has the token, or comes from this machine where that is enough."""
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if settings.METRICS_TOKEN and secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    is_here = request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in OF_A_PROXY)
    return settings.METRICS_ON_LOOPBACK and is_here


def metrics() -> bytes:
    """All counts, as Prometheus reads them."""
    found = CollectorRegistry()
    found.register(_State())
    of_requests = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        of_requests = CollectorRegistry()
        MultiProcessCollector(of_requests)
    return generate_latest(of_requests) + generate_latest(found)


class _State:
    """What the database says now."""

    def collect(self) -> Iterator[Metric]:
        code = {"code_version": source_version(), "method_version": str(METHOD_VERSION)}
        try:
            version, state = newest_version(), version_now()
            waiting = Proposal.objects.filter(stage=Stage.IN_REVIEW.value).count()
        except (DatabaseError, InterfaceError):
            yield InfoMetricFamily("evaltracker", "What runs.", code)
            yield GaugeMetricFamily("evaltracker_database_up", "Whether the database answers.", 0)
            return
        yield InfoMetricFamily("evaltracker", "What runs.", code | {"data_version": version.name if version else ""})
        yield GaugeMetricFamily("evaltracker_database_up", "Whether the database answers.", 1)
        yield GaugeMetricFamily("evaltracker_stamp", "Rises with all that pages show.", state.number)
        yield GaugeMetricFamily("evaltracker_proposals_in_review", "Proposals that wait for a second person.", waiting)
