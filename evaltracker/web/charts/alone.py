"""A picture as a file of its own: with its colours, its question, and where it comes from, written in it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as ET

from django.contrib.staticfiles import finders

from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import INK, SOFT

FAMILY = "Source Sans Pro"
"""The family of the type in files; where a reader's machine has none of it, another one without serifs."""
CARD_WIDTH, CARD_HEIGHT = 1200, 630
"""The size of a picture beside a link."""
LEAST_SCALE = 0.8
"""A picture on it is not drawn smaller than so; what then has no room is left out."""
CARD_MARGIN = 48
_LINE = 18
_HEADING = 19
_MARGIN = 24
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_PROPERTY = re.compile(r"(--[\w-]+):\s*([^;]+);")


def alone(svg: str, *, question: str, lines: Sequence[str]) -> str:
    """The picture as an SVG document that needs no style sheet: in print, in a slide, in an editor.

    Above it stands its question, below it ``lines``: what it shows, whose it is, of which day and data version.
    """
    given, inner = _opened(svg)
    _, _, width, height = map(float, given["viewBox"].split())
    heading = drawing.wrapped(question, width, _HEADING)
    below = [each for words in lines for each in drawing.wrapped(words, width)]
    top = _MARGIN + (_HEADING + 6) * len(heading) + 4
    whole = top + height + 12 + _LINE * len(below) + _MARGIN
    document = ET.Element(
        "svg",
        given
        | {
            "xmlns": drawing.NAMESPACE,
            "viewBox": f"{-_MARGIN} 0 {drawing.number(width + 2 * _MARGIN)} {drawing.number(whole)}",
            "width": drawing.number(width + 2 * _MARGIN),
            "height": drawing.number(whole),
        },
    )
    document.attrib.pop("class", None)
    ET.SubElement(document, "title").text = question
    ET.SubElement(document, "desc").text = " ".join(lines)
    drawing.rect(document, -_MARGIN, 0, width + 2 * _MARGIN, whole, fill="var(--field)")
    for place, words in enumerate(heading):
        y = _MARGIN + _HEADING + place * (_HEADING + 6) - 4
        drawing.text(document, 0, y, words, size=_HEADING, colour=INK, is_bold=True)
    picture = ET.SubElement(document, "g", {"transform": f"translate(0 {drawing.number(top)})"})
    picture.text = _INNER
    for place, words in enumerate(below):
        drawing.text(document, 0, top + height + 12 + _LINE * (place + 1) - 4, words, colour=SOFT)
    text = _closed(document, inner)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{literal(text)}\n'


def share_card(svg: str, *, question: str, finding: str, source: str) -> str:
    """The picture as services show it beside a link: 1200 × 630 (Open Graph), with its question, what it shows, whose
    it is, of which day and data version. Of a picture that is too high to be read so, the upper part.
    """
    given, inner = _opened(svg)
    _, _, width, height = map(float, given["viewBox"].split())
    document = ET.Element("svg", {"xmlns": drawing.NAMESPACE, "viewBox": f"0 0 {CARD_WIDTH} {CARD_HEIGHT}"})
    drawing.rect(document, 0, 0, CARD_WIDTH, CARD_HEIGHT, fill="var(--field)")
    room, y = CARD_WIDTH - 2 * CARD_MARGIN, CARD_MARGIN
    for words, sizes, lines, colour in ((question, (40, 34, 30), 2, INK), (finding, (20, 18, 16), 6, SOFT)):
        size = next((each for each in sizes if len(drawing.wrapped(words, room, each)) <= lines), sizes[-1])
        wrapped = drawing.wrapped(words, room, size)
        if len(wrapped) > lines:
            wrapped = [*wrapped[: lines - 1], drawing.shortened(f"{' '.join(wrapped[lines - 1 :])}", room, size)]
        for each in wrapped:
            y += size * 1.25
            drawing.text(document, CARD_MARGIN, y, each, size=size, colour=colour, is_bold=words is question)
    foot = CARD_HEIGHT - CARD_MARGIN
    high = foot - 40 - (y + 24)
    scale = min(room / width, max(high / height, LEAST_SCALE))
    shown = ET.SubElement(
        document,
        "svg",
        {
            "x": str(CARD_MARGIN),
            "y": drawing.number(y + 24),
            "width": drawing.number(width * scale),
            "height": drawing.number(high),
            "viewBox": f"0 0 {drawing.number(width)} {drawing.number(high / scale)}",
            "preserveAspectRatio": "xMinYMin slice",
            "overflow": "hidden",
        },
    )
    shown.text = _INNER
    if height * scale > high + 1:
        source = f"{source} (the upper part of the picture)"
    drawing.text(document, CARD_MARGIN, foot, drawing.shortened(source, room, 16), size=16, colour=INK)
    return literal(_closed(document, inner))


_INNER = "\ue000"
"""Stands for the drawing, which is not read and written anew: that takes longer than all else."""


def _opened(svg: str) -> tuple[dict[str, str], str]:
    """The attributes of a picture, and what is drawn in it."""
    root, inner = svg.split(">", 1)
    return ET.fromstring(f"{root.removesuffix('/')}/>").attrib, inner.removesuffix("</svg>")  # noqa: S314 - our own picture


def _closed(document: ET.Element, inner: str) -> str:
    return ET.tostring(document, encoding="unicode").replace(_INNER, inner, 1)


def literal(svg: str) -> str:
    """The picture with each custom property written out, in the light colours of the site."""
    values = _tokens()
    return _VARIABLE.sub(lambda match: values[match[1]], svg)


@lru_cache(maxsize=1)
def _tokens() -> dict[str, str]:
    """The custom properties of the site's style sheet; the light ones stand first."""
    css = Path(str(finders.find("css/site.css"))).read_text(encoding="utf-8")
    values: dict[str, str] = {}
    for name, value in _PROPERTY.findall(css):
        values.setdefault(name, value.strip())
    return values | {"--sans": f"{FAMILY}, Helvetica, Arial, sans-serif"}
