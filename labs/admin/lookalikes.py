"""“Is this …?”: a record that is entered or reviewed beside the one that it looks like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from labs.admin.addresses import change_url
from labs.choices import RecordStatus
from labs.models import Distinction, Record
from labs.models.lookalikes import KnownRecords, Question, questions_about
from labs.models.registry import kind_of
from labs.models.states import Keys, state_of
from labs.queries.change_words import field_label, model_label, part_words, value_words

DISTINCT_FROM = "distinct_from"  # what a form sends: the keys of the records that the entered one is not


@dataclass(frozen=True, slots=True)
class Compared:
    """A record that another one looks like, with what both say side by side."""

    question: Question
    rows: tuple[tuple[str, str, str], ...]  # the label, this record, the other one
    is_ticked: bool = False

    @property
    def record(self) -> Record:
        return self.question.record

    @property
    def words(self) -> str:
        return self.question.words

    @property
    def answer(self) -> Distinction | None:
        return self.question.answer

    @property
    def change_url(self) -> str:
        return change_url(self.record)


class Unanswered(ValidationError):
    """A record looks like others, and the person has not said whether it is one of them."""

    def __init__(self, compared: Iterable[Compared]) -> None:
        self.compared = tuple(compared)
        names = "; ".join(f"“{each.record}” ({each.words})" for each in self.compared if not each.is_ticked)
        super().__init__(f"Is this {names}? Compare them, and say if it is another one.", code="lookalike")


def compared(
    record: Record, state: Mapping[str, Any], questions: Iterable[Question], ticked: Iterable[str] = ()
) -> list[Compared]:
    """The record in this state beside each of those that it looks like."""
    keys, ticked = Keys(), set(ticked)
    return [Compared(each, _rows(record, state, each.record, keys), each.record.key in ticked) for each in questions]


def _rows(record: Record, state: Mapping[str, Any], other: Record, keys: Keys) -> tuple[tuple[str, str, str], ...]:
    model, kind, theirs = type(record), kind_of(record), state_of(other)
    rows = [("Key", record.key, other.key)]
    for name in theirs:
        if name == "citations":
            continue
        if name in kind.parts:
            part = kind.parts[name]
            label = model_label(part)
            words = ["; ".join(part_words(part, row, keys) for row in side.get(name) or ()) for side in (state, theirs)]
        else:
            label = field_label(model, name)
            words = [value_words(model, name, side.get(name), keys) for side in (state, theirs)]
        if any(words):
            rows.append((label, *words))
    return tuple(rows)


def answered_questions(
    record: Record, state: Mapping[str, Any], ticked: Iterable[str], known: KnownRecords | None = None
) -> list[Question]:
    """The questions that the person answered by ticking the keys of the others. Raises Unanswered if some are open."""
    ticked = set(ticked)
    found = questions_about(record, state, known, is_change=record.status == RecordStatus.PUBLISHED)
    asked = [each for each in found if each.answer is None]
    if any(each.record.key not in ticked for each in asked):
        raise Unanswered(compared(record, state, asked, ticked))
    return asked
