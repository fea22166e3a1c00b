"""The data version: a number that rises with each public change, so a process can keep what it read for it."""

import uuid
from typing import NamedTuple

from django.db import models


class Version(NamedTuple):
    """A state of the public records. ``stamp`` tells apart two states that carry the same number.

    A number can come twice: when a transaction is rolled back, or when a database is restored from a copy.
    """

    number: int
    stamp: str


NO_VERSION = Version(0, "")


class DataVersionManager(models.Manager):
    def current(self) -> Version:
        """The version of the records in the database; 0 where nothing was ever published. One query."""
        row = self.values_list("number", "stamp").first()
        return Version(row[0], str(row[1])) if row else NO_VERSION


class DataVersion(models.Model):
    """The one row that holds the data version. ``labs.actions.versions`` writes it."""

    number = models.PositiveBigIntegerField(default=0)
    stamp = models.UUIDField(default=uuid.uuid4)

    objects = DataVersionManager()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="dataversion_has_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return str(self.number)
