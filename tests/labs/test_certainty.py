from dataclasses import replace

import pytest

from labs.choices import ACCESS_ANSWERS, Certainty, EventField, EventLowering, LinkLowering
from labs.rules.certainty import (
    event_certainty,
    is_documented,
    is_of_evaluator,
    is_of_lab,
    is_outside,
    link_certainty,
    stronger,
    weaker,
)
from tests.curated import curated, fixture_rows
from tests.facts import (
    a_government_evaluator,
    a_government_source,
    a_lab_source,
    a_source,
    an_evaluator,
    an_evaluator_source,
    an_event,
    cited,
)

LAB_SAYS = cited(a_lab_source())
METR_SAYS = cited(an_evaluator_source("metr"))
PRESS_SAYS = cited(a_source())
GOVERNMENT_SAYS = cited(a_government_source())
AISI_SAYS = cited(an_evaluator_source("uk-aisi"))
LAB_B_SAYS = cited(a_lab_source("lab-b"))

METR = an_evaluator("metr")
AISI = a_government_evaluator("uk-aisi")
LAB_B = an_evaluator("lab-b", lab="lab-b")
LAB_ITSELF = an_evaluator("lab-a", lab="lab-a")


@pytest.mark.parametrize(
    ("participations", "citations", "certainty"),
    [
        ([METR], [LAB_SAYS, METR_SAYS], Certainty.CONFIRMED),
        ([METR], [LAB_SAYS], Certainty.DOCUMENTED),
        ([METR], [METR_SAYS], Certainty.DOCUMENTED),
        ([METR], [PRESS_SAYS], Certainty.REPORTED),
        ([METR], [LAB_SAYS, PRESS_SAYS], Certainty.DOCUMENTED),
        ([METR], [AISI_SAYS], Certainty.REPORTED),
        ([METR], [GOVERNMENT_SAYS], Certainty.REPORTED),
        ([METR, AISI], [LAB_SAYS, AISI_SAYS], Certainty.CONFIRMED),
        ([AISI], [GOVERNMENT_SAYS], Certainty.DOCUMENTED),
        ([AISI], [LAB_SAYS, GOVERNMENT_SAYS], Certainty.CONFIRMED),
        ([LAB_B], [LAB_B_SAYS], Certainty.DOCUMENTED),
        ([LAB_B], [LAB_SAYS, LAB_B_SAYS], Certainty.CONFIRMED),
        ([METR], [LAB_B_SAYS], Certainty.REPORTED),
        ([LAB_ITSELF], [LAB_SAYS], Certainty.DOCUMENTED),
        ([], [LAB_SAYS], Certainty.DOCUMENTED),
        ([METR], [], Certainty.REPORTED),
    ],
)
def test_certainty_follows_from_who_says_so(participations, citations, certainty):
    event = an_event(participations=tuple(participations), citations=tuple(citations))
    assert event_certainty(event) is certainty


SPEAK = {
    *("evaluators", "activity", "outcome", "timing", "started_on", "ended_on", "access_days", "domains", "results"),
    *("free_to_publish", "mode", "access"),
    *(f"access.{question}" for question in ACCESS_ANSWERS),
}


@pytest.mark.parametrize("field", list(EventField))
def test_a_citation_confirms_only_if_it_says_who_what_when_how_deep_or_with_what_result(field):
    event = an_event(citations=(cited(a_lab_source(), field.value),))
    speaks = field.value in SPEAK
    assert event_certainty(event) is (Certainty.DOCUMENTED if speaks else Certainty.REPORTED)


def test_a_citation_for_the_model_the_lab_and_the_summary_alone_confirms_nothing():
    event = an_event(citations=(cited(a_lab_source(), "model", "lab", "summary"),))
    assert event_certainty(event) is Certainty.REPORTED


@pytest.mark.parametrize(
    ("source", "participation"),
    [
        (a_lab_source(), METR),
        (an_evaluator_source("metr"), METR),
        (a_lab_source("lab-b"), LAB_B),
        (a_government_source(), AISI),
    ],
)
def test_what_is_only_quoted_by_somebody_else_is_that_somebodys_report(source, participation):
    own = an_event(participations=(participation,), citations=(cited(source),))
    quoted = an_event(participations=(participation,), citations=(cited(replace(source, is_quoted=True)),))
    assert event_certainty(own) is Certainty.DOCUMENTED
    assert event_certainty(quoted) is Certainty.REPORTED


def test_no_shipped_event_whose_telling_citations_are_all_of_one_side_is_reported():
    """METR on GPT-5: six quotes of OpenAI and METR, and the page said that neither was quoted."""
    everything = curated(fixture_rows())
    own = 0
    for event in everything.events:
        sources = [each.source for each in event.citations if not SPEAK.isdisjoint(each.supports)]
        if sources and all(is_of_lab(event, source) or is_of_evaluator(event, source) for source in sources):
            own += 1
            assert event_certainty(replace(event, lowering=EventLowering.AS_CITED)) is not Certainty.REPORTED
    gpt_5 = next(event for event in everything.events if event.key == "gpt-5-metr")
    assert is_documented(event_certainty(gpt_5))
    assert own > 100


@pytest.mark.parametrize(
    ("lowering", "certainty"),
    [
        (EventLowering.AS_CITED, Certainty.CONFIRMED),
        (EventLowering.INFERRED, Certainty.INFERRED),
        (EventLowering.DISPUTED, Certainty.DISPUTED),
    ],
)
def test_an_editor_can_lower_an_event_by_hand(lowering, certainty):
    assert event_certainty(an_event(lowering=lowering, citations=(LAB_SAYS, METR_SAYS))) is certainty


@pytest.mark.parametrize("lowering", list(EventLowering))
def test_no_editor_can_raise_a_reported_event(lowering):
    assert not is_documented(event_certainty(an_event(lowering=lowering, citations=(PRESS_SAYS,))))


@pytest.mark.parametrize("event", list(Certainty))
@pytest.mark.parametrize(
    ("lowering", "cap"),
    [
        (LinkLowering.AS_EVENT, Certainty.CONFIRMED),
        (LinkLowering.REPORTED, Certainty.REPORTED),
        (LinkLowering.INFERRED, Certainty.INFERRED),
        (LinkLowering.DISPUTED, Certainty.DISPUTED),
    ],
)
def test_a_part_is_as_sure_as_the_weaker_of_event_and_link(event, lowering, cap):
    order = list(Certainty)
    weaker_of_both = order[max(order.index(event), order.index(cap))]
    assert link_certainty(event, an_evaluator(lowering=lowering)) is weaker_of_both


@pytest.mark.parametrize("certainty", list(Certainty))
def test_documented_by_one_side_or_both_is_documented_and_nothing_else_is(certainty):
    assert is_documented(certainty) == (certainty in {Certainty.CONFIRMED, Certainty.DOCUMENTED})


def test_weaker_and_stronger_pick_from_two():
    assert weaker(Certainty.REPORTED, Certainty.DISPUTED) is Certainty.DISPUTED
    assert stronger(Certainty.REPORTED, Certainty.DISPUTED) is Certainty.REPORTED


@pytest.mark.parametrize(("part", "is_it"), [(METR, True), (LAB_B, True), (LAB_ITSELF, False)])
def test_another_lab_is_outside_and_the_lab_itself_is_not(part, is_it):
    assert is_outside(an_event(), part) is is_it
