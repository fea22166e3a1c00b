"""The order in which people look for names (labs/rules/order.py)."""

import random

import pytest

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
        ["GPT-5", "GPT-5.1", "GPT-5.1 mini", "GPT-5o"],
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


@pytest.mark.django_db
def test_records_are_read_in_that_order_on_every_database(empty_database):
    for name in ("Mistral", "ALICE", "Élan", "ActiveFence", "Gemini 10", "gemini-9", "mistral 2"):
        factories.lab(name=name)
        factories.evaluator(name=name)
        factories.source(title=name)
    wanted = ["ActiveFence", "ALICE", "Élan", "gemini-9", "Gemini 10", "Mistral", "mistral 2"]
    for model in (Lab, Evaluator, Source):
        found = [str(getattr(row, "name", "") or row.title) for row in records()[model].published]
        assert [name for name in found if name in wanted] == wanted, model


@pytest.mark.django_db
def test_releases_come_newest_first_then_by_name_and_the_undated_last(empty_database):
    lab = factories.lab()
    for name, day in (("GPT-5.10", "2026-01-02"), ("Old", "2020"), ("When", ""), ("GPT-5.9", "2026-01-02")):
        factories.ai_model(lab=lab, name=name, released_on=day)
    assert [each.name for each in records()[AIModel].published] == ["GPT-5.9", "GPT-5.10", "Old", "When"]
