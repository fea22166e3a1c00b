"""The scorecard table."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from evaltracker.web.presenters.scorecards import ScoreRow
from labs.choices import Country
from labs.rules.access import Window
from labs.web.columns import NONE, RecordTable, SortedColumn
from labs.web.parameters import with_kept


class ScorecardTable(RecordTable):
    """Every lab with its score as a range. The order is the methodology's (section 6), so no column sorts.

    The rows are ``ScoreRow``s; a lab without a release in the window has no figures, which is not 0.
    """

    lab = SortedColumn(verbose_name="Lab")
    score = SortedColumn(verbose_name="Score, 0 to 100", style="nowrap")
    rank = SortedColumn(verbose_name="Rank", style="nowrap")
    evaluated = SortedColumn(verbose_name="Outside evaluation before deployment")
    deeper = SortedColumn(verbose_name="Deeper than users get", style="nowrap")
    coverage = SortedColumn(verbose_name="Evidence coverage", style="nowrap")
    last = SortedColumn(verbose_name="Last release with a documented evaluation")
    records = SortedColumn(verbose_name="On record", style="wide")

    caption_one = "lab"
    has_edition = True

    def __init__(self, rows: Sequence[ScoreRow], request: HttpRequest, window: Window, **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.request, self.window = request, window  # the library would cut the table into pages by itself

    class Meta:
        empty_text = "No lab matches. Here would be each lab with what the record shows of it."

    @property
    def caption(self) -> str:
        """What the rows are."""
        return f"labs by score, {_RELEASES[self.window]}"

    def render_lab(self, row: ScoreRow) -> SafeString:
        link = self.link(row.lab)
        country = Country(row.lab.country)
        notes = [country.label] if country is not Country.UNKNOWN else []
        if names := ", ".join(map(str, row.lab.other_names.all())):
            notes.append(f"also {names}")
        return format_html('{}<span class="ledger__note">{}</span>', link, "; ".join(notes)) if notes else link

    def render_score(self, row: ScoreRow) -> SafeString:
        if row.score is None:
            return format_html('<span class="none">{}</span>', row.card.no_score.label)
        return get_template("includes/_range_bar.html").render({"range": row.score})

    def render_rank(self, row: ScoreRow) -> str:
        return row.ranks or NONE

    def render_evaluated(self, row: ScoreRow) -> str:
        return row.evaluated if row.has_releases else NONE

    def render_deeper(self, row: ScoreRow) -> str:
        return row.deeper if row.has_releases else NONE

    def render_coverage(self, row: ScoreRow) -> str:
        return row.coverage if row.has_releases else NONE

    def render_last(self, row: ScoreRow) -> SafeString:
        last = row.card.last_evaluated
        if last is None:
            return format_html('<span class="none">{}</span>', "none documented")
        url = with_kept(reverse("labs:model_detail", args=[last.release.key]), self.request.GET)
        return format_html(
            '<a href="{}">{}</a><span class="ledger__note">{}</span>', url, last.release.name, row.last_evaluated_on
        )

    def render_records(self, row: ScoreRow) -> str:
        return row.records.text


_RELEASES = {window: f"releases of {'the ' if window.months else ''}{window.label}" for window in Window}
