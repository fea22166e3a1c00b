"""Plain figure data as a static SVG: the small part of plotly's terms that this site's figures use.

Drawn on the server, so a picture needs no script. Colours and type come from classes of the style sheet; there is no
inline style. Used by ``evaltracker.web.charts`` only.
"""

import datetime as dt
import html
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString

WIDTH = 760
"""The width of the whole picture, in the units of layout.height and layout.margin."""

_LINE_HEIGHT = 16
_CHARACTER = 6.4  # mean width of a character in the small type, to place a legend
_DASHES = {"dot": "2 3", "dash": "5 4"}
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_BOLD = re.compile(r"<b>(.*)</b>")


def svg(figure: Mapping[str, Any], *, name: str, title: str, description: str) -> SafeString:
    """The figure as an ``<svg>`` element with a title and a description; ``name`` makes their ids unique on a page.

    Raises KeyError or ValueError for terms of plotly that it cannot draw.
    """
    layout = figure["layout"]
    margin = layout["margin"]
    is_reversed = layout.get("legend", {}).get("traceorder") == "reversed"
    legend = _legend(figure["data"][::-1] if is_reversed else figure["data"])
    top = margin["t"] + legend.height
    height = layout["height"] + legend.height
    plot = _Plot(
        x=_Axis(layout["xaxis"], margin["l"], WIDTH - margin["r"]),
        y=_Axis(layout["yaxis"], height - margin["b"], top),
    )
    root = ET.Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {_number(height)}",
            "width": str(WIDTH),
            "height": _number(height),
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-description",
            "class": "chart",
        },
    )
    ET.SubElement(root, "title", {"id": f"{name}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{name}-description"}).text = description
    root.append(legend.element)
    _draw_axes(root, plot, layout)
    for shape in layout.get("shapes", ()):
        _draw_shape(root, plot, shape)
    for trace in figure["data"]:
        _draw_trace(root, plot, trace)
    for note in layout.get("annotations", ()):
        _text(root, plot.place(note, "x"), plot.place(note, "y") - 5, note["text"], note["xanchor"])
    return SafeString(ET.tostring(root, encoding="unicode"))


@dataclass(frozen=True)
class _Axis:
    """Maps the values of an axis to positions between two ends."""

    layout: Mapping[str, Any]
    start: float
    end: float

    def __call__(self, value: Any) -> float:
        low, high = map(_scalar, self.layout["range"])
        share = (_scalar(value) - low) / (high - low) if high != low else 0.5
        return self.start + share * (self.end - self.start)

    def at(self, share: float) -> float:
        """The position at a share of the whole axis."""
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Position and text of each."""
        return [
            (self(value), text) for value, text in zip(self.layout["tickvals"], self.layout["ticktext"], strict=True)
        ]


@dataclass(frozen=True)
class _Plot:
    x: _Axis
    y: _Axis

    def place(self, thing: Mapping[str, Any], axis: str, suffix: str = "") -> float:
        """The position of a shape's or a note's x or y, in values or as a share of the plot ("paper")."""
        value, scale = thing[f"{axis}{suffix}"], getattr(self, axis)
        return scale.at(value) if thing[f"{axis}ref"] == "paper" else scale(value)


def _scalar(value: Any) -> float:
    return dt.date.fromisoformat(value).toordinal() if isinstance(value, str) else value


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _draw_axes(root: ET.Element, plot: _Plot, layout: Mapping[str, Any]) -> None:
    group = ET.SubElement(root, "g")
    for position, text in plot.y.ticks:
        if layout["yaxis"].get("showgrid"):
            _line(group, "chart-grid", plot.x.start, position, plot.x.end, position)
        lines = text.split("<br>")
        _text(group, plot.x.start - 8, position + 4 - (len(lines) - 1) * _LINE_HEIGHT / 2, text, "right")
    for position, text in plot.x.ticks:
        if layout["xaxis"].get("showgrid"):
            _line(group, "chart-grid", position, plot.y.end, position, plot.y.start)
        _text(group, position, plot.y.start + 18, text, "center")
    _line(group, "chart-axis", plot.x.start, plot.y.start, plot.x.end, plot.y.start)


def _draw_shape(root: ET.Element, plot: _Plot, shape: Mapping[str, Any]) -> None:
    ends = (plot.place(shape, axis, suffix) for suffix in "01" for axis in "xy")
    line = _line(root, f"chart-{shape['name']}", *ends)
    if dash := shape.get("line", {}).get("dash"):
        line.set("stroke-dasharray", _DASHES[dash])


def _draw_trace(root: ET.Element, plot: _Plot, trace: Mapping[str, Any]) -> None:
    group = ET.SubElement(root, "g", {"class": _series(trace)})
    modes = trace["mode"].split("+")
    if "lines" in modes:
        is_area = trace.get("fill") == "toself"
        runs = [run for run in _runs(plot, trace) if len(run) > 1]
        if runs:
            path = "".join("M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in run) for run in runs)
            line = trace.get("line", {})
            attributes = {"d": path, "class": "chart-band" if is_area else "chart-line"}
            if "width" in line and not is_area:
                attributes["stroke-width"] = _number(line["width"])
            if "dash" in line:
                attributes["stroke-dasharray"] = _DASHES[line["dash"]]
            ET.SubElement(group, "path", attributes)
    if "markers" in modes:
        _draw_points(group, plot, trace)
    if "text" in modes:
        for x, y, text, place in zip(trace["x"], trace["y"], trace["text"], trace["textposition"], strict=True):
            is_left = place == "middle left"
            _text(group, plot.x(x) + (-10 if is_left else 10), plot.y(y) + 4, text, "right" if is_left else "left")


def _draw_points(group: ET.Element, plot: _Plot, trace: Mapping[str, Any]) -> None:
    marker = trace["marker"]
    for x, y, hover in zip_longest(trace["x"], trace["y"], trace.get("hovertext", ())):
        if x is None or y is None:
            continue
        point = ET.SubElement(group, "g")
        if hover:
            ET.SubElement(point, "title").text = html.unescape(hover)
        point.append(_symbol(marker["symbol"], plot.x(x), plot.y(y), marker["size"] / 2))


def _runs(plot: _Plot, trace: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """The points of a line, cut where one is missing."""
    run: list[tuple[float, float]] = []
    for x, y in zip(trace["x"], trace["y"], strict=True):
        if x is None or y is None:
            yield run
            run = []
        else:
            run.append((plot.x(x), plot.y(y)))
    yield run


def _series(trace: Mapping[str, Any]) -> str:
    return f"chart-series-{trace['meta']['series']}"


def _line(parent: ET.Element, style: str, x1: float, y1: float, x2: float, y2: float) -> ET.Element:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return ET.SubElement(parent, "line", {"class": style} | {name: _number(value) for name, value in ends.items()})


def _text(parent: ET.Element, x: float, y: float, text: str, anchor: str) -> None:
    """Lines of text, separated by ``<br>``; a line within ``<b>`` is bold."""
    element = ET.SubElement(
        parent, "text", {"class": "chart-text", "x": _number(x), "y": _number(y), "text-anchor": _ANCHORS[anchor]}
    )
    for index, line in enumerate(text.split("<br>")):
        span = ET.SubElement(element, "tspan", {"x": _number(x), "dy": str(_LINE_HEIGHT if index else 0)})
        bold = _BOLD.fullmatch(line)
        if bold:
            span.set("class", "chart-text--strong")
        span.text = html.unescape(bold[1] if bold else line)


def _polygon(x: float, y: float, radius: float, corners: int, turn: float) -> str:
    angles = [math.radians(turn + 360 * corner / corners) for corner in range(corners)]
    points = [(x + radius * math.sin(angle), y - radius * math.cos(angle)) for angle in angles]
    return "M" + "L".join(f"{_number(a)} {_number(b)}" for a, b in points) + "Z"


def _circle(x: float, y: float, radius: float) -> str:
    return f"M{_number(x - radius)} {_number(y)}a{_number(radius)} {_number(radius)} 0 1 0 {_number(2 * radius)} 0" + (
        f"a{_number(radius)} {_number(radius)} 0 1 0 {_number(-2 * radius)} 0Z"
    )


def _strokes(x: float, y: float, radius: float, *, slanted: bool) -> str:
    ends = [(-1, -1, 1, 1), (-1, 1, 1, -1)] if slanted else [(-1, 0, 1, 0), (0, -1, 0, 1)]
    return "".join(
        f"M{_number(x + a * radius)} {_number(y + b * radius)}L{_number(x + c * radius)} {_number(y + d * radius)}"
        for a, b, c, d in ends
    )


def _symbol(symbol: str, x: float, y: float, radius: float) -> ET.Element:
    """One of plotly's marker symbols, drawn to look the same."""
    shape = symbol.removesuffix("-open")
    if shape == "circle":
        path = _circle(x, y, radius)
    elif shape == "circle-cross":
        path = _circle(x, y, radius) + _strokes(x, y, radius, slanted=False)
    elif shape == "x-thin":
        path = _strokes(x, y, radius, slanted=True)
    elif shape == "square":
        path = _polygon(x, y, radius * 1.3, 4, 45)
    elif shape == "diamond":
        path = _polygon(x, y, radius * 1.3, 4, 0)
    elif shape == "triangle-up":
        path = _polygon(x, y + radius * 0.2, radius * 1.3, 3, 0)
    elif shape == "triangle-down":
        path = _polygon(x, y - radius * 0.2, radius * 1.3, 3, 180)
    else:
        raise ValueError(f"There is no drawing of the symbol {symbol}.")
    is_open = symbol.endswith("-open")
    return ET.Element("path", {"d": path, "class": "chart-point" if is_open else "chart-point chart-point--solid"})


@dataclass(frozen=True)
class _Legend:
    element: ET.Element
    height: float


def _legend(traces: Sequence[Mapping[str, Any]]) -> _Legend:
    """What each series means, in rows above the plot: a sample and the name."""
    element = ET.Element("g")
    x, y = 4.0, 12.0
    named = [trace for trace in traces if trace.get("showlegend", True)]
    for trace in named:
        width = 30 + _CHARACTER * len(html.unescape(trace["name"]))
        if x > 4 and x + width > WIDTH:
            x, y = 4.0, y + _LINE_HEIGHT + 4
        group = ET.SubElement(element, "g", {"class": _series(trace)})
        if trace.get("fill") == "toself":
            sample = {"x": _number(x), "y": _number(y - 6), "width": "20", "height": "12", "class": "chart-band"}
            ET.SubElement(group, "rect", sample)
        elif "lines" in trace["mode"]:
            _line(group, "chart-line", x, y, x + 20, y)
        if "markers" in trace["mode"]:
            group.append(_symbol(trace["marker"]["symbol"], x + 10, y, trace["marker"]["size"] / 2))
        _text(group, x + 26, y + 4, trace["name"], "left")
        x += width + 12
    return _Legend(element, y + 10 if named else 0)
