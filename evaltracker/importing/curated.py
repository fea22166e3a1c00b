"""Records in the JSON format of the curated data, which names some things otherwise than the tables.

A record is an object; fields that it leaves out stay as they are. Lists are JSON lists, the access profile and the
requirements are objects, missing dates are null, and former names have their time in brackets.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from commitments.choices import Reading
from commitments.models import Commitment
from evaltracker.importing.columns import CHANGED_AT, COLUMNS, KEY
from evaltracker.importing.groups import REQUIREMENT_FIELDS
from evaltracker.importing.kinds import FileKind, record_of
from evaltracker.importing.problems import CellProblem, Problem
from evaltracker.importing.tables import Row, Table
from labs.choices import ACCESS_ANSWERS, Answer, Certainty, EventLowering, Frontier, LinkLowering
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Statement
from labs.models.fields import TermsField
from labs.models.states import State, fields_of, state_of
from labs.queries import EventAsOf
from labs.rules import dates
from labs.rules.csv_cells import cell, listed, plain, quote_line, search_line

Cells = dict[str, str]
Reads = Callable[[Any, Mapping[str, Any]], Cells]  # from the value and its object

_SURROGATES = re.compile("[\ud800-\udfff]")
_BRACKETS = re.compile(r"(.+) \((until )?([^()]+)\)", re.DOTALL)


# --- reading -----------------------------------------------------------------------------------------------


def to_table(name: str, kind: FileKind, records: Sequence[Mapping[str, Any]]) -> Table:
    """The records as rows of text with the exported columns. Unknown names are problems."""
    reads = READS[kind.model]
    rows = []
    for number, record in enumerate(records, start=1):
        cells: Cells = {}
        problems = []
        for given, value in record.items():
            if given not in reads:
                problems.append(Problem(given, "There is no such field.", ", ".join(reads)))
                continue
            try:
                cells |= reads[given](value, record)
            except CellProblem as problem:
                problems.append(Problem(problem.column or given, problem.message, problem.allowed))
        rows.append(Row(number, cells, problems))
    names = [column for column in COLUMNS[kind].names if column == KEY or any(column in row.cells for row in rows)]
    return Table(name, tuple(names), rows, row_word="record")


def _text(column: str, value: Any) -> Cells:
    """A text, a number or a day."""
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise CellProblem("It has to be a text in quotation marks, a whole number or null.", column=column)
    return {column: _plain(column, value)}


def _plain(column: str, value: Any) -> str:
    text = "" if value is None else str(value)
    if "\0" in text or (not text.isascii() and _SURROGATES.search(text)):
        raise CellProblem("It holds a character that no text can hold: a zero byte or half of a pair.", column=column)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _term(column: str, value: Any, default: str = Answer.UNKNOWN.value) -> Cells:
    """A member of an enumeration; true and false stand for yes and no, null for unknown."""
    if isinstance(value, bool):
        return {column: cell(value)}
    return _text(column, default if value is None else value)


def _flag(column: str, value: Any) -> Cells:
    if not isinstance(value, bool):
        raise CellProblem("It has to be true or false.", "true, false", column)
    return {column: cell(value)}


def _list(column: str, value: Any) -> Cells:
    return {column: listed(_texts(column, value))}


def _texts(column: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise CellProblem("It has to be a list of texts.", '["…", "…"]', column)
    return [_plain(column, each) for each in value]


def _object(column: str, value: Any, allowed: Iterable[str]) -> Mapping[str, Any]:
    """An object with these names at most; empty for null."""
    names = list(allowed)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CellProblem("It has to be an object in braces.", ", ".join(names), column)
    if unknown := [name for name in value if name not in names]:
        raise CellProblem(f"There is no {', '.join(unknown)} in it.", ", ".join(names), column)
    return value


def _objects(
    column: str, value: Any, names: Sequence[str], needed: Sequence[str] | None = None
) -> list[Mapping[str, Any]]:
    if value is not None and not isinstance(value, list):
        raise CellProblem("It has to be a list.", "[{…}, {…}]", column)
    found = [_object(column, each, names) for each in value or ()]
    for each in found:
        if missing := [name for name in needed or names if name not in each]:
            raise CellProblem(f"Each has to have {', '.join(missing)} too.", ", ".join(names), column)
    return found


def _citations(value: Any) -> Cells:
    found = []
    for each in _objects("citations", value, ("source", "quote", "supports")):
        texts = [_text("citations", each[name])["citations"] for name in ("source", "quote")]
        found.append(quote_line(texts[0], _texts("citations", each["supports"]), texts[1]))
    return {"citations": plain("\n".join(found))}


def _searches(value: Any) -> Cells:
    names = ("searched_on", "found", "where", "note")
    given = _objects("searches", value, names, needed=names[:3])
    lines = (search_line(*(_plain("searches", each.get(name)) for name in names)) for each in given)
    return {"searches": plain("\n".join(lines))}


def _former_names(value: Any) -> Cells:
    """Names, each with its time in brackets or as an object. A name without a time yields to the same with one."""
    found: list[tuple[str, str]] = []
    for each in value if isinstance(value, list) else _texts("former_names", value):
        if isinstance(each, dict):
            names = _object("former_names", each, ("name", "used"))
            found.append((_plain("former_names", names.get("name")), _plain("former_names", names.get("used"))))
        else:
            found.append(split_name(_texts("former_names", [each])[0]))
    timed = {name for name, used in found if used}
    kept = [(name, used) for name, used in found if used or name not in timed]
    used = [used for _, used in kept]
    return {
        "former_names": listed(name for name, _ in kept),
        "former_names_used": listed(used) if any(used) else "",
    }


def split_name(text: str) -> tuple[str, str]:
    """A name and its time in brackets, as in “Pattern Labs (until 2025-02-14)”; "" without one."""
    match = _BRACKETS.fullmatch(text)
    if match:
        used = f"../{match[3]}" if match[2] else match[3]
        try:
            dates.span(used)
        except ValueError:
            return text, ""
        return match[1], used
    return text, ""


def _access(value: Any) -> Cells:
    answers = _object("access", value, ACCESS_ANSWERS)
    return {question: _term(question, answer)[question] for question, answer in answers.items()}


def _evaluators(value: Any, record: Mapping[str, Any]) -> Cells:
    """The evaluators, and the lowered certainties of their parts from the same object."""
    evaluators = _texts("evaluators", value)
    lowered = _object("evaluator_certainty", record.get("evaluator_certainty"), evaluators)
    because = _object("evaluator_certainty_because", record.get("evaluator_certainty_because"), evaluators)
    texts = [_text("evaluator_lowerings", lowered.get(key) or LinkLowering.AS_EVENT.value) for key in evaluators]
    lowerings = [each["evaluator_lowerings"] for each in texts]
    reasons = [_plain("evaluator_lowered_because", because.get(key)) for key in evaluators]
    return {
        "evaluators": listed(evaluators),
        "evaluator_lowerings": listed(lowerings) if lowered else "",
        "evaluator_lowered_because": listed(reasons) if because else "",
    }


def _beside_evaluators(name: str) -> Reads:
    def read(_value: Any, record: Mapping[str, Any]) -> Cells:
        if "evaluators" not in record:
            raise CellProblem("It needs the evaluators beside it.", "evaluators", name)
        return {}

    return read


def _certainty(value: Any) -> Cells:
    """The certainty if an editor lowered it; otherwise it follows from the citations."""
    lowered = [each.value for each in EventLowering if each is not EventLowering.AS_CITED]
    if value not in Certainty.values():
        raise CellProblem(f"“{value}” is not a choice here.", ", ".join(Certainty.values()), "certainty")
    return {"lowered_to": value if value in lowered else EventLowering.AS_CITED.value}


def _requirement(value: Any) -> Cells:
    readings = _object("requirement", value, Reading.values())
    cells = {f"{reading}_{name}": "" for reading in Reading.values() for name in REQUIREMENT_FIELDS}
    for reading, asked in readings.items():
        for name, each in _object(f"requirement.{reading}", asked, REQUIREMENT_FIELDS).items():
            column = f"{reading}_{name}"
            write = {"activities": _list, "visible_in_public": _flag}.get(name, _text)
            cells |= write(column, each)
    return cells


def _simple(column: str, field: models.Field) -> Reads:
    if isinstance(field, TermsField):
        return lambda value, _: _list(column, value)
    if isinstance(field, models.BooleanField):
        return lambda value, _: _flag(column, value)
    if field.choices:
        return lambda value, _: _term(column, value, field.get_default())
    return lambda value, _: _text(column, value)


def _reads(kind: FileKind) -> dict[str, Reads]:
    """For each name that an object of a kind may have, the function that makes cells of it."""
    model, columns = kind.model, COLUMNS[kind]
    reads: dict[str, Reads] = {KEY: lambda value, _: _text(KEY, value)}
    for field in fields_of(model):
        if field.name not in ACCESS_ANSWERS and field.name != "lowered_to":
            reads[field.name] = _simple(columns.column_of(field.name), field)
    reads |= _SPECIAL.get(model, {})
    if "citations" in columns.groups:
        reads["citations"] = lambda value, _: _citations(value)
    return reads | {CHANGED_AT: lambda value, _: _text(CHANGED_AT, value)}


_SPECIAL: Mapping[type[Record], dict[str, Reads]] = {
    Lab: {"other_names": lambda value, _: _list("other_names", value)},
    Evaluator: {"former_names": lambda value, _: _former_names(value)},
    AIModel: {
        "other_names": lambda value, _: _list("other_names", value),
        "searches": lambda value, _: _searches(value),
    },
    AccessEvent: {
        "evaluators": _evaluators,
        "evaluator_certainty": _beside_evaluators("evaluator_certainty"),
        "evaluator_certainty_because": _beside_evaluators("evaluator_certainty_because"),
        "access": lambda value, _: _access(value),
        "certainty": lambda value, _: _certainty(value),
    },
    Statement: {"related_events": lambda value, _: _list("related_events", value)},
    Commitment: {
        "labs": lambda value, _: _list("labs", value),
        "requirement": lambda value, _: _requirement(value),
    },
}
READS: Mapping[type[Record], dict[str, Reads]] = {kind.model: _reads(kind) for kind in COLUMNS}


# --- writing -----------------------------------------------------------------------------------------------


def _plain_names(state: Mapping[str, Any]) -> list[str]:
    return [each["name"] for each in state["other_names"]]


def to_object(kind: FileKind, row: Any) -> dict[str, Any]:
    """A public record as an object of the curated data."""
    record = record_of(row)
    state = {name: None if value == "" else value for name, value in state_of(record).items()}
    match record:
        case Lab():
            state["other_names"] = _plain_names(state)
        case Evaluator():
            state["former_names"] = [_former_name(each) for each in state["former_names"]]
        case AIModel():
            state["other_names"] = _plain_names(state)
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


def _event(state: State, row: EventAsOf) -> State:
    parts = state.pop("participations")
    lowered = {
        each["evaluator"]: each["lowered_to"] for each in parts if each["lowered_to"] != LinkLowering.AS_EVENT.value
    }
    because = {each["evaluator"]: each["lowered_because"] for each in parts if each["lowered_because"]}
    access = {question: state.pop(question) for question in ACCESS_ANSWERS}
    del state["lowered_to"]
    state |= {"evaluators": [each["evaluator"] for each in parts]} | (
        {"evaluator_certainty": lowered} if lowered else {}
    )
    state |= {"evaluator_certainty_because": because} if because else {}
    return state | {"access": access, "certainty": row.weighed.certainty.value}


def _readings(parts: Sequence[State]) -> dict[str, State] | None:
    return {
        part["reading"]: {name: value if value != "" else None for name, value in part.items() if name != "reading"}
        for part in parts
    } or None
