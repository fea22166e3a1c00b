"""The columns of each kind of fact, and the tables. ``labs.web.columns`` says what a column is and how to add one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from labs.choices import (
    ACCESS_ANSWERS,
    Answer,
    Country,
    EvaluatorKind,
    EventLowering,
    Frontier,
    LinkLowering,
    ReadIn,
    ReleaseKind,
    SourceKind,
)
from labs.models import AccessEvent, AIModel, Evaluator, Source
from labs.queries import (
    EvaluatorAsOf,
    EventAsOf,
    ReleaseAsOf,
    SourceAsOf,
    citations_as_of,
    evaluators_as_of,
    events_as_of,
    releases_as_of,
    sources_by_key,
)
from labs.rules.csv_cells import search_line
from labs.rules.depth import Threat
from labs.web.columns import (
    AS_OF,
    NONE,
    Column,
    Field,
    Link,
    Links,
    RecordTable,
    badge,
    changed_at_column,
    citations_column,
    edtf_fields,
    evidence_badge,
    field,
    term_fields,
)


def _evaluators_cell(row: EventAsOf) -> Link:
    names = ", ".join(
        f"{name} ({part.certainty.label})" if part.is_less_certain else name for name, part in row.testers
    )
    return Link(row.record, names or "testers not recorded")


def _activity_cell(row: EventAsOf) -> str:
    """What was done; what was not done is not listed as if it had been."""
    return "; ".join(filter(None, (row.fact.activity.label, row.outcome_words)))


def _released_cell(row: EventAsOf) -> str:
    return row.record.model.released_on_label or "not disclosed" if row.record.model else NONE


def _timing_cell(row: EventAsOf) -> str:
    by_document = " (a document of the launch describes it)" if row.weighed.launch_document else ""
    return f"{row.weighed.timing.label}{by_document}"


def _profile_cell(row: EventAsOf) -> str:
    answered = [
        f"{label}: {row.fact.access[question].label}"
        for question, label in ACCESS_ANSWERS.items()
        if row.fact.access[question] is not Answer.UNKNOWN
    ]
    return "; ".join(answered) or "nothing disclosed"


def _answer(question: str) -> tuple[Field, Field]:
    return term_fields(question, lambda row: row.fact.access[question])


def _lowerings(row: EventAsOf) -> list[str]:
    values = [LinkLowering(part.lowered_to).value for part in row.record.participations.all()]
    return values if any(value != LinkLowering.AS_EVENT for value in values) else []


def _lowering_reasons(row: EventAsOf) -> list[str]:
    reasons = [part.lowered_because for part in row.record.participations.all()]
    return reasons if any(reasons) else []


def _citations_of_record(row: Any) -> list[Any]:
    return citations_as_of(row.record.citations.all(), row.day)


ACCESS_EVENT_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the event in addresses.", fields=(field("key", "record", "key"),)),
    Column(
        name="lab",
        explanation="The lab that let outsiders in, or did not.",
        fields=(field("lab", "record", "lab", "key"), field("lab_name", "record", "lab", "name")),
        cell=lambda row: row.record.lab,
        sort=("lab__name",),
        is_default=True,
    ),
    Column(
        name="model",
        explanation="The release that was tested; empty where no source states it.",
        fields=(field("model", "record", "model", "key"), field("model_name", "record", "model", "name")),
        cell=lambda row: row.record.model or "no single release",
        header="AI model",
        sort=("model__name",),
        is_default=True,
    ),
    Column(
        name="released",
        explanation="When the model came out.",
        fields=edtf_fields("released_on", "record", "model"),
        cell=_released_cell,
        sort=("model__released_on_earliest",),
    ),
    Column(
        name="evaluators",
        explanation="Who was let in, and how sure it is of each.",
        fields=(
            Field("evaluators", lambda row: [part.evaluator.key for part in row.parts]),
            Field("evaluator_names", lambda row: [part.evaluator.name for part in row.parts]),
            Field("evaluator_certainties", lambda row: [part.certainty.value for part in row.parts]),
        ),
        cell=_evaluators_cell,
        sort=("first_evaluator",),
        is_default=True,
    ),
    Column(
        name="activity",
        explanation="What they did with the model.",
        fields=term_fields("activity", lambda row: row.fact.activity),
        cell=_activity_cell,
        sort=("activity",),
        is_default=True,
    ),
    Column(
        name="outcome",
        explanation="Whether it took place.",
        fields=term_fields("outcome", lambda row: row.fact.outcome),
        cell=lambda row: row.fact.outcome,
        sort=("outcome",),
    ),
    Column(
        name="timing",
        explanation="When it was against the release: as sources state it, and by the rules.",
        fields=(
            *term_fields("timing", lambda row: row.fact.timing),
            *term_fields("timing_by_rule", lambda row: row.weighed.timing),
        ),
        cell=_timing_cell,
        sort=("timing",),
        is_default=True,
    ),
    Column(
        name="mode",
        explanation="How the evaluators worked with the model.",
        fields=term_fields("mode", lambda row: row.mode),
        cell=lambda row: row.mode,
        sort=("mode",),
    ),
    Column(
        name="started",
        explanation="When the access began; empty where it is not disclosed.",
        fields=edtf_fields("started_on", "record", only_if="started_label"),
        cell=lambda row: row.started_label or "not disclosed",
        sort=("started_on_earliest",),
    ),
    Column(
        name="ended",
        explanation="When the access ended; empty where it is not disclosed.",
        fields=edtf_fields("ended_on", "record", only_if="ended_label"),
        cell=lambda row: row.ended_label or "not disclosed",
        sort=("ended_on_earliest",),
    ),
    Column(
        name="days",
        explanation="Days of access before the release.",
        fields=(field("access_days", "fact", "access_days"),),
        cell=lambda row: row.fact.access_days or "not disclosed",
        header="Days of access",
        sort=("access_days",),
        style="num",
    ),
    Column(
        name="domains",
        explanation="The risk domains that were tested.",
        fields=(
            Field("domains", lambda row: [domain.value for domain in row.domains]),
            Field("domain_labels", lambda row: [domain.label for domain in row.domains]),
        ),
        cell=lambda row: ", ".join(domain.label for domain in row.domains) or "none named",
        header="Risk domains",
    ),
    Column(
        name="profile",
        explanation="What the evaluators were given: each question of the access profile with its answer.",
        fields=tuple(field for question in ACCESS_ANSWERS for field in _answer(question)),
        cell=_profile_cell,
        header="Access profile",
        style="wide",
    ),
    Column(
        name="mitigations_argued",
        explanation="Whether the lab argued in its safety case that the mitigations left on may be relied on.",
        fields=term_fields("mitigations_argued", lambda row: row.fact.mitigations_argued),
    ),
    Column(
        name="results",
        explanation="What was published of the results.",
        fields=term_fields("results", lambda row: row.fact.results),
        cell=lambda row: row.fact.results,
        sort=("results",),
        is_default=True,
    ),
    Column(
        name="free_to_publish",
        explanation="Whether the evaluators could publish without the lab's approval.",
        fields=term_fields("free_to_publish", lambda row: row.free_to_publish),
        cell=lambda row: row.free_to_publish,
        sort=("free_to_publish",),
    ),
    Column(
        name="certainty",
        explanation="How sure it is that the event took place, and why we lowered that, if we did.",
        fields=(
            *term_fields("certainty", lambda row: row.weighed.certainty),
            field("certainty_lowered_because", "record", "lowered_because"),
        ),
        cell=lambda row: badge(row.weighed.certainty),
        is_default=True,
    ),
    Column(
        name="depth",
        explanation="The depth of access, from its lowest to its highest possible level.",
        fields=(
            Field("depth_low", lambda row: row.weighed.depth.low.value),
            Field("depth_high", lambda row: row.weighed.depth.high.value),
        ),
        cell=lambda row: row.depth_words if row.took_place else NONE,
        header="Depth of access",
        is_default=True,
        style="wide",
    ),
    Column(
        name="counts",
        explanation="Whether the event counts as an outside model evaluation before deployment, and why it may not.",
        fields=(
            Field("counts", lambda row: row.weighed.count.value),
            Field("counts_because", lambda row: [reason.value for reason in row.weighed.reasons]),
        ),
    ),
    Column(
        name="is_distinct",
        explanation="Whether it is an event of its own, though another one may look the same.",
        fields=(field("is_distinct", "record", "is_distinct"),),
    ),
    Column(
        name="sources",
        explanation="The keys of the sources that tell of it.",
        fields=(Field("sources", lambda row: list(dict.fromkeys(each.source.key for each in row.citations))),),
    ),
    Column(
        name="summary",
        explanation="The event in our words.",
        fields=(field("summary", "record", "summary"),),
        cell=lambda row: row.summary or NONE,
        style="wide",
    ),
    AS_OF,
    Column(
        name="evaluator_lowerings",
        explanation="To what we lowered the certainty of each evaluator's part, in their order; empty where of none.",
        fields=(Field("evaluator_lowerings", _lowerings),),
    ),
    Column(
        name="lowered_to",
        explanation="To what we lowered the certainty of the event.",
        fields=(Field("lowered_to", lambda row: EventLowering(row.record.lowered_to).value),),
    ),
    citations_column(lambda row: row.citations),
    changed_at_column("record"),
    Column(
        name="evaluator_lowered_because",
        explanation="Why we lowered the certainty of each evaluator's part, in their order; empty where of none.",
        fields=(Field("evaluator_lowered_because", _lowering_reasons),),
    ),
)


class AccessEventTable(RecordTable):
    """Every occasion on which outsiders got access, or did not."""

    declared = ACCESS_EVENT_COLUMNS
    order = (
        *("evaluators", "lab", "model", "released", "activity", "timing", "depth", "results", "certainty", "outcome"),
        *("started", "ended", "days", "domains", "mode", "free_to_publish", "profile", "summary"),
    )
    caption = "access events"
    caption_one = "access event"

    class Meta:
        model = AccessEvent
        fields = ()
        order_by = ("-released",)
        empty_text = "No access event matches. Here would be each occasion on which outsiders were let in to a model."

    @classmethod
    def as_of(cls, day: dt.date) -> Mapping[str, EventAsOf]:
        return events_as_of(day)


def _evaluators(row: ReleaseAsOf, is_strict: bool) -> list[str]:
    events = row.assessment.strict if is_strict else row.assessment.counted
    return list(dict.fromkeys(part.evaluator for event in events for part in event.event.participations))


def _deep_enough(threat: Threat) -> Column:
    def value(row: ReleaseAsOf) -> str | None:
        adequacy = row.assessment.adequacy(threat)
        return adequacy.answer.value if adequacy else None

    return Column(
        name=f"deep_enough_{threat.value}",
        explanation=f"Whether the tests went deep enough for this threat: {threat.label}. Empty where no event counts.",
        fields=(Field(f"deep_enough_{threat.value}", value),),
    )


def _searches(row: ReleaseAsOf) -> str:
    oldest_first = sorted(row.searches, key=lambda search: (search.searched_on, search.pk))
    return "\n".join(search_line(each.searched_on, each.found, each.where, each.note) for each in oldest_first)


AI_MODEL_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the release in addresses.", fields=(field("key", "record", "key"),)),
    Column(
        name="name",
        explanation="The name of the AI model.",
        fields=(field("name", "record", "name"),),
        cell=lambda row: row.record,
        header="AI model",
        sort=("name",),
        is_default=True,
    ),
    Column(
        name="lab",
        explanation="The lab that released it.",
        fields=(field("lab", "record", "lab", "key"), field("lab_name", "record", "lab", "name")),
        cell=lambda row: row.record.lab,
        sort=("lab__name",),
        is_default=True,
    ),
    Column(
        name="released",
        explanation="When it came out.",
        fields=edtf_fields("released_on", "record"),
        cell=lambda row: row.record.released_on_label or "not disclosed",
        sort=("released_on_earliest",),
        is_default=True,
    ),
    Column(
        name="release",
        explanation="How it came out.",
        fields=term_fields("release", lambda row: ReleaseKind(row.record.release)),
        cell=lambda row: ReleaseKind(row.record.release),
        header="Kind of release",
        sort=("release",),
    ),
    Column(
        name="frontier",
        explanation="Whether it is a frontier model.",
        fields=term_fields("frontier", lambda row: Frontier(row.record.frontier)),
        cell=lambda row: Frontier(row.record.frontier),
        sort=("frontier",),
        is_default=True,
    ),
    Column(
        name="variant_of",
        explanation="The release that it is a variant of; empty where it is none.",
        fields=(field("variant_of", "record", "variant_of", "key"),),
        cell=lambda row: row.record.variant_of,
        header="Variant of",
        sort=("variant_of__name",),
    ),
    Column(
        name="events",
        explanation="How many access events there are for it.",
        fields=(Field("events", lambda row: len(row.events)),),
        cell=lambda row: len(row.events),
        header="Access events",
        sort=("event_count",),
        is_default=True,
        style="num",
    ),
    Column(
        name="tested_by",
        explanation="Whether outsiders evaluated it before deployment, and who: surely (low) and possibly (high).",
        fields=(
            Field("evaluated_low", lambda row: int(bool(row.assessment.strict))),
            Field("evaluated_high", lambda row: int(bool(row.assessment.counted))),
            Field("evaluators_low", lambda row: _evaluators(row, True)),
            Field("evaluators_high", lambda row: _evaluators(row, False)),
        ),
        cell=lambda row: row.tested_by_label or NONE,
        header="Tested before release by",
        is_default=True,
        style="wide",
    ),
    Column(
        name="depth",
        explanation="The deepest access of its evaluators, from its lowest to its highest possible level.",
        fields=(
            Field("depth_low", lambda row: row.assessment.depth.low.value),
            Field("depth_high", lambda row: row.assessment.depth.high.value),
        ),
        cell=lambda row: row.depth_words or NONE,
        header="Depth of access",
        is_default=True,
        style="wide",
    ),
    Column(
        name="deeper_than_users",
        explanation="Whether its evaluators got deeper access than users; empty where no evaluation is confirmed.",
        fields=(field("deeper_than_users", "assessment", "deeper", "value"),),
    ),
    *map(_deep_enough, Threat),
    AS_OF,
    Column(
        name="searches",
        explanation="Our searches for its access events up to the day, one in each line: what they found, and where.",
        fields=(Field("searches", _searches),),
    ),
    citations_column(_citations_of_record),
    changed_at_column("record"),
    Column(
        name="evidence",
        explanation="What its own access events show of outside model evaluation, whether or not it counts in figures.",
        fields=term_fields("evidence", lambda row: row.evidence.word),
        cell=lambda row: evidence_badge(row.evidence.word),
        header="Tested by outsiders?",
        is_default=True,
    ),
    Column(
        name="other_names",
        explanation="Its other and former names.",
        fields=(Field("other_names", lambda row: [other.name for other in row.record.other_names.all()]),),
    ),
)


class AIModelTable(RecordTable):
    """Every release, with who tested it before it came out."""

    declared = AI_MODEL_COLUMNS
    order = ("name", "lab", "released", "evidence", "tested_by", "depth", "events", "frontier", "release", "variant_of")
    caption = "releases"
    caption_one = "release"

    class Meta:
        model = AIModel
        fields = ()
        order_by = ("-released",)
        empty_text = (
            "No release matches. Here would be each release of an AI model with who tested it before it came out."
        )

    @classmethod
    def as_of(cls, day: dt.date) -> Mapping[str, ReleaseAsOf]:
        return releases_as_of(day)


def _address(url: str) -> SafeString:
    """A link to a page of another site."""
    return format_html('<a href="{0}" rel="external noopener">{0}</a>', url)


EVALUATOR_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the evaluator in addresses.", fields=(field("key", "record", "key"),)),
    Column(
        name="name",
        explanation="The name of the evaluator today.",
        fields=(field("name", "record", "name"),),
        cell=lambda row: row.record,
        header="Evaluator",
        sort=("name",),
        is_default=True,
    ),
    Column(
        name="former_names",
        explanation="Its earlier names, and when it used them.",
        fields=(
            Field("former_names", lambda row: [former.name for former in row.record.former_names.all()]),
            Field("former_names_used", lambda row: [former.used for former in row.record.former_names.all()]),
        ),
        cell=lambda row: ", ".join(map(str, row.record.former_names.all())) or NONE,
        header="Formerly",
        is_default=True,
    ),
    Column(
        name="kind",
        explanation="What kind of body it is.",
        fields=term_fields("kind", lambda row: EvaluatorKind(row.record.kind)),
        cell=lambda row: EvaluatorKind(row.record.kind),
        sort=("kind",),
        is_default=True,
    ),
    Column(
        name="country",
        explanation="Where it is.",
        fields=term_fields("country", lambda row: Country(row.record.country)),
        cell=lambda row: Country(row.record.country),
        sort=("country",),
        is_default=True,
    ),
    Column(
        name="website",
        explanation="The address of its site.",
        fields=(field("website", "record", "website"),),
        cell=lambda row: _address(row.record.website) if row.record.website else NONE,
        sort=("website",),
    ),
    Column(
        name="lab",
        explanation="The lab that it is, where it is one.",
        fields=(field("lab", "record", "lab", "key"),),
    ),
    Column(
        name="events",
        explanation="How many access events it took part in.",
        fields=(field("events", "event_count"),),
        cell=lambda row: row.event_count,
        header="Access events",
        sort=("event_count",),
        is_default=True,
        style="num",
    ),
    Column(
        name="evaluations",
        explanation="How many of these are model evaluations.",
        fields=(field("model_evaluations", "evaluation_count"),),
        cell=lambda row: row.evaluation_count,
        header="Model evaluations",
        sort=("evaluation_count",),
        is_default=True,
        style="num",
    ),
    Column(
        name="labs",
        explanation="The labs whose models it tested.",
        fields=(Field("labs_tested", lambda row: [lab.key for lab in row.labs]),),
        cell=lambda row: Links(row.labs),
        is_default=True,
    ),
    Column(
        name="note",
        explanation="Its standing arrangements with labs, in our words.",
        fields=(field("standing_arrangements", "note"),),
    ),
    AS_OF,
    citations_column(_citations_of_record),
    changed_at_column("record"),
)


class EvaluatorTable(RecordTable):
    """Every organisation that tested models, or was promised that it may."""

    declared = EVALUATOR_COLUMNS
    order = ("name", "kind", "events", "evaluations", "labs", "former_names", "country", "website")
    caption = "evaluators"
    caption_one = "evaluator"

    class Meta:
        model = Evaluator
        fields = ()
        order_by = ("-events",)
        empty_text = "No evaluator matches. Here would be each body outside a lab that tested its models."

    @classmethod
    def as_of(cls, day: dt.date) -> Mapping[str, EvaluatorAsOf]:
        return evaluators_as_of(day)


SOURCE_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the source in addresses.", fields=(field("key", "record", "key"),)),
    Column(
        name="title",
        explanation="The title of the document.",
        fields=(field("title", "record", "title"),),
        cell=lambda source: Link(source.record, source.record.title),
        header="Source",
        sort=("title",),
        is_default=True,
        style="wide",
    ),
    Column(
        name="publisher",
        explanation="Who published it.",
        fields=(field("publisher", "record", "publisher"),),
        cell=lambda source: source.record.publisher,
        sort=("publisher",),
        is_default=True,
    ),
    Column(
        name="address",
        explanation="Where the document is.",
        fields=(field("url", "record", "url"),),
        cell=lambda source: _address(source.record.url),
        sort=("url",),
    ),
    Column(
        name="archived",
        explanation="Where an archived copy of it is.",
        fields=(field("archived_url", "record", "archived_url"),),
        cell=lambda source: _address(source.record.archived_url) if source.record.archived_url else "none recorded",
        header="Archived copy",
        sort=("archived_url",),
    ),
    Column(
        name="published",
        explanation="When it was published.",
        fields=edtf_fields("published_on", "record"),
        cell=lambda source: source.record.published_on_label or "not dated",
        sort=("published_on_earliest",),
        is_default=True,
    ),
    Column(
        name="read",
        explanation="When we last read it.",
        fields=(field("read_on", "record", "read_on"),),
        cell=lambda source: source.record.read_on.isoformat(),
        header="Read on",
        sort=("read_on",),
    ),
    Column(
        name="kind",
        explanation="What kind of document it is.",
        fields=term_fields("kind", lambda source: SourceKind(source.record.kind)),
        cell=lambda source: SourceKind(source.record.kind),
        sort=("kind",),
        is_default=True,
    ),
    Column(
        name="speaks",
        explanation="Whose word it is: of a lab, of an evaluator, or of somebody else.",
        fields=(
            field("lab", "record", "lab", "key"),
            field("evaluator", "record", "evaluator", "key"),
            *term_fields("owner", lambda source: source.record.owner),
        ),
        cell=lambda source: source.record.owner_name,
        header="Whose word",
        sort=("lab__name", "evaluator__name", "kind"),
        is_default=True,
    ),
    Column(
        name="quotes",
        explanation="How many quotes of our records are from it.",
        fields=(field("quotes", "quote_count"),),
        cell=lambda source: source.quote_count,
        sort=("quote_count",),
        is_default=True,
        style="num",
    ),
    changed_at_column("record"),
    Column(
        name="read_in",
        explanation="In what form we read it: as published, in a copy, or as quoted by somebody else.",
        fields=term_fields("read_in", lambda source: ReadIn(source.record.read_in)),
    ),
    Column(
        name="edition",
        explanation="Which edition of the text it is, where two sources have one address.",
        fields=(field("edition", "record", "edition"),),
    ),
)


class SourceTable(RecordTable):
    """Every source, and how many quotes are from it."""

    declared = SOURCE_COLUMNS
    order = ("title", "publisher", "published", "kind", "speaks", "quotes", "read", "address", "archived")
    caption = "sources"
    caption_one = "source"

    class Meta:
        model = Source
        fields = ()
        order_by = ("-published",)
        empty_text = "No source matches. Here would be each public document that we quote."

    @classmethod
    def as_of(cls, _day: dt.date) -> Mapping[str, SourceAsOf]:
        return sources_by_key()


LAB_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the lab in addresses.", fields=(field("key"),)),
    Column(name="name", explanation="The name of the lab.", fields=(field("name"),)),
    Column(
        name="country",
        explanation="Where the lab is.",
        fields=term_fields("country", lambda lab: Country(lab.country)),
    ),
    Column(name="website", explanation="The address of its site.", fields=(field("website"),)),
    Column(
        name="other_names",
        explanation="Its other names.",
        fields=(Field("other_names", lambda lab: [other.name for other in lab.other_names.all()]),),
    ),
    changed_at_column(),
    Column(
        name="complete_to",
        explanation="Its releases up to this day have been entered; empty: the day of the newest edition.",
        fields=(field("complete_to"),),
    ),
)
"""What is recorded about a lab itself. Its figures are in the table of scorecards."""

STATEMENT_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the statement in addresses.", fields=(field("key"),)),
    Column(name="text", explanation="The statement in our words.", fields=(field("text"),)),
    Column(name="about", explanation="Its topic.", fields=(field("about"),)),
    Column(
        name="source", explanation="The key of the source that says so.", fields=(field("source", "source", "key"),)
    ),
    Column(name="quote", explanation="The words of the source.", fields=(field("quote"),)),
    Column(
        name="related_events",
        explanation="The keys of the access events that bear on it.",
        fields=(Field("related_events", lambda row: [event.key for event in row.related_events.all()]),),
    ),
    changed_at_column(),
)
"""What the source of a statement says, and what bears on it."""
