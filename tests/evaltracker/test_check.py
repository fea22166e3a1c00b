"""/data/check/: whether what a permalink showed is still so."""

import json
import socket
from io import BytesIO
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from django.utils import timezone

from evaltracker.web import check as checking
from evaltracker.web.page_text import page_text
from labs.actions import review
from labs.models import AccessEvent, DataVersion, Lab
from labs.rules.method import METHOD_VERSION
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

DAY = "2026-08-31"
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def nothing_kept():
    checking._compared.cache_clear()


@pytest.fixture(autouse=True)
def no_network():
    """Whatever is pasted, no other host is asked."""

    def refused(*args, **kwargs):
        raise AssertionError("a request to another host")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", refused)
        patch.setattr(socket, "getaddrinfo", refused)
        yield


def permalink(path: str, version: str = "2026.12.0") -> str:
    versions = f"as_of={DAY}&data_version={version}&method_version={METHOD_VERSION}"
    return f"{SITE}{path}{'&' if '?' in path else '?'}{versions}"


def answer(client, text: str, status: int = 200):
    response = client.get("/data/check.json", {"text": text})
    assert response.status_code == status, response.content
    return response.json() if status == 200 else response


def page(client, text: str, status: int = 200) -> str:
    response = client.get("/data/check/", {"text": text})
    assert response.status_code == status
    return response.content.decode()


def changed(record, *, is_correction: bool = False, **state) -> str:
    """Change a record at the desk; returns the data version that it makes."""
    proposal = review.propose(
        record=type(record).objects.get(pk=record.pk), state=state, reason="Read again.", by=people.editor(),
        is_correction=is_correction,
    )  # fmt: skip
    review.accept(proposal=proposal, by=people.editor(), unfound_because="It stands.")
    return str(DataVersion.objects.latest())


def openai() -> Lab:
    return Lab.objects.get(key="openai")


@pytest.mark.parametrize(
    "path", ["/", "/labs/openai/", "/models/gpt-4/?window=24", "/labs.csv", "/commitments/matrix/"]
)
def test_what_has_not_changed_is_still_so(client, records, path):
    found = answer(client, permalink(path))
    assert (found["outcome"], found["words_outcome"]) == ("still_so", "not_given")
    assert found["difference"] == found["corrections"] == []


def test_a_row_of_a_file_that_changed_is_shown_as_it_was_and_is(client, records):
    changed(AccessEvent.objects.get(key="gpt-4-arc-evals"), timing="after_deployment")
    found = answer(client, permalink("/timeline.csv"))
    rows = [part["text"] for part in found["difference"] if part["kind"] in ("removed", "added")]
    assert len(rows) >= 2
    assert all("gpt-4" in row for row in rows)
    assert ["after_deployment" in row for row in rows] == [False] * (len(rows) // 2) + [True] * (len(rows) // 2)


@pytest.mark.parametrize("path", ["/", "/labs/openai/"])
def test_what_changed_says_when_with_which_data_version_and_how(client, records, path):
    until = changed(Lab.objects.get(key="xai"), website="https://x.example/other")
    version = changed(openai(), name="OpenAI LP")
    changed(Lab.objects.get(key="xai"), website="https://x.example/third")
    found = answer(client, permalink(path))

    assert found["outcome"] == "changed"
    assert (found["unchanged_until"], found["changed_by"]) == (until, version)
    assert found["changed_on"] == str(timezone.localdate())
    kinds = {part["kind"]: part["text"] for part in found["difference"]}
    assert "OpenAI LP" in kinds["added"]
    assert "OpenAI" in kinds["removed"]
    assert "OpenAI LP" not in kinds["removed"]
    text = page(client, permalink(path))
    assert f"with data version {version}." in text
    assert "<ins>" in text


def test_upkeep_is_no_change(client, records):
    """A page's history, and how many records were checked, grow with every change: what stands there is the same."""
    changed(Lab.objects.get(key="openai"), website="https://openai.example/")
    assert answer(client, permalink("/models/gpt-4/"))["outcome"] == "still_so"
    assert answer(client, permalink("/"))["outcome"] == "still_so"


def test_a_correction_of_a_record_on_the_page_is_named_with_its_place(client, records):
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    version = changed(event, is_correction=True, timing="unknown")
    found = answer(client, permalink("/models/gpt-4/"))

    [correction] = found["corrections"]
    assert correction["record"] == "access-event:gpt-4-arc-evals"
    assert correction["data_version"] == version == found["changed_by"]
    assert correction["url"] == f"{SITE}/corrections/?record=access-event:gpt-4-arc-evals"
    assert client.get(correction["url"].removeprefix(SITE)).context["pages"]["paginator"].count == 1
    assert 'href="/corrections/?record=access-event:gpt-4-arc-evals"' in page(client, permalink("/models/gpt-4/"))
    assert answer(client, permalink("/models/claude-2/"))["corrections"] == []


def test_a_record_that_was_withdrawn_is_no_longer_there(client, records):
    event = AccessEvent.objects.get(key="gpt-4-arc-evals")
    proposal = review.propose_withdrawal(record=event, reason="It was none.", by=people.researcher())
    review.accept(proposal=proposal, by=people.editor())
    found = answer(client, permalink("/access/gpt-4-arc-evals/"))

    assert (found["outcome"], found["changed_by"]) == ("gone", str(DataVersion.objects.latest()))
    assert "No longer there" in page(client, permalink("/access/gpt-4-arc-evals/"))


def test_words_are_looked_for_with_both_data_versions(client, records):
    [reference] = client.get(f"/labs/openai/cite.json?as_of={DAY}").json()
    words = reference["abstract"]
    link = permalink("/labs/openai/")
    assert answer(client, f"{words} {link}")["words_outcome"] == "still_there"
    changed(openai(), name="OpenAI LP")
    assert answer(client, f"“{words}” ({link}).")["words_outcome"] == "gone"
    assert answer(client, f"frontier models that {link}")["words_outcome"] == "still_there"
    assert answer(client, f"{link}: something else")["words_outcome"] == "never_there"
    assert "and no longer do" in page(client, f"{words} {link}")


def test_words_that_never_stood_there_are_not_still_so_whatever_the_page(client, records):
    """The first answer is to what was pasted; the page comes second."""
    link = permalink("/")
    found = answer(client, f"19 were tested by outsiders {link}")
    assert (found["outcome"], found["words_outcome"], found["page_outcome"]) == ("never_there",) * 2 + ("still_so",)
    assert found["sentence"].startswith("Not there: ")
    html = page(client, f"19 were tested by outsiders {link}")
    assert '<h2 id="answer-heading">Not there: ' in html
    assert "The page as a whole: Still so: " in html


def test_words_have_their_own_answer_where_the_page_changed_around_them(client, records):
    link = permalink("/labs/openai/")
    [reference] = client.get(f"/labs/openai/cite.json?as_of={DAY}").json()
    changed(openai(), name="OpenAI LP")
    stayed = answer(client, f"frontier models that {link}")
    assert (stayed["outcome"], stayed["page_outcome"]) == ("still_so", "changed")
    went = answer(client, f"{reference['abstract']} {link}")
    assert (went["outcome"], went["page_outcome"]) == ("gone", "changed")
    assert went["sentence"].startswith("No longer there: these words stood")
    assert went["page_sentence"].startswith("Changed: on ")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/models/gpt-4/", "confirmed before release released 14 March 2023"),
        ("/models/gpt-4/", "API or product Offered to the public"),
        ("/", "Jan–Jun 2024"),
        ("/search/?q=gpt", "GPT-4"),
    ],
)
def test_words_are_found_as_a_browser_copies_them(client, records, path, words):
    assert answer(client, f"{words} {permalink(path)}")["words_outcome"] == "still_there"


def test_a_row_is_found_as_a_browser_copies_it(client, records):
    row = next(line for line in page_text(client.get(f"/models/?as_of={DAY}").content.decode()).lines if " · " in line)
    for copied in (row, row.replace(" · ", "\t")):
        found = answer(client, f"{copied[:200]} {permalink('/models/')}")
        assert found["words_outcome"] == "still_there", found["words"]


PACKAGES = [
    "/data/evaltracker-2026.12.0.zip",
    "/data/evaltracker-2026.12.0.sqlite?as_of=2024-05-24",
    "/data/evaltracker-2026.12.0-datasette.json?lab=openai&lab=anthropic",
    "/data/evaltracker-2026.12.0/models.parquet",
]


@pytest.mark.parametrize("path", PACKAGES)
def test_a_file_of_the_data_package_names_its_version_in_its_path(client, records, path):
    found = answer(client, f"{SITE}{path}")
    assert (found["outcome"], found["cited_data_version"], found["changes_since"]) == ("still_so", "2026.12.0", 0)
    assert found["cited_url"] == f"{SITE}{path}"
    changed(Lab.objects.get(key="xai"), website="https://x.example/other")
    version = changed(openai(), name="OpenAI LP")
    found = answer(client, f"{SITE}{path}")
    assert (found["outcome"], found["changes_since"]) == ("newer", 2)
    assert f"The newest is {version}, 2 public changes later." in found["sentence"]
    assert client.get(found["changes_url"].removeprefix(SITE)).status_code == 200
    html = page(client, f"{SITE}{path}")
    assert "There is newer data: " in html
    assert "All changes since data version 2026.12.0" in html


def test_the_citation_that_a_package_suggests_can_be_pasted_whole(client, records, settings):
    settings.SITE_URL = SITE
    with ZipFile(BytesIO(client.get(f"{PACKAGES[0]}?lab=openai").content)) as package:
        [name] = [each for each in package.namelist() if each.endswith("datapackage.json")]
        about = json.loads(package.read(name))
    citation = next(value for key, value in about.items() if "citation" in key.lower())
    found = answer(client, citation)
    assert (found["outcome"], found["words_outcome"]) == ("still_so", "not_given")


def test_words_beside_a_package_are_said_not_to_be_looked_for(client, records):
    found = answer(client, f"18 of 39 {SITE}{PACKAGES[0]}")
    assert (found["outcome"], found["words_outcome"]) == ("still_so", "not_sought")
    assert "not looked for" in page(client, f"18 of 39 {SITE}{PACKAGES[0]}")


def test_our_own_citation_can_be_pasted_whole(client, records):
    text = client.get(f"/models/gpt-4/cite.txt?as_of={DAY}").content.decode()
    url = f"{SITE}/models/gpt-4/?as_of={DAY}"
    with_version = text if "data_version=" in text else text.replace(url, f"{url}&data_version=2026.12.0")
    found = answer(client, with_version)
    assert found["outcome"] == "still_so"
    assert found["words"].startswith("GPT-4 (OpenAI): ")
    assert found["words_outcome"] == "still_there"
    assert found["cited_url"] == f"{SITE}/models/gpt-4/?as_of={DAY}&data_version=2026.12.0"


def test_many_versions_are_narrowed_in_few_steps(client, records, monkeypatch):
    for number in range(4):
        changed(Lab.objects.get(key="xai"), website=f"https://x.example/{number}")
    version = changed(openai(), name="OpenAI LP")
    for number in range(4):
        changed(Lab.objects.get(key="xai"), website=f"https://x.example/{number}/more")
    assert answer(client, permalink("/labs/openai/"))["changed_by"] == version
    checking._compared.cache_clear()
    monkeypatch.setattr(checking, "MOST_STEPS", 1)
    found = answer(client, permalink("/labs/openai/"))
    assert found["changed_on"] is None
    assert found["unchanged_until"] == "2026.12.4"
    assert found["changed_by"] == "2026.12.9"
    assert found["sentence"].startswith("Changed: after data version 2026.12.4, made on ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("18 of 39", "There is no address in this."),
        ("https://openai.com/gpt-4", "not one of this site"),
        ("http://testserver.evil.example/?as_of=2026-08-31&data_version=2026.12.0", "not one of this site"),
        ("http://testserver@evil.example/?as_of=2026-08-31&data_version=2026.12.0", "not one of this site"),
        (f"{SITE}/models/gpt-4/", "of which data version and day"),
        (f"{SITE}/models/gpt-4/?as_of={DAY}", "of which data version and day"),
        (f"{SITE}/models/gpt-4/?data_version=2026.12.0", "of which data version and day"),
        (f"{SITE}/?as_of={DAY}&data_version=2026.12.99", "There is no data version 2026.12.99."),
        (f"{SITE}/?as_of={DAY}&data_version=2026.12.00", "There is no data version 2026.12.00."),
        (f"{SITE}/?as_of=soon&data_version=2026.12.0", "is not a day"),
        (f"{SITE}/?as_of={DAY}&data_version=2026.12.0&method_version=1", "method version 1"),
        (permalink("/no/such/page/"), "There is no page at this address with data version 2026.12.0."),
        (permalink("/admin/"), "There is no page at this address"),
        (permalink("/admin/labs/lab/"), "There is no page at this address"),
        (permalink("/report/"), "There is no page at this address"),
        (permalink("/sources/gpt-4-system-card/quote.bib"), "There is no page at this address"),
        (permalink("/models/?colour=red"), "There is no page at this address"),
        ("http://[::1", "This is no address that can be read."),
        ("https://x]y/", "This is no address that can be read."),
        (f"http://[::1 and {SITE}/labs/", "of which data version and day"),
        (f"{SITE}/?as_of={DAY}&data_version=2026.12%00.0", "There is no data version"),
        (f"{SITE}/data/evaltracker-2026.12.99.zip", "There is no data version 2026.12.99."),
        (f"{SITE}/data/evaltracker-latest.zip", "There is no data version latest."),
        (f"{SITE}/data/evaltracker-2026.12.0.zip?lab=nobody", "There is no such lab."),
        (f"{SITE}/data/evaltracker-2026.12.0.zip?colour=red", "This page has no such parameter."),
        (f"{SITE}/data/evaltracker-2026.12.0.zip?as_of=soon", "soon"),
        (f"{SITE}/data/evaltracker-2026.12.0/nothing.parquet", "There is no table nothing."),
        ("x" * 2001, "longer than 2000 characters"),
    ],
)
def test_what_cannot_be_checked_says_why_and_what_can(client, records, text, message):
    html = page(client, text, status=400)
    assert message in html
    assert "Allowed: <code>" in html
    assert "<textarea" in html
    refused = answer(client, text, status=400)
    assert message in refused.content.decode()


def test_a_check_does_not_check_itself(client, records):
    """Else one request could ask for any number of them."""
    inner = permalink("/data/check/")
    text = f"{inner}&{urlencode({'text': permalink('/')})}"
    assert "There is no page at this address" in page(client, text, status=400)


def test_the_site_is_known_by_its_own_name_too(client, records, settings):
    settings.SITE_URL = "https://evaltracker.example"
    assert answer(client, permalink("/").replace(SITE, settings.SITE_URL))["outcome"] == "still_so"


def test_a_path_alone_is_an_address(client, records):
    assert answer(client, permalink("/labs/").removeprefix(SITE))["outcome"] == "still_so"


def test_the_form_stands_there_before_anything_is_asked(client, records):
    html = client.get("/data/check/").content.decode()
    assert '<form class="form" method="get"' in html
    assert client.get("/data/check.json").json()["outcome"] is None


@pytest.mark.parametrize("address", ["/data/check/", "/data/check.json"])
def test_only_get_is_taken(client, address):
    assert client.post(address).status_code == 405


def test_a_page_is_read_line_by_line_without_what_stands_apart():
    text = page_text(
        "<nav>Menu</nav><main><h1>Title</h1><p>One <strong>2</strong> three.</p>"
        "<table><tr><th>Lab</th><td>4</td></tr></table><form>Filter</form>"
        "<section data-apart><p>History</p></section><p>Last &amp; <a href='/labs/x/?as_of=1'>least</a></p></main>"
        "<footer>Foot</footer>"
    )
    assert text.lines == ["Title", "One 2 three.", "Lab · 4", "Last & least"]
    assert "History" in text.all_lines
    assert text.paths == {"/labs/x/"}


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<span>before release</span><span>released</span>", "before release released"),
        ("a product<span class='note'>Offered</span>", "a product Offered"),
        ("<a>All changes</a><a>Corrections</a>", "All changes Corrections"),
        ("<tr><td><span>63–86</span><span>no</span></td><td>4</td></tr>", "63–86 no · 4"),
        ("<mark>GPT</mark>-4 and <strong>2</strong>nd <em>un</em>known", "GPT-4 and 2nd unknown"),
        ("evalua<wbr>tion, 10<sup>4</sup>", "evaluation, 104"),
        ("<span>one</span>, (<span>two</span>) “<a>three</a>”.", "one, (two) “three”."),
        ("<span>Amazon</span><span>’s</span>", "Amazon’s"),
    ],
)
def test_words_of_neighbouring_elements_are_parted_and_letters_of_one_word_are_not(html, line):
    assert page_text(f"<main><p>{html}</p></main>").lines == [line]
