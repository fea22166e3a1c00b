"""What the site itself keeps: reports of error."""

from django.core.validators import MaxLengthValidator
from django.db import models

from evaltracker.choices import ReportState
from labs.models import Proposal
from labs.models.fields import CleanTextModel, is_one_of, term_field

LONGEST_TEXT = 4000


class ErrorReport(CleanTextModel):
    """A reader's report that something on a page is wrong. Never public."""

    page = models.CharField(max_length=300, help_text="Address of the page within this site.")
    claim = models.TextField("which claim", validators=[MaxLengthValidator(LONGEST_TEXT)])
    wrong = models.TextField("what is wrong", validators=[MaxLengthValidator(LONGEST_TEXT)])
    source = models.TextField("a source for that", blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])
    contact = models.EmailField("e-mail for questions", blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    sender = models.CharField(max_length=64, db_index=True, editable=False)  # a keyed digest, valid for one day
    state = term_field(ReportState, ReportState.OPEN)
    note = models.TextField(
        blank=True, help_text="What we found and did. It is sent to the reader, if they left an address."
    )
    proposals = models.ManyToManyField(Proposal, blank=True, editable=False, related_name="reports")  # its corrections
    told_at = models.DateTimeField("reader told", null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-sent_at",)
        constraints = [
            *is_one_of("errorreport", state=ReportState),
            models.CheckConstraint(
                name="errorreport_declined_has_a_note",
                condition=~models.Q(state=ReportState.DECLINED.value, note=""),
                violation_error_message="Say in the note why nothing was changed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page}, {self.sent_at:%Y-%m-%d}"
