"""The answer to the question whether two records that look alike are one."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q

from labs.models.fields import CleanTextModel, TermsField, are_terms
from labs.rules.lookalikes import Likeness


class Distinction(CleanTextModel):
    """A person said that two records of one kind are not the same, although they look alike. Not public.

    It answers the likenesses that it names; if the two come to look alike in another way, that is asked again.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    one = models.PositiveBigIntegerField()  # the primary keys of the two, the smaller one first
    other = models.PositiveBigIntegerField()
    likenesses = TermsField(terms=Likeness)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            are_terms("distinction", "likenesses", Likeness),
            models.UniqueConstraint(fields=["content_type", "one", "other"], name="distinction_is_unique"),
            models.CheckConstraint(name="distinction_is_of_two_records", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.content_type.name}: {self.one} is not {self.other}"
