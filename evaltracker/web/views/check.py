"""Whether what somebody cites is still so."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaltracker.web.check import LONGEST, Checked, check, pasted
from evaltracker.web.parameters import request_parameters
from labs.queries.changes import PublicChange
from labs.queries.editions import data_version
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import BadParameters, permalink, with_kept
from labs.web.problems import ANSWERED_AT


@require_safe
def check_page(request: HttpRequest) -> HttpResponse:
    """A form for a permalink, or for words with their permalink; then whether it is still so, and what changed."""
    request_parameters(request.GET, others=("text",))
    text = request.GET.get("text", "")
    context = {"nav": "data", "text": text, "longest": LONGEST, "checked": None, "problems": [], "json_url": ""}
    if text.strip():
        try:
            context["checked"] = check(pasted(text))
            context["json_url"] = f"{reverse('check_json')}?{request.GET.urlencode()}"
        except BadParameters as refused:
            if hasattr(request, ANSWERED_AT):
                raise
            context["problems"] = refused.problems
    return render(request, "evaltracker/check.html", context, status=400 if context["problems"] else 200)


@require_safe
def check_json(request: HttpRequest) -> JsonResponse:
    """The same for programs. Raises BadParameters for a text without an address of ours that names a data version."""
    request_parameters(request.GET, others=("text",))
    text = request.GET.get("text", "")
    answer: dict[str, Any] = {
        "title": "Is it still so?",
        "url": permalink(request.get_full_path()),
        "data_version": data_version(),
        "method_version": str(METHOD_VERSION),
        "text": text,
        "outcome": None,
    }
    if text.strip():
        answer |= _as_values(request, check(pasted(text)))
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _as_values(request: HttpRequest, checked: Checked) -> dict[str, Any]:
    by, until, difference = checked.changed_by, checked.unchanged_until, checked.difference
    return {
        "outcome": checked.outcome.value,
        "outcome_label": checked.outcome.label,
        "sentence": checked.sentence,
        "page_outcome": checked.page_outcome.value,
        "page_outcome_label": checked.page_outcome.label,
        "page_sentence": checked.page_sentence,
        "cited_url": permalink(checked.pasted.permalink),
        "cited_as_of": checked.pasted.as_of,
        "cited_data_version": str(checked.pasted.version),
        "words": checked.pasted.words,
        "words_outcome": checked.words_outcome.value,
        "words_outcome_label": checked.words_outcome.label,
        "unchanged_until": str(until or "") or None,
        "changed_by": str(by or "") or None,
        "changed_on": timezone.localdate(by.made_at) if by and checked.is_exact else None,
        "changes_since": checked.changes_since,
        "changes_url": permalink(checked.changes_url),
        "moved_to": checked.moved_to or None,
        "difference": [{"kind": part.kind, "text": part.text} for part in difference.parts] if difference else [],
        "difference_is_cut": bool(difference and difference.is_cut),
        "changes": [_change(request, each) for each in checked.changes],
        "corrections": [_change(request, each) for each in checked.corrections],
    }


def _change(request: HttpRequest, change: PublicChange) -> dict[str, Any]:
    page = reverse("corrections" if change.is_correction else "changes")
    return {
        "record": change.reference,
        "name": change.name,
        "kind": change.label,
        "made_at": change.made_at,
        "data_version": change.data_version,
        "summary": change.summary,
        "reason": change.reason,
        "url": permalink(with_kept(f"{page}?record={change.reference}", request.GET)),
    }
