"""What `manage.py check --deploy` asks of this site, besides Django's own."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.http.request import validate_host


@register(Tags.security, deploy=True)
def site_url(**_: Any) -> list[CheckMessage]:
    """That SITE_URL is the site's public address: feeds, files, citations and letters name it."""
    where, site = "Set it to the public address, such as https://evaltracker.example.", urlsplit(settings.PERMALINKS_AT)
    if not site.hostname:
        return [Warning("SITE_URL is not set.", hint=where, id="evaltracker.W001")]
    if settings.HTTPS and site.scheme != "https":
        return [Warning("SITE_URL is not an address over https.", hint=where, id="evaltracker.W002")]
    if not validate_host(site.hostname, settings.ALLOWED_HOSTS):
        return [Warning("ALLOWED_HOSTS leaves out the host of SITE_URL.", id="evaltracker.W003")]
    return []
