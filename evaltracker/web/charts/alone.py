"""A picture of a page as a file of its own: with its colours, its question, and where it comes from, written in it."""

import re
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as ET

from django.contrib.staticfiles import finders

_NAMESPACE = "http://www.w3.org/2000/svg"
_LINE = 17
_MARGIN = 28
"""On a page, long names reach over the picture's edges; here they would be cut."""
_PIXELS_IN_REM = 16
_CHARACTERS_IN_LINE = 112
_RULE = re.compile(r"^  (\.chart-[^{]+)\{([^}]*)\}", re.MULTILINE)
_PROPERTY = re.compile(r"(--[\w-]+):\s*([^;]+);")
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*(var\(--[\w-]+\)|[^)]*))?\)")
_REM = re.compile(r"([\d.]+)rem")


def alone(svg: str, *, question: str, caption: str, source: str) -> str:
    """The picture as an SVG document that needs no style sheet: in print, in a slide, in an editor.

    Below the picture stand the caption and ``source``: whose it is, of which day and data version, and the permalink.
    """
    root = ET.fromstring(svg)
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    lines = [line for text in (caption, source) for line in textwrap.wrap(text, _CHARACTERS_IN_LINE)]
    heading = textwrap.wrap(question, _CHARACTERS_IN_LINE - 20)
    top = _LINE * (len(heading) + 1)
    whole = top + height + _LINE * (len(lines) + 1)
    document = ET.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "viewBox": f"{-_MARGIN} 0 {width + 2 * _MARGIN:g} {whole:g}",
            "width": f"{width + 2 * _MARGIN:g}",
            "height": f"{whole:g}",
            "role": "img",
            "aria-labelledby": root.attrib["aria-labelledby"],
        },
    )
    ET.SubElement(document, "style").text = _style()
    ET.SubElement(document, "rect", {"x": f"{-_MARGIN}", "width": "100%", "height": "100%", "fill": "#ffffff"})
    _write(document, heading, _LINE, "chart-text chart-text--strong")
    picture = ET.SubElement(document, "g", {"transform": f"translate(0 {top})"})
    for child in list(root):
        (document if child.tag in ("title", "desc") else picture).append(child)
    _write(document, lines, top + height + _LINE, "chart-text")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(document, encoding="unicode")}\n'


def _write(parent: ET.Element, lines: list[str], top: float, style: str) -> None:
    for place, line in enumerate(lines):
        ET.SubElement(parent, "text", {"x": "8", "y": f"{top + place * _LINE:g}", "class": style}).text = line


@lru_cache(maxsize=1)
def _style() -> str:
    """The rules of the site's style sheet for charts, in its light colours, each colour and size written out."""
    css = Path(str(finders.find("css/site.css"))).read_text(encoding="utf-8")
    values: dict[str, str] = {}
    for name, value in _PROPERTY.findall(css):
        values.setdefault(name, value.strip())  # the light ones stand first
    rules = [(selectors.strip(), body.strip()) for selectors, body in _RULE.findall(css)]
    series = {
        selector: value for selector, body in rules for name, value in _PROPERTY.findall(body) if name == "--series"
    }
    drawn = [(selectors, body) for selectors, body in rules if "--series:" not in body]
    return "\n".join(_written_out(drawn, series, values))


def _written_out(rules: list[tuple[str, str]], series: dict[str, str], values: dict[str, str]) -> Iterator[str]:
    for selectors, body in rules:
        yield f"{selectors} {{ {_plain(body, values)} }}"
    for of, colour in series.items():
        for selectors, body in rules:
            if "--series" in body:
                inside = ", ".join(f"{of} {selector.strip()}" for selector in selectors.split(","))
                yield f"{inside} {{ {_plain(body, values | {'--series': colour})} }}"


def _plain(text: str, values: dict[str, str]) -> str:
    """The text without ``var()``, in pixels."""
    while "var(" in text:
        text = _VARIABLE.sub(lambda match: values.get(match[1], match[2] or ""), text)
    return _REM.sub(lambda match: f"{float(match[1]) * _PIXELS_IN_REM:g}px", text)
