"""What a figure is: one question that a picture answers, what it says in a sentence, and the same numbers as rows.

``registry.py`` lists all figures; pages, files, embeds, the description of the API and report packs follow from it.
"""

import datetime as dt
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from xml.etree import ElementTree as ET

from evaltracker.web.charts import drawing
from labs.rules.access import Window
from labs.web.columns import Column


@dataclass(frozen=True, slots=True)
class Asked:
    """What a picture is asked for: the day and the window of releases; ``about`` is the key of the one record that it
    is about, "" for all. ``is_past`` is for sentences: the day lies before today.
    """

    day: dt.date
    window: Window
    is_past: bool = False
    about: str = ""

    @property
    def abouts(self) -> tuple[str, ...]:
        """The keys of the records that a figure is about which takes several; none for all."""
        return tuple(filter(None, self.about.split(",")))


Draw = Callable[[], ET.Element]


class _Drawn:
    """What has a drawing, which is made when it is first asked for: few pages show all drawings of a picture.

    A ``functools.partial`` of values that hold no record, such as facts and names, is made again only when they differ.
    """

    draw: Draw
    draw_narrow: Draw | None

    def take_from(self, earlier: "_Drawn") -> None:
        """Take over the drawings of an earlier version that are made of the same."""
        if "_wide" in earlier.__dict__ and _is_same(self.draw, earlier.draw):
            self.__dict__["_wide"] = earlier._wide
        if "_narrow" in earlier.__dict__ and _is_same(self.draw_narrow, earlier.draw_narrow):
            self.__dict__["_narrow"] = earlier._narrow

    @property
    def svg(self) -> str:
        """The drawing."""
        return _unpacked(self._wide)

    @cached_property
    def length(self) -> int:
        """How many characters the drawing has."""
        return len(self.svg)

    @property
    def narrow(self) -> str:
        """The drawing for phones; "" where the other fits both."""
        return _unpacked(self._narrow)

    @cached_property
    def _wide(self) -> bytes:
        return _packed(self.draw())

    @cached_property
    def _narrow(self) -> bytes:
        return _packed(self.draw_narrow() if self.draw_narrow else None)


def _packed(drawn: ET.Element | None) -> bytes:
    """A drawing as it is kept: a long one packed, to a ninth of its text, in less than a millisecond."""
    text = drawing.written(drawn).encode() if drawn is not None else b""
    return zlib.compress(text, level=1) if len(text) > _LONG else text


def _unpacked(kept: bytes) -> str:
    return (zlib.decompress(kept) if kept.startswith(_PACKED) else kept).decode()


_LONG = 100_000
_PACKED = zlib.compress(b"", level=1)[:2]  # as each begins


def _is_same(one: Draw | None, other: Draw | None) -> bool:
    return isinstance(one, partial) and isinstance(other, partial) and one.func is other.func and one.args == other.args


@dataclass(frozen=True, eq=False)
class Part(_Drawn):
    """One of several drawings of a picture that is long, with the rows that it shows. The page of the figure shows the
    one whose ``key`` its address names, else the first.
    """

    title: str
    draw: Draw
    draw_narrow: Draw | None = None
    key: str = ""
    rows: Sequence[Any] = ()


@dataclass(frozen=True, eq=False)
class Picture(_Drawn):
    """What a figure shows for what was asked.

    ``question`` is answered by the picture, ``finding`` says what it shows with its counts, window and day: people who
    cannot see it read that instead. ``draw`` makes the drawing (``drawing.py``), ``draw_narrow`` another for phones
    where one does not fit both. ``rows`` are what ``columns`` of the kind read. ``note`` says how to read it.
    ``parts`` are what a page shows in place of a long drawing, which then is for files; ``draw_nothing`` makes that of
    a part without anything in it.
    """

    question: str
    finding: str
    draw: Draw
    rows: Sequence[Any]
    draw_narrow: Draw | None = None
    note: str = ""
    parts: Sequence[Part] = ()
    draw_nothing: Draw | None = None


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A figure of the registry: its name in addresses, what lists of files call it, its columns, and who draws it.

    ``rows_are`` says what the rows are, in the plural.
    ``takes`` is the parameter that narrows it to one record: lab, model, or "" where there is none; with ``takes_many``
    it can be given several times. ``window`` is that of a request that names none. The columns with a ``cell`` are the
    table on its page. ``path`` is its address without slashes and ending, where that is not ``charts/`` and its slug.

    ``parted_by`` is the parameter of its page that chooses a part of a long picture, and ``part_keys`` the pattern of
    what it can be: a part that there is on another day is no error.

    ``plot`` gives the same as a figure of plotly, where reading off and zooming need it; None where the titles and
    links of the picture give more. The last value in the ``customdata`` of a mark is the path of its records.
    """

    slug: str
    title: str
    columns: Sequence[Column]
    draw: Callable[[Asked], Picture]
    rows_are: str
    takes: str = ""
    takes_many: bool = False
    window: Window = Window.ALL
    plot: Callable[[Asked], Mapping[str, Any]] | None = None
    path: str = ""
    parted_by: str = ""
    part_keys: str = ""

    @property
    def route(self) -> str:
        """Its address without slashes and ending."""
        return self.path or f"charts/{self.slug}"
