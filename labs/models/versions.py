"""Two numbers that rise with public changes: the data version, which figures name, and the stamp, by which a process
keeps what it read.
"""

import datetime as dt
import uuid
from functools import cache
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labs.choices import CheckedBy
from labs.models.compiled import Compiled, compiled
from labs.models.editions import Edition
from labs.models.fields import is_one_of, term_field

LOADED = "loaded from a file"
"""The reason in the history of a row that nobody at the desk wrote."""


class DataVersion(models.Model):
    """One state of the public records, named in public by its edition and a number: ``2026.12.7``.

    The first of an edition is number 0, and each transaction that makes accepted changes public adds one. A version
    never changes and is never deleted: figures cite it. ``labs.actions.versions`` writes it.

    ``marks`` are the numbers of the newest row in the history of each table, and ``lists`` the pairs of the lists that
    have no history: from both the records are read as they were (``labs.queries.records``).
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="data_versions")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    checked_by = term_field(CheckedBy, CheckedBy.NOBODY)
    note = models.TextField(blank=True, help_text="What changed, where no accepted proposal says it.")
    stamp = models.UUIDField(default=uuid.uuid4, help_text="Tells apart versions of the same name in two databases.")
    marks = models.JSONField(default=dict)
    lists = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ("-pk",)
        get_latest_by = "pk"
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="dataversion_is_unique"),
            *is_one_of("dataversion", checked_by=CheckedBy),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """As figures name it: ``2026.12.7``."""
        return f"{self.edition.version}.{self.number}"


class Version(NamedTuple):
    """A state of all that pages show. ``stamp`` tells apart two states that carry the same number.

    A number can come twice: when a transaction is rolled back, or when a database is restored from a copy. ``made_at``
    is when the last change that led to it was written.
    """

    number: int
    stamp: str
    made_at: dt.datetime


NO_VERSION = Version(0, "", dt.datetime(1970, 1, 1, tzinfo=dt.UTC))


class StampManager(models.Manager):
    def current(self) -> Version:
        """The state of the records in the database; 0 where nothing was ever published. One query."""
        rows = _current_query(self.db).rows()
        return Version(rows[0][0], str(rows[0][1]), rows[0][2]) if rows else NO_VERSION


@cache
def _current_query(alias: str) -> Compiled:
    return compiled(Stamp.objects.using(alias).values_list("number", "stamp", "renewed_at"))


class Stamp(models.Model):
    """The one row that tells every process that something which pages show has changed.

    Besides data versions it rises for what moves no figure: a quote checked again, a record checked again, the name
    under which a person is shown. ``follows`` are the stamps before this one since which the histories tell all that
    changed: who read the records then reads no others again. ``uncited`` names the kinds of which lists leave out a
    public record, as it has no citation; nothing where nobody has looked.
    """

    number = models.PositiveBigIntegerField(default=0)
    stamp = models.UUIDField(default=uuid.uuid4)
    renewed_at = models.DateTimeField(default=timezone.now)
    follows = models.JSONField(default=list, help_text="Earlier stamps since which the histories tell what changed.")
    indexed = models.JSONField(default=dict, help_text="Up to where in each history the index of the search goes.")
    uncited = models.JSONField(null=True, help_text="The kinds of which a public record has no citation.")

    objects = StampManager()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="stamp_has_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.number)
