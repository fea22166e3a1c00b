"""Writes of the facts: all of it, or nothing and a sentence that says what to do."""

import pytest
from django.core.exceptions import ValidationError

from labs import actions
from labs.models import AccessEvent, AccessEventCitation, AIModel, AIModelCitation, Participation
from labs.models.base import NO_CITATION
from labs.models.events import NO_EVALUATOR
from tests import factories

pytestmark = pytest.mark.django_db


def new_event(**changes) -> AccessEvent:
    model = factories.ai_model()
    return AccessEvent(
        **{"key": "new-event", "lab": model.lab, "model": model, "activity": "model_evaluation", "summary": "A test."}
        | changes
    )


def quote(text="A quote.", **changes) -> AccessEventCitation:
    return AccessEventCitation(**{"source": factories.source(), "quote": text, "supports": ["activity"]} | changes)


def save(event: AccessEvent, **changes) -> AccessEvent:
    parts = {"participations": [Participation(evaluator=factories.evaluator())], "citations": [quote()]}
    return actions.save_record(record=event, parts=parts | changes)


def assert_nothing_was_saved() -> None:
    assert not AccessEvent.objects.filter(key="new-event").exists()
    assert not Participation.objects.filter(event__key="new-event").exists()
    assert not AccessEventCitation.objects.filter(record__key="new-event").exists()


def test_an_event_is_saved_with_its_evaluators_and_citations():
    metr, apollo = factories.evaluator(), factories.evaluator()

    save(
        new_event(),
        participations=[Participation(evaluator=metr), Participation(evaluator=apollo, lowered_to="inferred")],
        citations=[quote("One."), quote("Two.")],
    )

    event = AccessEvent.objects.get(key="new-event")
    assert [(part.evaluator, part.lowered_to) for part in event.participations.all()] == [
        (metr, "as_event"),
        (apollo, "inferred"),
    ]
    assert [citation.quote for citation in event.citations.all()] == ["One.", "Two."]


def test_an_event_that_is_saved_again_keeps_exactly_what_it_is_given():
    event = factories.access_event(evaluators=[factories.evaluator(), factories.evaluator()])
    kept, dropped = event.participations.all()
    cited = event.citations.get()
    added = factories.evaluator()
    kept.lowered_to = "inferred"

    save(event, participations=[kept, Participation(evaluator=added)], citations=[quote("Another.")])

    assert list(event.participations.values_list("evaluator", "lowered_to")) == [
        (kept.evaluator.pk, "inferred"),
        (added.pk, "as_event"),
    ]
    assert not Participation.objects.filter(pk=dropped.pk).exists()
    assert [citation.quote for citation in event.citations.all()] == ["Another."]
    assert not AccessEventCitation.objects.filter(pk=cited.pk).exists()


def test_an_event_takes_the_place_of_a_part_that_says_the_same():
    event = factories.access_event()
    same = Participation(evaluator=event.evaluators.get(), lowered_to="reported")

    save(event, participations=[same])

    assert event.participations.get() == same


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"citations": lambda: []}, NO_CITATION),
        ({"participations": lambda: []}, NO_EVALUATOR),
        (
            {"citations": lambda: [quote(), quote("word " * 41)]},
            "Access event citation 2: Quote: The quote has 41 words",
        ),
        ({"citations": lambda: [quote("")]}, "Access event citation 1: Quote: This field cannot be blank"),
        ({"citations": lambda: [quote(supports=["weather"])]}, "Supports: Not a choice here: weather"),
        (
            {"participations": lambda: [Participation(evaluator=factories.evaluator(), lowered_to="raised")]},
            "Participation 1: Certainty of this evaluator's part: Value 'raised' is not a valid choice",
        ),
    ],
)
def test_an_event_with_something_wrong_in_its_parts_is_refused_whole(changes, sentence):
    with pytest.raises(ValidationError) as refusal:
        save(new_event(), **{name: make() for name, make in changes.items()})

    assert sentence in " ".join(refusal.value.messages)
    assert_nothing_was_saved()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"started_on": "May 2024"}, "is not a date in EDTF"),
        ({"started_on": "2024-05", "ended_on": "2024-04"}, "ended_on lies before started_on"),
        ({"lowered_to": "inferred"}, "A lowered certainty needs a reason"),
        ({"activity": "hearsay"}, "is not a valid choice"),
        ({"access_days": 0}, "greater than or equal to 1"),
        ({"summary": ""}, "cannot be blank"),
    ],
)
def test_an_event_with_something_wrong_in_itself_is_refused(changes, sentence):
    with pytest.raises(ValidationError) as refusal:
        save(new_event(**changes))

    assert sentence in " ".join(refusal.value.messages)
    assert_nothing_was_saved()


def test_an_event_of_another_labs_release_is_refused():
    with pytest.raises(ValidationError, match="Choose a release of"):
        save(new_event(lab=factories.lab()))

    assert_nothing_was_saved()


def test_the_lab_itself_is_refused_as_evaluator():
    event = new_event()

    with pytest.raises(ValidationError, match="is the lab itself"):
        save(event, participations=[Participation(evaluator=factories.evaluator(lab=event.lab))])

    assert_nothing_was_saved()


def test_the_same_evaluator_twice_is_refused():
    evaluator = factories.evaluator()

    with pytest.raises(ValidationError, match="Participation 2: This evaluator is named already"):
        save(new_event(), participations=[Participation(evaluator=evaluator), Participation(evaluator=evaluator)])

    assert_nothing_was_saved()


def test_all_that_is_wrong_with_the_parts_is_said_at_once():
    with pytest.raises(ValidationError) as refusal:
        save(new_event(), citations=[quote(""), quote(), quote("word " * 41)])

    assert [message.split(":")[0] for message in refusal.value.messages] == [
        "Access event citation 1",
        "Access event citation 3",
    ]


def test_a_change_that_is_refused_leaves_the_event_as_it_was():
    event = factories.access_event(summary="As it was.")
    before = list(event.participations.values()), list(event.citations.values())
    event.summary = "Changed."

    with pytest.raises(ValidationError):
        save(event, citations=[quote("word " * 41)])

    event.refresh_from_db()
    assert event.summary == "As it was."
    assert (list(event.participations.values()), list(event.citations.values())) == before


def lookalike_of(event: AccessEvent, **changes) -> AccessEvent:
    same = {name: getattr(event, name) for name in ("lab", "model", "activity", "timing")}
    return new_event(**same | changes)


def test_an_event_that_looks_like_another_is_refused_and_the_other_is_named():
    other = factories.access_event()

    with pytest.raises(ValidationError, match=f"It looks like “{other.key}”.*distinct from events that look alike"):
        save(lookalike_of(other), participations=[Participation(evaluator=other.evaluators.get())])

    assert_nothing_was_saved()


def test_an_event_that_looks_like_another_is_saved_if_it_is_marked_as_distinct():
    other = factories.access_event()

    save(lookalike_of(other, is_distinct=True), participations=[Participation(evaluator=other.evaluators.get())])

    assert AccessEvent.objects.filter(key="new-event").exists()


@pytest.mark.parametrize("changes", [{"activity": "red_teaming"}, {"timing": "during_training"}, {"model": None}])
def test_an_event_that_differs_from_another_in_one_point_is_saved(changes):
    other = factories.access_event()

    save(lookalike_of(other, **changes), participations=[Participation(evaluator=other.evaluators.get())])

    assert AccessEvent.objects.filter(key="new-event").exists()


def test_an_event_with_one_evaluator_more_than_another_is_saved():
    other = factories.access_event()
    evaluators = [other.evaluators.get(), factories.evaluator()]

    save(lookalike_of(other), participations=[Participation(evaluator=each) for each in evaluators])

    assert AccessEvent.objects.filter(key="new-event").exists()


def test_an_event_does_not_look_like_itself():
    event = factories.access_event()

    assert save(event, participations=event.participations.all()) == event


def test_a_release_is_saved_with_its_citations():
    model = AIModel(key="new-model", lab=factories.lab(), name="New model", released_on="2024-05")

    actions.save_record(
        record=model, parts={"citations": [AIModelCitation(source=factories.source(), quote="A quote.")]}
    )

    assert AIModel.objects.get(key="new-model").citations.get().quote == "A quote."


@pytest.mark.parametrize("quotes", [[], [""]])
def test_a_release_without_a_quote_is_refused(quotes):
    model = AIModel(key="new-model", lab=factories.lab(), name="New model")

    citations = [AIModelCitation(source=factories.source(), quote=text) for text in quotes]

    with pytest.raises(ValidationError):
        actions.save_record(record=model, parts={"citations": citations})

    assert not AIModel.objects.filter(key="new-model").exists()


# The factories' releases came out on 15 June 2024.


@pytest.mark.parametrize("started_on", ["2024-06-14", "2024-06-15", "2024-06", "2024"])
def test_a_test_before_deployment_may_begin_up_to_the_day_of_release(started_on):
    assert save(new_event(timing="before_deployment", started_on=started_on)).pk


@pytest.mark.parametrize("timing", ["before_deployment", "during_training", "before_internal_deployment"])
def test_a_test_before_deployment_that_begins_after_the_release_is_refused(timing):
    with pytest.raises(ValidationError) as refusal:
        save(new_event(timing=timing, started_on="2024-06-16"))

    assert "It starts after" in str(refusal.value.message_dict["started_on"])
    assert "“after deployment”" in str(refusal.value.message_dict["started_on"])
    assert_nothing_was_saved()


@pytest.mark.parametrize("timing", ["after_deployment", "unknown"])
def test_a_test_at_another_or_an_unknown_time_may_begin_after_the_release(timing):
    assert save(new_event(timing=timing, started_on="2024-06-16")).pk


@pytest.mark.parametrize(("days", "is_refused"), [(5, False), (6, False), (7, True)])
def test_days_before_release_cannot_be_more_than_from_start_to_release(days, is_refused):
    event = new_event(timing="before_deployment", started_on="2024-06-10", access_days=days)
    if not is_refused:
        assert save(event).pk
        return
    with pytest.raises(ValidationError) as refusal:
        save(event)
    assert "there are at most 6 days" in str(refusal.value.message_dict["access_days"])


@pytest.mark.parametrize("answer", ["yes", "partial", "no"])
def test_an_answer_of_the_profile_without_a_quote_for_it_is_refused_by_name(answer):
    with pytest.raises(ValidationError) as refusal:
        save(
            new_event(no_safety_filters=answer, fine_tuning=answer), citations=[quote(supports=["access.fine_tuning"])]
        )

    assert "No quote supports the answer on: safety filters off." in refusal.value.messages[0]
    assert_nothing_was_saved()


@pytest.mark.parametrize("supports", [["access.no_safety_filters"], ["access"]])
def test_an_answer_of_the_profile_with_a_quote_for_it_or_for_the_whole_profile_is_saved(supports):
    assert save(new_event(no_safety_filters="no"), citations=[quote(supports=supports)]).pk
