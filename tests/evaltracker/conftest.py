"""Public changes for the tests of the pages and files that tell of them."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType

from labs.choices import Stage
from labs.models import Proposal


@pytest.fixture
def people(db):
    """An author and an editor, with names that no page may show."""
    make = get_user_model().objects.create_superuser
    return make("secret-author"), make("secret-editor")


@pytest.fixture
def public(empty_database, people):
    """Makes public changes, each an hour after the one before, from 12:00 on 1 March 2026 on."""
    author, editor = people
    moments = iter(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC) + dt.timedelta(hours=hour) for hour in range(1000))

    def make(record, *, kind="change", reason="A new source says so.", **changes):
        stage = changes.get("stage", Stage.ACCEPTED.value)
        moment = next(moments)
        if kind == "change" and "before" not in changes:
            field = next(name for name in ("name", "title", "summary", "question") if hasattr(record, name))
            changes |= {"before": {field: "Old words"}, "after": {field: "New words"}}
        defaults = {
            "content_type": ContentType.objects.get_for_model(record),
            "object_id": record.pk,
            "record_key": record.key,
            "record_name": str(record),
            "kind": kind,
            "stage": stage,
            "reason": reason,
            "author": author,
            "writers": [author.pk],
            "sent_at": moment,
        }
        if stage in (Stage.ACCEPTED, Stage.REJECTED):
            defaults |= {"decided_by": editor, "decided_at": moment}
        return Proposal.objects.create(**defaults | changes)

    return make
