"""Spreadsheets in: what each row would do, all that can be wrong with it, and what it becomes."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment, Reply
from evaltracker.exporting.blank import help_of
from evaltracker.importing.kinds import KINDS
from evaltracker.importing.tables import Fate
from labs.actions.proposals import writers_of
from labs.actions.review import accept, propose
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import AccessEvent, AIModel, Alias, Evaluator, Lab, Proposal, Search, Source
from labs.models.fields import TermsField
from labs.models.states import fields_of, state_of
from labs.queries.editions import newest_edition
from labs.queries.kept import one_version, store
from tests import factories, people
from tests.evaltracker.sheets import event_rows, exported, fates, imported, kind_of, plan_of, problems, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return people.researcher()


def public_csv(client, address):
    return rows_of(b"".join(client.get(address).streaming_content))


# The site's own export


def test_the_sites_own_export_changes_nothing_whatever_the_kind(records, ada):
    factories.reply(answered_on=dt.date(2026, 3, 10))
    factories.access_event(evaluators=[(factories.evaluator(), "inferred"), factories.evaluator()])
    model = factories.ai_model()
    Search.objects.create(model=model, searched_on=dt.date(2026, 3, 1), where="here | and\nthere")
    Search.objects.create(
        model=model, searched_on=dt.date(2026, 3, 2), where="there", found="something", note="a | b\\\np"
    )
    files = {kind.model: exported(kind.model) for kind in KINDS}
    assert fates(*plan_of(ada, files)) == {"unchanged": sum(map(len, files.values()))}


@pytest.mark.parametrize("day", ["2024-05-24", "2025-12-31"])
def test_the_public_download_of_a_past_day_changes_nothing(client, records, ada, day):
    addresses = {
        Evaluator: "/evaluators.csv",
        AIModel: "/models.csv",
        AccessEvent: "/access.csv",
        Commitment: "/commitments.csv",
    }
    files = {model: public_csv(client, f"{address}?as_of={day}") for model, address in addresses.items()}
    assert set(fates(*plan_of(ada, files))) == {"unchanged"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_all_that_people_enter_is_written_from_a_column(kind):
    written = {place.name for place in kind.fields.values()}
    assert {field.name for field in fields_of(kind.model)} | kind.kind.relations.keys() <= written
    assert not kind.fields.keys() & kind.derived


def test_what_an_awkward_text_holds_survives_the_way_out_and_back(ada):
    source = factories.source(title="=SUM(A1) \\ ; | «x»", publisher="'=quoted")
    factories.citation(evaluator := factories.evaluator(name="-Evaluator; “A”\\"), source=source, quote="a\n| \\n b\\")
    evaluator.former_names.create(name="One; two\\", used="2023")
    evaluator.former_names.create(name="Three")
    files = {Source: exported(Source, source.key), Evaluator: exported(Evaluator, evaluator.key)}
    assert fates(*plan_of(ada, files)) == {"unchanged": 2}
    files[Evaluator][0]["note"] = "Edited."
    files[Source][0]["title"] = "Edited"
    first, second = (each.rows[0] for each in plan_of(ada, files))
    assert [change.field for change in first.changes] == ["note"]
    assert first.after == first.before | {"note": "Edited."}
    assert second.after == second.before | {"title": "Edited"}


# New rows


def test_20_good_rows_and_3_bad_ones_write_nothing_and_name_the_3_cells(ada):
    rows = event_rows(23)
    rows[3]["timing"], rows[9]["access_days"], rows[22]["lab"] = "someday", "a week", "no-such-lab"
    done = imported(ada, {AccessEvent: rows})
    plans = done.tables
    assert [(number, column) for number, column, _ in problems(*plans)] == [
        (5, "timing"),
        (11, "access_days"),
        (24, "lab"),
    ]
    assert "before_deployment" in plans[0].of(Fate.WRONG)[0].problems[0].allowed
    assert fates(*plans) == {"wrong": 3, "new": 20}
    assert not done.is_written
    assert not AccessEvent.objects.filter(key__startswith="new-").exists()
    assert not Proposal.objects.filter(edition=None).exists()


def test_new_rows_become_drafts_in_review_which_a_second_person_publishes(ada):
    rows = event_rows(2)
    assert imported(ada, {AccessEvent: rows}, batch="card.csv").count(Fate.NEW) == 2
    event = AccessEvent.objects.get(key="new-1")
    proposal = Proposal.objects.of(event).get()
    assert (event.status, proposal.kind, proposal.stage) == (
        RecordStatus.IN_REVIEW,
        ProposalKind.PUBLISH.value,
        Stage.IN_REVIEW.value,
    )
    assert (proposal.batch, proposal.author, proposal.reason) == ("card.csv", ada, "First publication.")
    assert (event.started_on_latest, event.domains, event.results) == (
        dt.date(2024, 5, 31),
        ["cyber", "bio"],
        "unknown",
    )
    assert (event.history.count(), event.citations.get().history.count()) == (1, 1)
    assert writers_of(event) == {ada.pk}
    with pytest.raises(ValidationError, match="somebody else"):
        accept(proposal=proposal, by=_also_editor(ada))
    accept(proposal=proposal, by=people.editor())
    event.refresh_from_db()
    assert event.status == RecordStatus.PUBLISHED


def _also_editor(person):
    person.groups.set(people.editor().groups.all())
    return type(person).objects.get(pk=person.pk)


def test_new_records_may_refer_to_each_other_across_files_and_in_any_order(ada):
    source = factories.source()
    cited = f"{source.key} |  | Words."
    files = {
        Reply: [{"key": "r", "commitment": "c-1", "by_lab": "l", "question": "Why?", "asked_on": "2026-03-01"}],
        Commitment: [
            {"key": "c-1", "title": "One", "origin": "policy", "labs": "l", "quote": "We will.", "superseded_by": "c-2",
             "not_testable_because": "it is vague", "citations": cited},
            {"key": "c-2", "title": "Two", "origin": "policy", "labs": "l", "quote": "We will.", "superseded_by": "",
             "not_testable_because": "it is vague", "citations": cited},
        ],
        AccessEvent: [{"key": "e", "lab": "l", "model": "m-1", "evaluators": "v", "summary": "Tested.",
                       "citations": "s | evaluators | Words."}],
        AIModel: [
            {"key": "m-1", "lab": "l", "name": "One", "variant_of": "m-2", "citations": cited},
            {"key": "m-2", "lab": "l", "name": "Two", "variant_of": "", "citations": cited},
        ],
        Source: [{"key": "s", "title": "T", "publisher": "P", "url": "https://example.org/s", "evaluator": "v",
                  "read_on": "2026-01-01"}],
        Evaluator: [{"key": "v", "name": "V", "lab": "l2", "citations": "s | name | Words."}],
        Lab: [{"key": "l", "name": "L"}, {"key": "l2", "name": "L2"}],
    }  # fmt: skip
    assert imported(ada, files).count(Fate.NEW) == 10
    assert AccessEvent.objects.get(key="e").citations.get().source.evaluator.lab.key == "l2"
    assert Evaluator.objects.get(key="v").citations.get().source.key == "s"
    assert AIModel.objects.get(key="m-1").variant_of.key == "m-2"
    assert Reply.objects.get(key="r").commitment.superseded_by.key == "c-2"
    assert Commitment.objects.get(key="c-1").history.first().labs.count() == 1
    assert set(fates(*plan_of(ada, files))) == {"waiting"}


def test_rules_hold_between_records_that_come_in_together(ada):
    cited = f"{factories.source().key} |  | Words."
    files = {
        Lab: [{"key": "l", "name": "L"}, {"key": "l2", "name": "L2"}],
        Evaluator: [{"key": "v", "name": "V", "lab": "l"}],
        AIModel: [{"key": "m", "lab": "l2", "name": "M", "citations": cited}],
        AccessEvent: [
            {"key": "e-1", "lab": "l", "model": "", "evaluators": "v", "summary": "x", "citations": cited},
            {"key": "e-2", "lab": "l", "model": "m", "evaluators": "metr", "summary": "x", "citations": cited},
        ],
        Commitment: [
            {"key": key, "title": key, "origin": "policy", "labs": "l", "quote": "We will.", "superseded_by": other,
             "not_testable_because": "it is vague", "citations": cited}
            for key, other in (("c-1", "c-2"), ("c-2", "c-1"))
        ],
    }  # fmt: skip
    found = {(column, sentence[:24]) for _, column, sentence in problems(*plan_of(ada, files))}
    assert found == {
        ("evaluators", "V is the lab itself; an "),
        ("model", "M is a release of L2. Ch"),
        ("superseded_by", "These refer to one anoth"),
    }


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"key": "Not a key"}, "key", "is not a key"),
        ({"key": "", "model": "no-such"}, "key", "needs a key"),
        ({"key": "", "evaluators": "nobody"}, "key", "needs a key"),
        ({"key": "matrix"}, "key", "address of another page"),
        ({"lab": ""}, "lab", "has to be filled in"),
        ({"summary": ""}, "summary", "has to be filled in"),
        ({"activity": "tea"}, "activity", "not a choice"),
        ({"domains": "cyber; tea"}, "domains", "tea"),
        ({"is_distinct": "perhaps"}, "is_distinct", "not a choice"),
        ({"started_on": "last spring"}, "started_on", "not a date in EDTF"),
        ({"started_on": "2024-07", "timing": "before_deployment"}, "started_on", "starts after"),
        ({"access_days": "0"}, "access_days", "greater than or equal to 1"),
        ({"access_days": "90", "started_on": "2024-05-01"}, "access_days", "at most"),
        ({"evaluators": ""}, "evaluators", "at least one evaluator"),
        ({"evaluators": "nobody"}, "evaluators", "There is no evaluator “nobody”"),
        ({"model": "gpt-4"}, "model", "is a release of"),
        ({"citations": ""}, "citations", "Cite at least one source"),
        ({"citations": "metr-arc-update-2023 | evaluators"}, "citations", "Line 1: It needs source, supports, quote"),
        ({"citations": " | evaluators | x"}, "citations", "Line 1: source: This has to be filled in."),
        ({"citations": "no-such | evaluators | x"}, "citations", "Line 1: source: There is no source"),
        ({"citations": "metr-arc-update-2023 | tea | x"}, "citations", "Line 1: supports: “tea” is not a choice here"),
        ({"citations": f"metr-arc-update-2023 | access | {'w ' * 41}"}, "citations", "41 words"),
        ({"citations": "metr-arc-update-2023 | access | "}, "citations", "has to be filled in"),
        ({"citations": "metr-arc-update-2023 | evaluators | x"}, "citations", "No quote supports the answer"),
        ({"evaluators": "metr; irregular", "evaluator_lowerings": "inferred"}, "evaluator_lowerings", "1 entries"),
        ({"evaluators": "metr", "evaluator_lowerings": "tea"}, "evaluator_lowerings", "not a choice"),
        ({"evaluators": "metr; metr"}, "evaluators", "twice"),
        ({"changed_at": "2026-01-01T00:00:00.000000Z"}, "changed_at", "no record with this key"),
        ({"lowered_to": "inferred"}, "lowered_because, lowered_to", "needs a reason"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_wrong_row_is_named_by_its_cell(ada, changes, column, words):
    row = event_rows(1)[0] | changes
    found = problems(*plan_of(ada, {AccessEvent: [row]}))
    assert any(number == 2 and where == column and words in sentence for number, where, sentence in found), found


def test_an_editor_may_lower_certainty_in_a_file():
    row = event_rows(1, lowered_to="inferred", certainty_lowered_because="Nobody says so.")[0]
    assert fates(*plan_of(people.editor(), {AccessEvent: [row]})) == {"new": 1}


def test_what_only_an_editor_may_say_is_proposed_by_a_researcher_and_decided_by_an_editor(ada):
    row = event_rows(1, lowered_to="inferred", certainty_lowered_because="Nobody says so.")[0]
    done = imported(ada, {AccessEvent: [row]})
    assert any("on which an editor decides: new-0" in note for note in done.tables[0].notes)
    proposal = Proposal.objects.of(AccessEvent.objects.get(key="new-0")).get()
    reviewer = people.editor()
    reviewer.groups.clear()
    reviewer.user_permissions.set(Permission.objects.filter(codename="review_proposal"))
    with pytest.raises(PermissionDenied, match="Only an editor"):
        accept(proposal=proposal, by=type(reviewer).objects.get(pk=reviewer.pk))
    accept(proposal=proposal, by=people.editor())
    assert AccessEvent.objects.get(key="new-0").lowered_to == "inferred"


def test_a_key_may_stand_in_a_file_once(ada):
    rows = event_rows(2, key="same")
    assert problems(*plan_of(ada, {AccessEvent: rows})) == [(3, "key", "Row 2 already uses “same”.")]


def test_what_no_two_records_may_share_is_refused_within_a_file_and_against_what_is_there(ada):
    taken = Lab.objects.get(key="openai").name
    rows = [{"key": "a", "name": "Same"}, {"key": "b", "name": "Same"}, {"key": "c", "name": taken}]
    assert fates(*plan_of(ada, {Lab: rows})) == {"new": 1, "asked": 2}
    done = imported(ada, {Lab: rows}, answers={("labs", key): "" for key in "abc"})
    assert problems(*done.tables) == [
        (3, "name", "Lab with this Name already exists."),
        (4, "name", "Lab with this Name already exists."),
    ]


def test_events_that_look_alike_are_refused_unless_marked_as_distinct(ada):
    rows = event_rows(3, is_distinct="")
    rows[2]["is_distinct"] = "yes"
    found = problems(*plan_of(ada, {AccessEvent: rows}))
    assert [(number, column) for number, column, _ in found] == [(3, "is_distinct")]
    assert "“new-0”" in found[0][2]
    imported(ada, {AccessEvent: rows[:1]})
    found = problems(*plan_of(ada, {AccessEvent: rows[1:2]}))
    assert "“new-0”" in found[0][2]


def test_the_public_label_of_a_choice_is_understood_and_an_empty_cell_of_a_new_row_says_nothing(ada):
    rows = event_rows(1, activity="Red-teaming", activity_label="red-teaming", outcome="", domains="AI R&D")
    [planned] = plan_of(ada, {AccessEvent: rows})[0].of(Fate.NEW)
    assert (planned.after["activity"], planned.after["outcome"], planned.after["domains"]) == (
        "red_teaming",
        "unknown",
        ["ai_rnd"],
    )


@pytest.mark.parametrize("parted", ["cyber, AI R&D", "cyber; ai_rnd", "cyber;ai_rnd,"])
def test_choices_are_parted_by_commas_or_semicolons(ada, parted):
    supports = "evaluators; access, timing"
    rows = event_rows(1, domains=parted, citations=f"metr-arc-update-2023 | {supports} | Words.")
    [planned] = plan_of(ada, {AccessEvent: rows})[0].of(Fate.NEW)
    assert planned.after["domains"] == ["ai_rnd", "cyber"]
    assert planned.after["citations"][0]["supports"] == ["evaluators", "timing", "access"]


def test_no_term_of_a_list_of_choices_holds_what_parts_them():
    fields = [
        field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, TermsField)
    ]
    texts = [text for field in fields for pair in field.terms.choices() for text in pair]
    assert len(fields) > 5
    assert [text for text in texts if set(text) & set(",;\\")] == []


def test_a_number_says_what_is_allowed_before_and_after_it_is_wrong(ada):
    assert dict(help_of(kind_of(AccessEvent)))["access_days"] == "a whole number, or empty"
    plan = plan_of(ada, {AccessEvent: event_rows(1, access_days="three weeks")})[0]
    assert [each.allowed for row in plan.of(Fate.WRONG) for each in row.problems] == ["a whole number, or empty"]


def test_requirements_are_read_from_their_columns(ada):
    row = {
        "key": "c",
        "title": "C",
        "origin": "policy",
        "labs": "openai; anthropic",
        "quote": "We will.",
        "strict_activities": "model_evaluation; red-teaming",
        "strict_evaluators": "named",
        "strict_named_evaluator": "metr",
        "strict_min_depth": "3",
        "lenient_activities": "red_teaming",
        "lenient_evaluators": "any_outside",
        "citations": f"{factories.source().key} | quote | We will.",
    }
    imported(ada, {Commitment: [row]})
    strict, lenient = Commitment.objects.get(key="c").requirements.order_by("-reading")
    assert (strict.named_evaluator.key, strict.min_depth, strict.visible_in_public) == ("metr", 3, True)
    assert (strict.activities, lenient.activities) == (["model_evaluation", "red_teaming"], ["red_teaming"])
    wrong = row | {"key": "d", "strict_min_depth": "9", "lenient_evaluators": ""}
    found = problems(*plan_of(ada, {Commitment: [wrong]}))
    assert {column for _, column, _ in found} >= {"lenient_evaluators"}
    assert problems(*plan_of(ada, {Commitment: [row | {"key": "d", "strict_min_depth": "9"}]}))[0][1] == (
        "strict_min_depth"
    )


# Changed rows


def test_a_changed_cell_becomes_the_proposal_that_the_desk_would_make(ada):
    rows = exported(AccessEvent, "gpt-4-arc-evals")
    rows[0] |= {
        "summary": "Another summary.",
        "mode": "at the lab",
        "citations": rows[0]["citations"] + "\nx | lab | y",
    }
    source = factories.source(key="x")
    [plan] = plan_of(ada, {AccessEvent: rows})
    assert {change.field for change in plan.of(Fate.CHANGED)[0].changes} == {"mode", "summary", "citations"}
    imported(ada, {AccessEvent: rows}, batch="b", is_correction=True)
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    made = Proposal.objects.of(event).get()
    assert event.summary != "Another summary."
    made.delete()
    own = propose(record=event, state=made.after, reason=made.reason, by=ada, is_correction=True, batch="b")
    for name in (
        "kind",
        "stage",
        "before",
        "after",
        "reason",
        "is_correction",
        "batch",
        "author",
        "record_key",
        "record_name",
    ):
        assert getattr(made, name) == getattr(own, name), name
    accept(proposal=own, by=people.editor())
    event.refresh_from_db()
    assert (event.summary, event.mode) == ("Another summary.", "at_lab")
    assert event.citations.filter(source=source).exists()


def test_what_stays_out_of_a_file_stays_as_it_is(ada):
    row = {"key": "gpt-4-arc-evals", "summary": "Another summary.", "changed_at": ""}
    [planned] = plan_of(ada, {AccessEvent: [row]})[0].of(Fate.CHANGED)
    assert planned.after == planned.before | {"summary": "Another summary."}


def test_an_emptied_cell_is_nothing_where_there_can_be_nothing_and_wrong_where_there_is_the_word_unknown(ada):
    rows = exported(AccessEvent, "gpt-4-arc-evals")
    [planned] = plan_of(ada, {AccessEvent: [rows[0] | {"started_on": ""}]})[0].rows
    assert planned.after == planned.before | {"started_on": ""}
    found = problems(*plan_of(ada, {AccessEvent: [rows[0] | {"timing": ""}]}))
    assert found == [(2, "timing", "This has to be filled in.")]
    [planned] = plan_of(ada, {AccessEvent: [rows[0] | {"timing": "unknown"}]})[0].rows
    assert planned.after["timing"] == "unknown"


@pytest.mark.parametrize(
    ("model", "key", "column"),
    [
        (AccessEvent, "gpt-4-arc-evals", "activity_label"),
        (AccessEvent, "gpt-4-arc-evals", "depth_low"),
        (AccessEvent, "gpt-4-arc-evals", "started_on_latest"),
        (AIModel, "gpt-4", "events"),
        (AIModel, "gpt-4", "lab_name"),
        (Source, "gpt-4-system-card", "owner"),
        (Lab, "openai", "country_label"),
    ],
)
def test_a_column_that_follows_from_others_is_not_read_and_the_file_is_told_so(ada, model, key, column):
    rows = exported(model, key)
    rows[0][column] = "something else"
    [plan] = plan_of(ada, {model: rows})
    assert fates(plan) == {"unchanged": 1}
    assert any(note.startswith("Not read, for the site derives them") and column in note for note in plan.notes)


def test_the_order_of_a_list_is_no_change(ada):
    event = factories.access_event(evaluators=[factories.evaluator(), factories.evaluator()])
    rows = exported(AccessEvent, event.key)
    rows[0]["evaluators"] = "; ".join(reversed(rows[0]["evaluators"].split("; ")))
    assert fates(*plan_of(ada, {AccessEvent: rows})) == {"unchanged": 1}


def test_a_part_keeps_what_is_said_of_it_when_another_is_added(ada):
    event = factories.access_event(evaluators=[(factories.evaluator(key="v-1"), "inferred")])
    factories.evaluator(key="v-2")
    row = {"key": event.key, "evaluators": "v-1; v-2"}
    [planned] = plan_of(ada, {AccessEvent: [row]})[0].of(Fate.CHANGED)
    assert planned.after["participations"] == [
        {"evaluator": "v-1", "lowered_to": "inferred", "lowered_because": ""},
        {"evaluator": "v-2", "lowered_to": "as_event", "lowered_because": ""},
    ]
    full = exported(AccessEvent, event.key)[0] | {"evaluators": "v-1; v-2"}
    assert [column for _, column, _ in problems(*plan_of(ada, {AccessEvent: [full]}))] == ["evaluator_lowerings"]


# What others did meanwhile


def changed_publicly(record, **changes):
    state = state_of(record) | changes
    accept(proposal=propose(record=record, state=state, reason="r", by=people.researcher()), by=people.editor())


def test_a_row_of_a_record_that_was_changed_since_the_file_was_made_is_wrong(ada):
    event = factories.access_event()
    rows = exported(AccessEvent, event.key)
    changed_publicly(event, mode="direct")
    found = problems(*plan_of(ada, {AccessEvent: [rows[0] | {"summary": "Mine."}]}))
    assert [(number, column) for number, column, _ in found] == [(2, "changed_at")]
    assert "since this file was made; export it again" in found[0][2]
    assert problems(*plan_of(ada, {AccessEvent: rows}))[0][1] == "changed_at", "it would take the change back"


def test_a_row_that_says_what_a_change_made_public_meanwhile_is_no_change(ada):
    event = factories.access_event()
    rows = exported(AccessEvent, event.key)
    changed_publicly(event, summary="The same.")
    assert fates(*plan_of(ada, {AccessEvent: [rows[0] | {"summary": "The same."}]})) == {"unchanged": 1}


def test_a_file_that_does_not_tell_when_it_was_made_changes_no_record_that_was_ever_changed(ada):
    event = factories.access_event()
    changed_publicly(event, mode="direct")
    row = {"key": event.key, "summary": "Mine."}
    assert [column for _, column, _ in problems(*plan_of(ada, {AccessEvent: [row]}))] == ["changed_at"]


def test_a_row_of_a_past_day_changes_only_what_was_edited_in_it(client, records, ada):
    later = factories.source(published_on="2025-06-01", read_on=dt.date(2025, 6, 1))
    early = factories.source(published_on="2024-01-01", read_on=dt.date(2024, 1, 1))
    event = factories.access_event(
        mode="direct",
        results="lab_summary",
        citations=[{"source": early, "supports": ["evaluators"]}, {"source": later, "supports": ["mode", "results"]}],
    )
    [row] = [row for row in public_csv(client, "/access.csv?as_of=2024-12-31") if row["key"] == event.key]
    assert (row["mode"], row["results"]) == ("unknown", "unknown")
    cell = f"{early.key} | evaluators, activity | {event.citations.get(source=early).quote}"
    edited = row | {"summary": "Mine.", "citations": cell}
    [planned] = plan_of(ada, {AccessEvent: [edited]})[0].of(Fate.CHANGED)
    assert {change.field for change in planned.changes} == {"summary", "citations"}
    assert (planned.after["mode"], planned.after["results"]) == ("direct", "lab_summary")
    assert {part["source"] for part in planned.after["citations"]} == {early.key, later.key}


@pytest.mark.parametrize(
    ("day", "words"),
    [("2999-01-01", "lies in the future"), ("soon", "is not a day"), ("2020-01-01", "No source that was public")],
)
def test_a_day_that_cannot_be_that_of_the_row_is_refused(ada, day, words):
    row = exported(AccessEvent, "gpt-4-arc-evals")[0] | {"as_of": day}
    [(_, column, sentence)] = problems(*plan_of(ada, {AccessEvent: [row]}))
    assert column == "as_of"
    assert words in sentence


def test_the_same_file_imported_twice_makes_nothing_the_second_time(ada):
    changed = exported(AccessEvent, "gpt-4-arc-evals")[0] | {"summary": "Mine."}
    files = {AccessEvent: [changed, *({**dict.fromkeys(changed, ""), **row} for row in event_rows(2))]}
    assert (imported(ada, files).count(Fate.CHANGED), Proposal.objects.filter(edition=None).count()) == (1, 3)
    assert fates(*plan_of(people.researcher(), files)) == {"waiting": 3}
    for proposal in Proposal.objects.filter(edition=None).all():
        accept(proposal=proposal, by=people.editor())
    assert fates(*plan_of(ada, files)) == {"unchanged": 3}


def test_a_record_with_another_open_proposal_is_left_to_those_who_decide_it(ada):
    rows = exported(AccessEvent, "gpt-4-arc-evals")
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    propose(record=event, state=state_of(event) | {"mode": "direct"}, reason="Theirs.", by=people.researcher())
    assert fates(*plan_of(ada, {AccessEvent: rows})) == {"unchanged": 1}
    [(_, column, sentence)] = problems(*plan_of(ada, {AccessEvent: [rows[0] | {"summary": "Mine."}]}))
    assert "waiting for review: “Theirs.”" in sentence
    assert column == ""


@pytest.mark.parametrize("status", [RecordStatus.DRAFT, RecordStatus.IN_REVIEW])
def test_a_draft_that_says_something_else_is_not_overwritten(ada, status):
    lab = factories.lab(status=status.value, name="Theirs", country="GB")
    assert fates(*plan_of(ada, {Lab: [{"key": lab.key, "name": "Theirs"}]})) == {"waiting": 1}
    [(_, column, sentence)] = problems(*plan_of(ada, {Lab: [{"key": lab.key, "name": "Mine", "country": "GB"}]}))
    assert column == "key"
    assert sentence.endswith("differs in: Name.")


def test_what_was_withdrawn_or_merged_is_not_brought_back_by_a_file(ada):
    lab = factories.lab(status="withdrawn", withdrawn_because="It never was one.")
    content_type = ContentType.objects.get_for_model(Lab)
    winner = factories.lab()
    Alias.objects.create(content_type=content_type, key="loser", name="Loser", object_id=winner.pk)
    rows = [{"key": lab.key, "name": "Mine"}, {"key": "loser", "name": "Loser"}]
    found = problems(*plan_of(ada, {Lab: rows}))
    assert [column for _, column, _ in found] == ["key", "key"]
    assert "It never was one." in found[0][2]
    assert "merged" in found[1][2]


def test_a_key_that_a_merger_left_behind_still_names_its_record_in_other_columns(ada):
    model = factories.ai_model()
    content_type = ContentType.objects.get_for_model(Lab)
    Alias.objects.create(content_type=content_type, key="loser", name="Loser", object_id=model.lab.pk)
    row = exported(AIModel, model.key)[0] | {"lab": "loser"}
    assert fates(*plan_of(ada, {AIModel: [row]})) == {"unchanged": 1}


# Writing


def test_who_may_not_edit_a_kind_may_not_import_it():
    with pytest.raises(PermissionDenied):
        imported(people.administrator(), {AccessEvent: event_rows(1)})
    assert not AccessEvent.objects.filter(key="new-0").exists()


def test_what_the_database_alone_refuses_is_named_and_nothing_is_written(ada):
    source = factories.source(url="https://example.org/one")
    row = {"title": "", "publisher": "P", "read_on": "2026-01-01"}
    rows = [row | {"key": f"s-{number}", "title": f"T {number}", "url": f"https://example.org/{number}"}
            for number in range(3)]  # fmt: skip
    rows[1]["url"] = source.url
    another = {("sources", row["key"]): "" for row in rows}
    done = imported(ada, {Source: rows}, answers=another)
    assert [(number, column) for number, column, _ in problems(*done.tables)] == [(3, "edition, url")]
    assert not Source.objects.filter(key__startswith="s-").exists()
    rows[1]["url"] = rows[0]["url"]
    assert [number for number, *_ in problems(*imported(ada, {Source: rows}, answers=another).tables)] == [3]


def test_an_interrupted_import_leaves_nothing(ada):
    def stop(done):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(ada, {AccessEvent: event_rows(5)}, on_progress=stop)
    assert not AccessEvent.objects.filter(key__startswith="new-").exists()
    assert not Proposal.objects.filter(edition=None).exists()


def test_a_row_more_costs_two_queries_at_most(ada):
    counts = []
    for count, name in ((1, "warm"), (1, "few"), (11, "many")):
        rows = event_rows(count)
        files = {AccessEvent: [row | {"key": f"{name}-{number}"} for number, row in enumerate(rows)]}
        with CaptureQueriesContext(connection) as queries:
            imported(ada, files)
        counts.append(len(queries))
    assert counts[2] - counts[1] <= 20


@pytest.mark.parametrize("model", [AIModel, Evaluator, Commitment, Source, AccessEvent], ids=lambda kind: kind.__name__)
def test_the_export_of_many_records_takes_as_many_queries_as_that_of_some(records, model):
    kind, counts = kind_of(model), []
    keys = list(model.objects.order_by("key").values_list("key", flat=True))
    assert store().records  # they are read once, however many are exported
    assert newest_edition()
    for some in (keys[len(keys) // 2 :], keys):
        with one_version(), CaptureQueriesContext(connection) as queries:
            for row in kind.rows(dt.date(2026, 11, 25), some):
                kind.cells(row, kind.fields)
        counts.append(len(queries))
    assert counts[0] == counts[1]
