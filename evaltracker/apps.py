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


SEARCHES = 5_000, 10, 10
"""How rarely a server searches for cycles: after so many new objects, and the older ones every so many searches.

With Python's 700, 10 and 10 it searched most of the records several times while a page read them, up to a fifth of the
time of a long file with nothing kept. With 20,000, 20 and 50 a worker held 16 MB more at ten times the records.
"""


def load_for_requests() -> None:
    """Load what the first request of a worker would else wait for: all addresses with their views, and how dates of the
    rarer forms are read. From then on the search for cycles leaves alone what stays for as long as the process runs.

    A server calls it; a command that answers nobody has no need of it.
    """
    from edtf.parser.grammar import edtfParser, parse_edtf

    reverse("home")
    parse_edtf("202X")
    edtfParser.reset_cache()
    gc.freeze()
    gc.set_threshold(*SEARCHES)
