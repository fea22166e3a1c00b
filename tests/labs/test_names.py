"""One thing under two names: a rename keeps the old name, and every search knows all names."""

import pytest
from django.test import Client
from django.urls import reverse

from commitments.models import Commitment, Reply
from labs.actions import review
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Proposal, Source
from labs.models.registry import names_of
from labs.queries.change_words import change_rows
from tests import factories, people

pytestmark = pytest.mark.django_db

RENAMED = [(factories.lab, "other_names"), (factories.evaluator, "former_names"), (factories.ai_model, "other_names")]
RENAMED_IDS = ["lab", "evaluator", "release"]


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


def renamed(record, name: str, ada, ed=None, **changes) -> Proposal:
    """The record with another name: proposed, and if there is a second person accepted."""
    why = {"reason": "It says so itself.", "is_correction": changes.pop("is_correction", False)}
    proposal = review.propose(record=record, state={"name": name} | changes, by=ada, **why)
    return review.accept(proposal=proposal, by=ed) if ed else proposal


def other_names(record, relation: str) -> list[str]:
    return [each.name for each in getattr(record, relation).all()]


@pytest.mark.parametrize(("make", "relation"), RENAMED, ids=RENAMED_IDS)
def test_a_renamed_record_keeps_its_old_name(make, relation, ada, ed):
    record = make(name="Old name")

    renamed(record, "New name", ada, ed)

    record.refresh_from_db()
    assert record.name == "New name"
    assert other_names(record, relation) == ["Old name"]


@pytest.mark.parametrize(("make", "relation"), RENAMED, ids=RENAMED_IDS)
def test_the_proposal_shows_that_the_old_name_is_kept(make, relation, ada):
    record = make(name="Old name")

    proposal = renamed(record, "New name", ada)

    assert [row["name"] for row in proposal.after[relation]] == ["Old name"]
    rows = change_rows(type(record), proposal.before, proposal.after)
    assert [(row.field, row.what) for row in rows] == [("name", "changed"), (relation, "added")]


@pytest.mark.parametrize(("make", "relation"), RENAMED, ids=RENAMED_IDS)
def test_a_name_that_was_an_error_of_ours_is_not_kept(make, relation, ada, ed):
    record = make(name="Misspelt nmae")

    renamed(record, "Misspelt name", ada, ed, is_correction=True)

    assert other_names(record, relation) == []


@pytest.mark.parametrize(("make", "relation"), RENAMED, ids=RENAMED_IDS)
def test_a_name_in_other_letters_is_no_other_name(make, relation, ada, ed):
    record = make(name="OPENLAB")

    renamed(record, "OpenLab", ada, ed)

    record.refresh_from_db()
    assert record.name == "OpenLab"
    assert other_names(record, relation) == []


@pytest.mark.parametrize(("make", "relation"), RENAMED, ids=RENAMED_IDS)
def test_two_names_that_change_places(make, relation, ada, ed):
    record = make(name="First")
    getattr(record, relation).create(name="Second")

    renamed(record, "second", ada, ed)

    assert other_names(record, relation) == ["First"]


def test_a_revised_proposal_keeps_the_old_name_once(ada, ed):
    lab = factories.lab(name="Old name")
    proposal = renamed(lab, "New nmae", ada)

    revised = review.revise(proposal=proposal, state=proposal.after | {"name": "New name"}, reason="A slip.", by=ada)

    assert revised.after["name"] == "New name"
    assert [row["name"] for row in revised.after["other_names"]] == ["Old name"]


def test_a_rename_to_the_same_name_is_no_change(ada):
    lab = factories.lab(name="A lab")
    with pytest.raises(Exception, match="Nothing changed"):
        renamed(lab, "  A lab ", ada)


def test_another_change_keeps_no_name(ada, ed):
    evaluator = factories.evaluator(name="A name")
    proposal = review.propose(record=evaluator, state={"country": "GB"}, reason="It says so.", by=ada)
    review.accept(proposal=proposal, by=ed)
    assert other_names(evaluator, "former_names") == []


# --- searches ---------------------------------------------------------------------------------------------------


@pytest.fixture
def named(empty_database, ada, ed):
    """One record of each kind, whose lab, evaluator and release have an old and another name."""
    lab, evaluator = factories.lab(key="lab", name="Oldlab"), factories.evaluator(key="evaluator", name="Oldbody")
    model = factories.ai_model(key="model", name="Oldmodel", lab=lab)
    event = factories.access_event(key="event", lab=lab, model=model, evaluators=[evaluator])
    commitment = factories.commitment(key="promise", labs=[lab], counterparty=evaluator)
    factories.reply(key="reply", event=event, by_evaluator=evaluator)
    factories.source(key="source-of-lab", lab=lab, published_on="2024-01")
    factories.source(key="source-of-body", evaluator=evaluator, published_on="2024-01")
    for record, name in ((lab, "Newlab"), (evaluator, "Newbody"), (model, "Newmodel")):
        renamed(record, name, ada, ed)
    lab.other_names.create(name="AWS")
    evaluator.former_names.create(name="ARC Evals")
    model.other_names.create(name="Codename")
    return commitment


FOUND = [
    ("/labs/", Lab, "Newlab", "Oldlab", "AWS"),
    ("/models/", AIModel, "Newlab", "Oldlab", "aws", "Newmodel", "Oldmodel", "Codename", "aws codename"),
    ("/evaluators/", Evaluator, "Newbody", "Oldbody", "ARC Evals", "arc"),
    ("/access/", AccessEvent, "Newlab", "Oldlab", "AWS", "Oldbody", "arc evals", "Oldmodel", "codename", "aws arc"),
    ("/commitments/", Commitment, "Newlab", "Oldlab", "AWS", "Newbody", "Oldbody", "ARC Evals"),
    ("/replies/", Reply, "Oldlab", "AWS", "Oldbody", "ARC Evals", "Codename"),
    ("/sources/", Source, "Oldlab", "AWS", "Oldbody", "ARC Evals"),
    ("/changes/", Proposal, "Oldlab", "Newlab", "AWS", "Oldbody", "Codename"),
]
SEARCHES = pytest.mark.parametrize(
    ("path", "model", "names"), [(path, model, names) for path, model, *names in FOUND], ids=[each[0] for each in FOUND]
)


def rows_found(client: Client, path: str, **parameters: str) -> int:
    """How many rows the CSV of a list has."""
    response = client.get(f"{path.rstrip('/')}.csv", parameters)
    assert response.status_code == 200
    return len(b"".join(response).splitlines()) - 1


@SEARCHES
def test_public_searches_know_all_names(client, named, path, model, names):
    assert [words for words in names if rows_found(client, path, q=words) == 0] == []
    assert rows_found(client, path, q="Nowhere") == 0


@SEARCHES
def test_searches_of_the_desk_know_all_names(client, named, ada, path, model, names):
    client.force_login(ada)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    stage = {"stage": "all"} if model is Proposal else {}
    for words in names:
        found = client.get(address, {"q": words, **stage}).context["cl"].queryset
        assert found.count() == len({row.pk for row in found}) > 0, words


AUTOCOMPLETES = [
    (AIModel, "lab", "AWS", Lab),
    (AccessEvent, "model", "oldmodel", AIModel),
    (AccessEvent, "model", "aws", AIModel),
    (Source, "evaluator", "arc evals", Evaluator),
]


@pytest.mark.parametrize(("of", "field", "words", "found"), AUTOCOMPLETES)
def test_select_boxes_find_by_all_names(client, named, ada, of, field, words, found):
    client.force_login(ada)
    asked = {"app_label": of._meta.app_label, "model_name": of._meta.model_name, "field_name": field, "term": words}
    results = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["id"] for row in results] == [str(found.objects.get().pk)]


@pytest.mark.parametrize("day", ["2024-01-01", "2026-01-01"])
def test_the_name_of_today_finds_a_release_on_a_past_day_as_before(client, named, day):
    """A search looks at the names of today on every day; what it finds is what was known on that day."""
    listed = rows_found(client, "/models/", as_of=day)
    assert rows_found(client, "/models/", as_of=day, q="Oldmodel") == listed == (day == "2026-01-01")


@pytest.mark.parametrize(
    ("path", "key"),
    [("/models/?q=AWS", "nova-2"), ("/access/?q=Google+DeepMind", "gemini-2-5-pro"), ("/labs/?q=aws", "amazon")],
)
def test_the_names_of_the_shipped_records_find_them(client, records, path, key):
    assert key in b"".join(client.get(path.replace("/?", ".csv?"))).decode()


def test_a_release_shows_its_other_names(client, named):
    page = client.get("/models/model/").content.decode()
    assert "Oldmodel, Codename" in page


def test_the_lookups_to_the_names_of_a_record():
    assert names_of(Lab) == ("name", "other_names__name")
    assert names_of(Evaluator, "participations__evaluator") == (
        "participations__evaluator__name",
        "participations__evaluator__former_names__name",
    )
