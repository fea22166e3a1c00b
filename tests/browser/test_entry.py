"""One release by hand, with two access events and three sources, as a researcher enters it."""

import pytest
from playwright.sync_api import expect

from labs.models import AccessEvent, AIModel, Proposal, Source
from tests import factories, people
from tests.browser import IN_A_BROWSER

pytestmark = [*IN_A_BROWSER, pytest.mark.django_db(transaction=True)]

MOST_CLICKS = 25
MOST_LOADS = 3


@pytest.fixture
def lab():
    """A lab with a release that Vesta tested and Orion red-teamed, on the word of the lab's card and of a report."""
    lab = factories.lab(name="Vela AI")
    vesta, orion = factories.evaluator(name="Vesta"), factories.evaluator(name="Orion Labs")
    card = factories.source(publisher="Vela AI", lab=lab, kind="lab_model_card")
    report = factories.source(publisher="Vesta", evaluator=vesta)
    model = factories.ai_model(lab=lab, name="Vela 1", cited=False)
    factories.citation(model, source=card, supports=["name", "released_on"])
    for evaluator, activity in ((vesta, "model_evaluation"), (orion, "red_teaming")):
        factories.access_event(
            lab=lab,
            model=model,
            evaluators=[evaluator],
            activity=activity,
            citations=[
                {"source": card, "supports": ["evaluators", "activity"]},
                {"source": report, "supports": ["activity"]},
            ],
        )
    return lab


def test_a_release_like_the_labs_last_one_takes_few_clicks_and_page_loads(browse, lab):
    ada = browse(people.researcher())
    ada.open("/admin/")
    ada.follow(ada.link("Enter a release"))

    ada.choose("release-lab", "Vela AI")
    ada.press("_as_last")
    ada.type_on("Vela 2", "2026-11-20")  # the focus is on the name
    ada.type_fields("release-quotes-0-quote", "Today we release Vela 2.")
    ada.type_fields("source-0-title", "Vela 2 system card", "https://vela.example/vela-2-card")
    ada.type_fields("source-0-published_on", "2026-11-20")
    ada.type_fields("source-1-title", "Vesta’s report on Vela 2", "https://vesta.example/vela-2")
    ada.type_fields("source-1-published_on", "2026-11-21")
    ada.press("_add_source")
    ada.type_on("Vela 2 was tested", "https://paper.example/vela-2", "The Paper")  # the focus is on its title
    ada.pick("source-2-kind", "journalism")
    ada.type_fields("event-0-summary", "Vesta tested it for ten days.")
    ada.type_fields("event-0-quotes-0-quote", "Vesta evaluated Vela 2.")
    ada.type_fields("event-0-quotes-1-quote", "We evaluated Vela 2 for ten days.")
    ada.type_fields("event-1-summary", "Orion Labs probed it.")
    ada.type_fields("event-1-quotes-0-quote", "Orion Labs probed Vela 2.")
    ada.pick("event-1-quotes-1-source", "2")
    ada.type_fields("event-1-quotes-1-quote", "Orion also had access, two people said.")
    ada.follow("_submit")

    print(f"{ada.clicks} clicks, {ada.loads} page loads")
    assert "6 records wait for a second person" in ada.text
    model = AIModel.objects.get(key="vela-2")
    cited = {tuple(sorted(citation.source.key for citation in event.citations.all())) for event in model.events.all()}
    assert cited == {("vela-2-system-card", "vestas-report-on-vela-2"), ("vela-2-system-card", "vela-2-was-tested")}
    assert Source.objects.filter(read_on__isnull=False, status="in_review").count() == 3
    assert len(set(Proposal.objects.filter(stage="in_review").values_list("batch", flat=True))) == 1
    assert ada.clicks <= MOST_CLICKS
    assert ada.loads <= MOST_LOADS


def test_adding_keeps_the_place_the_focus_and_a_chosen_file_without_a_new_page(browse, lab, files):
    ada = browse(people.researcher())
    ada.open("/admin/system-card/")
    text = files / "card.txt"
    text.write_text("Vesta evaluated Vela 2.")
    ada.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    ada.upload("source-0-snapshot-file", text)

    ada.press("_add_event")
    ada.press("_add_quote_0")

    assert ada.loads == 1
    assert ada.focused.get_attribute("name") == "event-0-quotes-2-quote"
    assert 0 < ada.focused.bounding_box()["y"] < 1000
    assert ada.named("source-0-snapshot-file").input_value().endswith("card.txt")
    ada.choose("event-1-evaluators", "Orion Labs")  # the box that was added finds records too


def test_without_scripts_a_new_page_keeps_all_and_returns_to_the_place(browse, lab, files):
    ada = browse(people.researcher(), java_script_enabled=False)
    text = files / "card.txt"
    text.write_text("Vesta evaluated Vela 2.")
    ada.open("/admin/system-card/")
    ada.type_fields("release-name", "Vela 2")
    ada.click(ada.find("details.desk-card__more:has([name$=snapshot-file]) > summary").first)
    ada.upload("source-0-snapshot-file", text)
    ada.follow("_add_quote_0")

    assert ada.focused.get_attribute("name") == "event-0-quotes-2-quote"
    assert ada.named("release-name").input_value() == "Vela 2"
    assert "card.txt is read and kept" in ada.text


def test_today_and_keys_help_while_typing_on_the_screen_and_on_a_record(browse, lab):
    ada = browse(people.researcher())
    ada.open("/admin/system-card/")
    ada.type_fields("release-name", "Vela 2 (Preview)")
    expect(ada.named("release-key")).to_have_attribute("placeholder", "vela-2-preview")
    ada.click(ada.find('[name="release-released_on"] + .desk-today'))
    assert ada.named("release-released_on").input_value() == ada.named("source-0-read_on").input_value()
    ada.key("Enter")  # on a button of the page, it sends nothing
    ada.open(f"/admin/labs/accessevent/{AccessEvent.objects.filter(lab=lab).first().pk}/change/")
    ada.click(ada.find('[name="started_on"] + .desk-today'))
    assert len(ada.named("started_on").input_value()) == 10
