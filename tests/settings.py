"""The site's settings for tests: they use nothing of a developer's .env or environment.

SQLite in memory, unless TEST_DATABASE_URL names another database (`python -m tests.postgres` sets it).
"""

import os
import secrets
import tempfile

os.environ.update(
    ENV_FILE="",
    SECRET_KEY=secrets.token_urlsafe(50),
    # Plain http and static files without collectstatic.
    DEBUG="true",
    SITE_URL="http://testserver",
    PAGE_CACHE_MB=os.environ.get("TEST_PAGE_CACHE_MB", "0"),  # the tests of the cache give themselves one
    LONG_ANSWERS_MB="0",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or "sqlite://:memory:",
    DATABASE_REPLICA_URL=os.environ.get("TEST_DATABASE_REPLICA_URL", ""),
)
for variable in (
    "ADMINS",
    "ERROR_WEBHOOK_URL",
    "LOG_FORMAT",
    "METRICS_TOKEN",
    "METRICS_ON_LOOPBACK",
    "TRUST_X_REQUEST_ID",
):
    os.environ.pop(variable, None)
for variable in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "HTTPS", "LOG_LEVEL", "PAGE_CACHE_URL", "STATIC_ROOT"):
    os.environ.pop(variable, None)
os.environ["ALLOWED_HOSTS"] = "127.0.0.1,testserver"

from evaltracker.settings import *  # noqa: E402, F403
from evaltracker.settings import BASE_DIR, TEMPLATES  # noqa: E402
from tests.templates import UndefinedVariable  # noqa: E402

DEBUG = False  # /style/ is no page of a deployed site
_folders = tempfile.TemporaryDirectory(prefix="evaltracker-tests-", ignore_cleanup_errors=True)  # goes with the process
KEPT_FIGURES_DIR, FILE_UPLOAD_TEMP_DIR = f"{_folders.name}/kept-figures", f"{_folders.name}/uploads"
os.makedirs(FILE_UPLOAD_TEMP_DIR, mode=0o700)
READ_FILES_APART = False

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable(BASE_DIR / "templates")

# Quick to compute; the tests' passwords protect nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Signing in a test's person asks nothing of the throttle; tests/evaltracker/test_throttle.py turns it on.
AXES_ENABLED = False
SECOND_FACTOR = False  # tests/evaltracker/test_second_factor.py turns it on
