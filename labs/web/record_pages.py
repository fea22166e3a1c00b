"""Which records have a public page, and how the site answers for withdrawn, merged and never published ones."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from labs.choices import ProposalKind, RecordStatus
from labs.models import AccessEvent, AIModel, Proposal, Record
from labs.models.addresses import page_path
from labs.models.states import merged_into
from labs.queries.change_words import ChangeRow, change_rows
from labs.queries.changes import described_changes
from labs.queries.events import event_name
from labs.queries.kept import records
from labs.web.parameters import address, kept_parameters, requested_day, today
from labs.web.problems import problem_response

View = Callable[..., HttpResponse]


class NotKnownYet(Exception):
    """Nothing that was public by the day of the request tells of the record: ``page_of`` shows a page that says so."""


def page_of(model: type[Record]) -> Callable[[View], View]:
    """Let a view show published records of one model only, by their ``key``.

    A withdrawn record answers 410 with the reason. The key of a merged record redirects to the same of the record into
    which it was merged, with all parameters. A published record keeps its address on every day: where the view raises
    NotKnownYet, the page says that nothing told of it yet. Anything else, such as a draft, is a 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def public_view(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
            if (public := records()[model].by_key.get(key)) is not None:
                try:
                    return view(request, key, **kwargs)
                except NotKnownYet:
                    return _not_known_yet(request, public)
            record = model._default_manager.filter(key=key).first()
            if record is not None and record.status == RecordStatus.WITHDRAWN:
                return _withdrawn(request, record)
            winner = merged_into(model, key)  # looked up for a draft too, which costs what an unknown key costs
            if winner is None:
                raise Http404(f"There is no {model._meta.verbose_name} of this key.")
            match = request.resolver_match
            path = reverse(match.view_name, kwargs={**match.kwargs, "key": winner.key})
            return HttpResponsePermanentRedirect(address(path, request.GET))

        return public_view

    return decorate


def _not_known_yet(request: HttpRequest, record: Record) -> HttpResponse:
    """Says nothing of the record but since when it is known: it is a page of a day on which nobody could know more."""
    day, known_on = requested_day(request.GET), record.known_from
    parameters = kept_parameters(request.GET)
    list_path = page_path(f"{record.url_name.removesuffix('_detail')}_list")
    is_release = isinstance(record, AIModel)  # its pages call it so
    context = {
        "nav": list_path.strip("/").rpartition("/")[2],
        "day": day,
        "kind": "release" if is_release else record._meta.verbose_name,
        "kinds": "releases" if is_release else record._meta.verbose_name_plural,
        "known_on": known_on,
        "known_url": address(request.path, {**parameters, "as_of": str(known_on)}),
        "list_url": address(list_path, parameters),
        "is_known_now": known_on is not None and day < known_on <= today(),
    }
    return render(request, "not_known_yet.html", context)


def _withdrawn(request: HttpRequest, record: Record) -> HttpResponse:
    reference = f"{slugify(record._meta.verbose_name)}:{record.key}"
    name = event_name(record) if isinstance(record, AccessEvent) else str(record)
    rows: list[ChangeRow] = []
    # What was public, without what somebody has typed into it since.
    withdrawal = Proposal.objects.of(record).accepted().filter(kind=ProposalKind.WITHDRAW.value).first()
    if withdrawal is not None:
        name = described_changes([withdrawal])[0].name
        rows = change_rows(type(record), {}, withdrawal.before)
    answer = problem_response(
        request,
        HTTPStatus.GONE,
        f"We withdrew this {record._meta.verbose_name}: {name}.",
        reason=record.withdrawn_because,
        withdrawn_on=str(timezone.localdate(record.changed_at)) if record.changed_at else None,
    )
    if answer is not None:
        return answer
    context = {"record": record, "name": name, "kind": record._meta.verbose_name, "reference": reference, "rows": rows}
    return render(request, "withdrawn.html", context, status=410)
