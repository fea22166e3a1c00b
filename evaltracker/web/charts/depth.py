"""How deep access went, release by release: the ladder of the methodology with the rungs that a source shows."""

from collections.abc import Sequence
from functools import partial
from xml.etree import ElementTree as ET

from commitments.queries import ledger
from commitments.rules.scorecards import Counts, counts
from evaltracker.web.charts import drawing
from evaltracker.web.charts.drawing import INK, MUTED, NARROW, RULE, SOFT, WIDE
from evaltracker.web.charts.kinds import Asked, FigureKind, Picture
from evaltracker.web.charts.record_labels import record_labels
from labs.choices import Answer
from labs.models.addresses import page_path
from labs.queries.releases import ReleaseAsOf, releases_as_of
from labs.rules.depth import Level
from labs.rules.event_words import Rung, ladder
from labs.rules.order import people_order
from labs.rules.words import counted
from labs.web.columns import AS_OF, DATA_VERSION, METHOD, Coded, Column, Field, Link, reference
from labs.web.tables import AI_MODEL_COLUMNS, released_fields

QUESTION = "How deep could outsiders test each release, as far as anyone says?"
LEVELS = tuple(level for level in Level if level is not Level.NONE)
SHOWN, OPEN, NOT_SHOWN = "shown", "open", "not_shown"
_ROW = 21
_LINE = 15
_RUNG = 15


def words(release: ReleaseAsOf) -> str:
    """How deep access went, in words; or that no test is confirmed."""
    return release.depth_words or "test not confirmed"


def title(release: ReleaseAsOf) -> str:
    """The release in a line: “o3 (OpenAI), 16 April 2025: at least deeper than users”."""
    record = release.record
    return f"{record.name} ({record.lab.name}), {record.released_on_label}: {words(release)}"


def rungs(release: ReleaseAsOf) -> list[Rung]:
    """The levels, the shallowest first, and what the record shows of each for the best test (section 6)."""
    return ladder(release.assessment.depth)


def depth_rows(asked: Asked) -> tuple[list[ReleaseAsOf], Counts]:
    """The releases of which a test counts, by lab, the newest first; and the counts of all that count in the window."""
    assessments = ledger(asked.day).access.counted_in(asked.window, asked.about or None)
    releases = releases_as_of(asked.day)
    found = [releases[each.release.key] for each in assessments if each.counted]
    found.sort(key=lambda row: row.assessment.release.released.latest or asked.day, reverse=True)
    found.sort(key=lambda row: people_order(row.record.lab.name))
    return found, counts(assessments)


def finding(found: Counts, window: str, maker: str = "") -> str:
    """What the picture shows, with its counts (methodology, section 6: three answers, never two)."""
    of = f" of {maker}" if maker else ""
    if not found.releases:
        return f"No frontier release{of} counts {window}."
    if not found.evaluated_low:
        sentence = (
            f"Of {counted(found.releases, 'frontier release')}{of} {window} none is confirmed as tested by outsiders "
            "before release, so nothing shows how deep a test went."
        )
    else:
        confirmed, verb = found.evaluated_low, "is" if found.evaluated_low == 1 else "are"
        sentence = (
            f"Of {counted(found.releases, 'frontier release')}{of} {window}, {confirmed} {verb} confirmed as tested by "
            f"outsiders before release. For {found.deeper_yes or 'none'} of the {confirmed} the record shows deeper "
            f"access than users get, for {found.deeper_no or 'none'} it shows that there was none, for "
            f"{found.deeper_unknown or 'none'} no source says."
        )
    others = found.evaluated_high - found.evaluated_low
    if others:
        sentence += f" For {others} more a test is only reported, or may have come after release."
    return sentence


def depth_picture(asked: Asked) -> Picture:
    """A ladder for each release: filled is shown, hatched is not disclosed, empty is what no source shows."""
    rows, found = depth_rows(asked)
    maker = record_labels(asked.day).labs[asked.about] if asked.about else ""
    note = (
        "A rung is filled where a source shows it, hatched where no source says either way, and empty where no source "
        "shows it: that the testers had the weights counts only where a source says so."
    )
    missing = found.releases - len(rows)
    if missing:
        note += f" Without a ladder: {counted(missing, 'release')} of which no test counts."
    return Picture(
        question=f"How deep could outsiders test the releases of {maker}, as far as anyone says?"
        if maker
        else QUESTION,
        finding=finding(found, ledger(asked.day).access.window_words(asked.window), maker),
        draw=lambda: _drawn(rows, found, is_narrow=False),
        draw_narrow=lambda: _drawn(rows, found, is_narrow=True),
        rows=tuple(rows),
        note=note,
    )


def _drawn(rows: Sequence[ReleaseAsOf], found: Counts, *, is_narrow: bool) -> ET.Element:
    names, rung, width = (180, 31, NARROW) if is_narrow else (216, 68, WIDE)
    head = ET.Element("g")
    samples = [
        ("shown by a source", partial(_rung, width=16, state=SHOWN)),
        (Answer.UNKNOWN.label, partial(_rung, width=16, state=OPEN), Answer.UNKNOWN),
        ("no source shows it", partial(_rung, width=16, state=NOT_SHOWN)),
    ]
    top = drawing.legend(head, samples, 0, 2, width) + 20
    drawing.text(head, 0, top, f"n = {len(rows)} of {counted(found.releases, 'frontier release')}", colour=INK)
    top += 22
    body = ET.Element("g")
    top = _heads(body, names, rung, top, is_narrow=is_narrow)
    lab = ""
    for row in rows:
        maker = row.record.lab
        if maker.key != lab:
            lab, top = maker.key, top + (8 if lab else 0)
            link = drawing.linked(body, page_path("labs:lab_detail", lab), f"{maker.name}, the lab")
            drawing.text(link, 0, top, maker.name, colour=INK, is_bold=True)
            top += _ROW
        top += _draw_row(body, row, top, names, rung, width, is_narrow=is_narrow)
    if not rows:
        drawing.text(body, 0, top, "No release of which a test counts", colour=INK)
    root = drawing.picture(width, top + 4)
    root.extend((head, body))
    return root


def _heads(parent: ET.Element, names: float, rung: float, top: float, *, is_narrow: bool) -> float:
    """The numbers of the rungs, and their names below or above; returns where the rows begin."""
    if is_narrow:
        for level in LEVELS:
            drawing.text(drawing.explained(parent, level), 0, top, f"{level.value} {level.label}", size=12)
            top += 17
    for place, level in enumerate(LEVELS):
        middle = names + rung * (place + 0.5)
        to = drawing.explained(parent, level)
        drawing.text(to, middle, top, str(level.value), anchor="middle", colour=INK, is_bold=True)
        lines = [] if is_narrow else drawing.wrapped(level.label.replace("-", "- "), rung, 12)
        for at, line in enumerate(lines):
            drawing.text(to, middle, top + 15 * (at + 1), line.replace("- ", "-"), anchor="middle", size=12)
    return top + (_ROW if is_narrow else 54)


def _draw_row(
    parent: ET.Element, row: ReleaseAsOf, y: float, names: float, rung: float, width: float, *, is_narrow: bool
) -> float:
    """A release with its rungs; returns the height of its row. A long name takes several lines."""
    link = drawing.linked(parent, page_path("labs:model_detail", row.key), title(row))
    lines = drawing.wrapped(row.record.name, names - 14)
    height = _ROW + _LINE * (len(lines) - 1)
    drawing.target(link, 0, y - 15, width, height)
    for at, line in enumerate(lines):
        drawing.text(link, 8, y + _LINE * at, line, colour=INK)
    for place, each in enumerate(rungs(row)):
        _rung(link, names + rung * place + 1, y - 12, width=rung - 2, state=each.state)
    if not is_narrow:
        end = names + rung * len(LEVELS) + 10
        drawing.text(link, end, y, drawing.shortened(words(row), width - end))
    return height


def _rung(parent: ET.Element, x: float, y: float, *, width: float, state: str) -> None:
    """A rung as a box: filled, hatched or empty."""
    if state == SHOWN:
        drawing.rect(parent, x, y, width, _RUNG, fill=INK)
        return
    drawing.rect(parent, x + 0.5, y + 0.5, width - 1, _RUNG - 1, fill="none", stroke=SOFT if state == OPEN else RULE)
    if state == OPEN:
        drawing.hatched(parent, x, y, width, _RUNG, colour=MUTED, step=5)


def _rung_cell(rung: Rung) -> Coded | str:
    return Coded(rung.answer, rung.words) if rung.answer else rung.words


def _level(level: Level) -> Column:
    return Column(
        name=f"level_{level.value}",
        explanation=f"What the record shows of level {level.value}, {level.label}.",
        cell=lambda row: _rung_cell(rungs(row)[level.value - 1]),
        header=f"{level.value} {level.label}",
    )


_OF_RELEASES = {column.name: column for column in AI_MODEL_COLUMNS}
COLUMNS: tuple[Column, ...] = (
    Column(
        name="release",
        explanation="The release.",
        fields=(
            reference("model", "record", "key"),
            Field("model_name", lambda row: row.record.name, "The name of the release."),
        ),
        cell=lambda row: Link(page_path("labs:model_detail", row.record.key), row.record.name),
    ),
    Column(
        name="lab",
        explanation="The lab that brought it out.",
        fields=(
            reference("lab", "record", "lab", "key"),
            Field("lab_name", lambda row: row.record.lab.name, "The name of the lab."),
        ),
        cell=lambda row: row.record.lab,
    ),
    Column(
        name="released",
        explanation="When the release came out.",
        fields=released_fields("record"),
        cell=lambda row: row.record.released_on_label,
    ),
    Column(name="depth", explanation=_OF_RELEASES["depth"].explanation, fields=_OF_RELEASES["depth"].fields),
    _OF_RELEASES["deeper_than_users"],
    *map(_level, LEVELS),
    Column(
        name="depth_words",
        explanation="How deep, in words.",
        cell=lambda row: Coded(row.depth_word, words(row)) if row.depth_words else words(row),
        header="In words",
        style="wide",
    ),
    AS_OF,
    DATA_VERSION,
    METHOD,
)

DEPTH = FigureKind(
    "depth",
    "Depth of access, release by release",
    COLUMNS,
    depth_picture,
    "releases of which a test counts",
    takes="lab",
)
