#!/usr/bin/env bash
# frictionless 5.21.0: a Data Package whose column may hold "yes|no|unknown" is valid with the cells "yes, but only the
# API", "no idea" and "not unknown". The anchors are put around the pattern as it stands, ^yes|no|unknown$, and bind to
# its first and last alternative only. With parentheses of one's own, "(yes|no|unknown)", all three cells are errors. An
# enumeration, "enum", has no such trap.
# Table Schema 1, "Constraints", pattern: a regular expression of XML Schema; XML Schema 1.1 part 2, appendix G: such an
# expression stands for the whole value, so alternatives need no parentheses. frictionless itself refuses "aye" and
# "maybe".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version
from pathlib import Path

from frictionless import Resource, Schema

CELLS = ["yes", "unknown", "yes, but only the API", "no idea", "not unknown", "aye", "maybe"]
Path("tests.csv").write_text("paid\n" + "".join(f'"{cell}"\n' for cell in CELLS))


def refused(constraints):
    field = {"name": "paid", "type": "string", "constraints": constraints}
    report = Resource(path="tests.csv", schema=Schema.from_descriptor({"fields": [field]})).validate()
    return [CELLS[row - 2] for row, kind in report.flatten(["rowNumber", "type"]) if kind == "constraint-error"]


print("frictionless", version("frictionless"))
bare = refused({"pattern": "yes|no|unknown"})
grouped = refused({"pattern": "(yes|no|unknown)"})
listed = refused({"enum": ["yes", "no", "unknown"]})
for name, cells in (("yes|no|unknown", bare), ("(yes|no|unknown)", grouped), ("enum", listed)):
    print(f"{name:18} refuses", cells)
assert grouped == listed == CELLS[2:]
assert bare == ["aye", "maybe"], "alternatives are taken as a whole now"
PY
