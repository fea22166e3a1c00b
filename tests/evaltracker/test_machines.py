"""What the site tells programs of itself: its addresses, what they need not ask for, and what each page is."""

import datetime as dt
import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from labs.queries.kept import records as kept_records
from tests import factories
from tests.evaltracker.pages import query_count, rows_of_csv, source_of
from tests.test_urls import RECORDS

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

SITE = "https://tracker.example.org"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


# The sitemap


def listed(client, address: str = "/sitemap.xml") -> dict[str, str | None]:
    """Each address of a file of the sitemap, without the site's name, and when it last changed."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(response.content)
    entries = [(each.findtext(f"{NAMESPACE}loc"), each.findtext(f"{NAMESPACE}lastmod")) for each in root]
    assert all(url.startswith(f"{SITE}/") for url, _ in entries)
    assert len({url for url, _ in entries}) == len(entries)
    return {url.removeprefix(SITE): day for url, day in entries}


def test_the_sitemap_lists_each_public_record_and_page_once(client, records):
    found = listed(client)
    for kind, model in RECORDS.items():
        of_kind = {path for path in found if re.fullmatch(rf"/{kind}/[-\w]+/", path)} - {"/commitments/matrix/"}
        assert of_kind == {record.get_absolute_url() for record in kept_records()[model].published}
        assert f"/{kind}/" in found
    assert {"/", "/timeline/", "/methodology/", "/changes/", "/corrections/", "/data/versions/"} <= set(found)
    assert not [path for path in found if "?" in path or path.startswith(("/admin", "/report", "/labs/compare"))]


def test_each_page_of_the_sitemap_answers_and_says_that_this_is_its_address(client, records):
    pages = [path for path in listed(client) if path.count("/") < 3 or path in ("/models/gpt-4/", "/labs/openai/")]
    for path in pages:
        assert f'<link rel="canonical" href="{SITE}{path}">' in source_of(client, path)


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_the_sitemap_lists_nothing_that_is_not_public(client, empty_database, status):
    why = {"withdrawn_because": "x"} if status == "withdrawn" else {}
    factories.lab(key="hidden", status=status, **why)
    assert "/labs/hidden/" not in listed(client)


def test_the_sitemap_says_when_an_accepted_change_last_touched_what_a_page_shows(client, empty_database):
    def at(day: int) -> dt.datetime:
        return timezone.make_aware(dt.datetime(2026, 3, day, 12))

    lab, evaluator = factories.lab(), factories.evaluator(changed_at=at(1))
    model = factories.ai_model(lab=lab, changed_at=at(2))
    event = factories.access_event(lab=lab, model=model, evaluators=[evaluator], changed_at=at(3))
    untouched = factories.ai_model(lab=factories.lab())

    found = listed(client)

    assert found[event.get_absolute_url()] == "2026-03-03"
    assert found[model.get_absolute_url()] == "2026-03-03"
    assert found[evaluator.get_absolute_url()] == "2026-03-03"
    assert found[lab.get_absolute_url()] == "2026-03-03"
    assert found[untouched.get_absolute_url()] is None
    assert found["/"] is None


def test_a_sitemap_of_more_addresses_than_a_file_may_hold_is_an_index_of_files(client, records, monkeypatch):
    whole = listed(client)
    monkeypatch.setattr("evaltracker.web.sitemap.MOST", 400)

    index = listed(client)

    assert ET.fromstring(client.get("/sitemap.xml").content).tag == f"{NAMESPACE}sitemapindex"
    assert list(index) == [f"/sitemap-{number}.xml" for number in range(1, len(whole) // 400 + 2)]
    parts = [listed(client, path) for path in index]
    assert max(map(len, parts)) == 400
    assert {path: day for part in parts for path, day in part.items()} == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_a_sitemap_that_fits_into_one_file_has_no_parts(client, records):
    assert client.get("/sitemap-1.xml").status_code == 404


def test_the_sitemap_is_made_once_for_a_state_of_the_records(client, records):
    query_count(client, "/sitemap.xml")
    assert query_count(client, "/sitemap.xml") <= 2


# robots.txt


def may_ask(robots: str, path: str) -> bool:
    """Whether a program may ask for a path (RFC 9309, section 2.2.2): the longest rule that fits decides."""
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", robots, re.MULTILINE)
    fitting = [
        (len(pattern), verb)
        for verb, pattern in rules
        if re.match(re.escape(pattern).replace(r"\*", ".*").replace(r"\$", "$"), path)
    ]
    return not fitting or max(fitting)[1] == "Allow"


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/", True),
        ("/models/gpt-4/", True),
        ("/access.csv", True),
        ("/changes/feed.atom", True),
        ("/sitemap.xml", True),
        ("/admin/", False),
        ("/admin/login/", False),
        ("/report/", False),
        ("/access/?lab=openai&sort=-released", False),
        ("/models/gpt-4/?as_of=2024-05-24", False),
    ],
)
def test_robots_are_kept_from_the_desk_and_from_combinations_without_end(client, path, may):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert may_ask(response.content.decode(), path) is may


def test_robots_are_told_where_the_sitemap_is_and_may_ask_for_all_that_it_lists(client, records):
    robots = client.get("/robots.txt").content.decode()
    assert robots.startswith("User-agent: *\n")
    assert f"\nSitemap: {SITE}/sitemap.xml\n" in robots
    assert all(may_ask(robots, path) for path in listed(client))


@pytest.mark.parametrize("address", ["/sitemap.xml", "/robots.txt"])
def test_the_host_of_the_request_plays_no_part(client, records, settings, address):
    settings.ALLOWED_HOSTS = ["*"]
    assert b"elsewhere" not in client.get(address, headers={"host": "elsewhere.example.org"}).content


# What a page says of itself


def about(client, address: str) -> dict[str, str]:
    """The descriptions in the head of a page by name; ``title``, ``canonical``."""
    head = client.get(address).content.decode().split("</head>")[0]
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head))
    found |= dict(re.findall(r'<link rel="(canonical)" href="([^"]*)">', head))
    found["title"] = re.search(r"<title>(.*?)</title>", head, re.DOTALL)[1]
    return {name: html.unescape(value) for name, value in found.items()}


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/", "/"),
        ("/access/?utm_source=letter&utm_medium=mail", "/access/"),
        ("/access/?page=1&q=", "/access/"),
        ("/access/?page=2", "/access/?page=2"),
        ("/access/?sort=-released&lab=openai&utm_source=x", "/access/?lab=openai&sort=-released"),
        ("/access/?lab=openai&lab=anthropic", "/access/?lab=openai&lab=anthropic"),
        ("/models/gpt-4/?as_of=2024-05-24", "/models/gpt-4/?as_of=2024-05-24"),
        ("/models/gpt-4/?as_of={today}", "/models/gpt-4/"),
        ("/labs/?window=12", "/labs/"),
        ("/labs/?window=all", "/labs/?window=all"),
        ("/commitments/?window=all", "/commitments/"),
        ("/commitments/?window=12", "/commitments/?window=12"),
        (
            "/labs/?weights=depth:25,evaluated:25,publication:15,time:10,commitment:10,follow_through:15",
            "/labs/",
        ),
        ("/labs/?weights=depth:1", "/labs/?weights=depth:1"),
        # The newest versions are those of every page.
        ("/?as_of=2026-08-31&data_version=2026.12.0&method_version=2", "/?as_of=2026-08-31"),
    ],
)
def test_a_page_names_its_one_address(client, records, asked, canonical):
    found = about(client, asked.format(today=timezone.localdate()))
    assert found["canonical"] == found["og:url"] == f"{SITE}{canonical}"


def test_a_page_describes_itself_with_the_sentence_that_it_is_cited_with(client, records):
    for address in ("/", "/models/gpt-4/", "/labs/openai/", "/evaluators/metr/", "/access/gpt-4-arc-evals/"):
        found = about(client, address)
        body = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", source_of(client, address).split("<body>")[1])))
        assert found["description"] == found["og:description"]
        assert len(found["description"]) > 40
        assert found["description"] in body
        assert found["title"].startswith(found["og:title"])
        assert found["og:site_name"] == "EvalTracker"
        assert found["twitter:card"] == "summary_large_image"


def test_every_plain_page_has_the_properties_that_open_graph_asks_for(client, records):
    for path in (path for path in listed(client) if path.count("/") < 3):
        found = about(client, path)
        assert all(found[f"og:{name}"] for name in ("title", "type", "image", "url", "description")), path


def test_the_image_of_each_page_is_there_under_our_own_address_and_as_large_as_is_said(client, records):
    found = about(client, "/access/gpt-4-arc-evals/")
    assert found["og:image"].startswith(f"{SITE}/static/")
    picture = Path(finders.find(found["og:image"].removeprefix(f"{SITE}/static/"))).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    size = [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)]  # of its header
    assert size == [1200, 630] == [int(found[f"og:image:{side}"]) for side in ("width", "height")]


def test_what_is_on_the_image_is_what_its_description_says(client, records):
    drawing = ET.parse(finders.find("img/share.svg")).getroot()
    texts = list(drawing.iter("{http://www.w3.org/2000/svg}text"))
    name, sentence = (" ".join("".join(text.itertext()).split()) for text in texts)
    assert about(client, "/labs/")["og:image:alt"] == f"{name}. {sentence}"
    assert {text.get("font-family") for text in texts} == {"serif", "sans-serif"}  # those that every machine has


def test_what_stands_in_a_name_breaks_no_description(client, empty_database):
    lab = factories.lab(name='A "quoted" <lab> & co')
    found = about(client, lab.get_absolute_url())
    assert found["og:title"].startswith('A "quoted" <lab> & co')
    assert 'A "quoted"  & co' not in found["og:description"]


def test_an_error_page_names_no_address_and_asks_not_to_be_listed(client, records):
    for address in ("/nothing/", "/labs/?colour=red", "/models/gpt-4/?as_of=2019-01-01"):
        found = about(client, address)
        assert found["robots"] == "noindex"
        assert "canonical" not in found
        assert "og:title" not in found


def test_an_address_of_another_host_is_canonical_under_our_own(client, records, settings):
    settings.ALLOWED_HOSTS = ["*"]
    head = client.get("/models/gpt-4/", headers={"host": "elsewhere.example.org"}).content.decode().split("</head>")[0]
    assert "elsewhere" not in head
    assert urlsplit(re.search(r'rel="canonical" href="([^"]+)"', head)[1]).netloc == urlsplit(SITE).netloc


# The data sets, in the words of schema.org

PLAIN_LISTS = ("/labs/", "/models/", "/evaluators/", "/access/", "/sources/", "/commitments/", "/replies/", "/changes/")
YEARS = re.compile(r"\d{4}/\d{4}")  # an interval of ISO 8601, as schema.org asks of temporalCoverage


def graph_of(client, address: str) -> dict[str, dict]:
    """What the data block of a page says, by type."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', source_raw(client, address), re.DOTALL)
    if not blocks:
        return {}
    (block,) = blocks
    value = json.loads(block)
    assert value["@context"] == "https://schema.org"
    return {node["@type"]: node for node in value["@graph"]}


def source_raw(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def check_dataset(client, node: dict) -> None:
    """What Google's guide to data sets and schema.org ask for, and that each download is what it says."""
    assert 50 <= len(node["description"]) <= 5000
    assert node["name"]
    assert node["url"].startswith(f"{SITE}/")
    assert node["creator"] == {"@type": "Organization", "name": "EvalTracker", "url": f"{SITE}/"}
    assert node["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert node["isAccessibleForFree"] is True
    assert len(node["keywords"]) > 3
    assert node["version"] == client.get("/")["Data-Version"]
    assert isinstance(node["version"], str)
    assert dt.date.fromisoformat(node["dateModified"])
    assert YEARS.fullmatch(node["temporalCoverage"])
    assert len(node["variableMeasured"]) > 5
    assert all(re.fullmatch("[a-z_]+", name) for name in node["variableMeasured"])  # the dictionary says what each is
    assert node["distribution"]
    for download in node["distribution"]:
        assert download["@type"] == "DataDownload"
        assert download["contentUrl"].startswith(f"{SITE}/")


def test_the_home_page_and_the_page_of_downloads_describe_all_records_as_one_data_set(client, records):
    node = graph_of(client, "/")["Dataset"]
    check_dataset(client, node)
    assert graph_of(client, "/data/")["Dataset"] == node
    assert node["@id"] == f"{SITE}/#dataset"
    assert {each["encodingFormat"] for each in node["distribution"]} >= {"text/csv", "application/zip"}
    assert f"{SITE}/access/#dataset" in {each["@id"] for each in node["hasPart"]}


def test_each_list_is_described_as_a_data_set(client, records):
    for path in PLAIN_LISTS:
        node = graph_of(client, path)["Dataset"]
        check_dataset(client, node)
        assert node["@id"] == f"{SITE}{path}#dataset"
        assert node["isPartOf"] == {"@id": f"{SITE}/#dataset"}


def test_each_download_of_a_data_set_is_there_and_of_the_type_that_it_says(client, records):
    for path in ("/", "/access/"):
        for download in graph_of(client, path)["Dataset"]["distribution"]:
            response = client.get(download["contentUrl"].removeprefix(SITE))
            assert response.status_code == 200, download
            assert response["Content-Type"].partition(";")[0] == download["encodingFormat"], download


def test_the_variables_of_a_list_are_columns_of_its_file(client, records):
    names = graph_of(client, "/models/")["Dataset"]["variableMeasured"]
    assert set(names) <= set(rows_of_csv(client, "/models.csv")[0])
    assert {"released_on", "evidence"} <= set(names)


def test_a_data_set_spans_the_years_of_its_releases_and_nothing_more_precise(client, empty_database):
    factories.lab(complete_to=dt.date(2026, 8, 31))
    factories.ai_model(released_on="2023-40", lab=factories.lab(complete_to=dt.date(2026, 8, 31)))
    assert graph_of(client, "/models/")["Dataset"]["temporalCoverage"] == "2023/2026"


def test_a_data_set_without_any_record_says_no_years(client, empty_database):
    node = graph_of(client, "/models/")["Dataset"]
    assert "temporalCoverage" not in node
    assert "version" not in node


def test_a_page_says_where_it_stands(client, records):
    trail = graph_of(client, "/models/gpt-4/")["BreadcrumbList"]["itemListElement"]
    assert [(each["position"], each["name"], each["item"]) for each in trail] == [
        (1, "Home", f"{SITE}/"),
        (2, "Models", f"{SITE}/models/"),
        (3, "GPT-4", f"{SITE}/models/gpt-4/"),
    ]
    assert "BreadcrumbList" not in graph_of(client, "/")


@pytest.mark.parametrize("address", ["/models/?lab=openai", "/models/?as_of=2024-05-24", "/?window=all"])
def test_a_page_with_parameters_is_no_data_set_of_its_own(client, records, address):
    assert graph_of(client, address) == {}


def test_what_stands_in_a_name_cannot_end_the_data_block(client, empty_database):
    lab = factories.lab(name="</script><script>alert(1)</script> & co")
    assert "<script>alert" not in source_raw(client, lab.get_absolute_url())
    trail = graph_of(client, lab.get_absolute_url())["BreadcrumbList"]["itemListElement"]
    assert trail[-1]["name"] == "</script><script>alert(1)</script> & co"


def test_no_page_has_a_script_of_its_own_and_the_policy_stays_strict(client, records):
    for path in ("/", "/models/", "/models/gpt-4/"):
        response = client.get(path)
        inline = re.findall(r"<script(?![^>]* src=)([^>]*)>", response.content.decode())
        assert inline == [' type="application/ld+json"'], path
        assert "script-src 'self';" in response["Content-Security-Policy"]
