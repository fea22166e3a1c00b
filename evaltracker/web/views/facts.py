"""Pages of facts that show what only the site knows of them: replies, and what was promised."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from commitments.queries import replies_of
from evaltracker.web.charts.alone import CARD_WIDTH
from evaltracker.web.charts.png import png
from evaltracker.web.charts.release_card import ReleaseCard
from evaltracker.web.presenters.release import promised_for
from evaltracker.web.views.figures import kept_png
from labs.models import AIModel
from labs.queries import ReleaseAsOf, releases_as_of
from labs.web import views
from labs.web.parameters import KEPT, absolute, address, refuse_unknown, requested_day, today
from labs.web.record_pages import NotKnownYet, page_of


def event_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One access event with what labs and evaluators replied to it."""
    return views.event_detail(request, key, more=lambda event: {"replies": replies_of(event.record, event.day)})


def model_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One release with what its lab had promised for it."""
    return views.model_detail(request, key, more=lambda release: _promised(release, request.GET))


def _promised(release: ReleaseAsOf, parameters: QueryDict) -> dict[str, Any]:
    promised = promised_for(release.day, release.key, parameters)
    return {"promised": promised, "card": ReleaseCard(release, promised.sentences, parameters)}


@page_of(AIModel)
def model_card(request: HttpRequest, key: str) -> HttpResponse:
    """The picture beside a link to a release; drawn once for each data version and day."""
    refuse_unknown(request.GET, KEPT)
    release = releases_as_of(requested_day(request.GET))[key]
    is_past = release.day < today()
    if is_past and not release.is_known:
        raise NotKnownYet
    card: ReleaseCard = _promised(release, request.GET)["card"]
    shown = absolute(address(card.card_url.partition("?")[0], {}, as_of=str(release.day)))
    image = kept_png(f"{shown}#{'was' if is_past else 'is'}", lambda: png(card.svg, CARD_WIDTH))
    name = f"evaltracker-{key}-{release.day}.png"
    return HttpResponse(image, content_type="image/png", headers={"Content-Disposition": f'inline; filename="{name}"'})
