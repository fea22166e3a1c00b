"""The public sees published records only: on every page, in every download, in every score."""

import datetime as dt
import io
import zipfile
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from django.utils.html import strip_tags

from commitments.models import Commitment
from commitments.queries import ledger
from commitments.rules.scorecards import headline, scorecards
from labs.models import AccessEvent, AIModel, Alias, Evaluator, Lab, Record, Signature, Source
from labs.rules.access import Window
from tests import factories
from tests.evaltracker.pages import rows_of_csv
from tests.test_urls import OF_A_RECORD, PLAIN, RECORDS, read

pytestmark = pytest.mark.django_db

HIDDEN = "zzhidden"
STATUSES = ("draft", "in_review", "withdrawn")
TODAY = dt.date(2026, 11, 26)


def hide(status: str) -> list[Record]:
    """One record of each kind that is not public, with parts; all say so in names, quotes and keys.

    Each belongs to a public record where it can: lists of those would show it.
    """
    why = {"status": status, "withdrawn_because": f"{HIDDEN} because"} if status == "withdrawn" else {"status": status}

    def named(kind: str, **fields: str) -> dict[str, str]:
        words = f"{HIDDEN} {status} {kind}"
        return {"key": words.replace(" ", "-").replace("_", "-"), **dict.fromkeys(fields, words), **why}

    openai = Lab.objects.get(key="openai")
    gpt = AIModel.objects.get(key="gpt-4")
    metr = Evaluator.objects.get(key="metr")
    card = Source.objects.get(key="gpt-4-system-card")
    lab = factories.lab(**named("lab", name=""))
    lab.other_names.create(name=f"{HIDDEN} other name")
    evaluator = factories.evaluator(**named("evaluator", name="", note=""))
    evaluator.former_names.create(name=f"{HIDDEN} former name")
    source = factories.source(lab=openai, **named("source", title="", publisher=""))
    model = factories.ai_model(lab=openai, variant_of=gpt, cited=False, **named("model", name=""))
    model.other_names.create(name=f"{HIDDEN} other name")
    another = factories.ai_model(
        lab=openai,
        cited=False,
        released_on="2026-06-01",
        **{
            **named("model", name=""),
            "key": f"{HIDDEN}-{status}-another".replace("_", "-"),
            "name": f"{HIDDEN} {status}",
        },
    )
    quote = {"supports": ["evaluators", "activity", "timing"], "quote": f"{HIDDEN} {status} quote"}
    events = [
        factories.access_event(
            model=of,
            evaluators=[metr, evaluator],
            citations=[{"source": card, **quote}],
            started_on="2022-12",
            **named("event", summary="") | {"key": f"{HIDDEN}-{status}-event-{place}".replace("_", "-")},
        )
        for place, of in enumerate((gpt, another, None))
        if of is not None
    ]
    events.append(
        factories.access_event(
            lab=openai,
            model=None,
            evaluators=[metr],
            citations=[{"source": card, **quote}],
            **named("event", summary="") | {"key": f"{HIDDEN}-{status}-event-none".replace("_", "-")},
        )
    )
    promise = factories.commitment(
        labs=[openai],
        counterparty=metr,
        citations=[{"source": card, "supports": ["quote"], "quote": f"{HIDDEN} {status} quote"}],
        **named("commitment", title="", quote="", scope=""),
    )
    reply = factories.reply(
        lab=openai,
        by_lab=openai,
        asked_on=None,
        question="",
        answered_on=dt.date(2025, 1, 2),
        **named("reply", text=""),
    )
    return [lab, evaluator, source, model, another, *events, promise, reply]


def figures() -> list:
    """Every scorecard of every window, and the headlines, as exact values."""
    found = []
    for day in (dt.date(2024, 5, 24), TODAY):
        day_ledger = ledger(day)
        labs = list(Lab.objects.filter(status="published").values_list("key", flat=True))
        names = {key: key for key in labs}
        for window in Window:
            found.append(headline(day_ledger, window))
            found += [
                (card.lab, card.score, card.counts, card.coverage) for card in scorecards(day_ledger, names, window)
            ]
    return found


def addresses() -> list[str]:
    """Every public address that needs no record, and all pages of the records nearby."""
    nearby = {
        "labs": "openai",
        "models": "gpt-4",
        "evaluators": "metr",
        "access": "gpt-4-arc-evals",
        "sources": "gpt-4-system-card",
        "commitments": Commitment.objects.filter(status="published", labs__key="openai").first().key,
    }
    found = [f"/{route}" for route in PLAIN]
    found += [
        "/" + route.replace("<slug:key>", nearby[route.split("/")[0]])
        for route in OF_A_RECORD
        if route.split("/")[0] in nearby
    ]
    return [*found, "/labs/compare/?lab=openai&lab=anthropic", "/access/?lab=openai", f"/access/?q={HIDDEN[2:]}"]


def body_of(client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    content = read(response)
    if content.startswith(b"PK"):
        packed = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(packed.read(name) for name in packed.namelist())
    return unescape(content.decode(errors="replace"))


def test_what_is_not_public_shows_nowhere(client, records, files_as_text):
    before = figures()
    for status in STATUSES:
        hide(status)

    # What was known on a past day is told from today's by rules, which no database answers: those are asked of one.
    days = ["", "2026-11-26", "2024-09-01"] if connection.vendor == "sqlite" else [""]
    for address in addresses():
        # What is packed is made of the same records on each day (tests/evaltracker/test_package.py).
        is_packed = address.partition("?")[0].endswith((".zip", ".sqlite", ".parquet"))
        for day in days[: 1 if is_packed else 3]:
            joint = "&" if "?" in address else "?"
            url = f"{address}{joint}as_of={day}" if day else address
            assert HIDDEN not in body_of(client, url).replace(f"q={HIDDEN[2:]}", ""), url
    assert figures() == before


def test_what_is_not_public_changes_no_row_and_no_number_of_a_download(client, records):
    """Counts give away no name, so the walk above cannot see them."""
    addresses = [f"/{route}" for route in PLAIN if route.endswith(".csv")]

    def downloads() -> dict[str, bytes]:
        return {address: read(client.get(address)) for address in addresses}

    before = downloads()
    for status in STATUSES:
        hide(status)

    after = downloads()
    assert [address for address in addresses if after[address] != before[address]] == []


def test_what_is_not_public_changes_no_number_on_the_home_page(client, records):
    def numbers() -> dict:
        context = client.get("/").context
        return {"headline": context["headline"], "labs": rows_of_csv(client, "/labs.csv")}

    before = numbers()
    for status in STATUSES:
        hide(status)

    assert numbers() == before


def test_the_records_that_are_hidden_here_would_show_if_they_were_public(client, records):
    """The first test could not fail if its records showed nowhere anyway."""
    for record in hide("in_review"):
        type(record).objects.filter(pk=record.pk).update(status="published")

    lists = {f"/{kind}.csv" for kind in ("labs", "models", "access", "commitments", "sources", "evaluators", "replies")}
    pages = {"/", "/labs/", "/timeline/", "/commitments/matrix/"}
    nearby = {"/labs/openai/", "/models/gpt-4/", "/evaluators/metr/", "/sources/gpt-4-system-card/"}
    assert lists | pages | nearby <= set(addresses())
    for url in sorted(lists | pages | nearby):
        assert HIDDEN in body_of(client, url), url


MAKERS = {
    Lab: factories.lab,
    AIModel: factories.ai_model,
    Evaluator: factories.evaluator,
    Source: factories.source,
    AccessEvent: factories.access_event,
    Commitment: factories.commitment,
}
KINDS = pytest.mark.parametrize("model", RECORDS.values(), ids=RECORDS)


@KINDS
@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_a_record_on_its_way_has_no_page(client, model, status):
    record = MAKERS[model](status=status)

    assert client.get(record.get_absolute_url()).status_code == 404


@KINDS
def test_a_withdrawn_record_says_so_and_why(client, model):
    day = timezone.make_aware(dt.datetime(2026, 11, 12, 9))
    record = MAKERS[model](status="withdrawn", withdrawn_because="It was <another> model.", changed_at=day)

    response = client.get(record.get_absolute_url())

    body = response.content.decode()
    assert response.status_code == 410
    assert str(record) in unescape(body)
    assert "It was &lt;another&gt; model." in body
    assert "12 November 2026" in body
    assert client.get(record.get_absolute_url(), {"as_of": "2025-01-01"}).status_code == 410


def test_a_withdrawn_event_is_named_as_its_page_named_it(client):
    event = factories.access_event(status="withdrawn", withdrawn_because="It was another model.")

    title = f"{event.evaluators.get()}: model evaluation of {event.model}"
    assert f"<h1>{title}</h1>" in unescape(client.get(event.get_absolute_url()).content.decode())


@KINDS
def test_a_key_that_a_merger_left_behind_leads_to_the_record_that_it_became(client, model):
    winner = MAKERS[model]()
    Alias.objects.create(
        content_type=ContentType.objects.get_for_model(model), key="old-key", name="Old", object_id=winner.pk
    )
    old = winner.get_absolute_url().replace(winner.key, "old-key")

    response = client.get(old, {"as_of": "2026-01-01", "window": "all"})

    assert response.status_code == 301
    assert response["Location"] == f"{winner.get_absolute_url()}?as_of=2026-01-01&window=all"
    assert client.get(old)["Location"] == winner.get_absolute_url()


@KINDS
def test_an_alias_of_another_kind_leads_nowhere(client, model):
    other = Source if model is Lab else Lab
    Alias.objects.create(
        content_type=ContentType.objects.get_for_model(other), key="old-key", name="Old", object_id=MAKERS[other]().pk
    )
    address = MAKERS[model]().get_absolute_url()

    assert client.get(address.rsplit("/", 2)[0] + "/old-key/").status_code == 404


def check_line(client, record: Record) -> str:
    """What the page of a record says about its last check, in one line."""
    body = client.get(record.get_absolute_url()).content.decode()
    (line,) = [
        each
        for each in body.splitlines()
        if "hecked" in each and "The records are those" not in each and 'class="note"' in each
    ]
    return unescape(strip_tags(line)).strip()


def checked(model: type[Record], /, **changes) -> Record:
    editor = get_user_model().objects.create_user("editor", first_name="Erika", last_name="Editor")
    return MAKERS[model](checked_on=dt.date(2026, 11, 12), checked_by=editor, **changes)


@KINDS
def test_a_page_says_when_its_record_was_checked_and_by_which_role(client, model):
    record = checked(model)

    assert check_line(client, record) == "Checked by an editor on 12 November 2026. Next check due by 11 May 2027."
    page = client.get(record.get_absolute_url()).content.decode()
    assert not [name for name in ("Erika", "Editor", "editor@") if name in page]


@KINDS
def test_a_page_names_who_checked_its_record_only_where_they_agreed(client, model):
    record = checked(model)
    Signature.objects.create(person=record.checked_by, name="E. Editor")

    assert check_line(client, record).startswith("Checked by E. Editor, an editor, on 12 November 2026.")


@pytest.mark.parametrize("model", [AIModel, AccessEvent], ids=["models", "access"])
def test_a_new_release_and_its_events_are_checked_again_sooner(client, model):
    released_on = timezone.localdate().isoformat()
    of = {"released_on": released_on} if model is AIModel else {"model": factories.ai_model(released_on=released_on)}

    assert check_line(client, checked(model, **of)).endswith("Next check due by 12 December 2026.")


@KINDS
def test_a_page_claims_no_check_that_nobody_made(client, model):
    line = check_line(client, MAKERS[model]())

    assert line.startswith("Not checked by a second person since it came in")
