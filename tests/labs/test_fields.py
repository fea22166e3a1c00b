"""The fields of the facts, through the database and back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from labs.choices import Domain
from labs.models import AccessEvent, AIModel, EvaluatorName, Lab, Proposal
from labs.models.fields import TermsField, holding
from labs.rules.dates import EXAMPLES
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "label"),
    [
        ("2023-03-14", dt.date(2023, 3, 14), dt.date(2023, 3, 14), "14 March 2023"),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "February 2024"),
        ("2023-40", dt.date(2023, 1, 1), dt.date(2023, 6, 30), "first half of 2023"),
        ("2025~", dt.date(2025, 1, 1), dt.date(2025, 12, 31), "about 2025"),
        ("2024-02?", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "February 2024 (uncertain)"),
        ("2023-01/2023-06", dt.date(2023, 1, 1), dt.date(2023, 6, 30), "January 2023 to June 2023"),
        ("", None, None, ""),
    ],
)
def test_a_date_is_saved_as_entered_with_its_bounds_and_read_in_words(text, earliest, latest, label):
    saved = factories.ai_model(released_on=text)

    model = AIModel.objects.get(pk=saved.pk)

    assert (model.released_on, model.released_on_earliest, model.released_on_latest, model.released_on_label) == (
        text,
        earliest,
        latest,
        label,
    )


def test_bounds_follow_the_text_when_saved_without_validation():
    model = factories.ai_model(released_on="2024")

    model.released_on = "2025-05"
    model.save()

    model.refresh_from_db()
    assert (model.released_on_earliest, model.released_on_latest) == (dt.date(2025, 5, 1), dt.date(2025, 5, 31))


def test_bounds_follow_the_text_from_validation_on():
    model = factories.ai_model(released_on="2024")

    model.released_on = "2025-05"
    model.full_clean()

    assert (model.released_on_earliest, model.released_on_latest) == (dt.date(2025, 5, 1), dt.date(2025, 5, 31))


def test_bounds_of_a_date_that_is_taken_out_become_empty():
    model = factories.ai_model(released_on="2024")

    model.released_on = ""
    model.save()

    model.refresh_from_db()
    assert (model.released_on_earliest, model.released_on_latest) == (None, None)


def test_blanks_around_a_date_are_dropped():
    model = factories.ai_model()
    model.released_on = " 2024-05 "

    model.full_clean()
    model.save()

    model.refresh_from_db()
    assert model.released_on == "2024-05"


@pytest.mark.parametrize("text", ["May 2024", "2024-13", "14.03.2023", "2023-02-30", "soon", "2024-05/2024-04"])
def test_bad_text_is_refused_with_an_example_of_good_text(text):
    model = factories.ai_model()
    model.released_on = text

    with pytest.raises(ValidationError) as refusal:
        model.full_clean()

    (sentence,) = refusal.value.message_dict["released_on"]
    assert f"“{text}”" in sentence
    assert EXAMPLES in sentence or "2023-01/2023-06" in sentence


def test_bad_text_is_not_saved_without_validation_either():
    model = factories.ai_model()
    model.released_on = "May 2024"

    with pytest.raises(ValueError, match="Good dates"):
        model.save()


@pytest.mark.parametrize("text", ["../2024-05", "2024-05/.."])
def test_an_open_end_is_refused_where_a_date_is_meant(text):
    model = factories.ai_model()
    model.released_on = text

    with pytest.raises(ValidationError, match="open end"):
        model.full_clean()


def test_an_open_end_stands_where_a_time_of_use_is_meant():
    name = EvaluatorName(evaluator=factories.evaluator(), name="Former name", used="../2025-02-14")

    name.full_clean()
    name.save()

    name.refresh_from_db()
    assert (name.used_earliest, name.used_latest) == (None, dt.date(2025, 2, 14))
    assert str(name) == "Former name (until 14 February 2025)"


def test_terms_come_back_as_a_list_in_the_order_of_the_enumeration_without_repeats():
    event = factories.access_event(domains=["cyber", "autonomy", "cyber"])

    assert AccessEvent.objects.get(pk=event.pk).domains == ["autonomy", "cyber"]


def test_no_terms_come_back_as_an_empty_list():
    event = factories.access_event(domains=[])

    assert AccessEvent.objects.get(pk=event.pk).domains == []


@pytest.mark.parametrize("terms", [["cyber", "weather"], "cyber weather"])
def test_a_term_outside_the_enumeration_is_refused_with_the_choices(terms):
    event = factories.access_event()
    event.domains = terms

    with pytest.raises(ValidationError, match=r"Not a choice here: weather\. Choices: autonomy, ai_rnd"):
        event.full_clean()


def test_a_list_of_terms_that_has_to_have_one_refuses_none():
    requirement = factories.commitment().requirements.get()
    requirement.activities = []

    with pytest.raises(ValidationError, match="cannot be blank"):
        requirement.full_clean()


def test_terms_are_a_list_of_checkboxes_in_a_form():
    field = TermsField("risk domains", terms=Domain, help_text="What was tested for.").formfield()

    assert field.choices == Domain.choices()
    assert field.label == "Risk domains"
    assert field.help_text == "What was tested for."
    assert not field.required
    assert field.clean(["cyber", "bio"]) == ["cyber", "bio"]


@pytest.mark.parametrize(
    ("terms", "is_found"),
    [(("bio",), True), (("cyber",), True), (("nuclear",), False), (("nuclear", "bio"), True), ((), False)],
)
def test_rows_are_found_by_a_term_that_they_hold(empty_database, terms, is_found):
    factories.access_event(domains=["cyber", "bio"])

    assert AccessEvent.objects.filter(holding("domains", *terms)).exists() is is_found


def test_a_term_is_not_found_within_a_longer_one(empty_database):
    event = factories.access_event()
    event.citations.update(supports="access.weights")

    assert not event.citations.filter(holding("supports", "access")).exists()
    assert not event.citations.filter(holding("supports", "access_weights")).exists()
    assert event.citations.filter(holding("supports", "access.weights")).exists()


def test_the_number_of_a_record_is_its_model_and_key_in_fixtures():
    lab = factories.lab()
    field = Proposal._meta.get_field("object_id")

    assert field.to_python([lab._meta.label_lower, lab.key]) == lab.pk
    assert field.to_python("7") == 7
    with pytest.raises(Lab.DoesNotExist):
        field.to_python(["labs.lab", "no-such-lab"])
