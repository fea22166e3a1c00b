"""What nobody reviewed shows nowhere: what waits for a public record, what was rejected, and what was typed into a
withdrawn record since.
"""

import io
import zipfile
from html import unescape

import pytest
from django.db import models

from labs.actions import review
from labs.models import Record
from labs.models.states import state_of
from tests import factories, people
from tests.test_urls import PLAIN, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]

MARKER = "zzunreviewed"
MAKERS = (
    factories.lab,
    factories.evaluator,
    factories.ai_model,
    factories.access_event,
    factories.source,
    factories.commitment,
    factories.reply,
)


def marked(record: Record) -> Record:
    """The record with the marker in each text that it has, unsaved."""
    for field in record._meta.concrete_fields:
        is_text = type(field) in (models.CharField, models.TextField) and not field.choices
        if is_text and field.editable and getattr(record, field.name):
            setattr(record, field.name, f"{MARKER} {field.name}")
    return record


def withdrawn_and_edited(record: Record) -> Record:
    proposal = review.propose_withdrawal(record=record, reason="It was none.", by=people.editor())
    record = review.accept(proposal=proposal, by=people.editor()).record
    marked(record).save()
    return record


def proposed(record: Record, stage: str) -> None:
    """A change with the marker everywhere, and a note."""
    state = state_of(marked(type(record).objects.get(pk=record.pk)))
    proposal = factories.proposal(
        record, before=state_of(record), after=state, reason=f"{MARKER} reason", author=people.editor()
    )
    if stage == "rejected":
        review.reject(proposal=proposal, by=people.editor(), note=f"{MARKER} note")
    elif stage == "sent_back":
        review.send_back(proposal=proposal, by=people.editor(), note=f"{MARKER} note")


def body_of(client, url: str) -> str:
    content = read(client.get(url))
    if content.startswith(b"PK"):
        packed = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(packed.read(name) for name in packed.namelist())
    return unescape(content.decode(errors="replace"))


def test_what_nobody_reviewed_shows_nowhere(client):
    public = [make() for make in MAKERS]
    gone = [withdrawn_and_edited(make()) for make in reversed(MAKERS)]
    for record in public:
        for stage in ("in_review", "sent_back", "rejected"):
            proposed(record, stage)

    pages = [record.get_absolute_url() for record in (*public, *gone)]
    shown = [url for url in [*(f"/{route}" for route in PLAIN), *pages] if MARKER in body_of(client, url)]
    assert shown == []
    for url in (f"/changes.csv?q={MARKER}", f"/access.csv?q={MARKER}", f"/search.csv?q={MARKER}"):
        assert len(body_of(client, url).splitlines()) == 1, url


def test_a_withdrawn_record_stays_with_the_lab_that_the_public_knew(client):
    old, new = factories.lab(key="old-lab"), factories.lab(key="new-lab")
    source = withdrawn_and_edited(factories.source(lab=old))
    source.lab = new
    source.save()

    assert source.key in client.get("/changes/?lab=old-lab").content.decode()
    assert source.key not in client.get("/changes/?lab=new-lab").content.decode()
