"""What thousands of events say alike is one value, and what is worked out of one makes no larger object of it."""

import datetime as dt
import sys
from array import array
from copy import copy
from dataclasses import dataclass, make_dataclass
from functools import cached_property
from xml.etree import ElementTree as ET

import pytest
from django.forms.models import model_to_dict

from commitments.queries.promises import CommitmentAsOf
from commitments.rules.criteria import Criterion
from commitments.rules.findings import event_finding
from commitments.rules.scorecards import lab_criteria
from evaltracker.web.charts.kinds import Picture
from labs.choices import Activity, Answer, Domain, Mode, Outcome
from labs.models import AccessEvent
from labs.models.fields import SAID_ALIKE
from labs.queries.events import EventAsOf, access_ledger
from labs.queries.kept import one_version, records, uncommitted
from labs.queries.releases import ReleaseAsOf
from labs.queries.sources import SourceAsOf
from labs.rules import event_words
from labs.rules.access import Reason, weigh
from labs.rules.dates import NO_DATE, Span, span_between
from labs.rules.key_sharing import key_sharing
from labs.rules.ledger import Assessment, access_ledger_as_of
from labs.rules.ranges import Range
from labs.web.list_index import ListIndex
from labs.web.parameters import today
from tests import factories
from tests.facts import a_lab_source, a_release, a_requirement, an_event, cited

MANY = 100


@key_sharing
@dataclass(frozen=True)
class Square:
    """A class as those of what is known on a day, with many values that are worked out."""

    side: int

    @cached_property
    def area(self) -> int:
        return self.side**2

    @cached_property
    def around(self) -> int:
        return 4 * self.side

    @cached_property
    def is_small(self) -> bool:
        return self.area < MANY


def test_what_is_worked_out_takes_no_room_of_its_own():
    squares = [Square(side) for side in range(MANY)]
    before = {sys.getsizeof(vars(each)) for each in squares}
    assert [(each.area, each.around, each.is_small) for each in squares[:2]] == [(0, 0, True), (1, 4, True)]
    assert {sys.getsizeof(vars(each)) for each in squares} == before


@pytest.mark.parametrize("cls", [EventAsOf, ReleaseAsOf, SourceAsOf, CommitmentAsOf, Assessment])
def test_the_values_of_what_is_known_on_a_day_share_their_names(cls):
    many = [object.__new__(cls) for _ in range(MANY)]
    names = [name for name, each in vars(cls).items() if isinstance(each, cached_property)]
    assert names
    before = sys.getsizeof(vars(many[-1]))
    for name in names:
        vars(many[-1])[name] = None
    assert sys.getsizeof(vars(many[-1])) == before


def test_more_names_than_can_be_shared_are_refused():
    with pytest.raises(TypeError, match="Wide has 30 names; 29 can be shared"):
        key_sharing(make_dataclass("Wide", [f"field_{number}" for number in range(30)]))


def test_what_is_weighed_of_two_events_alike_is_one_value():
    one, other = (weigh(an_event(key=key, activity=Activity.RED_TEAMING), a_release()) for key in ("one", "other"))
    assert one.reasons == (Reason.RED_TEAMING,)
    assert one.reasons is other.reasons
    assert one.depth is other.depth
    findings = [event_finding(a_requirement(), each) for each in (one, other)]
    assert findings[0].grounds
    assert findings[0].grounds is findings[1].grounds


def test_testers_without_a_name_are_one_text():
    one, other = (
        event_words.tester_names([None], Activity.UNKNOWN, [Domain.CYBER], Outcome.GRANTED)[0] for _ in range(2)
    )
    assert one == "Unnamed testers (cyber)"
    assert one is other


def test_a_date_that_is_not_disclosed_is_one_value():
    assert span_between(None, None) is NO_DATE
    day = dt.date(2024, 5, 24)
    assert (span_between(day, None), span_between(None, day)) == (Span(day, None), Span(None, day))


def test_dates_alike_are_one_value():
    assert span_between(dt.date(2024, 5, 1), None) is span_between(dt.date(2024, 5, 1), None)


def test_what_is_known_in_full_on_two_days_is_weighed_once():
    releases = [a_release(), a_release(key="other"), a_release(key="third")]
    full = an_event(citations=(cited(a_lab_source(published="2024-01-02")),))
    later = an_event(
        key="later",
        model="other",
        citations=tuple(cited(a_lab_source(published=day)) for day in ("2024-01-02", "2024-06-01")),
    )
    one = access_ledger_as_of(dt.date(2024, 5, 24), releases, [full, later])
    other = access_ledger_as_of(dt.date(2024, 7, 1), releases, [full, later], other=one)
    assert other == access_ledger_as_of(dt.date(2024, 7, 1), releases, [full, later])
    assert [each.weighed["later"][2].event.citations for each in (one, other)] == [later.citations[:1], later.citations]
    assert [one.assessments[key] is other.assessments[key] for key in ("a-model", "other", "third")] == [
        True,
        False,
        True,
    ]
    assert one.weighed["an-event"][2] is other.weighed["an-event"][2]


def test_another_day_says_nothing_of_what_changed_since():
    day, next_day = dt.date(2024, 5, 24), dt.date(2024, 5, 25)
    one = access_ledger_as_of(day, [a_release()], [an_event()])
    changed = an_event(activity=Activity.RED_TEAMING)
    assert access_ledger_as_of(next_day, [a_release()], [changed], other=one) == access_ledger_as_of(
        next_day, [a_release()], [changed]
    )
    moved = a_release("2023-01-01")
    assert access_ledger_as_of(next_day, [moved], [an_event()], other=one) == access_ledger_as_of(
        next_day, [moved], [an_event()]
    )


@pytest.mark.django_db
def test_the_ledgers_of_two_days_share_what_is_known_in_full_on_both():
    event = factories.access_event()
    with one_version():
        ledgers = [access_ledger(today() - dt.timedelta(days=days)) for days in (0, 1)]
        one, other = (each.weighed[event.key][2] for each in ledgers)
        assert one is not None
        assert one is other


@pytest.mark.parametrize("marks", [1, 20_000])
def test_a_long_drawing_is_kept_packed(marks):
    svg = f"<svg>{'<g>1–2</g>' * marks}</svg>"
    picture = Picture("Who?", "All.", lambda: ET.fromstring(svg), rows=())
    assert picture.svg == picture.svg == svg
    assert (picture.length, picture.narrow) == (len(svg), "")
    assert (len(vars(picture)["_wide"]) < len(svg)) == (marks > 1)


def test_the_order_of_a_list_holds_no_number_as_an_object():
    index = ListIndex([Square(side) for side in range(MANY)], dt.date(2026, 8, 31))
    assert index.in_order(index.all, [("side", lambda row: -row.side, False)]) == [*reversed(index.rows)]
    assert {type(each) for key, each in index._once.items() if key[0] == "order"} == {array}


def test_labs_without_a_release_in_the_window_have_one_value_for_all_criteria():
    assert lab_criteria([], Range(0, 1)) == dict.fromkeys(Criterion)
    assert lab_criteria([], Range(0, 1)) is lab_criteria([], Range(1, 1))


@pytest.fixture
def kept_event():
    stored = factories.access_event(weights=Answer.YES, mode=Mode.DIRECT)
    with one_version():
        yield stored, records()[AccessEvent].by_key[stored.key]


@pytest.mark.django_db
def test_events_share_their_names_and_what_they_answer_alike(kept_event):
    others = [factories.access_event(weights=weights, mode=Mode.DIRECT) for weights in (Answer.YES, Answer.NO)]
    with uncommitted():
        rows = [records()[AccessEvent].by_key[each.key] for each in (kept_event[0], *others)]
        one, same, other = (vars(each)[SAID_ALIKE] for each in rows)
        assert one is same
        assert (one["weights"], other["weights"]) == ("yes", "no")
        assert {*map(sys.getsizeof, map(vars, rows))} < {*range(400)}


@pytest.mark.django_db
def test_a_kept_event_reads_and_its_copy_is_saved_like_any_other(kept_event, django_assert_num_queries):
    stored, row = kept_event
    left_out = ["evaluators", "domains"]  # of a kept row, a tuple
    with django_assert_num_queries(0):
        assert model_to_dict(row, exclude=left_out) == model_to_dict(stored, exclude=left_out)
        assert (row.weights, row.get_weights_display()) == ("yes", stored.get_weights_display())
        changed = copy(row)
        changed.weights = "no"
        assert (row.weights, changed.weights, changed.mode) == ("yes", "no", "direct")
        assert changed.get_deferred_fields() == set()
    changed.save()
    stored.refresh_from_db()
    assert (stored.weights, stored.mode) == ("no", "direct")


@pytest.mark.django_db
def test_an_event_that_django_reads_defers_such_a_column_as_any(kept_event):
    stored, _ = kept_event
    assert SAID_ALIKE not in vars(stored)
    assert AccessEvent.objects.defer("weights").get(pk=stored.pk).weights == "yes"
