"""Prints the CPU time of what has to be quick, on the curated records: `python -m tests.bench`. Not a test.

Uncached: every figure includes reading the records from a database of its own in memory.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

ROUNDS = 9


def cpu(work: Callable[[], Any]) -> str:
    """Median and worst CPU time of a piece of work, in milliseconds."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return f"{statistics.median(times):7.1f} ms (worst {max(times):.1f} ms, {ROUNDS} rounds)"


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    from commitments.queries import ledger
    from commitments.scorecards import scorecards
    from evaltracker.fixtures import load_records
    from labs.access import Window
    from labs.models import Lab
    from labs.parameters import today

    call_command("migrate", verbosity=0)
    load_records()
    setup_test_environment()
    names = dict(Lab.objects.values_list("key", "name"))
    day = today()
    print(f"as of {day}, {len(names)} labs")
    for window in Window:
        print(f"scorecards, {window.label:15}", cpu(lambda window=window: scorecards(ledger(day), names, window)))
    client = Client()

    def page(address: str) -> None:
        response = client.get(address)
        assert response.status_code == 200, address
        if response.streaming:
            b"".join(response.streaming_content)

    for address in ("/", "/labs/", "/labs.csv", "/labs/openai/", "/access/", "/access.csv", "/models/gpt-4/"):
        print(f"{address:27}", cpu(lambda address=address: page(address)))


if __name__ == "__main__":
    main()
