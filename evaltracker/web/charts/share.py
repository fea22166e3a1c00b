"""The share of evaluated frontier releases, by half-year of release."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Counts, counts
from evaltracker.web.presenters.numbers import deeper_text
from labs.choices import Frontier
from labs.models.addresses import page_path
from labs.rules.access import Window
from labs.rules.dates import day_label
from labs.rules.ledger import Assessment
from labs.rules.ranges import Range, printed_range
from labs.rules.words import counted
from labs.web.parameters import address

FIRST_CHECK = dt.date(2024, 5, 24)
"""The day of the first check of the claim that outsiders test frontier models before release; marked in the picture."""

QUESTION = "What share of frontier releases is confirmed as tested by outsiders before release?"
LINE, BAND = "confirmed", "with reported and undated ones"
FEWEST = 5
"""A share of fewer releases is drawn by itself, hollow, and joined to nothing: it says little."""
ALONE = f"not whole, or fewer than {FEWEST} releases"


@dataclass(frozen=True, slots=True)
class HalfYear:
    """The frontier releases whose latest possible release day is in one half of a year, and their counts.

    ``is_running``: the half-year had not ended on the day on which all windows of the ledger end. ``is_cut``: the
    window begins within it, so its earlier releases are left out. ``releases`` are its assessments, by release day.
    """

    start: dt.date
    counts: Counts
    is_running: bool
    releases: tuple[Assessment, ...] = ()
    is_cut: bool = False

    @property
    def end(self) -> dt.date:
        """Its last day."""
        return dt.date(self.start.year, 6, 30) if self.start.month == 1 else dt.date(self.start.year, 12, 31)

    @property
    def middle(self) -> dt.date:
        """The day at which it is drawn."""
        return self.start + (self.end - self.start) / 2

    @property
    def edtf(self) -> str:
        """Its name in EDTF: 2024-40 is the first half of 2024."""
        return f"{self.start.year}-{40 if self.start.month == 1 else 41}"

    @property
    def months(self) -> str:
        """Its months in words."""
        return "Jan–Jun" if self.start.month == 1 else "Jul–Dec"

    @property
    def label(self) -> str:
        """Its name in words."""
        return f"{self.months} {self.start.year}" + (f", {self.part_words}" if self.part_words else "")

    @property
    def part_words(self) -> str:
        """“so far”, “in part”; "" where it is whole."""
        return "so far" if self.is_running else "in part" if self.is_cut else ""

    @property
    def is_whole(self) -> bool:
        """Whether it is over and no part of it lies outside the window."""
        return not self.part_words

    @property
    def share(self) -> Range | None:
        """The share with an outside evaluation before deployment, within 0 to 1; None without a release, never 0."""
        if not self.counts.releases:
            return None
        return Range(
            Fraction(self.counts.evaluated_low, self.counts.releases),
            Fraction(self.counts.evaluated_high, self.counts.releases),
        )

    @property
    def is_firm(self) -> bool:
        """Whether its share may be joined to others: it is whole, and it had enough releases."""
        return self.is_whole and self.counts.releases >= FEWEST

    @property
    def count_label(self) -> str:
        """The counts in words: “1 of 7, up to 3”."""
        if not self.counts.releases:
            return "no release"
        label = f"{self.counts.evaluated_low} of {self.counts.releases}"
        if self.counts.evaluated_high > self.counts.evaluated_low:
            label += f", up to {self.counts.evaluated_high}"
        return label

    @property
    def deeper_label(self) -> str:
        """Whether access was deeper than users get, of the releases with a confirmed evaluation; "" without any."""
        return deeper_text(self.counts)

    @property
    def share_label(self) -> str:
        """The share in per cent: “14–43%”; "" without a release."""
        if self.share is None:
            return ""
        return f"{printed_range(self.share.times(100), 0)}%"


def half_years(ledger: Ledger, window: Window = Window.ALL, lab: str | None = None) -> tuple[HalfYear, ...]:
    """Each half-year from the first frontier release to the end of the window, also those without a release; of one lab
    (its key) or of all.

    A release belongs to the half-year of its latest possible release day, which decides in all windows (methodology,
    section 3).
    """
    releases: dict[dt.date, list[Assessment]] = {}
    for assessment in sorted(ledger.access.counted_in(window, lab), key=_release_day):
        releases.setdefault(_half_year_of(assessment.release.released.latest), []).append(assessment)
    if not releases:
        return ()
    found, start, first_day = [], min(releases), ledger.access.first_day(window)
    while start <= ledger.access.window_end:
        half = HalfYear(start, counts(releases.get(start, ())), False, tuple(releases.get(start, ())))
        is_cut = first_day is not None and start < first_day
        found.append(replace(half, is_running=half.end > ledger.access.window_end, is_cut=is_cut))
        start = half.end + dt.timedelta(days=1)
    return tuple(found)


def releases_of(half: HalfYear) -> str:
    """The list of the frontier releases that may have come out in the half-year, those listed under others too."""
    days = {"released_from": half.start.isoformat(), "released_to": half.end.isoformat()}
    return address(page_path("labs:model_list"), {"frontier": Frontier.YES.value, **days})


def share_data(ledger: Ledger, window: Window = Window.ALL) -> dict[str, Any]:
    """The picture as a plotly figure: shares in per cent over time, the counts as ``customdata`` of each point.

    ``customdata`` is [half-year, evaluated_low, evaluated_high, releases, path of the list of its releases]; a
    half-year without a share that may be joined has None in the lines, which breaks them. Those that are not whole and
    those of few releases are marks of their own.
    """
    halves = half_years(ledger, window)
    low = [_per_cent(half.share.low) if half.share and half.is_firm else None for half in halves]
    high = [_per_cent(half.share.high) if half.share and half.is_firm else None for half in halves]
    alone = [None if half.share is None or half.is_firm else _per_cent(half.share.low) for half in halves]
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [half.middle.isoformat() for half in halves],
        "connectgaps": False,
        "cliponaxis": False,
        "customdata": [
            [half.edtf, half.counts.evaluated_low, half.counts.evaluated_high, half.counts.releases, releases_of(half)]
            for half in halves
        ],
        "hovertext": [f"{half.label}: {half.count_label}" for half in halves],
        "hoverinfo": "text",
    }
    band_x, band_y = _band(halves)
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": BAND,
            "x": band_x,
            "y": band_y,
            "fill": "toself",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "meta": {"series": "band"},
        },
        points
        | {
            "name": "possible",
            "y": high,
            "showlegend": False,
            "line": {"dash": "dot", "width": 1.5},
            "marker": {"symbol": "circle-open", "size": 8},
            "meta": {"series": "1"},
        },
        points
        | {
            "name": LINE,
            "y": low,
            "line": {"width": 2.5},
            "marker": {"symbol": "circle", "size": 9},
            "meta": {"series": "1"},
        },
        points
        | {
            "name": ALONE,
            "mode": "markers",
            "y": alone,
            "marker": {"symbol": "circle-open", "size": 9},
            "meta": {"series": "soft"},
        },
    ]
    layout = _layout(halves, ledger.day)
    layout["legend"] = {"traceorder": "reversed"}
    return {"data": traces if halves else [], "layout": layout}


def finding(halves: Sequence[HalfYear], window: str) -> str:
    """What the picture shows, with its counts: of all releases, and of the last and the first half-year of a line."""
    total = sum(half.counts.releases for half in halves)
    if not total:
        return f"No frontier release {window}."
    low = sum(half.counts.evaluated_low for half in halves)
    high = sum(half.counts.evaluated_high for half in halves)
    more = f", {high} with reported and undated ones" if high > low else ""
    sentence = (
        f"Of {counted(total, 'frontier release')} {window}, {low or 'none'} {'is' if low == 1 else 'are'} confirmed as "
        f"tested by outsiders before release{more}."
    )
    firm = [half for half in halves if half.is_firm]
    if not firm:
        return f"{sentence} No half-year is whole and has at least {FEWEST} releases."
    sentence += (
        f" In the last whole half-year with at least {FEWEST} releases, {firm[-1].label}: {firm[-1].count_label}"
    )
    return f"{sentence}; in the first, {firm[0].label}: {firm[0].count_label}." if len(firm) > 1 else f"{sentence}."


def _release_day(assessment: Assessment) -> tuple[dt.date, str]:
    assert assessment.release.released.latest is not None, "a release without a latest day counts nowhere"
    return assessment.release.released.latest, assessment.release.key


def _half_year_of(day: dt.date | None) -> dt.date:
    assert day is not None, "a release without a latest day counts nowhere"
    return dt.date(day.year, 1 if day.month <= 6 else 7, 1)


def _per_cent(share: Fraction) -> float:
    return round(float(100 * share), 4)


def _band(halves: tuple[HalfYear, ...]) -> tuple[list[str | None], list[float | None]]:
    """From low to high as closed outlines, one for each run of half-years whose shares may be joined."""
    x: list[str | None] = []
    y: list[float | None] = []
    run: list[tuple[str, Range]] = []
    for half in (*halves, None):
        if half is not None and half.share is not None and half.is_firm:
            run.append((half.middle.isoformat(), half.share))
        elif run:
            x += [day for day, _ in run] + [day for day, _ in reversed(run)] + [run[0][0], None]
            y += [_per_cent(share.high) for _, share in run] + [_per_cent(share.low) for _, share in reversed(run)]
            y += [_per_cent(run[0][1].high), None]
            run = []
    return x[:-1], y[:-1]


def _tick(half: HalfYear) -> str:
    lines = [half.months, f"{half.start.year} {half.part_words}".rstrip()]
    first, _, second = half.count_label.partition(", ")
    return "<br>".join([*lines, f"<b>{first}</b>" if half.share else first, *([second] if second else [])])


def _layout(halves: tuple[HalfYear, ...], day: dt.date) -> dict[str, Any]:
    start = halves[0].start if halves else day
    end = halves[-1].end if halves else day
    layout: dict[str, Any] = {
        "height": 360,
        "margin": {"l": 44, "r": 12, "t": 30, "b": 78},
        "xaxis": {
            "type": "date",
            "range": [start.isoformat(), end.isoformat()],
            "tickvals": [half.middle.isoformat() for half in halves],
            "ticktext": [_tick(half) for half in halves],
            "showgrid": False,
        },
        "yaxis": {
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0%", "25%", "50%", "75%", "100%"],
            "showgrid": True,
        },
        "shapes": [],
        "annotations": [],
    }
    if not halves:
        layout["annotations"].append(_note("No frontier release by this day", x=0.5, y=0.5, xref="paper", yref="paper"))
    elif start <= FIRST_CHECK <= day:
        layout["shapes"].append(
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": FIRST_CHECK.isoformat(),
                "x1": FIRST_CHECK.isoformat(),
                "y0": 0,
                "y1": 1,
                "line": {"dash": "dash", "width": 1.5},
                "name": "mark",
            }
        )
        text = f"{day_label(FIRST_CHECK)}: the first check"
        layout["annotations"].append(
            _note(text, x=FIRST_CHECK.isoformat(), y=1, xref="x", yref="paper", yanchor="bottom")
        )
    return layout


def _note(text: str, **place: Any) -> dict[str, Any]:
    return {"text": text, "showarrow": False, "xanchor": "center", "yanchor": "middle"} | place
