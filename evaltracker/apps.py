from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    name = "evaltracker"
    verbose_name = "Site"


class DeskConfig(AdminConfig):
    default_site = "evaltracker.site.DeskSite"
