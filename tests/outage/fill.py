"""Migrates, loads the curated records and collects the static files: the program that fills a new setting."""

import django
from django.conf import settings
from django.core.management import call_command

django.setup()
# The same names as deployed; to compress the files for good takes longer than all the rest.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)

from evaltracker.fixtures import load_records  # noqa: E402

load_records()
