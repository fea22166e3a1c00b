"""import_records and export_records: what they print, what they write, and how they end."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from evaltracker.importing import plan as planning
from labs.models import AccessEvent, Evaluator, Lab, Proposal
from tests import factories, people
from tests.evaltracker.sheets import as_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Any:
    return people.researcher()


def run(*arguments: Any, **options: Any) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err, **options)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


def new_labs(folder: Path, *names: str, **changes: str) -> Path:
    path = folder / "labs.csv"
    path.write_bytes(as_csv([{"key": name.lower(), "name": name, "country": "US"} | changes for name in names]))
    return path


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx"])
def test_the_export_of_everything_imports_without_a_change(records, ada, tmp_path, ending):
    assert run("export_records", tmp_path / "out", format=ending)[0] == 0
    assert len(list((tmp_path / "out").glob(f"*.{ending}"))) == 8
    code, out, _ = run("import_records", tmp_path / "out", user=ada.username)
    assert code == 0
    assert f"access_events.{ending} (access events): {AccessEvent.objects.count()} unchanged" in out
    assert "Nothing to do." in out
    assert not Proposal.objects.filter(edition=None).exists()


def test_the_raw_form_of_the_curated_data_is_read_as_what_the_site_says(empty_database, ada, tmp_path):
    lab = factories.lab(key="acme", name="Acme", country="US")
    evaluator = factories.evaluator(key="tester", name="Tester", kind="nonprofit", country="GB")
    evaluator.former_names.create(name="Old Tester", used="../2025-02-14")
    source = factories.source(key="card", lab=lab, published_on="2024-05", read_on="2024-06-30", title="Card")
    model = factories.ai_model(key="m-1", name="M 1", lab=lab, cited=False)
    factories.citation(model, source=source, supports=["released_on"], quote="Out on 15 June.")
    files = {
        "labs": [{"key": "acme", "name": "Acme", "other_names": [], "country": "United States", "website": None}],
        "evaluators": [
            {
                "key": "tester",
                "name": "Tester",
                "former_names": ["Old Tester (until 2025-02-14)"],
                "kind": "nonprofit",
                "country": "United Kingdom",
                "website": None,
            }
        ],
        "models": [
            {
                "key": "m-1",
                "lab": "acme",
                "name": "M 1",
                "released_on": "2024-06-15",
                "release": "api_or_product",
                "frontier": True,
                "variant_of": None,
                "citations": [{"source": "card", "quote": "Out on 15 June.", "supports": ["released_on"]}],
            }
        ],
    }
    for name, records in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    code, out, err = run("import_records", tmp_path, user=ada.username)
    assert (code, err) == (0, "")
    assert out.count(": 1 unchanged") == 3
    assert Evaluator.objects.get(key="tester").former_names.count() == 1


def test_new_rows_wait_for_review_as_the_person_said(ada, tmp_path):
    path = new_labs(tmp_path, "One", "Two")
    code, out, _ = run("import_records", path, user=ada.username)
    assert code == 0
    assert "2 drafts and 0 changes wait for review as “labs.csv, " in out
    assert {proposal.author for proposal in Proposal.objects.filter(edition=None).all()} == {ada}
    assert set(Lab.objects.filter(key__in=["one", "two"]).values_list("status", flat=True)) == {"in_review"}


def test_the_reason_of_a_change_is_what_the_command_says(ada, tmp_path):
    lab = factories.lab(name="Old name")
    path = tmp_path / "labs.csv"
    path.write_bytes(as_csv([{"key": lab.key, "name": "New name"}]))
    assert run("import_records", path, user=ada.username, reason="It was renamed.", correction=True)[0] == 0
    proposal = Proposal.objects.filter(edition=None).get()
    assert (proposal.reason, proposal.is_correction) == ("It was renamed.", True)


def test_a_dry_run_writes_nothing(ada, tmp_path):
    code, out, _ = run("import_records", new_labs(tmp_path, "One"), user=ada.username, dry_run=True)
    assert code == 0
    assert "labs.csv (labs): 1 new" in out
    assert "Nothing was written." in out
    assert not Lab.objects.filter(key="one").exists()


def test_wrong_rows_end_with_1_and_each_is_named(ada, tmp_path):
    path = new_labs(tmp_path, "One", country="Atlantis")
    code, _, err = run("import_records", path, user=ada.username)
    assert code == 1
    assert "labs.csv, row 2, country (one): “Atlantis” is not a choice here. Allowed: " in err
    assert "Nothing was written: correct these rows first." in err
    assert not Lab.objects.filter(key="one").exists()


def test_one_wrong_file_keeps_a_whole_folder_out(ada, tmp_path):
    new_labs(tmp_path, "One")
    (tmp_path / "evaluators.csv").write_bytes(as_csv([{"key": "x", "name": "X", "kind": "nobody"}]))
    assert run("import_records", tmp_path, user=ada.username)[0] == 1
    assert not Lab.objects.filter(key="one").exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mystery.csv", "key\na", "mystery.csv: The name does not tell what it holds. Name it after one of: labs,"),
        ("labs.csv", "name\na", "It has no column “key”."),
        ("labs.json", "{", "labs.json: It is not JSON"),
        ("labs.txt", "key", "labs.txt: It has to be a .csv, an .xlsx, an .ods or a .json file"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_2(ada, tmp_path, name, content, sentence):
    (tmp_path / name).write_text(content, encoding="utf-8")
    code, _, err = run("import_records", tmp_path / name, user=ada.username)
    assert code == 2
    assert sentence in err


def test_a_file_of_another_name_is_read_with_its_kind(ada, tmp_path):
    path = new_labs(tmp_path, "One").rename(tmp_path / "mystery.csv")
    assert run("import_records", path, user=ada.username, kind="labs")[0] == 0


def test_a_path_that_is_not_there_ends_with_2(ada, tmp_path):
    assert run("import_records", tmp_path / "labs.csv", user=ada.username)[0] == 2
    assert run("import_records", tmp_path, user=ada.username)[0] == 2


def test_proposals_need_an_active_person_who_may_make_them(tmp_path):
    path = new_labs(tmp_path, "One")
    left, guest = people.researcher(), people.administrator()
    left.is_active = False
    left.save()
    for name in ("nobody", left.username):
        code, _, err = run("import_records", path, user=name)
        assert (code, err) == (2, f"There is no active account “{name}”.")
    code, _, err = run("import_records", path, user=guest.username)
    assert code == 2
    assert f"“{guest.username}” may not import this." in err


def test_after_ctrl_c_nothing_is_written_and_the_same_command_begins_again(ada, tmp_path, monkeypatch):
    path = new_labs(tmp_path, "One", "Two", "Three")
    monkeypatch.setattr(planning, "add_drafts", lambda *rows, **why: (_ for _ in ()).throw(KeyboardInterrupt))
    code, _, err = run("import_records", path, user=ada.username)
    assert (code, err) == (130, "Stopped. Nothing was written.")
    assert not Lab.objects.filter(key__in=["one", "two", "three"]).exists()
    monkeypatch.undo()
    code, out, _ = run("import_records", path, user=ada.username)
    assert code == 0
    assert "3 new" in out
    assert Proposal.objects.filter(edition=None).count() == 3


def test_an_export_into_a_folder_that_holds_something_is_refused_unless_allowed(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    code, _, err = run("export_records", tmp_path)
    assert code == 2
    assert "is not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert run("export_records", tmp_path, overwrite=True)[0] == 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_an_export_that_fails_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    (tmp_path / "labs.json").write_text("[]", encoding="utf-8")
    monkeypatch.setattr(
        "evaltracker.exporting.records.Path.replace", lambda *names: (_ for _ in ()).throw(OSError(28, "full"))
    )
    assert run("export_records", tmp_path, overwrite=True)[0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["labs.json"]
    assert (tmp_path / "labs.json").read_text(encoding="utf-8") == "[]"


def test_only_the_kinds_that_are_asked_for_are_exported(tmp_path):
    assert run("export_records", tmp_path, kind=["labs", "models"])[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labs.json", "models.json"]


def test_a_row_that_looks_like_a_record_waits_for_an_answer(ada, tmp_path):
    lab = factories.lab(name="Acme Labs", country="DE")
    path = tmp_path / "labs.csv"
    path.write_bytes(as_csv([{"key": "acme", "name": "ACME labs", "country": "US"}]))
    code, _, err = run("import_records", path, user=ada.username)
    assert code == 1
    assert f"labs.csv, row 2 (acme): It looks like “{lab.key}”: the same name or key." in err
    assert "say with --same or --another" in err
    same = {"user": ada.username, "same": [f"labs:acme={lab.key}"]}
    code, out, err = run("import_records", path, **same, dry_run=True)
    assert code == 0, (out, err)
    assert run("import_records", path, **same)[0] == 2, "a change needs a reason"
    assert run("import_records", path, user=ada.username, another=["labs:acme"], name="September 2026")[0] == 0
    assert Proposal.objects.get(edition=None).batch == "September 2026"


def test_what_is_not_known_can_be_left_out(ada, tmp_path):
    new_labs(tmp_path, "One")
    (tmp_path / "verdicts.csv").write_text("a,b\nc,d\n", encoding="utf-8")
    code, _, err = run("import_records", tmp_path, user=ada.username)
    assert (code, "verdicts.csv: The name does not tell what it holds" in err) == (2, True)
    code, out, _ = run("import_records", tmp_path, user=ada.username, leave_out=True)
    assert code == 0
    assert "Left out, for its name tells no kind: verdicts.csv." in out
