"""Spreadsheets in the admin: what a file would do is shown first, and only a yes makes proposals of it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaltracker.admin import uploads
from evaltracker.importing.kinds import KINDS
from labs.choices import ProposalKind, RecordStatus, Stage
from labs.models import AccessEvent, Proposal
from tests import factories, people
from tests.evaltracker.sheets import as_csv, event_rows, rows_of, saved

pytestmark = pytest.mark.django_db

EVENTS = "labs_accessevent"


@pytest.fixture(autouse=True)
def uploads_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def desk(client: Any) -> Any:
    client.force_login(people.researcher())
    return client


def exported(client: Any, name: str = EVENTS, ending: str = "csv") -> bytes:
    response = client.get(reverse(f"admin:{name}_export"), {"format": ending})
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def as_xlsx(rows: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(rows)
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    return saved(book)


def upload(client: Any, data: bytes, file_name: str = "access.csv", name: str = EVENTS) -> Any:
    return client.post(reverse(f"admin:{name}_import"), {"file": SimpleUploadedFile(file_name, data)})


def say_yes(client: Any, preview: Any, name: str = EVENTS, **changes: str) -> Any:
    shown = preview.context["preview"]
    data = {"token": shown.token, "seen": shown.seen, "reason": "As the new card says."} | changes
    return client.post(reverse(f"admin:{name}_import"), data)


def counts(response: Any) -> dict[str, int]:
    return {fate.value: count for fate, count in response.context["preview"].counts if count}


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("write", [as_csv, as_xlsx], ids=["csv", "xlsx"])
def test_a_sheet_with_3_bad_cells_writes_nothing_and_names_them_and_repaired_becomes_proposals(desk, write):
    ending = "csv" if write is as_csv else "xlsx"
    rows = event_rows(23)
    rows[4]["timing"] = "someday"
    rows[11]["lab"] = "no-such-lab"
    rows[22]["started_on"] = "last spring"
    before = AccessEvent.objects.count()
    response = upload(desk, write(rows), f"access.{ending}")
    assert counts(response) == {"wrong": 3, "new": 20}
    named = {(cell.row.number, cell.problem.column) for cell in response.context["preview"].wrong}
    assert named == {(6, "timing"), (13, "lab"), (24, "started_on")}
    page = text(response)
    assert "“someday” is not a choice here." in page
    assert "during_training, before_internal_deployment" in page
    assert "Send" not in page
    assert AccessEvent.objects.count() == before
    assert not Proposal.objects.filter(edition=None).exists()

    repaired = [row | {"timing": "unknown", "lab": rows[0]["lab"], "started_on": ""} for row in rows[:20]]
    preview = upload(desk, write(repaired), f"access.{ending}")
    assert counts(preview) == {"new": 20}
    response = say_yes(desk, preview)
    batch = Proposal.objects.filter(edition=None).values_list("batch", flat=True).distinct().get()
    assert batch.startswith(f"access.{ending}, ")
    page = text(desk.get(response["Location"]))
    assert "20 records wait for a second person" in page
    assert page.count("first publication of the access event waiting for review") == 20
    proposals = Proposal.objects.filter(batch=batch, kind=ProposalKind.PUBLISH.value, stage=Stage.IN_REVIEW.value)
    assert proposals.count() == 20
    events = AccessEvent.objects.filter(key__startswith="new-")
    assert set(events.values_list("status", flat=True)) == {RecordStatus.IN_REVIEW.value}
    assert not events.published().exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_importing_the_sites_own_export_changes_nothing(desk, ending):
    response = upload(desk, exported(desk, "labs_lab", ending), f"labs.{ending}", "labs_lab")
    assert set(counts(response)) == {"unchanged"}
    assert "There is nothing to import." in text(response)
    assert response.context["preview"].token == ""


def test_a_changed_cell_is_shown_as_old_and_new_and_becomes_a_proposal(desk):
    event = factories.access_event(summary="The old words.")
    rows = [row | {"summary": "The new words."} for row in rows_of(exported(desk)) if row["key"] == event.key]
    preview = upload(desk, as_csv(rows))
    assert counts(preview) == {"changed": 1}
    assert "Summary The old words. The new words." in text(preview)
    say_yes(desk, preview, is_correction="on")
    proposal = Proposal.objects.filter(edition=None).get()
    assert (proposal.before["summary"], proposal.after["summary"]) == ("The old words.", "The new words.")
    assert (proposal.reason, proposal.is_correction) == ("As the new card says.", True)
    event.refresh_from_db()
    assert event.summary == "The old words."


def test_a_change_needs_its_reason(desk):
    event = factories.access_event(summary="The old words.")
    rows = [row | {"summary": "The new words."} for row in rows_of(exported(desk)) if row["key"] == event.key]
    preview = upload(desk, as_csv(rows))
    response = say_yes(desk, preview, reason=" ")
    assert "Enter a reason. It is public with each change." in text(response)
    assert not Proposal.objects.filter(edition=None).exists()
    assert say_yes(desk, response).status_code == 302


def test_a_yes_to_something_else_than_the_file_would_do_now_shows_that_first(desk):
    rows = event_rows(2)
    preview = upload(desk, as_csv(rows))
    factories.access_event(key=rows[0]["key"])
    response = say_yes(desk, preview)
    assert "The records have changed since you looked." in text(response)
    assert not Proposal.objects.filter(edition=None).exists()


def test_the_same_file_makes_nothing_the_second_time(desk):
    data = as_csv(event_rows(3))
    say_yes(desk, upload(desk, data))
    response = upload(desk, data)
    assert counts(response) == {"waiting": 3}
    assert response.context["preview"].token == ""


def test_a_file_that_waits_for_a_yes_is_there_for_the_person_who_chose_it_only(desk, client):
    preview = upload(desk, as_csv(event_rows(1)))
    client.force_login(people.researcher())
    response = say_yes(client, preview)
    assert "The file is no longer here." in text(response)
    assert not Proposal.objects.filter(edition=None).exists()


def test_a_file_is_gone_from_the_server_once_it_is_imported(desk):
    preview = upload(desk, as_csv(event_rows(1)))
    whose = (preview.wsgi_request.user.pk, "access_events")
    assert uploads.read_upload(preview.context["preview"].token, *whose)[0][0] == "access.csv"
    say_yes(desk, preview)
    with pytest.raises(uploads.FileProblem):
        uploads.read_upload(preview.context["preview"].token, *whose)


BROKEN = [
    ("access.csv", b"", "The file is empty."),
    ("access.csv", b"key,colour\na,b", "Access events have no column “colour”. Allowed: key, lab,"),
    ("access.csv", b"x" * (10 * 2**20 + 1), "It is larger than 10 MiB."),
    ("access.xlsx", b"PK\x03\x04", "It is not a workbook that can be read."),
    ("access.pdf", b"%PDF", "It has to be a .csv, an .xlsx, an .ods or a .json file"),
]


@pytest.mark.parametrize(("file_name", "data", "sentence"), BROKEN, ids=[each[2][:40] for each in BROKEN])
def test_a_file_that_cannot_be_read_gets_a_sentence(desk, file_name, data, sentence):
    response = upload(desk, data, file_name)
    assert response.status_code == 200
    assert sentence in text(response)
    assert response.context["preview"] is None


def test_no_file_at_all_gets_a_sentence(desk):
    assert "Choose a file." in text(desk.post(reverse(f"admin:{EVENTS}_import")))


def test_a_forged_token_gets_a_sentence(desk):
    response = desk.post(reverse(f"admin:{EVENTS}_import"), {"token": "../../etc/passwd", "seen": "", "reason": "x"})
    assert "The file is no longer here. Choose it again." in text(response)


def test_a_formula_is_wrong_where_it_stands(desk):
    rows = event_rows(2)
    rows[1]["summary"] = "=A1"
    response = upload(desk, as_xlsx(rows), "access.xlsx")
    wrong = response.context["preview"].wrong
    assert [(cell.row.number, cell.problem.column, cell.problem.message) for cell in wrong] == [
        (3, "summary", "It holds a formula.")
    ]


def test_what_a_file_says_is_escaped(desk):
    row = event_rows(1)[0] | {"timing": "<script>alert(1)</script>"}
    page = upload(desk, as_csv([row]), "<b>.csv").content.decode()
    assert "<script>alert" not in page
    assert "<b>.csv" not in page


@pytest.mark.parametrize("word", ["import", "export"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_its_pages_and_links_to_them_from_its_list(desk, kind, word):
    name = f"{kind.model._meta.app_label}_{kind.model._meta.model_name}"
    url = reverse(f"admin:{name}_{word}")
    assert f'href="{url}"' in desk.get(reverse(f"admin:{name}_changelist")).content.decode()
    page = desk.get(url).content.decode()
    assert page.count("<h1") == 1
    assert "style=" not in page


def without(person: Any, *codenames: str) -> Any:
    """The person's permissions, less these."""
    left = Permission.objects.filter(group__user=person).exclude(codename__in=codenames)
    person.user_permissions.set(left)
    person.groups.clear()
    return person


@pytest.mark.parametrize("missing", ["add_accessevent", "change_accessevent"])
def test_importing_needs_the_permissions_to_add_and_to_change(client, missing):
    rows = as_csv(event_rows(1))
    client.force_login(without(people.researcher(), missing))
    assert client.get(reverse(f"admin:{EVENTS}_import")).status_code == 403
    assert upload(client, rows).status_code == 403
    assert client.post(reverse(f"admin:{EVENTS}_import"), {"token": "x"}).status_code == 403


def test_exporting_needs_the_permission_to_view(client):
    client.force_login(without(people.researcher(), "view_accessevent", "change_accessevent"))
    assert client.get(reverse(f"admin:{EVENTS}_export")).status_code == 403
    assert client.get(reverse("admin:labs_lab_export")).status_code == 200


def test_visitors_reach_neither_page(client):
    for word in ("import", "export"):
        assert client.get(reverse(f"admin:{EVENTS}_{word}")).status_code == 302


def test_an_export_in_another_format_is_refused_with_what_there_is(desk):
    response = desk.get(reverse(f"admin:{EVENTS}_export"), {"format": "pdf"})
    assert response.status_code == 400
    assert "There is no format “pdf”. There are: csv, xlsx, json." in text(response)


def test_drafts_are_not_exported(desk):
    event = factories.access_event(status=RecordStatus.DRAFT.value)
    assert event.key not in exported(desk).decode()


# A month at once


def upload_all(client: Any, files: Mapping[str, bytes], **options: str) -> Any:
    chosen = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return client.post(reverse("admin:import"), {"file": chosen, **options})


def confirm(client: Any, preview: Any, **changes: str) -> Any:
    shown = preview.context["preview"]
    data = {"token": shown.token, "seen": shown.seen, "reason": "As the card says."} | shown.answers | changes
    return client.post(reverse("admin:import"), data)


LABS_CSV = b"key,name\nacme,Acme\n"
SOURCES_CSV = (
    b"key,title,publisher,url,read_on,lab\nacme-card,The card of Acme,Acme,https://acme.example/card,2026-09-30,Acme\n"
)


def test_several_files_come_in_together_under_the_name_that_a_person_gives(desk):
    preview = upload_all(desk, {"labs.csv": LABS_CSV, "sources.csv": SOURCES_CSV})
    assert counts(preview) == {"new": 2}
    assert "sources.csv: 1 new" in text(preview)
    response = confirm(desk, preview, name="September 2026")
    assert response.status_code == 302
    assert "2 records wait for a second person, together as “September 2026”" in text(desk.get(response["Location"]))
    assert set(Proposal.objects.filter(edition=None).values_list("batch", flat=True)) == {"September 2026"}


def test_what_is_not_known_is_left_out_by_a_tick_that_holds_until_the_confirmation(desk):
    files = {"labs.csv": LABS_CSV.replace(b"name", b"name,colour").replace(b"Acme\n", b"Acme,red\n"), "notes.csv": b"x"}
    assert "Or choose to leave out what is not known." in text(upload_all(desk, files))
    preview = upload_all(desk, files, leave_out="on")
    page = text(preview)
    assert "Left out, for its name tells no kind: notes.csv." in page
    assert "Left out, for there are no such columns: “colour”." in page
    assert 'name="leave_out" value="on"' in preview.content.decode()
    assert confirm(desk, preview, leave_out="on").status_code == 302


def test_a_row_that_looks_like_a_record_asks_once_on_the_page(desk):
    lab = factories.lab(name="Acme Labs")
    preview = upload_all(desk, {"labs.csv": b"key,name,country\nacme,ACME labs,US\n"})
    assert counts(preview) == {"asked": 1}
    page = text(preview)
    assert "Is this the same?" in page
    assert f"It is Acme Labs ( {lab.key} ): the same name or key" in page
    assert "Send" not in page
    token = preview.context["preview"].token
    for answer, expected in ((lab.key, {"changed": 1}), ("another", {"new": 1})):
        given = {"is:labs:acme": answer}
        again = desk.post(reverse("admin:import"), {"token": token, "answer": "1", **given})
        assert counts(again) == expected
        assert again.context["preview"].answers == given
    assert confirm(desk, again).status_code == 302
    assert Proposal.objects.get(edition=None).record_key == "acme"


@pytest.mark.parametrize(
    ("name", "ending", "status"),
    [("", "xlsx", 200), ("", "csv", 400), (EVENTS, "xlsx", 200), (EVENTS, "csv", 200), (EVENTS, "x", 400)],
)
def test_blank_files_are_there_to_be_filled(desk, name, ending, status):
    url = reverse(f"admin:{name}_import" if name else "admin:import")
    response = desk.get(url, {"blank": ending})
    assert response.status_code == status
    if status == 200:
        assert f"-blank.{ending}" in response["Content-Disposition"]
        assert len(b"".join(response.streaming_content)) > 100
    else:
        assert "There are: " in response.content.decode()


def test_the_import_of_a_month_is_for_those_who_may_import_something(client, desk):
    assert 'href="/admin/import/"' in desk.get(reverse("admin:index")).content.decode()
    client.force_login(people.administrator())
    assert client.get(reverse("admin:import")).status_code == 403
    client.logout()
    assert client.get(reverse("admin:import")).status_code == 302


def test_somebody_who_may_not_add_one_of_the_kinds_is_refused_the_whole(client):
    client.force_login(without(people.researcher(), "add_source"))
    assert upload_all(client, {"labs.csv": LABS_CSV, "sources.csv": SOURCES_CSV}).status_code == 403
    assert counts(upload_all(client, {"labs.csv": LABS_CSV})) == {"new": 1}


def test_more_than_a_thousand_rows_are_refused_at_the_desk(desk):
    data = b"key,name\n" + b"".join(b"lab-%d,Lab %d\n" % (number, number) for number in range(1001))
    assert "It has more than 1,000 rows." in text(upload_all(desk, {"labs.csv": data}))
