"""The CPU time of work that no single page shows: the scorecards of each window, and an import of 10,000 rows.

On the shipped records in a database of its own in memory, of this build alone.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

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


IMPORTED = 10_000


def new_events(count: int) -> str:
    """A CSV file of new access events with two citations each, all right as they are."""
    import csv
    import io

    from labs.models import AIModel, Evaluator, Source

    models = list(AIModel.objects.filter(lab__key="openai").values_list("key", flat=True))
    evaluators = list(Evaluator.objects.exclude(lab__key="openai").values_list("key", flat=True))
    sources = list(Source.objects.values_list("key", flat=True))
    file = io.StringIO()
    writer = csv.writer(file)
    names = ("key", "lab", "model", "evaluators", "activity", "outcome", "fine_tuning", "summary", "is_distinct")
    writer.writerow([*names, "citations"])
    for number in range(count):
        model, evaluator = models[number % len(models)], evaluators[number % len(evaluators)]
        one, other = sources[number % len(sources)], sources[(number + 1) % len(sources)]
        quotes = f"{one} | evaluators, access | First quote {number}.\n{other} | summary | Second quote {number}."
        row = (
            f"bulk-{number}",
            "openai",
            model,
            evaluator,
            "model_evaluation",
            "granted",
            "no",
            "Tested.",
            "yes",
            quotes,
        )
        writer.writerow(row)
    return file.getvalue()


def import_new_events(count: int) -> None:
    """Print how long `import_records` takes for new events."""
    import tempfile
    from pathlib import Path

    from django.contrib.auth.models import User
    from django.core.management import call_command

    User.objects.create_superuser("bench")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access_events.csv"
        path.write_text(new_events(count), encoding="utf-8")
        wall, start = time.perf_counter(), time.process_time()
        call_command("import_records", str(path), user="bench")
        seconds = f"{time.process_time() - start:.1f} s CPU, {time.perf_counter() - wall:.1f} s in all"
    print(f"import_records, {count:,} new events with two citations each: {seconds}")


def main() -> None:
    """Print the figures."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from commitments.queries import ledger
    from commitments.rules.scorecards import scorecards
    from evaltracker.fixtures import load_records
    from labs.models import Lab
    from labs.rules.access import Window
    from labs.web.parameters import today

    call_command("migrate", verbosity=0)
    load_records()
    names = dict(Lab.objects.values_list("key", "name"))
    day = today()
    print(f"as of {day}, {len(names)} labs")
    for window in Window:
        print(f"scorecards, {window.label:15}", cpu(lambda window=window: scorecards(ledger(day), names, window)))
    import_new_events(IMPORTED)
