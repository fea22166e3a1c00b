"""The index of the search: the texts of all public records and of nothing else, whatever made them public."""

import datetime as dt
import importlib
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import QuerySet

from labs.actions import review, snapshots
from labs.actions.batches import decide_each
from labs.actions.signatures import set_public_name
from labs.actions.versions import rebuild_search_index, renew_stamp
from labs.models import DataVersion, Edition, Lab, SearchText, Source, Stamp
from labs.models.base import Citation
from labs.models.marks import changed_since
from labs.models.registry import RecordKind, record_kinds
from labs.models.search import search_row, texts_of
from labs.queries import search
from labs.queries.kept import at_version, forget
from labs.queries.search import _indexed, all_texts, found, matching_keys
from labs.rules.search_words import read_search
from tests import factories, people
from tests.labs.test_merging import RELATION_IDS, RELATIONS, pair

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)
FIELDS = ("kind", "record", "part", "key", "field", "known_from", "words", "tokens")
SEARCHES = [
    "UK AISI", "gpt5", "GPT‑4o", '"GPT-4"', "red teaming", "red-teaming", "redteaming", "ARC Evals", "AWS", "the", "a",
    "METR gpt-4", "Google DeepMind", "seoul commitments 2024", "metr.org", "https://metr.org/", "open ai safe",
    "METR was given access to the model by OpenAI before its release in order to evaluate it", "s t e m c o",
]  # fmt: skip


def with_lists(kind: RecordKind) -> QuerySet:
    """The records of a kind, with their lists and parts and the cited sources in few queries."""
    cited = [f"{name}__source" for name, model in kind.parts.items() if issubclass(model, Citation)]
    return kind.model._default_manager.prefetch_related(*kind.relations, *cited)


def should_be() -> set[tuple]:
    """What the index should hold, straight from the rows of public records."""
    rows = [
        search_row(text)
        for kind in record_kinds()
        for record in with_lists(kind).filter(status="published")
        for text in texts_of(record)
    ]
    return {tuple(getattr(row, name) for name in FIELDS) for row in rows}


def is_complete() -> bool:
    held = list(SearchText.objects.values_list(*FIELDS))
    return len(held) == len(set(held)) and set(held) == should_be() and held_by_database() == len(held)


def held_by_database() -> int:
    """How many texts the index of the database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO labs_searchtext_fts (labs_searchtext_fts, rank) VALUES ('integrity-check', 1)")
            cursor.execute("SELECT count(*) FROM labs_searchtext_fts")
        else:
            cursor.execute("SELECT count(*) FROM labs_searchtext WHERE vector = tokens::tsvector")
        return cursor.fetchone()[0]


def test_the_shipped_records_are_in_the_index(records):
    assert is_complete()
    assert {row.kind for row in SearchText.objects.all()} == {
        kind.slug for kind in record_kinds() if kind.model._default_manager.published().exists()
    }


def publishing(ada, ed) -> None:
    event = factories.access_event(status="draft", summary="A summary of a draft.")
    for record in (event.lab, event.model, *event.evaluators.all(), *(each.source for each in event.citations.all())):
        type(record).objects.filter(pk=record.pk).update(status="published")
    review.accept(proposal=review.submit(record=event, by=ada), by=ed)


def renaming(ada, ed) -> None:
    lab = factories.lab(name="Old Name")
    review.accept(proposal=review.propose(record=lab, state={"name": "New"}, reason="Renamed.", by=ada), by=ed)


def dating_a_source(ada, ed) -> None:
    event = factories.access_event(status="published")
    source = event.citations.first().source
    state = {"published_on": "2020-01-02", "title": "Another title"}
    review.accept(proposal=review.propose(record=source, state=state, reason="Its date.", by=ada), by=ed)


def several_at_once(ada, ed) -> None:
    labs = [factories.lab() for _ in range(2)]
    changes = [review.propose(record=lab, state={"name": f"New {lab}"}, reason="R.", by=ada) for lab in labs]
    decide_each(accept=[(change, "") for change in changes], by=ed)


def withdrawing_and_publishing_again(ada, ed) -> None:
    lab = factories.lab(name="Gone Away")
    review.accept(proposal=review.propose_withdrawal(record=lab, reason="Not one.", by=ada), by=ed)
    assert not SearchText.objects.filter(words__contains="gone").exists()
    lab.refresh_from_db()
    review.accept(proposal=review.submit(record=lab, by=ada), by=people.editor())


def what_moves_no_figure(ada, ed) -> None:
    event = factories.access_event(status="published")
    review.mark_checked(record=event, by=ed)
    source = event.citations.first().source
    snapshots.add_snapshot(source=source, text="Quite another text.", taken_on=dt.date(2026, 1, 1), by=ed)
    set_public_name(person=ed, name="Ed")


def a_refused_change(ada, ed) -> None:
    review.reject(proposal=review.submit(record=factories.lab(status="draft"), by=ada), by=ed, note="No.")
    renaming(ada, ed)


WAYS: list[Callable] = [
    publishing,
    renaming,
    dating_a_source,
    several_at_once,
    withdrawing_and_publishing_again,
    what_moves_no_figure,
    a_refused_change,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_changes_the_public_records_changes_the_index_with_it(empty_database, way):
    rebuild_search_index()  # from here on only what changes is indexed again
    way(people.researcher(), people.editor())
    assert SearchText.objects.exists()
    assert is_complete()


@pytest.mark.parametrize(("model", "name"), RELATIONS, ids=RELATION_IDS)
def test_a_merger_and_its_undoing_change_the_index(empty_database, model, name):
    ada, ed = people.editor(), people.editor()
    loser, winner = pair(model)
    rebuild_search_index()
    merger = review.propose_merger(loser=loser, winner=winner, reason="They are one.", by=ada)
    review.accept(proposal=merger, by=ed)
    assert is_complete()
    assert not SearchText.objects.filter(key=loser.key, words=loser.key.replace("-", " ")).exists()

    merger.refresh_from_db()
    review.accept(proposal=review.propose_undoing(merger=merger, reason="They are two.", by=ada), by=ed)
    assert is_complete()


def test_loading_files_changes_the_index(empty_database, tmp_path):
    factories.lab(key="one", name="One")
    rebuild_search_index()
    file = tmp_path / "labs.json"
    call_command("dumpdata", "labs.lab", natural_foreign=True, natural_primary=True, output=str(file), verbosity=0)
    file.write_text(file.read_text().replace('"One"', '"Another"'))
    call_command("loaddata", str(file), verbosity=0)

    assert is_complete()
    assert SearchText.objects.filter(words="another").exists()


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_nothing_that_is_not_public_is_ever_in_the_index(empty_database, status):
    factories.access_event(status=status, summary="Zzhidden.", withdrawn_because="Zzhidden.")
    rebuild_search_index()
    assert not SearchText.objects.filter(kind="access-event").exists()
    assert not SearchText.objects.filter(words__contains="zzhidden").exists()


def test_a_command_makes_the_index_anew(records, capsys):
    SearchText.objects.all().delete()
    call_command("rebuild_search_index")
    assert is_complete()
    assert f"{SearchText.objects.count()} texts" in capsys.readouterr().out


def test_a_database_that_was_never_indexed_is_indexed_with_the_next_change(records):
    SearchText.objects.all().delete()
    Stamp.objects.update(indexed={})
    renaming(people.researcher(), people.editor())
    assert is_complete()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", ["0014_search_index", "0001_squashed_0019_what_a_stamp_follows"])
def test_an_sqlite_without_fts5_is_refused_in_words(name):
    migration = importlib.import_module(f"labs.migrations.{name}")

    class Editor:
        connection = connection

        def execute(self, statement: str) -> None:
            raise OperationalError("no such module: fts5")

    with pytest.raises(OperationalError, match="SQLite has no FTS5"):
        migration.make_index(None, Editor())


# --- the candidates of the database ---------------------------------------------------------------------------------


def places_of(texts, typed: str) -> set[tuple]:
    asked = read_search(typed)
    least = asked.all_words if asked.is_sentence else 1
    return {(text.kind, text.key, text.field, text.part) for text in texts if asked.words_in(text.words) >= least}


@pytest.mark.parametrize("day", [TODAY, dt.date(2024, 5, 24)], ids=str)
def test_the_database_has_every_text_that_the_rule_finds(records, day):
    known = [text for text in all_texts() if text.is_known(day)]
    for typed in SEARCHES:
        assert places_of(_indexed(read_search(typed), day), typed) == places_of(known, typed), typed


def test_the_results_are_the_same_without_the_index(records, monkeypatch):
    by_index = {typed: found(typed, TODAY) for typed in SEARCHES}
    monkeypatch.setattr(search, "_index_now", lambda: None)
    for typed, expected in by_index.items():
        assert keys_of(found.__wrapped__(typed, TODAY)) == keys_of(expected), typed


def keys_of(hits) -> dict[str, list[str]]:
    """The keys that a search found, by kind."""
    return {kind: [hit.key for hit in each] for kind, each in hits.items()}


def test_the_index_is_used_where_it_is_of_the_records_that_are_read(records):
    found("metr", TODAY)
    assert search._index_now().is_of_now
    factories.lab(name="Written past the actions")
    assert not search._index_now().is_of_now
    assert matching_keys(Lab, "written past", TODAY)


def test_of_older_records_the_texts_of_then_are_searched(empty_database):
    Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 8, 31))
    lab = factories.lab(name="Before")
    rebuild_search_index()
    call_command("loaddata", "editions", verbosity=0)
    past = DataVersion.objects.latest()
    ada, ed = people.researcher(), people.editor()
    review.accept(
        proposal=review.propose(record=lab, state={"name": "After"}, reason="R.", by=ada, is_correction=True), by=ed
    )

    assert matching_keys(Lab, "after", TODAY) == {lab.key}
    with at_version(past):
        assert matching_keys(Lab, "before", TODAY) == {lab.key}
        assert matching_keys(Lab, "after", TODAY) == frozenset()


def test_of_older_records_the_index_finds_what_all_texts_of_then_say(empty_database, monkeypatch):
    Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 8, 31))
    first, other, gone = (factories.access_event(citations=()) for _ in range(3))
    late = factories.source(published_on="2024-08", read_on=dt.date(2024, 9, 1))
    moved = factories.citation(first, quote="The moved words of a tester.")
    factories.citation(other, source=late, quote="The late words of a lab.")
    factories.citation(gone, quote="The withdrawn words of a lab.")
    removed = factories.citation(other, quote="The removed words of a tester.")
    factories.citation(factories.access_event(citations=()), quote="The same words of a lab.")
    lab = factories.lab(name="Before")
    rebuild_search_index()
    call_command("loaddata", "editions", verbosity=0)
    past = DataVersion.objects.latest()
    moved.record, late.published_on, lab.name = other, "2024-05", "After"
    gone.status, gone.withdrawn_because = "withdrawn", "It was another."
    for each in (moved, gone, late, lab):
        each.save()
    removed.delete()
    factories.citation(factories.access_event(citations=()), quote="The new words of a lab.")
    renew_stamp()

    typed = (
        *("moved words", "late words", "withdrawn words", "removed words", "same words", "new words"),
        *("before", "after"),
    )
    there = dict.fromkeys(typed, True) | dict.fromkeys(("new words", "after"), False)
    for day, expected in ((TODAY, there), (dt.date(2024, 6, 25), there | {"late words": False})):
        with at_version(past):
            by_index = {each: keys_of(found(each, day)) for each in typed}
        assert {each: bool(hits) for each, hits in by_index.items()} == expected
        forget()
        with monkeypatch.context() as patched, at_version(past):
            patched.setattr(search, "_index_now", lambda: None)
            assert {each: keys_of(found(each, day)) for each in typed} == by_index
        forget()


def test_of_a_table_without_a_mark_all_saves_count():
    lab = factories.lab()
    marks = Stamp.objects.values_list("indexed", flat=True).get()
    without = {table: mark for table, mark in marks.items() if table != "labs.lab"}
    assert lab.pk in changed_since(marks, without)[Lab]
    assert set(changed_since(marks, marks)) <= {Source}
