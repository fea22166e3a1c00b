"""The ASGI application that a web server runs."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evaltracker.settings")

application = get_asgi_application()

from evaltracker.apps import load_for_requests  # noqa: E402 - once the settings are read

load_for_requests()
