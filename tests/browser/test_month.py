"""A month: a folder of forty records comes in, an editor sends one back and accepts the others, old figures stay."""

import json

import pytest
from django.test import Client

from labs.models import AccessEvent, AIModel, Proposal
from tests import people
from tests.browser import IN_A_BROWSER

pytestmark = [*IN_A_BROWSER, pytest.mark.django_db(transaction=True)]

MOST_CLICKS = 40
DAY = "2026-11-28"
NAMES = ("Aster", "Borage", "Clover", "Dahlia", "Elder", "Foxglove", "Gentian", "Heather")
EVALUATORS = ("metr", "uk-aisi", "apollo-research")
OTHERS = ("Iris", "Juniper", "Kale", "Lavender")


@pytest.fixture(autouse=True)
def places(settings, tmp_path, monkeypatch):
    """Uploads and kept figures of this test alone."""
    settings.KEPT_FIGURES_DIR = str(tmp_path / "kept")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def folder(files):
    """Eight releases with a card each, four reports, and twenty access events: forty records."""
    sources, models, events = [], [], []
    for day, name in enumerate((*NAMES, *OTHERS), start=10):
        card = f"{name.lower()}-card"
        sources.append(
            {"key": card, "title": f"{name}: what it can do", "publisher": "OpenAI", "kind": "lab_model_card"}
        )
        sources[-1] |= {"url": f"https://openai.example/{name.lower()}", "lab": "openai"}
        sources[-1] |= {"published_on": f"2026-08-{day:02}", "read_on": "2026-11-20"}
        if name in OTHERS:
            continue
        release = f"openai-{name.lower()}"
        quote = {"source": card, "quote": f"Today we release {name}.", "supports": ["name"]}
        models.append({"key": release, "lab": "openai", "name": f"OpenAI {name}", "released_on": f"2026-08-{day:02}"})
        models[-1] |= {"release": "api_or_product", "frontier": True, "citations": [quote]}
        for evaluator in EVALUATORS if name in NAMES[:4] else EVALUATORS[:2]:
            supports = ["evaluators", "activity", "outcome", "timing"]
            quote = {"source": card, "quote": f"They tested {name} before its release.", "supports": supports}
            events.append({"key": f"{name.lower()}-{evaluator}", "lab": "openai", "model": release})
            events[-1] |= {"evaluators": [evaluator], "activity": "model_evaluation", "outcome": "granted"}
            events[-1] |= {"timing": "before_deployment", "summary": f"They tested {name}.", "citations": [quote]}
    for name, rows in (("sources", sources), ("models", models), ("access_events", events)):
        (files / f"{name}.json").write_text(json.dumps(rows))
    assert len(sources) + len(models) + len(events) == 40
    return files


def figures(**query):
    answer = Client().get("/labs.csv", {"as_of": DAY} | query)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_folder_of_forty_records_is_imported_and_reviewed_in_few_clicks(browse, folder):
    first = Client().get("/").context["site"].data_version
    before = figures()

    ada = browse(people.researcher())
    ada.open("/admin/")
    ada.follow(ada.link("Import a month"))
    ada.upload("file", *sorted(folder.glob("*.json")))
    ada.follow(ada.button("Show what they would do"))
    assert "40 rows" in ada.text
    ada.click("name")
    ada.type_over("September 2026")
    ada.follow(ada.button("Send 40 records to review"))
    assert Proposal.objects.filter(batch="September 2026", stage="in_review").count() == 40
    assert not AIModel.objects.filter(key="openai-aster", status="published").exists()

    ed = browse(people.editor())
    ed.open("/admin/")
    ed.follow(ed.link("September 2026"))
    if not ed.find("[name^=decision-]").count():
        ed.follow(ed.link("Review the 40"))
    ed.follow(ed.link("Tick all"))
    bad = Proposal.objects.get(batch="September 2026", record_key="elder-uk-aisi")
    ed.click(ed.find(f"[name=tick][value='{bad.pk}']"))
    ed.pick(f"decision-{bad.pk}", "send_back")
    ed.type_fields(f"note-{bad.pk}", "Which page says so?")
    ed.follow(ed.find("[name=decision][value=accept_ticked]"))

    print(f"{ada.clicks} + {ed.clicks} clicks, {ada.loads} + {ed.loads} page loads")
    stages = Proposal.objects.filter(batch="September 2026").values_list("stage", flat=True)
    assert sorted(stages) == ["accepted"] * 39 + ["sent_back"]
    assert AccessEvent.objects.get(key="elder-uk-aisi").status == "draft"
    assert ada.clicks + ed.clicks < MOST_CLICKS
    now = Client().get("/").context["site"].data_version
    assert now != first
    assert figures() != before
    assert figures(data_version=first) == before
    assert figures(data_version=now) == figures()
