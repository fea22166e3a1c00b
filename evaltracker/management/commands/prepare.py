import logging
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.http.request import validate_host
from django.utils import timezone

from evaltracker.web.prepared import prepare_all
from labs.queries.editions import data_version
from labs.queries.kept import version_now
from labs.web.parameters import today


class Command(BaseCommand):
    """Run it on each machine before it takes readers, after each new version of the code, and at midnight (UTC)."""

    help = (
        "Makes what takes long to make for the records, the code and the day of now, so that no reader waits for it: "
        "the files of whole lists, the data package, the pictures. What is kept already is not made again."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.DEBUG:
            raise CommandError("With DEBUG nothing is kept, so there is nothing to prepare.")
        if not validate_host(host := urlsplit(settings.SITE_URL).hostname or "", settings.ALLOWED_HOSTS):
            raise CommandError(f"SITE_URL names {host}, which ALLOWED_HOSTS does not: the site would refuse to answer.")
        logging.getLogger("evaltracker.web.request_log").setLevel(logging.WARNING)
        started, state = time.monotonic(), (today(), version_now())
        failed = count = 0
        for each in prepare_all():
            if each.status == 200:
                was_there = ", was there" if each.was_there else ""
                self.stdout.write(f"{each.path}: {each.seconds:.2f} s, {each.size:,} bytes{was_there}")
            else:
                self.stderr.write(f"{each.path} answers {each.status}.")
                failed += 1
            count += 1
        if (today(), version_now()) != state:
            self.stdout.write("The record or the day changed meanwhile: run it again for what is new.")
        if failed:
            raise CommandError(f"{failed} of {count} files could not be made.")
        seconds = time.monotonic() - started
        self.stdout.write(f"Data version {data_version()}, {timezone.localdate()}: {count} files in {seconds:.1f} s.")
