"""Properties of the rules for all records, not only for those that somebody thought of."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.choices import About, Firmness, RequiredEvaluators, RequiredReleases, StatedBy
from commitments.rules.certainty import commitment_certainty
from commitments.rules.criteria import RELEASE_CRITERIA, Criterion, release_criteria
from commitments.rules.ledger import ledger_as_of
from commitments.rules.scorecards import ranked, score_groups, scorecard, scorecards
from labs.choices import (
    BEFORE_RELEASE,
    Activity,
    Answer,
    Certainty,
    Domain,
    EventField,
    EventLowering,
    Evidence,
    Frontier,
    LinkLowering,
    Outcome,
    ReleaseKind,
    Results,
    Timing,
)
from labs.rules.access import UNSPECIFIED_GROUPS, Window
from labs.rules.certainty import event_certainty
from labs.rules.dates import span
from labs.rules.depth import DEPTH_QUESTIONS, Deeper
from labs.rules.ranges import Range
from tests.facts import (
    ONE_DAY,
    a_commitment,
    a_government_evaluator,
    a_government_source,
    a_lab_source,
    a_release,
    a_requirement,
    a_source,
    access,
    an_evaluator,
    an_evaluator_source,
    an_event,
    cited,
)

DAY = dt.date(2024, 6, 1)
NAMES = {"lab-a": "Lab A", "lab-b": "Lab B", "lab-c": "Lab C"}
RELEASES = [
    a_release("2023-11-06", key="a1", lab="lab-a"),
    a_release("2024-02", key="a2", lab="lab-a"),
    a_release("2024-04-09", key="a3", lab="lab-a", kind=ReleaseKind.OPEN_WEIGHTS),
    a_release("2024-03-01", key="a-variant", lab="lab-a", variant_of="a2"),
    a_release("2023-03-14", key="b1", lab="lab-b"),
    a_release("2024-05-13", key="b2", lab="lab-b"),
    a_release("2024-05-01", key="b-small", lab="lab-b", frontier=Frontier.NO),
]
LAB_OF = {release.key: release.lab for release in RELEASES}
EARLY = ("2023-01-05", "2023-10", "2023-41", "2024-02-01", "2024-04-09", "2024-06-01")
LATE = ("2024-06-02", "2024-06", "2025", "")
GATED = {
    field.value
    for field in EventField
    if field
    in {
        EventField.TIMING,
        EventField.RESULTS,
        EventField.ACCESS_DAYS,
        EventField.DOMAINS,
        EventField.STARTED_ON,
        EventField.ENDED_ON,
        EventField.MITIGATIONS_ARGUED,
    }
    or field.value.startswith("access")
}
FREE_FIELDS = sorted(field.value for field in EventField if field.value not in GATED)
ALL_FIELDS = [field.value for field in EventField]


# Drawn from ready-made lists: one draw each keeps the examples quick. A strategy is made once, not for each example:
# Hypothesis looks at all that a new one may draw.


def sources(published):
    return [
        source
        for day in published
        for source in (
            a_lab_source("lab-a", published=day),
            a_lab_source("lab-a", published=day, is_model_card=True),
            a_lab_source("lab-b", published=day),
            an_evaluator_source("metr", published=day),
            an_evaluator_source("uk-aisi", published=day, is_government=True),
            a_government_source(published=day),
            a_source(day),
        )
    ]


@cache
def citations(published, fields=tuple(ALL_FIELDS)):
    supports = [*combinations(fields, 1), *combinations(fields, 2)]
    return st.builds(
        lambda source, names: cited(source, *names),
        st.sampled_from(sources(published)),
        st.sampled_from(supports),
    )


parts = st.sampled_from(
    [
        replace(part, lowering=lowering)
        for lowering in LinkLowering
        for part in (
            an_evaluator("metr"),
            an_evaluator(UNSPECIFIED_GROUPS),
            an_evaluator("lab-a", lab="lab-a"),
            a_government_evaluator("uk-aisi"),
            a_government_evaluator("us-caisi"),
        )
    ]
)
answers = st.sampled_from(
    [
        access(**dict(zip(DEPTH_QUESTIONS, profile, strict=True)))
        for profile in product(Answer, repeat=len(DEPTH_QUESTIONS))
    ]
)
domains = st.sampled_from([frozenset(), *map(frozenset, combinations(Domain, 1)), frozenset(Domain)])
days_of_access = st.one_of(st.none(), st.integers(0, 60))


def event_of(*, model, number, **values):
    return an_event(key=f"event-{number}", model=model, **({"lab": LAB_OF.get(model, "lab-a")} | values))


def events(published=(*EARLY, *LATE), **fixed):
    values = {
        "model": st.sampled_from([*LAB_OF, None]),
        "number": st.integers(0, 10**9),
        "participations": st.lists(parts, min_size=1, max_size=2).map(tuple),
        "activity": st.sampled_from(Activity),
        "outcome": st.sampled_from(Outcome),
        "timing": st.sampled_from(Timing),
        "access_days": days_of_access,
        "domains": domains,
        "access": answers,
        "results": st.sampled_from(Results),
        "lowering": st.sampled_from(EventLowering),
        "citations": st.lists(citations(published), min_size=1, max_size=3).map(tuple),
    }
    return st.builds(event_of, **(values | {name: st.just(value) for name, value in fixed.items()}))


def requirement_of(*, activities, evaluators, **values):
    return a_requirement(
        activities=frozenset(activities),
        evaluators=evaluators,
        named_evaluator="uk-aisi" if evaluators is RequiredEvaluators.NAMED else None,
        **values,
    )


requirements = st.builds(
    requirement_of,
    activities=st.lists(st.sampled_from(Activity), min_size=1, max_size=3),
    evaluators=st.sampled_from(RequiredEvaluators),
    visible_in_public=st.booleans(),
    timing=st.sampled_from(sorted(BEFORE_RELEASE)),
    releases=st.sampled_from(RequiredReleases),
)


def commitment_of(*, number, labs, **values):
    return a_commitment(key=f"commitment-{number}", labs=tuple(sorted(labs)), **values)


def commitments(published=(*EARLY, *LATE)):
    return st.builds(
        commitment_of,
        number=st.integers(0, 10**9),
        labs=st.sets(st.sampled_from(["lab-a", "lab-b"]), min_size=1),
        about=st.sampled_from([About.EXTERNAL_MODEL_EVALUATION, About.OTHER]),
        firmness=st.sampled_from(Firmness),
        stated_by=st.sampled_from(StatedBy),
        made=st.sampled_from(["2023-01", "2023-10-01", "2024-03", ""]).map(span),
        ended=st.sampled_from(["", "", "2024-03-15", "2024-05"]).map(span),
        strict=st.one_of(st.none(), requirements),
        lenient=st.one_of(st.none(), requirements),
        citations=st.lists(citations(published, ("quote", "labs", "scope")), min_size=1, max_size=2).map(tuple),
    )


def record_of(promises, is_superseded, event_list):
    if len(promises) > 1 and is_superseded:
        promises[0] = replace(promises[0], superseded_by=promises[1].key)
    return event_list, promises


RECORDS = st.builds(
    record_of,
    st.lists(commitments(), max_size=3, unique_by=lambda each: each.key),
    st.booleans(),
    st.lists(events(), max_size=4, unique_by=lambda each: each.key),
)
"""Some events and commitments of two labs; every other commitment may be superseded by its neighbour."""


windows = st.sampled_from(Window)
for_all = settings(max_examples=60)


def ledger(event_list, promises, day=DAY):
    return ledger_as_of(day, RELEASES, event_list, promises)


def table(event_list, promises, window=Window.ALL):
    return scorecards(ledger(event_list, promises), NAMES, window)


def lows(card):
    figures = {name: value.low for name, value in card.criteria.items() if value is not None}
    return {
        **figures,
        "score": card.score.low,
        "evaluated": card.counts.evaluated_low,
        "deeper": card.counts.deeper_yes,
    }


@pytest.mark.parametrize("question", ["no_safety_filters", "helpful_only", "fine_tuning", "results", "access_days"])
@for_all
@given(RECORDS, events(published=EARLY, activity=Activity.MODEL_EVALUATION), st.data(), windows)
def test_answering_an_unknown_of_a_counted_event_never_widens_a_range(question, record, event, data, window):
    event_list, promises = record
    if question == "results":
        unknown = replace(event, results=Results.UNKNOWN)
        answered = replace(event, results=data.draw(st.sampled_from(Results)))
    elif question == "access_days":
        unknown = replace(event, access_days=None)
        answered = replace(event, access_days=data.draw(st.integers(0, 60)))
    else:
        unknown = replace(event, access={**event.access, question: Answer.UNKNOWN})
        answered = replace(event, access={**event.access, question: data.draw(st.sampled_from(Answer))})
    before, after = ledger([*event_list, unknown], promises), ledger([*event_list, answered], promises)
    for key, assessment in before.access.assessments.items():
        now = release_criteria(after.access.assessments[key])
        assert all(value.holds(now[name]) for name, value in release_criteria(assessment).items())
    for lab in NAMES:
        old, new = (scorecard(each, lab, window) for each in (before, after))
        for name, value in old.criteria.items():
            assert (value is None) == (new.criteria[name] is None)
            assert value is None or value.holds(new.criteria[name])
        assert old.score is None or old.score.holds(new.score)


@for_all
@given(
    RECORDS,
    events(
        published=EARLY,
        activity=Activity.MODEL_EVALUATION,
        outcome=Outcome.GRANTED,
        lowering=EventLowering.AS_CITED,
    ),
    windows,
)
def test_adding_a_documented_granted_model_evaluation_never_lowers_a_low_figure(record, event, window):
    event_list, promises = record
    documented = replace(event, citations=(*event.citations, cited(a_lab_source(event.lab, "2023-12-01"))))
    before = {card.lab: card for card in table(event_list, promises, window)}
    for card in table([*event_list, documented], promises, window):
        old = before[card.lab]
        assert (card.score is None) == (old.score is None)
        if card.score is not None:
            assert all(lows(card)[figure] >= low for figure, low in lows(old).items())


@for_all
@given(RECORDS, events(activity=Activity.RED_TEAMING), windows)
def test_red_teaming_never_moves_evaluated(record, event, window):
    event_list, promises = record
    before = {card.lab: card for card in table(event_list, promises, window)}
    for card in table([*event_list, event], promises, window):
        assert card.counts == before[card.lab].counts
        assert card.criteria[Criterion.EVALUATED] == before[card.lab].criteria[Criterion.EVALUATED]


@for_all
@given(RECORDS, windows)
def test_low_never_exceeds_high_and_every_figure_lies_within_its_bounds(record, window):
    for card in table(*record, window):
        counts = card.counts
        assert counts.deeper_yes + counts.deeper_no + counts.deeper_unknown == counts.evaluated_low
        assert counts.evaluated_low <= counts.evaluated_high
        assert card.counts.evaluated_high <= card.counts.releases
        assert card.coverage.known <= card.coverage.asked
        for value in card.criteria.values():
            assert value is None or 0 <= value.low <= value.high <= 1
        assert card.score is None or 0 <= card.score.low <= card.score.high <= 100


ends = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
BLANK = scorecard(ledger([], []), "lab-a", Window.ALL)


def scored(lab, low, high):
    return replace(BLANK, lab=lab, score=Range(Fraction(low), Fraction(high)))


@for_all
@given(st.lists(ends, max_size=8), st.randoms(use_true_random=False))
def test_ranks_lie_within_the_labs_and_groups_order_disjoint_ranges_whatever_the_order(spans, random):
    cards = [scored(f"lab-{index}", *each) for index, each in enumerate(spans)]
    names = {card.lab: card.lab for card in cards}
    order = ranked(cards, names)
    shuffled = random.sample(cards, len(cards))
    assert ranked(shuffled, names) == order
    groups = score_groups(order, names)
    group_of = {card.lab: place for place, group in enumerate(groups) for card in group.cards}
    assert [card.lab for card in order] == [card.lab for group in groups for card in group.cards]
    for card in order:
        assert 1 <= card.ranks.best <= card.ranks.worst <= len(cards)
    for first in order:
        for second in order:
            if first.score.low > second.score.high:
                assert first.ranks.worst < second.ranks.worst
                assert first.ranks.best < second.ranks.best
                assert group_of[first.lab] <= group_of[second.lab]
            else:
                assert second.score.low > first.score.high or group_of[first.lab] == group_of[second.lab]


@for_all
@given(RECORDS, st.permutations(list(NAMES)), windows)
def test_the_order_of_labs_releases_events_and_commitments_changes_no_figure(record, labs, window):
    event_list, promises = record
    backwards = ledger_as_of(DAY, RELEASES[::-1], event_list[::-1], promises[::-1])
    again = scorecards(backwards, {lab: NAMES[lab] for lab in labs}, window)
    figures = [
        [(card.lab, card.criteria, card.score, card.counts, card.coverage, card.ranks) for card in cards]
        for cards in (table(event_list, promises, window), again)
    ]
    assert figures[0] == figures[1]


@for_all
@given(RECORDS, events(published=LATE), windows)
def test_an_event_that_became_known_after_the_day_changes_nothing_as_of_it(record, late, window):
    event_list, promises = record
    assert table([*event_list, late], promises, window) == table(event_list, promises, window)


@for_all
@given(RECORDS, commitments(published=LATE), windows)
def test_a_commitment_that_became_known_after_the_day_changes_nothing_as_of_it(record, late, window):
    event_list, promises = record
    superseded = [replace(each, superseded_by="late") for each in promises]
    late = replace(late, key="late")
    assert table(event_list, [*superseded, late], window) == table(event_list, superseded, window)


def _figures(cards):
    return [(card.lab, card.criteria, card.score, card.ranks) for card in cards]


@for_all
@given(RECORDS, events(published=EARLY), citations(LATE), windows)
def test_a_citation_that_became_known_after_the_day_changes_nothing_as_of_it(record, event, late, window):
    """A field that it names has to be named before, or not to wait for its citation: see methodology, section
    2.
    """
    event_list, promises = record
    named = cited(a_source("2023-06-01"), *(late.supports & GATED), "summary")
    cited_early = replace(event, citations=(*event.citations, named))
    cited_late = replace(cited_early, citations=(*cited_early.citations, late))
    assert table([*event_list, cited_late], promises, window) == table([*event_list, cited_early], promises, window)


@for_all
@given(RECORDS, citations(LATE, ("quote", "labs", "about", "firmness", "fulfilled_on")), windows)
def test_a_citation_of_a_commitment_that_became_known_after_the_day_changes_nothing(record, late, window):
    event_list, promises = record
    more = [replace(each, citations=(*each.citations, late)) for each in promises]
    assert table(event_list, more, window) == table(event_list, promises, window)


@for_all
@given(RECORDS, windows)
def test_a_later_day_on_which_nothing_happened_changes_nothing_but_the_window(record, window):
    event_list, promises = record
    quiet = [each for each in event_list if all(_is_early(citation) for citation in each.citations)]
    kept = [each for each in promises if all(_is_early(citation) for citation in each.citations)]
    cards = scorecards(ledger(quiet, kept, DAY), NAMES, Window.ALL)
    assert _figures(scorecards(ledger(quiet, kept, DAY + ONE_DAY), NAMES, Window.ALL)) == _figures(cards)


def _is_early(citation):
    latest = citation.source.published.latest
    return latest is not None and latest <= DAY


# Certainty: what more is known never makes less certain, and what is only quoted never more.


def evidence(event_list):
    return {key: each.evidence.word for key, each in ledger(event_list, []).access.assessments.items()}


def deeper(event_list):
    return {key: each.deeper for key, each in ledger(event_list, []).access.assessments.items()}


def is_no_surer(now, before):
    """Whether each word stands no higher than before in the order of the methodology's table."""
    order = list(Evidence)
    return all(order.index(now[key]) >= order.index(before[key]) for key in before)


@pytest.mark.parametrize("question", ["no_safety_filters", "helpful_only", "fine_tuning", "weights"])
@for_all
@given(RECORDS, events(published=EARLY), st.sampled_from(Answer))
def test_an_answer_on_depth_moves_no_word_for_evidence_and_never_takes_an_answer_away(question, record, event, answer):
    event_list, _ = record
    unknown = replace(event, access={**event.access, question: Answer.UNKNOWN})
    answered = replace(event, access={**event.access, question: answer})
    assert evidence([*event_list, answered]) == evidence([*event_list, unknown])
    before, now = deeper([*event_list, unknown]), deeper([*event_list, answered])
    for key, known in before.items():
        assert (now[key] is None) == (known is None)
        assert known in (None, Deeper.UNKNOWN) or now[key] is not Deeper.UNKNOWN


@for_all
@given(RECORDS, events(published=EARLY, timing=Timing.UNKNOWN), st.sampled_from(sorted(BEFORE_RELEASE)))
def test_a_timing_that_becomes_known_as_before_release_never_makes_the_evidence_less_certain(record, event, timing):
    event_list, _ = record
    known = evidence([*event_list, replace(event, timing=timing)])
    assert is_no_surer(evidence([*event_list, event]), known)


@for_all
@given(RECORDS, events(published=EARLY), st.sampled_from(Results), st.integers(0, 60))
def test_results_and_days_that_become_known_move_no_word_for_evidence(record, event, results, days):
    event_list, _ = record
    unknown = replace(event, results=Results.UNKNOWN, access_days=None)
    known = replace(event, results=results, access_days=days)
    assert evidence([*event_list, known]) == evidence([*event_list, unknown])


@for_all
@given(RECORDS, st.data(), windows)
def test_a_citation_made_quoted_by_another_never_makes_anything_more_certain(record, data, window):
    event_list, promises = record

    def quoted(each):
        place = data.draw(st.integers(0, len(each.citations) - 1))
        source = replace(each.citations[place].source, is_quoted=True)
        citation = replace(each.citations[place], source=source)
        return replace(each, citations=(*each.citations[:place], citation, *each.citations[place + 1 :]))

    less, fewer = [quoted(each) for each in event_list], [quoted(each) for each in promises]
    order = list(Certainty)
    for before, now in zip(event_list, less, strict=True):
        assert order.index(event_certainty(now)) >= order.index(event_certainty(before))
    assert is_no_surer(evidence(less), evidence(event_list))
    for before, now in zip(promises, fewer, strict=True):
        for lab in before.labs:
            assert order.index(commitment_certainty(now, lab)) >= order.index(commitment_certainty(before, lab))
    before = {card.lab: card for card in table(event_list, promises, window)}
    for card in table(less, fewer, window):
        for name in (*RELEASE_CRITERIA, Criterion.COMMITMENT):
            old, new = before[card.lab].criteria[name], card.criteria[name]
            assert (old is None) == (new is None)
            assert old is None or new.low <= old.low
