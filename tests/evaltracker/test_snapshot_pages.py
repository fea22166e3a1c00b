"""The desk's pages of snapshots: paste or upload a text, and see what became of each quote."""

import datetime as dt
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labs.actions.snapshots import add_snapshot
from labs.models import AccessEvent, Snapshot, Source
from tests import factories, people
from tests.evaltracker.test_system_card import URL as CARD
from tests.evaltracker.test_system_card import filled_in
from tests.labs.test_documents import encrypted, lines, pdf

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def desk():
    client = Client()
    client.force_login(people.researcher())
    return client


@pytest.fixture
def source():
    return factories.source()


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def page_of(source) -> str:
    return reverse("admin:labs_source_snapshot", args=[source.pk])


def snapshot(source, text, day=DAY) -> Snapshot:
    return add_snapshot(source=source, text=text, taken_on=day, by=None)


def file(name="card.txt", content=b"METR tested it.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_page_offers_today_and_links_to_the_document(desk, source):
    response = desk.get(page_of(source))

    assert response.context["form"]["taken_on"].value() == timezone.localdate()
    assert source.url in response.content.decode()
    assert 'enctype="multipart/form-data"' in response.content.decode()
    assert "Nothing is saved yet" not in text_of(response)


def test_a_pasted_text_becomes_a_snapshot_whose_page_shows_each_quote(desk, source):
    event = factories.access_event(
        citations=[{"source": source, "quote": "METR tested it"}, {"source": source, "quote": "METR <refused>"}]
    )

    response = desk.post(page_of(source), {"text": "METR  tested it.", "taken_on": "2026-03-01"}, follow=True)

    kept = Snapshot.objects.get(source=source)
    assert response.redirect_chain[-1][0] == reverse("admin:labs_snapshot", args=[kept.pk])
    text = text_of(response)
    assert "2 quotes: 1 not found." in text
    assert "not found METR <refused>" in text
    assert "found word for word METR tested it" in text
    assert kept.sha256 in text
    assert "Snapshot of 1 March 2026" in text
    assert reverse("admin:labs_accessevent_change", args=[event.pk]) in response.content.decode()
    assert kept.added_by == response.wsgi_request.user


@pytest.mark.parametrize(
    ("upload", "text"),
    [
        (("card.txt", b"METR tested it."), "METR tested it."),
        (("card.html", b"<h1>Card</h1><p>METR tested it."), "Card\nMETR tested it."),
        (("card.pdf", pdf(lines("METR tested it."))), "METR tested it."),
    ],
)
def test_an_uploaded_file_becomes_a_snapshot(desk, source, upload, text):
    response = desk.post(page_of(source), {"text": "", "file": file(*upload), "taken_on": "2026-03-01"})

    assert response.status_code == 302
    kept = Snapshot.objects.get(source=source)
    assert (kept.file_name, kept.text) == (upload[0], text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "There is nothing to save yet. Upload a .txt, .html, .mhtml or .pdf file"),
        ({"text": "…"}, "It has no text"),
        ({"taken_on": ""}, "This field is required"),
        ({"taken_on": "soon"}, "Enter a valid date"),
        ({"taken_on": "2999-01-01"}, "in the future"),
        ({"file": file()}, "There is both a text and a file"),
        ({"text": "", "file": file("card.docx")}, "A file of this kind (.docx) cannot be read"),
        ({"text": "", "file": file(content=b"")}, "The submitted file is empty"),
        ({"text": "", "file": file(content=b" \n")}, "The file is empty"),
        ({"text": "", "file": file("card.pdf")}, "It is no PDF file"),
        ({"text": "", "file": file("card.pdf", pdf(b""))}, "It has no text"),
        ({"text": "", "file": file("c.pdf", encrypted(pdf(lines("A")), password="x"))}, "encrypted with a password"),
        ({"text": "", "file": file("c.pdf", b"%PDF-1.7 nonsense")}, "is damaged"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_what_was_typed_stays(desk, source, changes, sentence):
    data = {"text": "METR tested it: typed.", "taken_on": "2026-03-01"} | changes
    if "file" in data:
        data["file"].seek(0)

    response = desk.post(page_of(source), data)

    assert response.status_code == 200
    assert sentence in text_of(response)
    is_lost = "file" in changes and "both" not in sentence  # one that was read is kept
    assert ("Choose the file again" in text_of(response)) is is_lost
    form = response.context["form"]
    assert (form["text"].value(), form["taken_on"].value()) == (data["text"], data["taken_on"])
    assert not Snapshot.objects.filter(source=source).exists()


def test_the_same_snapshot_again_is_refused_on_the_form(desk, source):
    snapshot(source, "METR tested it.")

    response = desk.post(page_of(source), {"text": "METR tested it.", "taken_on": "2026-03-01"})

    assert "We hold this snapshot already" in text_of(response)
    assert source.snapshots.count() == 1


def test_a_file_above_the_limit_is_refused_unread(desk, source, monkeypatch):
    monkeypatch.setattr("evaltracker.admin.snapshots.MOST_BYTES", 10)

    response = desk.post(page_of(source), {"file": file(), "taken_on": "2026-03-01"})

    assert "larger than 20 MiB" in text_of(response)


def test_a_newer_snapshot_marks_the_quotes_that_are_gone_and_shows_its_difference(desk, source):
    factories.access_event(
        citations=[{"source": source, "quote": quote} for quote in ("METR tested it", "ten days", "never there")]
    )
    first = snapshot(source, "METR tested it.\nIt took ten days.")
    second = snapshot(source, "METR tested it.\nIt took <twelve> days.", DAY + dt.timedelta(days=30))

    response = desk.get(reverse("admin:labs_snapshot", args=[second.pk]))

    text = text_of(response)
    assert "3 quotes: 1 is gone since the snapshot before , 1 not found in either." in text
    assert text.index("gone: not found any more ten days") < text.index("not found never there")
    assert text.index("not found never there") < text.index("found word for word METR tested it")
    assert "What changed since 1 March 2026" in text
    assert "removed It took ten days. added It took <twelve> days." in text
    older = text_of(desk.get(reverse("admin:labs_snapshot", args=[first.pk])))
    assert "Newest Snapshot of 31 March 2026" in older
    assert "no snapshot" in older
    assert "What changed" not in older


def test_two_snapshots_that_read_the_same_say_so(desk, source):
    snapshot(source, "METR tested it.")
    second = snapshot(source, "METR  tested it.", DAY + dt.timedelta(days=1))

    text = text_of(desk.get(reverse("admin:labs_snapshot", args=[second.pk])))

    assert "Nothing: both read the same" in text
    assert "No record quotes this source yet." in text


def test_an_editors_reason_stands_beside_the_quote(desk, source):
    event = factories.access_event(citations=[{"source": source, "quote": "in a picture"}])
    kept = snapshot(source, "Something else.")
    event.citations.update(unfound_because="It stands in a figure.")

    assert "It stands in a figure." in text_of(desk.get(reverse("admin:labs_snapshot", args=[kept.pk])))


def test_a_doubtful_quote_says_what_it_leaves_out_and_stands_before_those_that_were_found(desk, source):
    event = factories.access_event(
        citations=[{"source": source, "quote": quote} for quote in ("It took", "METR … tested it", "No.")]
    )
    kept = snapshot(source, "METR <soon> tested it. It took ten days.")

    text = text_of(desk.get(reverse("admin:labs_snapshot", args=[kept.pk])))

    assert "3 quotes: 1 not found, 1 doubtful." in text
    assert "doubtful with omissions METR … tested it Left out here: “<soon>”" in text
    assert text.index("not found No.") < text.index("doubtful with omissions") < text.index("found word for word")
    event.citations.update(unfound_because="It only says when.")
    text = text_of(desk.get(reverse("admin:labs_snapshot", args=[kept.pk])))
    assert text.count("An editor’s reason: It only says when.") == 2


def test_a_doubtful_quote_is_not_called_unfound_on_the_public_page(client, source):
    event = factories.access_event(citations=[{"source": source, "quote": "METR … tested it"}])
    snapshot(source, "METR soon tested it.")
    event.citations.update(unfound_because="It only says when.")

    text = text_of(client.get(event.get_absolute_url()))

    assert "not found in our snapshot" not in text
    assert "It only says when" not in text


def test_a_page_saved_as_one_file_is_a_snapshot(desk, source):
    upload = file("card.mhtml", b"Content-Type: text/html; charset=utf-8\n\n<p>METR tested it.</p>")

    desk.post(page_of(source), {"file": upload, "taken_on": "2026-03-01"})

    assert source.snapshots.get().text == "METR tested it."


def test_the_text_is_escaped_and_a_very_long_one_cut(desk, source, monkeypatch):
    monkeypatch.setattr("evaltracker.admin.snapshots.MOST_TEXT_SHOWN", 12)
    kept = snapshot(source, "<script>x</script> and more of it")

    content = desk.get(reverse("admin:labs_snapshot", args=[kept.pk])).content.decode()

    assert "&lt;script&gt;x&lt;/" in content
    assert "<script>x" not in content
    assert "and more of it" not in content
    assert "its first 12 characters" in content


def test_a_source_lists_its_snapshots_and_links_to_a_new_one(desk, source):
    kept = snapshot(source, "METR tested it.")

    response = desk.get(reverse("admin:labs_source_change", args=[source.pk]))

    content = response.content.decode()
    assert page_of(source) in content
    assert reverse("admin:labs_snapshot", args=[kept.pk]) in content
    assert kept.sha256 in content
    assert "1 March 2026" in text_of(response)


def test_a_new_source_has_no_snapshots_to_list(desk):
    response = desk.get(reverse("admin:labs_source_add"))
    assert response.status_code == 200
    assert "Add a snapshot" not in text_of(response)


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40, "nonsense", "٣"])
@pytest.mark.parametrize("page", ["/admin/labs/source/{}/snapshot/", "/admin/labs/snapshot/{}/"])
def test_a_page_of_nothing_is_not_found(desk, page, number):
    assert desk.get(page.format(number)).status_code == 404


def test_who_has_no_permission_sees_and_keeps_nothing(source, django_user_model):
    kept = snapshot(source, "METR tested it.")
    client = Client()
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))

    assert client.get(page_of(source)).status_code == 403
    assert client.post(page_of(source), {"text": "Forged.", "taken_on": "2026-03-01"}).status_code == 403
    assert client.get(reverse("admin:labs_snapshot", args=[kept.pk])).status_code == 403
    assert source.snapshots.count() == 1


def test_who_is_not_signed_in_is_sent_to_sign_in(source, client):
    response = client.post(page_of(source), {"text": "Forged.", "taken_on": "2026-03-01"})
    assert response.status_code == 403
    assert "Sign in and show the form again" in response.content.decode()
    assert not source.snapshots.exists()


def test_a_post_without_its_token_is_refused(source):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.researcher())

    assert client.post(page_of(source), {"text": "Forged.", "taken_on": "2026-03-01"}).status_code == 403
    assert not source.snapshots.exists()


def test_a_record_in_the_admin_says_of_each_quote_whether_it_was_found(desk, source):
    event = factories.access_event(
        status="draft", citations=[{"source": source, "quote": "METR tested it"}, {"source": source, "quote": "No."}]
    )
    snapshot(source, "METR tested it.")
    event.citations.filter(quote="No.").update(unfound_because="In a picture.")

    text = text_of(desk.get(reverse("admin:labs_accessevent_change", args=[event.pk])))

    assert "In its snapshot: found in the snapshot" in text
    assert "not found in the snapshot; an editor’s reason: In a picture." in text
    assert "checked when it is saved" in text


def test_the_public_page_tells_the_reason_for_a_quote_that_was_not_found_and_no_text(client, source):
    event = factories.access_event(citations=[{"source": source, "quote": "in a picture"}])
    snapshot(source, "Something else entirely.")
    event.citations.update(unfound_because="It stands in <figure> 3.")

    response = client.get(event.get_absolute_url())

    assert "not found in our snapshot of this source; an editor’s reason: It stands in <figure> 3." in text_of(response)
    assert "Something else entirely" not in client.get(source.get_absolute_url()).content.decode()
    assert "Something else entirely" not in response.content.decode()


# --- on the system-card screen -------------------------------------------------------------------------------------


def checked_quotes() -> dict[str, str]:
    event = AccessEvent.objects.get(summary="Two outsiders tested it.")
    return {each.quote: each.quote_check for each in event.citations.all()}


@pytest.mark.parametrize("is_chosen", [False, True])
def test_a_card_with_a_snapshot_has_its_quotes_checked_at_once(desk, source, is_chosen):
    chosen = {"source-0-chosen": source.pk} if is_chosen else {}
    text = "One and Two tested it. They could not fine-\ntune it."

    response = desk.post(
        CARD, filled_in(desk) | chosen | {"source-0-snapshot-text": text, "source-0-snapshot-taken_on": "2026-03-01"}
    )

    assert response.status_code == 302
    assert checked_quotes() == {
        "One and Two tested it.": "found",
        "They could not fine-tune it.": "found",
        "They looked at cyber and bio.": "not_found",
    }
    assert Snapshot.objects.get().source == (source if is_chosen else Source.objects.get(title="New model system card"))


def test_a_card_with_the_file_of_a_snapshot(desk):
    upload = file("card.pdf", pdf(lines("One and Two tested it.")))

    response = desk.post(
        CARD, filled_in(desk) | {"source-0-snapshot-file": upload, "source-0-snapshot-taken_on": "2026-03-01"}
    )

    assert response.status_code == 302
    assert checked_quotes()["One and Two tested it."] == "found"
    assert Snapshot.objects.get().file_name == "card.pdf"


def test_a_card_without_a_snapshot_keeps_none(desk):
    assert desk.post(CARD, filled_in(desk)).status_code == 302
    assert not Snapshot.objects.exists()
    assert set(checked_quotes().values()) == {"no_snapshot"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"source-0-snapshot-text": "Text.", "source-0-snapshot-taken_on": ""},
            "Enter the day on which the source had this text",
        ),
        ({"source-0-snapshot-text": "Text.", "source-0-snapshot-taken_on": "2999-01-01"}, "in the future"),
        (
            {"source-0-snapshot-text": "", "source-0-snapshot-file": ("card.docx", b"PK")},
            "A file of this kind (.docx) cannot be read",
        ),
        ({"source-0-snapshot-text": "", "source-0-snapshot-file": ("card.pdf", b"%PDF-")}, "The PDF file is damaged"),
    ],
)
def test_a_snapshot_with_something_wrong_refuses_the_card_and_nothing_typed_is_lost(desk, changes, sentence):
    if "source-0-snapshot-file" in changes:
        changes = changes | {"source-0-snapshot-file": file(*changes["source-0-snapshot-file"])}

    response = desk.post(CARD, filled_in(desk) | changes)

    assert sentence in text_of(response)
    assert ("Choose the file of the snapshot again" in text_of(response)) is ("source-0-snapshot-file" in changes)
    assert response.context["card"].sources[0].snapshot["text"].value() == changes["source-0-snapshot-text"]
    assert "Two outsiders tested it." in response.content.decode()
    assert not Source.objects.filter(title="New model system card").exists()
    assert not Snapshot.objects.exists()


def test_an_event_is_added_to_a_card_without_losing_the_text_of_the_snapshot(desk):
    data = filled_in(desk, _add_event="1") | {
        "source-0-snapshot-text": "Typed.",
        "source-0-snapshot-taken_on": "2026-03-01",
    }
    del data["_submit"]

    card = desk.post(CARD, data).context["card"]

    assert (card.sources[0].snapshot["text"].value(), card.sources[0].snapshot["taken_on"].value()) == (
        "Typed.",
        "2026-03-01",
    )
