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
_WEIGHTS = ("Regular", "Semibold", "Bold")


def png(svg: str, width: int = WIDTH) -> bytes:
    """The document as PNG, so many pixels wide, or as many as ``MOST_DOTS`` allow."""
    _, _, wide, high = map(float, re.search(r' viewBox="([^"]+)"', svg)[1].split())
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=min(width, int(sqrt(MOST_DOTS * wide / high))),
        skip_system_fonts=True,
        font_files=_fonts(),
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )


@cache
def _fonts() -> list[str]:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return [str(folder / f"SourceSansPro-{weight}.ttf") for weight in _WEIGHTS]
