"""Records in the JSON format of the curated data: objects that name some things otherwise than states do.

A record is an object; fields that it leaves out stay as they are. The access profile and the requirements are objects,
missing dates are null, former names have their time in brackets, and searches may have a file of their own.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from commitments.choices import Reading
from commitments.models import Commitment, Requirement
from evaltracker.importing.kinds import CHANGED_AT, KEY, FileKind, record_of
from evaltracker.importing.problems import FileProblem, Problem
from evaltracker.importing.tables import RECORD, Added, PartRow, Row, Table
from labs.choices import ACCESS_ANSWERS, Certainty, EventLowering, Frontier, LinkLowering
from labs.models import AccessEvent, AIModel, Evaluator
from labs.models.fields import TermsField
from labs.models.states import State, fields_of, state_of
from labs.rules import dates

_BRACKETS = re.compile(r"(.+) \((until )?([^()]+)\)", re.DOTALL)
SEARCHES = "searches"
"""The name of the file of searches, which belong to releases."""


def read_json(data: bytes) -> list[dict[str, Any]]:
    """The objects of a file. Raises FileProblem."""
    try:
        records = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileProblem(f"It is not in UTF-8 (byte {error.start + 1}).") from error
    except (ValueError, RecursionError) as error:  # not JSON, or numbers too long, or nested too deep
        raise FileProblem(f"It is not JSON: {error}.") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise FileProblem("It has to be one list of records, each an object in braces.")
    return records


def to_table(name: str, kind: FileKind, records: Sequence[Mapping[str, Any]], is_unknown_left_out: bool) -> Table:
    """The records as rows. Unknown names are problems, or left out and noted."""
    table, left_out, known = Table(name, kind, [], RECORD), dict[str, None](), names_of(kind)
    for number, record in enumerate(records, start=1):
        row = Row(number, {each: value for each, value in record.items() if each in known})
        unknown = [each for each in record if each not in known]
        if is_unknown_left_out:
            left_out |= dict.fromkeys(unknown)
        else:
            row.refuse(*(Problem(each, "There is no such field.", ", ".join(known)) for each in unknown))
        table.rows.append(row)
    if left_out:
        table.notes.append(f"Left out, for there are no such fields: {', '.join(left_out)}.")
    return table


def with_searches(models: Table, searches: Sequence[Mapping[str, Any]], name: str) -> None:
    """Add the searches of a file of their own to the releases that they name."""
    by_key = {key: row for row in models.rows if isinstance(key := row.cells.get(KEY), str)}
    for number, search in enumerate(searches, start=1):
        key = search.get("model")
        key = key if isinstance(key, str) else ""  # which no row may have
        row = by_key.get(key)
        if row is None:
            row = by_key[key] = Row(number, {KEY: key})
            models.rows.append(row)
        given = row.cells[SEARCHES] = row.cells.get(SEARCHES) or Added()
        if isinstance(given, list):
            given.append({each: value for each, value in search.items() if each != "model"})
        else:
            row.refuse(Problem(SEARCHES, f"It has searches here and in {name}.", "one of the two"))
    models.notes.append(f"With {len(searches):,} searches of {name}.")


def names_of(kind: FileKind) -> list[str]:
    """The names that an object of a kind may have."""
    special = list(_SPECIAL.get(kind.model, ()))
    left_out = {"participations", "requirements", *({*ACCESS_ANSWERS, "lowered_to"} if special else ())}
    names = [*(field.name for field in fields_of(kind.model)), *kind.kind.relations, *special]
    return [KEY, *dict.fromkeys(name for name in names if name not in left_out), CHANGED_AT]


def values_of(kind: FileKind, record: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an object by the names of a state. What cannot be read gives its Problem."""
    values: dict[str, Any] = {}
    special = _SPECIAL.get(kind.model, {})
    for name, value in record.items():
        if name in (KEY, CHANGED_AT):
            continue
        try:
            if name in special:
                values |= special[name](value, record)
            elif name in ("other_names", "former_names"):
                values[name] = _names(value, is_timed=name == "former_names")
            else:
                field = None if name in kind.kind.relations else kind.model._meta.get_field(name)
                is_term = value is None and field and field.choices and not isinstance(field, TermsField)
                values[name] = field.get_default() if is_term else value
        except Problem as problem:
            values[name] = Problem(problem.column or name, problem.message, problem.allowed)
    return values


def _object(value: Any, allowed: Sequence[str], column: str = "") -> Mapping[str, Any]:
    """An object with these names at most; empty for null."""
    if value is not None and not isinstance(value, dict):
        raise Problem(column, "It has to be an object in braces.", ", ".join(allowed))
    if unknown := [name for name in value or () if name not in allowed]:
        raise Problem(column, f"There is no {', '.join(unknown)} in it.", ", ".join(allowed))
    return value or {}


def _access(value: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    answers = _object(value, list(ACCESS_ANSWERS))
    return {each: "unknown" if answer is None else answer for each, answer in answers.items()}


def _certainty(value: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    if value not in Certainty.values():
        raise Problem("", f"“{value}” is not a choice here.", ", ".join(Certainty.values()))
    return {"lowered_to": value if value in EventLowering.values() else EventLowering.AS_CITED.value}


def _evaluators(value: Any, record: Mapping[str, Any]) -> dict[str, Any]:
    """The evaluators, with the lowered certainties of their parts from the same object."""
    keys = value or []
    if not isinstance(keys, list) or not all(isinstance(each, str) for each in keys):
        raise Problem("", "It has to be a list of texts.", '["…", "…"]')
    lowered, because = (_object(record.get(name), keys, name) for name in _BESIDE_EVALUATORS)
    return {
        "participations": [
            PartRow({
                "evaluator": key,
                "lowered_to": lowered.get(key) or LinkLowering.AS_EVENT.value,
                "lowered_because": because.get(key) or "",
            })
            for key in keys
        ]
    }  # fmt: skip


def _beside_evaluators(_: Any, record: Mapping[str, Any]) -> dict[str, Any]:
    if "evaluators" not in record:
        raise Problem("", "It needs the evaluators beside it.", "evaluators")
    return {}


def _requirement(value: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields_of(Requirement) if field.name != "reading"]
    readings = _object(value, Reading.values())
    asked = {reading: _object(each, names) for reading, each in readings.items()}
    return {"requirements": [PartRow({"reading": reading, **each}) for reading, each in asked.items() if each]}


_BESIDE_EVALUATORS = ("evaluator_certainty", "evaluator_certainty_because")
_SPECIAL: Mapping[type, Mapping[str, Callable[[Any, Mapping[str, Any]], dict[str, Any]]]] = {
    AccessEvent: {
        "evaluators": _evaluators,
        **dict.fromkeys(_BESIDE_EVALUATORS, _beside_evaluators),
        "access": _access,
        "certainty": _certainty,
    },
    Commitment: {"requirement": _requirement},
}
"""The names of an object that say something in a form of its own: what makes values of a state of them."""


def _names(value: Any, *, is_timed: bool) -> list[PartRow]:
    """Names, each with its time in brackets or as an object. A name without a time yields to the same with one."""
    if value is not None and not (isinstance(value, list) and all(isinstance(each, str | dict) for each in value)):
        raise Problem("", "It has to be a list of texts.", '["…", "…"]')
    found: list[tuple[str, str]] = []
    for each in value or ():
        if isinstance(each, dict):
            names = _object(each, ("name", "used"))
            found.append((str(names.get("name") or ""), str(names.get("used") or "")))
        else:
            found.append(split_name(each) if is_timed else (each, ""))
    timed = {name for name, used in found if used}
    return [PartRow({"name": name, "used": used} if is_timed else {"name": name})
            for name, used in found if used or name not in timed]  # fmt: skip


def split_name(text: str) -> tuple[str, str]:
    """A name and its time in brackets, as in “Pattern Labs (until 2025-02-14)”; "" without one."""
    if match := _BRACKETS.fullmatch(text):
        used = f"../{match[3]}" if match[2] else match[3]
        try:
            dates.span(used)
        except ValueError:
            return text, ""
        return match[1], used
    return text, ""


# --- writing -----------------------------------------------------------------------------------------------


def to_object(kind: FileKind, row: Any) -> dict[str, Any]:
    """A public record as an object of the curated data."""
    record = record_of(row)
    state = _with_nulls(state_of(record))
    if "other_names" in state:
        state["other_names"] = [each["name"] for each in state["other_names"]]
    match record:
        case Evaluator():
            state["former_names"] = [_former_name(each) for each in state["former_names"]]
        case AIModel():
            state["frontier"] = {Frontier.YES: True, Frontier.NO: False}.get(state["frontier"], state["frontier"])
        case AccessEvent():
            parts = {each["evaluator"]: each for each in state.pop("participations")}
            lowered = {key: each["lowered_to"] for key, each in parts.items()
                       if each["lowered_to"] != LinkLowering.AS_EVENT.value}  # fmt: skip
            because = {key: each["lowered_because"] for key, each in parts.items() if each["lowered_because"]}
            state["evaluators"] = list(parts)
            state |= {name: given for name, given in zip(_BESIDE_EVALUATORS, (lowered, because), strict=True) if given}
            state["access"] = {question: state.pop(question) for question in ACCESS_ANSWERS}
            state["certainty"] = row.weighed.certainty.value
            del state["lowered_to"]
        case Commitment():
            readings = {part.pop("reading"): _with_nulls(part) for part in state.pop("requirements")}
            state["requirement"] = readings or None
    changed_at = next(column.value(row) for column in kind.columns if column.name == CHANGED_AT)
    return {KEY: record.key, **state} | ({CHANGED_AT: changed_at} if changed_at else {})


def _with_nulls(state: State) -> State:
    return {name: None if value == "" else value for name, value in state.items()}


def _former_name(part: State) -> str | State:
    name, used = part["name"], part["used"]
    text = f"{name} (until {used.removeprefix('../')})" if used.startswith("../") else f"{name} ({used})"
    text = text if used else name
    return text if split_name(text) == (name, used) else part
