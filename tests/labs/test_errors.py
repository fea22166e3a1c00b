"""What a ValidationError says, flattened: by field, as a list, or as one sentence."""

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from labs.models import AccessEvent
from labs.models.errors import FieldError, field_errors, sentences

BLANK = ValidationError("Fill it in.", code="blank")


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (BLANK, [FieldError("", "blank", "Fill it in.")]),
        (ValidationError(["One.", BLANK]), [FieldError("", "", "One."), FieldError("", "blank", "Fill it in.")]),
        (ValidationError({"summary": BLANK}), [FieldError("summary", "blank", "Fill it in.")]),
        (ValidationError({NON_FIELD_ERRORS: ["Whole."]}), [FieldError("", "", "Whole.")]),
        (ValidationError("At most %(count)s.", params={"count": 3}), [FieldError("", "", "At most 3.")]),
    ],
)
def test_every_form_of_an_error_becomes_a_flat_list(error, found):
    assert field_errors(error) == found


def test_sentences_begin_with_the_label_of_their_field():
    error = ValidationError({"access_days": ["Too many."], "gone": ["No field."], NON_FIELD_ERRORS: ["Whole."]})
    assert sentences(error, AccessEvent) == ["Days of access: Too many.", "gone: No field.", "Whole."]
