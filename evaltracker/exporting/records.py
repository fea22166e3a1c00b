"""The public records of each kind as CSV, XLSX or JSON, which an import reads back."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.datavalidation import DataValidation

from commitments.models import Commitment
from evaltracker.exporting.kinds import CHANGED_AT, KEY, ExportKind, record_of
from evaltracker.importing.values import BESIDE_EVALUATORS, split_name
from labs.actions.sheets import FileProblem
from labs.choices import ACCESS_ANSWERS, Frontier, LinkLowering
from labs.models import AccessEvent, AIModel, Evaluator
from labs.models.states import State, state_of
from labs.web.parameters import today
from labs.web.streaming import lines
from labs.web.workbooks import LONGEST_TEXT, Sheet, workbook

FORMATS = ("csv", "xlsx", "json")


def export(kind: ExportKind, ending: str) -> bytes:
    """All public records of a kind as known today. Raises FileProblem for what the format cannot hold."""
    rows = kind.rows(today())
    if ending == "csv":
        return "".join(lines(kind.columns, rows)).encode()
    if ending == "xlsx":
        texts = ([column.cell(row) for column in kind.columns] for row in rows)
        return write_workbook(kind.name, [column.name for column in kind.columns], texts)
    records = [to_object(kind, row) for row in rows]
    return (json.dumps(records, indent=1, ensure_ascii=False) + "\n").encode()


def write_workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet, in which every cell is and stays text.

    Raises FileProblem for a text that no workbook can store.
    """
    rows = [[ILLEGAL_CHARACTERS_RE.sub("", text) for text in row] for row in rows]  # stored before they were cleaned
    for row in rows:
        if long := [name for name, text in zip(header, row, strict=True) if len(text) > LONGEST_TEXT]:
            words = f"{long[0]} of “{row[0]}” cannot be stored in a workbook: it is too long."
            raise FileProblem(f"{words} Export it as CSV or JSON.")
    return workbook([desk_sheet(title, header, rows)])


def desk_sheet(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]] = (), rules: Sequence[DataValidation] = ()
) -> Sheet:
    """A sheet for people to fill, in which no program turns a month into a day."""
    return Sheet(title, header, rows, [max(len(name) + 2, 12) for name in header], rules)


def write_all(
    folder: Path, ending: str, kinds: Sequence[ExportKind], *, is_overwrite: bool
) -> Iterator[tuple[Path, int]]:
    """Write the public records of these kinds into a folder, one file each; yields each file and its size in bytes.

    A file is written completely or not at all. Raises FileProblem if the folder is not empty, unless
    ``is_overwrite``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not is_overwrite:
            raise FileProblem(f"{folder} is not empty. Name a new folder, or allow it with --overwrite.")
        for kind in kinds:
            path = folder / f"{kind.name}.{ending}"
            data = export(kind, ending)
            with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as unfinished:
                part = Path(unfinished, path.name)
                part.write_bytes(data)
                part.replace(path)
            yield path, len(data)
    except OSError as error:
        raise FileProblem(f"{error.filename or folder}: {error.strerror}.") from error


# --- JSON --------------------------------------------------------------------------------------------------


def to_object(kind: ExportKind, row: Any) -> dict[str, Any]:
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
            state |= {name: given for name, given in zip(BESIDE_EVALUATORS, (lowered, because), strict=True) if given}
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
