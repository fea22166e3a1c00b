"""Writes of the facts that touch several models: all of it is saved, or none.

The `check_…` functions are the one home of what no single row can say. The actions call them, and so do the
admin's forms, which is where a person meets their sentences.
"""

from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.text import capfirst

from labs.choices import ACCESS_ANSWERS, Answer, EventField
from labs.models import AccessEvent, AIModel, Citation, Evaluator, Participation, Record, Source
from labs.models.base import Part

NO_CITATION = "Cite at least one source, with the words that carry the claim."
NO_EVALUATOR = (
    "Name at least one evaluator. Where the source names none, choose the record for groups that it does not name."
)


def check_citations(citations: Collection[Citation]) -> None:
    """Releases, events and commitments rest on at least one citation (methodology, section 1).

    Raises ValidationError.
    """
    if not citations:
        raise ValidationError(NO_CITATION, code="no_citation")


def check_evaluators(event: AccessEvent, evaluators: Collection[Evaluator]) -> None:
    """An event has an evaluator, and does not look like another one unless it is marked as distinct.

    Alike are events of the same lab, release, evaluators, activity and timing. That no evaluator is the lab
    itself, each participation checks on its own.

    Raises ValidationError, which names the other event.
    """
    if not evaluators:
        raise ValidationError(NO_EVALUATOR, code="no_evaluator")
    if event.is_distinct:
        return
    others = AccessEvent.objects.lookalikes_of(event, {evaluator.pk for evaluator in evaluators})
    if others:
        names = ", ".join(f"“{other}”" for other in others)
        mark = AccessEvent._meta.get_field("is_distinct").verbose_name
        raise ValidationError(
            f"It looks like {names}: same lab, release, evaluators, activity and timing. Add to that record instead, "
            f"or mark this one as “{mark}”.",
            code="lookalike",
        )


def check_answers(event: AccessEvent, citations: Collection[Citation]) -> None:
    """An answer of the access profile other than "not disclosed" rests on a quote that supports it (section 1).

    A quote that supports the whole profile supports each answer. Raises ValidationError that names them all.
    """
    supported = {field for citation in citations for field in citation.supports}
    if EventField.ACCESS in supported:
        return
    bare = [
        label
        for question, label in ACCESS_ANSWERS.items()
        if getattr(event, question) != Answer.UNKNOWN and f"access.{question}" not in supported
    ]
    if bare:
        raise ValidationError(
            f"No quote supports the answer on: {', '.join(bare)}. Tick it at the citation that says so, or answer "
            f"“{Answer.UNKNOWN.label}”.",
            code="unsupported_answer",
        )


@transaction.atomic
def save_ai_model(*, model: AIModel, citations: Sequence[Citation]) -> AIModel:
    """Save a release with exactly these citations; other citations that it had are deleted.

    Raises ValidationError for anything that is wrong; then nothing is saved.
    """
    check_citations(citations)
    model.full_clean()
    model.save()
    save_parts(model, "citations", citations)
    return model


@transaction.atomic
def save_access_event(
    *, event: AccessEvent, participations: Sequence[Participation], citations: Sequence[Citation]
) -> AccessEvent:
    """Save an event with exactly these participations and citations; others that it had are deleted.

    Raises ValidationError for anything that is wrong; then nothing is saved.
    """
    check_citations(citations)
    check_answers(event, citations)
    event.full_clean()
    check_evaluators(event, [part.evaluator for part in participations])
    event.save()
    save_parts(event, "participations", participations)
    save_parts(event, "citations", citations)
    return event


def delete_source(*, source: Source) -> None:
    """Delete a source that nothing cites.

    Raises ValidationError with the list of what cites it.
    """
    try:
        source.delete()
    except ProtectedError as error:
        names = "; ".join(name_of(record) for record in records_of(error.protected_objects))
        raise ValidationError(
            f"“{source}” is cited and cannot be deleted. Take its citations out of these first: {names}.",
            code="cited",
        ) from error


def save_parts(record: Record, relation: str, parts: Iterable[Part]) -> None:
    """Make `parts` all the rows of one of the record's reverse relations, such as its citations.

    Call it in a transaction. Raises ValidationError with a sentence for everything that is wrong, by the part's
    place in the list.
    """
    parts = list(parts)
    rows = getattr(record, relation)
    rows.exclude(pk__in=[part.pk for part in parts if part.pk]).delete()
    problems = []
    for place, part in enumerate(parts, start=1):
        setattr(part, rows.field.name, record)
        try:
            part.full_clean()
        except ValidationError as error:
            name = f"{capfirst(part._meta.verbose_name)} {place}"
            problems += [f"{name}: {sentence}" for sentence in _sentences(part, error)]
        else:
            part.save()
    if problems:
        raise ValidationError(problems)


def records_of(objects: Iterable[Record | Part]) -> list[Record]:
    """The records that these are or belong to, each once, by kind and key."""
    records = {each.whole if isinstance(each, Part) else each for each in objects}
    return sorted(records, key=lambda record: (record._meta.verbose_name, record.key))


def name_of(record: Record) -> str:
    """Kind and name: “access event gpt-4-metr”."""
    return f"{record._meta.verbose_name} {record}"


def _sentences(part: Part, error: ValidationError) -> list[str]:
    return [
        message if field == "__all__" else f"{part._meta.get_field(field).verbose_name}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    ]
