"""What is counted of requests, in this process or in the folder ``PROMETHEUS_MULTIPROC_DIR`` for several together."""

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
ANSWERED_FROM = "answered_from"
"""On a request: whether its answer was ``kept``, ``made``, or ``not modified``."""

REGISTRY = CollectorRegistry()
REQUESTS = Counter("evaltracker_requests", "Requests.", ("method", "route", "status"), registry=REGISTRY)
TIMES = Histogram(
    "evaltracker_request_seconds", "Until an answer began.", ("route",), buckets=SECONDS, registry=REGISTRY
)
PAGES = Counter(
    "evaltracker_public_answers", "Public answers, by where they came from.", ("source",), registry=REGISTRY
)


def count(method: str, route: str, status: int, seconds: float, source: str | None) -> None:
    """Count a request that was answered; nothing where nobody may ask for the counts."""
    if not is_on():
        return
    REQUESTS.labels(method, route, f"{status // 100}xx").inc()
    TIMES.labels(route).observe(seconds)
    if source is not None:
        PAGES.labels(source).inc()


def is_on() -> bool:
    """Whether anybody may ask for the counts."""
    return bool(settings.METRICS_TOKEN) or settings.METRICS_ON_LOOPBACK
