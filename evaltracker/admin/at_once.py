"""Two people who save at the same moment: the desk answers with the form again, and never with an error of ours.

Every request that changes something at the desk is one transaction in its turn (``labs.actions.versions.turn``). Where
two writes meet in spite of it (a unique value that both took, a deadlock with a preview, a row that is gone meanwhile)
it is rolled back and carried out once more, now with what the other wrote. What fails again is shown as a form.
"""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from evaltracker.actions.refused_writes import NOT_TAKEN, is_busy, takes_no_writes
from evaltracker.admin.met import has_met
from evaltracker.admin.signing_in import show_again
from evaltracker.admin.typed import Typed
from labs.actions.versions import turn

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]
MET = (
    "Somebody else saved at the same moment, so nothing of yours was saved. Below is what you typed, beside the "
    "records as they are now: look at both and save again."
)
MET_UNTYPED = "Somebody else saved at the same moment, so nothing was done. Look at what is here now, and try again."
BUSY = "The records are being changed by something that takes long, such as an import. Nothing of yours was saved: "
BUSY_TYPED = f"{BUSY}below is what you typed. Save it again in a minute."
NOT_TAKEN_TYPED = f"{NOT_TAKEN} Nothing of yours was saved, and what you typed is still on this page: keep it open."


def at_once(view: View, *, is_form: bool) -> View:
    """The view of a desk page, all or nothing, and answered also where two writes meet."""

    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_write = request.method == "POST"
        # Reading a large file may take long, and nobody waits for it: its actions take their turn themselves.
        is_whole = is_write and request.user.is_staff and not request.FILES
        before = dict(request.session.items()) if is_whole else {}
        try:
            with turn() if is_whole else nullcontext():
                return view(request, *args, **kwargs)
        except (DatabaseError, ObjectDoesNotExist) as error:
            if not _is_answered(error):
                raise
            logger.warning("A write was not taken at %s: %s", request.path, type(error).__name__)
            met = error
        if not is_write:
            return view(request, *args, **kwargs)  # it only shows something, as it is now
        if is_whole and not is_busy(met) and not takes_no_writes(met):
            _start_over(request, before)
            try:
                with turn():
                    return view(request, *args, **kwargs)
            except (DatabaseError, ObjectDoesNotExist) as error:
                if not _is_answered(error):
                    raise
                met = error
        if is_whole:
            _start_over(request, before)
        return _say(request, view, args, kwargs, met, is_form=is_form)

    return answering


def _is_answered(error: Exception) -> bool:
    """Whether the desk has a sentence for it; what else fails is a fault of ours, or the database is away."""
    return has_met(error) or takes_no_writes(error)


def _start_over(request: HttpRequest, session: dict[str, Any]) -> None:
    """Forget what a view that was rolled back left on the request, for instance that something was saved."""
    messages.get_messages(request)._queued_messages.clear()  # type: ignore[attr-defined]
    for name in ("save_error", "lookalikes"):
        if hasattr(request, name):
            delattr(request, name)
    if dict(request.session.items()) != session:
        for name in list(request.session.keys()):
            del request.session[name]
        request.session.update(session)


def _say(request: HttpRequest, view: View, args: Any, kwargs: Any, met: Exception, *, is_form: bool) -> HttpResponse:
    """The form again with what was typed and a sentence; where there is no form any more, the front page."""
    if is_form:
        try:
            response = show_again(request, Typed.sent(request), view, args, kwargs, _why(met))
        except (DatabaseError, ObjectDoesNotExist) as error:
            if not _is_answered(error):
                raise
            messages.get_messages(request)._queued_messages.clear()  # type: ignore[attr-defined]
        else:
            if response.status_code == HTTPStatus.OK:
                response.status_code = HTTPStatus.SERVICE_UNAVAILABLE if takes_no_writes(met) else HTTPStatus.CONFLICT
            return response
        messages.error(request, _why_untyped(met, MET_UNTYPED))
        return HttpResponseRedirect(reverse("admin:index"))
    messages.error(request, _why_untyped(met, f"{BUSY}try again in a minute." if is_busy(met) else MET_UNTYPED))
    return HttpResponseRedirect(request.get_full_path())


def _why(met: Exception) -> str:
    if takes_no_writes(met):
        return NOT_TAKEN_TYPED
    return BUSY_TYPED if is_busy(met) else MET


def _why_untyped(met: Exception, otherwise: str) -> str:
    return f"{NOT_TAKEN} Nothing was done." if takes_no_writes(met) else otherwise
