"""All figures. To add one: write its module (as ``releases.py``), and its kind into ``FIGURES``."""

from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.charts.releases import RELEASES
from labs.queries.kept import kept

FIGURES: tuple[FigureKind, ...] = (RELEASES,)
FIGURE = {kind.slug: kind for kind in FIGURES}
OF_A_LAB = tuple(kind.slug for kind in FIGURES if kind.takes == "lab")
"""The figures that a report pack of a lab has."""
PICTURES_KEPT = 60


@kept(most=PICTURES_KEPT)
def drawn(slug: str, asked: Asked) -> Picture:
    """The picture of a figure, drawn once for what was asked."""
    return FIGURE[slug].draw(asked)
