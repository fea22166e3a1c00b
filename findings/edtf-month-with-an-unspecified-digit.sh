#!/usr/bin/env bash
# edtf 5.0.2: "1984-1X" (October, November or December 1984; ISO 8601-2, an unspecified digit) is no parse error and no
# date: the parser prints a line of its own to standard output and raises AttributeError, which code that catches the
# library's EDTFParseException lets through. "198X" and "1984-XX" are read.
# We refuse such a date with a sentence of our own: labs/rules/dates.py, `span`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
"$folder/venv/bin/python" - <<'PY'
import contextlib
import io
from importlib.metadata import version

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

print("edtf", version("edtf"))
for text in ("198X", "1984-XX"):
    print(f"{text}: read as {type(parse_edtf(text)).__name__}")
printed = io.StringIO()
try:
    with contextlib.redirect_stdout(printed):
        parse_edtf("1984-1X")
except AttributeError as error:
    assert not isinstance(error, EDTFParseException)
    print(f"1984-1X: {type(error).__name__}: {error}")
else:
    raise SystemExit("1984-1X raises AttributeError no more")
print("printed by the library:", printed.getvalue().strip())
assert printed.getvalue().startswith("trying to "), "the library prints nothing any more"
PY
