"""Which part of the data package an address asks for."""

from collections.abc import Mapping

from django.http import QueryDict

from evaltracker.web.package.contents import Selection
from labs.models import AIModel, Evaluator, Lab, Record
from labs.queries.public_keys import current_key
from labs.web.parameters import BadParameters, ParameterProblem, refuse_unknown, requested_day

FILTERS: Mapping[str, type[Record]] = {"lab": Lab, "evaluator": Evaluator, "model": AIModel}
"""The parameters that leave out records, each repeatable."""


def refuse_others(parameters: QueryDict) -> None:
    """Raise BadParameters for what a package does not take."""
    refuse_unknown(parameters, ["as_of", *FILTERS], list(FILTERS))


def requested_selection(parameters: QueryDict) -> Selection:
    """What the address asks for. Raises BadParameters for a day, and for a key that was never public."""
    refuse_others(parameters)
    day = requested_day(parameters) if "as_of" in parameters else None
    problems, keys = [], {}
    for name, model in FILTERS.items():
        given = parameters.getlist(name)
        current = {key: current_key(model, key) for key in given}
        keys[name] = frozenset(filter(None, current.values()))
        problems += [
            ParameterProblem(name, key, f"There is no such {model._meta.verbose_name}.", [f"a key of {table}"])
            for key, found in current.items()
            for table in [f"/{name}s.csv"]
            if found is None
        ]
    if problems:
        raise BadParameters(problems)
    return Selection(day, keys["lab"], keys["evaluator"], keys["model"])
