"""What the database itself allows and refuses, written past all validation."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from labs.models import (
    Alias,
    DataVersion,
    Distinction,
    Edition,
    GivenPassword,
    Lab,
    Proposal,
    Search,
    SearchText,
    Signature,
    Snapshot,
    Source,
    Stamp,
)
from labs.models.compiled import compiled_checks
from labs.models.fields import EDTFField, TermsField
from labs.rules.dates import span
from tests import factories, people

pytestmark = pytest.mark.django_db

MODELS = {
    model._meta.model_name: model
    for app in ("labs", "commitments")
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "instance_type")  # a history: it keeps what was, right or wrong
}
CHECKS = {
    each.name
    for model in MODELS.values()
    for each in model._meta.constraints
    if isinstance(each, models.CheckConstraint)
}
ROWS: dict[str, Callable[[], models.Model]] = {
    "edition": lambda: Edition.objects.create(version=f"test-{uuid4().hex[:8]}", complete_to=dt.date(2024, 6, 30)),
    "lab": factories.lab,
    "labname": lambda: factories.lab().other_names.create(name="Another name"),
    "aimodel": factories.ai_model,
    "aimodelname": lambda: factories.ai_model().other_names.create(name="Another name"),
    "aimodelcitation": lambda: factories.ai_model().citations.get(),
    "evaluator": factories.evaluator,
    "evaluatorname": lambda: factories.evaluator().former_names.create(name="Former name"),
    "evaluatorcitation": lambda: factories.citation(factories.evaluator()),
    "source": factories.source,
    "accessevent": factories.access_event,
    "participation": lambda: factories.access_event().participations.get(),
    "accesseventcitation": lambda: factories.access_event().citations.get(),
    "statement": factories.statement,
    "commitment": factories.commitment,
    "commitmentcitation": lambda: factories.commitment().citations.get(),
    "requirement": lambda: factories.commitment().requirements.get(),
    "reply": factories.reply,
    "search": lambda: factories.ai_model().searches.create(searched_on=dt.date(2024, 6, 30), where="In the card."),
    "snapshot": lambda: factories.source().snapshots.create(
        text="Text.", sha256="0" * 64, taken_on=dt.date(2024, 6, 30)
    ),
    "proposal": lambda: factories.proposal(),
    "proposalnote": lambda: factories.proposal().notes.create(text="A note.", written_at=timezone.now()),
    "alias": lambda: Alias.objects.create(
        content_type=ContentType.objects.get_for_model(Lab), key=f"old-{uuid4().hex[:8]}", name="Old", object_id=1
    ),
    "distinction": lambda: Distinction.objects.create(
        content_type=ContentType.objects.get_for_model(Lab), one=factories.lab().pk, other=factories.lab().pk
    ),
    "dataversion": lambda: DataVersion.objects.create(edition=ROWS["edition"](), number=0, made_at=timezone.now()),
    "stamp": lambda: Stamp.objects.get_or_create(pk=1)[0],
    "searchtext": lambda: SearchText.objects.create(
        kind="lab", record=uuid4().int % 10**9, key="a-lab", words="a", tokens="a"
    ),
    "givenpassword": lambda: GivenPassword.objects.create(person=people.editor()),
    "signature": lambda: Signature.objects.create(person=people.researcher(), name="A name"),
}


def snapshot_of(source: Source, taken_on: dt.date) -> Snapshot:
    return Snapshot.objects.create(source=source, text="Text.", sha256="0" * 64, taken_on=taken_on)


@dataclass(frozen=True)
class Case:
    """Changes to a valid row of `model` that the constraint allows or refuses; a callable gets the row."""

    constraint: str
    model: str
    changes: dict[str, Any] | Callable[[Any], dict[str, Any]]
    is_allowed: bool

    def __str__(self) -> str:
        return f"{self.constraint} should {'allow' if self.is_allowed else 'refuse'} {self.changes}"


def cases_of(constraint: str, model: str, allowed: list, refused: list) -> list[Case]:
    return [Case(constraint, model, changes, True) for changes in allowed] + [
        Case(constraint, model, changes, False) for changes in refused
    ]


def dated(**texts: str) -> dict[str, Any]:
    """Dates with the bounds that follow from them."""
    changes: dict[str, Any] = {}
    for name, text in texts.items():
        bounds = span(text)
        changes |= {name: text, f"{name}_earliest": bounds.earliest, f"{name}_latest": bounds.latest}
    return changes


def fields_of(field_class: type[models.Field]) -> list[tuple[str, models.Field]]:
    return [
        (name, field) for name, model in MODELS.items() for field in model._meta.fields if type(field) is field_class
    ]


# What else has to change in a row so that only the constraint in question is put to the test.
BESIDES: dict[tuple[str, str], Callable[[str], dict[str, Any]]] = {
    ("accessevent", "lowered_to"): lambda value: {"lowered_because": "" if value == "as_cited" else "A reason."},
    **{
        (model, "status"): lambda value: {"withdrawn_because": "Wrong." if value == "withdrawn" else ""}
        for model in ("lab", "evaluator", "source", "aimodel", "accessevent", "statement", "commitment", "reply")
    },
    ("search", "found"): lambda value: {"note": "What it found."},
    ("proposal", "stage"): lambda value: {
        "decided_at": timezone.now() if value in ("accepted", "rejected") else None,
        "decided_by": None,
    },
    ("requirement", "evaluators"): lambda value: (
        {"named_evaluator": factories.evaluator()} if value == "named" else {"named_evaluator": None}
    ),
}


def choice_cases() -> list[Case]:
    """Every member of an enumeration is allowed; anything else, in whatever case, is refused."""
    cases = []
    for model, field in fields_of(models.CharField):
        if not field.choices:
            continue
        besides = BESIDES.get((model, field.name), lambda value: {})
        values = [value for value, _ in field.choices] + ([""] if field.blank else [])
        wrong = ["nonsense", values[0].swapcase(), *([] if field.blank else [""])]
        cases += cases_of(
            f"{model}_{field.name}_is_a_choice",
            model,
            [lambda row, v=v, f=field, b=besides: {f.name: v} | b(v) for v in values],
            [lambda row, v=v, f=field, b=besides: {f.name: v} | b(v) for v in wrong],
        )
    return cases


def terms_cases() -> list[Case]:
    """Any members, parted by single blanks, are allowed; a stranger among them or another blank is refused."""
    cases = []
    for model, field in fields_of(TermsField):
        first, second, *_ = terms = field.terms.values()
        allowed = [" ".join(terms), *terms, *([""] if field.blank else [])]
        refused = ["nonsense", f"{first} nonsense", f"{first}  {second}", f" {first}", f"{first} ", f"{first}x"]
        refused += [f"{first},{second}", f"{first}\n{second}", first.upper()]
        cases += cases_of(
            f"{model}_{field.name}_are_choices",
            model,
            [{field.name: text} for text in allowed],
            [{field.name: text} for text in refused],
        )
    return cases


def withdrawal_cases() -> list[Case]:
    """What is withdrawn has a reason, whatever kind of record it is."""
    return [
        case
        for model in ("lab", "evaluator", "source", "aimodel", "accessevent", "statement", "commitment", "reply")
        for case in cases_of(
            f"{model}_withdrawn_has_a_reason",
            model,
            [{"status": "withdrawn", "withdrawn_because": "Wrong."}, {"status": "draft"}],
            [{"status": "withdrawn", "withdrawn_because": ""}],
        )
    ]


def as_another_search(row: Search) -> dict[str, Any]:
    day = dt.date(2024, 8, 1)
    row.model.searches.create(searched_on=day, where="Again.")
    return {"searched_on": day}


def as_another_snapshot(row: Snapshot) -> dict[str, Any]:
    return {"taken_on": snapshot_of(row.source, dt.date(2024, 8, 1)).taken_on}


def as_another_distinction(row: Distinction) -> dict[str, Any]:
    other = Distinction.objects.create(content_type=row.content_type, one=row.one, other=row.other + 1)
    return {"other": other.other}


def as_another_alias(row: Alias) -> dict[str, Any]:
    other = Alias.objects.create(content_type=row.content_type, key="old-key", name="Old", object_id=2)
    return {"key": other.key}


def decided(stage: str, **changes: Any) -> dict[str, Any]:
    """A proposal at a stage, with a moment at which it was decided."""
    return {"stage": stage, "decided_at": timezone.now(), **changes}


def written(by: Any) -> dict[str, Any]:
    return {"author": by, "writers": [by.pk]}


def as_another_of_an_edition(row: Proposal) -> dict[str, Any]:
    other = factories.proposal(**decided("accepted", edition=ROWS["edition"]()))
    return decided("accepted", edition=other.edition, content_type=other.content_type, record_key=other.record_key)


def reply_cases() -> list[Case]:
    """A reply is about one thing, by one side, and its words and days go together."""
    nobody = {"by_lab": None, "by_evaluator": None}
    nothing = {"event": None, "commitment": None, "lab": None}
    first, second = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
    unasked = {"asked_on": None, "answer_by": None, "question": "", "answered_on": first, "text": "We did."}
    return [
        *cases_of(
            "reply_is_about_one_thing",
            "reply",
            [
                lambda row: nothing | {"event": factories.access_event()},
                lambda row: nothing | {"commitment": factories.commitment()},
                lambda row: nothing | {"lab": factories.lab()},
            ],
            [nothing, lambda row: {"lab": factories.lab()}, lambda row: {"commitment": factories.commitment()}],
        ),
        *cases_of(
            "reply_is_by_one_side",
            "reply",
            [
                lambda row: nobody | {"by_lab": factories.lab()},
                lambda row: nobody | {"by_evaluator": factories.evaluator()},
            ],
            [nobody, lambda row: {"by_lab": factories.lab(), "by_evaluator": factories.evaluator()}],
        ),
        *cases_of(
            "reply_answer_has_a_day",
            "reply",
            [{"text": "", "answered_on": None}, {"text": "We did.", "answered_on": second}],
            [{"text": "We did.", "answered_on": None}, {"text": "", "answered_on": second}],
        ),
        *cases_of(
            "reply_was_asked_or_given",
            "reply",
            [unasked, {"asked_on": first, "question": "Did you?"}],
            [unasked | {"answered_on": None, "text": ""}],
        ),
        *cases_of(
            "reply_question_has_a_day",
            "reply",
            [unasked, {"asked_on": first, "answer_by": None, "question": "Did you?"}],
            [unasked | {"question": "Did you?"}, unasked | {"answer_by": second}, {"question": ""}],
        ),
        *cases_of(
            "reply_days_in_order",
            "reply",
            [
                {"asked_on": first, "answer_by": first, "answered_on": first, "text": "We did."},
                {"asked_on": first, "answer_by": second},
                unasked,
            ],
            [
                {"asked_on": second, "answer_by": first},
                {"asked_on": second, "answer_by": None, "answered_on": first, "text": "We did."},
            ],
        ),
    ]


def bounds_cases() -> list[Case]:
    """A text has bounds in order, of which one may be open; without a text there are none."""
    cases = []
    day, next_day = dt.date(2024, 1, 20), dt.date(2024, 1, 21)
    for model, field in fields_of(EDTFField):
        besides = dated(due_on="2024-01/2024-02") if field.name == "fulfilled_on" else {}

        def bounds(text, earliest, latest, name=field.name, besides=besides):
            return besides | {name: text, f"{name}_earliest": earliest, f"{name}_latest": latest}

        cases += cases_of(
            f"{model}_{field.name}_bounds",
            model,
            [
                bounds("", None, None),
                bounds("2024-01-20", day, day),
                bounds("2024-01-20/2024-01-21", day, next_day),
                bounds("../2024-01-21", None, next_day),
                bounds("2024-01-20/..", day, None),
            ],
            [
                bounds("2024-01-21", next_day, day),
                bounds("", day, day),
                bounds("", None, day),
                bounds("", day, None),
            ],
        )
    return cases


def order_cases() -> list[Case]:
    """What comes later may begin within what comes earlier, and may not end before it begins."""
    pairs = [("accessevent", "started_on", "ended_on")]
    pairs += [("commitment", "made_on", later) for later in ("effective_on", "due_on", "ended_on", "fulfilled_on")]
    cases = []
    for model, earlier, later in pairs:
        besides = dated(due_on="2025") if later == "fulfilled_on" else {}
        cases += cases_of(
            f"{model}_{earlier}_before_{later}",
            model,
            [
                besides | dated(**{earlier: "2024-05", later: "2024-06"}),
                besides | dated(**{earlier: "2024-05", later: "2024-05-01"}),
                besides | dated(**{earlier: "2024-05", later: "2024"}),
                besides | dated(**{earlier: "", later: "2024"}),
                besides | dated(**{earlier: "2024", later: ""}),
            ],
            [
                besides | dated(**{earlier: "2024-05", later: "2024-04-30"}),
                besides | dated(**{earlier: "2024-05", later: "2023"}),
            ],
        )
    return cases


def citation_cases() -> list[Case]:
    cases = []
    for model in ("aimodelcitation", "evaluatorcitation", "accesseventcitation", "commitmentcitation"):
        cases += cases_of(f"{model}_has_a_quote", model, [{"quote": "x"}], [{"quote": ""}])
        cases += cases_of(
            f"{model}_is_unique",
            model,
            [
                lambda row: {"record": other(row, source=row.source, quote="Another quote.").record},
                lambda row: {"quote": other(row, source=factories.source(), quote="A quote.").quote},
            ],
            [lambda row: {"quote": other(row, source=row.source, quote="Another quote.").quote}],
        )
    return cases


def other(citation: Any, **changes: Any) -> Any:
    """Another citation of the same record."""
    return factories.citation(citation.record, **changes)


CASES = [
    *choice_cases(),
    *terms_cases(),
    *bounds_cases(),
    *order_cases(),
    *citation_cases(),
    *cases_of(
        "lab_name_is_unique",
        "labname",
        [
            lambda row: {"name": factories.lab().other_names.create(name="Same").name},
            lambda row: {"name": f"{row.lab.other_names.create(name='Same').name} but for this"},
        ],
        [lambda row: {"name": row.lab.other_names.create(name="Same").name}],
    ),
    *cases_of(
        "evaluator_name_is_unique",
        "evaluatorname",
        [lambda row: {"name": factories.evaluator().former_names.create(name="Same").name}],
        [lambda row: {"name": row.evaluator.former_names.create(name="Same").name}],
    ),
    *cases_of(
        "distinction_is_of_two_records",
        "distinction",
        [{"one": 1, "other": 2}],
        [{"one": 2, "other": 2}, {"one": 3, "other": 2}],
    ),
    *cases_of(
        "distinction_is_unique",
        "distinction",
        [lambda row: {"content_type": ContentType.objects.get_for_model(Source)}],
        [as_another_distinction],
    ),
    *cases_of(
        "aimodel_name_is_unique",
        "aimodelname",
        [
            lambda row: {"name": factories.ai_model().other_names.create(name="Same").name},
            lambda row: {"name": f"{row.model.other_names.create(name='Same').name} but for this"},
        ],
        [lambda row: {"name": row.model.other_names.create(name="Same").name}],
    ),
    *cases_of(
        "aimodel_name_is_unique_in_lab",
        "aimodel",
        [lambda row: {"name": factories.ai_model().name}],
        [lambda row: {"name": factories.ai_model(lab=row.lab).name}],
    ),
    *cases_of(
        "aimodel_is_no_variant_of_itself",
        "aimodel",
        [{"variant_of": None}, lambda row: {"variant_of": factories.ai_model(lab=row.lab)}],
        [lambda row: {"variant_of": row}],
    ),
    *cases_of(
        "source_has_one_owner",
        "source",
        [
            {"lab": None, "evaluator": None},
            lambda row: {"lab": factories.lab()},
            lambda row: {"evaluator": factories.evaluator()},
        ],
        [lambda row: {"lab": factories.lab(), "evaluator": factories.evaluator()}],
    ),
    *cases_of(
        "source_published_before_read",
        "source",
        [
            {"read_on": dt.date(2024, 6, 30)} | dated(published_on="2024-06-30"),
            {"read_on": dt.date(2024, 6, 30)} | dated(published_on="2024"),
            {"read_on": dt.date(2024, 6, 30)} | dated(published_on=""),
        ],
        [{"read_on": dt.date(2024, 6, 30)} | dated(published_on="2024-07")],
    ),
    *cases_of(
        "accessevent_access_days_in_range",
        "accessevent",
        [{"access_days": days} for days in (None, 1, 3660)],
        [{"access_days": days} for days in (0, 3661)],
    ),
    *cases_of(
        "accessevent_lowering_has_a_reason",
        "accessevent",
        [
            {"lowered_to": "as_cited", "lowered_because": ""},
            {"lowered_to": "inferred", "lowered_because": "A reason."},
            {"lowered_to": "disputed", "lowered_because": "A reason."},
        ],
        [
            {"lowered_to": "as_cited", "lowered_because": "A reason."},
            {"lowered_to": "inferred", "lowered_because": ""},
            {"lowered_to": "disputed", "lowered_because": ""},
        ],
    ),
    *cases_of(
        "participation_is_unique",
        "participation",
        [lambda row: {"evaluator": factories.evaluator()}],
        [lambda row: {"evaluator": row.event.participations.create(evaluator=factories.evaluator()).evaluator}],
    ),
    *cases_of(
        "participation_reason_needs_a_lowering",
        "participation",
        [
            {"lowered_to": "as_event", "lowered_because": ""},
            {"lowered_to": "inferred", "lowered_because": "Only a footnote names it."},
            {"lowered_to": "inferred", "lowered_because": ""},
        ],
        [{"lowered_to": "as_event", "lowered_because": "Only a footnote names it."}],
    ),
    *cases_of(
        "search_something_has_a_note",
        "search",
        [{"found": "nothing", "note": ""}, {"found": "nothing", "note": "x"}, {"found": "something", "note": "x"}],
        [{"found": "something", "note": ""}],
    ),
    *cases_of(
        "source_address_is_unique",
        "source",
        [
            lambda row: {"url": factories.source().url, "edition": "revision of May"},
            {"url": "https://example.org/nobody-has-it"},
        ],
        [
            lambda row: {"url": factories.source().url},
            lambda row: {"url": factories.source(edition="second").url, "edition": "second"},
        ],
    ),
    *cases_of(
        "statement_has_a_text_and_a_quote", "statement", [{"text": "x", "quote": "y"}], [{"text": ""}, {"quote": ""}]
    ),
    *cases_of("commitment_has_a_quote", "commitment", [{"quote": "x"}], [{"quote": ""}]),
    *cases_of(
        "commitment_is_no_successor_of_itself",
        "commitment",
        [{"superseded_by": None}, lambda row: {"superseded_by": factories.commitment()}],
        [lambda row: {"superseded_by": row}],
    ),
    *cases_of(
        "requirement_is_unique",
        "requirement",
        [{"reading": "lenient"}],
        [lambda row: {"commitment": factories.commitment()}],
    ),
    *cases_of("requirement_asks_for_an_activity", "requirement", [{"activities": "unknown"}], [{"activities": ""}]),
    *cases_of(
        "requirement_names_an_evaluator",
        "requirement",
        [
            lambda row: {"evaluators": "named", "named_evaluator": factories.evaluator()},
            {"evaluators": "any_outside", "named_evaluator": None},
            {"evaluators": "government", "named_evaluator": None},
        ],
        [
            {"evaluators": "named", "named_evaluator": None},
            lambda row: {"evaluators": "any_outside", "named_evaluator": factories.evaluator()},
            lambda row: {"evaluators": "government", "named_evaluator": factories.evaluator()},
        ],
    ),
    *cases_of(
        "requirement_min_depth_in_range",
        "requirement",
        [{"min_depth": depth} for depth in (None, 1, 5)],
        [{"min_depth": depth} for depth in (0, 6)],
    ),
    *withdrawal_cases(),
    *cases_of("search_is_unique", "search", [{"searched_on": dt.date(2024, 7, 1)}], [as_another_search]),
    *cases_of("snapshot_is_unique", "snapshot", [{"taken_on": dt.date(2024, 7, 1)}], [as_another_snapshot]),
    *cases_of("stamp_has_one_row", "stamp", [{"id": 1}], [{"id": 2}]),
    *cases_of(
        "searchtext_is_unique",
        "searchtext",
        [{"part": 1}, {"field": "key"}, {"kind": "evaluator"}],
        [lambda row: {"record": SearchText.objects.create(kind="lab", record=0, key="another", words="b").record}],
    ),
    *cases_of(
        "dataversion_is_unique",
        "dataversion",
        [{"number": 1}],
        [
            lambda row: {
                "edition": DataVersion.objects.create(edition=ROWS["edition"](), made_at=row.made_at, number=0).edition
            }
        ],
    ),
    *cases_of(
        "givenpassword_is_by_somebody_else",
        "givenpassword",
        [{"given_by": None}, lambda row: {"given_by": people.administrator()}],
        [lambda row: {"given_by": row.person}],
    ),
    *cases_of(
        "givenpassword_counts_after_it_was_given",
        "givenpassword",
        [{"counts_until": None}, lambda row: {"counts_until": row.given_at + dt.timedelta(days=1)}],
        [lambda row: {"counts_until": row.given_at}],
    ),
    *cases_of("snapshot_has_a_text", "snapshot", [{"text": "."}], [{"text": ""}]),
    *cases_of(
        "proposal_needs_a_second_person",
        "proposal",
        [
            lambda row: decided("accepted", **written(people.researcher()), decided_by=people.editor()),
            lambda row: decided("accepted", **written(people.researcher()), decided_by=None),
            lambda row: decided("rejected", **written(one := people.editor()), decided_by=one),
            lambda row: decided("accepted", writers=[(one := people.editor()).pk * 10, one.pk + 1], decided_by=one),
        ],
        [
            lambda row: decided("accepted", **written(one := people.editor()), decided_by=one),
            # Who was its author once and wrote a part of it, be it the first, the last or one between.
            *(
                lambda row, before=before, after=after: decided(
                    "accepted", writers=[*before, (one := people.editor()).pk, *after], decided_by=one
                )
                for before, after in (([], []), ([], [7777]), ([7777], []), ([7777], [8888]))
            ),
        ],
    ),
    *cases_of(
        "proposal_author_is_a_writer",
        "proposal",
        [
            {"author": None, "writers": []},
            lambda row: written(people.editor()),
            lambda row: {"author": (one := people.editor()), "writers": [7777, one.pk, 8888]},
        ],
        [
            lambda row: {"author": people.editor(), "writers": []},
            lambda row: {"author": (one := people.editor()), "writers": [one.pk * 10 + 1, one.pk + 1]},
        ],
    ),
    *cases_of(
        "proposal_is_decided_on_a_day",
        "proposal",
        [
            {"stage": "in_review"},
            {"stage": "sent_back"},
            lambda row: decided("accepted"),
            lambda row: decided("rejected"),
        ],
        [
            {"stage": "accepted"},
            {"stage": "rejected"},
            lambda row: decided("in_review"),
            lambda row: decided("sent_back"),
        ],
    ),
    *cases_of(
        "proposal_has_a_reason",
        "proposal",
        [{"reason": "."}, lambda row: decided("accepted", reason="", edition=ROWS["edition"]())],
        [{"reason": ""}],
    ),
    *cases_of(
        "proposal_of_an_edition_names_nobody",
        "proposal",
        [lambda row: decided("accepted", edition=ROWS["edition"](), author=None, decided_by=None)],
        [
            lambda row: decided("accepted", edition=ROWS["edition"](), **written(people.researcher())),
            lambda row: decided("accepted", edition=ROWS["edition"](), decided_by=people.editor()),
            lambda row: {"edition": ROWS["edition"]()},
        ],
    ),
    *cases_of(
        "proposal_of_an_edition_is_unique",
        "proposal",
        [
            lambda row: decided("accepted", edition=ROWS["edition"]()),
            lambda row: {"record_key": factories.proposal(content_type=row.content_type).record_key},
        ],
        [as_another_of_an_edition],
    ),
    *cases_of("alias_key_is_unique", "alias", [{"key": "another-old-key"}], [as_another_alias]),
    *reply_cases(),
]


@pytest.mark.parametrize("constraint", list(dict.fromkeys(case.constraint for case in CASES)))
def test_the_database_allows_and_refuses(constraint: str):
    cases = [case for case in CASES if case.constraint == constraint]
    row = ROWS[cases[0].model]()

    for case in cases:
        assert outcome(case, row) == ("allowed" if case.is_allowed else f"refused by {constraint}"), case


@pytest.mark.parametrize("constraint", [each for each in dict.fromkeys(c.constraint for c in CASES) if each in CHECKS])
def test_a_check_compiled_once_says_what_the_database_says(constraint: str):
    cases = [case for case in CASES if case.constraint == constraint]
    model, make = MODELS[cases[0].model], ROWS[cases[0].model]
    check, row = compiled_checks(model, frozenset([constraint]), "default"), make()
    before = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}

    for case in cases:
        for name, value in (case.changes(row) if callable(case.changes) else case.changes).items():
            setattr(row, name, value)
        assert check.hold_for(row) == case.is_allowed, case
        for name, value in before.items():
            setattr(row, name, value)


@pytest.mark.parametrize(
    "model", [each for each in MODELS.values() if any(check.name in CHECKS for check in each._meta.constraints)]
)
def test_checks_compiled_together_say_what_djangos_say(model: type[models.Model]):
    checks = [each for each in model._meta.constraints if each.name in CHECKS]
    row = ROWS[model._meta.model_name]()
    together = compiled_checks(model, frozenset(each.name for each in checks), "default")

    for field in model._meta.concrete_fields:
        before = getattr(row, field.attname)
        for value in (None, before, *([""] if isinstance(field, (models.CharField, models.TextField)) else [])):
            setattr(row, field.attname, value)
            values = row._get_field_expression_map(meta=model._meta)
            expected = models.Q(*(each.condition for each in checks)).check(values)
            assert together.hold_for(row) == expected, (field.name, value)
        setattr(row, field.attname, before)


def outcome(case: Case, row: models.Model) -> str:
    """What the database says to the changed row, which is as before afterwards."""
    try:
        with transaction.atomic():
            changes = case.changes(row) if callable(case.changes) else case.changes
            type(row)._base_manager.filter(pk=row.pk).update(**changes)
            transaction.set_rollback(True)
    except IntegrityError as refusal:
        return f"refused by {case.constraint if is_about(case, str(refusal)) else refusal}"
    return "allowed"


def is_about(case: Case, message: str) -> bool:
    """Whether the database names the constraint, or (SQLite, of unique ones) its columns."""
    (constraint,) = (c for c in MODELS[case.model]._meta.constraints if c.name == case.constraint)
    if isinstance(constraint, models.UniqueConstraint) and "UNIQUE constraint failed" in message:
        columns = (MODELS[case.model]._meta.get_field(name).column for name in constraint.fields)
        return all(f"{MODELS[case.model]._meta.db_table}.{column}" in message for column in columns)
    return case.constraint in message


def test_every_constraint_has_a_case_that_it_allows_and_one_that_it_refuses():
    expected = {
        (constraint.name, is_allowed)
        for model in MODELS.values()
        for constraint in model._meta.constraints
        for is_allowed in (True, False)
    }

    assert {(case.constraint, case.is_allowed) for case in CASES} == expected


def test_every_enumeration_list_and_date_has_its_constraint():
    names = {constraint.name for model in MODELS.values() for constraint in model._meta.constraints}
    expected = {f"{model}_{field.name}_is_a_choice" for model, field in fields_of(models.CharField) if field.choices}
    expected |= {f"{model}_{field.name}_are_choices" for model, field in fields_of(TermsField)}
    expected |= {f"{model}_{field.name}_bounds" for model, field in fields_of(EDTFField)}

    assert expected <= names


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (name, field.name)
        for name, model in MODELS.items()
        for field in model._meta.fields
        if field.unique and model is not Stamp  # there is no second row
    ],
)
def test_what_is_unique_is_refused_a_second_time(model: str, field: str):
    one, two = ROWS[model](), ROWS[model]()
    if field == "lab":  # the lab that an evaluator is
        type(one).objects.filter(pk=one.pk).update(lab=factories.lab())
        one.refresh_from_db()

    with pytest.raises(IntegrityError), transaction.atomic():
        type(two).objects.filter(pk=two.pk).update(**{field: getattr(one, field)})
