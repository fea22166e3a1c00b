"""The bench's records are valid at any factor, and its comparison notices what differs."""

import datetime as dt
from collections import Counter

import pytest
from django.apps import apps
from django.conf import settings

from commitments.models import Commitment
from labs.models import AccessEvent, AIModel, Record, Source
from labs.models.registry import kind_of
from tests.bench.compare import difference
from tests.bench.generate import NOT_COPIED, copies, shipped_rows
from tests.bench.load import load

SHIPPED = shipped_rows(settings.BASE_DIR / "fixtures")
PER_MODEL = 2


def counts(rows):
    return Counter(row["model"] for row in rows)


def test_copies_hold_each_kind_of_record_as_often_as_the_factor_says():
    once, ten_times = counts(SHIPPED), counts(copies(SHIPPED, range(10)))
    assert ten_times == {model: count * (1 if model in NOT_COPIED else 10) for model, count in once.items()}


def test_copies_make_new_labs_and_let_the_shipped_ones_grow():
    labs = Counter(row["fields"]["lab"][0] for row in copies(SHIPPED, range(10)) if row["model"] == "labs.aimodel")
    shipped = Counter(row["fields"]["lab"][0] for row in SHIPPED if row["model"] == "labs.aimodel")
    assert labs["openai"] > 3 * shipped["openai"]
    assert len(labs) > 3 * len(shipped)


def test_the_records_of_a_copy_are_valid(records):
    load(copies(SHIPPED, [1]))
    for label in counts(SHIPPED):
        model = apps.get_model(label)
        total = model._base_manager.count()
        for row in model._base_manager.order_by("-pk")[: total // 2 : max(1, total // 2 // PER_MODEL)]:
            row.full_clean()
            if isinstance(row, Record):
                row.check_parts({name: list(getattr(row, name).all()) for name in kind_of(row).relations})
    assert Source.objects.filter(published_on_latest__lt=dt.date(2022, 12, 31)).exists()  # bounds follow the text
    for model in (AIModel, AccessEvent, Commitment):
        assert model.objects.filter(key__endswith="-copy-1").count() * 2 == model.objects.count()


VIEW = {"status": 200, "type": "text/html", "body": '<p>Ten</p><input name="csrfmiddlewaretoken" value="a">'}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"body": VIEW["body"].replace('"a"', '"b"')}, ""),
        ({"body": VIEW["body"].replace("Ten", "Tea")}, "at 5"),
        ({"body": VIEW["body"] + " "}, "at 18"),
        ({"status": 404}, "status 200 → 404"),
        ({"type": "text/csv"}, "type text/html → text/csv"),
    ],
)
def test_the_comparison_says_what_differs_but_for_tokens(changed, said):
    found = difference(VIEW, VIEW | changed)
    assert found.startswith(said) if said else found == ""
