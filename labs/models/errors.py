"""What a ValidationError says, as a flat list: it may hold errors by field, a list of errors, or one error."""

from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db.models import Model
from django.utils.text import capfirst


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error: the field that it is about ("" for the whole), its code and its sentence."""

    field: str
    code: str
    sentence: str


def field_errors(error: ValidationError) -> list[FieldError]:
    """The errors in a ValidationError, one by one."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [
        FieldError("" if name == NON_FIELD_ERRORS else name, each.code or "", sentence)
        for name, errors in by_field.items()
        for each in errors
        for sentence in each.messages
    ]


def fields_of_constraint(model: type[Model], error: FieldError) -> list[str]:
    """The fields of the constraint that an error is about; a bound counts as the date that it is derived from."""
    for constraint in model._meta.constraints:
        if str(constraint.get_violation_error_message()) == error.sentence:
            fields = getattr(constraint, "fields", ()) or sorted(constraint.condition.referenced_base_fields)
            own = (name.removesuffix("_earliest").removesuffix("_latest") for name in fields)
            return sorted({name for name in own if name != getattr(model, "record_field", "")})
    return []


def sentences(error: ValidationError, model: type[Model]) -> list[str]:
    """What is wrong with a row of the model, each sentence with the label of its field."""
    return [
        f"{_label(model, each.field)}: {each.sentence}" if each.field else each.sentence for each in field_errors(error)
    ]


def _label(model: type[Model], name: str) -> str:
    try:
        return str(capfirst(getattr(model._meta.get_field(name), "verbose_name", name)))
    except FieldDoesNotExist:
        return name
