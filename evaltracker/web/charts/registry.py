"""All figures. To add one: write its module (as ``releases.py``), and its kind into ``FIGURES``."""

from evaltracker.web.charts.days import DAYS
from evaltracker.web.charts.depth import DEPTH
from evaltracker.web.charts.domains import DOMAINS
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.charts.promises import PROMISES
from evaltracker.web.charts.publishing import PUBLISHING
from evaltracker.web.charts.releases import RELEASES
from evaltracker.web.charts.rows import TIMELINE
from evaltracker.web.charts.scores import SCORES
from evaltracker.web.charts.share_figure import SHARE
from evaltracker.web.charts.who import WHO
from labs.queries.kept import renewed

FIGURES: tuple[FigureKind, ...] = (
    RELEASES,
    WHO,
    SHARE,
    DEPTH,
    DAYS,
    PROMISES,
    DOMAINS,
    PUBLISHING,
    SCORES,
    TIMELINE,
)
FIGURE = {kind.slug: kind for kind in FIGURES}
OF_A_LAB = tuple(kind.slug for kind in FIGURES if kind.takes == "lab")
"""The figures that a report pack of a lab has."""
PICTURES_KEPT = 60


@renewed(most=PICTURES_KEPT)
def drawn(earlier: Picture | None, slug: str, asked: Asked) -> Picture:
    """The picture of a figure, drawn once for what was asked."""
    picture = FIGURE[slug].draw(asked)
    if earlier is not None:
        picture.take_from(earlier)
        parts = {part.key: part for part in earlier.parts}
        for part in picture.parts:
            if part.key in parts:
                part.take_from(parts[part.key])
    return picture
