"""What accepting would do to the public figures: computed before, by the same rules, and without a trace."""

import copy
import datetime as dt
import re

import pytest
from django.apps import apps
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from commitments.choices import RequiredEvaluators
from evaltracker.effects import NO_CHANGE, effect_of
from labs.actions import review
from labs.actions.batches import decide_each
from labs.choices import QuoteCheck
from labs.models import (
    AccessEvent,
    AccessEventCitation,
    AIModel,
    AIModelCitation,
    Evaluator,
    Lab,
    Participation,
)
from labs.models.states import state_of
from labs.queries import kept
from tests import factories, people
from tests.evaltracker.pages import rows_of_csv

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 12, 1)


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


def change(ada, record, **fields):
    return review.propose(record=record, state=fields, reason="We read it again.", by=ada)


def draft_event(ada, model, key="test-new-event", **changes):
    """An evaluation that Ada entered and sent to review."""
    values = {"activity": "model_evaluation", "outcome": "granted", "timing": "before_deployment", "summary": "A test."}
    event = AccessEvent(key=key, lab=model.lab, model=model, **values | changes)
    supports = ["evaluators", "activity", "timing"]
    parts = {
        "participations": [Participation(evaluator=factories.evaluator())],
        "citations": [AccessEventCitation(source=factories.source(lab=model.lab), quote="Q.", supports=supports)],
    }
    return review.submit(record=review.save_draft(record=event, parts=parts, by=ada), by=ada)


def texts(effect):
    return [moved.text for moved in effect.moves]


@pytest.mark.usefixtures("one_release_is_enough")
def test_a_first_evaluation_moves_the_score_the_counts_and_the_criteria(empty_database, ada):
    model = factories.ai_model()

    effect = effect_of([draft_event(ada, model)], day=DAY)

    name = model.lab.name
    assert effect.scores[0].text == f"{name}, 12 months: 0.0 → 36.8–88.2"
    assert f"{name}, 12 months, tested before deployment: 0 of 1 release → 1 of 1 release" in texts(effect)
    assert f"{name}, 12 months, evaluated: 0.0000 → 1.0000" in texts(effect)
    assert "All labs, all time, tested before deployment: 0 of 1 release → 1 of 1 release" in texts(effect)
    assert [moved.of for moved in effect.scores] == [f"{name}, {w}" for w in ("12 months", "24 months", "all time")]
    assert effect.summary == "3 scores change."


def test_a_change_that_no_rule_reads_changes_nothing(ada):
    effect = effect_of([change(ada, factories.access_event(), summary="Better words.")])

    assert effect.is_known
    assert effect.moves == ()
    assert effect.summary == NO_CHANGE


def test_other_figures_may_change_although_no_score_and_no_verdict_does(empty_database, ada):
    event = factories.access_event(fine_tuning="unknown")
    citations = state_of(event)["citations"]
    citations[0]["supports"].append("access.fine_tuning")

    effect = effect_of([change(ada, event, fine_tuning="no", citations=citations)], day=DAY)

    coverage = [text for text in texts(effect) if ", coverage: " in text]
    assert coverage[0].endswith("1 of 6 facts → 2 of 6 facts")
    if not effect.scores:
        assert effect.summary == f"{NO_CHANGE} Other figures do."


def test_a_change_can_move_a_verdict(empty_database, ada):
    lab = factories.lab(name="Promising")
    model = factories.ai_model(lab=lab, name="Model A")
    factories.commitment(labs=[lab], title="We will")
    event = factories.access_event(model=model)

    effect = effect_of([change(ada, event, timing="after_deployment")], day=DAY)

    assert [moved.text for moved in effect.verdicts] == [
        "We will, Promising, Model A: kept: 1 → nothing found: 0",
    ]


def test_both_readings_of_a_verdict_are_told_apart(empty_database, ada):
    lab = factories.lab(name="Promising")
    model = factories.ai_model(lab=lab, name="Model A")
    government = {"evaluators": RequiredEvaluators.GOVERNMENT.value}
    factories.commitment(labs=[lab], title="We will", requirement=government, lenient={})

    effect = effect_of([draft_event(ada, model)], day=DAY)

    assert [moved.new for moved in effect.verdicts] == [
        "nothing found (strict reading), kept (lenient reading): 0 to 1"
    ]


def test_a_fulfilled_deadline_is_a_verdict_too(empty_database, ada):
    promise = factories.commitment(title="By June", requirement=None, due_on="2024-06-30")
    citations = state_of(promise)["citations"]
    citations[0]["supports"].append("fulfilled_on")

    effect = effect_of([change(ada, promise, fulfilled_on="2024-06-01", citations=citations)], day=DAY)

    assert [moved.text for moved in effect.verdicts] == [
        "By June, due day: due by 30 June 2024; nothing found → fulfilled, 29 days before the due day"
    ]


FIGURES = {"score": "", "rank": "rank", "evaluated_share": "evaluated", "follow_through": "follow-through"}


def printed(client):
    """The figures of every lab in every window as the public download has them: score, rank and two criteria."""
    found = {}
    for window in ("12", "24", "all"):
        for row in rows_of_csv(client, f"/labs.csv?window={window}"):
            for column, figure in FIGURES.items():
                low, high = ("best", "worst") if column == "rank" else ("low", "high")
                found[row["lab"], window, figure] = (row[f"{column}_{low}"], row[f"{column}_{high}"])
    return found


def told(effect, side):
    """The same figures as the effect tells them, on one side."""
    labs = dict(Lab.objects.values_list("name", "key"))
    found = {}
    for moved in (*effect.scores, *effect.figures):
        of, window = moved.of.rsplit(", ", 1)
        if of in labs and moved.figure in FIGURES.values():
            ends = [re.sub("(st|nd|rd|th)$", "", end) for end in re.split("–| to ", getattr(moved, side))]
            found[labs[of], {"12 months": "12", "24 months": "24"}.get(window, "all"), moved.figure] = (
                ends[0],
                ends[-1],
            )
    return found


def test_the_figures_on_both_sides_are_those_that_the_public_download_then_has(records, ada, ed, client):
    model = factories.ai_model(lab=Lab.objects.get(key="anthropic"), released_on="2026-08-20")
    proposals = [draft_event(ada, model), change(ada, AIModel.objects.get(key="gpt-4"), released_on="2022-01-01")]
    effect = effect_of(proposals)
    before = printed(client)

    decide_each(accept=[(each, "") for each in proposals], by=ed)

    after = printed(client)
    old, new = told(effect, "old"), told(effect, "new")
    assert len(old) >= 9
    assert {key: value for key, value in before.items() if value != after[key]} == old
    assert {key: after[key] for key in old} == new


def everything():
    """Every row of every table, history included."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
    }


def test_computing_an_effect_leaves_nothing_behind(records, ada):
    model = factories.ai_model()
    publication, event = draft_event(ada, model), factories.access_event(model=model)
    proposals = [publication, change(ada, event, summary="Better."), withdrawal(ada, factories.evaluator())]
    loaded = [copy.deepcopy(model_to_dict(each)) for each in proposals]
    rows = everything()

    assert effect_of(proposals).is_known

    assert everything() == rows
    assert [model_to_dict(each) for each in proposals] == loaded


def withdrawal(ada, record):
    return review.propose_withdrawal(record=record, reason="It is not so.", by=ada)


def test_a_withdrawn_event_is_gone_from_the_figures(empty_database, ada):
    event = factories.access_event(lab=factories.lab(name="Lab"))

    effect = effect_of([withdrawal(ada, event)], day=DAY)

    assert "Lab, 12 months, tested before deployment: 1 of 1 release → 0 of 1 release" in texts(effect)


def test_the_first_release_of_a_lab_takes_it_out_of_no_score(empty_database, ada):
    lab = factories.lab(name="Lab")
    model = AIModel(key="test-new", lab=lab, name="New", released_on="2024-06-01", release="api_or_product")
    model.frontier = "yes"
    parts = {
        "searches": [],
        "other_names": [],
        "citations": [AIModelCitation(source=factories.source(lab=lab), quote="Q.", supports=["name"])],
    }
    proposal = review.submit(record=review.save_draft(record=model, parts=parts, by=ada), by=ada)

    effect = effect_of([proposal], day=DAY)

    assert effect.scores[0].text == "Lab, 12 months: no release in the window → too few releases to score: 1"


def test_a_lab_without_releases_moves_no_figure(ada):
    lab = review.save_draft(record=Lab(key="test-new", name="New"), parts={"other_names": []}, by=ada)

    assert effect_of([review.submit(record=lab, by=ada)]).summary == NO_CHANGE


def test_what_refers_to_a_draft_has_no_effect_alone_and_one_together(empty_database, ada):
    model = factories.ai_model(status="draft")
    publication, event = review.submit(record=model, by=ada), draft_event(ada, model)

    alone = effect_of([event], day=DAY)
    together = effect_of([event, publication], day=DAY)

    assert not alone.is_known
    assert "records that are not public" in alone.in_the_way[0]
    assert alone.moves == ()
    assert together.is_known
    assert f"{model.lab.name}, 12 months, evaluated: none → 1.0000" in texts(together)


def test_a_change_in_the_same_place_stands_in_the_way(ada, ed):
    event = factories.access_event(summary="Old.")
    mine, other = change(ada, event, summary="Mine."), change(ada, event, summary="Other.")
    review.accept(proposal=other, by=ed)

    effect = effect_of([mine])

    assert "has changed since this was proposed" in effect.in_the_way[0]
    assert effect.summary.startswith("Its effect is not known")


def test_of_several_those_that_cannot_be_accepted_are_named_and_left_out_of_the_effect(empty_database, ada):
    model = factories.ai_model()
    good, bad = draft_event(ada, model), draft_event(ada, factories.ai_model(status="draft"), key="test-bad")

    effect, alone = effect_of([good, bad], day=DAY), effect_of([good], day=DAY)

    assert effect.is_known
    assert list(effect.refused) == [bad.pk]
    assert "records that are not public" in effect.refused[bad.pk][0]
    assert (effect.moves, alone.refused) == (alone.moves, {})
    assert effect.moves


@pytest.mark.usefixtures("one_release_is_enough")
def test_the_headline_and_the_scores_of_the_home_page_come_first(empty_database, ada):
    model = factories.ai_model()

    effect = effect_of([draft_event(ada, model)], day=DAY)

    first = [moved.of for moved in effect.first]
    assert set(first) == {"All labs, 12 months", f"{model.lab.name}, 12 months"}
    assert sorted([*effect.first, *effect.others], key=str) == sorted([*effect.scores, *effect.figures], key=str)


@pytest.mark.usefixtures("one_release_is_enough")
def test_quotes_that_are_not_found_do_not_hinder_the_computation(empty_database, ada, monkeypatch):
    def nothing_is_found(citations):
        for each in citations:
            each.quote_check = QuoteCheck.NOT_FOUND.value

    monkeypatch.setattr("labs.actions.records.check_quotes", nothing_is_found)
    proposal = draft_event(ada, factories.ai_model())

    assert effect_of([proposal], day=DAY).scores


def test_a_withdrawn_record_that_others_rest_on_stands_in_the_way_unless_they_go_too(ada, ed):
    event = factories.access_event()
    source = event.citations.get().source
    last = withdrawal(ada, event)
    proposal = factories.proposal(source, kind="withdraw", reason="Gone.", author=ada)

    assert "public records refer to it" in effect_of([proposal]).in_the_way[0]
    assert effect_of([proposal, last]).is_known


def test_a_record_that_is_gone_stands_in_the_way(ada):
    proposal = change(ada, factories.evaluator(), name="New")
    Evaluator.objects.filter(pk=proposal.object_id).delete()

    assert effect_of([proposal]).in_the_way == ("Its record is no longer there.",)


def test_more_records_cost_no_more_queries(empty_database, ada):
    proposal = change(ada, factories.access_event(), summary="Better.")
    factories.commitment()
    kept.records()
    with CaptureQueriesContext(connection) as few:
        effect_of([proposal])
    for _ in range(5):
        factories.access_event()
        factories.commitment()

    kept.records()
    with CaptureQueriesContext(connection) as many:
        effect_of([proposal])

    assert len(many) == len(few)
