"""Pictures as PNG: drawn by resvg from our own SVG, with a font of an installed package and none of the machine's.

Nothing that a reader sent is drawn: the texts are those of the records, escaped by the writer of the SVG.
"""

import re
from functools import cache
from math import sqrt
from pathlib import Path

import font_source_sans_pro
import resvg_py

from evaltracker.web.charts.alone import FAMILY

WIDTH = 1616
"""Twice the width of most pictures, for print and for sharp screens."""
MOST_DOTS = 6_000_000
"""No picture has more, so that drawing one takes about half a second and 24 MB: a very high one is less wide."""
LITTLE_MORE = 1.5
_WEIGHTS = ("Regular", "Semibold", "Bold")


def png(svg: str, width: int = WIDTH) -> bytes:
    """The document as PNG, so many pixels wide, or as many as ``MOST_DOTS`` allow."""
    _, _, wide, high = map(float, re.search(r' viewBox="([^"]+)"', svg)[1].split())
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width_within(width, wide, high),
        skip_system_fonts=True,
        font_files=_fonts(),
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )


def width_within(width: int, wide: float, high: float) -> int:
    """How many pixels wide a document of this size is drawn. Where there is room for a little more than its own size
    only, it is drawn in that, in which its lines fall on pixels.
    """
    most = min(width, int(sqrt(MOST_DOTS * wide / high)))
    return int(wide) if wide <= most < LITTLE_MORE * wide else most


@cache
def _fonts() -> list[str]:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return [str(folder / f"SourceSansPro-{weight}.ttf") for weight in _WEIGHTS]
