"""The WSGI application that a web server runs."""

import os
from functools import partial

from django.core.wsgi import get_wsgi_application

from evaltracker.stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evaltracker.settings")

application = partial(with_room, get_wsgi_application())

from evaltracker.apps import load_for_requests  # noqa: E402 - once the settings are read

load_for_requests()
