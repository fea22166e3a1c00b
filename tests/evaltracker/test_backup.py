"""A backup is of one moment, a damaged one is refused, and a restored database equals the one that was copied."""

import json
import re
import stat
import threading
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken

from evaltracker.actions import second_factor
from evaltracker.actions.audit import note
from evaltracker.choices import AuditKind
from evaltracker.management import backups
from evaltracker.management import databases as copied
from evaltracker.management.commands import dumpdata
from evaltracker.models import AuditEntry
from labs.actions import review
from labs.models import DataVersion, GivenPassword, Lab, Proposal
from labs.queries.consistency import broken_records
from tests import factories, people
from tests.other_databases import step_by_step

pytestmark = pytest.mark.django_db

ENOUGH = 3


@pytest.fixture
def folder(tmp_path, settings):
    """Where backups go; beside it are two kept figures."""
    settings.KEPT_FIGURES_DIR = str(tmp_path / "kept")
    for name, body in (("2026.12.0-abc/method-2/one", b"1"), ("2026.12.0-abc/method-2/package/two", b"2" * 3000)):
        (tmp_path / "kept" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kept" / name).write_bytes(body)
    (tmp_path / "kept" / "2026.12.0-abc" / "method-2" / ".unfinished-x").write_bytes(b"half")
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def backup(path: Path) -> str:
    said = StringIO()
    call_command("backup", str(path), stdout=said)
    return said.getvalue()


def restore(path: Path) -> str:
    said = StringIO()
    try:
        call_command("restore", str(path), stdout=said)
    except CommandError as error:
        raise CommandError(f"{said.getvalue()}{error}") from error
    return said.getvalue()


def manifest_of(path: Path) -> dict:
    with ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def publish(number: int) -> None:
    """One accepted record: many rows in many tables, all or nothing."""
    with transaction.atomic():  # as at the desk: the record and its first line of history
        lab = factories.lab(key=f"made-meanwhile-{number}", status="draft")
    proposal = review.submit(record=lab, by=people.researcher())
    review.accept(proposal=proposal, by=people.editor(), note="So.")


OF_THE_DESK = (
    "axes_accessattempt",
    "evaltracker_auditentry",
    "labs_givenpassword",
    "otp_static_staticdevice",
    "otp_static_statictoken",
    "otp_totp_totpdevice",
)
"""Tables of who may do what, which no record refers to."""
KEY = "0123456789abcdef0123456789abcdef01234567"


def somebody_with_a_device() -> int:
    """A person with a password from somebody else and a device, at whose name somebody guesses."""
    person = people.editor()
    code = f"{totp(bytes.fromhex(KEY)):06d}"
    assert second_factor.enrol(person=person, key=KEY, code=code)
    GivenPassword.objects.create(person=person, given_by=people.administrator())
    AccessAttempt.objects.create(
        username="a digest", ip_address="2001:db8::", failures_since_start=4, attempt_time=timezone.now()
    )
    return person.pk


def all_holds_for(pk: int) -> None:
    """A code that was written down opens the desk, whose log nobody changes, and to which more is added."""
    person = User.objects.get(pk=pk)
    code = StaticToken.objects.filter(device__user=person).first().token
    assert second_factor.verified_device(person, code)
    with pytest.raises(DatabaseError, match="only added to"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evaltracker_auditentry")
    last = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.get(kind="factor_enrolled").whom_id == pk
    assert note(AuditKind.SIGNED_IN, by=person, whom=person).pk > last.pk


def test_a_restore_equals_what_was_copied_while_somebody_publishes(databases, folder, settings, tmp_path):
    source, target = databases.with_records(), databases.empty()
    path = folder / "one.backup"
    some, is_over = threading.Event(), threading.Event()

    def sign_somebody_in() -> int:
        Session.objects.create(session_key="a" * 32, session_data="secret", expire_date=timezone.now())
        return Lab.objects.count()

    def writer() -> None:
        number = 0
        try:
            while not is_over.is_set() or number < ENOUGH:
                publish(number := number + 1)
                if number == ENOUGH:
                    some.set()
            written.append(number)
        finally:
            some.set()
            connection.close()

    written: list[int] = []

    def copy_meanwhile() -> int:
        thread = threading.Thread(target=writer)
        thread.start()
        some.wait(60)
        backup(path)
        labs = Lab.objects.count()
        is_over.set()
        thread.join()
        return labs

    had = databases.using(source, sign_somebody_in)
    databases.using(source, copy_meanwhile)
    kept = files(tmp_path / "kept")
    settings.KEPT_FIGURES_DIR = str(tmp_path / "kept-again")
    said = databases.using(target, lambda: restore(path))

    manifest = manifest_of(path)
    assert "All holds." in said
    restored = databases.using(target, copied.contents)
    assert {name: {"rows": each.rows, "sha256": each.sha256} for name, each in restored.items()} == manifest["tables"]
    assert restored["django_session"].rows == 0
    assert had + ENOUGH <= restored["labs_lab"].rows <= had + written[0]
    assert databases.using(target, lambda: DataVersion.objects.latest().name) == manifest["data_version"]
    assert files(tmp_path / "kept-again") == {name: body for name, body in kept.items() if "unfinished" not in name}
    assert b"secret" not in path.read_bytes()

    # The restored database goes on where the other one stood.
    databases.using(target, lambda: publish(1000))
    assert databases.using(target, lambda: broken_records(is_thorough=True)) == []


def test_a_restore_of_a_quiet_database_equals_it_table_by_table(databases, folder, settings, tmp_path):
    source, target = databases.with_records(), databases.empty()
    person = databases.using(source, somebody_with_a_device)
    databases.using(source, lambda: backup(folder / "one.backup"))
    settings.KEPT_FIGURES_DIR = str(tmp_path / "none-yet")
    databases.using(target, lambda: restore(folder / "one.backup"))

    before, after = databases.using(source, copied.contents), databases.using(target, copied.contents)
    assert before == after
    assert before["labs_accessevent"].rows > 200
    for table in OF_THE_DESK:
        assert before[table].rows > 0, table
    databases.using(target, lambda: all_holds_for(person))

    # Proposals point to the records that they are about: what a restore by keys gets wrong.
    def about() -> list[str]:
        return [f"{each.pk} {each.record!r}" for each in Proposal.objects.order_by("pk")]

    assert databases.using(source, about) == databases.using(target, about)


def test_a_backup_is_for_its_owner_alone_and_never_replaces_a_file(databases, folder):
    source, path = databases.with_records(), folder / "one.backup"
    said = databases.using(source, lambda: backup(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in said
    before = path.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        databases.using(source, lambda: backup(path))
    with pytest.raises(CommandError, match="is no folder"):
        databases.using(source, lambda: backup(folder / "nowhere" / "one.backup"))
    assert files(folder) == {"one.backup": before}


def test_a_backup_into_a_folder_is_named_by_its_moment(databases, folder):
    source = databases.with_records()
    said = databases.using(source, lambda: backup(folder))
    (made,) = folder.glob("*.backup")
    assert re.fullmatch(r"evaltracker-\d{4}-\d\d-\d\dT\d{6}Z\.backup", made.name)
    assert str(made) in said


def test_nothing_is_left_of_a_backup_that_fails(databases, folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups.os, "fsync", full)
    with pytest.raises(CommandError, match="No space left"):
        databases.using(databases.with_records(), lambda: backup(folder / "one.backup"))
    assert list(folder.iterdir()) == []


def test_a_damaged_file_is_refused_before_anything_is_touched(databases, folder, settings, tmp_path):
    path = folder / "one.backup"
    databases.using(databases.with_records(), lambda: backup(path))
    whole = path.read_bytes()
    settings.KEPT_FIGURES_DIR = str(tmp_path / "other")
    target = databases.empty()
    step = len(whole) // 40
    damaged = [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in range(3, len(whole), step)]
    damaged += [whole[:-1], whole[: len(whole) // 2], whole + b"\n", b"", b"PK", whole[:-64] + b"0" * 64]

    def refuse_all() -> None:
        for content in damaged:
            path.write_bytes(content)
            with pytest.raises(CommandError, match="Nothing was touched"):
                restore(path)
        assert copied.is_empty()

    databases.using(target, refuse_all)
    assert not (tmp_path / "other").exists()


def forged(path: Path, change) -> None:
    """A file whose sums are right, with another manifest."""
    whole, changed = path, path.with_suffix(".changed")
    with ZipFile(whole) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            if name != "manifest.json":
                new.writestr(name, old.read(name))
        new.writestr("manifest.json", json.dumps(change(json.loads(old.read("manifest.json")))))
        new.comment = b"0" * 64
    content = changed.read_bytes()[:-64]
    path.write_bytes(content + backups.hashlib.sha256(content).hexdigest().encode())
    changed.unlink()


def other_rows(manifest: dict) -> dict:
    manifest["tables"]["labs_lab"]["sha256"] = "0" * 64
    return manifest


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m | {"format": 2}, "that this code reads"),
        (lambda m: m | {"database": "mysql"}, "that this code reads"),
        (lambda m: m | {"database": {"sqlite": "postgresql", "postgresql": "sqlite"}[m["database"]]}, "that this code"),
        (lambda m: m | {"parts": {}}, "that this code reads"),
        (lambda m: [], "no backup of this site"),
        (lambda m: m | {"migrations": [*m["migrations"], "labs.0999_later"]}, "newer code.*labs.0999_later"),
        (other_rows, "labs_lab differ. Do not use it"),
    ],
)
def test_a_whole_file_that_is_not_ours_is_refused(databases, folder, settings, tmp_path, change, words):
    path = folder / "one.backup"
    databases.using(databases.with_records(), lambda: backup(path))
    forged(path, change)
    settings.KEPT_FIGURES_DIR = str(tmp_path / "other")
    with pytest.raises(CommandError, match=words):
        databases.using(databases.empty(), lambda: restore(path))


def test_a_restore_goes_into_an_empty_database_and_folder_only(databases, folder, settings, tmp_path):
    path, source, target = folder / "one.backup", databases.with_records(), databases.empty()
    databases.using(source, lambda: backup(path))
    before = databases.using(source, copied.contents)
    kept = files(tmp_path / "kept")
    with pytest.raises(CommandError, match="has tables already"):
        databases.using(source, lambda: restore(path))
    with pytest.raises(CommandError, match=r"KEPT_FIGURES_DIR. is not empty"):
        databases.using(target, lambda: restore(path))
    with pytest.raises(CommandError, match="cannot be read"):
        databases.using(target, lambda: restore(folder / "none"))
    assert databases.using(source, copied.contents) == before
    assert databases.using(target, copied.is_empty)
    assert files(tmp_path / "kept") == kept


def test_a_backup_of_older_code_is_migrated(databases, folder, settings, tmp_path):
    path, source, target = folder / "one.backup", databases.with_records(), databases.empty()
    databases.using(source, lambda: step_by_step().migrate([("evaltracker", "0007_task_marks")]))
    databases.using(source, lambda: backup(path))
    settings.KEPT_FIGURES_DIR = str(tmp_path / "other")
    said = databases.using(target, lambda: restore(path))
    assert "older code: migrating" in said
    assert "All holds." in said
    databases.using(target, lambda: call_command("migrate", check_unapplied=True, verbosity=0))


def dump(*labels: str, **options) -> str:
    said = StringIO()
    call_command("dumpdata", *labels, stdout=said, **options)
    return said.getvalue()


BY_KEYS = {"natural_foreign": True, "natural_primary": True}


@pytest.mark.parametrize(
    "labels",
    [(), ("labs",), ("evaltracker",), ("labs.proposal",), ("labs.Lab", "labs.historicallab"), ("auth.user",)],
    ids=str,
)
def test_dumpdata_is_refused_where_it_would_restore_wrong_and_says_what_to_do(labels):
    with pytest.raises(CommandError, match="manage.py backup"):  # noqa: RUF043
        dump(*labels, **BY_KEYS)


def test_dumpdata_writes_records_by_their_keys_alone():
    written = {row["model"] for row in json.loads(dump("labs.Lab", "commitments.requirement", **BY_KEYS))}
    assert written == {"labs.lab", "commitments.requirement"}
    with pytest.raises(CommandError, match="--natural-primary"):
        dump("labs.lab")


def test_every_table_of_the_curated_files_but_the_changes_can_be_written():
    names = {
        row["model"]
        for path in (backups.settings.BASE_DIR / "fixtures").glob("*.json")
        for row in json.loads(path.read_text(encoding="utf-8"))
    }
    assert names - {"labs.proposal", "labs.alias"} <= dumpdata.tables()
    assert not {"labs.proposal", "labs.historicallab", "auth.user"} & dumpdata.tables()
