"""The columns of scorecards and of public changes, and the table of scorecards.

``labs.web.columns`` says what a column is and how to add one.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments.rules.criteria import Criterion
from commitments.rules.ledger import Ledger
from commitments.rules.scorecards import Counts, headline
from evaltracker.web.presenters.scorecards import ScoreRow
from labs.choices import CheckedBy, Country, Evidence, ProposalKind
from labs.queries.change_words import NOTHING
from labs.rules.access import Window
from labs.rules.ranges import CRITERION_PLACES, SCORE_PLACES, Range, printed
from labs.rules.sentences import EvidenceCounts, evidence_counts
from labs.web.columns import (
    AS_OF,
    DATA_VERSION,
    METHOD,
    NONE,
    Column,
    Field,
    FieldType,
    Link,
    RecordTable,
    count_field,
    named_reference,
    path_reader,
    term_fields,
    window_column,
    yes_no_field,
)
from labs.web.tables import LAB_COLUMNS

FIGURES = {
    "releases": "How many releases the figures of the row are about.",
    "evaluated_low": "How many of the releases outsiders surely evaluated before deployment.",
    "evaluated_high": "How many of the releases outsiders surely or possibly evaluated before deployment.",
    "deeper_yes": "For how many of those surely evaluated the evaluators got deeper access than users get.",
    "deeper_no": "For how many of those surely evaluated the evaluators got no deeper access than users get.",
    "deeper_unknown": "For how many of those surely evaluated no source says how deep the access was.",
    "facts_known": "How many facts of the access events that count are disclosed.",
    "facts_asked": "How many facts we ask of the access events that count.",
}
"""What each count of releases or facts means, in every file that has it."""


def figure_field(name: str, *path: str) -> Field:
    """A count of the releases that a row is about."""
    return count_field(name, FIGURES[name], path_reader(*path))


_NAMES = {criterion: criterion.value for criterion in Criterion} | {Criterion.EVALUATED: "evaluated_share"}


def _figure(name: str, read: Callable[[ScoreRow], Any]) -> Field:
    """A figure of the lab's releases in the window; empty where there is none."""
    return count_field(name, FIGURES[name], lambda row: read(row) if row.has_releases else None)


def _range(name: str, places: int, meaning: str, read: Callable[[ScoreRow], Range | None]) -> tuple[Field, Field]:
    """Both ends of a range with these decimals; empty where it does not apply."""

    def end(which: str) -> Callable[[ScoreRow], str | None]:
        return lambda row: printed(getattr(value, which), places) if (value := read(row)) else None

    return (
        Field(f"{name}_low", end("low"), f"The lower end of {meaning}", FieldType.NUMBER),
        Field(f"{name}_high", end("high"), f"The upper end of {meaning}", FieldType.NUMBER),
    )


def _criterion(criterion: Criterion) -> Column:
    meaning = f"the criterion “{criterion.label}”, from 0 to 1; empty where it does not apply."
    return Column(
        name=_NAMES[criterion],
        explanation=f"{criterion.explanation} From 0 to 1; empty where the criterion does not apply.",
        fields=_range(_NAMES[criterion], CRITERION_PLACES, meaning, lambda row: row.card.criteria[criterion]),
    )


def _lab_cell(row: ScoreRow) -> Link:
    country = Country(row.lab.country)
    notes = [country.label] if country is not Country.UNKNOWN else []
    if names := ", ".join(map(str, row.lab.other_names.all())):
        notes.append(f"also {names}")
    return Link(row.lab, note="; ".join(notes))


def _score_cell(row: ScoreRow) -> SafeString:
    if row.score is None:
        return format_html('<span class="none">{}</span>', row.card.no_score_words)
    return get_template("includes/_range_bar.html").render({"range": row.score})


def _last_cell(row: ScoreRow) -> Link | SafeString:
    last = row.card.last_evaluated
    if last is None:
        return format_html('<span class="none">{}</span>', "none confirmed")
    url = reverse("labs:model_detail", args=[last.release.key])
    return Link(url, last.release.name, note=row.last_evaluated_on)


SCORECARD_COLUMNS: tuple[Column, ...] = (
    Column(
        name="lab",
        explanation="The lab.",
        fields=named_reference("lab"),
        cell=_lab_cell,
        is_default=True,
    ),
    AS_OF,
    window_column(lambda row: row.card.window, path_reader("card", "window_from"), path_reader("card", "window_to")),
    METHOD,
    Column(
        name="releases",
        explanation="How many releases the lab had in the window.",
        fields=(figure_field("releases", "card", "counts", "releases"),),
    ),
    Column(
        name="evaluated",
        explanation="How many of these outsiders evaluated before deployment: surely (low) and possibly (high).",
        fields=(
            _figure("evaluated_low", lambda row: row.card.counts.evaluated_low),
            _figure("evaluated_high", lambda row: row.card.counts.evaluated_high),
        ),
        cell=lambda row: row.evaluated if row.has_releases else NONE,
        header="Confirmed as tested before release",
        is_default=True,
    ),
    Column(
        name="deeper",
        explanation="For how many of those surely evaluated access was deeper than users get: yes, no, not disclosed.",
        fields=(
            _figure("deeper_yes", lambda row: row.card.counts.deeper_yes),
            _figure("deeper_no", lambda row: row.card.counts.deeper_no),
            _figure("deeper_unknown", lambda row: row.card.counts.deeper_unknown),
        ),
        cell=lambda row: row.deeper or NONE,
        header="Deeper access than users get",
        is_default=True,
    ),
    Column(
        name="score",
        explanation="The score, from 0 to 100; empty where there is none, which is not 0.",
        fields=_range(
            "score", SCORE_PLACES, "the score, from 0 to 100; empty where there is none.", lambda row: row.card.score
        ),
        cell=_score_cell,
        header="Score, 0 to 100",
        is_default=True,
        style="nowrap",
    ),
    Column(
        name="rank",
        explanation="The lab's best and worst possible rank.",
        fields=(
            count_field(
                "rank_best", "The lab's best possible rank among all labs.", path_reader("card", "ranks", "best")
            ),
            count_field(
                "rank_worst", "The lab's worst possible rank among all labs.", path_reader("card", "ranks", "worst")
            ),
        ),
    ),
    Column(
        name="coverage",
        explanation="How many facts are disclosed of those that we ask of the events that count.",
        fields=(
            _figure("facts_known", lambda row: row.card.coverage.known),
            _figure("facts_asked", lambda row: row.card.coverage.asked),
        ),
        cell=lambda row: row.coverage if row.has_releases else NONE,
        header="Facts disclosed",
        is_default=True,
        style="nowrap",
    ),
    *map(_criterion, Criterion),
    Column(
        name="last",
        explanation="The lab's last release that is confirmed as tested by outsiders before release, and its day.",
        cell=_last_cell,
        header="Last release confirmed as tested before release",
        is_default=True,
    ),
    Column(
        name="records",
        explanation="How much is on record of the lab.",
        cell=lambda row: row.records.text,
        header="On record",
        is_default=True,
        style="wide",
    ),
    DATA_VERSION,
)


def _of_lab(column: Column) -> Column:
    """A column of what is recorded of a lab, for rows that are scorecards."""
    fields = tuple(
        replace(each, value=lambda row, read=each.value: read(row.lab))
        for each in column.fields  # type: ignore[misc]
    )
    relation = column.relation and replace(column.relation, rows=lambda row, read=column.relation.rows: read(row.lab))  # type: ignore[misc]
    return replace(column, fields=fields, relation=relation)


LAB_RECORD_COLUMNS: tuple[Column, ...] = (
    *map(_of_lab, LAB_COLUMNS),
    *(column for column in SCORECARD_COLUMNS if column.name != "lab"),
)
"""What is recorded of a lab, and its scorecard: a row is a ``ScoreRow``."""


class ScorecardTable(RecordTable):
    """Every lab with its score as a range. Those that cannot be put in one order stand together, by name.

    The order is the methodology's (section 6), so no column sorts.

    The rows are ``ScoreRow``s; a lab without a release in the window has no figures, which is not 0. ``window`` is the
    window in words.
    """

    declared = SCORECARD_COLUMNS
    order = ("lab", "score", "evaluated", "deeper", "coverage", "last", "records")
    caption_one = "lab"
    has_edition = True

    def __init__(self, rows: Sequence[ScoreRow], request: HttpRequest, window: str, **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.request, self.window = request, window  # the library would paginate the table by itself

    class Meta:
        empty_text = "No lab matches. Here would be each lab with what the record shows of it."

    @property
    def caption(self) -> str:
        """What the rows are."""
        return f"labs by score, releases {self.window}"


@dataclass(frozen=True)
class HeadlineRow:
    """The headline of a day as its file holds it."""

    ledger: Ledger
    window: Window

    @property
    def day(self) -> dt.date:
        return self.ledger.day

    @cached_property
    def counts(self) -> Counts:
        """The releases of the window that surely and possibly have a counted test."""
        return headline(self.ledger, self.window)

    @cached_property
    def evidence(self) -> EvidenceCounts:
        """The same releases by what the record shows of each."""
        return evidence_counts(self.ledger.access.counted_in(self.window))


HEADLINE_COLUMNS: tuple[Column, ...] = (
    AS_OF,
    window_column(
        lambda row: row.window,
        lambda row: row.ledger.access.first_day(row.window),
        lambda row: row.ledger.access.window_end,
    ),
    METHOD,
    DATA_VERSION,
    Column(
        name="releases",
        explanation="How many frontier releases came out in the window.",
        fields=(figure_field("releases", "counts", "releases"),),
    ),
    Column(
        name="evaluated",
        explanation="How many of these outsiders evaluated before deployment: surely (low) and possibly (high).",
        fields=(
            figure_field("evaluated_low", "counts", "evaluated_low"),
            figure_field("evaluated_high", "counts", "evaluated_high"),
        ),
    ),
    Column(
        name="deeper",
        explanation="For how many of the confirmed the evaluators got deeper access than users, for how many no "
        "deeper, and of how many no source says.",
        fields=(
            figure_field("deeper_yes", "evidence", "deeper"),
            figure_field("deeper_no", "evidence", "not_deeper"),
            figure_field("deeper_unknown", "evidence", "depth_unknown"),
        ),
    ),
    *(
        Column(
            name=word.value,
            explanation=f"How many releases have the word “{word.label}”. {word.explanation}",
            fields=(
                count_field(
                    f"releases_{word.value}",
                    f"How many of the releases have the word “{word.label}”.",
                    lambda row, word=word: row.evidence.of.get(word, 0),
                ),
            ),
        )
        for word in Evidence
    ),
)


def _of_change(name: str, attribute: str, description: str, type: FieldType = FieldType.STRING) -> tuple[Field]:
    return (Field(name, lambda row: getattr(row[0], attribute), description, type),)


def _of_row(name: str, attribute: str, description: str) -> Field:
    """What changed, in the words of the page; empty where there was nothing, and for a change without rows."""

    def value(row: Any) -> str | None:
        text = getattr(row[1], attribute) if row[1] else None
        return None if text == NOTHING else text

    return Field(name, value, description)


def edition_words(version: str) -> str | None:
    """An edition in a file: programs would take 2026.10 for a number, and print 2026.1."""
    return f"edition {version}" if version else None


CHANGE_COLUMNS: tuple[Column, ...] = (
    Column(
        name="change",
        explanation="The number of the change.",
        fields=(count_field("change", "The number of the change.", lambda row: row[0].pk),),
    ),
    Column(
        name="recorded_at",
        explanation="When it became public, in UTC.",
        fields=(
            Field(
                "recorded_at",
                lambda row: f"{row[0].made_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
                "When the change became public, in UTC.",
                FieldType.DATETIME,
            ),
        ),
    ),
    Column(
        name="record_kind",
        explanation="The kind of the record.",
        fields=_of_change("record_kind", "record_kind", "The kind of the record that changed, in words."),
    ),
    Column(
        name="key",
        explanation="The key of the record.",
        fields=_of_change("record_key", "key", "The key of the record that changed."),
    ),
    Column(
        name="name",
        explanation="The name of the record.",
        fields=_of_change("record_name", "name", "The name of the record that changed, as it was called then."),
    ),
    Column(
        name="kind",
        explanation="What was done with the record.",
        fields=term_fields("change_kind", lambda row: row[0].kind, ProposalKind, "What was done with the record."),
    ),
    Column(
        name="field",
        explanation="The field that changed.",
        fields=(
            _of_row("field", "field", "The field that changed; empty for other kinds of change."),
            replace(_of_row("field_label", "label", "The value of field in words."), is_label=True),
        ),
    ),
    Column(
        name="old",
        explanation="What it said before.",
        fields=(_of_row("old", "old", "What the field said before, in words."),),
    ),
    Column(
        name="new",
        explanation="What it says now.",
        fields=(_of_row("new", "new", "What the field says since, in words."),),
    ),
    Column(
        name="merged_into",
        explanation="The record that it was merged into.",
        fields=_of_change("merged_into", "into", "The name of the record that it was merged into."),
    ),
    Column(
        name="reason",
        explanation="Why it was changed: this field, or the record.",
        fields=(
            Field(
                "reason",
                lambda row: (row[1] and row[1].reason) or row[0].reason,
                "Why it was changed: this field, or the record.",
            ),
        ),
    ),
    Column(
        name="correction",
        explanation="Whether it corrects an error of ours.",
        fields=(yes_no_field("correction", "Whether it corrects an error of ours.", lambda row: row[0].is_correction),),
    ),
    Column(
        name="checked_by",
        explanation="Who checked it; empty if it was entered with an edition.",
        fields=_of_change("checked_by", "checked_by", "Who checked it; empty if it was entered with an edition."),
    ),
    Column(
        name="edition",
        explanation="The edition that it was entered with.",
        fields=(
            Field(
                "entered_with",
                lambda row: edition_words(row[0].edition),
                "The edition that it was entered with; empty if it was published at the desk.",
            ),
        ),
    ),
    Column(
        name="data_version",
        explanation="The data version with which it became public.",
        fields=_of_change(
            "public_since", "data_version", "The data version with which the change became public.", FieldType.VERSION
        ),
    ),
    Column(
        name="parted_from",
        explanation="The record that had been merged into it and was found to be another one.",
        fields=_of_change(
            "parted_from",
            "again",
            "The name of the record that had been merged into it and was found to be another one.",
        ),
    ),
)
"""A row is a change and one of its rows, or None where it has none."""

SEARCH_COLUMNS: tuple[Column, ...] = (
    Column(
        name="found",
        explanation="The record that was found.",
        fields=(
            Field("found_kind", lambda row: row.kind, "The kind of the record that was found, in words."),
            Field("found_key", lambda row: row.key, "The key of the record that was found, unique within its kind."),
        ),
    ),
    Column(
        name="title",
        explanation="What its page is called.",
        fields=(Field("found_title", lambda row: row.title_text, "What the page of the record that was found says."),),
    ),
    Column(
        name="reason",
        explanation="Why it was found, where its title does not say it.",
        fields=(
            Field(
                "found_because",
                lambda row: row.reason_text or None,
                "Where the words of the search stand, and what stands there; empty where it is the title.",
            ),
        ),
    ),
    Column(
        name="page",
        explanation="Where it stands.",
        fields=(Field("found_path", lambda row: row.url, "The path of the record’s page, and of the place on it."),),
    ),
)
"""A row is a ``Result`` of a search."""

VERSION_COLUMNS: tuple[Column, ...] = (
    Column(
        name="version",
        explanation="The data version.",
        fields=(
            Field("data_version", lambda row: row.name, "The data version of which the row is.", FieldType.VERSION),
        ),
    ),
    Column(
        name="made",
        explanation="When it was made, in UTC.",
        fields=(
            Field(
                "made_at",
                lambda row: f"{row.made_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
                "When the data version was made, in UTC.",
                FieldType.DATETIME,
            ),
        ),
    ),
    Column(
        name="checked",
        explanation="Who let it through.",
        fields=term_fields(
            "checked_by_role", lambda row: CheckedBy(row.checked_by), CheckedBy, "Who let the data version through."
        ),
    ),
    Column(
        name="edition",
        explanation="The edition that it belongs to.",
        fields=(
            Field(
                "of_edition", lambda row: edition_words(row.edition.version), "The edition that the version belongs to."
            ),
        ),
    ),
    Column(
        name="changes",
        explanation="How many changes became public with it.",
        fields=(count_field("change_count", "How many changes became public with it.", lambda row: row.change_count),),
    ),
    Column(
        name="note",
        explanation="What changed, where no change says it.",
        fields=(Field("version_note", lambda row: row.note, "What changed, where no change says it."),),
    ),
)
"""A row is a data version, as ``versions_listed`` gives it."""
