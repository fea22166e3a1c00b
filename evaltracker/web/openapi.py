"""The description of the API (OpenAPI 3.1), made from what serves it: the addresses, the columns and the filters."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from commitments.rules.criteria import DEFAULT_WEIGHTS, weights_text
from evaltracker.web.check import LONGEST
from evaltracker.web.guards import LONGEST_ADDRESS
from evaltracker.web.openapi_files import OF_A_RECORD, OTHER_FILES, OtherFile
from evaltracker.web.package.tables import TABLES
from labs.choices import YesNo
from labs.rules.access import Window
from labs.rules.citing import LICENCE, LICENCE_URL
from labs.rules.dates import YEARS
from labs.rules.method import METHOD_VERSION
from labs.rules.search_words import MOST_CHARACTERS, MOST_WORDS
from labs.web.columns import Column, Field, FieldType, Relation, WindowWord, published_fields, published_relations
from labs.web.facets import DayFilter, Facet, KeyFacet, TextSearch
from labs.web.formats import COLUMNS, LABELS, PAGE, Described, Format
from labs.web.problems import AS_DETAILS, MEDIA_TYPE

Schema = dict[str, Any]
MEDIA_TYPE_OF_DESCRIPTION = "application/vnd.oai.openapi+json;version=3.1"
KEY_PATTERN = "^[-a-zA-Z0-9_]+$"
SEARCH = {"type": "string", "maxLength": MOST_CHARACTERS}
DAY = {"type": "string", "format": "date", "examples": ["2024-05-24"]}
_KEYS: Schema = {"type": "array", "items": {"type": "string", "pattern": KEY_PATTERN}}
_ABOUT = (
    "Every list of records is at its page's path with .csv, .json or .jsonl, every record at its path with .json. JSON "
    "comes in pages of 100 rows and says of which day, data version and method version it is, and how to cite it. "
    "Citations, report packs, the data package, feeds and figures are described besides. All "
    "answers may be read from any site; none depends on who asks. An answer of “unknown” is never “no”, and a missing "
    "value is null, or an empty cell. Dates are as precise as their source (EDTF, ISO 8601-2): read those columns as "
    "text, and the columns that end in _earliest and _latest as days."
)
_PARAMETERS: dict[str, Schema] = {
    "as_of": {
        "description": f"The day whose knowledge is asked for, from {YEARS[0]}-01-01 up to today; without it, today.",
        "schema": DAY,
    },
    "window": {
        "description": "Which releases figures are about: the last 12 or 24 months, or all time.",
        "schema": {"type": "string", "enum": Window.values()},
    },
    "weights": {
        "description": "Weights of the criteria of a score, in place of the method's own.",
        "schema": {"type": "string", "examples": [weights_text(DEFAULT_WEIGHTS)]},
    },
    "data_version": {
        "description": "The data version to read; /data/versions.json lists all. It needs as_of.",
        "schema": {"type": "string", "examples": ["2026.12.0"]},
    },
    "method_version": {
        "description": "The version of the method; it needs data_version.",
        "schema": {"type": "string", "enum": [str(number) for number in range(1, METHOD_VERSION + 1)]},
    },
    "q": {
        "description": f"What is looked for, at most {MOST_WORDS} words; without it, nothing is found.",
        "schema": SEARCH,
    },
    "lab": {
        "description": "The key of a lab; it can be given several times.",
        "schema": _KEYS,
    },
    "evaluator": {"description": "The key of an evaluator; it can be given several times.", "schema": _KEYS},
    "model": {"description": "The key of a release; it can be given several times.", "schema": _KEYS},
    "quote": {
        "description": "Which of the quotes of the source, as the address of a quote on its page names it.",
        "schema": {"type": "string"},
    },
    "text": {
        "description": "A permalink, or words with their permalink; without it, the outcome is null.",
        "schema": {"type": "string", "maxLength": LONGEST},
    },
    LABELS: {
        "description": "With no, the values alone: what puts them into words is left out, unless columns names it.",
        "schema": {"type": "string", "enum": YesNo.values()},
    },
    PAGE: {
        "description": "The page, of 100 rows each; the first without it.",
        "schema": {"type": "integer", "minimum": 1},
    },
}
BAD_PARAMETER = "A parameter is not valid: which, and what is allowed."
_REFUSED = {"400": BAD_PARAMETER, "414": f"The address has more than {LONGEST_ADDRESS:,} characters."}
_KEY = {"type": "string", "pattern": KEY_PATTERN}
_IN_PATH: dict[str, Schema] = {
    "key": {"schema": _KEY},
    "page": {"description": "The first part of the address of a page, such as models.", "schema": _KEY},
    "version": {
        "description": "A data version, or latest, which leads to the newest.",
        "schema": {"type": "string", "pattern": r"^(latest|\d+\.\d+\.\d+)$"},
    },
    "table": {"schema": {"type": "string", "enum": [table.name for table in TABLES]}},
}


def description(server: str) -> Schema:
    """All public addresses that answer with rows, with a record, or with another file."""
    schemas: dict[str, Schema] = {"Problem": _problem(), "Head": _head()}
    paths: dict[str, Schema] = {}
    for path, name, ending, what in described_addresses():
        schema = _schema_name(what)
        schemas.setdefault(schema, _row(published_fields(what.columns), published_relations(what.columns)))
        paths[path] = {"get": _operation(name, ending, what, {"$ref": f"#/components/schemas/{schema}"})}
    paths |= {each.path: {"get": _other_operation(each)} for each in OTHER_FILES}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "EvalTracker",
            "version": str(METHOD_VERSION),
            "description": _ABOUT,
            "license": {"name": LICENCE, "url": LICENCE_URL},
        },
        "servers": [{"url": server}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas},
    }


def described_addresses() -> Iterator[tuple[str, str, Format, Described]]:
    """Each address of rows or of a record: its path as OpenAPI writes it, its name, its format, what it holds."""
    for name, pattern in named_addresses():
        view = pattern.callback
        describe = getattr(getattr(view, "view_class", None), "describe", None)
        what = getattr(view, "described", None) or (describe() if describe else None)
        ending = pattern.default_args.get("ending", Format.JSON.value if what and what.is_record else "")
        if what is not None and ending:
            path = reverse(name, kwargs={"key": "KEY"} if what.is_record else {}).replace("KEY", "{key}")
            yield path, name, Format(ending), what


def named_addresses() -> Iterator[tuple[str, URLPattern]]:
    """The address patterns of the site with their names; those of the desk are not among them."""
    return _patterns(get_resolver().url_patterns)


def _patterns(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            if each.app_name != "admin":
                yield from _patterns(each.url_patterns, f"{each.namespace}:" if each.namespace else prefix)
        elif each.name:
            yield f"{prefix}{each.name}", each


def _schema_name(what: Described) -> str:
    return "".join(filter(str.isalnum, what.title.title()))


def _operation(name: str, ending: Format, what: Described, row: Schema) -> Schema:
    return {
        "operationId": name.replace(":", "_"),
        "summary": f"{what.title} as {ending.label}",
        "parameters": [*_parameters(ending, what)],
        "responses": {
            "200": {"description": what.title, "content": {ending.media_type: {"schema": _answer(ending, what, row)}}},
            **_errors(ending, what),
        },
    }


def _other_operation(file: OtherFile) -> Schema:
    in_path = [
        {"name": name, "in": "path", "required": True, **_IN_PATH[name]} for name in re.findall(r"{(\w+)}", file.path)
    ]
    asked = [*(_query(name, **_PARAMETERS[name]) for name in file.parameters), *_filters(file.filters)]
    reasons = _REFUSED | (file.answers or {})
    answers: Schema = {
        "200": {"description": file.title, "content": {file.media_type: {"schema": dict(file.schema)}}},
        **{
            status: {"description": text} | ({} if status[0] == "3" else {"content": _refusal(file.path)})
            for status, text in reasons.items()
        },
    }
    operation = {
        "operationId": re.sub(r"\W+", "_", file.path).strip("_"),
        "summary": file.title,
        "parameters": [*in_path, *asked],
        "responses": answers,
    }
    return operation | ({"description": "It takes all parameters of its page too."} if file.takes_any else {})


def _refusal(path: str) -> Schema:
    """How a file says what is wrong (``labs.web.problems``)."""
    if path.rpartition(".")[2] in AS_DETAILS:
        return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"text/plain": {"schema": {"type": "string"}}}


def _answer(ending: Format, what: Described, row: Schema) -> Schema:
    if ending is Format.CSV:
        return {"type": "string", "description": "A header and a line for each row, in UTF-8 (RFC 4180)."}
    if ending is Format.JSONL:
        return {"type": "string", "description": "A JSON object in each line, as the rows of the JSON."}
    if ending is Format.XLSX:
        return {
            "type": "string",
            "contentMediaType": ending.media_type,
            "description": "A workbook: texts, and numbers as numbers.",
        }
    own: Schema = {"record": {"anyOf": [row, {"type": "null"}]}}
    if not what.is_record:
        own = {
            "total": {
                "type": "integer",
                "minimum": 0,
                "description": "How many there are on all pages; of changes, which have several rows, the changes.",
            },
            "next": {"type": ["string", "null"], "format": "uri", "description": "The next page."},
            "rows": {"type": "array", "items": row},
        }
    return {
        "allOf": [{"$ref": "#/components/schemas/Head"}],
        "type": "object",
        "required": [*own],
        "properties": own,
    }


def _errors(ending: Format, what: Described) -> Schema:
    content = _refusal(f".{ending}")
    reasons = _REFUSED | (OF_A_RECORD if what.is_record else {})
    return {status: {"description": text, "content": content} for status, text in reasons.items()}


def _parameters(ending: Format, what: Described) -> Iterator[Schema]:
    if what.is_record:
        yield {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "pattern": KEY_PATTERN}}
    for name in what.parameters:
        yield _query(name, **_PARAMETERS[name])
    yield from _filters(what.filters)
    if what.sorts:
        text = (
            "What sorts the rows, with a hyphen in front for the other direction; ties go by their keys, as all "
            "rows do with `key`. Without it they stand as on the page."
        )
        values = {"type": "string", "enum": list(what.sorts)}
        yield _query("sort", description=text, schema={"type": "array", "items": values})
    if not what.is_record:
        yield _query(COLUMNS, **_columns(what.columns))
    yield _query(LABELS, **_PARAMETERS[LABELS])
    if ending is Format.JSON and not what.is_record:
        yield _query(PAGE, **_PARAMETERS[PAGE])


def _filters(filters: Any) -> Iterator[Schema]:
    if filters is not None:
        for name, each in filters.base_filters.items():
            yield _query(name, **_filter(each))


def _query(name: str, *, description: str, schema: Schema) -> Schema:
    found: Schema = {"name": name, "in": "query", "description": description, "schema": schema}
    return found | ({"style": "form", "explode": True} if schema["type"] == "array" else {})


def _filter(each: Any) -> Schema:
    """A filter as a parameter, with all that it may be asked for, but for keys, of which there can be many."""
    label = f"{each.label}. {each.help_text}".strip(". ") + "."
    match each:
        case KeyFacet():
            return {
                "description": f"{label} Keys of records, or one of: {_or_none(each)}.",
                "schema": _PARAMETERS["lab"]["schema"],
            }
        case Facet():
            items: Schema = {"type": "string"}
            if values := [value for value, _ in each.choices]:
                items["enum"] = values
            return {"description": f"{label} Any of several.", "schema": {"type": "array", "items": items}}
        case DayFilter():
            return {"description": label, "schema": DAY}
        case TextSearch():
            return {"description": label, "schema": SEARCH}
    return {"description": label, "schema": {"type": "string"}}


def _or_none(each: Any) -> str:
    return ", ".join(f"{value} ({label})" for value, label in each.choices) or "nothing else"


def _columns(columns: Sequence[Column]) -> Schema:
    names = [column.name for column in columns if column.fields or column.relation]
    names += [name for each in published_fields(columns) if (name := each.name) not in names]
    names += [name for each in published_relations(columns) if (name := each.name) not in names]
    return {
        "description": "The columns to be given, each by its own name or by that of the column of the page; without "
        "it, all. The first, which says what a row is, always comes with them.",
        "schema": {"type": "array", "items": {"type": "string", "enum": names}},
    }


# ------------------------------------------------------------------------------------------------------- schemas


def _row(fields: Sequence[Field], relations: Sequence[Relation]) -> Schema:
    properties = {each.name: field_schema(each) for each in fields}
    for each in relations:
        properties[each.name] = {
            "type": "array",
            "description": each.description,
            "items": _row(each.fields, each.relations)
            | {"required": [field.name for field in each.fields if not field.is_label]},
        }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def field_schema(of: Field) -> Schema:
    """The schema of a field in JSON: every value may be missing."""
    formats = {FieldType.DATE: "date", FieldType.DATETIME: "date-time"}
    kind = {FieldType.INTEGER: "integer", FieldType.NUMBER: "number"}.get(of.type, "string")
    schema: Schema = {"type": [kind, "null"], "description": of.description}
    if of.type in formats:
        schema["format"] = formats[of.type]
    if of.terms is not None:
        schema["enum"] = [*of.terms.values(), None]
    return schema


def _head() -> Schema:
    day = {"type": ["string", "null"], "format": "date"}
    text = {"type": "string"}
    window = {
        "type": ["object", "null"],
        "required": ["name", "from", "to"],
        "properties": {"name": {"type": "string", "enum": WindowWord.values()}, "from": day, "to": day},
    }
    column = {
        "type": "object",
        "required": ["name", "label", "type", "description"],
        "properties": {
            "name": text,
            "label": text,
            "type": {"type": "string", "enum": FieldType.values()},
            "description": text,
            "values": {"type": "array", "items": text, "description": "The only values that it can have."},
        },
    }
    properties = {
        "title": text,
        "url": {"type": "string", "format": "uri", "description": "Where this answer stays, for its day."},
        "as_of": {"type": "string", "format": "date"},
        "data_version": {"type": ["string", "null"], "description": "Null before the first edition."},
        "method_version": text,
        "window": window,
        "complete_to": {**day, "description": "The day to which the records are complete."},
        "licence": {"type": "string", "format": "uri"},
        "citation": {"type": "string", "description": "How we ask to be cited."},
        "columns": {"type": "array", "items": column},
    }
    return {"type": "object", "required": [*properties], "properties": properties}


def _problem() -> Schema:
    text = {"type": "string"}
    parameter = {
        "type": "object",
        "required": ["parameter", "value", "detail", "allowed"],
        "properties": {
            "parameter": text,
            "value": text,
            "detail": text,
            "allowed": {"type": "array", "items": text},
        },
    }
    return {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "parameters": {"type": "array", "items": parameter},
            "reason": {"type": "string", "description": "Why a record was withdrawn."},
            "withdrawn_on": {"type": ["string", "null"], "format": "date"},
        },
    }
