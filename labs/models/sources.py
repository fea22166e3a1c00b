"""Sources: who says something, where, since when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from labs.choices import Owner, ReadIn, SourceKind
from labs.models.base import Record, desk_constraints
from labs.models.fields import (
    EDTFField,
    WebAddressField,
    bounds_in_order,
    earliest_of,
    is_one_of,
    latest_of,
    term_field,
)
from labs.rules.as_of import public_from
from labs.rules.event_words import quote_words


class Source(Record):
    """A public document that records cite. Its owner decides whose word it is (methodology, section 1)."""

    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, help_text="As the document or its site names it.")
    url = WebAddressField("address", max_length=500)
    edition = models.CharField(
        max_length=120,
        blank=True,
        help_text="Only where another source has the same address: which edition of the text this is, or whose part of "
        "it, such as “revision of 12 August 2026”.",
    )
    archived_url = WebAddressField(
        "archived copy",
        max_length=500,
        blank=True,
        help_text="Address of a copy that will not change, if there is one.",
    )
    read_in = term_field(ReadIn, ReadIn.ORIGINAL, help_text="In what form we read it.")
    kind = term_field(SourceKind, SourceKind.UNKNOWN)
    lab = models.ForeignKey(
        "labs.Lab",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sources",
        help_text="The lab whose own word this is. Empty with “evaluator” too: a government's or a third party's.",
    )
    evaluator = models.ForeignKey(
        "labs.Evaluator",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sources",
        help_text="The evaluator whose own word this is.",
    )
    published_on = EDTFField("published")
    published_on_earliest = earliest_of("published_on")
    published_on_latest = latest_of("published_on")
    read_on = models.DateField(
        "read", help_text="The day we read it: what it says is known to us from then on at the latest."
    )

    url_name = "labs:source_detail"

    class Meta:
        ordering = ("title", "key")
        constraints = [
            models.UniqueConstraint(
                fields=["url", "edition"],
                name="source_address_is_unique",
                violation_error_message="Another source has this address. If this is another edition of the text, or "
                "the words of somebody else in it, say so under “edition”.",
            ),
            *is_one_of("source", kind=SourceKind, read_in=ReadIn),
            *bounds_in_order("source", "published_on"),
            *desk_constraints("source"),
            models.CheckConstraint(
                name="source_has_one_owner",
                condition=Q(lab__isnull=True) | Q(evaluator__isnull=True),
                violation_error_message="A source belongs to a lab or to an evaluator, not to both.",
            ),
            models.CheckConstraint(
                name="source_published_before_read",
                condition=Q(published_on_earliest__isnull=True) | Q(read_on__gte=models.F("published_on_earliest")),
                violation_error_message="It cannot have been read before it was published: check both dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})"

    @property
    def public_on(self) -> dt.date:
        """The day by which it was surely public (methodology, section 2)."""
        return public_from(self.published_on_latest, self.read_on)

    @property
    def known_from(self) -> dt.date:
        return self.public_on

    @property
    def owner(self) -> Owner:
        """Who is speaking: the owner of the document (methodology, section 1)."""
        if self.lab_id:
            return Owner.LAB
        if self.evaluator_id:
            return Owner.EVALUATOR
        return Owner.GOVERNMENT if self.kind == SourceKind.GOVERNMENT else Owner.THIRD_PARTY

    @property
    def owner_name(self) -> str:
        """The name of the lab or evaluator it belongs to, else “a government” or “a third party”."""
        return str(self.lab or self.evaluator or self.owner.label)

    @property
    def quote_words(self) -> str:
        """Whose words a quote of it is, and where we read them: “METR’s words, read in a copy” (section 1)."""
        return quote_words(self.owner, str(self.lab or self.evaluator or ""), self.publisher, ReadIn(self.read_in))


class Snapshot(models.Model):
    """The text of a source on a day, against which its quotes are checked. Never public."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="snapshots")
    text = models.TextField()
    sha256 = models.CharField("SHA-256", max_length=64, help_text="Of the file as uploaded, or of the pasted text.")
    taken_on = models.DateField("taken on", help_text="The day on which the source read like this.")
    file_name = models.CharField("file", max_length=255, blank=True, help_text="Empty: pasted.")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-taken_on", "-pk")
        get_latest_by = ("taken_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "sha256", "taken_on"],
                name="snapshot_is_unique",
                violation_error_message="We hold this snapshot already.",
            ),
            models.CheckConstraint(
                name="snapshot_has_a_text", condition=~Q(text=""), violation_error_message="A snapshot needs a text."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.taken_on}"
