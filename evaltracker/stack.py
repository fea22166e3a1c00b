"""Room on Python's stack for the frames of a request.

CPython 3.11 and later keep the frames of a thread in pieces of 16 KiB, ask the system for each, and give one back when
the first frame in it ends (``push_chunk`` in its Python/pystate.c). Where a loop happens to call functions at the end
of a piece, each call asks for one and gives it back: that was up to two thirds of the time of a page. A frame that is
larger gets a larger piece, and those after it the rest of that.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

PLACES = 66_000
"""So many values of 8 bytes a frame with room may hold: its piece has 1 MiB, of which half is left."""


def with_room(function: Callable[_Arguments, _Result], *given: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
    """What the function returns; its frames, and those of all that it calls, find room in one piece."""
    return function(*given, **named)


with_room.__code__ = with_room.__code__.replace(co_stacksize=PLACES)
