"""What a request asks of scorecards: the day, the window of releases, and the reader's own weights."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from django.http import QueryDict

from commitments.rules.criteria import DEFAULT_WEIGHTS, Criterion, parse_weights, weights_text
from commitments.rules.ledger import Ledger
from labs.rules.access import Window
from labs.web.formats import WindowOfRows
from labs.web.parameters import (
    KEPT,
    BadParameters,
    ParameterProblem,
    refuse_unknown,
    requested_day,
    requested_window,
)

DEFAULT_WINDOW = Window.YEAR
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class RequestParameters:
    """The day, the window and the weights of the figures on a page. ``weights`` names every criterion."""

    day: dt.date
    window: Window
    weights: Mapping[Criterion, Fraction]

    @property
    def has_own_weights(self) -> bool:
        """Whether the reader's weights differ from the method's."""
        return dict(self.weights) != dict(DEFAULT_WEIGHTS)

    @property
    def weights_text(self) -> str:
        """The weights as written in an address."""
        return weights_text(self.weights)


def request_parameters(
    parameters: QueryDict, others: Iterable[str] = (), repeatable: Iterable[str] = ()
) -> RequestParameters:
    """The day, the window and the weights that a request asks for.

    ``others`` are the parameters that only this page has.

    Raises BadParameters that names every problem: an unknown name, or a day, a window or weights that are not valid.
    """
    problems: list[ParameterProblem] = []

    def read(requested: Callable[[], _Value]) -> _Value | None:
        try:
            return requested()
        except BadParameters as bad:
            problems.extend(bad.problems)
            return None

    read(lambda: refuse_unknown(parameters, [*others, *KEPT], repeatable))
    day = read(lambda: requested_day(parameters))
    window = read(lambda: requested_window(parameters, DEFAULT_WINDOW))
    weights = read(lambda: requested_weights(parameters))
    if problems or day is None or window is None or weights is None:
        raise BadParameters(problems)
    return RequestParameters(day, window, weights)


def window_of_rows(ledger: Ledger, window: Window) -> WindowOfRows:
    """The window that the rows of a file are about, with its days."""
    return WindowOfRows(window, ledger.access.first_day(window), ledger.access.window_end)


def requested_weights(parameters: Mapping[str, str]) -> Mapping[Criterion, Fraction]:
    """The weights in the parameter ``weights``, or the method's own without it (methodology, section 6).

    Raises BadParameters that says what is allowed.
    """
    text = parameters.get("weights")
    if text is None:
        return DEFAULT_WEIGHTS
    try:
        return parse_weights(text)
    except ValueError as error:
        allowed = [f"such as {weights_text(DEFAULT_WEIGHTS)}"]
        raise BadParameters([ParameterProblem("weights", text, str(error), allowed)]) from error
