#!/usr/bin/env bash
# openpyxl 3.1.5 beside XlsxWriter 3.3.1 and python-calamine 0.9.1: in a text of a workbook _x0041_ stands for the
# character U+0041, A. openpyxl neither reads nor writes that. So a line end CR LF from XlsxWriter arrives in openpyxl
# as the seven characters "_x000D_" and a line feed, and a name such as "model_x0041_v", written by openpyxl, is
# "modelAv" to calamine, as to any program that reads the escape.
# ECMA-376 part 1, 22.9.2.19, ST_Xstring: any character may be written _xHHHH_, what XML cannot hold has to be, and the
# underscore of a text that only looks so is itself escaped, _x005F_.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1 python-calamine==0.9.1
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import openpyxl
import xlsxwriter
from python_calamine import load_workbook

TEXTS = ["one\r\ntwo", "model_x0041_v"]


def by_openpyxl(path):
    return [cell.value for cell in openpyxl.load_workbook(path).active["A"]]


def by_calamine(path):
    return [row[0] for row in load_workbook(path).get_sheet_by_index(0).to_python()]


with xlsxwriter.Workbook("xlsxwriter.xlsx") as book:
    book.add_worksheet().write_column(0, 0, TEXTS)
book = openpyxl.Workbook()
for text in TEXTS:
    book.active.append([text])
book.save("openpyxl.xlsx")
print(*(f"{name} {version(name)}" for name in ("openpyxl", "XlsxWriter", "python-calamine")), sep=", ")
seen = {}
for writer in ("xlsxwriter", "openpyxl"):
    seen[writer] = by_openpyxl(f"{writer}.xlsx"), by_calamine(f"{writer}.xlsx")
    print(f"written by {writer:10} read by openpyxl {seen[writer][0]} and by calamine {seen[writer][1]}")
assert seen["xlsxwriter"] == (["one_x000D_\ntwo", "model_x0041_v"], TEXTS), "what XlsxWriter writes is read otherwise now"
assert seen["openpyxl"][1][1] == "modelAv", "openpyxl escapes what looks like an escape now"
PY
