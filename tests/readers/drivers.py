"""Python's readers in one process. Without the site and without Django.

`python tests/readers/drivers.py` takes ``[{"text", "out"}]`` on its input: the lines of a recipe and the file to write.
What it leaves as ``tested``, or else as ``events``, is written as JSON; where there is neither, what it printed.
"""

import contextlib
import datetime as dt
import io
import json
import sys
from pathlib import Path
from typing import Any


def types_and_rows(events: Any) -> tuple[dict[str, str], list[Any]]:
    """The columns with their types and the rows of a frame, a table or a relation, missing cells as None."""
    match type(events).__module__.partition(".")[0], events:
        case "pandas", frame:
            types, rows = frame.dtypes, frame.astype(object).where(frame.notna(), None).values.tolist()
        case "polars", frame:
            types, rows = frame.dtypes, frame.rows()
        case "pyarrow", table:
            types, rows = table.schema.types, [list(row.values()) for row in table.to_pylist()]
        case "builtins", [header, *rows] if isinstance(header, tuple):  # openpyxl's
            return dict.fromkeys(header, ""), rows
        case "builtins", rows:  # frictionless's
            return dict.fromkeys(rows[0], ""), [list(row.values()) for row in rows]
        case _, relation:  # DuckDB's
            types, rows = relation.types, relation.fetchall()
    columns = events.column_names if hasattr(events, "column_names") else events.columns
    return dict(zip(columns, map(str, types), strict=True)), rows


def as_json(value: Any) -> dict[str, str]:
    if isinstance(value, dt.datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    raise TypeError(f"{type(value)} came out of a file of ours")


if __name__ == "__main__":
    for recipe in json.load(sys.stdin):
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(recipe["text"], names)
        written = printed.getvalue()
        if found := names.keys() & {"events", "tested"}:
            types, rows = types_and_rows(names[max(found)])
            written = json.dumps({"columns": list(types), "rows": rows, "types": types}, default=as_json)
        Path(recipe["out"]).write_text(written)
