"""Keep the figures of a data version on disk: run it before a release that changes the method.

A newer method cannot make the figures of an older one again (decision 9), so what citations may need is made now.
"""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import BadRequest
from django.core.management import BaseCommand, CommandError
from django.http import HttpRequest, QueryDict
from django.urls import resolve, reverse

from labs.queries import records_complete_to
from labs.queries.editions import data_version
from labs.queries.kept import one_version
from labs.rules.access import Window
from labs.web.parameters import today

FILES = ("headline_csv", "labs:lab_csv", "commitments:verdicts_csv")


class Command(BaseCommand):
    help = (
        "Makes the headline, the scorecards and the verdicts of a data version, for every window of some days, and "
        "keeps them in KEPT_FIGURES_DIR."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data-version", help="such as 2026.12.0; without it the newest")
        parser.add_argument(
            "--day",
            action="append",
            default=[],
            help="such as 2024-05-24, several times if need be; without it today and the day to which the records are "
            "complete",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        with one_version():
            version = options["data_version"] or data_version()
            days = options["day"] or [str(day) for day in dict.fromkeys(self._usual_days())]
            asked = [
                (reverse(name), {"as_of": day, **window, "data_version": version})
                for day in days
                for name in FILES
                for window in ({}, *({"window": each.value} for each in Window))
            ]
            try:
                for path, parameters in asked:
                    self._make(path, parameters)
            except BadRequest as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(f"Data version {version}: {len(asked)} files, of {', '.join(days)}.")

    def _usual_days(self) -> list[dt.date]:
        complete_to = records_complete_to()
        return [today(), *([complete_to] if complete_to and complete_to < today() else [])]

    def _make(self, path: str, parameters: dict[str, str]) -> None:
        """Ask the site for the file, as a reader would; that keeps it."""
        request = HttpRequest()
        request.method, request.path = "GET", path
        request.GET = QueryDict(mutable=True)
        request.GET.update(parameters)
        match = resolve(path)
        match.func(request, *match.args, **match.kwargs)
