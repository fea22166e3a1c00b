#!/usr/bin/env bash
# tablib 3.10.0: the text of an ODS cell that carries a comment is read as the name of the comment's author. And where
# two neighbours hold the same, which the format may write once with a count, one of them is dropped and all that
# follows in the row moves a column to the left: the "no" of the third question becomes the answer to the second.
# OpenDocument 1.3, part 3: office:annotation (14.1) is a note to the cell, not its content, and LibreOffice writes it
# before the content; table:number-columns-repeated counts the successive columns to which a cell applies.
# We read no ODS, only CSV, XLSX and JSON: docs/importing.md.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --use-pep517 'setuptools<81' tablib==3.10.0 odfpy==1.4.1
cd "$folder"
venv/bin/python - <<'PY'
import datetime as dt
import io
from importlib.metadata import version

import tablib
from odf.dc import Creator, Date
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P


def cell(text, comment_by="", repeated=1):
    made = TableCell(valuetype="string", **({"numbercolumnsrepeated": repeated} if repeated > 1 else {}))
    if comment_by:
        note = Annotation()
        note.addElement(Creator(text=comment_by))
        note.addElement(Date(text=dt.datetime(2024, 5, 24).isoformat()))
        note.addElement(P(text="Is that so?"))
        made.addElement(note)
    made.addElement(P(text=text))
    return made


def read(*cells):
    book, sheet, file = OpenDocumentSpreadsheet(), Table(name="answers"), io.BytesIO()
    for each in ([cell(text) for text in ("key", "paid", "weights", "report")], cells):
        row = TableRow()
        for one in each:
            row.addElement(one)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.save(file)
    return tablib.Dataset().load(file.getvalue(), format="ods").dict[0]


print("tablib", version("tablib"), "and odfpy", version("odfpy"))
plain = read(cell("a"), cell("yes"), cell("yes"), cell("no"))
noted = read(cell("a"), cell("yes", comment_by="Jane Roe"), cell("yes"), cell("no"))
counted = read(cell("a"), cell("yes", repeated=2), cell("no"))
for name, row in (("plain", plain), ("with a comment", noted), ("yes, twice", counted)):
    print(f"{name:15}", dict(row))
assert dict(plain) == {"key": "a", "paid": "yes", "weights": "yes", "report": "no"}
assert noted["paid"] == "Jane Roe", "the author of a comment is no longer read as the cell"
assert dict(counted) == {"key": "a", "paid": "yes", "weights": "no", "report": ""}, "a repeated cell is repeated now"
PY
