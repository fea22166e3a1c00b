"""Which records have a public page, and how the site answers for withdrawn, merged and never published ones."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.text import slugify

from labs.choices import ProposalKind, RecordStatus
from labs.models import AccessEvent, Proposal, Record
from labs.models.states import merged_into
from labs.queries.change_words import ChangeRow, change_rows
from labs.queries.changes import described_changes
from labs.queries.events import event_name
from labs.queries.kept import records
from labs.web.parameters import address

View = Callable[..., HttpResponse]


def page_of(model: type[Record]) -> Callable[[View], View]:
    """Let a view show published records of one model only, by their ``key``.

    A withdrawn record answers 410 with the reason. The key of a merged record redirects to the record into which it was
    merged, with all parameters. Anything else, such as a draft, is a 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def public_view(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
            if key in records()[model].by_key:
                return view(request, key, **kwargs)
            record = model._default_manager.filter(key=key).first()
            if record is not None and record.status == RecordStatus.WITHDRAWN:
                return _withdrawn(request, record)
            winner = merged_into(model, key) if record is None else None
            if winner is None:
                raise Http404(f"There is no {model._meta.verbose_name} of this key.")
            return HttpResponsePermanentRedirect(address(winner.get_absolute_url(), request.GET))

        return public_view

    return decorate


def _withdrawn(request: HttpRequest, record: Record) -> HttpResponse:
    reference = f"{slugify(record._meta.verbose_name)}:{record.key}"
    name = event_name(record) if isinstance(record, AccessEvent) else str(record)
    rows: list[ChangeRow] = []
    # What was public, without what somebody has typed into it since.
    withdrawal = Proposal.objects.of(record).accepted().filter(kind=ProposalKind.WITHDRAW.value).first()
    if withdrawal is not None:
        name = described_changes([withdrawal])[0].name
        rows = change_rows(type(record), {}, withdrawal.before)
    context = {"record": record, "name": name, "kind": record._meta.verbose_name, "reference": reference, "rows": rows}
    return render(request, "withdrawn.html", context, status=410)
