"""Boxes to type into are drawn as Django draws them."""

import datetime as dt

import pytest
from django import forms

from labs.web.facet_boxes import DayBox, TypedBox


@pytest.mark.parametrize("value", [None, "", "a\"<b>&'", 5])
@pytest.mark.parametrize(
    "own", [{}, {"type": "search", "maxlength": 700}, {"required": True, "x": False, "y": "<&\"'"}]
)
def test_a_box_is_what_django_draws(own, value):
    drawn = [box(attrs=own).render("q", value, {"id": "id_q"}) for box in (TypedBox, forms.TextInput)]
    assert drawn[0] == drawn[1]


def test_a_box_for_a_day_is_too():
    boxes = (DayBox, forms.DateInput)
    drawn = [box(attrs={"type": "date"}, format="%Y-%m-%d").render("d", dt.date(2025, 1, 2)) for box in boxes]
    assert drawn[0] == drawn[1] == '<input type="date" name="d" value="2025-01-02">'
