"""The picture beside a link to a release: its name, lab and day, the word for its evidence, who tested it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
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
_SCALES = (1, 0.92, 0.84, 0.76, 0.68)


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
        """The picture, 1200 × 630 (Open Graph), in the light colours of the site.

        Its lines are wrapped and never cut: where there is much to say the type is smaller; then it leaves out what is
        promised, then the last sentences.
        """
        size = f"0 0 {CARD_WIDTH} {CARD_HEIGHT}"
        root = ET.Element("svg", {"xmlns": drawing.NAMESPACE, "viewBox": size, "fill": SOFT})
        drawing.rect(root, 0, 0, CARD_WIDTH, CARD_HEIGHT, fill="var(--field)")
        foot = CARD_HEIGHT - CARD_MARGIN
        source = drawing.wrapped(f"{PUBLISHER}. {source_of(self.release.day)}", _ROOM, _SOURCE)
        top = foot - _SOURCE * _LEADING * (len(source) - 1)
        y = float(CARD_MARGIN)
        for block in self._fitting(top - 40 - y):
            y += block.before
            if block.is_word:
                draw_word(root, CARD_MARGIN, y + block.size * 0.3, word=self.release.evidence.word, side=block.size + 6)
            for line in block.lines:
                y += block.size * _LEADING
                left = CARD_MARGIN + block.indent
                drawing.text(root, left, y, line, size=block.size, colour=block.colour, is_bold=block.is_bold)
        drawing.line(root, CARD_MARGIN, top - 26, CARD_WIDTH - CARD_MARGIN, top - 26, colour=RULE, width=2)
        for at, line in enumerate(source):
            drawing.text(root, CARD_MARGIN, top + at * _SOURCE * _LEADING, line, size=_SOURCE, colour=INK)
        return literal(ET.tostring(root, encoding="unicode"))

    def _fitting(self, room: float) -> list["_Block"]:
        """What is written, as large as it fits into a height."""
        sentences = list(self.release.sentences)
        for scale, promised in [*product(_SCALES, [self.promised]), *product(_SCALES, [()])]:
            blocks = self._blocks(sentences, promised, scale)
            if sum(block.height for block in blocks) <= room:
                return blocks
        while len(sentences) > 1 and sum(block.height for block in blocks) > room:
            sentences.pop()
            blocks = self._blocks(sentences, (), _SCALES[-1])
        return blocks

    def _blocks(self, sentences: Sequence[str], promised: Sequence[str], scale: float) -> list["_Block"]:
        name, word, text, small = (round(size * scale) for size in (_NAME, _WORD, _TEXT, _SMALL))
        status = self.release.evidence.word.badge_label
        return [
            _Block(self.made_by, text, SOFT),
            _Block(self.release.record.name, name, is_bold=True),
            _Block(status, word, before=24 * scale, is_bold=True, is_word=True, indent=58),
            _Block(" ".join(sentences), text, before=16 * scale),
            *([_Block(" ".join(promised), small, SOFT, before=14 * scale)] if promised else []),
        ]


@dataclass(frozen=True, slots=True)
class _Block:
    """A text of one size; beside ``is_word`` stands the mark of its word."""

    words: str
    size: int
    colour: str = INK
    before: float = 0
    is_bold: bool = False
    is_word: bool = False
    indent: int = 0

    @property
    def lines(self) -> list[str]:
        """The text in the lines that it takes."""
        return drawing.wrapped(self.words, _ROOM - self.indent, self.size, is_bold=self.is_bold)

    @property
    def height(self) -> float:
        """What it takes, with the space above it."""
        return self.before + self.size * _LEADING * len(self.lines)
