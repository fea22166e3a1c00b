"""Fills a new setting: the curated records, unless they are there, static files, people at the desk, what they propose.

It prints, as JSON, what the load needs to know of it.
"""

import json
import secrets

import django
from django.conf import settings
from django.core import signing
from django.core.management import call_command
from django.db import connection

django.setup()
# The same names as deployed; to compress the files for good takes longer than all the rest.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
call_command("collectstatic", interactive=False, verbosity=0)

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402

from evaltracker.fixtures import load_records  # noqa: E402
from evaltracker.web.databases import LAG, WROTE  # noqa: E402
from evaltracker.web.forms import _SALT  # noqa: E402
from labs.actions import review  # noqa: E402
from labs.models import Lab  # noqa: E402

if not connection.introspection.table_names():
    call_command("migrate", verbosity=0)
    load_records()


def person(role: str) -> User:
    """Somebody at the desk, with the password below. As in a demo, it was set by nobody."""
    user = User.objects.create(username=role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    User.objects.filter(pk=user.pk).update(password=make_password(password))
    return user


password = secrets.token_urlsafe(12)
researcher, editor = person("Researcher"), person("Editor")
edits = []
for number, lab in enumerate(Lab.objects.order_by("key")[:2]):
    name = f"Renamed in edit {number}"
    proposal = review.propose(record=lab, state={"name": name}, reason="It has a new name.", by=researcher)
    edits.append({"proposal": proposal.pk, "page": f"/labs/{lab.key}/", "name": name})
opened = signing.TimestampSigner(salt=_SALT).sign("form")
people = {"editor": editor.username, "password": password}
print(json.dumps(people | {"edits": edits, "opened": opened, "wrote": WROTE, "lag": LAG}))
