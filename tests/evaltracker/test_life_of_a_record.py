"""The whole life of a record, through the desk's forms: draft, review, publication, a change, a correction, the end.

At each step the page, the CSV, the history and the score are looked at. The lab has one release, of 15 June 2024,
which an outsider tested before it came out; its report is of 1 July 2024.
"""

import csv
import datetime as dt
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from commitments.queries import ledger
from commitments.rules.scorecards import scorecard
from evaltracker.effects import effect_of
from labs.models import AccessEvent, Proposal
from labs.rules.access import Window
from tests import factories, people
from tests.admin_forms import add_row, form_data, messages_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_release_is_enough")]

KEY = "the-event"
BEFORE, AFTER = "2024-06-20", "2024-07-02"  # of the report's day


class Life:
    """A lab with one release, a researcher and an editor at their desks, and what the public sees of the event."""

    def __init__(self) -> None:
        self.lab = factories.lab(name="The lab", key="the-lab")
        self.model = factories.ai_model(lab=self.lab, name="The model", key="the-model")
        self.evaluator = factories.evaluator(name="The evaluator", key="the-evaluator")
        self.report = factories.source(evaluator=self.evaluator, published_on="2024-07-01", read_on=dt.date(2024, 7, 1))
        self.public = Client()
        self.researcher, self.editor = Client(), Client()
        self.researcher.force_login(people.researcher())
        self.editor.force_login(people.editor())

    @property
    def event(self) -> AccessEvent:
        return AccessEvent.objects.get(key=KEY)

    def change_url(self) -> str:
        return reverse("admin:labs_accessevent_change", args=[self.event.pk])

    def propose(self, **changes: object) -> Proposal:
        """Change the public event in its form."""
        data = form_data(self.researcher.get(self.change_url())) | changes
        response = self.researcher.post(self.change_url(), data)
        assert messages_on(response) == ""
        return Proposal.objects.filter(stage="in_review").get()

    def decide(self, client: Client, proposal: Proposal, decision: str = "accept", **typed: str):
        url = reverse("admin:labs_proposal_change", args=[proposal.pk])
        seen = client.get(url).context["seen"]
        return client.post(url, {"decision": decision, "seen": seen, **typed}, follow=True)

    def accept(self, proposal: Proposal) -> None:
        response = self.decide(self.editor, proposal)
        assert "Accepted" in text_of(response)

    def score(self, day: str = "") -> str:
        """The lab's score of all time on a day: “none”, or low and high."""
        day_ledger = ledger(dt.date.fromisoformat(day) if day else dt.date.today())
        score = scorecard(day_ledger, self.lab.key, Window.ALL).score
        return f"{float(score.low):.1f}-{float(score.high):.1f}" if score else "none"

    def page(self, day: str = "") -> tuple[int, str]:
        response = self.public.get(f"/access/{KEY}/", {"as_of": day} if day else {})
        return response.status_code, text_of(response)

    def row(self, day: str = "") -> dict[str, str] | None:
        response = self.public.get("/access.csv", {"lab": self.lab.key, **({"as_of": day} if day else {})})
        if response.status_code == 400:  # no event of the lab is public, so that it is no choice
            return None
        lines = b"".join(response.streaming_content).decode().splitlines()
        return next((row for row in csv.DictReader(lines) if row["key"] == KEY), None)

    def changes(self) -> str:
        return text_of(self.public.get("/changes/"))


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


@pytest.fixture
def life(empty_database) -> Life:
    return Life()


def enter(life: Life) -> None:
    """The researcher enters the event as a draft."""
    url = reverse("admin:labs_accessevent_add")
    data = form_data(life.researcher.get(url)) | {
        "key": KEY,
        "lab": life.lab.pk,
        "model": life.model.pk,
        "activity": "model_evaluation",
        "outcome": "granted",
        "timing": "before_deployment",
        "summary": "The evaluator tested the model.",
        "participations-0-evaluator": life.evaluator.pk,
        "citations-0-source": life.report.pk,
        "citations-0-quote": "We tested The model before its release.",
        "citations-0-supports": ["evaluators", "activity", "timing"],
        "_save": "1",
    }
    assert messages_on(life.researcher.post(url, data)) == ""


def assert_public_knows_nothing(life: Life, score: str) -> None:
    assert life.page()[0] == 404
    assert life.row() is None
    assert KEY not in life.changes()
    assert "The evaluator tested" not in life.changes()
    assert life.score() == score


def test_a_record_lives_in_the_open_from_its_publication_on(life):
    silent = life.score()

    # A draft, and a draft in review, are nobody else's business.
    enter(life)
    assert_public_knows_nothing(life, silent)
    url = life.change_url()
    life.researcher.post(url, form_data(life.researcher.get(url)) | {"_submit": "1"})
    proposal = Proposal.objects.get()
    assert life.event.status == "in_review"
    assert_public_knows_nothing(life, silent)

    # Its author does not publish it, and an editor sees first what it would do.
    assert life.decide(life.researcher, proposal).status_code == 403
    assert_public_knows_nothing(life, silent)
    effect = str(effect_of([proposal]))
    assert "The lab" in effect
    life.accept(proposal)
    published = life.score()
    assert published != silent
    status, text = life.page()
    assert status == 200
    assert "The evaluator tested the model." in text
    assert "Checked by an editor on" in text
    assert life.row()["timing"] == "before_deployment"
    assert "first publication" in life.changes()

    # As of a day before its report it was not known; from that day on it was, whenever we recorded it.
    status, text = life.page(BEFORE)
    assert status == 200
    assert "tells of this access event" in text
    assert "The evaluator tested" not in text
    assert life.row(BEFORE) is None
    assert life.score(BEFORE) == silent
    assert life.page(AFTER)[0] == 200
    assert life.row(AFTER)["key"] == KEY
    assert life.score(AFTER) == published

    # A change waits unseen, and is then public with its old and new words.
    proposal = life.propose(access_days="14", reason="The report says for how long.")
    assert life.row()["access_days"] == ""
    assert life.score() == published
    assert "for how long" not in life.changes()
    life.accept(proposal)
    assert life.row()["access_days"] == "14"
    longer = life.score()
    assert longer != published
    assert "Days of access" in life.changes()
    assert "The report says for how long." in life.changes()
    status, text = life.page()
    assert "History of this record 2 changes" in text
    assert "The report says for how long." in text

    # A correction stays in sight, the old words struck through.
    life.accept(life.propose(access_days="7", reason="We had misread the report.", is_correction="on"))
    assert life.row()["access_days"] == "7"
    assert life.score() != longer
    corrections = life.public.get("/corrections/").content.decode()
    assert "We had misread the report." in corrections
    assert re.search(r"<del>[^<]*14", corrections)
    assert re.search(r"<ins>[^<]*7", corrections)

    # What is rejected never shows.
    life.decide(life.editor, life.propose(summary="Hearsay.", reason="Somebody said so."), "reject", note="No source.")
    assert "Hearsay." not in life.page()[1]
    assert "Somebody said so." not in life.changes()

    # A withdrawal leaves a page that says why, and takes the rest away on every day.
    withdraw = reverse("admin:labs_accessevent_withdraw", args=[life.event.pk])
    life.researcher.post(withdraw, {"reason": "It was another model."})
    assert life.page()[0] == 200
    life.accept(Proposal.objects.get(kind="withdraw"))
    status, text = life.page()
    assert status == 410
    assert "It was another model." in text
    assert life.page(AFTER)[0] == 410
    assert life.row() is None
    assert life.score() == life.score(AFTER) == silent
    changes = life.changes()
    for reason in ("It was another model.", "We had misread the report.", "The report says for how long."):
        assert reason in changes
    assert Proposal.objects.filter(stage="accepted").count() == 4
    assert life.event.history.count() >= 5


def test_three_citations_on_one_screen_and_a_second_account_that_lets_them_through(life):
    enter(life)
    url = life.change_url()
    data = form_data(life.researcher.get(url)) | {"fine_tuning": "no", "_submit": "1"}
    add_row(data, "citations", source=life.report.pk, quote="We could not fine-tune.", supports=["access.fine_tuning"])
    add_row(data, "citations", source=life.report.pk, quote="The report is ours.", supports=["results"])
    life.researcher.post(url, data)
    proposal = Proposal.objects.get()

    alone = life.decide(life.researcher, proposal)
    assert alone.status_code == 403
    screen = text_of(life.editor.get(reverse("admin:labs_proposal_change", args=[proposal.pk])))
    for words in ("We could not fine-tune.", "The report is ours.", "1 score changes", "The lab, all time, score 0.0"):
        assert words in screen
    life.accept(proposal)

    assert life.page()[1].count("We could not fine-tune.") >= 1
    assert life.event.citations.count() == 3
    assert KEY in life.public.get("/changes.csv").getvalue().decode()
