"""How to read our CSV files with the programs that people have: at most three lines each, for the page ``/data/``.

Each reads dates and answers as text, empty cells as missing, ``unknown`` as a value, and the columns of whole numbers
as whole numbers. ``tests/readers`` runs each line as the page prints it and compares every cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one program reads one of our files.

    In ``text``, ``SITE`` stands for the address of the site, ``FILE`` for the name of the list, ``INTEGERS`` for its
    columns of whole numbers: each as ``integer`` writes it, with ``joined`` between. ``COLUMNS`` is all columns
    by number, those of text as 2 and the others as 1. ``is_typed``: whole numbers come out as numbers, not as text.
    ``of_package``: it reads the data package, whose table of access events gives ``events``.
    ``gives`` says what comes out, ``beware`` what the program does to our files if it is left to guess.
    """

    key: str
    program: str
    language: str
    text: str
    gives: str
    beware: str
    integer: str = '"{}"'
    joined: str = ", "
    is_typed: bool = True
    of_package: bool = False

    def lines(self, site: str, name: str, columns: Mapping[str, bool], query: str = "") -> str:
        """The recipe for the list with this name and these columns: whether each is of whole numbers.

        ``query`` is what the address ends with, such as ``?as_of=2024-05-24``.
        """
        integers = self.joined.join(self.integer.format(column) for column, is_integer in columns.items() if is_integer)
        numbered = "/".join(f"{at}/{1 if columns[column] else 2}" for at, column in enumerate(columns, start=1))
        text = self.text.replace("INTEGERS", integers).replace("COLUMNS", numbered)
        return re.sub(r'SITE(/[^"]*)"', rf'{site}\1{query}"', text).replace("FILE", name)


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        key="pandas",
        program="pandas",
        language="Python",
        text="""\
import pandas as pd
events = pd.read_csv("SITE/FILE.csv", dtype="string", keep_default_na=False, na_values=[""])
events = events.astype(dict.fromkeys([INTEGERS], "Int64"))""",
        gives="A frame of text, with missing cells as NA and whole numbers as Int64.",
        beware='Left alone it drops what is no full day: pd.to_datetime(…, errors="coerce") makes 2023-40 and '
        "2024-02/2024-03 missing. Turn the columns …_earliest and …_latest into days instead.",
    ),
    Recipe(
        key="polars",
        program="polars",
        language="Python",
        text="""\
import polars as pl, urllib.request
events = pl.read_csv(urllib.request.urlopen("SITE/FILE.csv").read(), infer_schema=False)
events = events.cast(dict.fromkeys([INTEGERS], pl.Int64))""",
        gives="A frame of text, with null for missing cells and whole numbers as Int64.",
        beware="With try_parse_dates=True a column whose first rows are days becomes Date, and the first half-year "
        "stops the reading.",
    ),
    Recipe(
        key="duckdb",
        program="DuckDB",
        language="Python",
        text="""\
import duckdb, urllib.request
urllib.request.urlretrieve("SITE/FILE.csv", "FILE.csv")
events = duckdb.sql("SELECT * REPLACE (INTEGERS) FROM read_csv('FILE.csv', all_varchar = true)")""",
        integer="{0}::BIGINT AS {0}",
        gives="A relation of VARCHAR, with NULL for missing cells and whole numbers as BIGINT.",
        beware="Left to guess, it makes yes and no true and false as long as no row says unknown, a column of "
        "years whole numbers, and dates DATE on one day and VARCHAR on the next.",
    ),
    Recipe(
        key="r",
        program="R",
        language="R",
        text="""\
events <- read.csv("SITE/FILE.csv", colClasses = "character", na.strings = "", encoding = "UTF-8")
events[c(INTEGERS)] <- lapply(events[c(INTEGERS)], as.integer)""",
        gives="A data frame of character, with NA for missing cells and whole numbers as integer.",
        beware="Left alone it leaves empty answers as empty text, not NA, and makes a column of years numbers.",
    ),
    Recipe(
        key="fread",
        program="data.table",
        language="R",
        text="""\
events <- data.table::fread("SITE/FILE.csv", sep = ",", colClasses = "character", na.strings = "", encoding = "UTF-8")
events[, names(events) := lapply(.SD, gsub, pattern = '""', replacement = '"', fixed = TRUE)]
events[, c(INTEGERS) := lapply(.SD, as.integer), .SDcols = c(INTEGERS)]""",
        gives="A data.table of character, with NA for missing cells and whole numbers as integer.",
        beware="fread keeps the two quotation marks by which a CSV file writes one, so the second line takes one "
        "away; without sep it may take another character of the texts for the separator.",
    ),
    Recipe(
        key="csvkit",
        program="csvkit",
        language="shell",
        text="""\
curl -fsS -o FILE.csv "SITE/FILE.csv"
csvjson -I -y 0 FILE.csv > events.json""",
        gives="All cells as text, with null for missing ones. -I and -y 0 go with each of its programs.",
        is_typed=False,
        beware="Left to guess, it turns counts of 0 and 1 into false and true, versions into numbers, and may find "
        "a blank to be the separator.",
    ),
    Recipe(
        key="sqlite-utils",
        program="sqlite-utils and Datasette",
        language="shell",
        text="""\
curl -fsS "SITE/FILE.csv" | sqlite-utils insert evaltracker.db events - --csv --no-detect-types --empty-null
sqlite-utils transform evaltracker.db events INTEGERS
datasette evaltracker.db""",
        integer="--type {} integer",
        joined=" ",
        gives="A table of TEXT, with NULL for missing cells and whole numbers as INTEGER, for your browser.",
        beware="Do not facet by date on a date column of ours: SQLite takes a year such as 2023 for a day of the year "
        "4708 BC, and leaves months out. Facet the columns …_earliest.",
    ),
    Recipe(
        key="libreoffice",
        program="LibreOffice",
        language="shell",
        text="""\
curl -fsS -o FILE.csv "SITE/FILE.csv"
soffice --headless --infilter="CSV:44,34,76,1,COLUMNS" --convert-to ods FILE.csv""",
        gives="A table of text. In its dialog for CSV files: separator comma, select all columns, type Text.",
        beware="Left alone it makes full days dates and years numbers, and leaves half-years text.",
    ),
    Recipe(
        key="d3-dsv",
        program="d3-dsv",
        language="JavaScript",
        text="""\
import { csvParse } from "d3-dsv";
const integers = [INTEGERS], typed = (name, value) => \
[name, value === "" ? null : integers.includes(name) ? +value : value];
const events = csvParse(await (await fetch("SITE/FILE.csv")).text(), (row) => \
Object.fromEntries(Object.entries(row).map((cell) => typed(...cell))));""",
        gives="Objects of text, with null for missing cells and whole numbers as numbers.",
        beware="d3.autoType makes 2024-05 the first of May, 2024 a number, and 2023-40 an invalid date.",
    ),
    Recipe(
        key="arquero",
        program="Arquero",
        language="JavaScript",
        text="""\
import { fromCSV } from "arquero";
const numbers = Object.fromEntries([INTEGERS].map((name) => [name, Number]));
const events = fromCSV(await (await fetch("SITE/FILE.csv")).text(), { autoType: false, parse: numbers });""",
        gives="A table of text, with null for missing cells and whole numbers as numbers.",
        beware="Left to guess, it makes dates of a column in which all values look like ISO dates, months included.",
    ),
    Recipe(
        key="vega-loader",
        program="vega-loader",
        language="JavaScript",
        text="""\
import { loader, read } from "vega-loader";
const text = await loader().load("SITE/FILE.csv"), names = Object.keys(read(text, { type: "csv" })[0]);
const events = read(text, { type: "csv", parse: Object.fromEntries(names.map((name) => \
[name, [INTEGERS].includes(name) ? "number" : "string"])) });""",
        gives="Objects of text, with null for missing cells and whole numbers as numbers; likewise in Vega-Lite.",
        beware='With parse "auto", which Vega-Lite takes, months become their first day and years numbers.',
    ),
    Recipe(
        key="sheetjs",
        program="SheetJS",
        language="JavaScript",
        text="""\
import { read, utils } from "xlsx";
const book = read(await (await fetch("SITE/FILE.xlsx")).arrayBuffer());
const events = utils.sheet_to_json(book.Sheets.rows, { defval: null });""",
        gives="Objects of text from our workbook, with null for missing cells and whole numbers as numbers.",
        beware="Of CSV, without raw: true, months become the first of the month in a short American form.",
    ),
    Recipe(
        key="openpyxl",
        program="Excel, as openpyxl reads it",
        language="Python",
        text="""\
import io, urllib.request; from openpyxl import load_workbook
book = load_workbook(io.BytesIO(urllib.request.urlopen("SITE/FILE.xlsx").read()))
events = list(book["rows"].values)""",
        gives="Rows of text, the names of the columns first, with None for missing cells and whole numbers as numbers.",
        beware="Excel itself makes dates and numbers of a CSV file that is opened by a double click.",
    ),
    Recipe(
        key="pyarrow",
        program="pyarrow",
        language="Python",
        text="""\
import urllib.request, pyarrow.parquet as pq
urllib.request.urlretrieve("SITE/data/evaltracker-latest/access_events.parquet", "access_events.parquet")
events = pq.read_table("access_events.parquet")""",
        of_package=True,
        gives="A table with its types: text, int64, date32 for earliest and latest days, null for missing cells. "
        "pandas, polars and DuckDB read these files too.",
        beware="The types are written in the file, so nothing is guessed.",
    ),
    Recipe(
        key="datasette",
        program="Datasette",
        language="shell",
        text="""\
curl -fsSL -o evaltracker.db "SITE/data/evaltracker-latest.sqlite"
curl -fsSL -o metadata.json "SITE/data/evaltracker-latest-datasette.json"
datasette evaltracker.db --metadata metadata.json --setting suggest_facets off""",
        of_package=True,
        gives="All tables with their keys, titles and descriptions, in a browser; whatever else reads SQLite reads the "
        "same file.",
        beware="The last setting keeps Datasette from offering dates that are no days as facets.",
    ),
    Recipe(
        key="frictionless",
        program="frictionless",
        language="Python",
        text="""\
import urllib.request; from frictionless import Package
urllib.request.urlretrieve("SITE/data/evaltracker-latest.zip", "evaltracker.zip")
events = Package("evaltracker.zip").get_resource("access_events").read_rows()""",
        of_package=True,
        gives="Rows with the types of the package's own description: text, whole numbers, days, None for missing "
        "cells. frictionless validate evaltracker.zip checks all tables.",
        beware="Of a CSV file without its description it guesses types from the first hundred rows.",
    ),
)
