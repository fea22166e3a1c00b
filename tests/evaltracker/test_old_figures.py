"""Figures of an older data version: the same bytes as when it was the newest, for an explicit day."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from commitments.models import Commitment
from labs.actions import review
from labs.actions.batches import decide_each
from labs.actions.versions import raise_data_version
from labs.models import AccessEvent, AIModel, DataVersion, Edition, Lab, Record, Source
from labs.models.registry import kind_of, record_kinds, tables_with_history
from labs.models.states import state_of
from labs.queries import kept
from labs.queries.records import Records
from labs.rules.method import METHOD_VERSION
from labs.web import old_figures
from tests import factories, people
from tests.test_urls import PLAIN

pytestmark = pytest.mark.django_db

FILES = [
    "/labs.csv?as_of=2026-08-31&window=24",
    "/commitments/verdicts.csv?as_of=2026-10-01",
    "/headline.csv?as_of=2026-08-31",
]


@pytest.fixture(autouse=True)
def folder(kept_figures) -> Path:
    return kept_figures


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def changed(record: Record, **state: Any) -> None:
    proposal = review.propose(record=record, state=state, reason="Read again.", by=people.editor())
    review.accept(proposal=proposal, by=people.editor(), unfound_because="It stands.")


def renamed(name: str) -> None:
    changed(Lab.objects.get(key="openai"), name=name)


def rows_of(found: Records) -> dict[type[models.Model], Any]:
    """All that public records hold, with their parts and lists, in order."""
    return {
        kind.model: [
            (
                record.key,
                record.status,
                record.changed_at,
                record.checked_on,
                record.checked_by_id,
                record.withdrawn_because,
                state_of(record, {name: getattr(record, name).all() for name in kind.relations}),
                [str(field) for field in _bounds(record)],
            )
            for record in found[kind.model].published
        ]
        for kind in record_kinds()
    }


def _bounds(record: Record) -> list[Any]:
    return [getattr(record, field.attname) for field in record._meta.concrete_fields if field.name.endswith("est")]


def many_changes() -> list[Callable[[], None]]:
    """Changes of every sort, each accepted at the desk: one version each."""
    ada, editor = people.researcher(), people.editor()
    labs = [factories.lab(name=f"Old lab {number}", complete_to=dt.date(2026, 8, 31)) for number in (1, 2)]
    event = factories.access_event(lab=labs[0], model=factories.ai_model(lab=labs[0], released_on="2026-03-01"))
    promise = factories.commitment(labs=[labs[0]])
    sources = [factories.source(lab=labs[0]) for _ in range(2)]
    testers = [factories.evaluator() for _ in range(2)]
    other_event = factories.access_event(lab=labs[1], model=factories.ai_model(lab=labs[1], released_on="2026-04-01"))
    draft = factories.access_event(
        status="draft", lab=labs[0], model=factories.ai_model(lab=labs[0], released_on="2026-05-01")
    )
    raise_data_version("Rows of a test.")

    def of(record: Record) -> Any:
        return type(record).objects.get(pk=record.pk)

    def cites_more(record: Record, source: Source) -> None:
        citations = [*state_of(of(record))["citations"]]
        citations.append({"source": source.key, "quote": "More words.", "supports": ["summary"]})
        changed(of(record), citations=citations)

    def merges(loser: Record, winner: Record) -> None:
        proposal = review.propose_merger(loser=of(loser), winner=of(winner), reason="One and the same.", by=editor)
        review.accept(proposal=proposal, by=people.editor())

    def withdraws(record: Record) -> None:
        proposal = review.propose_withdrawal(record=of(record), reason="It was none.", by=ada)
        review.accept(proposal=proposal, by=editor)

    return [
        lambda: changed(of(labs[0]), name="New lab 1", other_names=[{"name": "Lab one"}]),
        lambda: changed(of(event), no_safety_filters="unknown", timing="unknown"),
        lambda: cites_more(event, sources[0]),
        lambda: changed(of(promise), labs=sorted(lab.key for lab in labs)),
        lambda: changed(of(promise), labs=[labs[1].key]),
        lambda: changed(of(event), lowered_to="disputed", lowered_because="They deny it."),
        lambda: review.accept(proposal=review.submit(record=of(draft), by=ada), by=editor) and None,
        lambda: changed(
            of(event),
            participations=[{"evaluator": each.key, "lowered_to": "as_event"} for each in testers],
        ),
        lambda: merges(testers[0], testers[1]),
        lambda: merges(sources[0], sources[1]),
        lambda: merges(labs[0], labs[1]),
        lambda: changed(of(labs[1]), complete_to="2026-03-31"),
        lambda: changed(of(other_event.model), released_on="2026-04"),
        lambda: withdraws(other_event),
        lambda: renamed("OpenAI LP"),
        lambda: (
            Edition.objects.create(version="2027.01", complete_to=dt.date(2026, 9, 30))
            and raise_data_version()
            and None
        ),
        lambda: renamed("OpenAI again"),
    ]


def test_every_version_is_read_again_as_it_was_row_by_row_and_byte_by_byte(client, records):
    """Publish changes of every sort; then ask for each version, and compare."""
    seen: dict[str, tuple[Any, dict[str, bytes]]] = {}
    for change in [lambda: None, *many_changes()]:
        change()
        version = str(DataVersion.objects.latest())
        assert version not in seen, "this change made no version of its own"
        seen[version] = rows_of(Records()), {url: body(client.get(url)) for url in FILES}
    assert len(seen) == 18
    assert len({tuple(files.values()) for _, files in seen.values()}) > 10

    for version, (rows, files) in seen.items():
        past = next(each for each in DataVersion.objects.all() if str(each) == version)
        for model, found in rows_of(Records(past)).items():
            assert found == rows[model], (version, model)
        for url, wanted in files.items():
            response = client.get(f"{url}&data_version={version}&method_version={METHOD_VERSION}")
            assert body(response) == wanted, (version, url)
            assert response["Data-Version"] == version
            assert f"data-{version}-method-{METHOD_VERSION}.csv" in response["Content-Disposition"]


NOT_COMPARED = ("report/", "report/received/", "data/check/")
"""Pages without records, and one that compares versions itself."""


def without_banner(response) -> str | bytes:
    """What was answered, without the banner of an older version and the tokens of forms."""
    if not response["Content-Type"].startswith(("text/", "application/json", "application/atom")):
        return body(response)
    text = re.sub(r"<aside [^>]*Older data version.*?</aside>", "", body(response).decode(), flags=re.DOTALL)
    text = re.sub(r'name="(csrfmiddlewaretoken|started)" value="[^"]*"', "", text)
    return " ".join(text.split())


def difference(one: str | bytes, other: str | bytes) -> tuple[str | bytes, str | bytes]:
    """What stands round the first place at which two answers differ."""
    place = next((at for at, (this, that) in enumerate(zip(one, other, strict=False)) if this != that), 80)
    return one[place - 80 : place + 80], other[place - 80 : place + 80]


def with_versions(path: str, asked: dict[str, str]) -> str:
    return f"{path}{'&' if '?' in path else '?'}{urlencode(asked)}"


@pytest.mark.answers
def test_every_page_and_file_of_an_older_version_is_as_it_was_when_that_was_the_newest(client, records, files_as_text):
    parties = [factories.evaluator(), factories.source()]
    changes = many_changes()
    of_records = [
        each.get_absolute_url()
        for each in (
            *parties,
            Lab.objects.get(key="openai"),
            *Lab.objects.filter(name__startswith="Old lab"),
            AccessEvent.objects.latest("pk"),
            AIModel.objects.latest("pk"),
            Commitment.objects.latest("pk"),
        )
    ]
    paths = [f"/{route}" for route in PLAIN if route not in NOT_COMPARED]
    paths += [*of_records, "/access/?lab=openai&sort=-days", "/labs/compare/?lab=openai&lab=anthropic"]
    seen: dict[str, dict[str, str | bytes]] = {}
    for number, change in enumerate([lambda: None, *changes]):
        change()
        if number in (0, 11, len(changes)):  # what records are at each of them, the test before this one compares
            asked = {"as_of": "2026-10-01", "data_version": str(DataVersion.objects.latest())}
            found = {path: client.get(with_versions(path, asked)) for path in paths}
            seen[asked["data_version"]] = {
                path: without_banner(response) for path, response in found.items() if response.status_code == 200
            }
    assert len(seen) == 3
    assert len({pages["/labs/openai/"] for pages in seen.values()}) > 1
    for version, pages in seen.items():
        assert {"/", "/access/", "/access.csv", "/changes.csv", "/corrections/", "/labs/openai/"} <= pages.keys()
        asked = {"as_of": "2026-10-01", "data_version": version}
        for path, wanted in pages.items():
            response = client.get(with_versions(path, asked))
            said = without_banner(response)
            assert said == wanted, (version, path, difference(said, wanted))
            assert response["Data-Version"] == version


def test_all_tables_of_the_records_are_in_what_a_version_marks(records):
    version = DataVersion.objects.get()
    assert version.marks.keys() == {model._meta.label_lower for model in tables_with_history()}
    assert all(version.marks[f"labs.{name}"] for name in ("edition", "lab", "accessevent", "participation"))
    assert set(version.lists) == {"commitments.commitment.labs", "labs.statement.related_events"}
    assert {model for kind in record_kinds() for model in kind_of(kind.model).parts.values()} <= set(
        tables_with_history()
    )


def test_the_shipped_records_are_read_again_as_they_are(records):
    assert rows_of(Records(DataVersion.objects.get())) == rows_of(Records())


@pytest.mark.answers
def test_the_front_page_of_an_older_version_is_as_it_was_and_says_so(client, records):
    url = f"/?as_of=2026-08-31&data_version=2026.12.0&method_version={METHOD_VERSION}"
    was = client.get(url)
    renamed("OpenAI LP")
    page = client.get(url)

    assert without_banner(page) == without_banner(was)
    assert page["Data-Version"] == "2026.12.0"
    text = " ".join(page.content.decode().split())
    assert "You are reading an older data version." in text
    assert 'href="/?as_of=2026-08-31">See it with the newest, 2026.12.1</a>' in text
    assert "OpenAI LP" not in text
    for newest in ("/?as_of=2026-08-31", "/?as_of=2026-08-31&data_version=2026.12.1"):
        text = client.get(newest).content.decode()
        assert "OpenAI LP" in text
        assert "an older data version" not in text


@pytest.mark.answers
def test_the_links_of_a_fixed_page_to_its_own_figures_stay_fixed_and_that_to_today_leads_to_the_newest(client, records):
    versions = f"data_version=2026.12.0&amp;method_version={METHOD_VERSION}"
    page = client.get(f"/?as_of=2026-08-31&data_version=2026.12.0&method_version={METHOD_VERSION}").content.decode()
    for path in ("/labs.csv", "/headline.csv"):
        assert f'href="{path}?as_of=2026-08-31&amp;{versions}"' in page
    assert '<a href="/">See it as of today</a>' in page
    for url in ("/labs.csv", "/headline.csv"):
        assert f'href="{url}"' in client.get("/").content.decode()


@pytest.mark.answers
def test_the_permalink_of_a_page_names_both_versions(client, records):
    page = client.get("/?as_of=2026-08-31").content.decode()
    wanted = f"/?as_of=2026-08-31&amp;data_version=2026.12.0&amp;method_version={METHOD_VERSION}"
    assert wanted in page
    wanted = f"/access/?lab=openai&amp;as_of=2026-08-31&amp;data_version=2026.12.0&amp;method_version={METHOD_VERSION}"
    assert wanted in client.get("/access/?lab=openai&as_of=2026-08-31").content.decode()


@pytest.mark.answers
@pytest.mark.parametrize("path", ["/labs.csv", "/commitments/verdicts.csv", "/headline.csv", "/"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=2026-08-31&data_version=2026.12.1", "2026.12.0, the newest"),
        ("as_of=2026-08-31&data_version=2026.12", "2026.12.0, the newest"),
        ("as_of=2026-08-31&data_version=", "2026.12.0, the newest"),
        ("as_of=2026-08-31&data_version=%00", "2026.12.0, the newest"),
        ("data_version=2026.12.0", "say which"),
        ("as_of=2026-08-31&data_version=2026.12.0&method_version=99", "no such version of the method"),
        ("as_of=2026-08-31&data_version=2026.12.0&method_version=0", "no such version of the method"),
        ("as_of=2026-08-31&data_version=2026.12.0&method_version=01", "no such version of the method"),
        ("as_of=2026-08-31&method_version=1", "2026.12.0, the newest"),
        ("as_of=2999-01-01&data_version=2026.12.0", "Nobody can know yet"),
        ("as_of=2026-08-31&data_version=2026.12.0&colour=red", "no such parameter"),
        ("as_of=2026-08-31&data_version=2026.12.0&data_version=2026.12.0", "only once"),
    ],
)
def test_what_cannot_be_asked_for_is_a_400_that_says_what_can(client, records, path, query, said):
    response = client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert said in response.content.decode()


@pytest.mark.answers
@pytest.mark.parametrize("path", ["/access/", "/access.csv", "/labs/openai/", "/changes/", "/timeline.csv", "/report/"])
def test_every_page_and_file_refuses_a_data_version_that_there_is_not_and_names_the_newest(client, records, path):
    response = client.get(f"{path}?as_of=2026-08-31&data_version=2026.12.1")
    assert response.status_code == 400
    assert "2026.12.0, the newest" in response.content.decode()
    assert client.get("/nothing/?as_of=2026-08-31&data_version=2026.12.1").status_code == 404
    older = client.get(f"{path}?as_of=2026-08-31&data_version=2026.12.0&method_version={METHOD_VERSION - 1}")
    assert "It was not kept under this version of the method" in older.content.decode()


@pytest.mark.answers
def test_the_desk_takes_no_data_version(client, records):
    client.force_login(people.editor())
    assert client.get("/admin/?data_version=2026.12.1").status_code == 200


@pytest.mark.answers
def test_a_filtered_file_of_a_data_version_is_made_and_not_kept(client, records, folder):
    asked = "country=US&as_of=2026-08-31&data_version=2026.12.0"
    response = client.get(f"/labs.csv?{asked}")
    assert body(response) == body(client.get("/labs.csv?country=US&as_of=2026-08-31"))
    assert files_in(folder) == []
    assert client.get(f"/labs.csv?{asked}&method_version={METHOD_VERSION - 1}").status_code == 400


# What is kept on disk

URL = "/labs.csv?as_of=2026-08-31&data_version=2026.12.0"


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.answers
def test_a_file_is_kept_once_and_fetched_as_it_was_under_a_newer_method(client, records, folder, monkeypatch):
    made = client.get(URL)
    was = body(made)
    assert len(files_in(folder)) == 1
    again = client.get(URL)
    assert (body(again), again["Content-Disposition"]) == (was, made["Content-Disposition"])
    client.get(URL.replace("labs.csv?", "labs.csv?utm_source=x&"))
    assert len(files_in(folder)) == 1

    monkeypatch.setattr(old_figures, "METHOD_VERSION", METHOD_VERSION + 1)
    response = client.get(f"{URL}&method_version={METHOD_VERSION}")
    assert body(response) == was
    assert response["Method-Version"] == str(METHOD_VERSION)
    assert response["Content-Disposition"].endswith(f'-method-{METHOD_VERSION}.csv"')

    for other in (
        f"/labs.csv?as_of=2026-08-30&data_version=2026.12.0&method_version={METHOD_VERSION}",
        f"/?as_of=2026-08-31&data_version=2026.12.0&method_version={METHOD_VERSION}",
        f"{URL}&window=24&method_version={METHOD_VERSION}",
    ):
        refused = client.get(other)
        assert refused.status_code == 400
        assert "It was not kept under this version of the method" in refused.content.decode()


@pytest.mark.answers
def test_without_a_data_version_and_with_own_weights_nothing_is_kept(client, records, folder):
    client.get("/labs.csv?as_of=2026-08-31")
    client.get(f"{URL}&weights=depth:1")
    assert files_in(folder) == []


@pytest.mark.answers
def test_a_command_keeps_what_a_newer_method_cannot_make_again(client, records, folder, monkeypatch, capsys):
    day = "as_of=2026-08-31&data_version=2026.12.0"
    asked = ("/labs.csv?", "/headline.csv?window=24&")
    was = {path: body(client.get(f"{path}{day}")) for path in asked}
    renamed("OpenAI LP")
    call_command("keep_figures", day=["2026-08-31"], data_version="2026.12.0")
    assert "Data version 2026.12.0: 12 files, of 2026-08-31." in capsys.readouterr().out
    call_command("keep_figures")
    assert f"Data version 2026.12.1: 24 files, of {timezone.localdate()}, 2026-08-31." in capsys.readouterr().out
    assert len(files_in(folder)) == 36

    monkeypatch.setattr(old_figures, "METHOD_VERSION", METHOD_VERSION + 1)
    for path, wanted in was.items():
        assert body(client.get(f"{path}{day}&method_version={METHOD_VERSION}")) == wanted


@pytest.mark.answers
@pytest.mark.parametrize(
    ("options", "said"),
    [({"data_version": "2026.12.9"}, "no such data version"), ({"day": ["yesterday"]}, "This is not a day")],
)
def test_the_command_refuses_what_the_site_refuses(records, folder, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("keep_figures", **options)
    assert files_in(folder) == []


@pytest.mark.answers
def test_a_damaged_file_is_made_again_and_never_sent(client, records, folder, caplog):
    was = body(client.get(URL))
    (path,) = files_in(folder)
    path.write_bytes(path.read_bytes().replace(b"openai", b"opensi"))

    assert body(client.get(URL)) == was
    assert "is damaged" in caplog.text


@pytest.mark.answers
def test_a_file_of_another_database_with_the_same_name_of_a_version_is_not_taken(client, records, folder):
    body(client.get(URL))
    version = DataVersion.objects.get()
    version.stamp = "12345678123456781234567812345678"
    version.save()
    kept.forget()
    client.get(URL)
    assert len(files_in(folder)) == 2


@pytest.mark.answers
def test_where_the_folder_cannot_be_written_the_answer_is_given_all_the_same(client, records, folder, caplog):
    folder.write_text("a file where the folder should be")
    assert client.get(URL).status_code == 200
    assert "could not be kept" in caplog.text


@pytest.mark.answers
def test_no_more_is_kept_than_there_is_room_for(client, records, folder, monkeypatch):
    monkeypatch.setattr("labs.actions.kept_figures.MOST_FILES", 1)
    assert client.get(URL).status_code == 200
    assert client.get(URL.replace("08-31", "08-30")).status_code == 200
    assert len(files_in(folder)) == 1
    monkeypatch.setattr("labs.actions.kept_figures.MOST_FILES", 9)
    monkeypatch.setattr("labs.actions.kept_figures.LEAST_FREE", 1 << 80)
    client.get(URL.replace("08-31", "08-29"))
    assert len(files_in(folder)) == 1


def test_what_is_accepted_together_is_one_version_in_the_figures_too(client, records):
    labs = [factories.lab(status="draft") for _ in range(2)]
    ada = people.researcher()
    decide_each(accept=[(review.submit(record=lab, by=ada), "") for lab in labs], by=people.editor())
    versions = {client.get(url)["Data-Version"] for url in FILES}
    assert versions == {"2026.12.1"}
    assert all(lab.key.encode() not in body(client.get(URL)) for lab in labs)
    assert all(lab.key.encode() in body(client.get(URL.replace("12.0", "12.1"))) for lab in labs)
    assert AccessEvent.objects.exists()
