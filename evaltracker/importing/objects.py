"""Records in the JSON format of the curated data: objects that name some things otherwise than the tables do.

A record is an object; fields that it leaves out stay as they are. The access profile and the requirements are objects,
missing dates are null, former names have their time in brackets, and searches may have a file of their own.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from commitments.choices import Reading
from commitments.models import Commitment
from evaltracker.importing.forms import REQUIREMENT_FIELDS
from evaltracker.importing.kinds import CHANGED_AT, KEY, FileKind, record_of
from evaltracker.importing.problems import CellProblem, FileProblem, Problem
from evaltracker.importing.tables import RECORD, Added, Row, Table
from labs.choices import ACCESS_ANSWERS, Certainty, EventLowering, Frontier, LinkLowering
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record
from labs.models.fields import TermsField
from labs.models.registry import kind_of
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
    table, left_out = Table(name, kind, [], RECORD), dict[str, None]()
    known = names_of(kind.model)
    for number, record in enumerate(records, start=1):
        unknown = [each for each in record if each not in known]
        row = Row(number, {})
        if is_unknown_left_out:
            left_out |= dict.fromkeys(unknown)
        else:
            row.problems += [Problem(each, "There is no such field.", ", ".join(known)) for each in unknown]
        for each, value in record.items():
            if each in known:
                try:
                    row.values |= _values(kind.model, each, value, record)
                except CellProblem as problem:
                    row.problems.append(Problem(problem.column or each, problem.messages[0], problem.allowed))
        table.rows.append(row)
    if left_out:
        table.notes.append(f"Left out, for there are no such fields: {', '.join(left_out)}.")
    return table


def with_searches(models: Table, searches: Sequence[Mapping[str, Any]], name: str) -> None:
    """Add the searches of a file of their own to the releases that they name."""
    by_key = {row.values.get(KEY): row for row in models.rows}
    for number, search in enumerate(searches, start=1):
        key = search.get("model")
        key = key if isinstance(key, str) else ""  # which no row may have
        row = by_key.get(key)
        if row is None:
            row = by_key[key] = Row(number, {KEY: key})
            models.rows.append(row)
        part = {each: value for each, value in search.items() if each != "model"}
        row.values.setdefault(SEARCHES, Added()).append(part)
    models.notes.append(f"With {len(searches):,} searches of {name}.")


def names_of(model: type[Record]) -> list[str]:
    """The names that an object of a kind may have."""
    left_out = {*ACCESS_ANSWERS, "lowered_to"} if model is AccessEvent else set()
    special = {
        AccessEvent: ["evaluators", "evaluator_certainty", "evaluator_certainty_because", "access", "certainty"],
        Commitment: ["requirement"],
    }
    renamed = {"participations", "requirements"}
    relations = [name for name in kind_of(model).relations if name not in renamed]
    fields = [field.name for field in fields_of(model) if field.name not in left_out]
    return [KEY, *fields, *relations, *special.get(model, ()), CHANGED_AT]


def _values(model: type[Record], name: str, value: Any, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a name of an object says, by the field of the form."""
    match name:
        case "evaluators":
            return dict(_evaluators(value, record))
        case "evaluator_certainty" | "evaluator_certainty_because":
            if "evaluators" not in record:
                raise CellProblem("It needs the evaluators beside it.", "evaluators")
            return {}
        case "access":
            return {each: _or_unknown(answer) for each, answer in _object(value, ACCESS_ANSWERS).items()}
        case "certainty":
            if value not in Certainty.values():
                raise CellProblem(f"“{value}” is not a choice here.", ", ".join(Certainty.values()))
            is_lowered = value in EventLowering.values()
            return {"lowered_to": value if is_lowered else EventLowering.AS_CITED.value}
        case "requirement":
            return dict(_requirement(value))
        case "former_names":
            names = _former_names(value)
            return {"former_names": [each for each, _ in names], "former_names_used": [used for _, used in names]}
    if name in (KEY, CHANGED_AT) or name in kind_of(model).relations:
        return {name: value}
    field = model._meta.get_field(name)
    is_term = field.choices and not isinstance(field, TermsField)
    return {name: field.get_default() if value is None and is_term else value}


def _or_unknown(value: Any) -> Any:
    return "unknown" if value is None else value


def _object(value: Any, allowed: Any) -> Mapping[str, Any]:
    """An object with these names at most; empty for null."""
    names = list(allowed)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CellProblem("It has to be an object in braces.", ", ".join(names))
    if unknown := [name for name in value if name not in names]:
        raise CellProblem(f"There is no {', '.join(unknown)} in it.", ", ".join(names))
    return value


def _evaluators(value: Any, record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The evaluators, and the lowered certainties of their parts from the same object."""
    names = value or []
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise CellProblem("It has to be a list of texts.", '["…", "…"]')
    yield "evaluators", names
    for name, column, default in (
        ("evaluator_certainty", "evaluator_lowerings", LinkLowering.AS_EVENT.value),
        ("evaluator_certainty_because", "evaluator_lowered_because", ""),
    ):
        try:
            given = _object(record.get(name), names)
        except CellProblem as problem:
            raise CellProblem(problem.messages[0], problem.allowed, name) from problem
        yield column, [given.get(key) or default for key in names] if given else []


def _former_names(value: Any) -> list[tuple[str, str]]:
    """Names, each with its time in brackets or as an object. A name without a time yields to the same with one."""
    if value is not None and not isinstance(value, list):
        raise CellProblem("It has to be a list of texts.", '["…", "…"]')
    found: list[tuple[str, str]] = []
    for each in value or ():
        if isinstance(each, dict):
            names = _object(each, ("name", "used"))
            found.append((str(names.get("name") or ""), str(names.get("used") or "")))
        else:
            found.append(split_name(str(each)))
    timed = {name for name, used in found if used}
    return [(name, used) for name, used in found if used or name not in timed]


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


def _requirement(value: Any) -> Iterator[tuple[str, Any]]:
    readings = _object(value, Reading.values())
    for reading in Reading.values():
        asked = _object(readings.get(reading), REQUIREMENT_FIELDS)
        for name in REQUIREMENT_FIELDS:
            yield f"{reading}_{name}", asked.get(name, "")


# --- writing -----------------------------------------------------------------------------------------------


def to_object(kind: FileKind, row: Any) -> dict[str, Any]:
    """A public record as an object of the curated data."""
    record = record_of(row)
    state = {name: None if value == "" else value for name, value in state_of(record).items()}
    match record:
        case Lab():
            state["other_names"] = [each["name"] for each in state["other_names"]]
        case Evaluator():
            state["former_names"] = [_former_name(each) for each in state["former_names"]]
        case AIModel():
            state["other_names"] = [each["name"] for each in state["other_names"]]
            state["frontier"] = {Frontier.YES: True, Frontier.NO: False}.get(state["frontier"], state["frontier"])
        case AccessEvent():
            state = _event(state, row)
        case Commitment():
            state["requirement"] = _readings(state.pop("requirements"))
    changed_at = next(column.value(row) for column in kind.columns if column.name == CHANGED_AT)
    return {KEY: record.key, **state} | ({CHANGED_AT: changed_at} if changed_at else {})


def _former_name(part: State) -> str | State:
    name, used = part["name"], part["used"]
    text = f"{name} (until {used.removeprefix('../')})" if used.startswith("../") else f"{name} ({used})"
    text = text if used else name
    return text if split_name(text) == (name, used) else part


def _event(state: State, row: Any) -> State:
    parts = state.pop("participations")
    lowered = {each["evaluator"]: each["lowered_to"] for each in parts
               if each["lowered_to"] != LinkLowering.AS_EVENT.value}  # fmt: skip
    because = {each["evaluator"]: each["lowered_because"] for each in parts if each["lowered_because"]}
    access = {question: state.pop(question) for question in ACCESS_ANSWERS}
    del state["lowered_to"]
    state |= {"evaluators": [each["evaluator"] for each in parts]}
    state |= {"evaluator_certainty": lowered} if lowered else {}
    state |= {"evaluator_certainty_because": because} if because else {}
    return state | {"access": access, "certainty": row.weighed.certainty.value}


def _readings(parts: Sequence[State]) -> dict[str, State] | None:
    return {
        part["reading"]: {name: value if value != "" else None for name, value in part.items() if name != "reading"}
        for part in parts
    } or None
