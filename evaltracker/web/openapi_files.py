"""The files that are no rows of a page, for the description of the API: citations, packs, packages, feeds, figures.

``tests/evaltracker/test_openapi_files.py`` walks the addresses of the site: each that serves something other than a
page is here, is a file of rows, or is left out with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaltracker.web.charts.registry import FIGURES
from evaltracker.web.filters import ChangeFilter
from labs.web.citing import FORMATS
from labs.web.parameters import KEPT

Schema = dict[str, Any]
OF_A_RECORD = {"404": "There is no such public record.", "410": "The record was withdrawn: why."}
NO_SUCH = {"404": "There is no such file."}
MOVED = {"302": "It is at the address that Location names."}
TEXT: Schema = {"type": "string"}
BINARY: Schema = {"type": "string", "contentEncoding": "binary"}


def _json(*required: str) -> Schema:
    return {"type": "object", "required": [*required]}


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file: the name of its address, its path as OpenAPI writes it, what it is, its type, and what it may be asked.

    ``filters`` are asked for besides ``parameters``. ``answers`` are the other statuses that it answers with.
    """

    name: str
    path: str
    title: str
    media_type: str
    schema: Mapping[str, Any]
    parameters: tuple[str, ...] = KEPT
    filters: Any = None
    answers: Mapping[str, str] | None = None
    takes_any: bool = False  # all parameters of the page of which it is


_PACKAGE = ("as_of", "lab", "evaluator", "model")
_PACKAGE_ANSWERS = MOVED | NO_SUCH


def _schema_of_citation(ending: str) -> Schema:
    return {"type": "array", "description": "CSL-JSON.", "items": {"type": "object"}} if ending == "json" else TEXT


ATOM = "application/atom+xml"
JSON = "application/json"


def _of_endings() -> tuple[OtherFile, ...]:
    found = []
    for ending, (label, media_type, _) in FORMATS.items():
        schema = _schema_of_citation(ending)
        for folder in ("/", "/{page}/", "/{page}/{key}/"):
            found.append(
                OtherFile(
                    "cite",
                    f"{folder}cite.{ending}",
                    f"What a page is cited as: {label}",
                    media_type,
                    schema,
                    answers=OF_A_RECORD | MOVED,
                    takes_any=True,
                )
            )
        found.append(
            OtherFile(
                "labs:source_quote",
                f"/sources/{{key}}/quote.{ending}",
                f"A source with one of the quotes that we hold of it: {label}",
                media_type,
                schema,
                (*KEPT, "quote"),
                answers=OF_A_RECORD | {"301": "The source was merged into the one that Location names."},
            )
        )
    for folder in ("/{page}/", "/{page}/{key}/"):
        title = "The report pack of a lab, a comparison or a list"
        answers = OF_A_RECORD | MOVED
        found.append(
            OtherFile("pack", f"{folder}pack.zip", title, "application/zip", BINARY, answers=answers, takes_any=True)
        )
    return tuple(found)


def _of_figures() -> tuple[OtherFile, ...]:
    """The pictures of each figure, and those that plotly can draw; their rows are described as those of a page."""
    plots = tuple(
        OtherFile(
            f"figure_{kind.slug}_plot",
            f"/{kind.route}/figure.json",
            f"{kind.title}: as a figure of Plotly",
            JSON,
            _json("data", "layout"),
        )
        for kind in FIGURES
        if kind.plot
    )
    return plots + tuple(
        OtherFile(
            f"figure_{kind.slug}_{ending}",
            f"/{kind.route}{'/card.png' if ending == 'card' else f'.{ending}'}",
            f"{kind.title}: {words}",
            media_type,
            schema,
            (*KEPT, kind.takes) if kind.takes else KEPT,
        )
        for kind in FIGURES
        for ending, words, media_type, schema in (
            ("svg", "the picture as SVG", "image/svg+xml", TEXT),
            ("png", "the picture as PNG", "image/png", BINARY),
            ("card", "the picture beside a link to it", "image/png", BINARY),
        )
    )


OTHER_FILES: tuple[OtherFile, ...] = (
    *_of_endings(),
    *_of_figures(),
    OtherFile("changes_feed", "/changes/feed.atom", "The newest changes", ATOM, TEXT, (*KEPT, "page"), ChangeFilter),
    OtherFile(
        "labs:lab_feed",
        "/labs/{key}/feed.atom",
        "The newest changes about a lab",
        ATOM,
        TEXT,
        (*KEPT, "page"),
        answers=OF_A_RECORD | {"301": "The lab was merged into the one that Location names."},
    ),
    OtherFile(
        "labs:evaluator_feed",
        "/evaluators/{key}/feed.atom",
        "The newest changes about an evaluator",
        ATOM,
        TEXT,
        (*KEPT, "page"),
        answers=OF_A_RECORD | {"301": "The evaluator was merged into the one that Location names."},
    ),
    OtherFile(
        "labs:model_card",
        "/models/{key}/card.png",
        "A release: the picture beside a link to it",
        "image/png",
        BINARY,
        answers=OF_A_RECORD | {"301": "The release was merged into the one that Location names."},
    ),
    OtherFile(
        "commitments:deadlines_ics",
        "/commitments/deadlines.ics",
        "The due dates of promises as a calendar",
        "text/calendar",
        TEXT,
        (*KEPT, "lab"),
    ),
    OtherFile(
        "check_json",
        "/data/check.json",
        "Whether what a permalink showed is still so",
        JSON,
        _json("title", "url", "data_version", "method_version", "text", "outcome"),
        (*KEPT, "text"),
    ),
    OtherFile(
        "data_dictionary_csv", "/data/dictionary.csv", "The dictionary: each column of each file", "text/csv", TEXT
    ),
    OtherFile(
        "data_dictionary_json",
        "/data/dictionary.json",
        "The dictionary: each column of each file",
        JSON,
        _json("types", "files", "package"),
    ),
    OtherFile(
        "api_description",
        "/data/openapi.json",
        "This description",
        "application/vnd.oai.openapi+json",
        _json("openapi", "info", "paths", "components"),
    ),
    OtherFile(
        "package_zip",
        "/data/evaltracker-{version}.zip",
        "The data package: CSV, with its descriptions",
        "application/zip",
        BINARY,
        _PACKAGE,
        answers=_PACKAGE_ANSWERS,
    ),
    OtherFile(
        "package_sqlite",
        "/data/evaltracker-{version}.sqlite",
        "The data package as one SQLite database",
        "application/vnd.sqlite3",
        BINARY,
        _PACKAGE,
        answers=_PACKAGE_ANSWERS,
    ),
    OtherFile(
        "package_datasette",
        "/data/evaltracker-{version}-datasette.json",
        "Titles and descriptions of the SQLite database for Datasette",
        JSON,
        _json("title", "databases"),
        _PACKAGE,
        answers=_PACKAGE_ANSWERS,
    ),
    OtherFile(
        "package_parquet",
        "/data/evaltracker-{version}/{table}.parquet",
        "One table of the data package with its types",
        "application/vnd.apache.parquet",
        BINARY,
        _PACKAGE,
        answers=_PACKAGE_ANSWERS,
    ),
)

LEFT_OUT: Mapping[str, str] = {
    "timeline_moved": "It leads to /timeline.json, which is described.",
    "robots": "Crawlers ask for it by its own standard (RFC 9309); it holds no records.",
    "sitemap": "Crawlers ask for it by the protocol of sitemaps.org; it holds addresses of pages.",
    "sitemap_part": "Crawlers ask for it by the protocol of sitemaps.org; the sitemap names it where it is needed.",
}
"""The addresses that serve something other than a page and are not described, each with its reason."""
