"""Settings, the same for every deployment; what differs comes from the environment.

A variable is read from the process's environment, else from the file that ENV_FILE names (`.env` in the
project folder unless said otherwise). `.env.example` lists and explains each one.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env_file = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
if env_file.is_file():
    env.read_env(env_file)

# --- what a deployment decides -------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set: put a long random one into the environment or into .env (see .env.example); "
        "`make demo` makes its own."
    )

# The public address, without a slash at the end. Where none is given, permalinks stand as paths; what is read
# elsewhere (feeds, files, citations, the sitemap, mail) needs a whole address all the same. The host of a request plays
# no part.
PERMALINKS_AT = env.str("SITE_URL", default="").rstrip("/")
SITE_URL = PERMALINKS_AT or "http://127.0.0.1:8000"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or "127.0.0.1"])
CSRF_FAILURE_VIEW = "evaltracker.admin.signing_in.expired_form"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'evaltracker.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # Readers go on while one writes; a second writer waits from the start of its transaction instead of
    # failing in the middle of it.
    _database["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
    }
if _replica_url := env.str("DATABASE_REPLICA_URL", default=""):
    # What the public reads (evaltracker/web/databases.py); nothing is ever written to it.
    DATABASES["replica"] = env.db_url_config(_replica_url) | {"TEST": {"MIRROR": "default"}}
    if DATABASES["replica"]["ENGINE"] != _database["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_REPLICA_URL names another kind of database than DATABASE_URL.")
for _each in DATABASES.values():
    if _each["ENGINE"] == "django.db.backends.postgresql":
        # A machine that does not answer is given up while the reader still waits.
        _each["OPTIONS"] = {"connect_timeout": 3, "tcp_user_timeout": 10_000} | _each.get("OPTIONS", {})
    # To open one costs more than many a page. No connection holds a lock between requests.
    _each["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _each["CONN_HEALTH_CHECKS"] = True
# Seconds that one query of a public page, or of a reader's report, may take; of a file that PostgreSQL sends while its
# reader takes it.
PUBLIC_QUERY_SECONDS = env.int("PUBLIC_QUERY_SECONDS", default=10)
PUBLIC_FILE_SECONDS = env.int("PUBLIC_FILE_SECONDS", default=1800)

# Whole public answers (decision 13): in the memory of each process, or in a Redis that all processes share.
PAGE_CACHE_BYTES = env.int("PAGE_CACHE_MB", default=64) * 1024 * 1024
CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if _page_cache_url := env.str("PAGE_CACHE_URL", default=""):
    CACHES["pages"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _page_cache_url,
        "TIMEOUT": 24 * 60 * 60,  # nobody asks for what belongs to an older state of the records
        "KEY_PREFIX": "evaltracker",
        "OPTIONS": {
            "serializer": "evaltracker.web.page_store.PageSerializer",
            "socket_connect_timeout": 0.25,
            "socket_timeout": 0.25,
        },
    }
# Longer files that rules have a part in: on disk, so all processes of a machine share them.
LONG_ANSWERS_DIR = env.str("LONG_ANSWERS_DIR", default=str(BASE_DIR / "long-answers"))
LONG_ANSWERS_BYTES = env.int("LONG_ANSWERS_MB", default=512) * 1024 * 1024

# Plain http only where asked for, or for development.
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # "Strict" would sign people out who follow a link of a letter

# The desk (evaltracker/admin/sessions.py, evaltracker/admin/factors.py).
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not DEBUG)
try:
    DESK_IDLE_SECONDS = env.int("DESK_IDLE_MINUTES", default=120) * 60
    SESSION_COOKIE_AGE = env.int("DESK_SESSION_HOURS", default=12) * 60 * 60
except ValueError:
    DESK_IDLE_SECONDS = SESSION_COOKIE_AGE = 0
if DESK_IDLE_SECONDS <= 0 or SESSION_COOKIE_AGE <= 0:
    raise ImproperlyConfigured("DESK_IDLE_MINUTES and DESK_SESSION_HOURS have to be whole numbers above 0.")
# Getting into the browsers' built-in lists is the domain's owner's decision, not this site's.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# Whether the last address in X-Forwarded-For is the visitor's, as the nearest proxy saw it (rate limits), and whether
# its X-Forwarded-Proto is believed. None where nobody said: evaltracker/checks.py asks.
TRUST_X_FORWARDED_FOR = env.bool("TRUST_X_FORWARDED_FOR", default=None)
TRUST_X_FORWARDED_PROTO = env.bool("TRUST_X_FORWARDED_PROTO", default=None)
if TRUST_X_FORWARDED_PROTO:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where figures of a data version that somebody asked for are kept. A newer method cannot make them again: the folder
# belongs into the backup.
KEPT_FIGURES_DIR = env.str("KEPT_FIGURES_DIR", default=str(BASE_DIR / "kept-figures"))

# Letters to readers and to people at the desk; without a mail server the log says what was not sent.
_mail = env.email_url("EMAIL_URL") if env.str("EMAIL_URL", default="") else {}
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "evaltracker.logs.NoMail")
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST", "localhost"), _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER", ""), _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="evaltracker@localhost")

# Where readers can write to, for the page about the site; "" where the form of reports is the only way.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")

# Uploads while they are read. What an interrupted one left is deleted when a process starts and by `sweep_uploads`.
FILE_UPLOAD_TEMP_DIR = env.str("UPLOADS_DIR", default=str(BASE_DIR / "uploads"))

STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))

# Errors are told to these by e-mail, and to this address as JSON; at most so many an hour by all processes.
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]
if _wrong := [address for _, address in ADMINS if "@" not in address]:
    raise ImproperlyConfigured(f"ADMINS={_wrong[0]} is no e-mail address: give some with commas, as in a@example.org.")
ERROR_WEBHOOK_URL = env.str("ERROR_WEBHOOK_URL", default="")
if ERROR_WEBHOOK_URL and urlsplit(ERROR_WEBHOOK_URL).scheme not in ("http", "https"):
    raise ImproperlyConfigured("ERROR_WEBHOOK_URL is no address that begins with https:// or http://.")
ERROR_REPORTS_PER_HOUR = env.int("ERROR_REPORTS_PER_HOUR", default=10)

# Who may read the counts at /metrics; nobody unless one is set.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_ON_LOOPBACK = env.bool("METRICS_ON_LOOPBACK", default=False)

# Whether the nearest proxy always sets X-Request-ID; else a request gets a name here.
TRUST_X_REQUEST_ID = env.bool("TRUST_X_REQUEST_ID", default=False)
_log_format = env.str("LOG_FORMAT", default="line" if DEBUG else "json")
if _log_format not in ("json", "line"):
    raise ImproperlyConfigured(f"LOG_FORMAT={_log_format} is neither json nor line.")
LOG_IS_JSON = _log_format == "json"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "evaltracker.web.request_log.JsonLines"},
    },
    "filters": {"one_line": {"()": "evaltracker.web.request_log.OneLine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": _log_format, "filters": ["one_line"]},
        "reports": {"class": "evaltracker.web.error_reports.ErrorReports", "filters": ["one_line"]},
    },
    "root": {"handlers": ["stderr", "reports"], "level": env.str("LOG_LEVEL", default="INFO").upper()},
    "loggers": {
        # Django's own handlers (mail to ADMINS, console only with DEBUG) give way to the ones above, and in a worker
        # gunicorn's: its lines would name who asked.
        "django": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": [], "propagate": True},
        # At a terminal, the server's own lines are enough.
        "evaltracker.web.request_log": {"level": "NOTSET" if LOG_IS_JSON else "WARNING"},
    },
}

# --- what is the same everywhere -----------------------------------------------------------------------

INSTALLED_APPS = [
    "evaltracker.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tables2",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "evaltracker.apps.SiteConfig",
    "labs",
    "commitments",
]

MIDDLEWARE = [
    # The first one: it names each request in the log, and sees every answer.
    "evaltracker.web.request_log.RequestLogMiddleware",
    # Around all that answers by itself, the redirect to https included.
    "evaltracker.web.middleware.SecurityHeadersMiddleware",
    # Before the redirect to https and before the host is looked at: what watches the site knows it by another name.
    "evaltracker.web.health.HealthMiddleware",
    "evaltracker.web.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before all that reads a cookie, a path or a body.
    "evaltracker.web.guards.GuardMiddleware",
    "evaltracker.web.streams.StreamsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "evaltracker.web.middleware.DataAddressesMiddleware",
    # Before the page cache: the stamp under which a page is kept and the records of the page are of one database.
    "evaltracker.web.databases.ReplicaMiddleware",
    "evaltracker.web.public_answers.PublicAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Between the session and the token of forms, which is looked for in the body.
    "evaltracker.web.guards.SignedInMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "evaltracker.web.middleware.DataVersionMiddleware",
    "evaltracker.web.middleware.VersionHeadersMiddleware",
    "evaltracker.web.middleware.KeptParametersMiddleware",
    # The last one: it replaces the page of a view in which somebody guessed too many passwords.
    "axes.middleware.AxesMiddleware",
]
X_FRAME_OPTIONS = "DENY"

ROOT_URLCONF = "evaltracker.urls"
WSGI_APPLICATION = "evaltracker.wsgi.application"
ASGI_APPLICATION = "evaltracker.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "evaltracker.web.templates.Templates",
        "NAME": "django",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evaltracker.web.context.site",
            ],
        },
    },
]
DJANGO_TABLES2_TEMPLATE = "includes/_table.html"
FORM_RENDERER = "evaltracker.web.form_renderer.FormRenderer"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "evaltracker.staticfinders.StylesheetFinder",
    "evaltracker.staticfinders.PlotlyFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names that carry a hash need `collectstatic`, which development does without.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "evaltracker.staticstorage.StaticFiles"
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG

# Bytes of a request that an address takes, refused before a form is read (evaltracker/web/guards.py): public pages, of
# which the form for reports is the largest; the desk, and whoever is not signed in there; the desk's pages for files.
PUBLIC_BODY_BYTES = 128 * 1024
DESK_BODY_BYTES = 2 * 1024 * 1024
UPLOAD_BODY_BYTES = 48 * 1024 * 1024
# Whether an uploaded PDF, page or workbook is read in a process of its own, with limits of time and memory
# (labs/actions/apart.py). Tests of what is read do without.
READ_FILES_APART = True
# Of the fields of a form: a snapshot of a source may be pasted, and a system card has many fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where a log-in leads that was asked to lead to another site.
LOGIN_REDIRECT_URL = "admin:index"

# What an app for one-time codes calls the account.
OTP_TOTP_ISSUER = "EvalTracker"

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]

# The first one makes new hashes (RFC 9106); whoever signs in with an older one gets a new one.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Guessed passwords (evaltracker/admin/throttle.py): by name and connection together, so that nobody is locked out
# from everywhere. Trying again meanwhile makes nobody wait longer.
AXES_HANDLER = "evaltracker.admin.throttle.Attempts"
AXES_USERNAME_CALLABLE = "evaltracker.admin.throttle.counted_name"
AXES_CLIENT_IP_CALLABLE = "evaltracker.admin.throttle.counted_address"
AXES_LOCKOUT_CALLABLE = "evaltracker.admin.throttle.locked_page"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the site keeps a log of its own, without addresses
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
