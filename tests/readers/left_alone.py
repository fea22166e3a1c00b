"""What programs make of files like ours if nobody tells them how to read: why /data/ has recipes.

Each was seen with our files of November 2026. ``PACKED`` and ``QUOTED`` are as those files were; the others hold dates
and answers as our files still have them. Each sight is run, so that the table of docs/readers.md stays true.
"""

from dataclasses import dataclass
from pathlib import Path

QUOTED = """\
key,name,citations
internal-1,Unreleased internal 'Model 1' (August 2026 Risk Report),"risk-report | release | We do not expect this \
model to be externally deployed, or widely deployed."
claude-2,Claude 2,"card | name, release | Claude 2 has improved performance | here"
"""
PACKED = """\
key,citations
a,"card | quote, about | We will work with others
paper | quote | We gave access | and more"
b,"card | quote | The model | was tested
card | labs | By METR | and others"
"""
DATES = """\
key,started_on,due_on,answer,count
a,2023-40,2023,yes,0
b,2024-05,2026,unknown,1
c,2024-05-24,,no,1
d,2024-02/2024-03,,,0
"""
OTHER_ROWS = """\
key,started_on,due_on,answer,count
b,2024-05-24,,yes,1
c,2024-02-01,,no,0
"""
MONTHS = """\
key,started_on
a,2024-05
b,2024-06
"""
CITATION_CFF = """\
cff-version: 1.2.0
message: Cite it.
type: dataset
title: EvalTracker
version: "2026.11.0"
authors:
  - name: EvalTracker
"""
FINDINGS = Path(__file__).resolve().parent.parent.parent / "findings"
SAMPLES = {
    "quoted.csv": QUOTED,
    "packed.csv": PACKED,
    "dates.csv": DATES,
    "other-rows.csv": OTHER_ROWS,
    "months.csv": MONTHS,
}


@dataclass(frozen=True)
class Seen:
    """What a program does: ``code`` prints ``printed``. ``instead`` says what helps, ``needs`` what to install."""

    program: str
    language: str
    says: str
    code: str
    printed: str
    instead: str
    needs: str = ""


PIP = (
    Seen(
        "pandas",
        "Python",
        '`to_datetime(errors="coerce")` drops half-years and ranges, and makes a month its first day',
        'import pandas as pd; dates = pd.read_csv("dates.csv").started_on\n'
        'print([str(day)[:10] for day in pd.to_datetime(dates, errors="coerce", format="ISO8601")])',
        "['NaT', '2024-05-01', '2024-05-24', 'NaT']",
        "turn the columns `…_earliest` and `…_latest` into days",
    ),
    Seen(
        "pandas",
        "Python",
        "a column of years with an empty cell becomes decimal numbers",
        'import pandas as pd; print(pd.read_csv("dates.csv").due_on.tolist()[:2])',
        "[2023.0, 2026.0]",
        '`dtype="string"`',
    ),
    Seen(
        "polars",
        "Python",
        "the same column is a day in one selection of rows and text in another",
        "import polars as pl\n"
        'for name in ("dates.csv", "other-rows.csv"):\n'
        '    print(pl.read_csv(name, try_parse_dates=True).schema["started_on"])',
        "String\nDate",
        "`infer_schema=False`",
    ),
    Seen(
        "DuckDB",
        "Python",
        "yes and no are true and false in one selection of rows and text in another; days and years likewise",
        "import duckdb\n"
        'for name in ("dates.csv", "other-rows.csv"):\n'
        "    described = duckdb.sql(f\"describe from '{name}'\").fetchall()\n"
        "    print(*(kind for name, kind, *_ in described[1:4]))",
        "VARCHAR BIGINT VARCHAR\nDATE VARCHAR BOOLEAN",
        "`all_varchar = true`",
    ),
    Seen(
        "csvkit",
        "shell",
        "a quoted word and a blank in the first row's name make the blank the separator: one column, or an error",
        'csvjson quoted.csv 2>&1 | grep -o "Table only has 1 columns" || true',
        "Table only has 1 columns",
        "`-y 0`: no guessing of the separator",
    ),
    Seen(
        "csvkit",
        "shell",
        "counts of 0 and 1 are false and true, and so are yes and no",
        "csvjson -y 0 other-rows.csv",
        '[{"key": "b", "started_on": "2024-05-24", "due_on": null, "answer": true, "count": true}, '
        '{"key": "c", "started_on": "2024-02-01", "due_on": null, "answer": false, "count": false}]',
        "`-I`: no guessing of types",
    ),
)
OTHERS = (
    Seen(
        "Datasette",
        "shell",
        "its facet by date puts the year 2023 into the year 4708 BC, and leaves months and half-years out",
        "sqlite-utils insert seen.db dates dates.csv --csv --no-detect-types --silent\n"
        'datasette seen.db --get "/seen/dates.json?_facet_date=due_on&_facet_date=started_on&_size=0" | python3 -c "'
        "import json, sys; facets = json.load(sys.stdin)['facet_results']\n"
        "for name in ('due_on', 'started_on'): print([each['value'] for each in facets[name]['results']])\"",
        "['-4707-06-08', '-4707-06-11']\n['2024-05-24']",
        "facet by `…_earliest`; `--setting suggest_facets off`",
    ),
    Seen(
        "data.table",
        "R",
        "`fread` takes the `|` within the texts of a column for the separator, and merges the columns",
        'cat(dim(suppressWarnings(data.table::fread("packed.csv"))))',
        "3 4",
        '`sep = ","`; no public file packs several things into a cell any more',
    ),
    Seen(
        "data.table",
        "R",
        "`fread` keeps both of the quotation marks by which CSV writes one",
        'cat(data.table::fread(text = "key,words\\na,\\"so \\"\\"called\\"\\" tests\\"\\n")$words)',
        'so ""called"" tests',
        "the second line of the recipe",
    ),
    Seen(
        "d3-dsv",
        "JavaScript",
        "`autoType` makes a month its first day, a year a number, and a half-year an invalid date",
        'import { csvParse, autoType } from "d3-dsv"; import { readFileSync } from "node:fs";\n'
        'const rows = csvParse(readFileSync("dates.csv", "utf8"), autoType);\n'
        "console.log(String(rows[0].started_on), rows[1].started_on.toISOString().slice(0, 10), rows[1].due_on);",
        "Invalid Date 2024-05-01 2026",
        "the recipe: each value as it is written",
    ),
    Seen(
        "Arquero",
        "JavaScript",
        "a column is dates in one selection of rows and text in another",
        'import { fromCSV } from "arquero"; import { readFileSync } from "node:fs";\n'
        'const first = (name) => fromCSV(readFileSync(name, "utf8")).get("started_on", 0) instanceof Date;\n'
        'console.log(first("dates.csv"), first("other-rows.csv"));',
        "false true",
        "`autoType: false`",
    ),
    Seen(
        "vega-loader",
        "JavaScript",
        'with `parse: "auto"`, years are numbers, and months too, as milliseconds, if all are months',
        'import { read } from "vega-loader"; import { readFileSync } from "node:fs";\n'
        'const rows = (name) => read(readFileSync(name, "utf8"), { type: "csv", parse: "auto" });\n'
        'console.log(rows("dates.csv")[0].due_on, typeof rows("months.csv")[0].started_on, '
        'rows("dates.csv")[1].started_on);',
        "2023 number 2024-05",
        "the recipe: a type for each column",
    ),
    Seen(
        "SheetJS",
        "JavaScript",
        "a month becomes the number of a day in a short American form, and a year a number",
        'import { read } from "xlsx"; import { readFileSync } from "node:fs";\n'
        'const { B2, B3, C2 } = read(readFileSync("dates.csv", "utf8"), { type: "string" }).Sheets.Sheet1;\n'
        "console.log(B2.v, B3.t, B3.w, C2.t);",
        "2023-40 n 5/1/24 n",
        "`raw: true`",
    ),
    Seen(
        "LibreOffice",
        "shell",
        "full days become dates and years numbers; half-years and months stay text",
        'soffice --headless --convert-to xlsx dates.csv > /dev/null 2>&1 && python3 -c "'
        "import openpyxl; rows = [*openpyxl.load_workbook('dates.xlsx').active.iter_rows(min_row=2)]\n"
        'print(*(row[1].data_type for row in rows), rows[0][2].data_type)"',
        "s s d s n",
        "the recipe: all columns as text",
    ),
    Seen(
        "mlcroissant",
        "shell",
        "a field described as Boolean reads yes, no and unknown all as True",
        f'bash "{FINDINGS}/mlcroissant-no-is-true.sh" 2> /dev/null | grep Boolean',
        "sc:Boolean  [True, True, True, True, None]",
        "describe answers as text, as our package does",
    ),
    Seen(
        "cffconvert",
        "Python of its own",
        "a data set is called SoftwareSourceCode, and an organisation a person",
        "import json\n"
        "from cffconvert import Citation\n"
        f"described = json.loads(Citation({CITATION_CFF!r}).as_schemaorg())\n"
        'print(described["@type"], described["author"][0]["@type"])',
        "SoftwareSourceCode Person",
        "do not take its schema.org format",
        needs="cffconvert==2.0.0",
    ),
)
