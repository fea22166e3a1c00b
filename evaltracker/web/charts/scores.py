"""Score ranges without order: where each lab's score can lie, by name, with what it rates. It is no ranking."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree as ET

from commitments.queries import ledger
from commitments.rules.criteria import DEFAULT_WEIGHTS, FEWEST_RELEASES
from commitments.rules.scorecards import NoScore
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import ACCENT, GROUND, INK, NARROW, RULE, SOFT, WIDE
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.presenters.scorecards import ScoreRow, group_notes, score_rows
from evaltracker.web.tables import SCORECARD_COLUMNS
from labs.choices import Evidence
from labs.models.addresses import page_path
from labs.rules.access import Window
from labs.rules.order import people_order
from labs.rules.words import counted, listed
from labs.web.columns import Link

QUESTION = "Between which figures does each lab’s score lie?"
WHAT_IT_RATES = (
    "A score rates what the public record shows of tests by outsiders before release: whether there were any, how deep "
    "they went, for how long, what was published, and what was promised and kept. It does not rate how safe a model is."
)
_HIGHEST = 100
_ROW, _TALL = 36, 64
SURE, LEFT_OPEN = "confirmed", "left open"


def rows_by_name(asked: Asked) -> list[ScoreRow]:
    """All labs with a release in the window, in the order in which people look for names."""
    rows = [row for row in score_rows(asked.day, asked.window, DEFAULT_WEIGHTS) if row.has_releases]
    return sorted(rows, key=lambda row: people_order(row.lab.name))


def finding(asked: Asked, rows: Sequence[ScoreRow]) -> str:
    """What the picture shows, with its counts, its window, and which labs cannot be put in one order."""
    window = ledger(asked.day).access.window_words(asked.window)
    scored = [row for row in rows if row.score]
    if not rows:
        return f"No lab has a frontier release {window}, so none has a score."
    sentence = f"Of {counted(len(rows), 'lab')} with a frontier release {window}, {len(scored) or 'none'} "
    sentence += f"{'have' if len(scored) > 1 else 'has'} a score: it takes at least {FEWEST_RELEASES} releases."
    for note in group_notes(asked.day, asked.window, DEFAULT_WEIGHTS):
        order = f"; {note.order}" if note.order else ""
        sentence += f" The ranges of {note.names} overlap, so they cannot be put in one order{order}."
    return sentence


def too_few(rows: Sequence[ScoreRow]) -> str:
    """The labs without a score, and of how many releases, in a sentence; "" for none."""
    found = [f"{row.lab.name} ({row.card.counts.releases})" for row in rows if row.card.no_score is NoScore.TOO_FEW]
    return f"Too few releases to score: {listed(found)}." if found else ""


def scores_picture(asked: Asked) -> Picture:
    """A bar from 0 for each lab with a score, by name: filled as far as it is confirmed, hatched where it is open."""
    rows = rows_by_name(asked)
    return Picture(
        question=QUESTION,
        finding=finding(asked, rows),
        draw=lambda: _drawn(rows, is_narrow=False),
        draw_narrow=lambda: _drawn(rows, is_narrow=True),
        rows=tuple(rows),
        note=f"The labs stand by name; this is no ranking. {WHAT_IT_RATES}",
    )


def _drawn(rows: Sequence[ScoreRow], *, is_narrow: bool) -> ET.Element:
    width, left = (NARROW, 8) if is_narrow else (WIDE, 150)
    right = width - (16 if is_narrow else 330)
    scored = [row for row in rows if row.score]
    head = ET.Element("g")
    items = [(words, partial(_box, width=16, state=state)) for words, state in _LEGEND]
    y = drawing.legend(head, items, 0, 2, width) + 18
    drawing.text(head, 0, y, f"n = {counted(len(scored), 'lab')} with a score", colour=INK, is_bold=True)
    if not is_narrow and scored:
        drawing.text(head, right + 14, y, "score", size=12)
        drawing.text(drawing.explained(head, Evidence.CONFIRMED), right + 66, y, Evidence.CONFIRMED.label, size=12)
    y += 14
    marks, top = ET.Element("g"), y
    for row in scored:
        _draw_row(marks, row, y, left, right, width, is_narrow=is_narrow)
        y += _TALL if is_narrow else _ROW
    if not scored:
        drawing.text(marks, 0, y + 20, "No lab has a score in this window", colour=INK)
        y += _ROW
    grid = ET.Element("g")
    for value in (0, 25, 50, 75, _HIGHEST) if scored else ():
        x = left + (right - left) * value / _HIGHEST
        for at in range(len(scored)):
            low, high = (top + at * _TALL + 22, 20) if is_narrow else (top + at * _ROW, _ROW)
            drawing.line(grid, x, low, x, low + high, colour=INK if value == 0 else RULE)
        drawing.text(grid, x, y + 16, str(value), anchor="middle")
    y += 30
    words = too_few(rows)
    for line in drawing.wrapped(words, width * 0.93) if words else ():
        drawing.text(marks, 0, y + 10, line)
        y += 18
    root = drawing.picture(width, y + 6)
    root.extend((head, grid, marks))
    return root


_LEGEND = (("confirmed", SURE), ("left open by the record", LEFT_OPEN))


def _draw_row(
    parent: ET.Element, row: ScoreRow, y: float, left: float, right: float, width: float, *, is_narrow: bool
) -> None:
    assert row.score is not None, "only labs with a score are drawn"
    path = page_path("labs:lab_detail", row.lab.key)
    link = drawing.linked(parent, path, f"{row.lab.name}: {row.score.text} of {_HIGHEST}; {row.evaluated}")
    drawing.target(link, 0, y, width, _TALL if is_narrow else _ROW)
    bar = y + (24 if is_narrow else 8)
    share = (right - left) / _HIGHEST
    low, span = row.score.x * share, row.score.width * share
    if low:
        _box(link, left, bar, width=low, state=SURE)
    if span:
        _box(link, left + low, bar, width=span, state=LEFT_OPEN)
    if is_narrow:
        drawing.text(link, left, y + 18, row.lab.name, colour=INK, is_bold=True)
        drawing.text(link, right, y + 18, row.score.text, anchor="end", colour=INK, is_bold=True)
        drawing.text(link, left, y + 56, row.evaluated)
    else:
        drawing.text(link, 0, y + 20, drawing.shortened(row.lab.name, left - 8), colour=INK, is_bold=True)
        drawing.text(link, right + 14, y + 20, row.score.text, colour=INK, is_bold=True)
        drawing.text(link, right + 66, y + 20, row.evaluated)


def _box(parent: ET.Element, x: float, y: float, *, width: float, state: str) -> None:
    """A part of a bar: filled where it is confirmed, hatched where the record leaves it open."""
    if state == SURE:
        drawing.rect(parent, x, y, width, 16, fill=ACCENT)
        return
    drawing.rect(parent, x, y + 0.5, width, 15, fill=GROUND, stroke=ACCENT)
    drawing.hatched(parent, x, y, width, 16, colour=SOFT, step=5)


_OF_SCORECARDS = {column.name: column for column in SCORECARD_COLUMNS}
COLUMNS = (
    replace(_OF_SCORECARDS["lab"], cell=lambda row: Link(row.lab)),
    *(_OF_SCORECARDS[name] for name in ("releases", "evaluated", "score")),
    *(_OF_SCORECARDS[name] for name in ("as_of", "window", "data_version", "method_version")),
)

SCORES = FigureKind("scores", "Score ranges, by name of the lab", COLUMNS, scores_picture, "labs", window=Window.YEAR)
