"""Our list of access events, not kept, beside Django's stock change list with the same columns and filters.

On the shipped records in a database of its own in memory, of this build alone.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 15


def _cpu(work: Callable[[], Any]) -> float:
    """Median CPU milliseconds of a piece of work."""
    work()
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def measure() -> str:
    """One line: both costs, and their ratio."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.contrib import admin
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client, RequestFactory

    from evaltracker.fixtures import load_records
    from labs.models import AccessEvent

    settings.DEBUG = False
    settings.TEMPLATES[0]["OPTIONS"].pop("string_if_invalid", None)
    call_command("migrate", verbosity=0)
    load_records()

    class Stock(admin.ModelAdmin):
        list_display = ("model", "lab", "evaluator_names", "activity", "timing", "outcome", "results")
        list_filter = (
            *("evaluators", "lab", "model", "activity", "timing", "results", "no_safety_filters", "helpful_only"),
            *("fine_tuning", "weights", "free_to_publish", "outcome"),
        )
        search_fields = ("summary",)
        list_per_page = 50
        list_select_related = ("lab", "model")

        def get_queryset(self, request: Any) -> Any:
            return super().get_queryset(request).filter(status="published").prefetch_related("evaluators")

        @admin.display(description="evaluators")
        def evaluator_names(self, event: AccessEvent) -> str:
            return ", ".join(map(str, event.evaluators.all()))

    class WithCounts(Stock):
        show_facets = admin.ShowFacets.ALWAYS  # as our filters have them

    person = User.objects.create_superuser("bench")
    client, factory = Client(), RequestFactory()

    def of_django(stock: admin.ModelAdmin) -> None:
        request = factory.get("/admin/labs/accessevent/")
        request.user = person
        response = stock.changelist_view(request)
        assert response.render().status_code == 200

    def of_ours() -> None:
        assert client.get("/access/").status_code == 200

    ours = _cpu(of_ours)
    site = admin.site
    found = [f"`/access/`, the page not kept: {ours:.1f} ms of CPU"]
    for name, made in (("without counts", Stock), ("with the counts that ours has", WithCounts)):
        stock = made(AccessEvent, site)
        cost = _cpu(lambda stock=stock: of_django(stock))
        found.append(f"Django’s change list {name}: {cost:.1f} ms, ratio {ours / cost:.2f}")
    return "; ".join(found)
