import datetime as dt

import pytest

from labs.choices import (
    Activity,
    Certainty,
    Domain,
    EventField,
    EventLowering,
    Frontier,
    LinkLowering,
    Outcome,
    ReleaseKind,
    Timing,
)
from labs.rules.access import (
    CardDoubt,
    Count,
    Reason,
    ReleaseStanding,
    Window,
    has_only_other_domains,
    launch_document,
    release_standing,
    weigh,
    window_end,
    window_start,
    window_words,
)
from tests.facts import (
    DAY,
    a_government_evaluator,
    a_government_source,
    a_lab_source,
    a_release,
    a_reported_event,
    a_source,
    an_evaluator,
    an_evaluator_source,
    an_event,
    cited,
)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("window", "until", "start"),
    [
        (Window.YEAR, "2026-11-23", "2025-11-23"),
        (Window.YEAR, "2026-08-31", "2025-08-31"),
        (Window.TWO_YEARS, "2026-11-23", "2024-11-23"),
        (Window.ALL, "2026-11-23", None),
        (Window.YEAR, "2024-02-29", "2023-02-28"),
        (Window.YEAR, "2025-02-28", "2024-02-28"),
        (Window.TWO_YEARS, "2024-02-29", "2022-02-28"),
        (Window.YEAR, "2024-01-31", "2023-01-31"),
        (Window.YEAR, "2024-12-31", "2023-12-31"),
    ],
)
def test_a_window_begins_after_the_same_day_of_an_earlier_year_or_the_months_last(window, until, start):
    assert window_start(window, day(until)) == (start and day(start))


@pytest.mark.parametrize(
    ("released", "window", "standing"),
    [
        ("2025-11-22", Window.YEAR, ReleaseStanding.BEFORE_WINDOW),
        ("2025-11-23", Window.YEAR, ReleaseStanding.BEFORE_WINDOW),
        ("2025-11-24", Window.YEAR, ReleaseStanding.COUNTS),
        ("2024-11-23", Window.TWO_YEARS, ReleaseStanding.BEFORE_WINDOW),
        ("2024-11-24", Window.TWO_YEARS, ReleaseStanding.COUNTS),
        ("1999-01-01", Window.ALL, ReleaseStanding.COUNTS),
        ("2026-11-22", Window.YEAR, ReleaseStanding.COUNTS),
        ("2026-11-23", Window.YEAR, ReleaseStanding.COUNTS),
        ("2026-11-24", Window.YEAR, ReleaseStanding.NOT_OUT),
        # It may have come out before the window began: its latest possible day decides.
        ("2025-11", Window.YEAR, ReleaseStanding.COUNTS),
        ("2025-10", Window.YEAR, ReleaseStanding.BEFORE_WINDOW),
        ("2026-11", Window.YEAR, ReleaseStanding.NOT_OUT),
        ("../2026-01", Window.YEAR, ReleaseStanding.COUNTS),
        ("2026-01/..", Window.YEAR, ReleaseStanding.UNDATED),
        ("", Window.ALL, ReleaseStanding.UNDATED),
    ],
)
def test_the_latest_possible_release_day_decides_whether_it_is_in_the_window(released, window, standing):
    assert release_standing(a_release(released), day("2026-11-23"), window) is standing


@pytest.mark.parametrize(
    ("released", "window", "standing"),
    [
        ("2026-08-31", Window.YEAR, ReleaseStanding.COUNTS),
        ("2026-08", Window.YEAR, ReleaseStanding.COUNTS),
        ("2026-09-01", Window.YEAR, ReleaseStanding.AFTER_COMPLETE),
        ("2026-09-01", Window.ALL, ReleaseStanding.AFTER_COMPLETE),
        ("2026-08-31/2026-09-01", Window.ALL, ReleaseStanding.AFTER_COMPLETE),
        ("2026-11-23", Window.ALL, ReleaseStanding.AFTER_COMPLETE),
        ("2026-11-24", Window.ALL, ReleaseStanding.NOT_OUT),
        ("2025-09-01", Window.YEAR, ReleaseStanding.COUNTS),
        ("2025-08-31", Window.YEAR, ReleaseStanding.BEFORE_WINDOW),
        ("2025-08-31/2025-09-01", Window.YEAR, ReleaseStanding.COUNTS),
        ("2024-08-31", Window.TWO_YEARS, ReleaseStanding.BEFORE_WINDOW),
    ],
)
def test_every_window_ends_where_the_records_do(released, window, standing):
    found = release_standing(a_release(released), day("2026-11-23"), window, complete_to=day("2026-08-31"))
    assert found is standing


@pytest.mark.parametrize(
    ("as_of", "complete_to", "end"),
    [
        ("2026-11-23", "2026-08-31", "2026-08-31"),
        ("2026-08-31", "2026-08-31", "2026-08-31"),
        ("2026-08-30", "2026-08-31", "2026-08-30"),
        ("2026-11-23", None, "2026-11-23"),
    ],
)
def test_a_window_ends_on_the_earlier_of_the_two_days(as_of, complete_to, end):
    assert window_end(day(as_of), complete_to and day(complete_to)) == day(end)


def test_a_window_in_words_names_its_end():
    assert window_words(Window.YEAR, day("2026-08-31")) == "in the 12 months to 31 August 2026"
    assert window_words(Window.ALL, day("2026-08-31")) == "up to 31 August 2026"


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"variant_of": "another"}, ReleaseStanding.VARIANT),
        ({"kind": ReleaseKind.INTERNAL_ONLY}, ReleaseStanding.INTERNAL_ONLY),
        ({"frontier": Frontier.NO}, ReleaseStanding.NOT_FRONTIER),
        ({"frontier": Frontier.UNKNOWN}, ReleaseStanding.FRONTIER_UNKNOWN),
        ({"frontier": Frontier.NO, "variant_of": "another"}, ReleaseStanding.VARIANT),
    ],
)
def test_only_frontier_releases_that_are_no_variants_and_reached_people_outside_count(changes, standing):
    assert release_standing(a_release(**changes), DAY, Window.ALL) is standing


@pytest.mark.parametrize("kind", list(ReleaseKind))
def test_every_kind_of_release_but_internal_ones_counts(kind):
    counts = release_standing(a_release(kind=kind), DAY, Window.ALL) is ReleaseStanding.COUNTS
    assert counts == (kind is not ReleaseKind.INTERNAL_ONLY)


def test_a_documented_model_evaluation_before_deployment_counts_strictly_and_needs_no_reason():
    weighed = weigh(an_event(), a_release())
    assert (weighed.count, weighed.reasons) == (Count.STRICT, ())
    assert weighed.is_strict
    assert weighed.is_counted


def count(release=None, **changes):
    weighed = weigh(an_event(**changes), release or a_release())
    return weighed.count, weighed.reasons


@pytest.mark.parametrize(
    ("activity", "reason"),
    [
        (Activity.RED_TEAMING, Reason.RED_TEAMING),
        (Activity.SAFEGUARDS_TESTING, Reason.SAFEGUARDS_TESTING),
        (Activity.AUDIT_OR_REVIEW, Reason.AUDIT_OR_REVIEW),
        (Activity.SAFETY_RESEARCH, Reason.SAFETY_RESEARCH),
        (Activity.UNKNOWN, Reason.ACTIVITY_UNKNOWN),
    ],
)
def test_no_other_activity_counts(activity, reason):
    assert count(activity=activity) == (Count.NOT, (reason,))


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.REFUSED, Reason.REFUSED),
        (Outcome.CONFIRMED_NONE, Reason.CONFIRMED_NONE),
        (Outcome.NOT_NEEDED, Reason.NOT_NEEDED),
        (Outcome.UNKNOWN, Reason.OUTCOME_UNKNOWN),
    ],
)
def test_only_access_that_was_given_counts(outcome, reason):
    assert count(outcome=outcome) == (Count.NOT, (reason,))


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        (Timing.DURING_TRAINING, (Count.STRICT, ())),
        (Timing.BEFORE_INTERNAL_DEPLOYMENT, (Count.STRICT, ())),
        (Timing.BEFORE_DEPLOYMENT, (Count.STRICT, ())),
        (Timing.AFTER_DEPLOYMENT, (Count.NOT, (Reason.AFTER_DEPLOYMENT,))),
        (Timing.UNKNOWN, (Count.LENIENT, (Reason.TIMING_UNKNOWN,))),
    ],
)
def test_timing_decides_and_unknown_timing_counts_leniently(timing, expected):
    late_card = (cited(a_lab_source(published="2024-03-01")),)
    assert count(timing=timing, citations=late_card) == expected


@pytest.mark.parametrize(
    ("domains", "qualifies"),
    [
        (set(), True),
        ({Domain.OTHER}, False),
        ({Domain.OTHER, Domain.CYBER}, True),
        *(({domain}, domain is not Domain.OTHER) for domain in Domain),
    ],
)
def test_only_other_domains_disqualify_and_naming_none_does_not(domains, qualifies):
    event = an_event(domains=frozenset(domains))
    assert has_only_other_domains(event) is not qualifies
    weighed = weigh(event, a_release())
    assert weighed.is_strict is qualifies
    assert weighed.reasons == (() if qualifies else (Reason.OTHER_DOMAINS_ONLY,))


@pytest.mark.parametrize(
    ("participations", "qualifies"),
    [
        ((an_evaluator("unspecified-external-groups"),), True),
        ((an_evaluator("lab-b", lab="lab-b"),), True),
        ((an_evaluator("lab-a", lab="lab-a"),), False),
        ((an_evaluator("lab-a", lab="lab-a"), an_evaluator()), True),
        ((), False),
    ],
)
def test_an_evaluator_that_is_the_lab_itself_is_not_outside(participations, qualifies):
    weighed = weigh(an_event(participations=participations), a_release())
    assert weighed.is_strict is qualifies
    assert weighed.reasons == (() if qualifies else (Reason.NO_OUTSIDE_EVALUATOR,))


@pytest.mark.parametrize(
    ("changes", "certainty", "reason"),
    [
        ({"citations": (cited(a_source()),)}, Certainty.REPORTED, Reason.REPORTED),
        ({"lowering": EventLowering.INFERRED}, Certainty.INFERRED, Reason.INFERRED),
        ({"lowering": EventLowering.DISPUTED}, Certainty.DISPUTED, Reason.DISPUTED),
    ],
)
def test_what_is_not_documented_counts_leniently(changes, certainty, reason):
    weighed = weigh(an_event(**changes), a_release())
    assert (weighed.certainty, weighed.count, weighed.reasons) == (certainty, Count.LENIENT, (reason,))
    assert weighed.is_counted
    assert not weighed.is_strict


def test_a_less_certain_part_of_one_evaluator_does_not_make_the_event_less_certain():
    part = an_evaluator(lowering=LinkLowering.INFERRED)
    assert count(participations=(part,)) == (Count.STRICT, ())


def test_every_doubt_is_named():
    weighed = weigh(a_reported_event(timing=Timing.UNKNOWN), a_release())
    assert weighed.reasons == (Reason.REPORTED, Reason.TIMING_UNKNOWN)


def test_every_reason_against_is_named_and_hides_the_doubts():
    weighed = weigh(a_reported_event(activity=Activity.RED_TEAMING, timing=Timing.AFTER_DEPLOYMENT), a_release())
    assert weighed.reasons == (Reason.RED_TEAMING, Reason.AFTER_DEPLOYMENT)


def test_an_event_of_a_variant_or_of_no_known_release_never_counts():
    assert count(a_release(variant_of="another")) == (Count.NOT, (Reason.VARIANT,))
    weighed = weigh(an_event(model=None), None)
    assert (weighed.count, weighed.reasons) == (Count.NOT, (Reason.NO_RELEASE,))


# The launch-document rule.


@pytest.mark.parametrize(
    ("published", "released", "shows"),
    [
        ("2024-01-31", "2024-02-01", True),
        ("2024-02-01", "2024-02-01", True),
        ("2024-02-02", "2024-02-01", False),
        ("2024-01", "2024-02", True),
        ("2024-02", "2024-02-29", True),
        ("2024-02", "2024-02-28", False),
        ("2024-02-01", "2024-02", True),
        ("2024-02-02", "2024-02", False),
        ("", "2024-02-01", False),
        ("2024-01/..", "2024-02-01", False),
        ("2024-01-01", "", False),
        ("2024-01-01", "../2024-02-01", False),
    ],
)
def test_a_document_shows_it_if_it_was_surely_out_no_later_than_the_release(published, released, shows):
    event = an_event(timing=Timing.UNKNOWN, citations=(cited(a_lab_source(published=published), "results"),))
    weighed = weigh(event, a_release(released))
    assert (weighed.launch_document is not None) == shows
    assert weighed.timing is (Timing.BEFORE_DEPLOYMENT if shows else Timing.UNKNOWN)
    assert weighed.count is (Count.STRICT if shows else Count.LENIENT)


METR = an_evaluator()
AISI = a_government_evaluator()


@pytest.mark.parametrize(
    ("participation", "source", "shows"),
    [
        (METR, a_lab_source(), True),
        (METR, an_evaluator_source("metr"), True),
        (METR, an_evaluator_source("apollo"), False),
        (METR, a_lab_source("lab-b"), False),
        (an_evaluator("lab-b", lab="lab-b"), a_lab_source("lab-b"), True),
        (METR, a_source(), False),
        (METR, a_government_source(), False),
        (AISI, a_government_source(), True),
    ],
)
def test_a_launch_document_is_of_the_lab_or_of_an_evaluator_of_the_event(participation, source, shows):
    event = an_event(timing=Timing.UNKNOWN, participations=(participation,), citations=(cited(source, "activity"),))
    assert (launch_document(event, a_release()) == source) == shows


@pytest.mark.parametrize("field", list(EventField))
def test_a_launch_document_has_to_describe_the_event(field):
    event = an_event(timing=Timing.UNKNOWN, citations=(cited(a_lab_source(), field.value),))
    shows = field in {EventField.EVALUATORS, EventField.ACTIVITY, EventField.RESULTS}
    assert (launch_document(event, a_release()) is not None) == shows


def a_card(published, **changes):
    """The lab's own model card."""
    return a_lab_source(published=published, is_model_card=True, **changes)


@pytest.mark.parametrize(
    ("published", "released", "doubt"),
    [
        # GPT-5.1-Codex-Max: a launch-day card of which we know the month.
        ("2025-11", "2025-11-19", None),
        ("2025-11-19", "2025-11-19", None),
        ("2025-11-20", "2025-11-19", CardDoubt.CAME_LATER),
        ("2025-12", "2025-11-30", CardDoubt.CAME_LATER),
        ("2025-12", "2025-12-01", None),
        ("2025-11-19/2025-12-19", "2025-11-19", None),  # 31 days
        ("2025-11-19/2025-12-20", "2025-11-19", CardDoubt.DATE_NOT_SHOWN),  # 32 days
        ("2025-11-18/2025-12-20", "2025-11-19", CardDoubt.DATE_NOT_SHOWN),
        ("2025", "2025-11-19", CardDoubt.DATE_NOT_SHOWN),
        ("2026", "2025-11-19", CardDoubt.CAME_LATER),
        ("", "2025-11-19", CardDoubt.DATE_NOT_SHOWN),
        ("2025-11/..", "2025-11-19", CardDoubt.DATE_NOT_SHOWN),
        ("../2025-11-20", "2025-11-19", CardDoubt.DATE_NOT_SHOWN),
        ("../2025-11-19", "2025-11-19", None),
        # The release is known by its month: its latest possible day counts for a card.
        ("2025-11-30", "2025-11", None),
        ("2025-12-01", "2025-11", CardDoubt.CAME_LATER),
        ("2025-11-30", "../2025-11-30", None),
    ],
)
def test_a_card_with_a_date_of_a_month_at_most_shows_it_unless_it_came_later(published, released, doubt):
    event = an_event(timing=Timing.UNKNOWN, citations=(cited(a_card(published), "results"),))
    weighed = weigh(event, a_release(released))
    assert weighed.card_doubt is doubt
    assert weighed.timing is (Timing.UNKNOWN if doubt else Timing.BEFORE_DEPLOYMENT)
    assert weighed.count is (Count.LENIENT if doubt else Count.STRICT)


@pytest.mark.parametrize(
    "source",
    [
        a_lab_source(published="2024-02"),  # of another kind
        a_card("2024-02", is_quoted=True),
        a_card("2024-02", lab="lab-b"),  # another lab's, which is not an evaluator
    ],
)
def test_only_the_labs_own_card_that_we_read_ourselves_is_taken_by_its_earliest_day(source):
    event = an_event(timing=Timing.UNKNOWN, citations=(cited(source),))
    weighed = weigh(event, a_release())
    assert (weighed.launch_document, weighed.card_doubt) == (None, None)


def test_another_labs_card_is_taken_by_its_latest_day_even_where_that_lab_took_part():
    event = an_event(
        timing=Timing.UNKNOWN,
        participations=(an_evaluator("lab-b", lab="lab-b"),),
        citations=(cited(a_card("2024-02", lab="lab-b")),),
    )
    assert weigh(event, a_release()).launch_document is None
    assert weigh(event, a_release("2024-02-29")).launch_document is not None


def test_what_is_only_quoted_by_somebody_else_is_no_launch_document():
    event = an_event(timing=Timing.UNKNOWN, citations=(cited(a_lab_source(is_quoted=True)),))
    assert launch_document(event, a_release()) is None


def test_of_several_cards_one_whose_date_leaves_it_open_decides_what_the_page_says():
    cards = tuple(cited(a_card(published)) for published in ("2024-03-01", "2024"))
    weighed = weigh(an_event(timing=Timing.UNKNOWN, citations=cards), a_release())
    assert weighed.card_doubt is CardDoubt.DATE_NOT_SHOWN


@pytest.mark.parametrize(
    ("changes", "released"),
    [
        ({}, ""),  # without a release day nothing can be held against it
        ({"timing": Timing.AFTER_DEPLOYMENT}, "2024-02-01"),
        ({"citations": (cited(a_card(""), "domains"),)}, "2024-02-01"),  # it does not describe the event
    ],
)
def test_there_is_nothing_to_say_of_a_card_that_could_not_settle_it(changes, released):
    event = an_event(**({"timing": Timing.UNKNOWN, "citations": (cited(a_card("")),)} | changes))
    assert weigh(event, a_release(released)).card_doubt is None


def test_a_launch_document_does_not_overrule_a_known_timing():
    weighed = weigh(an_event(timing=Timing.AFTER_DEPLOYMENT), a_release())
    assert weighed.launch_document is None
    assert weighed.timing is Timing.AFTER_DEPLOYMENT


def test_a_launch_document_does_not_make_a_disputed_event_count_strictly():
    event = an_event(timing=Timing.UNKNOWN, lowering=EventLowering.DISPUTED)
    weighed = weigh(event, a_release())
    assert (weighed.count, weighed.reasons) == (Count.LENIENT, (Reason.DISPUTED,))


@pytest.mark.parametrize("member", [*Window, *ReleaseStanding, *Count, *Reason])
def test_each_term_has_words(member):
    assert member.label
