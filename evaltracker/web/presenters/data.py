"""What the page of downloads says: the files and their columns, words, dates, and lines to be copied."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS, VERDICT_COLUMNS
from evaltracker.web.charts.registry import FIGURES
from evaltracker.web.package.tables import TABLES
from evaltracker.web.recipes import RECIPES
from evaltracker.web.tables import CHANGE_COLUMNS, HEADLINE_COLUMNS, SCORECARD_COLUMNS
from labs.choices import Activity, Answer, Evidence
from labs.rules.access import Count
from labs.rules.data_package import csv_path, type_name, words_of
from labs.rules.dates import label, span
from labs.rules.table_schema import Kind, TableField
from labs.rules.vocabulary import Term
from labs.web.columns import Column, Field, FieldType, published_fields
from labs.web.formats import Format
from labs.web.tables import ACCESS_EVENT_COLUMNS, AI_MODEL_COLUMNS, EVALUATOR_COLUMNS, SOURCE_COLUMNS


@dataclass(frozen=True)
class DataFile:
    """The rows of a page as a file: ``name`` is its address without the ending, ``page`` the name of the page's."""

    name: str
    title: str
    page: str
    declared: Sequence[Column]

    @property
    def formats(self) -> tuple[tuple[str, str], ...]:
        """The formats that it has: name and address."""
        return tuple((each.label, f"/{self.name}.{each}") for each in Format)

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """Its columns, in their order; the same on every day."""
        return published_fields(self.declared)

    @property
    def described(self) -> list[tuple[Field, list[Term]]]:
        """Each column with the values that it can have: none where any will do."""
        return [(column, list(column.terms or ())) for column in self.columns]

    @property
    def kinds(self) -> dict[str, bool]:
        """Each column, and whether it is of whole numbers."""
        return {column.name: column.type is FieldType.INTEGER for column in self.columns}


FILES = (
    DataFile("access", "Access events", "labs:event_list", ACCESS_EVENT_COLUMNS),
    DataFile("models", "Models: releases, and what the record shows of each", "labs:model_list", AI_MODEL_COLUMNS),
    DataFile("evaluators", "Evaluators", "labs:evaluator_list", EVALUATOR_COLUMNS),
    DataFile("labs", "Scorecards of labs", "labs:lab_list", SCORECARD_COLUMNS),
    DataFile("commitments", "Commitments", "commitments:commitment_list", COMMITMENT_COLUMNS),
    DataFile("commitments/verdicts", "Verdicts on commitments", "commitments:matrix", VERDICT_COLUMNS),
    DataFile("replies", "Questions and replies", "commitments:reply_list", REPLY_COLUMNS),
    DataFile("sources", "Sources", "labs:source_list", SOURCE_COLUMNS),
    DataFile("headline", "The headline", "home", HEADLINE_COLUMNS),
    *(DataFile(kind.route, kind.title, f"figure_{kind.slug}", kind.columns) for kind in FIGURES),
    DataFile("changes", "Changes", "changes", CHANGE_COLUMNS),
    DataFile("corrections", "Corrections", "corrections", CHANGE_COLUMNS),
)
"""All files with rows, in the order of the page."""
FILE = {file.name: file for file in FILES}


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines to be copied: ``key`` is their place on the page."""

    key: str
    title: str
    about: str
    code: str


def recipes(site: str, query: str) -> list[dict[str, str]]:
    """The recipes for the access events; ``query`` is what the address of a file ends with."""
    events = FILE["access"]
    return [
        {
            "key": f"recipe-{recipe.key}",
            "program": recipe.program,
            "language": recipe.language,
            "code": recipe.lines(site, events.name, events.kinds, query),
            "gives": recipe.gives,
            "beware": recipe.beware,
        }
        for recipe in RECIPES
    ]


TABLES_ASKED = ("access_events", "event_evaluators", "event_findings", "evaluators", "models", "labs")
_WHO_TESTED_WHAT = f"""\
import duckdb, urllib.request
for table in {TABLES_ASKED}:
    urllib.request.urlretrieve(f"SITE/data/evaltracker-latest/{{table}}.parquetQUERY", f"{{table}}.parquet")
tested = duckdb.sql(\"\"\"
    SELECT evaluators.name AS evaluator, labs.name AS lab, models.name AS model, event, timing_by_rule, certainty
    FROM 'event_evaluators.parquet'
    JOIN 'event_findings.parquet' USING (event)
    JOIN 'access_events.parquet' AS events ON events.key = event
    JOIN 'evaluators.parquet' AS evaluators ON evaluators.key = evaluator
    JOIN 'labs.parquet' AS labs ON labs.key = events.lab
    JOIN 'models.parquet' AS models ON models.key = events.model
    WHERE activity = '{Activity.MODEL_EVALUATION}' AND counts = '{Count.STRICT}'
    ORDER BY ALL
\"\"\")
print(tested)"""  # noqa: S608 - nobody's input is in it


def start(site: str, query: str, day: dt.date) -> list[Lines]:
    """What a first visitor copies: a right frame, a question to the data, a footnote.

    ``query`` is what the address of a file ends with; the footnote names the day.
    """
    events = FILE["access"]
    pandas = next(recipe for recipe in RECIPES if recipe.key == "pandas")
    return [
        Lines(
            "frame",
            "All access events as a frame of pandas",
            "Each occasion on which outsiders were let in to a model, or were not. Answers and dates are text, and "
            "missing cells are missing.",
            pandas.lines(site, events.name, events.kinds, query),
        ),
        Lines(
            "query",
            "Who tested what, with DuckDB",
            "Each evaluator with each model that it evaluated before release, as documents of the lab or the tester "
            "show: from the tables of the data package.",
            _WHO_TESTED_WHAT.replace("SITE", site).replace("QUERY", query),
        ),
        Lines(
            "footnote",
            "A footnote for it",
            "One line of text that names the day and the data version, so that it can be looked up again. Each page of "
            "this site and each quote on it has its own, under “Cite this”, also as BibTeX, RIS and CSL-JSON.",
            f'curl -fsS "{site}/access/cite.txt?as_of={day}"',
        ),
    ]


def commands(site: str, query: str, release: str) -> str:
    """What fetches each kind of file; ``release`` is the key of a release, empty where there is none."""
    more = f"{query}&" if query else "?"
    lines = [
        ("access.csv", f"/access.csv{query}", "a list"),
        ("newest.csv", f"/models.csv{more}columns=name&columns=released&sort=-released", "some columns of it, sorted"),
        ("values.csv", f"/access.csv{more}labels=no", "a list without the labels of its values"),
        ("access.xlsx", f"/access.xlsx{query}", "the same as a workbook"),
        ("access.json", f"/access.json{query}", "its first 100 rows as JSON; next is the address of the following"),
        ("access.jsonl", f"/access.jsonl{query}", "all rows, a JSON object in each line"),
        *([("release.json", f"/models/{release}.json{query}", "one record")] if release else []),
        ("evaltracker.zip", f"/data/evaltracker-latest.zip{query}", "all records"),
        ("changes.atom", "/changes/feed.atom", "what changed"),
        ("deadlines.ics", f"/commitments/deadlines.ics{query}", "due dates of promises"),
    ]
    return "\n".join(f'curl -fsSL -o {name} "{site}{path}"  # {words}' for name, path, words in lines)


LIMITS = (
    "JSON comes in pages of 100 rows; each has total, and next, the address of the following one.",
    "CSV, JSON Lines and XLSX have all rows that the filters let through, a workbook at most 100,000.",
    "No key and no count of requests. Be kind: one request at a time, and a whole file rather than page after page.",
    "A parameter that a file does not know, or a value that it cannot have, is an error (400) that says what it takes.",
    "A file is sent while it is written, so its length is not known before its end.",
)

OF_PACKAGE = (
    (
        "package_zip",
        "Data package, zip",
        "All records as CSV, relations as tables of their own, with descriptions for programs (Data Package, CSV on "
        "the Web), the method, the licence and citations; as_of, lab, evaluator and model choose a part.",
    ),
    ("package_sqlite", "Data package, SQLite", "All tables of the package in one file, with types and keys."),
)
"""The name of the address of a file of a data version, what it is called, and what it is."""
DOWNLOADS = (
    ("api_description", "Description of the API", "OpenAPI 3.1: each address for programs, and what it answers."),
    (
        "package",
        "Data package",
        "All records of a data version as tables that describe themselves: CSV, SQLite, Parquet; whole or a part.",
    ),
    (
        "data_dictionary",
        "Data dictionary",
        "Each column of each file: its type, its meaning, its values.",
    ),
    ("changes_feed", "Feed of changes", "Atom: what changed, from what to what, why, and with which data version."),
    (
        "commitments:deadlines_ics",
        "Calendar of deadlines",
        "iCalendar: the due dates of promises; one that is not known to the day spans its days.",
    ),
    (
        "check",
        "Check a figure",
        "Paste a permalink: whether it is still so, or since when it changed or was corrected.",
    ),
    ("data_versions", "Data versions", "Each state of the records: when it was made, who checked it, what changed."),
)
"""The name of an address, what is there, and what it is."""

WORDS: tuple[tuple[str, bool, str], ...] = (
    (
        Answer.YES.value,
        True,
        f"{Answer.YES.explanation} Of our own records: it is so.",
    ),
    (Answer.NO.value, True, f"{Answer.NO.explanation} Of our own records: it is not so."),
    (Answer.PARTIAL.value, True, Answer.PARTIAL.explanation),
    (Answer.UNKNOWN.value, True, f"{Answer.UNKNOWN.explanation} It is a value, never no and never a missing cell."),
    (
        "(empty)",
        False,
        "There is nothing to say: the question does not arise for this row, or the record has no such thing, such as a "
        "date that nobody disclosed. JSON has null. It is never 0, and never no.",
    ),
    (
        Evidence.NOTHING_FOUND.value,
        True,
        f"{Evidence.NOTHING_FOUND.explanation} It says what we found, and not what happened.",
    ),
)
"""A cell, whether it stands there as it is, and what it means."""
EXAMPLES = ("2023-03-14", "2024-05", "2023", "2023-40", "2024-02?", "2024-05~", "2023-01/2023-06")


def dates() -> Iterator[dict[str, Any]]:
    """Dates of each precision, as files have them."""
    for text in EXAMPLES:
        ends = span(text)
        yield {"text": text, "earliest": ends.earliest, "latest": ends.latest, "words": label(text)}


DICTIONARY_COLUMNS = ("file", "column", "type", "description", "refers_to", "value", "value_label", "value_explanation")


def dictionary_rows() -> Iterator[tuple[str, ...]]:
    """A row for each column, or, where a column has a list of allowed values, for each of them."""
    for file in FILES:
        for column in file.columns:
            head = (file.name, column.name, column.type.value, column.description, column.refers_to)
            yield from _with_values(head, column.terms or ())
    for table in TABLES:
        for part in table.fields:
            head = (csv_path(table.name), part.name, type_of_part(part), words_of(part), part.refers)
            yield from _with_values(head, part.values)


def _with_values(head: tuple[str, ...], terms: Iterable[Term]) -> Iterator[tuple[str, ...]]:
    rows = [(*head, term.value, term.label, term.explanation) for term in terms]
    yield from rows or [(*head, "", "", "")]


def type_of_part(part: TableField) -> str:
    """The type of a column of the package, in the words of the lists' types."""
    kinds = {Kind.EDTF: FieldType.EDTF.value, Kind.VERSION: FieldType.VERSION.value}
    return kinds.get(part.kind) or type_name(part)


def dictionary() -> Mapping[str, Any]:
    """The data dictionary as JSON has it."""
    return {
        "types": {each.value: {"label": each.label, "description": each.explanation} for each in FieldType},
        "files": [
            {
                "name": file.name,
                "title": file.title,
                "columns": [
                    _described(each.name, each.type.value, each.description, each.refers_to, each.terms or ())
                    for each in file.columns
                ],
            }
            for file in FILES
        ],
        "package": [
            {
                "name": csv_path(table.name),
                "title": table.title,
                "columns": [
                    _described(each.name, type_of_part(each), words_of(each), each.refers, each.values)
                    for each in table.fields
                ],
            }
            for table in TABLES
        ],
    }


def _described(name: str, kind: str, description: str, refers_to: str, terms: Iterable[Term]) -> dict[str, Any]:
    values = [{"value": term.value, "label": term.label, "description": term.explanation} for term in terms]
    return {
        "name": name,
        "type": kind,
        "description": description,
        "refers_to": refers_to or None,
        "values": values or None,
    }
