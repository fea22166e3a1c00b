"""The twins of pages: the same rows as CSV, JSON, JSON Lines and XLSX, from the columns that the table is made of.

A page with rows at ``/models/`` has them at ``/models.csv``, ``.json``, ``.jsonl`` and ``.xlsx``, with the same
parameters; the record at ``/models/gpt-4/`` is at ``/models/gpt-4.json``. JSON comes in pages of 100 rows, each with
all that a reader needs to cite it; the others hold all rows.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from labs.choices import YesNo
from labs.queries import records_complete_to
from labs.queries.editions import data_version
from labs.queries.kept import within_version
from labs.rules.access import Window
from labs.rules.citing import LICENCE_URL, suggested_citation
from labs.rules.method import METHOD_VERSION
from labs.rules.renames import new_names
from labs.rules.vocabulary import Term
from labs.web import workbooks
from labs.web.carried import MADE_OF, carried_lines, state_now
from labs.web.columns import Column, Field, Relation, WindowWord, published_fields, published_relations
from labs.web.parameters import KEPT, BadParameters, ParameterProblem, absolute, address, requested_page, today
from labs.web.streaming import csv_response

ROWS_IN_JSON = 100
COLUMNS, LABELS, PAGE = "columns", "labels", "page"
_Handler = TypeVar("_Handler", bound=Callable[..., HttpResponseBase])


class Format(Term):
    """What the rows of a page are written as; the value is the ending of the address."""

    CSV = "csv", "CSV", "text/csv"
    JSON = "json", "JSON", "application/json"
    JSONL = "jsonl", "JSON Lines", "application/jsonl"
    XLSX = "xlsx", "XLSX", workbooks.CONTENT_TYPE

    @property
    def media_type(self) -> str:
        """What the answer says it is."""
        return self.explanation


@dataclass(frozen=True, slots=True)
class WindowOfRows:
    """The window of releases that the rows are about, with its days; the first is None for all time."""

    window: Window
    first: dt.date | None
    last: dt.date

    def plain(self) -> dict[str, str | None]:
        """As JSON has it."""
        first = self.first.isoformat() if self.first else None
        return {"name": WindowWord.of(self.window).value, "from": first, "to": self.last.isoformat()}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds. ``read`` gives the rows for some of ``rows``, of which there may be many.

    Where ``of_all`` is given, its lines may come from another file (``labs.web.carried``): of an earlier state, or the
    one of all rows with the same columns, which has this query.
    """

    name: str  # what the name of the file starts with
    title: str
    columns: Sequence[Column]
    day: dt.date
    rows: Sequence[Any]
    read: Callable[[Sequence[Any]], Iterable[Any]] = iter
    window: WindowOfRows | None = None
    of_all: str | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What the description of the API says of an address that answers with rows, or with one record."""

    title: str
    columns: Sequence[Column]
    parameters: tuple[str, ...] = KEPT
    filters: Any = None  # the class of its filters
    sorts: Sequence[str] = ()  # all values of ``sort``
    is_record: bool = False


def described(what: Described) -> Callable[[_Handler], _Handler]:
    """Let the description of the API tell of the addresses of a view."""

    def decorate(view: _Handler) -> _Handler:
        view.described = what  # type: ignore[attr-defined]
        return view

    return decorate


def twins(route: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """The addresses of a page's rows, one for each format: ``name_csv``, ``name_json`` …"""
    return [path(f"{route}.{each.value}", view, {"ending": each.value}, name=f"{name}_{each.value}") for each in Format]


def file_parameters(ending: str) -> list[str]:
    """The parameters that a file takes besides those of its page's rows."""
    return [COLUMNS, LABELS, PAGE] if ending == Format.JSON else [COLUMNS, LABELS]


def file_response(request: HttpRequest, ending: str, rows: Rows) -> HttpResponseBase:
    """The rows in a format. Raises BadParameters for a column or a page that there is not."""
    fields, relations = chosen_fields(request, rows.columns)
    if ending == Format.CSV and rows.of_all is not None:
        lines = carried_lines(request, fields, rows.rows, rows.of_all)
        response = streamed(rows.name, rows.day, Format.CSV, within_version(lines))
        setattr(response, MADE_OF, state_now())
        return response
    if ending == Format.CSV:
        return csv_response(rows.name, rows.day, fields, rows.read(rows.rows))
    if ending == Format.JSONL:
        return _jsonl_response(rows, fields, relations)
    if ending == Format.XLSX:
        return _workbook_response(request, rows, fields)
    return _page_of_json(request, rows, fields, relations)


def record_response(
    request: HttpRequest,
    title: str,
    columns: Sequence[Column],
    day: dt.date,
    row: Any,
    window: WindowOfRows | None = None,
) -> HttpResponse:
    """One record as JSON, with the same head as a list; null where nothing that was public by the day tells of it.

    Raises BadParameters for ``labels`` that are neither wanted nor not.
    """
    fields, relations = chosen_fields(request, columns)
    record = None if row is None else plain_row(row, fields, relations)
    return _json({**_head(request, title, day, window), "columns": described_columns(fields), "record": record})


def chosen_fields(request: HttpRequest, columns: Sequence[Column]) -> tuple[tuple[Field, ...], tuple[Relation, ...]]:
    """The fields and relations that ``columns`` asks for, in the order of the file; all of them without it.

    A name is one of a column, as on the page, of a single field, or what either was called before; the first column,
    which says what the row is, always comes with them. With ``labels=no`` labels are left out, but for those that
    ``columns`` names. Raises BadParameters that says what is allowed.
    """
    fields, relations = published_fields(columns), published_relations(columns)
    chosen, problems = _chosen_names(request, columns)
    with_labels = request.GET.get(LABELS, YesNo.YES.value)
    if with_labels not in YesNo.values():
        problems.append(ParameterProblem(LABELS, with_labels, "This says whether labels are wanted.", YesNo.values()))
    if problems:
        raise BadParameters(problems)
    if chosen is not None:
        fields = tuple(each for each in fields if each.name in chosen)
        relations = tuple(each for each in relations if each.name in chosen)
    if with_labels == YesNo.NO:
        named = request.GET.getlist(COLUMNS)
        fields = tuple(each for each in fields if not each.is_label or each.name in named)
        relations = tuple(each.without_labels for each in relations)
    return fields, relations


def _chosen_names(request: HttpRequest, columns: Sequence[Column]) -> tuple[set[str] | None, list[ParameterProblem]]:
    """The names of the fields and relations that ``columns`` asks for, None for all, and what is wrong with it."""
    asked = request.GET.getlist(COLUMNS)
    if not asked:
        return None, []
    file = request.path.strip("/").rpartition(".")[0]
    by_column = {column.name: {field.name for field in column.fields} for column in columns}
    related = {column.name: column.relation.name for column in columns if column.relation is not None}
    names = {each.name for each in (*published_fields(columns), *published_relations(columns))}
    chosen = {field.name for field in columns[0].fields}
    problems = []
    for name in asked:
        if name in by_column:
            chosen |= by_column[name] | ({related[name]} if name in related else set())
        elif name in names:
            chosen |= {name, *new_names(file, name)}
        elif found := new_names(file, name):
            chosen.update(found)
        else:
            allowed = [column.name for column in columns if column.fields or column.relation]
            problems.append(ParameterProblem(COLUMNS, name, "There is no such column.", allowed))
    return chosen, problems


def plain_row(row: Any, fields: Iterable[Field], relations: Iterable[Relation]) -> dict[str, Any]:
    """A row as JSON has it: texts, numbers and null, and for each relation an array of objects."""
    found: dict[str, Any] = {each.name: each.plain(row) for each in fields}
    for relation in relations:
        found[relation.name] = [plain_row(each, relation.fields, relation.relations) for each in relation.rows(row)]
    return found


def described_columns(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """What each column is, for people and programs."""
    return [
        {
            "name": each.name,
            "label": each.label,
            "type": each.type.value,
            "description": each.description,
            **({"values": each.terms.values()} if each.terms is not None else {}),
        }
        for each in fields
    ]


def _page_of_json(
    request: HttpRequest, rows: Rows, fields: Sequence[Field], relations: Sequence[Relation]
) -> HttpResponse:
    total = len(rows.rows)
    last = max(1, -(-total // ROWS_IN_JSON))
    number = requested_page(request.GET, last)
    page = rows.rows[(number - 1) * ROWS_IN_JSON : number * ROWS_IN_JSON]
    following = _permalink(request, rows.day, page=str(number + 1)) if number < last else None
    response = _json(
        {
            **_head(request, rows.title, rows.day, rows.window),
            "total": total,
            "next": following,
            "columns": described_columns(fields),
            "rows": [plain_row(row, fields, relations) for row in rows.read(page)],
        }
    )
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def _head(request: HttpRequest, title: str, day: dt.date, window: WindowOfRows | None) -> dict[str, Any]:
    """What every answer in JSON says first."""
    url, complete_to = _permalink(request, day), records_complete_to()
    return {
        "title": title,
        "url": url,
        "as_of": day.isoformat(),
        "data_version": data_version() or None,
        "method_version": str(METHOD_VERSION),
        "window": window.plain() if window else None,
        "complete_to": complete_to.isoformat() if complete_to else None,
        "licence": LICENCE_URL,
        "citation": suggested_citation(
            title=title,
            url=url,
            as_of=day,
            data_version=data_version(),
            method_version=METHOD_VERSION,
            accessed=today(),
        ),
    }


def _permalink(request: HttpRequest, day: dt.date, **changes: str) -> str:
    """The whole address of this answer, of the day and of the data version."""
    query: QueryDict = request.GET.copy()
    fixed = {"as_of": day.isoformat(), **changes}
    if data_version():
        fixed |= {"data_version": data_version(), "method_version": str(METHOD_VERSION)}
    return absolute(address(request.path, query, **fixed))


def _json(value: Any) -> HttpResponse:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
    return HttpResponse(f"{text}\n", content_type=Format.JSON.media_type)


def _jsonl_response(rows: Rows, fields: Sequence[Field], relations: Sequence[Relation]) -> StreamingHttpResponse:
    lines = (
        f"{json.dumps(plain_row(row, fields, relations), ensure_ascii=False, allow_nan=False)}\n"
        for row in rows.read(rows.rows)
    )
    return streamed(rows.name, rows.day, Format.JSONL, within_version(line.encode() for line in lines))


def streamed(name: str, day: dt.date, ending: Format, chunks: Iterable[bytes]) -> StreamingHttpResponse:
    """A download in UTF-8, named after its rows, its day, and the versions of the data and of the method."""
    charset = "; charset=utf-8" if ending is Format.CSV else ""
    return StreamingHttpResponse(
        chunks, content_type=f"{ending.media_type}{charset}", headers=_named(name, day, ending)
    )


def _workbook_response(request: HttpRequest, rows: Rows, fields: Sequence[Field]) -> HttpResponse:
    """Three sheets: the rows, what they are, and what each column is. Raises BadParameters for too many rows."""
    if len(rows.rows) > workbooks.MOST_ROWS:
        message = f"A workbook takes {workbooks.MOST_ROWS} rows, and these are {len(rows.rows)}."
        allowed = ["a filter that leaves fewer rows", *(f"the ending {each}" for each in (Format.CSV, Format.JSONL))]
        raise BadParameters([ParameterProblem("rows", str(len(rows.rows)), message, allowed)])
    names = [each.name for each in fields]
    about = [(name, value) for name, value in _head(request, rows.title, rows.day, None).items() if value]
    columns = [(each.name, each.type.label, each.description, "; ".join(each.terms or ())) for each in fields]
    content = workbooks.workbook(
        [
            workbooks.Sheet("rows", names, ([each.plain(row) for each in fields] for row in rows.read(rows.rows))),
            workbooks.Sheet("about", ("what", "value"), about),
            workbooks.Sheet("columns", ("column", "type", "what it means", "values"), columns),
        ]
    )
    return HttpResponse(content, content_type=Format.XLSX.media_type, headers=_named(rows.name, rows.day, Format.XLSX))


def _named(name: str, day: dt.date, ending: Format) -> dict[str, str]:
    """The header that names a download after its rows, its day, and the versions of the data and of the method."""
    version = data_version()
    data = f"-data-{version}" if version else ""
    file_name = f"{name}-{day}{data}-method-{METHOD_VERSION}.{ending.value}"
    return {"Content-Disposition": f'attachment; filename="{file_name}"'}
