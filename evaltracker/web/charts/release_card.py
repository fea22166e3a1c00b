"""The picture beside a link to a release: its name, lab and day, the word for its evidence, who tested it."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from django.http import QueryDict
from django.urls import reverse

from evaltracker.web.charts import drawing
from evaltracker.web.charts.alone import CARD_HEIGHT, CARD_MARGIN, CARD_WIDTH, literal
from evaltracker.web.charts.drawing import INK, RULE, SOFT
from evaltracker.web.charts.figure import source_of
from evaltracker.web.charts.releases import draw_word
from labs.queries import ReleaseAsOf
from labs.rules.citing import PUBLISHER
from labs.web.parameters import with_kept

_ROOM = CARD_WIDTH - 2 * CARD_MARGIN
_NAME, _WORD, _TEXT, _SMALL, _SOURCE = 68, 38, 31, 27, 16
_LEADING = 1.25


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """What a link to a release's page shows. ``promised`` are the page's sentences on promises."""

    release: ReleaseAsOf
    promised: Sequence[str]
    parameters: QueryDict

    @property
    def card_url(self) -> str:
        """Where the picture is."""
        return with_kept(reverse("labs:model_card", args=[self.release.key]), self.parameters)

    @property
    def made_by(self) -> str:
        """“OpenAI, released 7 August 2025”."""
        record = self.release.record
        return f"{record.lab}, released {record.released_on_label or 'on a day not disclosed'}"

    @property
    def words(self) -> str:
        """What it says, for people who cannot see it."""
        status = self.release.evidence.word.badge_label
        return " ".join([f"{self.release.record.name} ({self.made_by}): {status}.", *self.release.sentences])

    @property
    def svg(self) -> str:
        """The picture, 1200 × 630 (Open Graph), in the light colours of the site."""
        size = f"0 0 {CARD_WIDTH} {CARD_HEIGHT}"
        root = ET.Element("svg", {"xmlns": drawing.NAMESPACE, "viewBox": size, "fill": SOFT})
        drawing.rect(root, 0, 0, CARD_WIDTH, CARD_HEIGHT, fill="var(--field)")
        y = _lines(root, self.made_by, CARD_MARGIN, size=_TEXT, most=1, colour=SOFT)
        y = _lines(root, self.release.record.name, y, size=_NAME, most=2, is_bold=True) + 28
        word = self.release.evidence.word
        draw_word(root, CARD_MARGIN, y, word=word, side=_WORD + 6)
        label = drawing.shortened(word.badge_label, _ROOM - 60, _WORD)
        drawing.text(root, CARD_MARGIN + 58, y + _WORD - 2, label, size=_WORD, colour=INK, is_bold=True)
        y = _lines(root, " ".join(self.release.sentences), y + 56, size=_TEXT, most=4)
        foot = CARD_HEIGHT - CARD_MARGIN
        room = int((foot - 40 - y - 14) / (_SMALL * _LEADING))
        if self.promised and room > 0:
            _lines(root, " ".join(self.promised), y + 14, size=_SMALL, most=min(room, 3), colour=SOFT)
        drawing.line(root, CARD_MARGIN, foot - 26, CARD_WIDTH - CARD_MARGIN, foot - 26, colour=RULE, width=2)
        source = drawing.shortened(f"{PUBLISHER}. {source_of(self.release.day)}", _ROOM, _SOURCE)
        drawing.text(root, CARD_MARGIN, foot, source, size=_SOURCE, colour=INK)
        return literal(ET.tostring(root, encoding="unicode"))


def _lines(
    root: ET.Element, words: str, top: float, *, size: int, most: int, colour: str = INK, is_bold: bool = False
) -> float:
    """A text in at most so many lines, the last one cut where it is longer; returns where it ends."""
    lines = drawing.wrapped(words, _ROOM, size)
    if len(lines) > most:
        lines = [*lines[: most - 1], drawing.shortened(" ".join(lines[most - 1 :]), _ROOM, size)]
    for each in lines:
        top += size * _LEADING
        drawing.text(root, CARD_MARGIN, top, each, size=size, colour=colour, is_bold=is_bold)
    return top
