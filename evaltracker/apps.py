from contextlib import suppress
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    name = "evaltracker"
    verbose_name = "Site"

    def ready(self) -> None:
        from evaltracker import checks  # noqa: F401 - registers them

        with suppress(OSError):  # Django's own check then says that it is not there
            Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)


class DeskConfig(AdminConfig):
    default_site = "evaltracker.site.DeskSite"
