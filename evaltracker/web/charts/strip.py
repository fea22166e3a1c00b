"""The strip above the headline: one mark for each release of the window, drawn on the server, each a link.

Marks stand by the word for what the record shows, then by day. Shape and title say the word, so colour is not needed.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from django.http import QueryDict
from django.utils.safestring import SafeString

from commitments.queries import ledger
from evaltracker.web.charts.record_labels import record_labels
from labs.choices import Evidence
from labs.models.addresses import page_path
from labs.queries.events import DAYS_KEPT
from labs.queries.kept import kept
from labs.rules.access import Window
from labs.web.parameters import with_kept

MARKS_SHOWN = 300
"""The strip and its table have at most so many releases, the newest; the list of releases has all."""
COLUMNS = 26
CELL = 28
_RADIUS = 9


@dataclass(frozen=True, slots=True)
class StripMark:
    """One release of the window with its word."""

    key: str
    name: str
    lab_key: str
    lab: str
    released: str
    evidence: Evidence

    @property
    def title(self) -> str:
        """The release in a line: “GPT-4 (OpenAI), released 14 March 2023: confirmed before release”."""
        return f"{self.name} ({self.lab}), released {self.released}: {self.evidence.label}"


@dataclass(frozen=True, slots=True)
class Strip:
    """The marks, how many releases have each word, and how many older releases are not drawn."""

    marks: tuple[StripMark, ...]
    counts: tuple[tuple[Evidence, int], ...]
    omitted: int


@kept(most=DAYS_KEPT)
def strip_of(day: dt.date, window: Window) -> Strip:
    """The releases that count in the window, by word and then by day."""
    labels, order = record_labels(day), list(Evidence)
    counted = list(ledger(day).access.counted_in(window))
    counted.sort(key=lambda each: (each.release.released.latest, each.release.key))
    newest = counted[-MARKS_SHOWN:]
    marks = [
        StripMark(
            key=each.release.key,
            name=each.release.name,
            lab_key=each.release.lab,
            lab=labels.labs[each.release.lab],
            released=labels.released.get(each.release.key, ""),
            evidence=each.evidence.word,
        )
        for each in newest
    ]
    marks.sort(key=lambda mark: order.index(mark.evidence))
    found = Counter(each.evidence.word for each in counted)
    return Strip(tuple(marks), tuple((word, found[word]) for word in order if found[word]), len(counted) - len(newest))


def strip_svg(strip: Strip, parameters: QueryDict) -> SafeString:
    """The strip as an ``<svg>`` of links, each with a title. Lay-out and colours are the style sheet's."""
    columns = min(COLUMNS, max(len(strip.marks), 1))
    rows = -(-len(strip.marks) // columns)
    root = ET.Element(
        "svg",
        {
            "viewBox": f"0 0 {columns * CELL} {max(rows, 1) * CELL}",
            "width": str(columns * CELL),
            "height": str(max(rows, 1) * CELL),
            "role": "group",
            "aria-label": "One mark for each release, with what the record shows of it",
            "class": "strip__picture",
        },
    )
    for place, mark in enumerate(strip.marks):
        row, column = divmod(place, columns)
        link = ET.SubElement(
            root,
            "a",
            {
                "href": with_kept(page_path("labs:model_detail", mark.key), parameters),
                "class": f"strip__mark strip__mark--{mark.evidence.value}",
                "aria-label": mark.title,
            },
        )
        ET.SubElement(link, "title").text = mark.title
        _draw(link, mark.evidence, column * CELL + CELL // 2, row * CELL + CELL // 2)
    return SafeString(ET.tostring(root, encoding="unicode"))


def _draw(link: ET.Element, word: Evidence, x: int, y: int) -> None:
    """The shape of a word; an unseen square round it makes the link easy to hit."""
    half = CELL // 2
    ET.SubElement(
        link,
        "rect",
        {"x": str(x - half), "y": str(y - half), "width": str(CELL), "height": str(CELL), "class": "strip__target"},
    )
    circle = {"cx": str(x), "cy": str(y), "r": str(_RADIUS)}
    match word:
        case Evidence.CONFIRMED:
            ET.SubElement(link, "circle", circle | {"class": "strip__solid"})
        case Evidence.TIMING_NOT_SHOWN:
            ET.SubElement(link, "circle", circle | {"class": "strip__line"})
            half_circle = f"M{x} {y - _RADIUS}a{_RADIUS} {_RADIUS} 0 0 0 0 {2 * _RADIUS}z"
            ET.SubElement(link, "path", {"d": half_circle, "class": "strip__solid"})
        case Evidence.REPORTED:
            ET.SubElement(link, "circle", circle | {"class": "strip__line strip__line--dashed"})
        case Evidence.SAID_NONE:
            a, b, c, d = x - 7, y - 7, x + 7, y + 7
            ET.SubElement(link, "path", {"d": f"M{a} {b}L{c} {d}M{a} {d}L{c} {b}", "class": "strip__line"})
        case Evidence.AFTER_RELEASE_ONLY:
            ET.SubElement(link, "path", {"d": f"M{x - 8} {y}h15m-6 -6l6 6l-6 6", "class": "strip__line"})
        case Evidence.NOTHING_FOUND:
            ET.SubElement(link, "circle", circle | {"class": "strip__line"})
