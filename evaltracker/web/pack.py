"""The report pack of a page: its rows, what they mean, its pictures, its quotes as footnotes, how to cite it all."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from commitments.queries import promises_of
from commitments.web.tables import COMMITMENT_COLUMNS, REPLY_COLUMNS, VERDICT_COLUMNS
from evaltracker.web.charts.figure import Figure, figure
from evaltracker.web.charts.registry import OF_A_LAB
from evaltracker.web.in_process import body_of, serve
from evaltracker.web.parameters import DEFAULT_WINDOW
from evaltracker.web.tables import SCORECARD_COLUMNS
from labs.models import Citation
from labs.queries import SourceAsOf, events_as_of, labs_by_key, releases_as_of
from labs.queries.editions import data_version, data_version_made_on
from labs.rules.citing import (
    LICENCE,
    LICENCE_URL,
    PUBLISHER,
    QuotedSource,
    Reference,
    bibtex,
    csl_json,
    footnote,
    quote_reference,
    ris,
    without_day_of_retrieval,
)
from labs.rules.method import METHOD_VERSION
from labs.rules.words import counted
from labs.web.citing import quoted_on
from labs.web.columns import Column, published_fields
from labs.web.lists import OF_THE_PAGE, RecordListView
from labs.web.parameters import (
    KEPT,
    address,
    requested_day,
    requested_window,
    today,
)
from labs.web.tables import ACCESS_EVENT_COLUMNS, AI_MODEL_COLUMNS, EVALUATOR_COLUMNS, SOURCE_COLUMNS

MOST_RECORDS = 1000
"""So many records have their quotes among the footnotes; a longer list says that it goes on."""

_OF_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|]")

COLUMNS: dict[str, Sequence[Column]] = {
    "labs:lab_csv": SCORECARD_COLUMNS,
    "labs:model_csv": AI_MODEL_COLUMNS,
    "labs:event_csv": ACCESS_EVENT_COLUMNS,
    "labs:evaluator_csv": EVALUATOR_COLUMNS,
    "labs:source_csv": SOURCE_COLUMNS,
    "commitments:commitment_csv": COMMITMENT_COLUMNS,
    "commitments:verdicts_csv": VERDICT_COLUMNS,
    "commitments:reply_csv": REPLY_COLUMNS,
}
"""The files that a pack can hold, and what they declare."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A file of rows: the name of its address, and the parameters with which it is asked for."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A record with its quotes, in the order of the page."""

    title: str
    path: str
    citations: Sequence[Citation]


@dataclass(frozen=True, slots=True)
class Material:
    """What the pack of a page is made of."""

    rows: tuple[Rows, ...]
    quoted: tuple[Quoted, ...]
    figures: tuple[Figure, ...] = ()


def material_of(page: HttpRequest) -> Material | None:
    """What the pack of a lab, a comparison or a list is made of; None for a page that has none."""
    match = page.resolver_match
    view = getattr(match.func, "view_class", None)
    if view is not None and issubclass(view, RecordListView):
        return _of_list(page, view)
    match match.view_name:
        case "labs:lab_detail":
            return _of_labs(page, [match.kwargs["key"]])
        case "labs:compare" if page.GET.getlist("lab"):
            return _of_labs(page, page.GET.getlist("lab"))
        case "labs:lab_list":
            return Material((Rows("labs:lab_csv", page.GET.urlencode()),), ())
    return None


def _of_list(page: HttpRequest, view: type[RecordListView]) -> Material:
    day = requested_day(page.GET)
    filterset = view.filterset_class(page.GET, day, day < today())
    filterset.check()
    rows = view.rows_in_order(filterset, page.GET)
    query = address("", page.GET, columns=None, **dict.fromkeys(OF_THE_PAGE)).removeprefix("?")
    return Material((Rows(view.csv_url, query),), tuple(map(_quoted, rows[:MOST_RECORDS])))


def _of_labs(page: HttpRequest, keys: Sequence[str]) -> Material:
    day, window = requested_day(page.GET), requested_window(page.GET, DEFAULT_WINDOW)
    kept = {name: page.GET[name] for name in KEPT if name in page.GET}
    of_labs, of_all = (address("", kept, **more).removeprefix("?") for more in ({"lab": list(keys)}, {}))
    releases = [each for each in releases_as_of(day).values() if each.record.lab.key in keys]
    events = [each for each in events_as_of(day).values() if each.record.lab.key in keys]
    promises = {each.key: each for key in keys for each in promises_of(labs_by_key()[key], day, window)}
    narrowed = ("labs:model_csv", "labs:event_csv", "commitments:commitment_csv")
    return Material(
        rows=(
            *(Rows(name, of_labs) for name in narrowed),
            *(Rows(name, of_all) for name in ("labs:lab_csv", "commitments:verdicts_csv")),  # places are among all
        ),
        quoted=tuple(map(_quoted, [*releases, *events, *promises.values()][:MOST_RECORDS])),
        figures=tuple(figure(slug, page.GET, key) for slug in OF_A_LAB for key in keys) if releases else (),
    )


def _quoted(row: Any) -> Quoted:
    """A row of a list, or a record of a lab, with its quotes."""
    record = row.record
    if isinstance(row, SourceAsOf):
        citations = [each for _, found in row.citations for each in found]
    else:
        citations = list(getattr(row, "citations", ()))  # a reply has none
    path = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
    return Quoted(str(getattr(row, "title", record)), path, citations)


def write_pack(file: IO[bytes], page: HttpRequest, material: Material) -> None:
    """Write the pack as a zip. The same page of the same data version has the same bytes on every day."""
    reference = without_day_of_retrieval(page.cited)  # type: ignore[attr-defined]
    sources = _numbered(material.quoted)
    quoted = {key: quoted_on(each, requested_day(page.GET)) for key, each in sources.items()}
    references = [reference, *map(quote_reference, quoted.values())]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for rows in material.rows:
            _write_rows(pack, page, rows)
        pictures = {f"figures/{figure.name}.svg": figure.document for figure in material.figures}
        texts = {
            "README.md": _readme(reference, material, list(pictures)),
            "dictionary.csv": _dictionary(material.rows),
            "footnotes.md": _footnotes(reference, material, quoted),
            "citations.bib": bibtex(references),
            "citations.ris": ris(references),
            "citations.json": csl_json(references),
            **pictures,
        }
        for name, text in texts.items():
            pack.writestr(_entry(name), text.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    made = data_version_made_on() or dt.date(1980, 1, 1)
    entry = zipfile.ZipInfo(name, (made.year, made.month, made.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _file_name(rows: Rows) -> str:
    return reverse(rows.name).rpartition("/")[2]


def _write_rows(pack: zipfile.ZipFile, page: HttpRequest, rows: Rows) -> None:
    """Copy the rows into the pack, a few at a time."""
    response = serve(page.META, reverse(rows.name), rows.query).response
    with pack.open(_entry(_file_name(rows)), "w") as entry:
        for chunk in _chunks(response):
            entry.write(chunk)


def _chunks(response: HttpResponseBase) -> Iterable[bytes]:
    return response.streaming_content if isinstance(response, StreamingHttpResponse) else [body_of(response)]  # type: ignore[return-value]


def _numbered(quoted: Iterable[Quoted]) -> Mapping[str, Any]:
    """The sources by key, in the order in which the records quote them."""
    return {citation.source.key: citation.source for each in quoted for citation in each.citations}


def _footnotes(reference: Reference, material: Material, sources: Mapping[str, QuotedSource]) -> str:
    numbers = {key: place for place, key in enumerate(sources, start=1)}
    lines = [f"# Footnotes: {reference.title}", "", reference.text, ""]
    if len(material.quoted) == MOST_RECORDS:
        lines += [f"Of the first {MOST_RECORDS} records only: the page has more.", ""]
    lines += ["## Quotes", ""]
    for record in material.quoted:
        if record.citations:
            lines += [f"### {_plain(record.title)}", ""]
            lines += [_quote_line(citation, numbers[citation.source.key]) for citation in record.citations]
            lines.append("")
    lines += ["## Sources", ""]
    lines += [f"{numbers[key]}. {_plain(footnote(source))}" for key, source in sources.items()]
    return "\n".join([*(lines if sources else [*lines, "No quote is on record for these rows."]), ""])


def _quote_line(citation: Citation, number: int) -> str:
    supports = ", ".join(citation.supports_labels)
    return f"- “{_plain(citation.quote)}” [{number}]" + (f" (supports: {supports})" if supports else "")


def _plain(text: str) -> str:
    """A text as Markdown shows it, letter by letter."""
    return _OF_MARKDOWN.sub(r"\\\g<0>", " ".join(text.split()))


def _dictionary(files: Iterable[Rows]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["file", "column", "label", "type", "description", "allowed"])
    for rows in files:
        for field in published_fields(COLUMNS[rows.name]):
            allowed = " | ".join(field.terms.values()) if field.terms else ""
            writer.writerow([_file_name(rows), field.name, field.label, field.type.value, field.description, allowed])
    return buffer.getvalue()


def _readme(reference: Reference, material: Material, pictures: Sequence[str]) -> str:
    quotes = sum(len(each.citations) for each in material.quoted)
    lines = [
        f"# {reference.title}",
        "",
        reference.text,
        "",
        f"Data version {data_version() or 'none yet'}, method version {METHOD_VERSION}. Permalink: {reference.url}",
        "",
        f"- {', '.join(map(_file_name, material.rows))}: the rows, in UTF-8. An empty cell is a missing value, "
        "`unknown` says that no source tells. Read dates as text: they are as precise as their sources (EDTF); "
        "`…_earliest` and `…_latest` are days.",
        "- dictionary.csv: what each column means, and its allowed values.",
        f"- footnotes.md: {counted(quotes, 'quote')}, word for word, with numbered sources.",
        "- citations.bib, citations.ris, citations.json: the page and the sources for BibTeX, RIS and CSL-JSON.",
        *(
            [f"- {', '.join(pictures)}: the pictures of the page, with their source, day and data version."]
            if pictures
            else []
        ),
        "",
        f"Records: {LICENCE} ({LICENCE_URL}), credit {PUBLISHER} and the data version. Quoted passages belong to their "
        "authors and are reproduced for citation.",
        "",
    ]
    return "\n".join(lines)
