"""The columns of each kind of fact, and the tables. ``labs.web.columns`` says what a column is and how to add one."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Certainty,
    Country,
    Domain,
    EvaluatorKind,
    EventLowering,
    Evidence,
    Found,
    Frontier,
    LinkLowering,
    Mode,
    Outcome,
    Owner,
    ReadIn,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.models import AccessEvent, AIModel, Evaluator, Source
from labs.queries import (
    EventAsOf,
    ReleaseAsOf,
    citations_as_of,
)
from labs.queries.kept import records
from labs.queries.plain_rows import Stored
from labs.rules.access import Count, Reason
from labs.rules.csv_cells import search_line
from labs.rules.depth import Deeper, Sufficiency, Threat
from labs.rules.glossary import Word
from labs.rules.order import people_order
from labs.web.columns import (
    AS_OF,
    NONE,
    Coded,
    Column,
    Field,
    FieldType,
    Link,
    Links,
    RecordTable,
    Relation,
    badge,
    changed_at_column,
    citations_column,
    count_field,
    edtf_fields,
    evidence_badge,
    field,
    joined,
    key_field,
    name_field,
    name_order,
    named_reference,
    path_reader,
    reference,
    sources_column,
    term_fields,
    term_order,
    yes_no_field,
)


def _evaluators_cell(row: EventAsOf) -> Link:
    names = ", ".join(
        f"{name} ({part.certainty.label})" if part.is_less_certain else name for name, part in row.testers
    )
    return Link(row.record, names or "testers not recorded")


def _activity_cell(row: EventAsOf) -> Coded:
    """What was done; what was not done is not listed as if it had been."""
    return Coded(row.fact.activity, after=f"; {row.outcome_words}" if row.outcome_words else "")


def _released_cell(row: EventAsOf) -> str | Word:
    return row.record.model.released_on_label or Word.NOT_DISCLOSED if row.record.model else NONE


def _when_cell(row: EventAsOf) -> Coded:
    """When it was against the release, and on which days as far as sources state them."""
    by_document = " (a document of the launch describes it)" if row.weighed.launch_document else ""
    first, last = row.started_label, row.ended_label
    days = first if first == last else " to ".join(filter(None, (first or "an undisclosed day", last)))
    return Coded(row.weighed.timing, after=f"{by_document}{f'; {days}' if first or last else ''}")


def _whose_cell(source: Any) -> str | Owner:
    """Whose word a source is: a lab or an evaluator by name, anybody else by the coded word."""
    record = source.record
    return record.owner_name if record.lab or record.evaluator else record.owner


def _profile_cell(row: EventAsOf) -> str:
    answered = [
        f"{label}: {row.fact.access[question].label}"
        for question, label in ACCESS_ANSWERS.items()
        if row.fact.access[question] is not Answer.UNKNOWN
    ]
    return "; ".join(answered) or "nothing disclosed"


def _answer(question: str) -> tuple[Field, Field]:
    label = ACCESS_ANSWERS[question]
    return term_fields(
        question, lambda row: row.fact.access[question], Answer, f"Whether it was so for the evaluators: {label}."
    )


def _lowerings(row: EventAsOf) -> list[str]:
    values = [LinkLowering(part.lowered_to).value for part in row.record.participations.all()]
    return values if any(value != LinkLowering.AS_EVENT for value in values) else []


def _lowering_reasons(row: EventAsOf) -> list[str]:
    reasons = [part.lowered_because for part in row.record.participations.all()]
    return reasons if any(reasons) else []


def _citations_of_record(row: Any) -> list[Any]:
    return citations_as_of(row.record.citations.all(), row.day)


def released_fields(*path: str) -> tuple[Field, ...]:
    """When the release of a row came out."""
    return edtf_fields("released_on", *path, description="When the release came out.")


def depth_fields(depth: Callable[[Any], Any]) -> tuple[Field, Field]:
    """The depth of access as two levels, which the methodology explains (section 5)."""
    meaning = "depth of access before deployment, a level from 0 (none) to 5 (the weights)."
    return (
        count_field("depth_level_low", f"The lowest possible {meaning}", lambda row: depth(row).low.value),
        count_field("depth_level_high", f"The highest possible {meaning}", lambda row: depth(row).high.value),
    )


def counted_fields(
    count: Callable[[Any], Count | None], reasons: Callable[[Any], Iterable[Reason] | None]
) -> tuple[Field, ...]:
    """In which figures an event counts, and why not in all."""

    def names(row: Any) -> str | None:
        found = reasons(row)
        return None if found is None else joined(reason.label for reason in found)

    return (
        *term_fields("counts", count, Count, "In which figures the event counts as an outside model evaluation."),
        Field("counts_because", names, "Why the event does not count, or only in the high figure, in words."),
    )


def counted_relation(reasons: Callable[[Any], Iterable[Reason]]) -> Relation:
    """Why an event does not count, or only in the high figure."""
    why = "A reason why the event does not count, or only in the high figure."
    fields = term_fields("reason_not_counted", lambda reason: reason, Reason, why)
    return Relation("reasons_not_counted", "Why the event does not count, or only in the high figure.", reasons, fields)


def _evaluator_names(row: EventAsOf) -> str:
    return joined(evaluator.name for evaluator in row.evaluators)


def _summary(row: EventAsOf) -> str:
    """As it stands in the record, on each day on which the page shows one."""
    return row.record.summary if row.is_known_in_full else ""


EVALUATORS = "evaluators"


def _parts(row: EventAsOf) -> list[tuple[Any, Any]]:
    return list(zip(row.parts, row.record.participations.all(), strict=True))


_PARTICIPATION = (
    Field(
        "evaluator",
        lambda pair: pair[0].evaluator.key,
        "The evaluator that the row is about: its key.",
        refers_to=EVALUATORS,
    ),
    Field("evaluator_name", lambda pair: pair[0].evaluator.name, "The name of the evaluator."),
    *term_fields("certainty", lambda pair: pair[0].certainty, Certainty, "How sure it is."),
    *term_fields(
        "part_lowered_to",
        lambda pair: LinkLowering(pair[1].lowered_to),
        LinkLowering,
        "To what we lowered the certainty of the evaluator's part.",
    ),
    Field(
        "part_lowered_because",
        lambda pair: pair[1].lowered_because,
        "Why we lowered the certainty of the evaluator's part.",
    ),
)


def _domain_count(row: EventAsOf) -> int:
    return len(row.domains)


def _domain_names(row: EventAsOf) -> str:
    return joined(domain.label for domain in row.domains)


_DOMAIN = term_fields("domain", lambda domain: domain, Domain, "A risk domain that was tested.")


def _domains_in(stored: str) -> list[Domain]:
    """The risk domains of an event, in their usual order, from the text that the database has of them."""
    return [Domain(value) for value in stored.split()]


def country_fields(*path: str) -> tuple[Field, ...]:
    """Where a lab or an evaluator is."""
    read = path_reader(*path, "country")
    return term_fields(
        "country", lambda row: Country(read(row)), Country, "Where it is: the country's code (ISO 3166-1)."
    )


def website_field(*path: str) -> Field:
    """The site of a lab or an evaluator."""
    return field("website", *path, description="The address of its site.")


def also_known_as_field(*path: str) -> Field:
    """The other names of a record, for people."""
    names = path_reader(*path, "other_names")
    return Field(
        "also_known_as", lambda row: joined(other.name for other in names(row).all()), "Its other names, for people."
    )


def other_names_relation(*path: str) -> Relation:
    """The other names of a record, each by itself."""
    names = path_reader(*path, "other_names")
    fields = (field("other_name", "name", description="Another name of the record."),)
    return Relation("other_names", "Its other and former names.", lambda row: names(row).all(), fields)


STARTED = "When the access began, as far as disclosed."
ENDED = "When it ended, as far as was known on the day."

ACCESS_EVENT_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the event in addresses.", fields=(key_field("record", "key"),)),
    Column(
        name="lab",
        explanation="The lab that let outsiders in, or did not.",
        fields=named_reference("lab", "record", "lab"),
        cell=lambda row: row.record.lab,
        sort=lambda row: name_order(row.record.lab.name),
        is_default=True,
    ),
    Column(
        name="model",
        explanation="The release that was tested; empty where no source states it.",
        fields=named_reference("model", "record", "model"),
        cell=lambda row: row.record.model or "no single release",
        header="AI model",
        sort=lambda row: name_order(row.record.model.name) if row.record.model else None,
        is_default=True,
    ),
    Column(
        name="released",
        explanation="When the model came out.",
        fields=released_fields("record", "model"),
        cell=_released_cell,
        sort=path_reader("record", "model", "released_on_earliest"),
    ),
    Column(
        name="evaluators",
        explanation="Who was let in, and how sure it is of each.",
        fields=(
            count_field("evaluator_count", "How many evaluators took part.", lambda row: len(row.evaluators)),
            Field("evaluator_names", _evaluator_names, "The evaluators that took part, for people."),
        ),
        relation=Relation("evaluators", "Who was let in, and how sure it is of each.", _parts, _PARTICIPATION),
        packed=(
            Field("evaluators", lambda row: [part.evaluator.key for part in row.parts]),
            Field("evaluator_names", lambda row: [part.evaluator.name for part in row.parts]),
            Field("evaluator_certainties", lambda row: [part.certainty.value for part in row.parts]),
            Field("evaluator_lowerings", _lowerings),
            Field("evaluator_lowered_because", _lowering_reasons),
        ),
        cell=_evaluators_cell,
        sort=lambda row: min((people_order(part.evaluator.name) for part in row.parts), default=None),
        is_default=True,
    ),
    Column(
        name="activity",
        explanation="What they did with the model.",
        fields=term_fields("activity", lambda row: row.fact.activity, Activity, "What they did with the model."),
        cell=_activity_cell,
        sort=lambda row: term_order(row.fact.activity),
        is_default=True,
    ),
    Column(
        name="outcome",
        explanation="Whether it took place.",
        fields=term_fields("outcome", lambda row: row.fact.outcome, Outcome, "Whether the access took place."),
        cell=lambda row: row.fact.outcome,
        sort=lambda row: term_order(row.fact.outcome),
    ),
    Column(
        name="timing",
        explanation="When it was against the release: as sources state it, and by the rules.",
        fields=(
            *term_fields(
                "timing", lambda row: row.fact.timing, Timing, "When it was against the release, as sources state it."
            ),
            *term_fields(
                "timing_by_rule",
                lambda row: row.weighed.timing,
                Timing,
                "When it was against the release, by the rules of the methodology.",
            ),
        ),
        cell=_when_cell,
        header="When",
        sort=lambda row: term_order(row.fact.timing),
        is_default=True,
    ),
    Column(
        name="mode",
        explanation="How the evaluators worked with the model.",
        fields=term_fields("mode", lambda row: row.mode, Mode, "How the evaluators worked with the model."),
        cell=lambda row: row.mode,
        sort=lambda row: term_order(row.mode),
    ),
    Column(
        name="started",
        explanation="When the access began; empty where it is not disclosed.",
        fields=edtf_fields("started_on", "record", description=STARTED, only_if="started_label"),
        cell=lambda row: row.started_label or Word.NOT_DISCLOSED,
        sort=lambda row: row.record.started_on_earliest if row.started_label else None,
    ),
    Column(
        name="ended",
        explanation="When the access ended; empty where it is not disclosed.",
        fields=edtf_fields("ended_on", "record", description=ENDED, only_if="ended_label"),
        cell=lambda row: row.ended_label or Word.NOT_DISCLOSED,
        sort=lambda row: row.record.ended_on_earliest if row.ended_label else None,
    ),
    Column(
        name="days",
        explanation="Days of access before the release.",
        fields=(
            field(
                "access_days",
                "fact",
                "access_days",
                description="Days of access before the release.",
                type=FieldType.INTEGER,
            ),
        ),
        cell=lambda row: row.fact.access_days or Word.NOT_DISCLOSED,
        header="Days of access",
        sort=lambda row: row.fact.access_days,
        style="num",
    ),
    Column(
        name="domains",
        explanation="The risk domains that were tested.",
        fields=(
            count_field(
                "domain_count", "How many risk domains were tested, of those that we tell apart.", _domain_count
            ),
            Field("domain_names", _domain_names, "The risk domains that were tested, for people."),
        ),
        relation=Relation(
            "domains",
            "The risk domains that were tested.",
            lambda row: row.domains,
            _DOMAIN,
        ),
        packed=(
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
        fields=term_fields(
            "mitigations_argued",
            lambda row: row.fact.mitigations_argued,
            Answer,
            "Whether the lab argued in its safety case that the mitigations left on may be relied on.",
        ),
    ),
    Column(
        name="results",
        explanation="What was published of the results.",
        fields=term_fields("results", lambda row: row.fact.results, Results, "What was published of the results."),
        cell=lambda row: row.fact.results,
        sort=lambda row: term_order(row.fact.results),
        is_default=True,
    ),
    Column(
        name="free_to_publish",
        explanation="Whether the evaluators could publish without the lab's approval.",
        fields=term_fields(
            "free_to_publish",
            lambda row: row.free_to_publish,
            Answer,
            "Whether the evaluators could publish without the lab's approval.",
        ),
        cell=lambda row: row.free_to_publish,
        sort=lambda row: term_order(row.free_to_publish),
    ),
    Column(
        name="certainty",
        explanation="How sure it is that the event took place, and why we lowered that, if we did.",
        fields=(
            *term_fields("certainty", lambda row: row.weighed.certainty, Certainty, "How sure it is."),
            field(
                "certainty_lowered_because",
                "record",
                "lowered_because",
                description="Why we lowered the certainty of the event; empty where we did not.",
                desk="lowered_because",
            ),
        ),
        cell=lambda row: badge(row.weighed.certainty),
        is_default=True,
    ),
    Column(
        name="depth",
        explanation="The depth of access, from its lowest to its highest possible level.",
        fields=depth_fields(lambda row: row.weighed.depth),
        cell=lambda row: Coded(row.depth_word, row.depth_words) if row.took_place else NONE,
        header="Depth of access",
        is_default=True,
    ),
    Column(
        name="counts",
        explanation="Whether the event counts as an outside model evaluation before deployment, and why it may not.",
        fields=counted_fields(lambda row: row.weighed.count, lambda row: row.weighed.reasons),
        relation=counted_relation(lambda row: row.weighed.reasons),
    ),
    Column(
        name="is_distinct",
        explanation="Whether it is an event of its own, though another one may look the same.",
        fields=(
            yes_no_field(
                "is_distinct",
                "Whether it is an event of its own, though another one may look the same.",
                lambda row: row.record.is_distinct,
            ),
        ),
    ),
    sources_column(),
    Column(
        name="summary",
        explanation="The event in our words.",
        fields=(
            Field(
                "summary",
                _summary,
                "The event in our words; empty on a day on which some of its sources had yet to come out.",
            ),
        ),
        cell=lambda row: row.summary or NONE,
        style="wide",
    ),
    AS_OF,
    Column(
        name="lowered_to",
        explanation="To what we lowered the certainty of the event.",
        fields=term_fields(
            "lowered_to",
            lambda row: EventLowering(row.record.lowered_to),
            EventLowering,
            "To what we lowered the certainty of the event.",
        ),
    ),
    citations_column(lambda row: row.citations),
    changed_at_column("record"),
)


class AccessEventTable(RecordTable):
    """Every occasion on which outsiders got access, or did not."""

    declared = ACCESS_EVENT_COLUMNS
    order = (
        *("evaluators", "lab", "model", "released", "activity", "timing", "depth", "results", "certainty", "outcome"),
        *("started", "ended", "days", "domains", "mode", "free_to_publish", "profile", "summary"),
    )
    stored = {
        "domain_count": Stored(column="domains", words=lambda text: len(_domains_in(text))),
        "domain_names": Stored(column="domains", words=lambda text: joined(each.label for each in _domains_in(text))),
        "domains": Stored(column="domains", words=_domains_in),
    }
    caption = "access events"
    caption_one = "access event"

    class Meta:
        model = AccessEvent
        fields = ()
        order_by = ("-released",)
        empty_text = "No access event matches. Here would be each occasion on which outsiders were let in to a model."


def _evaluators(row: ReleaseAsOf, is_strict: bool) -> list[str]:
    events = row.assessment.strict if is_strict else row.assessment.counted
    return list(dict.fromkeys(part.evaluator for event in events for part in event.event.participations))


def _testers(row: ReleaseAsOf) -> list[tuple[str, bool]]:
    """The evaluators of its counted tests, and whether that is sure of each."""
    surely = _evaluators(row, True)
    return [(key, key in surely) for key in _evaluators(row, False)]


def _tester_count(is_strict: bool) -> Callable[[ReleaseAsOf], int]:
    return lambda row: len(_evaluators(row, is_strict))


def _evaluator_name(key: str) -> str:
    return records()[Evaluator].by_key[key].name


def _tester_names(row: ReleaseAsOf) -> str:
    return joined(f"{_evaluator_name(key)}{'' if is_sure else ' (possibly)'}" for key, is_sure in _testers(row))


def _deep_enough(threat: Threat) -> Column:
    def answer(row: ReleaseAsOf) -> Sufficiency | None:
        adequacy = row.assessment.adequacy(threat)
        return adequacy.answer if adequacy else None

    name = f"deep_enough_{threat.value}"
    explanation = f"Whether the tests went deep enough for this threat: {threat.label}. Empty where no event counts."
    return Column(name=name, explanation=explanation, fields=term_fields(name, answer, Sufficiency, explanation))


def _searches(row: ReleaseAsOf) -> str:
    oldest_first = sorted(row.searches, key=lambda search: (search.searched_on, search.pk))
    return "\n".join(search_line(each.searched_on, each.found, each.where, each.note) for each in oldest_first)


EVENT_COUNT = "How many access events there are of it."
EVENTS = Relation(
    "events",
    "Its access events.",
    lambda row: row.events,
    (
        reference("event", "key"),
        field("event_title", "title", description="The access event in a line."),
        *term_fields(
            "counts",
            lambda event: event.weighed.count,
            Count,
            "In which figures the event counts as an outside model evaluation.",
        ),
    ),
)

AI_MODEL_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the release in addresses.", fields=(key_field("record", "key"),)),
    Column(
        name="name",
        explanation="The name of the AI model.",
        fields=(name_field("record", "name"),),
        cell=lambda row: row.record,
        header="AI model",
        sort=lambda row: name_order(row.record.name),
        is_default=True,
    ),
    Column(
        name="lab",
        explanation="The lab that released it.",
        fields=named_reference("lab", "record", "lab"),
        cell=lambda row: row.record.lab,
        sort=lambda row: name_order(row.record.lab.name),
        is_default=True,
    ),
    Column(
        name="released",
        explanation="When it came out.",
        fields=released_fields("record"),
        cell=lambda row: row.record.released_on_label or Word.NOT_DISCLOSED,
        sort=lambda row: row.record.released_on_earliest,
        is_default=True,
    ),
    Column(
        name="release",
        explanation="How it came out.",
        fields=term_fields("release", lambda row: ReleaseKind(row.record.release), ReleaseKind, "How it came out."),
        cell=lambda row: ReleaseKind(row.record.release),
        header="Kind of release",
        sort=lambda row: term_order(ReleaseKind(row.record.release)),
    ),
    Column(
        name="frontier",
        explanation="Whether it is a frontier model.",
        fields=term_fields(
            "frontier", lambda row: Frontier(row.record.frontier), Frontier, "Whether it is a frontier model."
        ),
        cell=lambda row: Frontier(row.record.frontier),
        sort=lambda row: term_order(Frontier(row.record.frontier)),
        is_default=True,
    ),
    Column(
        name="variant_of",
        explanation="The release that it is a variant of; empty where it is none.",
        fields=(
            reference(
                "variant_of",
                "record",
                "variant_of",
                "key",
                description="The release that it is a variant of: its key; empty where it is none.",
                to="models",
            ),
        ),
        cell=lambda row: row.record.variant_of,
        header="Variant of",
        sort=lambda row: name_order(row.record.variant_of.name) if row.record.variant_of else None,
    ),
    Column(
        name="events",
        explanation="How many access events there are for it.",
        fields=(count_field("event_count", EVENT_COUNT, lambda row: len(row.events)),),
        relation=EVENTS,
        cell=lambda row: len(row.events),
        header="Access events",
        sort=lambda row: len(row.events),
        is_default=True,
        style="num",
    ),
    Column(
        name="tested_by",
        explanation="Whether outsiders evaluated it before deployment, and who: surely (low) and possibly (high).",
        fields=(
            yes_no_field(
                "is_surely_evaluated",
                "Whether a test by outsiders before deployment counts in the low figure.",
                lambda row: bool(row.assessment.strict),
            ),
            yes_no_field(
                "is_possibly_evaluated",
                "Whether a test by outsiders before deployment counts in the high figure.",
                lambda row: bool(row.assessment.counted),
            ),
            count_field(
                "tester_count_low", "How many evaluators surely tested it before deployment.", _tester_count(True)
            ),
            count_field(
                "tester_count_high",
                "How many evaluators surely or possibly tested it before deployment.",
                _tester_count(False),
            ),
            Field("tester_names", _tester_names, "Who surely or possibly tested it before deployment, for people."),
        ),
        relation=Relation(
            "testers",
            "Who surely or possibly tested it before deployment.",
            _testers,
            (
                Field(
                    "evaluator",
                    lambda tester: tester[0],
                    "The evaluator that the row is about: its key.",
                    refers_to=EVALUATORS,
                ),
                Field("evaluator_name", lambda tester: _evaluator_name(tester[0]), "The name of the evaluator."),
                yes_no_field(
                    "is_sure",
                    "Whether it counts in the low figure too, and not in the high one alone.",
                    lambda tester: tester[1],
                ),
            ),
        ),
        cell=lambda row: row.tested_by_label or NONE,
        header="Tested before release by",
        is_default=True,
    ),
    Column(
        name="depth",
        explanation="The deepest access of its evaluators, from its lowest to its highest possible level.",
        fields=depth_fields(lambda row: row.assessment.depth),
        cell=lambda row: Coded(row.depth_word, row.depth_words) if row.depth_words else NONE,
        header="Depth of access",
        is_default=True,
    ),
    Column(
        name="deeper_than_users",
        explanation="Whether its evaluators got deeper access than users; empty where no evaluation is confirmed.",
        fields=term_fields(
            "deeper_than_users",
            lambda row: row.assessment.deeper,
            Deeper,
            "Whether its evaluators got deeper access than users; empty where no evaluation is confirmed.",
        ),
    ),
    *map(_deep_enough, Threat),
    AS_OF,
    Column(
        name="searches",
        explanation="Our searches for its access events up to the day, one in each line: what they found, and where.",
        fields=(
            count_field("search_count", "How often we searched for its access events.", lambda row: len(row.searches)),
        ),
        relation=Relation(
            "searches",
            "Our searches for its access events up to the day.",
            lambda row: sorted(row.searches, key=lambda search: (search.searched_on, search.pk)),
            (
                field("searched_on", description="The day on which we searched.", type=FieldType.DATE),
                *term_fields("found", lambda search: Found(search.found), Found, "Whether the search found anything."),
                field("searched_where", "where", description="Where we searched."),
                field("search_note", "note", description="Our note on the search."),
            ),
        ),
        packed=(Field("searches", _searches),),
    ),
    citations_column(_citations_of_record),
    changed_at_column("record"),
    Column(
        name="evidence",
        explanation="What its own access events show of outside model evaluation, whether or not it counts in figures.",
        fields=term_fields(
            "evidence",
            lambda row: row.evidence.word,
            Evidence,
            "What its own access events show of outside model evaluation, whether or not it counts in figures.",
        ),
        cell=lambda row: evidence_badge(row.evidence.word),
        header="Tested by outsiders?",
        is_default=True,
    ),
    Column(
        name="other_names",
        explanation="Its other and former names.",
        fields=(also_known_as_field("record"),),
        relation=other_names_relation("record"),
        packed=(Field("other_names", lambda row: [other.name for other in row.record.other_names.all()]),),
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


def _address(url: str) -> SafeString:
    """A link to a page of another site."""
    return format_html('<a href="{0}" rel="external noopener">{0}</a>', url)


EVALUATOR_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the evaluator in addresses.", fields=(key_field("record", "key"),)),
    Column(
        name="name",
        explanation="The name of the evaluator today.",
        fields=(name_field("record", "name"),),
        cell=lambda row: row.record,
        header="Evaluator",
        sort=lambda row: name_order(row.record.name),
        is_default=True,
    ),
    Column(
        name="former_names",
        explanation="Its earlier names, and when it used them.",
        fields=(
            Field(
                "formerly_known_as",
                lambda row: joined(row.record.former_names.all()),
                "Its earlier names and when it used them, for people.",
            ),
        ),
        relation=Relation(
            "former_names",
            "Its earlier names.",
            lambda row: row.record.former_names.all(),
            (
                field("former_name", "name", description="An earlier name of the record."),
                field("former_name_used", "used", description="When it used the earlier name, in words."),
            ),
        ),
        packed=(
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
        fields=term_fields(
            "evaluator_kind",
            lambda row: EvaluatorKind(row.record.kind),
            EvaluatorKind,
            "What kind of body the evaluator is.",
            desk="kind",
        ),
        cell=lambda row: EvaluatorKind(row.record.kind),
        sort=lambda row: term_order(EvaluatorKind(row.record.kind)),
        is_default=True,
    ),
    Column(
        name="country",
        explanation="Where it is.",
        fields=country_fields("record"),
        cell=lambda row: Country(row.record.country),
        sort=lambda row: name_order(Country(row.record.country).label),
        is_default=True,
    ),
    Column(
        name="website",
        explanation="The address of its site.",
        fields=(website_field("record", "website"),),
        cell=lambda row: _address(row.record.website) if row.record.website else NONE,
        sort=lambda row: name_order(row.record.website),
    ),
    Column(
        name="lab",
        explanation="The lab that it is, where it is one.",
        fields=(
            reference(
                "same_as_lab",
                "record",
                "lab",
                "key",
                description="The lab that the evaluator is, where it is one: its key.",
                to="labs",
                desk="lab",
            ),
        ),
    ),
    Column(
        name="events",
        explanation="How many access events it took part in.",
        fields=(count_field("event_count", EVENT_COUNT, lambda row: row.event_count),),
        relation=EVENTS,
        cell=lambda row: row.event_count,
        header="Access events",
        sort=lambda row: row.event_count,
        is_default=True,
        style="num",
    ),
    Column(
        name="evaluations",
        explanation="How many of these are model evaluations.",
        fields=(
            count_field(
                "model_evaluation_count",
                "How many of its access events are model evaluations.",
                lambda row: row.evaluation_count,
            ),
        ),
        cell=lambda row: row.evaluation_count,
        header="Model evaluations",
        sort=lambda row: row.evaluation_count,
        is_default=True,
        style="num",
    ),
    Column(
        name="labs",
        explanation="The labs whose models it tested.",
        fields=(
            count_field("tested_lab_count", "Of how many labs it tested models.", lambda row: len(row.labs)),
            Field(
                "tested_lab_names",
                lambda row: joined(lab.name for lab in row.labs),
                "The labs whose models it tested, for people.",
            ),
        ),
        relation=Relation(
            "tested_labs",
            "The labs whose models it tested.",
            lambda row: row.labs,
            (reference("lab", "key"), field("lab_name", "name", description="The name of the lab.")),
        ),
        packed=(Field("labs_tested", lambda row: [lab.key for lab in row.labs]),),
        cell=lambda row: Links(row.labs),
        is_default=True,
    ),
    Column(
        name="note",
        explanation="Its standing arrangements with labs, in our words.",
        fields=(
            field(
                "standing_arrangements",
                "note",
                description="Its standing arrangements with labs, in our words.",
                desk="note",
            ),
        ),
    ),
    AS_OF,
    citations_column(_citations_of_record),
    changed_at_column("record"),
)


class EvaluatorTable(RecordTable):
    """Every organisation that tested models, or was promised that it may."""

    declared = EVALUATOR_COLUMNS
    order = ("name", "kind", "events", "evaluations", "labs", "former_names", "country", "website")
    stored = {"evaluator_kind": Stored(column="kind")}
    caption = "evaluators"
    caption_one = "evaluator"

    class Meta:
        model = Evaluator
        fields = ()
        order_by = ("-events",)
        empty_text = "No evaluator matches. Here would be each body outside a lab that tested its models."


SOURCE_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the source in addresses.", fields=(key_field("record", "key"),)),
    Column(
        name="title",
        explanation="The title of the document.",
        fields=(field("title", "record", "title", description="The title of the record."),),
        cell=lambda source: Link(source.record, source.record.title),
        header="Source",
        sort=lambda source: name_order(source.record.title),
        is_default=True,
        style="wide",
    ),
    Column(
        name="publisher",
        explanation="Who published it.",
        fields=(field("publisher", "record", "publisher", description="Who published it."),),
        cell=lambda source: source.record.publisher,
        sort=lambda source: name_order(source.record.publisher),
        is_default=True,
    ),
    Column(
        name="address",
        explanation="Where the document is.",
        fields=(field("url", "record", "url", description="Where the document is."),),
        cell=lambda source: _address(source.record.url),
        sort=lambda source: name_order(source.record.url),
    ),
    Column(
        name="archived",
        explanation="Where an archived copy of it is.",
        fields=(field("archived_url", "record", "archived_url", description="Where an archived copy of it is."),),
        cell=lambda source: _address(source.record.archived_url) if source.record.archived_url else "none recorded",
        header="Archived copy",
        sort=lambda source: name_order(source.record.archived_url),
    ),
    Column(
        name="published",
        explanation="When it was published.",
        fields=edtf_fields("published_on", "record", description="When it was published."),
        cell=lambda source: source.record.published_on_label or "not dated",
        sort=lambda source: source.record.published_on_earliest,
        style="nowrap",
        is_default=True,
    ),
    Column(
        name="read",
        explanation="When we last read it.",
        fields=(field("read_on", "record", "read_on", description="When we last read it.", type=FieldType.DATE),),
        cell=lambda source: source.record.read_on.isoformat(),
        header="Read on",
        sort=lambda source: source.record.read_on,
    ),
    Column(
        name="kind",
        explanation="What kind of document it is.",
        fields=term_fields(
            "source_kind",
            lambda source: SourceKind(source.record.kind),
            SourceKind,
            "What kind of document it is.",
            desk="kind",
        ),
        cell=lambda source: SourceKind(source.record.kind),
        sort=lambda source: term_order(SourceKind(source.record.kind)),
        is_default=True,
    ),
    Column(
        name="speaks",
        explanation="Whose word it is: of a lab, of an evaluator, or of somebody else.",
        fields=(
            reference(
                "owner_lab",
                "record",
                "lab",
                "key",
                description="The lab whose word it is: its key.",
                to="labs",
                desk="lab",
            ),
            reference(
                "owner_evaluator",
                "record",
                "evaluator",
                "key",
                description="The evaluator whose word it is: its key.",
                to="evaluators",
                desk="evaluator",
            ),
            *term_fields("owner", lambda source: source.record.owner, Owner, "Whose word it is."),
        ),
        cell=_whose_cell,
        header="Whose word",
        sort=lambda row: name_order(row.record.owner_name),
        is_default=True,
    ),
    Column(
        name="quotes",
        explanation="How many quotes of our records are from it.",
        fields=(
            count_field(
                "quote_count", "How many quotes of our records are from it.", lambda source: source.quote_count
            ),
        ),
        relation=Relation(
            "quotes",
            "The quotes of our records that are from it.",
            lambda source: (each for _, found in source.citations for each in found),
            (
                Field(
                    "quoting_kind",
                    lambda citation: str(citation.record._meta.verbose_name),
                    "The kind of the record that quotes it, in words.",
                ),
                Field("quoting_key", lambda citation: citation.record.key, "The key of the record that quotes it."),
                field("quote", description="The words, word for word as the copy that we read has them."),
            ),
        ),
        cell=lambda source: source.quote_count,
        sort=lambda source: source.quote_count,
        is_default=True,
        style="num",
    ),
    changed_at_column("record"),
    Column(
        name="read_in",
        explanation="In what form we read it: as published, in a copy, or as quoted by somebody else.",
        fields=term_fields("read_in", lambda source: ReadIn(source.record.read_in), ReadIn, "In what form we read it."),
    ),
    Column(
        name="edition",
        explanation="Which edition of the text it is, where two sources have one address.",
        fields=(
            field(
                "text_edition",
                "record",
                "edition",
                description="Which edition of the text it is, where two sources have one address.",
                desk="edition",
            ),
        ),
    ),
)


class SourceTable(RecordTable):
    """Every source, and how many quotes are from it."""

    declared = SOURCE_COLUMNS
    order = ("title", "publisher", "published", "kind", "speaks", "quotes", "read", "address", "archived")
    stored = {"source_kind": Stored(column="kind"), "text_edition": Stored(column="edition")}
    caption = "sources"
    caption_one = "source"

    class Meta:
        model = Source
        fields = ()
        order_by = ("-published",)
        empty_text = "No source matches. Here would be each public document that we quote."


LAB_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the lab in addresses.", fields=(key_field("key"),)),
    Column(name="name", explanation="The name of the lab.", fields=(name_field("name"),)),
    Column(
        name="country",
        explanation="Where the lab is.",
        fields=country_fields(),
    ),
    Column(name="website", explanation="The address of its site.", fields=(website_field("website"),)),
    Column(
        name="other_names",
        explanation="Its other names.",
        fields=(also_known_as_field(),),
        relation=other_names_relation(),
        packed=(Field("other_names", lambda lab: [other.name for other in lab.other_names.all()]),),
    ),
    changed_at_column(),
    Column(
        name="complete_to",
        explanation="Its releases up to this day have been entered; empty: the day of the newest edition.",
        fields=(
            field(
                "complete_to",
                description="Its releases up to this day have been entered; empty: the day of the newest edition.",
                type=FieldType.DATE,
            ),
        ),
    ),
)
"""What is recorded about a lab itself. Its figures are in the table of scorecards."""

STATEMENT_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the statement in addresses.", fields=(key_field("key"),)),
    Column(
        name="text",
        explanation="The statement in our words.",
        fields=(field("statement", "text", description="The statement in our words.", desk="text"),),
    ),
    Column(
        name="about",
        explanation="Its topic.",
        fields=(field("statement_about", "about", description="The topic of the statement.", desk="about"),),
    ),
    Column(
        name="source",
        explanation="The key of the source that says so.",
        fields=(reference("source", "source", "key"),),
    ),
    Column(
        name="quote",
        explanation="The words of the source.",
        fields=(field("quote", description="The words, word for word as the copy that we read has them."),),
    ),
    Column(
        name="related_events",
        explanation="The access events that bear on it.",
        fields=(
            count_field(
                "related_event_count", "How many access events bear on it.", lambda row: len(row.related_events.all())
            ),
        ),
        relation=Relation(
            "related_events",
            "The access events that bear on it.",
            lambda row: row.related_events.all(),
            (reference("event", "key"),),
        ),
        packed=(Field("related_events", lambda row: [event.key for event in row.related_events.all()]),),
    ),
    changed_at_column(),
)
"""What the source of a statement says, and what bears on it."""
