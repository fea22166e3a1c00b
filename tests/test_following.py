"""A version is read by what changed since the one before it, and says what a whole reading of it says."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from commitments.queries.promises import commitment_facts, ledger
from evaltracker.web import long_answers, public_answers
from evaltracker.web.views.methodology import statements_said
from labs.actions import review
from labs.actions.signatures import set_public_name
from labs.actions.snapshots import add_snapshot
from labs.actions.versions import raise_data_version, rebuild_search_index, renew_stamp
from labs.models import AccessEvent, Edition, Lab, Proposal, Record, Source, Stamp
from labs.models.fields import SAID_ALIKE
from labs.models.states import state_of
from labs.queries import kept
from labs.queries.changes import changes_in_words
from labs.queries.facts import event_facts, release_facts, source_facts
from labs.queries.recorded_changes import all_changes
from labs.queries.records import Records
from labs.templatetags.pieces import pieces
from labs.web import carried
from labs.web.columns import published_fields
from labs.web.filters import AccessEventFilter
from labs.web.parameters import today
from labs.web.streaming import lines
from labs.web.tables import ACCESS_EVENT_COLUMNS
from labs.web.views import AccessEventList
from tests import factories, people
from tests.test_urls import read

DAY = dt.date(2026, 8, 31)
pytestmark = pytest.mark.django_db
ALL = "/access.csv"
EARLY = dt.date(2024, 6, 22)
ON_A_DAY = f"/access.csv?as_of={EARLY}"


@pytest.fixture(autouse=True)
def as_deployed(empty_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp in the database alone says what is kept, as elsewhere than in tests (tests/kept.py)."""
    monkeypatch.setattr(kept, "version_now", Stamp.objects.current)
    kept.forget()


@pytest.fixture
def lines_made(settings, monkeypatch, tmp_path) -> list[str]:
    """The keys of the rows of which lines were made since it was emptied; any file is long."""
    settings.PAGE_CACHE_BYTES, settings.LONG_ANSWERS_BYTES = 0, 8 * 1024 * 1024
    settings.LONG_ANSWERS_DIR = str(tmp_path)
    for module in (public_answers, long_answers):
        monkeypatch.setattr(module, "WHOLE", 100)
    keys: list[str] = []

    def lines_of(fields, rows):
        keys.extend(row.key for row in rows)
        return written(fields, rows)

    written = carried.lines_of
    monkeypatch.setattr(carried, "lines_of", lines_of)
    return keys


def made_anew(*days: dt.date) -> list[bytes]:
    """The file of each day, without the earlier one."""
    found = []
    with kept.one_version():
        for day in days:
            filters = AccessEventFilter(QueryDict(), day, False)
            filters.check()
            rows = AccessEventList.rows_in_order(filters, QueryDict())
            found.append("".join(lines(published_fields(ACCESS_EVENT_COLUMNS), rows)).encode())
    return found


def said(records: Records) -> dict[Any, Any]:
    """All that records say: each row with its columns, and which rows each row finds."""
    found: dict[Any, Any] = {"version": records.version, "editions": records.editions}
    for model, rows in records.rows.items():
        names = [field.attname for field in model._meta.concrete_fields]
        of_rows = [{**row.__dict__.get(SAID_ALIKE, {}), **row.__dict__} for row in rows.values()]
        found[model] = [[row[name] for name in names] for row in of_rows]
        if issubclass(model, Record):
            kind = records[model]
            assert all(rows[row.pk] is row for row in kind.all)
            found[model, "lists"] = kind.all, kind.published, list(kind.by_pk), list(kind.by_key)
    for model, relations in records.related.items():
        for name, of_each in relations.items():
            assert all(records.rows[type(row)][row.pk] is row for rows in of_each.values() for row in rows)
            found[model, name] = {pk: [(type(row), row.pk) for row in rows] for pk, rows in of_each.items()}
    people_shown = records.rows[get_user_model()].values()
    found["people"] = {each.pk: getattr(getattr(each, "signature", None), "name", None) for each in people_shown}
    return found


def weighed() -> list[Any]:
    changes = all_changes()
    facts = [source_facts(), release_facts(), event_facts(), commitment_facts()]
    return [*facts, *weighed_on(DAY), changes, changes_in_words(changes), statements_said(DAY)]


def weighed_on(day: dt.date) -> list[Any]:
    found = ledger(day)
    return [found, found.access, *(found.verdicts_on(release) for release in found.access.assessments)]


class Site:
    """A few public records, and changes of every kind that people make to them."""

    def __init__(self) -> None:
        self.ada, self.ed = people.editor(), people.editor()
        self.lab, self.other_lab = factories.lab(name="A lab"), factories.lab(name="B lab")
        self.evaluator = factories.evaluator()
        self.model = factories.ai_model(lab=self.lab, name="B model")
        self.second = factories.ai_model(lab=self.lab, name="C model")
        self.event = factories.access_event(model=self.model, evaluators=[self.evaluator])
        self.source = self.event.citations.get().source
        citing = [self.source, {"source": factories.source(), "supports": ["results"]}]
        self.other = factories.access_event(model=self.second, evaluators=[self.evaluator], citations=citing)
        named = {"evaluators": "named", "named_evaluator": self.evaluator}
        self.promise = factories.commitment(labs=[self.lab], requirement=named)
        self.later = factories.commitment(labs=[self.lab, self.other_lab])
        Edition.objects.create(version="2026.8", complete_to="2026-08-01")
        raise_data_version()

    def pages(self, number: int) -> list[str]:
        """Some pages, others for each number."""
        records = (self.lab, self.second, self.event, self.source, self.promise)
        lists = ("/", "/access/", "/changes/", "/timeline/", "/evaluators/", "/sources/", "/methodology/", ALL)
        pages = [*lists, *(record.get_absolute_url() for record in records)]
        return [pages[(number + each) % len(pages)] for each in range(3)]

    def accepted(self, proposal: Any) -> None:
        review.accept(proposal=proposal, by=self.ed)

    def published(self, record: Record) -> None:
        self.accepted(review.submit(record=record, by=self.ada))

    def changed(self, record: Record, **state: Any) -> None:
        record = type(record).objects.get(pk=record.pk)
        self.accepted(review.propose(record=record, state=state, reason="We read it again.", by=self.ada))

    def cited_more(self) -> None:
        citations = state_of(self.event)["citations"]
        more = {"source": factories.source().key, "quote": "Another quote.", "supports": ["results"]}
        self.changed(self.event, citations=[*citations, more])

    def withdrawn(self, record: Record) -> None:
        self.accepted(review.propose_withdrawal(record=record, reason="It is wrong.", by=self.ada))

    def merged(self) -> None:
        double = factories.evaluator(name="Its double")
        citations = [factories.source(evaluator=double)]
        factories.access_event(model=self.second, evaluators=[double], citations=citations, is_distinct=True)
        renew_stamp()
        kept.records()
        self.merger = review.propose_merger(loser=double, winner=self.evaluator, reason="They are one.", by=self.ada)
        self.accepted(self.merger)

    def parted(self) -> None:
        self.merger.refresh_from_db()
        self.accepted(review.propose_undoing(merger=self.merger, reason="They are two.", by=self.ada))

    def of_the_edition(self) -> None:
        edition = Edition.objects.get()
        edition.complete_to = dt.date(2026, 8, 20)
        edition.save()
        raise_data_version("It is complete to a later day.")

    def of_a_part_alone(self) -> None:
        citation = self.event.citations.first()
        citation.supports = ["results"]
        citation.save()
        renew_stamp()

    def of_a_part_that_goes(self) -> None:
        self.other.citations.last().delete()
        renew_stamp()

    def of_a_list_alone(self) -> None:
        self.later.labs.set([self.lab])
        renew_stamp()

    def at_once(self) -> None:
        """Two changes that no process looked between."""
        self.changed(self.event, summary="We read it twice.")
        self.changed(self.source, publisher="Somebody else")

    def changes(self) -> Iterator[Callable[[], Any]]:
        event, ed = self.event, self.ed
        yield lambda: self.published(factories.access_event(model=self.model, status="draft"))
        yield lambda: self.published(factories.ai_model(lab=self.lab, status="draft", name="A model"))
        yield lambda: self.changed(event, summary="We read it again.", timing="after_deployment", access_days=None)
        yield self.cited_more
        yield lambda: self.changed(event, citations=state_of(event)["citations"][:1])
        yield lambda: self.changed(event, participations=[{"evaluator": factories.evaluator().key}])
        yield lambda: self.changed(self.source, published_on="2024-06-25", title="A title")
        yield lambda: self.changed(self.model, name="D model", other_names=[{"name": "B model"}])
        searches = [{"searched_on": "2026-07-01", "where": "Its site.", "found": "nothing", "note": ""}]
        yield lambda: self.changed(self.second, searches=searches)
        yield lambda: self.changed(self.second, released_on="2026-03")
        yield lambda: self.changed(self.lab, name="Z lab", other_names=[{"name": "A lab"}])
        yield lambda: self.changed(self.lab, complete_to="2026-08-10")
        yield lambda: self.changed(self.promise, labs=[self.lab.key, self.other_lab.key])
        yield lambda: self.changed(self.promise, superseded_by=self.later.key)
        yield lambda: self.changed(self.evaluator, kind="government")
        yield lambda: self.published(factories.reply(event=event, status="draft"))
        yield lambda: self.published(factories.statement(status="draft", related_events=[event]))
        yield lambda: self.changed(self.model, name="Y model")
        yield self.merged
        yield self.parted
        yield lambda: review.mark_checked(record=event, by=ed)
        yield lambda: set_public_name(person=ed, name="Ed Itor")
        yield self.of_the_edition
        yield self.of_a_part_alone
        yield self.of_a_list_alone
        yield self.of_a_part_that_goes
        yield lambda: self.changed(self.other, model=self.model.key, is_distinct=True)
        yield lambda: self.changed(self.other, model=None)
        yield self.at_once
        yield lambda: self.withdrawn(self.other)


def test_after_every_kind_of_change_it_says_what_a_whole_reading_says(client: Client, lines_made: list[str]) -> None:
    site = Site()
    client.get("/")
    remade = []
    for number, change in enumerate(site.changes()):
        weighed()
        before = kept.records()
        change()

        following = kept.records()
        assert following.follows_on
        assert following is not before
        assert said(following) == said(Records())
        derived = weighed()
        shown = [b"".join(client.get(page)) for page in site.pages(number)]
        files = [read(client.get(address)) for address in (ALL, ON_A_DAY)]
        remade.append(set(lines_made))
        newest = kept._newest
        kept.forget()
        pieces.forget()
        assert not kept.records().follows_on
        assert derived == weighed()
        assert shown == [b"".join(client.get(page)) for page in site.pages(number)]
        assert files == made_anew(today(), EARLY)
        kept._newest = newest
        lines_made.clear()
    event, other = site.event.key, site.other.key
    assert remade[2] == remade[3] == remade[4] == {event}
    assert remade[6] == {event, other}  # a source of both
    assert other not in remade[7]  # the release of one has another name
    assert remade[12] == remade[13] == set()  # promises


def test_a_file_in_another_order_or_of_some_rows_takes_the_lines_of_the_file_of_all(lines_made):
    site, client = Site(), Client()
    every = read(client.get(ALL)).splitlines(keepends=True)
    lines_made.clear()
    assert sorted(read(client.get("/access.csv?sort=-evaluators")).splitlines(keepends=True)) == sorted(every)
    assert lines_made == []
    site.changed(site.event, summary="We read it again.")
    assert len(read(client.get(f"/access.csv?lab={site.lab.key}")).splitlines()) == 3
    assert lines_made == [site.event.key]
    lines_made.clear()
    read(client.get(f"{ALL}?labels=no&columns=lab&columns=evaluators"))
    assert set(lines_made) == {site.event.key, site.other.key}  # other columns are other lines
    lines_made.clear()
    read(client.get(f"{ALL}?sort=-lab&labels=no&columns=lab&columns=evaluators&evaluator={site.evaluator.key}"))
    assert lines_made == []


def test_a_damaged_file_and_one_of_an_unknown_state_give_no_lines_that_are_wrong(lines_made, tmp_path):
    site, client = Site(), Client()
    read(client.get(ALL))
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    whole = file.read_bytes()
    for damaged in (whole[:-20], whole.replace(str(kept.version_now().stamp).encode(), b"another"), b"[]\n", b""):
        file.write_bytes(damaged)
        site.changed(site.model, other_names=[{"name": f"Named {len(damaged)}"}])
        lines_made.clear()
        assert read(client.get(ALL)) == made_anew(today())[0]
        assert set(lines_made) == {site.event.key, site.other.key} or damaged == whole[:-20]


def test_what_did_not_change_is_the_same_object() -> None:
    site = Site()
    before, facts, assessed = kept.records(), event_facts(), ledger(DAY).access.assessments
    other = AccessEvent.objects.exclude(pk=site.event.pk).get()

    site.changed(site.event, access_days=20)

    after = kept.records()
    assert after[AccessEvent].by_key[other.key] is before[AccessEvent].by_key[other.key]
    assert after[Source] is before[Source]
    assert event_facts()[other.key] is facts[other.key]
    assert event_facts()[site.event.key].access_days == 20
    assert ledger(DAY).access.assessments[site.second.key] is assessed[site.second.key]
    assert ledger(DAY).access.assessments[site.model.key] is not assessed[site.model.key]


def test_a_row_of_two_versions_finds_what_the_version_that_is_read_says() -> None:
    site = Site()
    with kept.one_version():
        old = kept.records()
        lab, event = old[Lab].by_key[site.lab.key], old[AccessEvent].by_key[site.event.key]
        site.changed(site.event, citations=[*state_of(site.event)["citations"], _more()])
        new = Records(before=old)

        assert new.follows_on
        assert new[Lab].by_key[lab.key] is lab
        assert new[AccessEvent].by_key[event.key] is not event
        assert next(each for each in lab.events.all() if each == event) is event
        assert len(event.citations.all()) == 1
        assert event.citations.all()[0].record is event
    kept._newest = None
    with kept.one_version():
        kept.store()._records = new
        renewed = next(each for each in lab.events.all() if each == event)
        assert len(renewed.citations.all()) == 2
        assert renewed.lab is lab
        assert len(event.citations.all()) == 1  # of its own version, while somebody has it
        del old
    with pytest.raises(RuntimeError, match="one_version"):
        event.citations.all()


def _more() -> dict[str, Any]:
    return {"source": factories.source().key, "quote": "Another quote.", "supports": ["results"]}


def is_followed(change: Callable[[], Any]) -> bool:
    before = kept.records()
    change()
    after = kept.records()
    assert after is not before
    assert said(after) == said(Records())
    return after.follows_on


def test_all_is_read_where_the_histories_do_not_tell_what_changed() -> None:
    site = Site()

    def rolled_back() -> None:
        with transaction.atomic():
            site.changed(site.lab, name="E lab")
            kept.records()
            transaction.set_rollback(True)
        site.changed(site.lab, name="D lab")

    def by_hand() -> None:
        Lab.objects.bulk_create([Lab(key="by-hand", name="By hand", status="published")])
        site.published(factories.lab(status="draft"))

    def very_many() -> None:
        for _ in range(25):
            renew_stamp()

    assert is_followed(lambda: site.changed(site.event, summary="Better."))
    assert not is_followed(lambda: add_snapshot(source=site.source, text="It says this.", taken_on=DAY, by=None))
    assert is_followed(lambda: site.changed(site.lab, name="C lab"))
    assert not is_followed(rolled_back)
    assert not is_followed(by_hand)
    assert not is_followed(rebuild_search_index)
    assert not is_followed(very_many)


def test_a_change_that_belongs_to_an_earlier_version_is_listed_too() -> None:
    site = Site()
    site.changed(site.event, summary="We read it again.")
    before = all_changes()
    with transaction.atomic():
        site.changed(site.source, publisher="Somebody else")
        Proposal.objects.of(site.source).update(data_version=before[0].version)
    assert [change.record_key for change in all_changes()] == [site.source.key, *(each.record_key for each in before)]


def test_drafts_are_followed_too() -> None:
    site = Site()
    draft = factories.lab(status="draft")
    assert is_followed(renew_stamp)

    def sent() -> None:
        review.submit(record=draft, by=site.ada)
        renew_stamp()

    def deleted() -> None:
        review.reject(proposal=draft_proposal(), by=site.ed, note="No.")
        review.delete_draft(record=Lab.objects.get(pk=draft.pk), by=site.ada)
        renew_stamp()

    def draft_proposal() -> Any:
        return Proposal.objects.of(draft).get()

    assert is_followed(sent)
    assert kept.records()[Lab].by_pk[draft.pk].status == "in_review"
    assert is_followed(deleted)
    assert draft.pk not in kept.records()[Lab].by_pk
