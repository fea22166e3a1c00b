"""Answers requests inside the build in whose folder this runs, and says what each one cost.

It reads a JSON command a line and prints a JSON answer a line:

- {"do": "about"}: whether the build keeps anything between requests
- {"do": "view", "path": …, "forget": true, "change": true, "body": true}: one request; first forget what is kept, if
  asked to, or let an editor accept a change of an access event
- {"do": "fresh", "views": [{"path": …, "encoding": "br"}, …]}: these requests in a new process that begins as this one
  is now: before its first view, one that has served nothing yet; and that process's memory after them
- {"do": "memory"}: of this process, in MB
- {"do": "forget"}: what is kept

A request: {"status", "type", "ms" (CPU of this process), "queries", "bytes"}, and "body" if asked for. One that takes
more CPU than the limit in seconds, this program's argument, ends with the status 0.

It uses nothing of ours but the addresses and, in a build that keeps something, the hook to forget and the actions by
which a change is accepted, so that any build can run it.
"""

import gc
import importlib
import json
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import django
from django.conf import settings

KEPT = "labs.queries.kept"  # its forget() drops what the process keeps between requests


class TooLong(BaseException):
    """The limit has passed; no handler of Exception stops it."""


def too_long(*_: Any) -> NoReturn:
    raise TooLong


def forget_of_this_build() -> Callable[[], None] | None:
    try:
        return importlib.import_module(KEPT).forget
    except ModuleNotFoundError:
        return None


def accept_a_change(number: int) -> None:
    """Change the days of access of a public event, of another each time while there is one, as the desk does: one
    proposes, one accepts. With more than the shipped records its copies look alike; it then says that it is none of
    them.
    """
    from django.contrib.auth import get_user_model
    from django.core.exceptions import ValidationError

    review, models = (importlib.import_module(name) for name in ("labs.actions.review", "labs.models"))
    people = get_user_model().objects
    ada, ed = (
        people.filter(username=name).first() or people.create_superuser(name, password=None) for name in ("ada", "ed")
    )
    events = models.AccessEvent.objects.published().filter(started_on="").order_by("key")
    event = events[number * 7 % events.count()]
    why, state = "Measured.", {"access_days": 1 + (event.access_days or 0) % 9}
    try:
        proposal = review.propose(record=event, state=state, reason=why, by=ada)
    except ValidationError:
        proposal = review.propose(record=event, state=state | {"is_distinct": True}, reason=why, by=ada)
    review.accept(proposal=proposal, by=ed, unfound_because=why)


def answered(client: Any, path: str, limit: float, with_body: bool = False, encoding: str = "") -> dict[str, Any]:
    from django.db import connection

    queries = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(sql, params, many, context)

    body, status, kind = b"", 0, ""
    start = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, limit)
        with connection.execute_wrapper(count):
            response = client.get(path, **({"HTTP_ACCEPT_ENCODING": encoding} if encoding else {}))
            body = b"".join(response.streaming_content) if response.streaming else response.content
        status, kind = response.status_code, response.headers.get("Content-Type", "")
    except TooLong:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    ms = (time.process_time() - start) * 1000
    answer = {"status": status, "type": kind, "ms": ms, "queries": queries, "bytes": len(body)}
    return answer | ({"body": body.decode("utf-8")} if with_body else {})


def memory() -> dict[str, float]:
    """What the process holds now and held at most, in MB; both the most where /proc is missing."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    statm = Path("/proc/self/statm")
    now = int(statm.read_text().split()[1]) * resource.getpagesize() / 1024**2 if statm.exists() else most
    return {"now": now, "most": most}


def main() -> None:
    limit = float(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the build prints is no answer
    signal.signal(signal.SIGPROF, too_long)
    django.setup()
    # As a server begins; and where a build gives requests room on the stack (evaltracker/stack.py), this process does.
    application = importlib.import_module(settings.WSGI_APPLICATION.rpartition(".")[0]).application
    view = partial(application.func, answered) if isinstance(application, partial) else answered
    logging.disable()  # a page that is not there is among what is asked for
    # As deployed, but for static files, which nobody asks for here.
    settings.DEBUG = settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    from django.db import connections
    from django.test import Client

    def answer(value: dict[str, Any]) -> None:
        print(json.dumps(value), file=answers, flush=True)

    client, forget, changes = Client(raise_request_exception=False), forget_of_this_build(), 0
    for line in sys.stdin:
        command = json.loads(line)
        match command["do"]:
            case "about":
                answer({"keeps": forget is not None})
            case "memory":
                answer(memory())
            case "forget":
                if forget is not None:
                    forget()
                answer({})
            case "view":
                if command.get("forget") and forget is not None:
                    forget()
                if command.get("change") and forget is not None:
                    accept_a_change(changes)
                    changes += 1
                answer(view(client, command["path"], limit, command.get("body", False)))
            case "fresh":
                gc.collect()
                connections.close_all()  # two processes may not have one
                child = os.fork()
                if not child:
                    views = [view(client, limit=limit, **each) for each in command["views"]]
                    answer({"views": views, "memory": memory()})
                    os._exit(0)
                if os.waitpid(child, 0)[1]:
                    sys.exit("the new process failed")


if __name__ == "__main__":
    main()
