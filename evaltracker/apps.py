import gc
from contextlib import suppress
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.urls import reverse


class SiteConfig(AppConfig):
    name = "evaltracker"
    verbose_name = "Site"

    def ready(self) -> None:
        from evaltracker import checks  # noqa: F401 - registers them

        with suppress(OSError):  # Django's own check then says that it is not there
            Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)


class DeskConfig(AdminConfig):
    default_site = "evaltracker.site.DeskSite"


def load_for_requests() -> None:
    """Load what the first request of a worker would else wait for: all addresses with their views, and how dates of the
    rarer forms are read. The search for cycles then leaves alone what stays for as long as the process runs.

    A server calls it; a command that answers nobody has no need of it.
    """
    from edtf.parser.grammar import edtfParser, parse_edtf

    reverse("home")
    parse_edtf("202X")
    edtfParser.reset_cache()
    gc.freeze()
