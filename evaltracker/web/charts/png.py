"""Pictures as PNG: drawn by resvg from our own SVG, with a font of an installed package and none of the machine's.

Nothing that a reader sent is drawn: the texts are those of the records, escaped by the writer of the SVG.
"""

from functools import cache
from pathlib import Path

import font_source_sans_pro
import resvg_py

from evaltracker.web.charts.alone import FAMILY

WIDTH = 1616
"""Twice the width of most pictures, for print and for sharp screens."""
MOST_HEIGHT = 12_000
"""No picture is higher, so that none takes more than this much memory."""
_WEIGHTS = ("Regular", "Semibold", "Bold")


def png(svg: str, width: int = WIDTH) -> bytes:
    """The document as PNG, so many pixels wide."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        skip_system_fonts=True,
        font_files=_fonts(),
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )


@cache
def _fonts() -> list[str]:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return [str(folder / f"SourceSansPro-{weight}.ttf") for weight in _WEIGHTS]
