"""The feeds of changes, read back by a program that reads feeds."""

import datetime as dt
import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace

import feedparser
import pytest
from django.contrib.contenttypes.models import ContentType

from evaltracker.web.feeds import entry_id
from evaltracker.web.views.changes import CHANGES_ON_PAGE
from labs.models import Alias, Edition, Lab, Proposal
from labs.queries.changes import described_changes
from tests import factories
from tests.evaltracker.pages import query_count, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

SITE = "https://tracker.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def feed_of(client, address: str = "/changes/feed.atom"):
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(response.content)
    assert not found.bozo, found.bozo_exception
    return found


def moment_of(parsed: time.struct_time) -> dt.datetime:
    return dt.datetime(*parsed[:6], tzinfo=dt.UTC)


def test_an_entry_gives_back_what_went_in(client, public):
    lab = factories.lab(name="Lab A", key="lab-a")
    change = public(lab, before={"name": "Lab <B>"}, after={"name": "Lab A & Sons"}, reason="It renamed itself.")

    (entry,) = feed_of(client).entries

    assert entry.title == "Change: Lab A (lab). Changed: Name."
    assert moment_of(entry.published_parsed) == moment_of(entry.updated_parsed) == change.decided_at
    assert entry.link == f"{SITE}/changes/?record=lab:lab-a#change-{change.pk}"
    assert entry.id == f"tag:tracker.example.org,2026:/changes/{change.pk}"
    assert [tag.term for tag in entry.tags] == ["change", "lab"]
    (content,) = entry.content
    text = re.sub(r"<[^>]+>", "", content.value)
    assert "Name: was “Lab &lt;B&gt;”, now “Lab A &amp; Sons”" in text
    assert "Why: It renamed itself." in text
    assert "Checked by an editor." in text
    assert f'href="{SITE}/labs/lab-a/"' in content.value


def test_the_link_of_an_entry_leads_to_its_change(client, public):
    change = public(factories.lab())
    address = feed_of(client).entries[0].link.removeprefix(SITE)
    assert f'id="change-{change.pk}"' in source_of(client, address)


def test_a_correction_is_marked_and_strikes_the_wrong_words_through(client, public):
    public(factories.lab(name="Lab A"), before={"name": "Wrong"}, after={"name": "Right"}, is_correction=True)

    (entry,) = feed_of(client).entries

    assert entry.title.startswith("Correction: Lab A (lab).")
    assert entry.tags[0].term == "correction"
    assert "<del>Wrong</del>" in entry.content[0].value
    assert "<ins>Right</ins>" in entry.content[0].value


def test_no_date_but_the_moment_of_a_change_is_given_as_a_time(client, public):
    """feedparser reads 2023-40, the first half of 2023, as the current month of 2023."""
    model = factories.ai_model()
    change = public(model, before={"released_on": "2023-40"}, after={"released_on": "2024-05~"}, reason="A source.")

    body = client.get("/changes/feed.atom").content.decode()
    (entry,) = feedparser.parse(body).entries

    assert {name for name in entry if name.endswith("_parsed")} == {"published_parsed", "updated_parsed"}
    times = re.findall(r"<(?:updated|published)>(.*?)</", body)
    assert times == [change.decided_at.isoformat().replace("+00:00", "Z").replace("Z", "+00:00")] * 3
    assert "2023-40" in entry.content[0].value
    assert "2024-05~" in entry.content[0].value


def test_the_feed_says_whose_it_is_and_where_the_page_for_people_is(client, public):
    public(factories.lab())
    found = feed_of(client).feed
    assert found.title == "EvalTracker: changes"
    assert found.link == f"{SITE}/changes/"
    assert found.authors == [{"name": "EvalTracker", "href": f"{SITE}/"}]
    assert found.rights.startswith("CC BY 4.0")
    assert moment_of(found.updated_parsed) == Proposal.objects.get().decided_at
    assert {link.rel: link.href for link in found.links if link.rel != "alternate"} == {
        "self": f"{SITE}/changes/feed.atom",
        "first": f"{SITE}/changes/feed.atom",
        "last": f"{SITE}/changes/feed.atom",
    }


def test_the_feed_names_the_data_version_and_each_entry_its_own(client, records):
    version = client.get("/changes/feed.atom")["Data-Version"]
    found = feed_of(client)
    assert f"Data version {version}, method version" in found.feed.subtitle
    assert f"Data version {version}." in found.entries[0].content[0].value
    assert "Entered with edition 2026.12." in found.entries[0].content[0].value


def test_the_host_of_the_request_plays_no_part(client, public, settings):
    settings.ALLOWED_HOSTS = ["*"]
    public(factories.lab())
    assert b"elsewhere" not in client.get("/changes/feed.atom", headers={"host": "elsewhere.example.org"}).content


def test_all_changes_are_in_the_pages_of_the_feed_once_and_valid(client, records):
    address, ids, pages = f"{SITE}/changes/feed.atom", [], 0
    while address:
        pages += 1
        response = client.get(address.removeprefix(SITE))
        root = ET.fromstring(response.content)
        for entry in root.iter(f"{ATOM}entry"):
            # RFC 4287, section 4.1.2: exactly one of each.
            for name in ("id", "title", "updated", "content"):
                assert len(entry.findall(f"{ATOM}{name}")) == 1
            assert entry.findtext(f"{ATOM}title").strip()
        ids += [each.text for each in root.iterfind(f"{ATOM}entry/{ATOM}id")]
        found = feedparser.parse(response.content)
        assert len(found.entries) <= CHANGES_ON_PAGE
        address = next((link.href for link in found.feed.links if link.rel == "next"), None)
    assert pages > 2
    assert len(ids) == len(set(ids)) == Proposal.objects.accepted().count()


def test_a_change_of_an_edition_has_one_id_in_every_database(client, public):
    edition = Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 2, 28))
    proposal = public(
        factories.lab(key="lab-a"),
        edition=edition,
        author=None,
        decided_by=None,
        decided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    )
    (change,) = described_changes([proposal])
    assert entry_id(change) == "tag:tracker.example.org,2026:/changes/edition/2026.12/lab/lab-a"
    assert entry_id(replace(change, pk=change.pk + 1)) == entry_id(change)


def test_the_feed_of_a_lab_has_what_concerns_it(client, public):
    lab, other = factories.lab(name="Lab A"), factories.lab()
    model = factories.ai_model(lab=lab)
    event = factories.access_event(lab=lab, model=model)
    about = [lab, model, event, factories.source(lab=lab), factories.commitment(labs=[lab])]
    for number, record in enumerate([*about, other, factories.ai_model(lab=other)]):
        public(record, reason=f"Reason {number}.")

    found = feed_of(client, f"/labs/{lab.key}/feed.atom")

    assert found.feed.title == "EvalTracker: changes about Lab A"
    assert found.feed.link == f"{SITE}{lab.get_absolute_url()}"
    reasons = [re.search(r"Reason \d", entry.content[0].value)[0] for entry in found.entries]
    assert reasons == [f"Reason {number}" for number in reversed(range(len(about)))]


def test_the_feed_of_an_evaluator_has_what_concerns_it(client, public):
    evaluator = factories.evaluator(name="Tester")
    event = factories.access_event(evaluators=[evaluator])
    about = [
        evaluator,
        event,
        factories.source(evaluator=evaluator),
        factories.commitment(counterparty=evaluator),
        factories.reply(event=event, by_lab=event.lab),
    ]
    for number, record in enumerate([*about, factories.evaluator(), factories.access_event(), event.model]):
        public(record, reason=f"Reason {number}.")

    found = feed_of(client, f"/evaluators/{evaluator.key}/feed.atom")

    assert found.feed.title == "EvalTracker: changes about Tester"
    reasons = [re.search(r"Reason \d", entry.content[0].value)[0] for entry in found.entries]
    assert reasons == [f"Reason {number}" for number in reversed(range(len(about)))]


def test_the_feed_of_a_merged_lab_leads_to_the_feed_of_the_one_that_it_became(client):
    winner = factories.lab()
    Alias.objects.create(
        content_type=ContentType.objects.get_for_model(Lab), key="old-key", name="Old", object_id=winner.pk
    )
    response = client.get("/labs/old-key/feed.atom")
    assert (response.status_code, response["Location"]) == (301, f"/labs/{winner.key}/feed.atom")


def test_the_feed_of_a_lab_that_is_no_lab_is_not_found(client):
    assert client.get("/labs/nobody/feed.atom").status_code == 404


def test_the_feed_takes_the_filters_of_the_list(client, public):
    public(factories.lab(name="Lab A"), reason="Ours.", is_correction=True)
    public(factories.lab(name="Lab B"), reason="Theirs.")
    (entry,) = feed_of(client, "/changes/feed.atom?correction=yes").entries
    assert "Ours." in entry.content[0].value
    assert client.get("/changes/feed.atom?correction=perhaps").status_code == 400
    assert client.get("/changes/feed.atom?page=2").status_code == 400


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/", "/changes/feed.atom"),
        ("/models/gpt-4/", "/changes/feed.atom"),
        ("/labs/openai/", "/labs/openai/feed.atom"),
        ("/evaluators/metr/", "/evaluators/metr/feed.atom"),
        ("/changes/?lab=openai", "/changes/feed.atom?lab=openai"),
        ("/corrections/", "/changes/feed.atom?correction=yes"),
        ("/labs/openai/?as_of=2026-11-28", "/labs/openai/feed.atom"),  # of what is to come, not of that day
        ("/changes/?lab=openai&as_of=2026-11-28&page=1", "/changes/feed.atom?lab=openai"),
    ],
)
def test_a_page_names_its_feed_to_programs_and_to_people(client, records, page, feed):
    body = source_of(client, page)
    assert re.search(
        rf'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="{re.escape(feed)}">', body
    )
    assert re.search(rf'<a href="{re.escape(feed)}"[^>]*>[^<]*Atom feed', body)
    feed_of(client, feed)


def test_a_feed_that_has_not_changed_is_not_sent_again(client, public):
    public(factories.lab())
    first = client.get("/changes/feed.atom")
    assert first["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    again = client.get("/changes/feed.atom", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    public(factories.lab())
    assert client.get("/changes/feed.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_feed_without_any_change_is_valid_and_reads_no_clock(client, empty_database):
    found = feed_of(client)
    assert found.entries == []
    assert moment_of(found.feed.updated_parsed) == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def test_a_feed_runs_as_many_queries_for_fifty_changes_as_for_one(client, public):
    lab = factories.lab()
    public(lab)
    one = query_count(client, "/changes/feed.atom")
    for _ in range(20):
        public(factories.lab())
    query_count(client, "/changes/feed.atom")
    assert query_count(client, "/changes/feed.atom") <= max(one, 8)
    assert query_count(client, f"/labs/{lab.key}/feed.atom") <= 8
