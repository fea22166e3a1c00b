#!/usr/bin/env bash
# mlcroissant 1.1.1: a field of the type sc:Boolean over a CSV file reads the cells yes, no, unknown and False as True;
# only an empty cell is None. There is no warning, and the description is valid. As sc:Text the same cells come as they
# are, but as bytes.
# Croissant 1.0, "dataType": sc:Boolean describes a boolean; schema.org's Boolean has the values True and False. A text
# that is neither is no boolean, and one that says no, or False, is not true. Python's bool("no") is True, since the
# text is not empty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mlcroissant==1.1.1
cd "$folder"
venv/bin/python - <<'PY' 2>errors.txt || { cat errors.txt >&2; exit 1; }
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import mlcroissant as mlc

CONTENT = b"key,answer\na,yes\nb,no\nc,unknown\nd,False\ne,\n"
Path("answers.csv").write_bytes(CONTENT)


def read(kind):
    def field(name, data_type):
        source = {"fileObject": {"@id": "file"}, "extract": {"column": name}}
        return {"@type": "cr:Field", "@id": f"rows/{name}", "name": name, "dataType": data_type, "source": source}

    fields = [field("key", "sc:Text"), field("answer", kind)]
    described = {
        "@context": {
            "@language": "en",
            "@vocab": "https://schema.org/",
            "sc": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/",
            "dct": "http://purl.org/dc/terms/",
            "conformsTo": "dct:conformsTo",
            "recordSet": "cr:recordSet",
            "field": "cr:field",
            "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
            "source": "cr:source",
            "fileObject": "cr:fileObject",
            "extract": "cr:extract",
            "column": "cr:column",
        },
        "@type": "sc:Dataset",
        "name": "answers",
        "description": "Answers.",
        "url": "https://example.org/",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "version": "1.0.0",
        "datePublished": "2026-11-29",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "file",
                "name": "answers.csv",
                "contentUrl": "answers.csv",
                "encodingFormat": "text/csv",
                "sha256": hashlib.sha256(CONTENT).hexdigest(),
            }
        ],
        "recordSet": [
            {"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": fields}
        ],
    }
    Path("croissant.json").write_text(json.dumps(described))
    return [row["rows/answer"] for row in mlc.Dataset(jsonld="croissant.json").records("rows")]


print("mlcroissant", version("mlcroissant"))
as_boolean, as_text = read("sc:Boolean"), read("sc:Text")
print("cells      ", ["yes", "no", "unknown", "False", ""])
print("sc:Boolean ", as_boolean)
print("sc:Text    ", as_text)
assert as_text == [b"yes", b"no", b"unknown", b"False", None]
assert as_boolean == [True, True, True, True, None], "no is no longer True"
PY
