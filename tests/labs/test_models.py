"""What the facts refuse when they are validated, and what they say of themselves."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from labs.choices import Owner
from labs.models import AIModel, Evaluator, Lab, Participation
from labs.models.base import QUOTE_CHARACTERS, QUOTE_WORDS, RESERVED_KEYS
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", sorted(RESERVED_KEYS))
def test_a_key_that_is_the_address_of_a_page_is_refused(key):
    with pytest.raises(ValidationError, match="address of another page"):
        Lab(key=key, name="A lab").full_clean()


def test_a_key_that_is_taken_is_refused():
    taken = factories.lab().key

    with pytest.raises(ValidationError, match="already exists"):
        Lab(key=taken, name="Another lab").full_clean()


def test_records_are_found_by_their_natural_key():
    lab = factories.lab()

    assert Lab.objects.get_by_natural_key(*lab.natural_key()) == lab


def test_parts_are_found_by_their_natural_key():
    event = factories.access_event()
    part, citation = event.participations.get(), event.citations.get()

    assert part.natural_key() == (event.key, part.evaluator.key)
    assert Participation.objects.get_by_natural_key(*part.natural_key()) == part
    assert citation.natural_key() == (event.key, citation.source.key, citation.quote)
    assert type(citation).objects.get_by_natural_key(*citation.natural_key()) == citation


def test_a_part_knows_the_record_that_it_belongs_to():
    event = factories.access_event()

    assert event.participations.get().whole == event
    assert event.citations.get().whole == event


def test_a_release_and_its_event_belong_to_the_same_lab():
    event = factories.access_event()
    event.model = factories.ai_model()

    with pytest.raises(ValidationError, match=f"is a release of {event.model.lab}. Choose a release of {event.lab}"):
        event.full_clean()


def test_an_event_may_leave_its_release_unstated():
    assert factories.access_event(model=None).full_clean() is None


def test_the_lab_of_a_release_cannot_change_while_an_event_refers_to_it():
    event = factories.access_event()
    event.model.lab = factories.lab()

    with pytest.raises(ValidationError, match=f"“{event.key}” of {event.lab} refers to this release"):
        event.model.full_clean()


def test_the_lab_of_a_release_cannot_change_while_it_has_variants():
    model = factories.ai_model()
    variant = factories.ai_model(lab=model.lab, variant_of=model)
    model.lab = factories.lab()

    with pytest.raises(ValidationError, match=f"“{variant}” of {variant.lab} refers to this release"):
        model.full_clean()


def test_the_lab_of_a_release_that_nothing_refers_to_can_change():
    model = factories.ai_model()
    model.lab = factories.lab()

    assert model.full_clean() is None


def test_a_variant_is_of_a_release_of_the_same_lab():
    model = factories.ai_model()
    model.variant_of = factories.ai_model()

    with pytest.raises(ValidationError, match="choose one of the same lab"):
        model.full_clean()


def test_a_variant_of_a_variant_is_refused_with_the_release_to_choose():
    first = factories.ai_model()
    second = factories.ai_model(lab=first.lab, variant_of=first)
    third = factories.ai_model(lab=first.lab)
    third.variant_of = second

    with pytest.raises(ValidationError, match=f"choose {first} instead"):
        third.full_clean()


def test_a_release_with_variants_cannot_become_one():
    first = factories.ai_model()
    factories.ai_model(lab=first.lab, variant_of=first)
    first.variant_of = factories.ai_model(lab=first.lab)

    with pytest.raises(ValidationError, match="Other releases are variants of this one"):
        first.full_clean()


def test_a_release_cannot_be_a_variant_of_itself():
    model = factories.ai_model()
    model.variant_of = model

    with pytest.raises(ValidationError, match="variant of itself"):
        model.full_clean()


def test_the_lab_itself_is_no_evaluator_of_its_release():
    event = factories.access_event()
    part = Participation(event=event, evaluator=factories.evaluator(lab=event.lab))

    with pytest.raises(ValidationError, match="is the lab itself"):
        part.full_clean()


def test_another_lab_can_be_an_evaluator():
    event = factories.access_event()

    part = Participation(event=event, evaluator=factories.evaluator(lab=factories.lab()))
    assert part.full_clean() is None


def test_an_evaluator_cannot_turn_out_to_be_the_lab_of_an_event_it_took_part_in():
    event = factories.access_event()
    evaluator = event.evaluators.get()
    evaluator.lab = event.lab

    with pytest.raises(ValidationError, match=f"It is an evaluator in “{event.key}”"):
        evaluator.full_clean()


@pytest.mark.parametrize(("words", "is_allowed"), [(QUOTE_WORDS, True), (QUOTE_WORDS + 1, False)])
def test_a_quote_has_forty_words_at_most(words, is_allowed):
    citation = factories.access_event().citations.get()
    citation.quote = "word " * words

    if is_allowed:
        citation.full_clean()
    else:
        with pytest.raises(ValidationError, match=f"has {words} words; at most {QUOTE_WORDS}"):
            citation.full_clean()


@pytest.mark.parametrize(("characters", "is_allowed"), [(QUOTE_CHARACTERS, True), (QUOTE_CHARACTERS + 1, False)])
def test_a_quote_in_a_script_without_blanks_has_a_limit_too_and_fits_the_database(characters, is_allowed):
    citation = factories.access_event().citations.get()
    citation.quote = "测" * characters

    if is_allowed:
        citation.full_clean()
        citation.save()
    else:
        with pytest.raises(ValidationError, match=f"has {characters} characters"):
            citation.full_clean()


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        ({"lab": factories.lab}, Owner.LAB),
        ({"lab": factories.lab, "kind": "government"}, Owner.LAB),
        ({"evaluator": factories.evaluator}, Owner.EVALUATOR),
        ({"evaluator": factories.evaluator, "kind": "government"}, Owner.EVALUATOR),
        ({"kind": "government"}, Owner.GOVERNMENT),
        ({"kind": "journalism"}, Owner.THIRD_PARTY),
        ({"kind": "legal"}, Owner.THIRD_PARTY),
        ({"kind": "unknown"}, Owner.THIRD_PARTY),
    ],
)
def test_a_source_belongs_to_its_lab_its_evaluator_a_government_or_a_third_party(changes, owner):
    source = factories.source(**{name: value() if callable(value) else value for name, value in changes.items()})

    assert source.owner is owner
    assert source.owner_name == str(source.lab or source.evaluator or owner.label)


def test_supported_fields_are_named_by_their_public_labels():
    citation = factories.citation(factories.access_event(), supports=["timing", "access.weights", "access"])

    assert citation.supports_labels == ["timing", "the whole access profile", "weights"]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: factories.lab(name="A lab"), "A lab"),
        (lambda: factories.ai_model(name="A model"), "A model"),
        (lambda: factories.evaluator(name="An evaluator"), "An evaluator"),
        (lambda: factories.source(title="A title", publisher="A publisher"), "A title (A publisher)"),
        (lambda: factories.access_event(key="a-key"), "a-key"),
        (lambda: factories.access_event().participations.get(), "Test evaluator"),
    ],
)
def test_records_call_themselves_by_what_a_person_knows_them_by(make, expected):
    assert str(make()).startswith(expected)


def test_order_of_dates_is_validated_where_bounds_are_not_in_the_form():
    event = factories.access_event(started_on="2024-05")
    event.ended_on = "2024-04"

    with pytest.raises(ValidationError, match="ended_on lies before started_on"):
        event.full_clean(exclude={"started_on_earliest", "started_on_latest", "ended_on_earliest", "ended_on_latest"})


def test_order_of_dates_is_not_validated_where_a_date_itself_is_left_out():
    event = factories.access_event(started_on="2024-05")
    event.ended_on = "2024-04"

    assert event.full_clean(exclude={"ended_on", "ended_on_earliest", "ended_on_latest"}) is None


def test_all_check_constraints_are_asked_in_one_query_where_a_field_is_left_out_too():
    event = factories.access_event(started_on="2024-05")
    count = sum(isinstance(each, models.CheckConstraint) for each in event._meta.constraints)

    for exclude in (set(), {"lab"}, {"timing", "results"}):
        with CaptureQueriesContext(connection) as queries:
            event.validate_constraints(exclude=exclude)
        assert len([each for each in queries if "_check" in each["sql"]]) == 1 < count


def test_a_constraint_that_fails_says_so_whatever_else_is_left_out():
    event = factories.access_event()
    event.timing, event.results = "no such word", "nor this"

    def refused(*exclude):
        with pytest.raises(ValidationError) as refusal:
            event.validate_constraints(exclude=exclude)
        return refusal.value.messages

    one, other = refused("timing"), refused("results")
    assert len(one) == len(other) == 1
    assert sorted(one + other) == sorted(refused())
    assert event.validate_constraints(exclude={"timing", "results"}) is None


def test_releases_are_listed_newest_first(empty_database):
    older = factories.ai_model(released_on="2023-05")
    newer = factories.ai_model(released_on="2024-05")

    assert list(AIModel.objects.all()) == [newer, older]


@pytest.mark.parametrize(
    ("kind", "is_government"), [("government", True), ("nonprofit", False), ("unspecified", False)]
)
def test_a_government_body_is_an_evaluator_of_that_kind(kind, is_government):
    assert Evaluator(kind=kind).is_government is is_government


def test_lookalikes_share_lab_release_evaluators_activity_and_timing(empty_database):
    metr, apollo = factories.evaluator(), factories.evaluator()
    event = factories.access_event(evaluators=[metr, apollo])
    same = {"model": event.model, "activity": event.activity, "timing": event.timing}
    alike = factories.access_event(evaluators=[apollo, metr], **same)
    factories.access_event(evaluators=[metr], **same)
    factories.access_event(evaluators=[metr, apollo], **same | {"activity": "red_teaming"})
    factories.access_event(evaluators=[metr, apollo], **same | {"timing": "after_deployment"})
    factories.access_event(evaluators=[metr, apollo], **same | {"model": None}, lab=event.lab)

    assert type(event).objects.lookalikes_of(event, {metr.pk, apollo.pk}) == [alike]
