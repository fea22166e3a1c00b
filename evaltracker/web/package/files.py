"""The formats in which the data package goes out, all made of the same rows. The same package gives the same bytes.

The day of retrieval is in none of them: one data version has one content.
"""

import csv
import datetime as dt
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse

from evaltracker.web.package.contents import Package
from evaltracker.web.package.tables import TABLES, VIEWS
from labs.queries.kept import collector_paused
from labs.rules.citing import (
    LICENCE,
    LICENCE_URL,
    Cited,
    bibtex,
    citation_cff,
    page_reference,
    suggested_citation,
)
from labs.rules.data_package import (
    DICTIONARY_HEADER,
    EDTF_WORDS,
    GUARD_WORDS,
    UNKNOWN,
    About,
    csv_on_the_web,
    csv_path,
    data_package,
    datasette_metadata,
    dictionary_rows,
    sqlite_statements,
    words_of,
)
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from labs.rules.table_schema import Kind, Table, TableField, moment_text, writer_of

TITLE = "EvalTracker: who was let in to test AI models before release"
DESCRIPTION = (
    "The public record of which outsiders were let in to test frontier AI models before release: labs, releases, "
    "evaluators, access events, commitments, and the quotes on which each of them rests."
)

CITED_AS = "Data package"

Row = tuple[Any, ...]


class PackageFiles:
    """The files of one package. The rows of a table are read when the first file that has them is made."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._rows: dict[str, list[Row]] = {}

    @property
    def name(self) -> str:
        """What the files are called, without an ending: ``evaltracker-2026.11.0``, and of a part, of which."""
        return f"evaltracker-{self.package.version}{self.package.selection.suffix}"

    @property
    def address(self) -> str:
        """The address of the package, which never leads to another one."""
        query = f"?{self.package.selection.words}" if self.package.selection.words else ""
        return f"{settings.SITE_URL}{reverse('package_zip', args=[self.package.version])}{query}"

    def rows(self, table: Table) -> list[Row]:
        """The rows of a table."""
        if table.name not in self._rows:
            with collector_paused():
                self._rows[table.name] = list(table.values(self.package))
        return self._rows[table.name]

    @cached_property
    def about(self) -> About:
        version, selection = self.package.version, self.package.selection
        what = "" if selection.is_whole else f" Only a part: {selection.words}."
        return About(
            name=self.name,
            title=TITLE,
            description=f"{DESCRIPTION}{what}",
            homepage=f"{settings.SITE_URL}/",
            version=str(version),
            created=moment_text(version.made_at),
            method_version=str(METHOD_VERSION),
            as_of=self.package.day.isoformat(),
            selection=selection.words,
            licence_name="CC-BY-4.0",
            licence_title=LICENCE,
            licence_address=LICENCE_URL,
            citation=suggested_citation(
                title=CITED_AS,
                url=self.address,
                as_of=self.package.day,
                data_version=str(version),
                method_version=METHOD_VERSION,
            ),
        )

    @collector_paused()
    def zipped(self) -> bytes:
        """The package: CSV with its descriptions, the method, the licence and citations."""
        tables = {table.name: csv_file(table, self.rows(table)) for table in TABLES}
        files: dict[str, bytes] = {
            "datapackage.json": _json(data_package(self.about, TABLES, tables)),
            "csv-metadata.json": _json(csv_on_the_web(self.about, TABLES)),
            "README.md": self._readme().encode(),
            "dictionary.csv": _csv(DICTIONARY_HEADER, dictionary_rows(TABLES)),
            "METHOD.md": (settings.BASE_DIR / "docs" / "methodology.md").read_bytes(),
            "LICENCE.md": self._licence().encode(),
            "CITATION.cff": self._cff().encode(),
            "evaltracker.bib": self._bibtex().encode(),
            **{csv_path(name): body for name, body in tables.items()},
        }
        made = self.package.version.made_at.astimezone(dt.UTC)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, body in files.items():
                entry = zipfile.ZipInfo(name, (made.year, made.month, made.day, made.hour, made.minute, made.second))
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
                archive.writestr(entry, body)
        return buffer.getvalue()

    @collector_paused()
    def sqlite(self) -> bytes:
        """One database with all tables, their types and keys, and a few views."""
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("PRAGMA foreign_keys = OFF")  # tables refer to later ones; checked at the end
            # Terms are of their enumerations, as the checks would find for each row anew: that takes half of the time.
            database.execute("PRAGMA ignore_check_constraints = ON")
            for statement in sqlite_statements(TABLES, VIEWS):
                database.execute(statement)
            for table in TABLES:
                places = ", ".join("?" * len(table.fields))
                rows = _written(table, _sql_writer, self.rows(table))
                database.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', rows)  # noqa: S608 - our names
            database.execute("PRAGMA user_version = 1")
            database.commit()
            broken = database.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise ValueError(f"The package refers to rows that it does not hold: {broken[:3]}")
            database.execute("VACUUM")
            return database.serialize()

    def parquet(self, table: Table) -> bytes:
        """One table with its types."""
        import pyarrow as pa  # here, for that takes a second or more, and few requests need it
        from pyarrow import parquet

        types = {
            Kind.DAY: pa.date32(),
            Kind.MOMENT: pa.timestamp("us", tz="UTC"),
            Kind.COUNT: pa.int64(),
            Kind.NUMBER: pa.float64(),
        }
        rows = self.rows(table)
        fields = [
            pa.field(
                field.name,
                types.get(field.kind, pa.string()),
                nullable=not field.is_required,
                metadata={"description": words_of(field)},
            )
            for field in table.fields
        ]
        head = {
            "title": table.title,
            "description": table.description,
            "data_version": self.about.version,
            "method_version": self.about.method_version,
            "as_of": self.about.as_of,
            "licence": LICENCE_URL,
            "citation": self.about.citation,
        }
        columns = [
            pa.array([_arrow_value(row[place]) for row in rows], type=field.type) for place, field in enumerate(fields)
        ]
        buffer = io.BytesIO()
        parquet.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=head)), buffer)
        return buffer.getvalue()

    def datasette(self) -> bytes:
        """The metadata with which Datasette shows the SQLite file."""
        return _json(datasette_metadata(self.about, TABLES, self.name))

    def _readme(self) -> str:
        about = self.about
        lines = [
            f"# {about.title}",
            "",
            about.description,
            "",
            f"Data version {about.version}, method version {about.method_version}. What the rules conclude holds for "
            f"{day_label(self.package.day)}.",
            "",
            "- `tables/`: one CSV file for each table (UTF-8, commas, CRLF). `datapackage.json` and "
            "`csv-metadata.json` describe them for programs, `dictionary.csv` and `tables/terms.csv` for people.",
            "- `METHOD.md`: how the figures are made. `LICENCE.md`, `CITATION.cff`, `evaltracker.bib`: what you may "
            "do, and how to cite.",
            "",
            "## How to read it",
            "",
            f"- {UNKNOWN}",
            f"- {EDTF_WORDS}",
            f"- {GUARD_WORDS}",
            f"- Versions (`{about.version}`) are texts.",
            "- `position` is the place of a row among those of its record.",
            "",
            "## What it does not hold",
            "",
            "- What is not public: drafts, records in review, and withdrawn records.",
            "- How records came to be: earlier data versions, the list of changes and corrections, and the work at "
            "the desk (who checked what, proposals, snapshots of sources). Each data version has a package of its own, "
            "and the changes stand at `/changes/`.",
            "- The addresses of records that were merged into others.",
            "",
            "## Tables",
            "",
            *(f"- `{csv_path(table.name)}`: {table.description}" for table in TABLES),
            "",
            about.citation,
            "",
        ]
        return "\n".join(lines)

    def _licence(self) -> str:
        return (
            f"The records are published under the Creative Commons Attribution 4.0 International licence ({LICENCE}, "
            f"{LICENCE_URL}).\nQuoted passages belong to their authors and are reproduced for citation.\n\n"
            f"Credit: {self.about.citation}\n"
        )

    def _bibtex(self) -> str:
        return bibtex(
            [
                page_reference(
                    title=CITED_AS,
                    url=self.address,
                    as_of=self.package.day,
                    data_version=self.about.version,
                    method_version=METHOD_VERSION,
                    made_on=self.package.version.made_at.astimezone(dt.UTC).date(),
                    kind=Cited.DATASET,
                    key=self.name,
                )
            ]
        )

    def _cff(self) -> str:
        return citation_cff(
            title=self.about.title,
            abstract=self.about.description,
            version=self.about.version,
            url=self.about.homepage,
            released=self.package.version.made_at.astimezone(dt.UTC).date(),
        )


def csv_file(table: Table, rows: Iterable[Row]) -> bytes:
    """A table as CSV, in the order of its columns."""
    return _csv(table.names, _written(table, writer_of, rows))


Writer = Callable[[Any], Any]


def _written(table: Table, writer: Callable[[TableField], Writer | None], rows: Iterable[Row]) -> Iterator[list[Any]]:
    """The rows, with the values of those columns written that have a writer."""
    written = [(place, write) for place, field in enumerate(table.fields) if (write := writer(field)) is not None]
    for row in rows:
        cells = list(row)
        for place, write in written:
            cells[place] = write(cells[place])
        yield cells


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _sql_writer(field: TableField) -> Writer | None:
    """What writes a value of the column as SQLite has it: days and moments as text in ISO 8601, in UTC. None where the
    driver does.
    """
    return _SQL_WRITERS.get(field.kind)


_SQL_WRITERS: dict[Kind, Writer] = {
    Kind.DAY: lambda day: day and day.isoformat(),
    Kind.MOMENT: lambda moment: moment and moment_text(moment),
    Kind.NUMBER: lambda number: None if number is None else float(number),
}


def _arrow_value(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value) if isinstance(value, str) else value
