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
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from evaltracker.admin.signing_in import Typed, show_again
from labs.actions.versions import turn

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]
DEADLOCK, SERIALIZATION, LOCK_TIMEOUT, CHECK = "40P01", "40001", "55P03", "23514"  # PostgreSQL, appendix A
MET = (
    "Somebody else saved at the same moment, so nothing of yours was saved. Below is what you typed, beside the "
    "records as they are now: look at both and save again."
)
MET_UNTYPED = "Somebody else saved at the same moment, so nothing was done. Look at what is here now, and try again."
BUSY = "The records are being changed by something that takes long, such as an import. Nothing of yours was saved: "
BUSY_TYPED = f"{BUSY}below is what you typed. Save it again in a minute."


def has_met(error: Exception) -> bool:
    """Whether this is what a database or Django says where two writes met, or where a row is gone meanwhile."""
    if isinstance(error, ObjectDoesNotExist):
        return True
    if not isinstance(error, DatabaseError):
        return False
    code, words = getattr(error.__cause__, "pgcode", None), str(error)
    if isinstance(error, IntegrityError):  # a check that fails is a fault of ours, whoever else saves
        return code != CHECK and "CHECK constraint" not in words
    return code in (DEADLOCK, SERIALIZATION) or is_busy(error) or "did not affect any rows" in words


def is_busy(error: Exception) -> bool:
    """Whether a lock was waited for too long; trying again at once would only wait again."""
    return "is locked" in str(error) or getattr(error.__cause__, "pgcode", None) == LOCK_TIMEOUT


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
            if not has_met(error):
                raise
            logger.warning("Two writes met at %s: %s", request.path, type(error).__name__)
            met = error
        if not is_write:
            return view(request, *args, **kwargs)  # it only shows something, as it is now
        if is_whole and not is_busy(met):
            _start_over(request, before)
            try:
                with turn():
                    return view(request, *args, **kwargs)
            except (DatabaseError, ObjectDoesNotExist) as error:
                if not has_met(error):
                    raise
                met = error
        if is_whole:
            _start_over(request, before)
        return _say(request, view, args, kwargs, met, is_form=is_form)

    return answering


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
            response = show_again(request, Typed.sent(request), view, args, kwargs, BUSY_TYPED if is_busy(met) else MET)
        except (DatabaseError, ObjectDoesNotExist) as error:
            if not has_met(error):
                raise
            messages.get_messages(request)._queued_messages.clear()  # type: ignore[attr-defined]
        else:
            if response.status_code == HTTPStatus.OK:
                response.status_code = HTTPStatus.CONFLICT
            return response
        messages.error(request, MET_UNTYPED)
        return HttpResponseRedirect(reverse("admin:index"))
    messages.error(request, f"{BUSY}try again in a minute." if is_busy(met) else MET_UNTYPED)
    return HttpResponseRedirect(request.get_full_path())
