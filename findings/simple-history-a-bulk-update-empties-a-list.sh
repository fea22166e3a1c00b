#!/usr/bin/env bash
# django-simple-history 3.13.0, of a many-to-many field that it tracks (m2m_fields): renaming an event with
# bulk_update_with_history writes a version without any members, and diff_against between the two versions says that all
# were taken away; the event itself still has them. And as_of, which gives the event as it was at a past time, gives the
# old name with the members of today. Version by version the members are kept, in history.first().members.
# Expected: docs, "Historical model", "Tracking many to many relationships": a version for each change of the field, and
# the members with it; "Querying history", as_of: the object as it was. ("Common issues" says only that bulk operations
# send no signals, for which the function is the remedy.)
# We track two such fields, `related_events` of statements and `labs` of commitments, and use neither function.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19 django-simple-history==3.13.0
cd "$folder"
mkdir record
touch record/__init__.py
cat >record/models.py <<'PY'
from django.db import models
from simple_history.models import HistoricalRecords


class Group(models.Model):
    name = models.CharField(max_length=20)


class Event(models.Model):
    name = models.CharField(max_length=20)
    members = models.ManyToManyField(Group)
    history = HistoricalRecords(m2m_fields=[members])
PY
venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "simple_history", "record"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from record.models import Event, Group  # noqa: E402
from simple_history.utils import bulk_update_with_history  # noqa: E402


def names(members):
    return sorted(getattr(each, "group", each).name for each in members.all())


print("django-simple-history", version("django-simple-history"))
event = Event.objects.create(name="first name")
one, two = (Group.objects.create(name=name) for name in ("METR", "Apollo"))
event.members.add(one)
past = timezone.now()
event.members.set([two])
event.name = "second name"
event.save()
then = Event.history.as_of(past).get()
kept = Event.history.filter(history_date__lte=past).first()
print("as of the past:", then.name, names(then.members), "and in that version:", names(kept.members))

event.name = "third name"
bulk_update_with_history([event], Event, ["name"])
newest = event.history.first()
changes = newest.diff_against(newest.prev_record).changed_fields
print("after the bulk update:", names(event.members), "in its version:", names(newest.members), "changed:", changes)
assert (then.name, names(then.members), names(kept.members)) == ("first name", ["Apollo"], ["METR"]), "as_of differs now"
assert names(event.members) == ["Apollo"]
assert names(newest.members) == [] and "members" in changes, "a bulk update keeps the members now"
PY
