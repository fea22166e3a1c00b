"""What a page and its data are, in the words of schema.org, for programs that look for data sets."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from html import unescape
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import strip_tags

from evaltracker.web.presenters.data import FILE, FILES, DataFile
from labs.models import AIModel
from labs.queries import records_complete_to
from labs.queries.editions import data_version, data_version_made_on
from labs.queries.kept import kept, records
from labs.web.columns import Field
from labs.web.formats import Format
from labs.web.parameters import absolute

Node = dict[str, Any]

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
NAME = "EvalTracker: outside tests of frontier AI models before release"
DESCRIPTION = (
    "For each frontier release of an AI model, as far as public sources say: who was let in to test it, when, how "
    "deeply, and what they could publish, beside what the lab had promised. Each record rests on quotes from public "
    "sources. What no source tells of is unknown, which is never “no”."
)
KEYWORDS = ("frontier AI", "model evaluation", "red-teaming", "AI safety", "external testing", "commitments of AI labs")
PACKAGE_TYPES = {"zip": "application/zip", "sqlite": "application/vnd.sqlite3"}
WHOLE = ("home", "data")
"""The pages that are about all records."""

ABOUT = "about"

DERIVED = ("_earliest", "_latest", "_label")
"""How the names of columns end that say again, in another way, what another column says."""

_CRUMB = re.compile(r'<li[^>]*>(?:<a href="([^"]*)"[^>]*>)?(.*?)(?:</a>)?</li>', re.DOTALL)


def structured_data(request: HttpRequest, description: Callable[[], str], breadcrumb: str) -> Node | None:
    """The page in its plain form as a graph of schema.org: the data set that it is about, and where it stands.

    ``description`` returns what a list lists; ``breadcrumb`` is the page's list of links to what is above it. None
    for a page that was asked for with parameters, which is a part of another one, and where there is nothing to say.
    """
    if request.GET or request.resolver_match is None:
        return None
    name = request.resolver_match.view_name
    graph = []
    if name in WHOLE:
        graph.append(whole_dataset())
    elif file := next((file for file in FILES if file.page == name), None):
        graph.append(dataset_of_list(file, description()))
    elif name == ABOUT:
        graph.append(about_page(description()))
    if (trail := _trail(request.path, breadcrumb)) is not None:
        graph.append(trail)
    return {"@context": "https://schema.org", "@graph": graph} if graph else None


def whole_dataset() -> Node:
    """All records as one data set. Its variables are those of the access events, the finest of the lists."""
    version = data_version()
    whole = [(ending, reverse(f"package_{ending}", args=[version])) for ending in PACKAGE_TYPES if version]
    lists = [(ending, path) for file in FILES for ending, path in _files(file)]
    return {
        **_dataset("/", NAME, DESCRIPTION, FILE["access"].columns, [*whole, *lists]),
        **_state(),
        "hasPart": [{"@id": _id(reverse(file.page))} for file in FILES if file.page not in WHOLE],
    }


def about_page(description: str) -> Node:
    """The page about the site, which is about the whole data set."""
    return {
        "@type": "AboutPage",
        "name": "About EvalTracker",
        "description": " ".join(description.split()),
        "url": absolute(reverse(ABOUT)),
        "mainEntity": {"@id": _id("/")},
    }


def dataset_of_list(file: DataFile, description: str) -> Node:
    """A list as a data set."""
    node = _of_list(file.page, f"{file.title}. {description} {DESCRIPTION}", absolute(""))
    return {**node, **_state(), "isPartOf": {"@id": _id("/")}}


@lru_cache(maxsize=32)
def _of_list(page: str, description: str, _site: str) -> Node:
    """What is the same for every state of the records, on a site at an address."""
    file = next(each for each in FILES if each.page == page)
    return _dataset(reverse(page), f"EvalTracker: {file.title}", description, file.columns, _files(file))


def _dataset(
    path: str, name: str, description: str, fields: Iterable[Field], downloads: Sequence[tuple[str, str]]
) -> Node:
    """A data set, but for the state that it is in."""
    organisation = {"@type": "Organization", "name": "EvalTracker", "url": absolute("/")}
    return {
        "@type": "Dataset",
        "@id": _id(path),
        "name": name,
        "description": " ".join(description.split()),
        "url": absolute(path),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "keywords": list(KEYWORDS),
        "creator": organisation,
        "publisher": organisation,
        "inLanguage": "en",
        "measurementTechnique": absolute(reverse("methodology")),
        "variableMeasured": [field.name for field in fields if not field.name.endswith(DERIVED)],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": path.rpartition("/")[2],
                "contentUrl": absolute(path),
                "encodingFormat": PACKAGE_TYPES.get(ending) or Format(ending).media_type,
            }
            for ending, path in downloads
        ],
    }


def _state() -> Node:
    """The data version, when it was made, and what it is about."""
    node: Node = {}
    if version := data_version():
        node["version"] = version
    if (made_on := data_version_made_on()) is not None:
        node["dateModified"] = made_on.isoformat()
    if years := _years():
        node["temporalCoverage"] = years
    return node


def _files(file: DataFile) -> list[tuple[str, str]]:
    return [(path.rpartition(".")[2], path) for _, path in file.formats]


@kept(most=1)
def _years() -> str:
    """The years that the releases are of, as an interval of ISO 8601; no more precise, for not all their dates are."""
    days = [record.released_on_earliest for record in records()[AIModel].published if record.released_on_earliest]
    last = records_complete_to()
    return f"{min(days).year}/{last.year}" if days and last and min(days) <= last else ""


def _id(path: str) -> str:
    return f"{absolute(path)}#dataset"


def _trail(path: str, breadcrumb: str) -> Node | None:
    """Where the page stands, from its list of links: the last one is the page itself."""
    crumbs = [
        (href.partition("?")[0], unescape(strip_tags(words)).strip()) for href, words in _CRUMB.findall(breadcrumb)
    ]
    if len(crumbs) < 2 or not all(words for _, words in crumbs):
        return None
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": words, "item": absolute(href or path)}
            for place, (href, words) in enumerate(crumbs, start=1)
        ],
    }
