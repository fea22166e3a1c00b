"""The tables of the facts: which columns there are, how they sort and what stands in a cell."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from labs.choices import ACCESS_ANSWERS, Answer, Country, EvaluatorKind, Frontier, ReleaseKind, SourceKind
from labs.models import AccessEvent, AIModel, Evaluator, Source
from labs.queries import (
    EvaluatorAsOf,
    EventAsOf,
    ReleaseAsOf,
    evaluators_as_of,
    event_as_of,
    releases_as_of,
)
from labs.web.columns import NONE, RecordTable, SortedColumn, badge


class AccessEventTable(RecordTable):
    """Every occasion on which outsiders were let in, or were not."""

    evaluators = SortedColumn("first_evaluator", verbose_name="Evaluators")
    lab = SortedColumn("lab__name")
    model = SortedColumn("model__name", verbose_name="AI model")
    released = SortedColumn("model__released_on_earliest", verbose_name="Released")
    activity = SortedColumn("activity")
    timing = SortedColumn("timing")
    depth = SortedColumn(verbose_name="Depth of access", style="wide")
    results = SortedColumn("results")
    certainty = SortedColumn()
    outcome = SortedColumn("outcome")
    started = SortedColumn("started_on_earliest")
    ended = SortedColumn("ended_on_earliest")
    days = SortedColumn("access_days", style="num", verbose_name="Days of access")
    domains = SortedColumn(verbose_name="Risk domains")
    mode = SortedColumn("mode")
    free_to_publish = SortedColumn("free_to_publish", verbose_name="Free to publish")
    profile = SortedColumn(verbose_name="Access profile", style="wide")
    summary = SortedColumn(style="wide")

    caption = "access events"
    caption_one = "access event"
    default_columns = ("evaluators", "lab", "model", "activity", "timing", "depth", "results", "certainty")

    class Meta:
        model = AccessEvent
        fields = ()
        order_by = ("-released",)
        empty_text = "No access event matches. Here would be each occasion on which outsiders were let in to a model."

    def known(self, records: Iterable[AccessEvent]) -> Iterable[EventAsOf]:
        return [known for record in records if (known := event_as_of(record, self.day))]

    def render_evaluators(self, row: EventAsOf) -> SafeString:
        names = ", ".join(
            f"{part.evaluator} ({part.certainty.label})" if part.is_less_certain else str(part.evaluator)
            for part in row.parts
        )
        return self.link(row.record, names or row.key)

    def render_lab(self, row: EventAsOf) -> SafeString:
        return self.link(row.record.lab)

    def render_model(self, row: EventAsOf) -> SafeString | str:
        return self.link(row.record.model) if row.record.model else "not stated"

    def render_released(self, row: EventAsOf) -> str:
        return row.record.model.released_on_label or "not disclosed" if row.record.model else NONE

    def render_activity(self, row: EventAsOf) -> str:
        return row.fact.activity.label

    def render_timing(self, row: EventAsOf) -> str:
        if row.weighed.launch_document:
            return f"{row.weighed.timing.label} (shown by the launch document)"
        return row.weighed.timing.label

    def render_depth(self, row: EventAsOf) -> str:
        return row.weighed.depth.label

    def render_results(self, row: EventAsOf) -> str:
        return row.fact.results.label

    def render_certainty(self, row: EventAsOf) -> SafeString:
        return badge(row.weighed.certainty)

    def render_outcome(self, row: EventAsOf) -> str:
        return row.fact.outcome.label

    def render_started(self, row: EventAsOf) -> str:
        return row.started_label or "not disclosed"

    def render_ended(self, row: EventAsOf) -> str:
        return row.ended_label or "not disclosed"

    def render_days(self, row: EventAsOf) -> Any:
        return row.fact.access_days or "not disclosed"

    def render_domains(self, row: EventAsOf) -> str:
        return ", ".join(domain.label for domain in row.domains) or "none named"

    def render_mode(self, row: EventAsOf) -> str:
        return row.mode.label

    def render_free_to_publish(self, row: EventAsOf) -> str:
        return row.free_to_publish.label

    def render_profile(self, row: EventAsOf) -> str:
        answered = [
            f"{label}: {row.fact.access[question].label}"
            for question, label in ACCESS_ANSWERS.items()
            if row.fact.access[question] is not Answer.UNKNOWN
        ]
        return "; ".join(answered) or "nothing disclosed"

    def render_summary(self, row: EventAsOf) -> str:
        return row.record.summary


class AIModelTable(RecordTable):
    """Every release, with who tested it before it came out."""

    name = SortedColumn("name", verbose_name="AI model")
    lab = SortedColumn("lab__name")
    released = SortedColumn("released_on_earliest", verbose_name="Released")
    tested_by = SortedColumn(verbose_name="Outside model evaluation before deployment", style="wide")
    depth = SortedColumn(verbose_name="Depth of access", style="wide")
    events = SortedColumn("event_count", style="num", verbose_name="Access events")
    frontier = SortedColumn("frontier", verbose_name="Frontier")
    release = SortedColumn("release", verbose_name="Kind of release")
    variant_of = SortedColumn("variant_of__name", verbose_name="Variant of")

    caption = "releases"
    caption_one = "release"
    default_columns = ("name", "lab", "released", "tested_by", "depth", "events", "frontier", "release")

    class Meta:
        model = AIModel
        fields = ()
        order_by = ("-released",)
        empty_text = (
            "No release matches. Here would be each release of an AI model with who tested it before it came out."
        )

    def known(self, records: Iterable[AIModel]) -> Iterable[ReleaseAsOf]:
        return releases_as_of(records, self.day)

    def render_name(self, row: ReleaseAsOf) -> SafeString:
        return self.link(row.record)

    def render_lab(self, row: ReleaseAsOf) -> SafeString:
        return self.link(row.record.lab)

    def render_released(self, row: ReleaseAsOf) -> str:
        return row.record.released_on_label or "not disclosed"

    def render_tested_by(self, row: ReleaseAsOf) -> str:
        return row.tested_by_label

    def render_depth(self, row: ReleaseAsOf) -> str:
        return row.assessment.depth.label

    def render_events(self, row: ReleaseAsOf) -> int:
        return row.record.event_count

    def render_frontier(self, row: ReleaseAsOf) -> str:
        return Frontier(row.record.frontier).label

    def render_release(self, row: ReleaseAsOf) -> str:
        return ReleaseKind(row.record.release).label

    def render_variant_of(self, row: ReleaseAsOf) -> SafeString | str:
        return self.link(row.record.variant_of) if row.record.variant_of else NONE


class EvaluatorTable(RecordTable):
    """Every body that tested models, or was promised that it may."""

    name = SortedColumn("name", verbose_name="Evaluator")
    kind = SortedColumn("kind")
    events = SortedColumn("event_count", style="num", verbose_name="Access events")
    evaluations = SortedColumn("evaluation_count", style="num", verbose_name="Model evaluations")
    labs = SortedColumn(verbose_name="Labs")
    former_names = SortedColumn(verbose_name="Formerly")
    country = SortedColumn("country")
    website = SortedColumn("website")

    caption = "evaluators"
    caption_one = "evaluator"
    default_columns = ("name", "kind", "events", "evaluations", "labs", "former_names", "country")

    class Meta:
        model = Evaluator
        fields = ()
        order_by = ("-events",)
        empty_text = "No evaluator matches. Here would be each body outside a lab that tested its models."

    def known(self, records: Iterable[Evaluator]) -> Iterable[EvaluatorAsOf]:
        return evaluators_as_of(records, self.day)

    def render_name(self, row: EvaluatorAsOf) -> SafeString:
        return self.link(row.record)

    def render_kind(self, row: EvaluatorAsOf) -> str:
        return EvaluatorKind(row.record.kind).label

    def render_events(self, row: EvaluatorAsOf) -> int:
        return row.record.event_count

    def render_evaluations(self, row: EvaluatorAsOf) -> int:
        return row.record.evaluation_count

    def render_labs(self, row: EvaluatorAsOf) -> SafeString | str:
        return self.links(row.labs)

    def render_former_names(self, row: EvaluatorAsOf) -> str:
        return ", ".join(map(str, row.record.former_names.all())) or NONE

    def render_country(self, row: EvaluatorAsOf) -> str:
        return Country(row.record.country).label

    def render_website(self, row: EvaluatorAsOf) -> SafeString | str:
        if not row.record.website:
            return NONE
        return format_html('<a href="{0}" rel="external noopener">{0}</a>', row.record.website)


class SourceTable(RecordTable):
    """Every source and how much rests on it."""

    title = SortedColumn("title", verbose_name="Source", style="wide")
    publisher = SortedColumn("publisher")
    published = SortedColumn("published_on_earliest")
    kind = SortedColumn("kind")
    speaks = SortedColumn("lab__name", "evaluator__name", "kind", verbose_name="Whose word")
    quotes = SortedColumn("quote_count", style="num", verbose_name="Quotes")
    read = SortedColumn("read_on", verbose_name="Read on")
    address = SortedColumn("url")
    archived = SortedColumn("archived_url", verbose_name="Archived copy")

    caption = "sources"
    caption_one = "source"
    default_columns = ("title", "publisher", "published", "kind", "speaks", "quotes")

    class Meta:
        model = Source
        fields = ()
        order_by = ("-published",)
        empty_text = "No source matches. Here would be each public document that a record rests on."

    def render_title(self, row: Source) -> SafeString:
        return self.link(row, row.title)

    def render_publisher(self, row: Source) -> str:
        return row.publisher

    def render_published(self, row: Source) -> str:
        return row.published_on_label or "not dated"

    def render_kind(self, row: Source) -> str:
        return SourceKind(row.kind).label

    def render_speaks(self, row: Source) -> str:
        return row.owner_name

    def render_quotes(self, row: Source) -> int:
        return row.quote_count

    def render_read(self, row: Source) -> str:
        return row.read_on.isoformat()

    def render_address(self, row: Source) -> SafeString:
        return format_html('<a href="{0}" rel="external noopener">{0}</a>', row.url)

    def render_archived(self, row: Source) -> SafeString | str:
        if not row.archived_url:
            return "none recorded"
        return format_html('<a href="{0}" rel="external noopener">{0}</a>', row.archived_url)
