"""Each figure of the registry: its page, its rows and its pictures as files, and the page that others may frame."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.clickjacking import xframe_options_exempt

from commitments.queries import ledger
from evaltracker.web.charts.alone import CARD_WIDTH
from evaltracker.web.charts.figure import Figure, figure, requested_about
from evaltracker.web.charts.kinds import FigureKind, Part
from evaltracker.web.charts.png import png
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.registry import FIGURE, FIGURES
from evaltracker.web.charts.release_rows import release_table
from evaltracker.web.charts.table import MOST_ROWS, figure_table
from evaltracker.web.charts.timeline import timeline_of_all
from evaltracker.web.middleware import CONTENT_SECURITY_POLICY
from evaltracker.web.parameters import request_parameters, window_of_rows
from labs.actions.kept_figures import FigureName, KeptFigure, keep_figure, read_figure
from labs.queries.editions import data_version, version_of_data
from labs.rules.method import METHOD_VERSION
from labs.web.formats import COLUMNS, Described, Rows, described, file_parameters, file_response, twins
from labs.web.parameters import KEPT, BadParameters, ParameterProblem, address, with_kept

MOST_IMAGES = 2000
"""So many PNGs of a data version are kept on disk, the newest: each says its day."""
FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


def figures_page(request: HttpRequest) -> HttpResponse:
    """All figures, each with its bar."""
    request_parameters(request.GET)
    figures = [figure(kind.slug, request.GET) for kind in FIGURES if not kind.path]
    return render(request, "evaltracker/figures.html", {"nav": "charts", "figures": figures})


def figure_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A figure with its table, how to cite it, and how to show it elsewhere."""
    by = FIGURE[slug].parted_by
    shown = _requested(request, slug, [by] if by else [])
    part = _part(shown) if by else None
    rows = part.rows if part else shown.picture.rows
    context = {
        "nav": "timeline" if slug == "timeline" else "charts",
        "figure": shown,
        "folds": _folds(request, shown, part) if part else [],
        "lab_choices": _lab_choices(shown) if shown.kind.takes_many else None,
        "table": figure_table(shown.kind, rows, request),
        "more_rows": max(len(rows) - MOST_ROWS, 0),
        "csv_url": shown.file_url("csv"),
    }
    return render(request, "evaltracker/figure.html", context)


def _part(shown: Figure) -> Part:
    """The part of a long picture that the address names, else the first; one that this day has not is empty.

    Raises BadParameters for what no day has.
    """
    kind, found = shown.kind, {part.key: part for part in shown.picture.parts}
    asked = shown.parameters.get(kind.parted_by) or next(iter(found), "")
    if asked and not re.fullmatch(kind.part_keys, asked):
        allowed = list(found) or [kind.part_keys]
        raise BadParameters([ParameterProblem(kind.parted_by, asked, "There is no such part.", allowed)])
    if (part := found.get(asked)) is not None:
        return part
    draw = shown.picture.draw_nothing
    assert draw is not None, "a picture of parts has it"
    return Part(f"{asked}: nothing by this day" if asked else "", draw, key=asked)


def _folds(request: HttpRequest, shown: Figure, part: Part) -> list[dict[str, Any]]:
    """All parts in their order: the one that is drawn is open, each other one folded, its releases in words.

    The first has the address of the page itself.
    """
    parts = list(shown.picture.parts)
    if part not in parts:
        parts.insert(0, part)
    return [
        {
            "title": each.title,
            "drawing": shown.drawn_part(each) if each is part else "",
            "table": None if each is part else release_table(each.rows, request, f"rows-{each.key}"),
            "url": address("", shown.parameters, **{shown.kind.parted_by: each.key if place else None}),
        }
        for place, each in enumerate(parts)
    ]


@xframe_options_exempt
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """A figure by itself, for the pages of others; its links lead out of the frame."""
    response = render(request, "evaltracker/embed.html", {"figure": _requested(request, slug)})
    response["Content-Security-Policy"] = FRAMED
    return response


def figure_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture as a document of its own."""
    shown = _requested(request, slug)
    return _image(shown, "svg", "image/svg+xml", shown.document.encode())


def figure_png(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as PNG; drawn once for each data version, day and window."""
    shown = _requested(request, slug)
    return _image(shown, "png", "image/png", kept_png(shown.permalink, lambda: png(shown.document_for_dots)))


def figure_card(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture beside a link to the figure; drawn once for each data version, day and window."""
    shown = _requested(request, slug)
    return _image(shown, "png", "image/png", kept_png(f"{shown.permalink}#card", lambda: png(shown.card, CARD_WIDTH)))


def figure_plot(request: HttpRequest, slug: str) -> JsonResponse:
    """The same as a figure of plotly; the paths of its marks keep what the site keeps."""
    shown = _requested(request, slug)
    assert shown.kind.plot is not None, "only figures that have one have the address"
    found = dict(shown.kind.plot(shown.asked))
    found["data"] = [_with_kept_paths(trace, request.GET) for trace in found["data"]]
    return JsonResponse(found)


def _with_kept_paths(trace: Mapping[str, Any], parameters: QueryDict) -> Mapping[str, Any]:
    marks = trace.get("customdata")
    if marks is None:
        return trace
    return {**trace, "customdata": [[*mark[:-1], with_kept(mark[-1], parameters)] for mark in marks]}


def figure_file(kind: FigureKind) -> Callable[..., HttpResponseBase]:
    """The view of the rows of a figure, which the description of the API tells of."""
    parameters = (*KEPT, kind.takes) if kind.takes else KEPT

    @described(Described(kind.title, kind.columns, parameters=parameters))
    def rows_file(request: HttpRequest, ending: str) -> HttpResponseBase:
        shown = _requested(request, kind.slug, file_parameters(ending), [COLUMNS])
        window = window_of_rows(ledger(shown.asked.day), shown.asked.window)
        rows = Rows(shown.name, kind.title, kind.columns, shown.asked.day, list(shown.picture.rows), window=window)
        return file_response(request, ending, rows)

    return rows_file


def figure_urls() -> list[URLPattern]:
    """The addresses of all figures."""
    all_of_them = path("charts/", figures_page, name="charts")
    return [all_of_them, *(pattern for kind in FIGURES for pattern in _urls(kind))]


def _urls(kind: FigureKind) -> list[URLPattern]:
    slug = {"slug": kind.slug}
    return [
        path(f"{kind.route}/", figure_page, slug, name=f"figure_{kind.slug}"),
        path(f"{kind.route}.svg", figure_svg, slug, name=f"figure_{kind.slug}_svg"),
        path(f"{kind.route}.png", figure_png, slug, name=f"figure_{kind.slug}_png"),
        path(f"{kind.route}/card.png", figure_card, slug, name=f"figure_{kind.slug}_card"),
        path(f"embed/{kind.slug}/", embed, slug, name=f"embed_{kind.slug}"),
        *twins(kind.route, figure_file(kind), f"figure_{kind.slug}"),
        *([path(f"{kind.route}/figure.json", figure_plot, slug, name=f"figure_{kind.slug}_plot")] if kind.plot else []),
    ]


def _lab_choices(shown: Figure) -> list[dict[str, object]]:
    """The labs with anything known by the day, and those that were asked for, by name."""
    present = {key for key, _ in timeline_of_all(shown.asked.day).labs} | set(shown.asked.abouts)
    return [
        {"key": key, "name": name, "is_chosen": key in shown.asked.abouts}
        for key, name in record_labels(shown.asked.day).labs.items()
        if key in present
    ]


def kept_png(of: str, make: Callable[[], bytes]) -> bytes:
    """An image as it was kept on disk, else made now. ``of`` says what it shows; it names the day and the versions."""
    version = version_of_data()
    if version is None:
        return make()
    name = FigureName(of, str(version), str(version.stamp), METHOD_VERSION, kind="images")
    if (image := read_figure(name)) is not None:
        return image.body
    body = make()
    keep_figure(name, KeptFigure("image.png", body), most=MOST_IMAGES, in_place_of_oldest=True)
    return body


def _requested(request: HttpRequest, slug: str, others: Sequence[str] = (), repeatable: Sequence[str] = ()) -> Figure:
    """The figure that a request asks for. Raises BadParameters for what it cannot be asked for."""
    kind = FIGURE[slug]
    several = [kind.takes] if kind.takes_many else []
    request_parameters(request.GET, [*filter(None, [kind.takes]), *others], [*repeatable, *several])
    return figure(slug, request.GET, requested_about(kind, request.GET))


def _image(shown: Figure, ending: str, media_type: str, body: bytes) -> HttpResponse:
    version = f"-data-{data_version()}" if data_version() else ""
    name = f"evaltracker-{shown.name}-{shown.asked.day}{version}.{ending}"
    return HttpResponse(body, content_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})
