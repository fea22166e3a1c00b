"""Read an uploaded file in a process of its own, which has limits of time and memory and knows nothing of the site.

A library that reads PDF or spreadsheets can take half a minute, or a gigabyte, within one step that no clock
interrupts. So it works in another process: the kernel ends that one (setrlimit(2), RLIMIT_CPU and RLIMIT_AS), and the
site goes on. That process gets the bytes and no settings, no secret and no database, and answers in JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 30
"""Of the processor, and as many again of waiting for it."""
MEBIBYTES = 1_536
"""Of memory, with all that the process itself takes."""
TOO_SLOW = f"Reading it took longer than {SECONDS} seconds."
TOO_LARGE = f"Reading it took more than {MEBIBYTES:,} MB of memory."
BROKEN = "It cannot be read: what reads it broke off."
_ROOT = Path(__file__).resolve().parents[2]
_NO_MEMORY, _REFUSED, _DONE = "no memory", "refused", "done"


def read_apart(
    function: str, refusal: Callable[[str], Exception], content: bytes, *, seconds: int = SECONDS, **arguments: Any
) -> Any:
    """What a function, such as ``labs.actions.documents:read_document``, makes of the bytes, which are ``content``.

    Its arguments and its result are plain JSON. Raises ``refusal``, an exception made of a sentence, where the function
    raises one of that name, and where it takes too long or too much memory.
    """
    head = {"function": function, "refusal": getattr(refusal, "__name__", ""), "seconds": seconds, "given": arguments}
    environment = {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__],
            input=json.dumps(head).encode() + b"\n" + content,
            capture_output=True,
            timeout=2 * seconds,
            env=environment,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusal(_slow(seconds)) from error
    if done.returncode < 0:  # by SIGXCPU, or by SIGKILL a second later
        raise refusal(_slow(seconds))
    try:
        how, what = json.loads(done.stdout)
    except ValueError:
        raise refusal(TOO_LARGE if b"MemoryError" in done.stderr else BROKEN) from None
    if how == _NO_MEMORY:
        raise refusal(TOO_LARGE)
    if how == _REFUSED:
        raise refusal(what)
    return what


def _slow(seconds: int) -> str:
    return TOO_SLOW.replace(str(SECONDS), str(seconds))


def _main() -> None:
    """The other process."""
    import importlib
    import resource
    import types

    head = json.loads(sys.stdin.buffer.readline())
    most = MEBIBYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (head["seconds"], head["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The package itself imports models, which need the settings.
    package = types.ModuleType("labs.actions")
    package.__path__ = [str(Path(__file__).parent)]
    sys.modules["labs.actions"] = package
    module, name = head["function"].split(":")
    try:
        function = getattr(importlib.import_module(module), name)
        answer = [_DONE, function(content=sys.stdin.buffer.read(), **head["given"])]
    except MemoryError:
        answer = [_NO_MEMORY, ""]
    except Exception as error:
        if type(error).__name__ != head["refusal"]:
            raise
        answer = [_REFUSED, getattr(error, "message", None) or str(error)]
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    _main()
