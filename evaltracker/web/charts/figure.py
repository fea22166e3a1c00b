"""A figure as pages, files and embeds show it: its picture, its sentence, and the bar with its source and files."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import accumulate

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from evaltracker.web.charts.alone import alone, share_card
from evaltracker.web.charts.drawing import TARGET
from evaltracker.web.charts.kinds import Asked, FigureKind, Part, Picture
from evaltracker.web.charts.registry import FIGURE, drawn
from labs.models import AIModel, Lab
from labs.queries import records_complete_to
from labs.queries.editions import data_version
from labs.queries.kept import records
from labs.queries.public_keys import current_key
from labs.rules.citing import LICENCE, PUBLISHER
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import (
    BadParameters,
    ParameterProblem,
    absolute,
    address,
    kept_parameters,
    requested_day,
    requested_window,
    today,
    with_kept,
)

_HREF = re.compile(r'(<a href=")(/[^"]*)(")')
_TITLE = re.compile(r"<title>[^<]*</title>")
"""What a pointer shows that rests on a mark. A phone has none, and links have the same words as their name."""
_TAKEN = {"lab": Lab, "model": AIModel}
"""The parameters that narrow a figure to one record."""

LONG = 500_000
"""Characters of a picture that has its page to itself; the longest of the shipped records has 71,000."""


@dataclass(frozen=True)
class Figure:
    """A figure for a request: ``includes/_figure.html`` shows it whole."""

    kind: FigureKind
    asked: Asked
    parameters: QueryDict

    @cached_property
    def picture(self) -> Picture:
        """What it shows."""
        return drawn(self.kind.slug, self.asked)

    @property
    def name(self) -> str:
        """Its name on a page and among files."""
        return "-".join([self.kind.slug, *self.asked.abouts])

    @property
    def question(self) -> str:
        """What the picture answers."""
        return self.picture.question

    @property
    def finding(self) -> str:
        """What it shows, in words."""
        return self.picture.finding

    @property
    def source(self) -> str:
        """Whose it is, of which day, and of which versions."""
        return source_of(self.asked.day)

    @property
    def is_long(self) -> bool:
        """Whether the picture is too long for a page with others. One in parts is as long as they are."""
        drawn = accumulate(each.length for each in self.picture.parts or [self.picture])
        return any(length > LONG for length in drawn)

    @cached_property
    def svg(self) -> SafeString:
        """The picture for the page, and that for a phone; their links keep what the site keeps."""
        return self._drawings(self.picture.svg, self.picture.narrow)

    @cached_property
    def parts(self) -> list[tuple[str, SafeString]]:
        """The drawings of a long picture for the page, each with its title; a picture that is not long has none."""
        return [(part.title, self.drawn_part(part)) for part in self.picture.parts]

    def drawn_part(self, part: Part) -> SafeString:
        """The drawings of a part for the page."""
        return self._drawings(part.svg, part.narrow)

    @property
    def embedded(self) -> SafeString:
        """The drawings for an embed, of a long picture the first; links lead out of the frame, to the whole site."""
        shown = self.picture.parts[0] if self.picture.parts else self.picture
        drawn = self._drawings(shown.svg, shown.narrow, lambda path: absolute(self._kept(path)))
        return SafeString(drawn.replace('<a href="', '<a target="_top" href="'))

    @property
    def more_parts(self) -> str:
        """What an embed of a long picture leaves out, in words."""
        return "; ".join(part.title for part in self.picture.parts[1:])

    @property
    def document(self) -> str:
        """The picture as a file of its own, with all that a reader needs to check it."""
        return self._document(self.picture.svg)

    @property
    def document_for_dots(self) -> str:
        """The same for a file of dots: of a picture that is very long the first part, and what is left out."""
        if not (self.is_long and self.picture.parts):
            return self.document
        first, *others = self.picture.parts
        return self._document(first.svg, f"{first.title} alone. Left out: {', '.join(part.title for part in others)}.")

    def _document(self, svg: str, *more: str) -> str:
        source = f"{PUBLISHER}. {self.source}. {self.permalink} ({LICENCE})"
        drawing = _linked(svg, lambda path: absolute(address(path, {}, **self._fixed)))
        return alone(drawing, question=self.question, lines=[self.picture.finding, self.picture.note, *more, source])

    @property
    def card(self) -> str:
        """The picture beside a link to it, 1200 × 630."""
        shown = self.picture.parts[0] if self.picture.parts else self.picture
        source = f"{PUBLISHER}. {self.source}"
        return share_card(shown.svg, question=self.question, finding=self.finding, source=source)

    @property
    def permalink(self) -> str:
        """The address of its page on this day, of this data version."""
        return absolute(self._address(self._fixed))

    @property
    def url(self) -> str:
        """Its page."""
        return with_kept(self._address({}), self.parameters)

    @property
    def table_url(self) -> str:
        """The same numbers as a table, on its page."""
        return f"{self.url}#table"

    @property
    def cite_url(self) -> str:
        """How it is cited, on its page."""
        return f"{self.url}#cite"

    @property
    def files(self) -> list[tuple[str, str]]:
        """What it can be had as, and where."""
        return [(ending.upper(), self.file_url(ending)) for ending in ("svg", "png", "csv")]

    def file_url(self, ending: str) -> str:
        """Where it is as a file."""
        return with_kept(self._address({}, f"figure_{self.kind.slug}_{ending}"), self.parameters)

    @property
    def card_url(self) -> str:
        """Where the picture beside a link to it is."""
        return self.file_url("card")

    @property
    def words(self) -> str:
        """What it says, for people who cannot see it."""
        return f"{self.question} {self.finding}"

    @property
    def plot_url(self) -> str:
        """Where it is as a figure of plotly; "" where the picture gives more."""
        return self.file_url("plot") if self.kind.plot else ""

    @property
    def embed_code(self) -> str:
        """What another site writes into a page to show it."""
        url = absolute(with_kept(self._address({}, f"embed_{self.kind.slug}"), self.parameters))
        return (
            f'<iframe src="{escape(url)}" title="{escape(self.question)}" width="100%" height="560" loading="lazy" '
            'style="border:0"></iframe>'
        )

    @property
    def _fixed(self) -> dict[str, str]:
        """The parameters that fix what it shows."""
        version = data_version()
        versions = {"data_version": version, "method_version": str(METHOD_VERSION)} if version else {}
        window = {"window": self.asked.window.value} if self.asked.window is not self.kind.window else {}
        return {"as_of": self.asked.day.isoformat(), **window, **versions}

    def _address(self, parameters: dict[str, str], name: str = "") -> str:
        path = reverse(name or f"figure_{self.kind.slug}")
        found = address(path, parameters, **({self.kind.takes: list(self.asked.abouts)} if self.asked.about else {}))
        return path if found == "?" else found

    def _drawings(self, wide: str, narrow: str, change: Callable[[str], str] | None = None) -> SafeString:
        """Both drawings; each link changed, or such that it keeps what the request keeps, if that is anything."""
        if change is None and kept_parameters(self.parameters):
            change = self._kept
        if not narrow:
            return _page_svg(wide, change, "picture")
        both = (
            _page_svg(wide, change, "picture picture--wide"),
            _page_svg(_TITLE.sub("", narrow), change, "picture picture--narrow"),
        )
        return SafeString("".join(both))

    def _kept(self, path: str) -> str:
        return with_kept(path, self.parameters)


def source_of(day: dt.date) -> str:
    """Of which day and of which versions something is, in words."""
    complete, version = records_complete_to(), data_version()
    parts = [
        f"As known on {day_label(day)}",
        f"records complete to {day_label(complete)}" if complete and complete < day else "",
        f"{f'data version {version}, ' if version else ''}method version {METHOD_VERSION}",
    ]
    return "; ".join(filter(None, parts))


def figure(slug: str, parameters: QueryDict, about: str = "") -> Figure:
    """A figure for the day and the window of a request; ``about`` is the key of the one record that it is about.

    Raises BadParameters for a day or a window that there is not.
    """
    kind = FIGURE[slug]
    day = requested_day(parameters)
    window = requested_window(parameters, kind.window)
    return Figure(kind, Asked(day, window, day < today(), about), parameters)


def requested_about(kind: FigureKind, parameters: QueryDict) -> str:
    """The key of the record that a request narrows the figure to, or several with a comma between them; "" without one.
    Of one that was merged, that of the record into which it was merged. Raises BadParameters for what was never public.
    """
    asked = parameters.getlist(kind.takes) if kind.takes else []
    if not asked:
        return ""
    found = {key: current_key(_TAKEN[kind.takes], key) for key in asked}
    labs = list(records()[Lab].by_key) if kind.takes == "lab" else []
    allowed = labs or [f"the key of a record, as in its address; without {kind.takes}, all"]
    if problems := [
        ParameterProblem(kind.takes, key, f"There is no such {kind.takes}.", allowed)
        for key, current in found.items()
        if current is None
    ]:
        raise BadParameters(problems)
    return ",".join(dict.fromkeys(filter(None, found.values())))


def _linked(drawing: str, change: Callable[[str], str]) -> str:
    """A drawing with each of its links changed."""
    return _HREF.sub(lambda match: f"{match[1]}{escape(change(match[2].replace('&amp;', '&')))}{match[3]}", drawing)


def _page_svg(drawing: str, change: Callable[[str], str] | None, style: str) -> SafeString:
    drawn = (_linked(drawing, change) if change else drawing).replace('class="picture"', f'class="{style}"', 1)
    return SafeString(drawn.replace(f" {TARGET}", ""))
