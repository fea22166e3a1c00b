"""Forms of the public pages."""

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from evaltracker.models import ErrorReport
from evaltracker.models.reports import LONGEST_TEXT

LEAST_SECONDS = 3
MOST_SECONDS = 24 * 60 * 60
_SALT = "evaltracker.report"


class ErrorReportForm(forms.ModelForm):
    """A report of an error, with two guards against robots that bother no person and use no third party.

    ``website`` is hidden and must stay empty. ``opened`` is a signed time: a form that is sent within three seconds, or
    after a day, is shown again with all that was typed.
    """

    website = forms.CharField(required=False, label="Leave this empty", widget=forms.TextInput(attrs={"tabindex": -1}))
    opened = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = ErrorReport
        fields = ("page", "claim", "wrong", "source", "contact")
        widgets = {
            "claim": forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_TEXT}),
            "wrong": forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
            "source": forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_TEXT}),
        }
        help_texts = {
            "claim": "The words or the figure on the page.",
            "wrong": "What it should say, and why.",
            "source": "Address of a public document, and the words in it. Without one we can rarely change a record.",
            "contact": "Only if we may ask back. It is never shown and not passed on.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("opened", signing.TimestampSigner(salt=_SALT).sign("form"))

    def clean_page(self) -> str:
        page = self.cleaned_data["page"]
        if not page.startswith("/") or page.startswith("//") or "\\" in page:
            raise ValidationError("Give the address of a page of this site, such as /models/gpt-4/.")
        return page

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError("This field is for robots. Leave it empty.")
        return ""

    def clean_opened(self) -> str:
        signer = signing.TimestampSigner(salt=_SALT)
        opened = self.cleaned_data["opened"]
        try:
            signer.unsign(opened, max_age=MOST_SECONDS)
        except signing.BadSignature:
            self._renew()
            raise ValidationError("The form had been open for too long. Send it again; nothing is lost.") from None
        try:
            signer.unsign(opened, max_age=LEAST_SECONDS)
        except signing.SignatureExpired:
            return opened
        raise ValidationError("That was quicker than a person types. Send it again; nothing is lost.")

    def _renew(self) -> None:
        self.data = self.data.copy()
        self.data[self.add_prefix("opened")] = self.initial["opened"]
