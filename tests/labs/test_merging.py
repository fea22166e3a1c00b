"""Two records that turn out to be one: all moves to the one that stays, or nothing does."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from commitments.choices import RequiredEvaluators
from labs.actions import review
from labs.actions.merging import merge
from labs.actions.proposals import writers_of
from labs.actions.records import save_record
from labs.actions.references import referring_to
from labs.models import (
    AccessEvent,
    AIModel,
    AIModelName,
    Alias,
    Evaluator,
    EvaluatorName,
    Lab,
    LabName,
    Participation,
    Proposal,
    Search,
    Snapshot,
    Source,
)
from labs.models.registry import record_kinds
from labs.models.states import Keys, state_of
from tests import factories, people

MERGEABLE = [kind.model for kind in record_kinds() if kind.is_mergeable]

pytestmark = pytest.mark.django_db

WHY = "Two records of one."
MAKE = {Lab: factories.lab, Evaluator: factories.evaluator, AIModel: factories.ai_model, Source: factories.source}


@pytest.fixture
def ada():
    return people.editor()


@pytest.fixture
def ed():
    return people.editor()


def pair(model):
    """The one that goes and the one that stays; two releases are of one lab."""
    more = {"lab": factories.lab()} if model is AIModel else {}
    return MAKE[model](**more), MAKE[model](**more)


def merged(loser, winner, by=None):
    return merge(loser=loser, winner=winner, by=by, reason=WHY)


def refusal(loser, winner) -> str:
    with pytest.raises(ValidationError) as refused:
        merged(loser, winner)
    return " ".join(refused.value.messages)


def snapshot(source, text="What it says.", sha256="a", day=dt.date(2024, 7, 1)):
    return Snapshot.objects.create(source=source, text=text, sha256=sha256, taken_on=day)


def search(model, where="Its site.", day=dt.date(2024, 7, 1)):
    return Search.objects.create(model=model, searched_on=day, where=where)


def requirement(evaluator, **changes):
    named = {"evaluators": RequiredEvaluators.NAMED.value, "named_evaluator": evaluator}
    return factories.commitment(requirement=named, **changes).requirements.get()


def cited(model, source, **changes):
    record = {
        "AIModel": factories.ai_model,
        "AccessEvent": factories.access_event,
        "Evaluator": factories.evaluator,
        "Commitment": factories.commitment,
    }[model](**changes)
    return factories.citation(record, source=source)


# For each relation that can point to a record: something that does. A new relation belongs here, and has to be thought
# of in labs/actions/merging.py.
POINTING = {
    Lab: {
        "LabName.lab": lambda lab: LabName.objects.create(lab=lab, name="Old"),
        "Evaluator.lab": lambda lab: factories.evaluator(lab=lab),
        "AIModel.lab": lambda lab: factories.ai_model(lab=lab),
        "AccessEvent.lab": lambda lab: factories.access_event(lab=lab),
        "Source.lab": lambda lab: factories.source(lab=lab),
        "Commitment.labs": lambda lab: factories.commitment(labs=[lab]),
        "Reply.lab": lambda lab: factories.reply(lab=lab, by_evaluator=factories.evaluator()),
        "Reply.by_lab": lambda lab: factories.reply(by_lab=lab),
    },
    Evaluator: {
        "EvaluatorName.evaluator": lambda one: EvaluatorName.objects.create(evaluator=one, name="Old"),
        "EvaluatorCitation.record": lambda one: factories.citation(one),
        "Participation.evaluator": lambda one: factories.access_event(evaluators=[one]).participations.get(),
        "Source.evaluator": lambda one: factories.source(evaluator=one),
        "Commitment.counterparty": lambda one: factories.commitment(counterparty=one),
        "Requirement.named_evaluator": lambda one: requirement(one),
        "Reply.by_evaluator": lambda one: factories.reply(by_evaluator=one),
    },
    AIModel: {
        "AIModelName.model": lambda model: AIModelName.objects.create(model=model, name="Old"),
        "AIModelCitation.record": lambda model: model.citations.get(),
        "Search.model": lambda model: search(model),
        "AIModel.variant_of": lambda model: factories.ai_model(lab=model.lab, variant_of=model),
        "AccessEvent.model": lambda model: factories.access_event(model=model),
    },
    Source: {
        "EvaluatorCitation.source": lambda source: cited("Evaluator", source),
        "AIModelCitation.source": lambda source: cited("AIModel", source),
        "AccessEventCitation.source": lambda source: cited("AccessEvent", source),
        "CommitmentCitation.source": lambda source: cited("Commitment", source),
        "Statement.source": lambda source: factories.statement(source=source),
        "Snapshot.source": lambda source: snapshot(source),
    },
}
RELATIONS = [(model, name) for model, named in POINTING.items() for name in named]
RELATION_IDS = [f"{model.__name__} from {name}" for model, name in RELATIONS]


def names_pointing_to(target: type[Model]) -> set[str]:
    """Read off the fields of all models, without their reverse: fields, and lists whose rows are nobody's own."""
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if not model.__name__.startswith("Past")
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if field.related_model is target and (not field.many_to_many or field.remote_field.through._meta.auto_created)
    }


@pytest.mark.parametrize("model", MERGEABLE)
def test_every_relation_that_can_point_to_a_record_is_thought_of(model):
    assert names_pointing_to(model) == set(POINTING[model])


def pointed_to(row, field):
    value = getattr(type(row).objects.get(pk=row.pk), field)
    return value.get() if hasattr(value, "get") else value


@pytest.mark.parametrize(("model", "name"), RELATIONS, ids=RELATION_IDS)
def test_what_points_to_the_loser_points_to_the_winner(model, name):
    loser, winner = pair(model)
    row = POINTING[model][name](loser)

    result = merged(loser, winner)

    assert pointed_to(row, name.split(".")[1]) == winner
    assert not model.objects.filter(pk=loser.pk).exists()
    whole = getattr(row, "whole", None) or (winner if isinstance(row, Snapshot) else row)
    assert (whole if whole != loser else winner) in [each.record for each in result.moved]


@pytest.mark.parametrize(("model", "name"), RELATIONS, ids=RELATION_IDS)
def test_what_the_winner_has_already_stays(model, name):
    loser, winner = pair(model)
    row = POINTING[model][name](winner)

    merged(loser, winner)

    assert pointed_to(row, name.split(".")[1]) == winner


OF_EVENTS = {"lab": lambda e: e.lab, "model": lambda e: e.model, "source": lambda e: e.citations.get().source}


@pytest.mark.parametrize("what", OF_EVENTS)
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_records_that_are_not_public_move_too(what, status):
    event = factories.access_event(status=status, withdrawn_because="Wrong." if status == "withdrawn" else "")
    loser = OF_EVENTS[what](event)
    winner = MAKE[type(loser)](**{"lab": event.lab} if what == "model" else {})

    merged(loser, winner)

    event = AccessEvent.objects.get(pk=event.pk)
    assert OF_EVENTS[what](event) == winner
    assert (event.status, event.changed_at) == (status, None)


# --- what the loser leaves behind ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", MERGEABLE)
def test_the_key_stays_as_an_alias_with_the_name(model):
    loser, winner = pair(model)
    key, name = loser.key, str(loser)

    result = merged(loser, winner)

    alias = Alias.objects.get(key=key)
    assert (alias.record, alias.name) == (winner, name)
    assert alias.content_type == ContentType.objects.get_for_model(model)
    assert Keys().get(model, key) == winner
    assert result.aliases == (key,)
    assert result.loser == name


def test_aliases_that_led_to_the_loser_lead_to_the_winner():
    first, second, third = factories.lab(key="test-a"), factories.lab(key="test-b"), factories.lab(key="test-c")
    merged(first, second)

    result = merged(second, third)

    assert result.aliases == ("test-b", "test-a")
    assert {key: Keys().get(Lab, key).key for key in result.aliases} == {"test-a": "test-c", "test-b": "test-c"}


def test_an_alias_of_another_kind_is_left_alone():
    lab = factories.lab()
    number = lab.pk
    content_type = ContentType.objects.get_for_model(Evaluator)
    alias = Alias.objects.create(content_type=content_type, key="test-kept", name="Kept", object_id=lab.pk)

    merged(lab, factories.lab())

    alias.refresh_from_db()
    assert alias.object_id == number


NAMED = [(Lab, "other_names"), (Evaluator, "former_names"), (AIModel, "other_names")]


@pytest.mark.parametrize(("model", "names"), NAMED)
def test_a_lab_an_evaluator_or_a_release_is_found_by_the_name_of_the_other(model, names):
    loser, winner = pair(model)

    result = merged(loser, winner)

    assert [each.name for each in getattr(winner, names).all()] == [loser.name]
    assert result.name == loser.name


@pytest.mark.parametrize(("model", "names"), NAMED)
def test_no_name_is_there_twice(model, names):
    loser, winner = pair(model)
    getattr(winner, names).create(name="Both")
    getattr(winner, names).create(name=loser.name)
    getattr(loser, names).create(name="Both")
    getattr(loser, names).create(name=winner.name)

    result = merged(loser, winner)

    assert sorted(each.name for each in getattr(winner, names).all()) == sorted(["Both", loser.name])
    assert result.name == ""


def test_a_name_without_a_time_takes_over_that_of_the_same_name():
    loser, winner = pair(Evaluator)
    EvaluatorName.objects.create(evaluator=winner, name="Both")
    dated_name = EvaluatorName(evaluator=loser, name="Both", used="2023")
    dated_name.full_clean()
    dated_name.save()

    merged(loser, winner)

    both = winner.former_names.get(name="Both")
    assert (both.used, both.used_earliest) == ("2023", dt.date(2023, 1, 1))


@pytest.mark.parametrize("model", MERGEABLE)
def test_nobody_else_takes_the_key_afterwards(model):
    loser, winner = pair(model)
    key = loser.key
    merged(loser, winner)

    with pytest.raises(ValidationError, match=f"“{key}” redirects to “") as refused:
        model(key=key).clean()

    assert "key" in refused.value.message_dict


def test_another_kind_may_have_the_key():
    loser, winner = pair(Lab)
    key = loser.key
    merged(loser, winner)

    other = save_record(record=Evaluator(key=key, name="New"), parts={})

    assert Keys().get(Evaluator, key) == other
    assert Keys().get(Lab, key) == winner


# --- what both have ------------------------------------------------------------------------------------------


def test_an_evaluator_that_took_part_twice_took_part_once_as_the_winner_did():
    loser, winner = pair(Evaluator)
    event = factories.access_event(evaluators=[(loser, "reported"), winner])
    kept = event.participations.get(evaluator=winner)

    result = merged(loser, winner)

    assert event.participations.get() == kept
    assert event.participations.get().lowered_to == kept.lowered_to
    assert [each.is_joined for each in result.moved] == [True]


def test_one_quote_supports_what_both_did():
    loser, winner = pair(Source)
    event = factories.access_event(
        citations=[
            {"source": loser, "quote": "One.", "supports": ["timing", "evaluators"]},
            {"source": winner, "quote": "One.", "supports": ["timing", "results"]},
            {"source": loser, "quote": "Two.", "supports": ["mode"]},
        ]
    )

    merged(loser, winner)

    assert {each.quote: set(each.supports) for each in event.citations.all()} == {
        "One.": {"evaluators", "timing", "results"},
        "Two.": {"mode"},
    }
    assert {each.source for each in event.citations.all()} == {winner}


def test_quotes_on_the_two_releases_are_joined_as_well():
    loser, winner = pair(AIModel)
    source = factories.source()
    factories.citation(loser, source=source, quote="One.", supports=["name"])
    factories.citation(winner, source=source, quote="One.", supports=["released_on"])

    merged(loser, winner)

    assert set(winner.citations.get(quote="One.").supports) == {"name", "released_on"}


def test_a_commitment_of_both_labs_names_the_winner_once():
    loser, winner = pair(Lab)
    promise = factories.commitment(labs=[loser, winner])

    result = merged(loser, winner)

    assert list(promise.labs.all()) == [winner]
    assert [each.is_joined for each in result.moved if each.record == promise] == [True]


def test_searches_of_one_day_are_one_that_says_both():
    loser, winner = pair(AIModel)
    search(loser, "Archives."), search(winner, "Its site.")

    merged(loser, winner)

    assert winner.searches.get().where == "Its site.\nArchives."


def test_a_snapshot_that_both_sources_hold_is_kept_once():
    loser, winner = pair(Source)
    snapshot(loser), snapshot(winner), snapshot(loser, sha256="b")

    merged(loser, winner)

    assert sorted(winner.snapshots.values_list("sha256", flat=True)) == ["a", "b"]


def test_quotes_are_held_against_the_snapshots_of_both(monkeypatch):
    def found(citations):
        for each in citations:
            each.quote_check = "found" if each.source.snapshots.exists() else "no_snapshot"

    monkeypatch.setattr("labs.actions.merging.check_quotes", found)
    loser, winner = pair(Source)
    snapshot(loser)
    citation = factories.citation(factories.evaluator(), source=winner)

    merged(loser, winner)

    citation.refresh_from_db()
    assert citation.quote_check == "found"


def test_a_reply_of_a_lab_on_itself_names_the_winner_in_both_places():
    loser, winner = pair(Lab)
    reply = factories.reply(lab=loser, by_lab=loser)

    merged(loser, winner)

    reply.refresh_from_db()
    assert (reply.lab, reply.by_lab) == (winner, winner)


def test_a_commitment_that_names_an_evaluator_twice_names_the_winner_twice():
    loser, winner = pair(Evaluator)
    row = requirement(loser, counterparty=loser)

    merged(loser, winner)

    row.refresh_from_db()
    assert (row.named_evaluator, row.commitment.counterparty) == (winner, winner)


def test_what_the_loser_was_a_variant_of_does_not_matter():
    lab = factories.lab()
    base = factories.ai_model(lab=lab)
    variant = factories.ai_model(lab=lab, variant_of=base)

    merged(variant, base)

    assert list(AIModel.objects.filter(lab=lab)) == [base]


# --- what stands in the way ----------------------------------------------------------------------------------


def test_records_of_two_kinds_are_not_merged():
    assert "choose two of one kind" in refusal(factories.lab(), factories.evaluator())


@pytest.mark.parametrize("make", [factories.access_event, factories.commitment, factories.reply])
def test_other_kinds_are_never_merged(make):
    assert "these are: labs, evaluators, AI models, sources" in refusal(make(), make())


@pytest.mark.parametrize("model", MERGEABLE)
def test_a_record_is_not_merged_into_itself(model):
    record = MAKE[model]()

    assert "It is the same record" in refusal(record, model.objects.get(pk=record.pk))


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_the_record_that_stays_is_public(status):
    winner = factories.lab(status=status, withdrawn_because="Wrong." if status == "withdrawn" else "")

    assert "only a public record can replace another" in refusal(factories.lab(), winner)


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_what_was_never_public_is_not_merged(status):
    assert "was never public" in refusal(factories.lab(status=status), factories.lab())


def test_a_withdrawn_record_can_be_merged_so_that_its_address_leads_on():
    loser, winner = factories.lab(status="withdrawn", withdrawn_because="There twice."), factories.lab()
    key = loser.key

    merged(loser, winner)

    assert Keys().get(Lab, key) == winner


def test_a_record_that_is_gone_is_not_merged():
    loser, winner = pair(Lab)
    Lab.objects.filter(pk=loser.pk).delete()

    assert "no longer there" in refusal(loser, winner)


def test_what_is_proposed_for_the_loser_is_decided_first(ada):
    loser, winner = pair(Lab)
    review.propose(record=loser, state={"country": "GB"}, reason="It moved.", by=ada)

    sentence = refusal(loser, winner)

    assert "change, “It moved.”" in sentence
    assert "Decide them first" in sentence


def test_two_releases_of_one_name_stand_in_the_way_of_merging_their_labs():
    loser, winner = pair(Lab)
    one, other = factories.ai_model(lab=loser, name="Same"), factories.ai_model(lab=winner, name="Same")

    sentence = refusal(loser, winner)

    assert f"AI model Same ({one.key}) of “{loser}” and AI model Same ({other.key}) of “{winner}”" in sentence
    assert "Merge or correct these two first" in sentence


def test_all_that_clashes_is_named_at_once():
    loser, winner = pair(Lab)
    for name in ("First", "Second"):
        factories.ai_model(lab=loser, name=name), factories.ai_model(lab=winner, name=name)
    factories.evaluator(lab=loser, name="Its red team"), factories.evaluator(lab=winner, name="Its testers")

    sentence = refusal(loser, winner)

    assert all(each in sentence for each in ("First", "Second", "evaluator Its red team", "evaluator Its testers"))


def test_an_event_whose_evaluator_would_be_the_lab_itself_stands_in_the_way():
    loser, winner = pair(Lab)
    evaluator = factories.evaluator(lab=winner)
    event = factories.access_event(lab=loser, evaluators=[evaluator])

    assert f"access event {event}: Evaluator: {evaluator} is the lab itself" in refusal(loser, winner)


def test_an_evaluator_that_would_be_the_lab_of_its_events_stands_in_the_way():
    loser, winner = pair(Lab)
    evaluator = factories.evaluator(lab=loser)
    event = factories.access_event(lab=winner, evaluators=[evaluator])

    assert f"It is an evaluator in “{event}”, an event of {winner} itself" in refusal(loser, winner)


def test_evaluators_are_not_merged_into_the_lab_that_they_tested():
    event = factories.access_event()
    loser, winner = event.participations.get().evaluator, factories.evaluator(lab=event.lab)

    assert f"{winner} is the lab itself" in refusal(loser, winner)


def test_a_release_that_would_be_a_variant_of_itself_stands_in_the_way():
    base = factories.ai_model()
    variant = factories.ai_model(lab=base.lab, variant_of=base)

    assert f"“{variant}” has “{base}” as its variant of: remove that first" in refusal(base, variant)


def test_a_release_with_variants_is_not_merged_into_a_variant():
    lab = factories.lab()
    loser, base = factories.ai_model(lab=lab), factories.ai_model(lab=lab)
    winner = factories.ai_model(lab=lab, variant_of=base)
    variant = factories.ai_model(lab=lab, variant_of=loser)

    sentence = refusal(loser, winner)

    assert f"AI model {variant}: Variant of: {winner} is itself a variant: choose {base} instead" in sentence


def test_releases_of_two_labs_are_not_merged_while_events_name_them():
    event = factories.access_event()
    winner = factories.ai_model()

    sentence = refusal(event.model, winner)

    refused = f"{winner} is a release of {winner.lab}. Choose a release of {event.lab}."
    assert f"access event {event}: AI model: {refused}" in sentence


def test_events_that_would_look_alike_stand_in_the_way():
    loser, winner = pair(Evaluator)
    model = factories.ai_model()
    one = factories.access_event(model=model, evaluators=[loser])
    other = factories.access_event(model=model, evaluators=[winner])

    assert f"access event {one}: It looks like “{other}”" in refusal(loser, winner)


def test_events_that_looked_alike_before_do_not():
    loser, winner = pair(Lab)
    model, evaluator = factories.ai_model(lab=loser), factories.evaluator()
    first = factories.access_event(model=model, evaluators=[evaluator])
    second = factories.access_event(model=model, evaluators=[evaluator], is_distinct=True)

    result = merged(loser, winner)

    assert {AccessEvent.objects.get(pk=each.pk).lab for each in (first, second)} == {winner}
    assert {first, second} < {each.record for each in result.moved}


def test_what_only_the_database_refuses_is_a_sentence_too(monkeypatch):
    monkeypatch.setattr("labs.actions.merging.twin_of", lambda *arguments: None)
    loser, winner = pair(Lab)
    factories.ai_model(lab=loser, name="Same"), factories.ai_model(lab=winner, name="Same")

    with transaction.atomic():
        assert "The database refuses the result" in refusal(loser, winner)

    assert Lab.objects.filter(pk=loser.pk).exists()


# --- all or nothing ------------------------------------------------------------------------------------------


def everything():
    """Every row of every table, history included."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.mark.parametrize("model", MERGEABLE)
@pytest.mark.parametrize("step", ["_keep_keys", "_check_quotes", "_rename_in_proposals"])
def test_a_failure_on_the_way_leaves_everything_as_it_was(model, step, monkeypatch):
    loser, winner = pair(model)
    for make in POINTING[model].values():
        make(loser)
    before = everything()

    def fail(self):
        raise RuntimeError("power cut")

    monkeypatch.setattr(f"labs.actions.merging._Merging.{step}", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        merged(loser, winner)

    assert everything() == before


def test_a_refusal_at_the_end_leaves_everything_as_it_was(ada):
    loser, winner = pair(Lab)
    for name, make in POINTING[Lab].items():
        if name != "Evaluator.lab":
            make(loser)
    factories.access_event(lab=loser, evaluators=[factories.evaluator(lab=winner)])
    before = everything()

    assert "is the lab itself" in refusal(loser, winner)

    assert everything() == before


# --- history and dates ---------------------------------------------------------------------------------------


def test_public_records_that_changed_say_when_and_their_history_why(ed):
    loser, winner = pair(Evaluator)
    event = factories.access_event(evaluators=[loser])
    other = factories.access_event()
    sentence = f"evaluator {loser} was merged into {winner.key}: {WHY}"

    merged(loser, winner, by=ed)

    for record in (AccessEvent.objects.get(pk=event.pk), Evaluator.objects.get(pk=winner.pk)):
        past = record.history.first()
        assert record.changed_at is not None
        assert (past.history_user, past.history_change_reason) == (ed, sentence)
        assert record.checked_on is None
    assert AccessEvent.objects.get(pk=other.pk).changed_at is None
    part = event.participations.get().history.first()
    assert (part.evaluator_id, part.history_change_reason) == (winner.pk, sentence)


def test_the_history_of_the_loser_stays(ed):
    loser, winner = pair(Lab)
    pk = loser.pk

    merged(loser, winner, by=ed)

    newest = Lab.history.filter(id=pk).first()
    assert (newest.history_type, newest.name, newest.history_user) == ("-", loser.name, ed)


def test_a_list_that_names_the_winner_now_is_in_the_history(ed):
    loser, winner = pair(Lab)
    promise = factories.commitment(labs=[loser])

    merged(loser, winner, by=ed)

    past = promise.history.first()
    assert [each.lab_id for each in past.labs.all()] == [winner.pk]
    assert (past.history_user, past.history_change_reason[-len(WHY) :]) == (ed, WHY)


def test_a_merger_makes_nobody_the_author_of_a_draft(ada, ed):
    writer = people.editor()
    loser, winner = pair(Evaluator)
    event = AccessEvent(key="test-draft", lab=factories.lab(), summary="A test.")
    parts = {
        "participations": [Participation(evaluator=loser)],
        "citations": [AccessEvent._meta.get_field("citations").related_model(source=factories.source(), quote="Q.")],
    }
    review.save_draft(record=event, parts=parts, by=writer)

    merged(loser, winner, by=ed)

    event.refresh_from_db()
    assert writers_of(event) == {writer.pk}
    proposal = review.submit(record=event, by=ada)
    with pytest.raises(ValidationError, match="somebody else"):
        review.accept(proposal=proposal, by=writer)
    review.accept(proposal=proposal, by=ed)
    assert AccessEvent.objects.get(pk=event.pk).status == "published"


# --- open proposals ------------------------------------------------------------------------------------------


def proposed(record, by, **fields):
    return review.propose(record=record, state=fields, reason="We read it again.", by=by)


def test_a_change_that_was_proposed_before_is_accepted_after(ada, ed):
    loser, winner = pair(Source)
    event = factories.access_event(
        citations=[{"source": loser, "quote": "One.", "supports": ["timing"]}, {"source": loser, "quote": "Two."}]
    )
    first = state_of(event)["citations"][0]
    proposal = proposed(event, ada, citations=[first | {"supports": ["timing", "results"]}])

    result = merged(loser, winner)
    review.accept(proposal=proposal, by=ed)

    assert result.proposals == (proposal,)
    citation = event.citations.get()  # the second one was to go
    assert (citation.source, citation.quote, citation.supports) == (winner, "One.", ["timing", "results"])


def test_a_change_of_two_quotes_that_are_one_now_is_accepted_after(ada, ed):
    loser, winner = pair(Source)
    event = factories.access_event(
        citations=[
            {"source": loser, "quote": "One.", "supports": ["timing"]},
            {"source": winner, "quote": "One.", "supports": ["mode"]},
        ]
    )
    one, other = state_of(event)["citations"]
    proposal = proposed(event, ada, citations=[one | {"supports": ["timing", "results"]}, other])

    merged(loser, winner)
    review.accept(proposal=proposal, by=ed)

    assert set(event.citations.get().supports) == {"timing", "mode", "results"}


def test_a_proposed_list_names_the_winner(ada, ed):
    loser, winner = pair(Lab)
    promise, third = factories.commitment(labs=[loser]), factories.lab()
    proposal = proposed(promise, ada, labs=[loser.key, winner.key, third.key])

    merged(loser, winner)
    review.accept(proposal=proposal, by=ed)

    assert set(promise.labs.all()) == {winner, third}


def test_a_proposal_that_takes_the_loser_in_takes_the_winner_in(ada, ed):
    loser, winner = pair(Evaluator)
    event = factories.access_event()
    rows = state_of(event)["participations"]
    proposal = proposed(event, ada, participations=[*rows, {"evaluator": loser.key, "lowered_to": "as_event"}])

    merged(loser, winner)
    review.accept(proposal=proposal, by=ed)

    assert winner in {each.evaluator for each in event.participations.all()}


def test_a_state_from_before_still_finds_the_record_by_its_old_key(ada):
    loser, winner = pair(Evaluator)
    event, key = factories.access_event(), loser.key
    merged(loser, winner)

    proposal = proposed(event, ada, participations=[{"evaluator": key, "lowered_to": "as_event"}])

    assert proposal.after["participations"][0]["evaluator"] == winner.key


def test_what_was_decided_stays_as_it_was_written(ada, ed):
    loser, winner = pair(Source)
    event = factories.access_event(citations=[loser])
    proposal = review.accept(proposal=proposed(event, ada, summary="Better."), by=ed)
    key = loser.key

    merged(loser, winner)

    proposal.refresh_from_db()
    assert proposal.after["citations"][0]["source"] == key


# --- from the proposal to the public -------------------------------------------------------------------------


def test_a_merger_is_proposed_and_a_second_person_lets_it_through(ada, ed):
    loser, winner = pair(Evaluator)
    event = factories.access_event(evaluators=[loser])
    state, key = state_of(loser), loser.key

    proposal = review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ada)
    assert event.participations.get().evaluator == loser
    assert not Alias.objects.filter(key=key).exists()
    with pytest.raises(ValidationError, match="somebody else"):
        review.accept(proposal=proposal, by=ada)
    review.accept(proposal=proposal, by=ed)

    assert event.participations.get().evaluator == winner
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.before, proposal.after) == ("accepted", state, {"into": winner.key})


def test_trying_a_merger_out_leaves_no_trace(ada):
    loser, winner = pair(Lab)
    for make in POINTING[Lab].values():
        make(loser)
    before = everything()

    review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ada)

    after = everything()
    assert {table for table in after if after[table] != before[table]} == {"labs_proposal"}


def test_a_merger_that_cannot_be_done_is_not_proposed(ada):
    record = factories.lab()

    with pytest.raises(ValidationError, match="same record"):
        review.propose_merger(loser=record, winner=record, reason=WHY, by=ada)

    assert not Proposal.objects.filter(edition=None).exists()


def test_a_merger_is_proposed_once(ada, ed):
    loser, winner = pair(Lab)
    review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ada)

    with pytest.raises(ValidationError, match="waits for review already"):
        review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ed)


def test_a_winner_that_was_merged_meanwhile_is_followed(ada, ed):
    loser, winner = pair(Lab)
    last = factories.lab()
    proposal = review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ada)
    key = loser.key
    merged(winner, last)

    review.accept(proposal=proposal, by=ed)

    proposal.refresh_from_db()
    assert proposal.after == {"into": last.key}
    assert Keys().get(Lab, key) == last


def test_what_came_to_stand_in_the_way_meanwhile_is_said_when_it_is_accepted(ada, ed):
    loser, winner = pair(Lab)
    proposal = review.propose_merger(loser=loser, winner=winner, reason=WHY, by=ada)
    factories.ai_model(lab=loser, name="Same"), factories.ai_model(lab=winner, name="Same")

    with pytest.raises(ValidationError, match="Merge or correct these two first"):
        review.accept(proposal=proposal, by=ed)

    proposal.refresh_from_db()
    assert proposal.stage == "in_review"


def test_an_evaluator_that_only_a_requirement_names_is_referred_to():
    evaluator = factories.evaluator()
    row = requirement(evaluator)

    assert referring_to(evaluator) == [row.commitment]
