#!/usr/bin/env bash
# edtf 5.0.2 with pyparsing 3.3: after parse_edtf("2024-21") has returned, all that its callers had in local variables stays
# in memory until somebody parses another date; gc.collect() frees none of it. A worker of ours so held a whole state of the
# records, 20 MB and more, for as long as it ran.
# Why: edtf turns on pyparsing's packrat cache, which keeps the failed alternatives of the last text as exceptions. One that
# is raised from there a second time gets a traceback, and with it the frames of all callers. Expected of a parser that was
# handed ten characters: that it holds no more of its callers than they hold of it.
# We empty the cache after each date: labs/rules/dates.py, `_library_span`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
"$folder/venv/bin/python" - <<'PY'
import gc
import weakref
from importlib.metadata import version

from edtf import parse_edtf
from edtf.parser.grammar import edtfParser

print("edtf", version("edtf"), "pyparsing", version("pyparsing"))


class Large:
    pass


def caller() -> "weakref.ref[Large]":
    large = Large()
    assert str(parse_edtf("2024-21")) == "2024-21"
    return weakref.ref(large)


held = caller()
gc.collect()
assert held() is not None, "what a caller had in a local variable goes now"
print("held after the caller has returned:", held())
edtfParser.reset_cache()
gc.collect()
assert held() is None
print("held after the cache was emptied:", held())
PY
