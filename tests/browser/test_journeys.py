"""Six people and what they come for, each with the mouse, without JavaScript, and by keyboard alone."""

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from evaltracker.web.forms import LEAST_SECONDS
from tests.browser import IN_A_BROWSER
from tests.browser.person import Person, WithoutMouse
from tests.browser.watching import watch

pytestmark = IN_A_BROWSER


@pytest.fixture(params=["with the mouse", "without scripts", "by keyboard"])
def reader(request, context, site) -> Iterator[Person]:
    """Somebody who comes to the site for the first time. Nothing goes wrong in their browser meanwhile."""
    window = context(base_url=site, locale="en-GB", java_script_enabled=request.param != "without scripts")
    page = window.new_page()
    wrong = watch(page, site)
    yield (WithoutMouse if request.param == "by keyboard" else Person)(page)
    assert not wrong, "\n".join(wrong)


def test_a_journalist_gets_from_the_home_page_to_a_sentence_to_cite_in_four_clicks(reader, site):
    """“Did Google let anyone test Gemini 3, and what had it promised?”"""
    reader.open("/")
    reader.click(reader.page.get_by_role("searchbox", name="Search all records"))
    reader.type("Gemini 3 Pro")
    reader.enter()
    reader.follow(reader.main.get_by_role("link", name="Gemini 3 Pro", exact=True))
    for heading in ("Who tested it", "What was promised for it"):
        expect(reader.main.get_by_role("heading", name=heading)).to_be_visible()
    reader.unfold("Cite this page")
    print(f"{reader.clicks} clicks, {reader.loads} page loads")

    cited = reader.main.get_by_role("group").filter(has_text="As a footnote")
    said = " ".join(cited.get_by_text(re.compile("retrieved on")).inner_text().split())
    assert reader.clicks <= 4
    for tester in ("Apollo Research", "Vaultis", "Dreadnode"):
        assert tester in said
    assert re.search(r"promises of Google DeepMind", said)
    sentence = said.partition(" EvalTracker: ")[0]
    permalink = re.search(rf"{re.escape(site)}/models/gemini-3-pro/\S+(?=, retrieved)", said)[0]
    assert {"as_of", "data_version", "method_version"} == parse_qs(urlsplit(permalink).query).keys()
    reader.open(permalink)
    for words in sentence.removeprefix("Gemini 3 Pro (Google DeepMind): ").split(". "):
        assert words in reader.text
    # What the record says of it in one word is no more than the sentence does.
    row = next(row for row in reader.json("/models.json?q=gemini+3+pro")["rows"] if row["key"] == "gemini-3-pro")
    assert row["evidence"] == "timing_not_shown"
    assert "no source cited for that shows whether it was before release" in sentence


def test_a_policy_researcher_takes_the_releases_tested_deeper_than_users_get_with_them(reader):
    reader.open("/")
    reader.follow(reader.nav.get_by_role("link", name="Models"))
    filters = reader.main.get_by_role("form", name="Filters")
    reader.unfold("Filters", unless=filters)
    reader.click(filters.get_by_role("checkbox", name=re.compile("^deeper than users get")))
    reader.date(filters.get_by_label("Released from"), "2025-01-01")
    reader.date(filters.get_by_label("Released up to"), "2026-12-31")
    reader.follow(filters.get_by_role("button", name="Apply filters"))
    shown = reader.main.get_by_role("table").first.locator("tbody th[scope=row]").all_inner_texts()

    rows = list(csv.DictReader(io.StringIO(reader.download("CSV"))))
    assert sorted(row["name"] for row in rows) == sorted(shown)
    assert shown
    for row in rows:
        assert row["deeper_than_users"] == "yes"
        assert "2025-01-01" <= row["released_on_earliest"] <= "2026-12-31"

    reader.unfold("More")
    reader.follow(reader.nav.get_by_role("link", name="All figures"))
    figure = reader.main.get_by_role("figure").filter(has_text="How deep could outsiders test each release")
    picture = reader.download("SVG", within=figure)
    print(f"{reader.clicks} clicks, {reader.loads} page loads; {len(rows)} releases")
    marks = re.findall(r"<title>([^<]+) \([^<(]+\), [^:<]*(?:2025|2026): at least (?!as users)[^<]+</title>", picture)
    assert sorted(marks) == sorted(shown)


def test_staff_of_a_lab_learn_why_its_range_is_so_what_would_change_it_and_object(reader):
    reader.open("/")
    reader.follow(reader.main.get_by_role("link", name="Google DeepMind", exact=True).first)
    row = reader.json("/labs/google-deepmind.json")["record"]
    score = reader.main.get_by_role("region", name="Score, 0 to 100")
    for number in (row["score_low"], row["score_high"]):
        expect(score).to_contain_text(f"{number:.0f}")
    expect(score).to_contain_text("A score rates what the public record shows, not what happened.")
    settle = reader.main.get_by_role("region", name="What would settle it")
    assert 1 <= settle.get_by_role("listitem").count() <= 3
    reader.follow(reader.main.get_by_role("link", name="Send a reply or a correction"))
    reader.write("Which claim", "One of our releases is said to have no outside test.")
    reader.write("What is wrong", "It was tested before its release.")
    reader.write("A source for that", "https://lab.example/system-card")
    assert reader.main.get_by_label("Page", exact=True).input_value().startswith("/labs/google-deepmind/")
    reader.page.wait_for_timeout(1000 * LEAST_SECONDS)  # nobody types as fast as this test
    reader.follow(reader.main.get_by_role("button", name="Send the report"))
    print(f"{reader.clicks} clicks, {reader.loads} page loads")
    expect(reader.main.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    assert "A researcher checks it against the sources." in reader.text


def test_a_reader_of_the_essay_of_may_2024_sees_the_record_of_its_day(reader):
    reader.open("/")
    reader.unfold(re.compile("Change the day"))
    reader.date(reader.page.get_by_label("Show this page as of"), "2024-05-24")
    reader.follow(reader.page.get_by_role("button", name="Go"))
    print(f"{reader.clicks} clicks, {reader.loads} page loads")

    (row,) = reader.json("/headline.json?as_of=2024-05-24")["rows"]
    headline = reader.main.get_by_role("heading", level=1).inner_text()
    assert [int(number) for number in re.findall(r"\b\d+\b", headline.replace("24 May 2024", ""))] == [
        row["releases"],
        12,
        row["evaluated_low"],
    ]
    assert "24 May 2024" in headline
    assert "You are reading the past" in reader.text


def test_a_developer_follows_the_data_from_a_page_to_a_record(reader):
    reader.open("/")
    reader.follow(reader.nav.get_by_role("link", name="Access events"))
    first = reader.json(reader.named_by_head("alternate", "application/json"))
    second = reader.json(first["next"])
    keys = [row["key"] for page in (first, second) for row in page["rows"]]
    assert len(set(keys)) == len(keys) <= first["total"]
    assert len(second["rows"]) == min(100, first["total"] - len(first["rows"]))
    key = second["rows"][0]["key"]
    reader.open(f"/access/{key}/")
    record = reader.json(reader.named_by_head("alternate", "application/json"))
    assert record["record"] == second["rows"][0]

    api = reader.json(reader.named_by_head("service-desc", "application/vnd.oai.openapi+json"))
    for path, answer in (("/access.json", first), ("/access.json", second), ("/access/{key}.json", record)):
        schema = api["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": api["components"]}).validate(answer)


def test_a_labs_scorecard_is_printed_on_two_pages_with_its_sources(reader):
    reader.open("/labs/google-deepmind/")
    reader.follow(reader.main.get_by_role("link", name="The scorecard for print"))
    expect(reader.page).to_have_url(re.compile("/labs/google-deepmind/scorecard/"))
    reader.page.wait_for_load_state("load")
    printed = PdfReader(io.BytesIO(reader.page.pdf(format="A4")))
    text = "\n".join(page.extract_text() for page in printed.pages)
    assert len(printed.pages) == 2
    assert "http" in text
