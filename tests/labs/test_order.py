"""The order in which people look for names (labs/rules/order.py)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.models import AIModel, Evaluator, Lab, Source
from labs.queries.kept import records
from labs.rules.order import people_order
from tests import factories


@pytest.mark.parametrize(
    "names",
    [
        ["Gemini", "GPT-5.6"],
        ["ActiveFence", "ALICE"],
        ["GPT-5.9", "GPT-5.10", "GPT-10"],
        ["GPT-4", "GPT-4o"],
        ["GPT-5", "GPT-5o", "GPT-5.1", "GPT-5.1 mini", "GPT-5.6", "GPT-5.10"],
        ["GPT-4", "GPT-4 Turbo", "GPT-4.5", "GPT-4.5 preview"],
        ["Claude 3 Opus", "Claude 3.7 Sonnet", "Claude 4"],
        ["Gemini 3 Pro", "Gemini 3.7"],
        ["Llama 3", "Llama 3 70B", "Llama 3.1", "Llama 3.1 405B"],
        ["v1", "v1.0.9", "v1.0.10", "v1.1", "v2"],
        ["Policy 3, July", "Policy 3. June", "Policy 3.1"],
        ["Claude 3 Haiku", "Claude-3 Opus", "Claude 3 Sonnet"],
        ["Élan", "Elbe"],
        ["École A", "ecole B", "ÉCOLE C"],
        ["2 Labs", "10 Labs", "A Lab"],
        ["o1", "o3", "o3-mini", "o10"],
        ["v" + "9" * 40, "v1" + "0" * 40, "vv"],
        ["", "a"],
    ],
)
def test_names_stand_where_people_look_for_them(names):
    for _ in range(5):
        shuffled = random.Random(1).sample(names, len(names))
        assert sorted(shuffled, key=people_order) == names


def test_a_hyphen_and_a_blank_are_alike_and_no_two_names_are_equal():
    one, other = people_order("GPT-4 Turbo"), people_order("GPT 4-Turbo")
    assert one[0] == other[0]
    assert one != other


NAMES = st.text(st.sampled_from("aBé 0123456789.-٣²"), max_size=12)


@given(st.lists(NAMES, max_size=8), st.randoms(use_true_random=False))
def test_every_name_has_its_place_whatever_the_others_are(names, chance):
    """A total order: no two names are equal, and those between two others stay between them."""
    ordered = sorted(names, key=people_order)
    assert sorted(chance.sample(names, len(names)), key=people_order) == ordered
    assert all((people_order(one) == people_order(other)) == (one == other) for one in names for other in names)


@given(st.integers(0, 99), st.integers(0, 99), st.text(st.sampled_from("ab .-0"), max_size=6))
def test_a_whole_number_and_all_that_follows_it_come_before_its_points(whole, point, rest):
    names = [f"GPT-{whole + 1}", f"GPT-{whole}.{point}", f"GPT-{whole} a{rest}", f"GPT-{whole}"]
    assert sorted(names, key=people_order) == [*reversed(names)]


@pytest.mark.django_db
def test_records_are_read_in_that_order_on_every_database(empty_database):
    for name in ("Mistral", "ALICE", "Élan", "ActiveFence", "Gemini 10", "gemini-9", "Gemini 9.5", "mistral 2"):
        factories.lab(name=name)
        factories.evaluator(name=name)
        factories.source(title=name)
    wanted = ["ActiveFence", "ALICE", "Élan", "gemini-9", "Gemini 9.5", "Gemini 10", "Mistral", "mistral 2"]
    for model in (Lab, Evaluator, Source):
        found = [str(getattr(row, "name", "") or row.title) for row in records()[model].published]
        assert [name for name in found if name in wanted] == wanted, model


@pytest.mark.django_db
def test_releases_come_newest_first_then_by_name_and_the_undated_last(empty_database):
    lab = factories.lab()
    for name, day in (("GPT-5.10", "2026-01-02"), ("Old", "2020"), ("When", ""), ("GPT-5.9", "2026-01-02")):
        factories.ai_model(lab=lab, name=name, released_on=day)
    assert [each.name for each in records()[AIModel].published] == ["GPT-5.9", "GPT-5.10", "Old", "When"]
