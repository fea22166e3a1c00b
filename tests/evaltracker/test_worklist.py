"""The worklist: what is to be done, how much of it, and where it is settled."""

import datetime as dt
import re
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaltracker.models import ErrorReport
from evaltracker.worklist import TASKS, task_input
from labs.actions import review
from labs.admin.addresses import change_url
from labs.models import AIModel, Proposal
from tests import factories, people

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 26)


def days_ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def items(task: str, person=None, day: dt.date = DAY) -> list:
    read = next(each.read for each in TASKS if each.key == task)
    return read(task_input(person, day))


def titles(task: str, **asked) -> list[str]:
    return [item.title for item in items(task, **asked)]


@pytest.fixture
def ada():
    return people.researcher()


def test_what_waits_for_review_is_there_until_it_is_decided(empty_database, ada):
    event = factories.access_event(key="an-event")
    proposal = review.propose(record=event, state={"summary": "New."}, reason="Read again.", by=ada)

    (item,) = items("review")
    assert item.title == "an-event"
    assert "Read again." in item.detail
    assert item.url == reverse("admin:labs_proposal_change", args=[proposal.pk])
    assert item.labs == (event.lab.key,)
    review.accept(proposal=proposal, by=people.editor())
    assert items("review") == []


def test_a_draft_in_review_and_a_commitment_of_two_labs_are_found_by_lab(empty_database, ada):
    draft = factories.access_event(status="draft")
    review.submit(record=draft, by=ada)
    labs = [factories.lab(), factories.lab()]
    review.propose(record=factories.commitment(labs=labs), state={"title": "New"}, reason="Because.", by=ada)
    review.propose(record=labs[0], state={"website": "https://example.org"}, reason="Because.", by=ada)

    found = [set(item.labs) for item in items("review")]
    assert found == [{draft.lab.key}, {lab.key for lab in labs}, {labs[0].key}]


def test_what_was_sent_back_is_shown_to_its_author_only(empty_database, ada):
    proposal = review.propose(record=factories.access_event(), state={"summary": "New."}, reason="B.", by=ada)
    review.send_back(proposal=proposal, by=people.editor(), note="Cite it.")

    assert [item.detail for item in items("sent-back", person=ada)] == ["Note: Cite it."]
    assert items("sent-back", person=people.researcher()) == []
    assert items("review") == []


def test_reports_of_error_are_there_until_they_are_answered(empty_database):
    ErrorReport.objects.all().delete()
    report = ErrorReport.objects.create(page="/models/gpt-4/", claim="A claim", wrong="It is wrong.", sender="x")

    assert titles("reports") == ["/models/gpt-4/"]
    ErrorReport.objects.filter(pk=report.pk).update(state="corrected")
    assert titles("reports") == []


@pytest.mark.parametrize(("days", "is_due"), [(179, False), (180, True)])
def test_a_record_is_overdue_for_a_check_after_180_days(empty_database, days, is_due):
    lab = factories.lab(name="A lab", checked_on=days_ago(days))

    assert titles("overdue") == (["Lab: A lab"] if is_due else [])
    type(lab).objects.filter(pk=lab.pk).update(checked_on=DAY)
    assert titles("overdue") == []


@pytest.mark.parametrize(("days", "is_due"), [(29, False), (30, True)])
def test_a_new_release_and_its_events_are_overdue_after_30(empty_database, days, is_due):
    checked = {"checked_on": days_ago(days)}
    lab = factories.lab(checked_on=DAY)
    model = factories.ai_model(lab=lab, released_on="2026-10-20", cited=False, name="New", **checked)
    evaluators = [factories.evaluator(checked_on=DAY)]
    factories.access_event(key="an-event", model=model, evaluators=evaluators, citations=[], **checked)

    expected = {"AI model: New", "Access event: an-event"} if is_due else set()
    assert set(titles("overdue")) == expected


def test_what_nobody_checked_counts_from_the_day_on_which_its_sources_were_read(empty_database):
    lab = factories.lab(checked_on=DAY)
    source = factories.source(read_on=days_ago(180), checked_on=DAY)
    model = factories.ai_model(lab=lab, cited=False, name="Old")
    factories.citation(model, source=source)

    assert titles("overdue") == ["AI model: Old"]
    factories.citation(model, source=factories.source(read_on=days_ago(10), checked_on=DAY))
    assert titles("overdue") == []


def test_drafts_are_not_overdue_for_a_check(empty_database):
    factories.lab(status="draft")

    assert titles("overdue") == []


def test_a_release_without_an_event_is_there_until_one_or_a_search_is_recorded(empty_database):
    model = factories.ai_model(name="One", lab=factories.lab(name="First lab"))
    other = factories.ai_model(name="Two", lab=factories.lab(name="Second lab"))
    variant = factories.ai_model(lab=model.lab, variant_of=model)
    factories.access_event(model=other, status="draft")

    assert titles("silent") == [f"{model.lab}: One", f"{other.lab}: Two"]
    assert items("silent")[0].url == change_url(model, "searches-group")
    model.searches.create(searched_on=DAY, where="The lab's site.")
    factories.access_event(model=other)
    assert titles("silent") == []
    assert AIModel.objects.filter(pk=variant.pk).exists()


def test_contradictions_are_there(empty_database):
    event = factories.access_event(key="given")
    factories.access_event(
        key="denied", model=event.model, evaluators=event.evaluators.all(), outcome="refused", is_distinct=True
    )
    factories.access_event(key="disputed", lowered_to="disputed", lowered_because="They contradict each other.")

    assert titles("contradictions") == ["denied and given"]


def test_quotes_that_a_snapshot_lacks_are_there_until_an_editor_says_why_they_stand(empty_database):
    event = factories.access_event(key="an-event")
    event.citations.update(quote_check="not_found")

    (item,) = items("quotes")
    assert item.title == "Access event: an-event"
    assert event.citations.get().quote in item.detail
    event.citations.update(unfound_because="It stands in a picture.")
    assert items("quotes") == []


def test_doubtful_quotes_are_there_until_an_editor_says_why_they_stand(empty_database):
    event = factories.access_event()
    event.citations.update(quote_check="doubtful")

    assert "is only perhaps in the snapshot" in items("quotes")[0].detail
    event.citations.update(unfound_because="It only leaves out when.")
    assert items("quotes") == []


def test_quotes_of_what_was_withdrawn_are_nobodys_work(empty_database):
    event = factories.access_event(status="withdrawn", withdrawn_because="It was wrong.")
    event.citations.update(quote_check="not_found")

    assert items("quotes") == []


def test_sources_without_a_date_or_an_archived_copy_are_there_those_that_lack_both_first(empty_database):
    archived = {"archived_url": "https://example.org/archived"}
    factories.source(title="Dated", **archived)
    factories.source(title="Undated", published_on="", **archived)
    factories.source(title="Bare", published_on="")
    factories.source(title="Not archived")

    found = {item.title.split(" (")[0]: item.detail for item in items("sources")}
    assert found == {
        "Bare": "No date and no archived copy.",
        "Undated": "No date.",
        "Not archived": "No archived copy.",
    }
    assert next(iter(found)) == "Bare"


@pytest.mark.parametrize(("due_on", "is_there"), [("2026-11-26", True), ("2026-12-26", True), ("2026-12-27", False)])
def test_promises_due_within_thirty_days_are_there(empty_database, due_on, is_there):
    factories.commitment(title="A promise", due_on=due_on)

    assert titles("due") == (["A promise"] if is_there else [])


def test_a_promise_that_is_past_its_day_is_no_longer_due(empty_database):
    factories.commitment(due_on="2026-11-25")

    assert titles("due") == []


def test_an_ask_is_there_once_its_day_has_passed_without_an_answer(empty_database):
    reply = factories.reply()

    assert titles("unanswered", day=dt.date(2026, 3, 15)) == []
    assert titles("unanswered", day=dt.date(2026, 3, 16)) == [str(reply)]
    type(reply).objects.filter(pk=reply.pk).update(answered_on=dt.date(2026, 3, 20), text="We did.")
    assert titles("unanswered", day=dt.date(2026, 3, 21)) == []


def test_questions_are_sorted_by_what_they_move(records):
    found = items("questions")

    points = [float(re.search(r"up to ([\d.]+) points", item.detail)[1]) for item in found]
    assert points == sorted(points, reverse=True)
    assert points[0] > 19


@pytest.fixture
def desk(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def test_the_front_page_has_every_task_with_its_count(desk, records):
    response = desk.get(reverse("admin:index"))

    assert response.status_code == 200
    for task in TASKS:
        count = "" if task.is_standing else f" {len(items(task.key, day=dt.date.today()))}"
        assert f"{task.title}{count}" in text_of(response)


def test_on_the_first_day_nothing_is_asked_that_an_edition_already_looked_at(desk, records):
    response = desk.get(reverse("admin:index"))

    counts = {each["task"].key: each["count"] for each in response.context["tasks"]}
    assert {"questions", "sources"}.isdisjoint(counts)
    assert counts["overdue"] == 0
    assert sum(counts.values()) < 20


def test_what_came_with_an_edition_is_a_task_once_the_time_between_two_checks_has_passed(records):
    came = Proposal.objects.filter(edition__isnull=False).latest("decided_at").decided_at.date()

    assert items("overdue", day=came + dt.timedelta(days=29)) == []
    old = [item for item in items("overdue", day=came + dt.timedelta(days=179)) if item.title.startswith("Source")]
    assert old == []
    assert len(items("overdue", day=came + dt.timedelta(days=180))) > 100


def test_standing_lists_are_not_read_for_the_front_page(desk, empty_database, monkeypatch):
    def read(given):
        raise AssertionError("it was read")

    standing = [replace(task, read=read) if task.is_standing else task for task in TASKS]
    monkeypatch.setattr("evaltracker.admin.worklist.TASKS", standing)

    found = text_of(desk.get(reverse("admin:index")))

    assert "Standing lists" in found


def test_an_open_question_leads_to_the_field_of_the_form(desk, records):
    item = next(item for item in items("questions") if "harmlessness" in item.title or "filters" in item.title)
    url, place = item.url.split("#")

    assert f'id="{place}' in desk.get(url).content.decode()


def test_what_waits_is_grouped_by_batch_and_by_release(desk, empty_database, ada):
    model = factories.ai_model(name="Nova")
    event = factories.access_event(model=model)
    for record in (factories.lab(), factories.evaluator()):
        review.propose(record=record, state={"name": "N"}, reason="So.", by=ada, batch="September 2026")
    review.propose(record=event, state={"summary": "New."}, reason="So.", by=ada)

    batch, single = items("review")

    assert (batch.title, batch.detail.split(",")[0]) == ("September 2026", "2 records wait")
    assert single.group == f"{model.lab}: Nova"
    assert desk.get(batch.url).status_code == 200
    found = text_of(desk.get(reverse("admin:worklist_task", args=["review"])))
    assert found.index("Batches") < found.index("September 2026") < found.index(": Nova")


def test_the_front_page_opens_with_nothing_to_do(desk, empty_database):
    tasks = [task for task in TASKS if not task.is_standing]
    assert text_of(desk.get(reverse("admin:index"))).count("Nothing.") == len(tasks)


@pytest.mark.parametrize("task", [task.key for task in TASKS])
def test_every_task_has_a_page_whose_links_lead_to_forms(desk, records, task):
    response = desk.get(reverse("admin:worklist_task", args=[task]))

    assert response.status_code == 200
    for each in response.context["page"].object_list[:3]:
        assert desk.get(each.item.url.split("#")[0]).status_code == 200


def test_a_task_is_filtered_by_lab_and_by_words(desk, records):
    AIModel.objects.get(key="gpt-4-turbo").searches.all().delete()
    factories.ai_model()
    url = reverse("admin:worklist_task", args=["silent"])
    everything = desk.get(url).context["count"]

    of_lab = desk.get(url, {"lab": "openai"})
    assert 0 < of_lab.context["count"] < everything
    assert {each.item.labs for each in of_lab.context["page"]} == {("openai",)}
    by_words = desk.get(url, {"q": "gpt TURBO"})
    assert [each.item.title for each in by_words.context["page"]] == ["OpenAI: GPT-4 Turbo"]
    assert desk.get(url, {"q": "no such words"}).context["count"] == 0


def test_a_long_task_has_pages_that_keep_its_filter(desk, records):
    url = reverse("admin:worklist_task", args=["sources"])

    response = desk.get(url, {"q": "no", "page": "2"})

    assert response.context["page"].number == 2
    assert 'href="?q=no&amp;page=1"' in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [{"lab": "nowhere"}, {"page": "0"}, {"page": "x"}, {"page": "999"}, {"colour": "red"}, {"show": "all"}],
    ids=str,
)
def test_what_a_task_cannot_be_asked_is_refused(desk, records, query):
    assert desk.get(reverse("admin:worklist_task", args=["sources"]), query).status_code == 400


def test_a_task_that_there_is_not_is_not_found(desk):
    assert desk.get(reverse("admin:worklist_task", args=["nothing"])).status_code == 404


def test_who_looks_after_people_has_no_worklist(records):
    client = Client()
    client.force_login(people.administrator())

    assert "Overdue" not in text_of(client.get(reverse("admin:index")))
    assert client.get(reverse("admin:worklist_task", args=["review"])).status_code == 403


def test_what_readers_and_researchers_wrote_is_escaped(desk, empty_database):
    ErrorReport.objects.create(page="/<b>/", claim="A", wrong="<script>alert(1)</script>", sender="x")

    for url in (reverse("admin:index"), reverse("admin:worklist_task", args=["reports"])):
        assert "<script>alert(1)" not in desk.get(url).content.decode()


def test_the_front_page_runs_as_many_queries_for_one_record_as_for_many(desk, empty_database, ada):
    def make() -> None:
        event = factories.access_event(lowered_to="disputed", lowered_because="So.")
        event.citations.update(quote_check="not_found")
        factories.ai_model()
        factories.reply(event=event)
        review.submit(record=factories.commitment(due_on="2027", status="draft"), by=ada)
        review.propose(record=event, state={"summary": "New."}, reason="Because.", by=ada)

    make()
    url = reverse("admin:index")
    desk.get(url)
    with CaptureQueriesContext(connection) as one:
        desk.get(url)
    for _ in range(4):
        make()
    desk.get(url)
    with CaptureQueriesContext(connection) as more:
        desk.get(url)

    assert len(more) == len(one)


def test_a_lab_is_asked_about_when_its_newest_release_is_later_than_its_day(empty_database):
    for name, day, released_on in [
        ("Behind", dt.date(2026, 8, 31), "2026-09-01"),
        ("On the day", dt.date(2026, 8, 31), "2026-08-31"),
        ("Nobody said", None, "2024-05-13"),
        ("Without a day", dt.date(2026, 8, 31), ""),
    ]:
        lab = factories.lab(name=name, complete_to=day)
        factories.ai_model(lab=lab, released_on=released_on, status="published")

    found = items("complete-to")
    assert [item.title for item in found] == ["Behind", "Nobody said"]
    assert "1 September 2026" in found[0].detail
    assert "complete to 31 August 2026" in found[0].detail
    assert found[0].url == change_url(AIModel.objects.get(lab__name="Behind").lab)
    assert found[0].labs == (AIModel.objects.get(lab__name="Behind").lab.key,)
