"""Pictures that plotly can draw too, as pages show them: question, caption, static picture, links to the rest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from commitments.rules.ledger import Ledger
from evaltracker.web.charts.record_labels import record_labels
from evaltracker.web.charts.svg import svg
from evaltracker.web.charts.timeline import Timeline, build_timeline
from evaltracker.web.charts.timeline_picture import timeline_data
from labs.queries.editions import data_version
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from labs.web.parameters import address, with_kept


@dataclass(frozen=True)
class Plot:
    """What ``includes/_chart.html`` needs. ``data`` is the plotly figure from which everything is drawn."""

    name: str
    question: str
    caption: str
    description: str
    data: Mapping[str, Any]
    table_url: str
    interactive_url: str

    @cached_property
    def svg(self) -> SafeString:
        """The static picture."""
        return svg(self.data, name=self.name, title=self.question, description=self.description)


def _versions() -> str:
    version = data_version()
    return f"{f'data version {version}, ' if version else ''}method version {METHOD_VERSION}"


def timeline_figure(ledger: Ledger, labs: Collection[str], parameters: QueryDict) -> Plot:
    """Releases and evaluations over time of the given labs (keys)."""
    timeline = build_timeline(ledger, labs, record_labels(ledger.day))
    return figure_of(timeline, [key for key, _ in timeline.labs] if len(labs) != 1 else list(labs), parameters)


def figure_of(timeline: Timeline, labs: Collection[str], parameters: QueryDict) -> Plot:
    """The picture of a timeline; ``labs`` are the keys in its links."""
    page = with_kept(address(reverse("timeline"), {}, lab=list(labs)), parameters)
    is_one = len(labs) == 1
    names = [timeline.lab_names[key] for key in labs]
    question = (
        f"Who tested the releases of {names[0]}, and when?"
        if is_one
        else "Which releases did outsiders test, and when?"
    )
    return Plot(
        name="timeline",
        question=question,
        caption=_caption(timeline, is_one),
        description=_description(timeline),
        data=timeline_data(timeline),
        table_url=f"{page}#table",
        interactive_url=f"{page}#interactive",
    )


def _caption(timeline: Timeline, is_one: bool) -> str:
    sentences = [
        "A test is drawn at its start where a source gives it, otherwise at the release.",
        "A bar runs to its end, or over the days that the source leaves open.",
    ]
    if not is_one:
        sentences.append(
            "Marks stacked on a square, up to the next square, are about that release. Beside each lab: frontier "
            "releases confirmed as tested before release (in brackets, with reported and undated ones)."
        )
    if timeline.undrawn:
        events, verb = (
            ("1 event has", "stands") if timeline.undrawn == 1 else (f"{timeline.undrawn} events have", "stand")
        )
        sentences.append(f"{events} neither a start nor a dated release and {verb} in the table only.")
    return " ".join([*sentences, f"As known on {day_label(timeline.day)}, {_versions()}."])


def _description(timeline: Timeline) -> str:
    if not timeline.labs:
        return "No release by this day."
    return (
        "; ".join(
            f"{name}: {timeline.counts[key].evaluated_low} of {timeline.counts[key].releases} frontier releases "
            f"confirmed as tested before release, {timeline.counts[key].evaluated_high} with reported and undated ones"
            for key, name in timeline.labs
        )
        + ". Every mark is a row of the table."
    )
