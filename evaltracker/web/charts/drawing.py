"""The strokes that pictures are made of: an SVG of plain elements, without a script, a style or an identifier.

A colour is a custom property of the style sheet (``INK`` …), written into the element: on a page it follows the
reader's scheme, and in a file of its own ``alone.py`` writes out its light value. Texts are escaped by the writer of
the XML. Links hold the path of a page; ``figure.py`` adds what the request keeps.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from xml.etree import ElementTree as ET

from labs.web.words import Meaning, place_of

INK, SOFT, RULE, GROUND, SURFACE = "var(--ink)", "var(--ink-soft)", "var(--rule)", "var(--ground)", "var(--surface)"
GOOD, HALF, BAD, MUTED, ACCENT = "var(--good)", "var(--half)", "var(--bad)", "var(--muted)", "var(--accent)"

NAMESPACE = "http://www.w3.org/2000/svg"
WIDE, NARROW = 760, 340
"""The widths of pictures, in their own units: for a page of text, and for a phone."""
Sample = Callable[[ET.Element, float, float], None]
"""Draws a sample of a legend, 16 wide and high, with its upper left corner at a place."""
SIZE = 13
"""The size of type; on a phone it is about as large as on a screen, because there the picture is drawn narrow."""


def picture(width: float, height: float) -> ET.Element:
    """An empty picture. A page names it by its question and its finding; a group, so that its links can be reached."""
    return ET.Element(
        "svg",
        {
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "role": "group",
            "class": "picture",
            "font-family": "var(--sans)",
            "font-size": str(SIZE),
            "fill": SOFT,
        },
    )


def written(root: ET.Element) -> str:
    """The picture as text: what ``ET.tostring`` writes of elements without namespaces, in two thirds of the time."""
    return _written(root, _Escaped(_IN_TEXTS), _Escaped(_IN_ATTRIBUTES))


def _written(element: ET.Element, texts: "_Escaped", values: "_Escaped") -> str:
    attributes = "".join([f' {name}="{values[value]}"' for name, value in element.attrib.items()])
    inner = texts[element.text] if element.text else ""
    if len(element):
        inner += "".join([_written(each, texts, values) for each in element])
    tail = texts[element.tail] if element.tail else ""
    tag = element.tag
    return f"<{tag}{attributes}>{inner}</{tag}>{tail}" if inner else f"<{tag}{attributes} />{tail}"


_IN_TEXTS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_IN_ATTRIBUTES = {**_IN_TEXTS, '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}
_SPECIAL = re.compile('[&<>"\\r\\n\\t]')


class _Escaped(dict[str, str]):
    """Texts as they are written, each escaped once."""

    def __init__(self, written_as: Mapping[str, str]) -> None:
        super().__init__()
        self._written_as = str.maketrans(dict(written_as))

    def __missing__(self, text: str) -> str:
        escaped = self[text] = text.translate(self._written_as) if _SPECIAL.search(text) else text
        return escaped


@lru_cache(maxsize=2_000)
def number(value: float) -> str:
    """A length with one decimal at most."""
    return f"{value or 0:.1f}".removesuffix(".0")  # -0.0 is 0, whichever of the two came first


class _Widths(dict[str, float]):
    def __missing__(self, character: str) -> float:
        width = self[character] = 1.0
        return width


_WIDTHS = _Widths({**dict.fromkeys("MWmw@—…%", 1.35), **dict.fromkeys("iljtfrI.,:;'|()[] 1", 0.5)})


def width_of(words: str, size: float = SIZE, *, is_bold: bool = False) -> float:
    """About how wide a text is, rather too wide than too narrow: a reader's machine has another font than ours."""
    return sum(map(_WIDTHS.__getitem__, words)) * size * (0.69 if is_bold else 0.63)


def shortened(words: str, width: float, size: float = SIZE) -> str:
    """The text, cut to a width, with an ellipsis where something was cut."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip()}…"


def wrapped(words: str, width: float, size: float = SIZE, *, is_bold: bool = False) -> list[str]:
    """The text in lines of a width."""
    lines, line = [], ""
    for word in words.split():
        if line and width_of(f"{line} {word}", size, is_bold=is_bold) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines


def halved(words: str) -> list[str]:
    """The text in two lines, as even as its words allow; a single word stays in one."""
    each = words.split()
    cuts = [[" ".join(each[:at]), " ".join(each[at:])] for at in range(1, len(each))]
    return min(cuts, key=lambda lines: max(map(width_of, lines)), default=[words])


def text(
    parent: ET.Element,
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: float = SIZE,
    colour: str = SOFT,
    is_bold: bool = False,
) -> ET.Element:
    """A line of text. ``anchor`` is start, middle or end; y is the line on which it stands."""
    given = {"x": number(x), "y": number(y)}
    if anchor != "start":
        given["text-anchor"] = anchor
    if size != SIZE:
        given["font-size"] = number(size)
    if colour != SOFT:
        given["fill"] = colour
    if is_bold:
        given["font-weight"] = "600"
    element = ET.SubElement(parent, "text", given)
    element.text = words
    return element


def line(
    parent: ET.Element,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    colour: str = RULE,
    width: float = 1,
    dash: str = "",
) -> None:
    """A straight line; ``dash`` as in stroke-dasharray."""
    given = {"x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2), "stroke": colour}
    if width != 1:
        given["stroke-width"] = number(width)
    if dash:
        given["stroke-dasharray"] = dash
    ET.SubElement(parent, "line", given)


def rect(parent: ET.Element, x: float, y: float, width: float, height: float, **given: str) -> ET.Element:
    """A rectangle; ``given`` are its attributes, with _ for a hyphen."""
    box = {"x": number(x), "y": number(y), "width": number(width), "height": number(height)}
    return ET.SubElement(parent, "rect", box | {name.replace("_", "-"): value for name, value in given.items()})


def path(parent: ET.Element, d: str, **given: str) -> ET.Element:
    """A path; ``given`` are its attributes, with _ for a hyphen."""
    return ET.SubElement(parent, "path", {"d": d} | {name.replace("_", "-"): value for name, value in given.items()})


def circle(parent: ET.Element, x: float, y: float, radius: float, **given: str) -> ET.Element:
    """A circle; ``given`` are its attributes, with _ for a hyphen."""
    round_ = {"cx": number(x), "cy": number(y), "r": number(radius)}
    return ET.SubElement(parent, "circle", round_ | {name.replace("_", "-"): value for name, value in given.items()})


def linked(parent: ET.Element, address: str, title: str) -> ET.Element:
    """A link to a page of ours, by its path: what is drawn in it leads there, and ``title`` is its name."""
    link = ET.SubElement(parent, "a", {"href": address, "aria-label": title})
    ET.SubElement(link, "title").text = title
    return link


def target(link: ET.Element, x: float, y: float, width: float, height: float) -> None:
    """An unseen ground that makes a link easy to hit, and shows where the focus is."""
    rect(link, x, y, width, height, fill="none", pointer_events="all", **{"class": "picture__target"})


TARGET = 'fill="none" pointer-events="all"'
"""What the style sheet of a page says of targets, and a file of its own has to."""


def hatched(
    parent: ET.Element, x: float, y: float, width: float, height: float, *, colour: str, step: float = 4
) -> None:
    """Slanted lines inside a box: for what is not known."""
    strokes, offset = [], step
    while offset < width + height:
        x1, y1 = (x + offset, y) if offset <= width else (x + width, y + offset - width)
        x2, y2 = (x, y + offset) if offset <= height else (x + offset - height, y + height)
        strokes.append(f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}")
        offset += step
    path(parent, "".join(strokes), stroke=colour, fill="none")


def explained(parent: ET.Element, term: Meaning) -> ET.Element:
    """What is drawn in it is a coded word, and leads to the place of the methodology that says what it means."""
    place = place_of(term)
    return linked(parent, place, f"{term.label}: {term.explanation}") if place else ET.SubElement(parent, "g")


def legend(
    parent: ET.Element,
    items: Sequence[tuple[str, Sample] | tuple[str, Sample, Meaning]],
    x: float,
    y: float,
    width: float,
    *,
    row: float = 24,
) -> float:
    """Samples with their words, side by side, in lines of a width; returns the height that they take.

    A third value is the coded word that an item shows: it leads to its meaning.
    """
    left, top = x, y
    for words, sample, *terms in items:
        wide = 24 + width_of(words) + 16
        if left > x and left + wide > x + width:
            left, top = x, top + row
        to = explained(parent, terms[0]) if terms else parent
        sample(to, left, top)
        text(to, left + 24, top + 13, words, colour=INK)
        left += wide
    return top + row - y if items else 0
