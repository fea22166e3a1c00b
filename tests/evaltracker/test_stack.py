"""Frames find room in one piece of the stack, whatever the depth at which a request calls (``evaltracker.stack``)."""

import resource
import threading
from collections.abc import Callable

from evaltracker.stack import with_room
from evaltracker.wsgi import application

CALLS = 400


def _leaf(first: int, second: int, third: int) -> int:
    return first + second + third


def _faults_at(depth: int) -> int:
    """How often the process asked for memory while it called one function many times from this depth."""
    if depth:
        return _faults_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for number in range(CALLS):
        _leaf(number, number, number)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _most_faults(call: Callable[..., int]) -> int:
    """At the worst of many depths, in a thread, whose stack begins empty."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(call(_faults_at, depth) for depth in range(200)))
    thread.start()
    thread.join()
    return max(found)


def test_no_depth_is_the_end_of_a_piece():
    assert _most_faults(with_room) < CALLS / 4


def test_the_site_answers_requests_with_room():
    assert application.func is with_room


def test_what_it_calls_gets_what_is_given():
    assert with_room(sorted, [2, 1], reverse=True) == [2, 1]
