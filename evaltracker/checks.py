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


@register(Tags.security, deploy=True)
def proxy(**_: Any) -> list[CheckMessage]:
    """That somebody said whether a proxy stands in front, and that what was said of its two headers fits together."""
    trusted = {
        "TRUST_X_FORWARDED_PROTO": settings.TRUST_X_FORWARDED_PROTO,
        "TRUST_X_FORWARDED_FOR": settings.TRUST_X_FORWARDED_FOR,
    }
    if settings.DEBUG:
        return []
    if unset := [name for name, value in trusted.items() if value is None]:
        verb = "is" if len(unset) == 1 else "are"
        words = f"{' and '.join(unset)} {verb} not set. Behind a proxy {LOOP}, and {SHARED}."
        return [Warning(words, hint=BOTH, id="evaltracker.W004")]
    if settings.TRUST_X_FORWARDED_FOR and not settings.TRUST_X_FORWARDED_PROTO and settings.HTTPS:
        words = f"TRUST_X_FORWARDED_FOR is true and TRUST_X_FORWARDED_PROTO false: behind that proxy {LOOP}."
        return [Warning(words, hint=BOTH, id="evaltracker.W005")]
    if settings.TRUST_X_FORWARDED_PROTO and not settings.TRUST_X_FORWARDED_FOR:
        words = f"TRUST_X_FORWARDED_PROTO is true and TRUST_X_FORWARDED_FOR false: behind that proxy {SHARED}."
        return [Warning(words, hint=BOTH, id="evaltracker.W006")]
    return []


LOOP = "each page redirects to itself without TRUST_X_FORWARDED_PROTO=true"
SHARED = (
    "all visitors share five reports of error a day, and five wrong passwords for a name, without "
    "TRUST_X_FORWARDED_FOR=true"
)
BOTH = (
    "Where a proxy sets X-Forwarded-Proto and adds the visitor's address to X-Forwarded-For, set both to true. Where "
    "none stands in front, set both to false: else anybody could fake either."
)
