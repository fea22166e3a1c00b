"""The public changes: what the list, the corrections, the CSV, each record's page and the front page say of them."""

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labs.actions import review
from labs.choices import Stage
from labs.models import Alias, Edition, Evaluator, Signature
from labs.models.registry import record_kinds
from labs.models.states import state_of
from labs.queries.changes import HISTORY_SHOWN
from tests import factories
from tests.evaltracker.pages import query_count, rows_of_csv, source_of, text_of
from tests.published import header

pytestmark = pytest.mark.django_db


# The list


def test_a_change_is_listed_with_its_record_old_and_new_reason_and_moment(client, public):
    lab = factories.lab(name="Lab A")
    public(lab, before={"name": "Lab B"}, after={"name": "Lab A"}, reason="It renamed itself.")
    page = text_of(client, "/changes/")
    assert "1 change, recorded up to" in page
    assert "1 March 2026, 12:00 UTC change Lab A lab Name was Lab B now Lab A Why It renamed itself." in page
    assert f'href="/labs/{lab.key}/"' in source_of(client, "/changes/")


@pytest.mark.parametrize("stage", [Stage.IN_REVIEW, Stage.SENT_BACK, Stage.REJECTED])
@pytest.mark.parametrize("address", ["/changes/", "/corrections/", "/changes.csv", "/corrections.csv", "/", "record"])
def test_what_nobody_accepted_shows_nowhere(client, public, stage, address):
    lab = factories.lab(name="Lab A")
    public(lab, stage=stage.value, reason="Waits for somebody.", note="Not so.", is_correction=True)
    response = client.get(f"/labs/{lab.key}/" if address == "record" else address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    for words in ("Waits for somebody", "Old words", "New words", "Not so."):
        assert words not in body.decode()


def test_the_newest_change_comes_first(client, public):
    lab = factories.lab()
    for number in range(3):
        public(lab, reason=f"Reason {number}.")
    page = text_of(client, "/changes/")
    assert page.index("Reason 2.") < page.index("Reason 1.") < page.index("Reason 0.")


def test_every_kind_of_change_says_what_happened(client, public):
    winner, loser = factories.lab(name="Winner", key="winner"), factories.lab(name="Loser", key="loser")
    public(winner, kind="publish", after=state_of(winner), reason="First publication.")
    public(loser, kind="merge", before=state_of(loser), after={"into": "winner"}, reason="One lab, two records.")
    public(factories.source(), kind="withdraw", before={"title": "Gone"}, reason="It was a copy.")
    page = text_of(client, "/changes/")
    assert "first publication Winner lab Became public. Checked by" in page  # nobody gave a reason
    assert "merger Loser lab Was found to be the same as “Winner”: its address leads there. Why One lab" in page
    assert "Was withdrawn. Why It was a copy." in page
    assert "Gone" not in page


def test_a_change_of_an_edition_says_so_and_names_no_check(client, public):
    edition = Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 2, 28))
    lab = factories.lab(name="Lab A")
    by_nobody = {"edition": edition, "author": None, "decided_by": None, "reason": ""}
    public(
        lab,
        before={"name": "Lab B", "website": "https://b.example.org"},
        after={"name": "Lab A", "website": "https://a.example.org"},
        reasons={"name": "It renamed itself."},
        **by_nobody,
    )
    public(source := factories.source(), kind="publish", after=state_of(source), **by_nobody)

    page = text_of(client, "/changes/")
    assert "Name was Lab B now Lab A why It renamed itself. Website was" in page
    assert page.count("Entered with edition 2026.12.") == 2
    assert "Checked by" not in page
    assert "Why" not in page
    assert "Entered with edition 2026.12." in text_of(client, f"/labs/{lab.key}/")
    assert "1 change, recorded" in text_of(client, "/changes/?q=renamed")
    rows = rows_of_csv(client, "/changes.csv")
    assert [(row["field"], row["reason"]) for row in rows if row["record_key"] == lab.key] == [
        ("name", "It renamed itself."),
        ("website", ""),
    ]
    assert {(row["checked_by"], row["entered_with"]) for row in rows} == {("", "edition 2026.12")}


def test_what_comes_back_after_a_withdrawal_shows_what_is_different_from_before(client, public):
    lab = factories.lab(name="Lab A")
    public(lab, kind="withdraw", before={"name": "Lab B", "country": "US"})
    public(lab, kind="publish", after={"name": "Lab A", "country": "US"})
    page = text_of(client, "/changes/")
    assert "published again Lab A lab Became public again. Name was Lab B now Lab A" in page


def test_an_event_is_named_as_on_its_page(client, public):
    event = factories.access_event(evaluators=[factories.evaluator(name="Outsiders")])
    public(event, before=state_of(event), after=state_of(event) | {"summary": "Other words."})
    assert f"Outsiders: model evaluation of {event.model} access event Summary was" in text_of(client, "/changes/")


def test_related_records_are_named_even_where_a_merger_took_their_key(client, public):
    source, lab = factories.source(), factories.lab(name="Lab A")
    Alias.objects.create(
        content_type=ContentType.objects.get_for_model(lab), key="gone", name="Lab Gone", object_id=lab.pk
    )
    public(source, before={"lab": "gone"}, after={"lab": lab.key})
    public(source, before={"lab": None}, after={"lab": "never-there"})
    page = text_of(client, "/changes/")
    assert "Lab was Lab Gone now Lab A" in page
    assert "Lab was nothing now never-there" in page


def test_a_reply_leads_to_its_place_on_the_page_that_it_is_about(client, public):
    reply = factories.reply()
    public(reply)
    assert f'href="/access/{reply.event.key}/#reply-{reply.key}"' in source_of(client, "/changes/")


def test_what_people_typed_is_escaped(client, public):
    lab = factories.lab(name="<i>Lab</i>")
    public(lab, before={"name": "<script>old"}, after={"name": "<b>new"}, reason="<img src=x>", is_correction=True)
    for address in ("/changes/", "/corrections/", f"/labs/{lab.key}/", "/"):
        body = client.get(address).content.decode()
        assert "&lt;i&gt;Lab" in body
        for mark in ("<script>old", "<b>new", "<img src=x", "<i>Lab"):
            assert mark not in body, (address, mark)


def test_nobody_is_named_without_having_agreed(client, public):
    lab = factories.lab()
    public(lab, is_correction=True)
    for address in ("/changes/", "/corrections/", f"/labs/{lab.key}/", "/"):
        assert "secret-" not in source_of(client, address)
    assert "secret-" not in str(rows_of_csv(client, "/changes.csv"))
    assert "Checked by an editor." in text_of(client, "/changes/")


def test_who_checked_is_named_with_the_role_after_agreeing_and_the_author_never_is(client, public, people):
    author, editor = people
    Signature.objects.create(person=author, name="Ada Author")
    Signature.objects.create(person=editor, name="Edith Editor")
    public(factories.lab())
    page = text_of(client, "/changes/")
    assert "Checked by Edith Editor, an editor." in page
    assert "Ada" not in page


def test_a_change_outlives_the_account_of_who_checked_it(client, public, people):
    """Which ends by being made inactive: the audit log keeps whom it names."""
    public(factories.lab())
    with pytest.raises(ProtectedError):
        people[1].delete()
    people[1].is_active = False
    people[1].save()
    assert "Checked by an editor." in text_of(client, "/changes/")


def test_fifty_changes_stand_on_a_page(client, public):
    lab = factories.lab()
    for number in range(51):
        public(lab, reason=f"Reason {number}.")
    first, second = text_of(client, "/changes/"), text_of(client, "/changes/?page=2")
    assert "51 changes, recorded up to" in first
    assert "1–50 shown" in first
    assert "Reason 0." not in first
    assert "Reason 0." in second
    assert "Reason 1." not in second


@pytest.mark.parametrize("address", ["/changes/", "/changes.csv"])
def test_one_change_costs_as_many_queries_as_fifty(client, public, address):
    def change(number):
        source, lab = factories.source(), factories.lab()
        public(source, before={"lab": None}, after={"lab": lab.key, "evaluator": f"gone-{number}"})
        public(factories.reply())
        public(source, kind="publish", after={"lab": lab.key})

    def count():
        if address.endswith("csv"):
            with CaptureQueriesContext(connection) as captured:
                list(client.get(address).streaming_content)
            return len(captured)
        return query_count(client, address)

    change(0)
    count()  # content types are read once
    one = count()
    for number in range(1, 17):
        change(number)
    count()
    assert count() == one


@pytest.mark.parametrize("edition", [True, False])
@pytest.mark.parametrize("address", ["/changes/", "/corrections/"])
def test_without_a_change_the_page_says_so_and_since_when(client, empty_database, address, edition):
    if edition:
        Edition.objects.create(version="2026.11", complete_to=dt.date(2026, 8, 31))
    page = text_of(client, address)
    what = "No change has been published" if address == "/changes/" else "No change is marked as a correction"
    assert (f"{what} since edition 2026.11" if edition else what) in page
    assert f"This holds for {timezone.localdate():%-d %B %Y}." in page


# As of a day


def test_as_of_a_day_only_what_was_recorded_by_its_end_is_listed(client, public):
    lab = factories.lab(name="Lab A")
    public(lab, reason="In time.", decided_at=dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC))
    public(lab, reason="Too late.", decided_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    page = text_of(client, "/changes/?as_of=2026-03-01")
    assert "In time." in page
    assert "Too late." not in page
    assert "Too late." in text_of(client, "/changes/?as_of=2026-03-02")
    assert [row["reason"] for row in rows_of_csv(client, "/changes.csv?as_of=2026-03-01")] == ["In time."]


def test_as_of_a_day_before_all_changes_the_page_says_so_and_links_keep_the_day(client, public):
    public(factories.lab())
    page = source_of(client, "/changes/?as_of=2026-02-28&window=all")
    assert "No change has been published up to this day" in page
    assert "This page lists what we had recorded by" in page
    assert 'href="/corrections/?as_of=2026-02-28&window=all"' in page
    assert 'href="/changes.csv?as_of=2026-02-28&window=all"' in page


def test_the_page_explains_recorded_against_known(client, empty_database):
    for address in ("/changes/", "/corrections/"):
        page = text_of(client, address)
        assert "This list goes by when we recorded a change" in page
        assert "A page as of a past day goes by when something was publicly known" in page


# Filters


@pytest.fixture
def several(public):
    """One change each of a lab, a release, an event, a source, a commitment and a reply of lab A; then of another."""
    lab = factories.lab(key="lab-a", name="Lab A")
    model = factories.ai_model(lab=lab)
    event = factories.access_event(lab=lab, model=model)
    source = factories.source(lab=lab)
    commitment = factories.commitment(labs=[lab])
    reply = factories.reply(event=event, by_evaluator=factories.evaluator())
    public(lab, reason="r-lab", is_correction=True)
    public(model, reason="r-ai-model")
    public(event, reason="r-access-event")
    public(source, kind="publish", after={"title": "x"}, reason="r-source")
    public(commitment, kind="withdraw", before={"title": "x"}, reason="r-commitment")
    public(reply, reason="r-reply")
    public(factories.lab(key="lab-b", name="Lab B"), reason="r-lab other")
    public(factories.evaluator(key="outsiders"), reason="r-evaluator other")


def reasons(client, query: str) -> list[str]:
    rows = rows_of_csv(client, f"/changes.csv?{query}")
    return sorted({row["reason"].removeprefix("r-") for row in rows})


OF_LAB_A = ["access-event", "ai-model", "commitment", "lab", "reply", "source"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", sorted([*OF_LAB_A, "evaluator other", "lab other"])),
        ("kind=lab", ["lab", "lab other"]),
        ("kind=access-event&kind=reply", ["access-event", "reply"]),
        ("change=publish", ["source"]),
        ("change=withdraw&change=publish", ["commitment", "source"]),
        ("correction=yes", ["lab"]),
        ("correction=no&kind=lab", ["lab other"]),
        ("lab=lab-a", OF_LAB_A),
        ("lab=lab-b", ["lab other"]),
        ("lab=lab-a&lab=lab-b", sorted([*OF_LAB_A, "lab other"])),
        ("q=OTHER", ["evaluator other", "lab other"]),
        ("q=outsiders", ["evaluator other"]),
        ("q=lab-b+RECORD", []),
        ("q=lab-b+OTHER", ["lab other"]),
        ("record=evaluator:outsiders", ["evaluator other"]),
        ("record=lab:outsiders", []),
        ("recorded_to=2026-02-28", []),
        ("recorded_from=2026-03-02", []),
        ("recorded_from=2026-03-01&recorded_to=2026-03-01&kind=source", ["source"]),
        ("recorded_to=9999-12-31&kind=source", ["source"]),
    ],
)
def test_filters_narrow_the_list(client, several, query, found):
    assert reasons(client, query) == found


def test_choices_carry_counts_that_hold_with_the_other_filters(client, several):
    page = text_of(client, "/changes/?lab=lab-a")
    for choice in ("lab (1)", "access event (1)", "first publication (1)", "change (4)", "Lab A (6)", "Lab B (1)"):
        assert choice in page
    assert "evaluator (" not in page


def test_a_lab_counts_as_many_changes_as_its_filter_finds_with_mergers_into_it(client, public):
    winner, loser = factories.lab(key="winner", name="Winner"), factories.lab(key="loser", name="Loser")
    public(loser, kind="merge", before={"name": "Loser"}, after={"into": "winner"}, reason="Same.")
    public(winner)
    page = text_of(client, "/changes/")
    assert "Winner (2)" in page
    assert "Loser (1)" in page
    assert "2 changes, recorded" in text_of(client, "/changes/?lab=winner")


def test_a_lab_that_is_not_public_is_no_choice(client, public):
    lab = factories.lab(name="Hidden lab", key="hidden-lab", status="draft")
    public(factories.source(lab=lab))
    assert "Hidden lab" not in source_of(client, "/changes/")
    assert client.get("/changes/?lab=hidden-lab").status_code == 400


def test_filters_say_what_is_chosen_and_how_to_clear_it(client, several):
    page = source_of(client, "/changes/?kind=lab&as_of=2026-03-05")
    assert '<span class="chip__label">Kind of record</span> lab' in page
    assert 'href="?as_of=2026-03-05"' in page
    assert 'href="/changes.csv?kind=lab&as_of=2026-03-05"' in page


def test_what_matches_nothing_is_told_from_what_is_empty(client, several):
    page = text_of(client, "/changes/?q=nowhere")
    assert "Nothing matches" in page
    assert "has been published" not in page


@pytest.mark.parametrize("address", ["/changes/", "/changes.csv", "/corrections/", "/corrections.csv"])
@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("colour=red", "recorded_from"),
        ("kind=company", "access-event"),
        ("lab=nobody", ""),
        ("record=gpt-4", "a colon and its key"),
        (
            "record=company:gpt-4",
            "The kinds are lab, evaluator, ai-model, access-event, source, statement, commitment, reply.",
        ),
        ("record=lab:", "a colon and its key"),
        ("recorded_from=tomorrow", "a day such as 2024-05-24"),
        ("recorded_from=2026-03-01&recorded_from=2026-03-02", "only once"),
        ("q=%00", "Null characters"),
        ("as_of=tomorrow", "a day such as 2024-05-24"),
        ("as_of=2999-01-01", "up to"),
        ("window=soon", "window"),
        ("weights=x", "weights"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_can(client, public, address, query, allowed):
    response = client.get(f"{address}?{query}")
    assert response.status_code == 400
    assert allowed in response.content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=2", "page=x", "page=", "page=1&page=1", "change=x", "correction=1"])
def test_pages_and_choices_that_are_none_are_refused(client, public, query):
    public(factories.lab())
    assert client.get(f"/changes/?{query}").status_code == 400


@pytest.mark.parametrize(
    "address", ["/changes.csv?page=1", "/corrections/?correction=yes", "/corrections/?change=change"]
)
def test_what_only_the_other_page_knows_is_refused(client, public, address):
    assert client.get(address).status_code == 400


def test_the_words_for_kinds_of_records_are_addresses_and_stay():
    assert [kind.slug for kind in record_kinds()] == [
        "lab",
        "evaluator",
        "ai-model",
        "access-event",
        "source",
        "statement",
        "commitment",
        "reply",
    ]


def test_every_kind_of_record_but_evaluators_says_of_which_lab_it_is():
    assert [kind.model for kind in record_kinds() if not kind.lab_paths] == [Evaluator]


# CSV


def test_the_csv_has_a_row_for_each_field_and_part_and_one_for_every_other_change(client, public):
    lab = factories.lab(key="lab-a", name="=Lab, “A”")
    source = factories.source(key="source-a", title="Card", publisher="Lab A")
    model = factories.ai_model(lab=lab, key="model-a", name="Model A", cited=False)
    citation = {"source": source.key, "quote": "Out on Monday.", "supports": ["released_on"]}
    first = public(model, kind="publish", after=state_of(model), reason="First publication.")
    second = public(
        model,
        before={"released_on": "", "frontier": "unknown", "citations": []},
        after={"released_on": "2026-02", "frontier": "yes", "citations": [citation]},
        reason="The card says so.",
        is_correction=True,
    )
    third = public(lab, kind="merge", before={"name": "x"}, after={"into": "model-less"}, reason="Same lab.")
    body = b"".join(client.get("/changes.csv").streaming_content).decode()
    assert body.splitlines() == [
        header("changes").strip(),
        f'{third.pk},2026-03-01T14:00:00Z,lab,lab-a,"\'=Lab, “A”",merge,merger,,,,,model-less,Same lab.,'
        "no,an editor,,,",
        f"{second.pk},2026-03-01T13:00:00Z,AI model,model-a,Model A,change,change,released_on,Released,,'2026-02,,"
        "The card says so.,yes,an editor,,,",
        f"{second.pk},2026-03-01T13:00:00Z,AI model,model-a,Model A,change,change,frontier,Frontier,not assessed,"
        "frontier,,The card says so.,yes,an editor,,,",
        f"{second.pk},2026-03-01T13:00:00Z,AI model,model-a,Model A,change,change,citations,Citation,,"
        "“Out on Monday.” (Card (Lab A); supports release date),,The card says so.,yes,an editor,,,",
        f"{first.pk},2026-03-01T12:00:00Z,AI model,model-a,Model A,publish,first publication,,,,,,,no,an editor,,,",
    ]


def test_the_csv_of_corrections_has_corrections_only(client, public):
    lab = factories.lab()
    public(lab, reason="A change.")
    public(lab, reason="An error.", is_correction=True)
    assert [row["reason"] for row in rows_of_csv(client, "/corrections.csv")] == ["An error."]


# Corrections


def test_a_correction_keeps_the_old_words_in_sight_struck_through(client, public):
    lab = factories.lab(name="Lab A")
    public(lab, before={"name": "Lab B"}, after={"name": "Lab A"}, reason="We misread it.", is_correction=True)
    public(lab, before={"country": "US"}, after={"country": "GB"}, reason="It moved.")
    for address in ("/corrections/", f"/labs/{lab.key}/", "/changes/"):
        page = source_of(client, address)
        assert "<del>Lab B</del>" in page
        assert "<ins>Lab A</ins>" in page
        assert "<del>United States</del>" not in page
    page = text_of(client, "/corrections/")
    assert "1 correction, recorded up to" in page
    assert "correction Lab A lab Name was Lab B now Lab A Why We misread it." in page
    assert "It moved." not in page


# A record's page


def pages(public):
    lab = factories.lab()
    model = factories.ai_model(lab=lab)
    return [
        lab,
        model,
        factories.evaluator(),
        factories.access_event(lab=lab, model=model),
        factories.source(),
        factories.commitment(),
    ]


def test_every_record_shows_its_own_history(client, public):
    records = pages(public)
    for number, record in enumerate(records):
        public(record, reason=f"Reason {number}.")
    for number, record in enumerate(records):
        page = text_of(client, record.get_absolute_url())
        assert "History of this record 1 change" in page
        assert f"was Old words now New words Why Reason {number}. Checked by an editor." in page
        assert sum(f"Why Reason {other}." in page for other in range(len(records))) == 1


def test_every_record_without_a_change_says_since_when(client, public):
    Edition.objects.create(version="2026.11", complete_to=dt.date(2026, 8, 31))
    Edition.objects.create(version="2027.02", complete_to=dt.date(2026, 12, 31))
    for record in pages(public):
        page = text_of(client, record.get_absolute_url())
        assert "No change has been recorded since it came in with edition 2026.11." in page
        assert "This history goes by when we recorded a change" in page


def test_a_history_links_to_the_list_of_its_changes(client, public):
    event = factories.access_event()
    public(event, reason="Mine.")
    public(factories.access_event(), reason="Not mine.")
    address = f"/changes/?record=access-event:{event.key}"
    assert f'href="{address}"' in source_of(client, event.get_absolute_url())
    listed = text_of(client, address)
    assert "Mine." in listed
    assert "Not mine." not in listed


def test_a_history_begins_with_the_publication_or_with_the_edition(client, public):
    Edition.objects.create(version="2026.11", complete_to=dt.date(2026, 8, 31))
    entered, curated, returned = factories.lab(), factories.lab(), factories.lab()
    public(entered, kind="publish", after={"name": "x"})
    public(entered)
    public(curated)
    public(returned, kind="withdraw", before={"name": "x"})
    public(returned, kind="publish", after={"name": "x"})
    begins = "Before that: as it came in with edition 2026.11."
    assert begins not in text_of(client, entered.get_absolute_url())
    assert begins in text_of(client, curated.get_absolute_url())
    assert begins in text_of(client, returned.get_absolute_url())


def test_as_of_a_past_day_the_history_ends_with_it_and_says_that_there_is_more(client, public):
    lab = factories.lab()
    public(lab, reason="Early.")
    public(lab, reason="Late.", decided_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    page = text_of(client, f"/labs/{lab.key}/?as_of=2026-03-31")
    assert "Early." in page
    assert "Late." not in page
    assert "1 change recorded after this day" in page
    assert "We had recorded no change of it by 28 February 2026." in text_of(
        client, f"/labs/{lab.key}/?as_of=2026-02-28"
    )


def test_a_merger_stands_in_the_history_of_the_record_that_remains(client, public):
    winner, loser = factories.lab(name="Winner"), factories.lab(name="Loser", status="withdrawn", withdrawn_because="x")
    public(loser, kind="merge", before={"name": "Loser"}, after={"into": winner.key}, reason="One and the same.")
    page = text_of(client, winner.get_absolute_url())
    assert "“Loser” was merged into this record." in page
    assert "Why One and the same." in page
    assert f'href="/changes/?record=lab:{loser.key}"' in source_of(client, winner.get_absolute_url())
    listed = text_of(client, f"/changes/?record=lab:{winner.key}")
    assert "Loser lab Was found to be the same as “Winner”" in listed


def test_a_long_history_is_cut_and_leads_to_all_of_it(client, public):
    lab = factories.lab()
    for number in range(HISTORY_SHOWN + 1):
        public(lab, reason=f"Reason {number}.")
    page = text_of(client, lab.get_absolute_url())
    assert f"All {HISTORY_SHOWN + 1} changes of this record" in page
    assert "Reason 0." not in page
    assert "Reason 1." in page


# The front page


def test_the_front_page_shows_the_last_few_changes(client, public):
    lab = factories.lab(name="Lab A")
    for number in range(6):
        public(lab, before={"name": f"Old {number}"}, after={"name": "x"}, is_correction=number == 5)
    page = source_of(client, "/")
    assert page.count("Changed: Name.") == 5
    assert page.count(">correction<") == 1
    assert 'href="/changes/"' in page


def test_the_front_page_says_that_nothing_changed(client, empty_database):
    assert "What changed lately" not in text_of(client, "/")
    Edition.objects.create(version="2026.11", complete_to=dt.date(2026, 8, 31))
    assert "No change has been published since edition 2026.11." in text_of(client, "/")
    assert "What changed lately" not in text_of(client, "/?as_of=2024-05-24")


# All of it, by the actions of the desk


def test_what_a_second_person_accepts_is_public_at_once_with_its_citations(client, empty_database, people):
    author, editor = people
    model = factories.ai_model(name="Model A")
    source = factories.source(title="Second card", publisher="Press")
    state = state_of(model)
    state["released_on"] = "2024-06-14"
    state["citations"] = [*state["citations"], {"source": source.key, "quote": "Out now.", "supports": ["released_on"]}]
    proposal = review.propose(record=model, state=state, reason="A day off.", by=author, is_correction=True)
    assert "A day off." not in text_of(client, "/changes/")
    review.accept(proposal=proposal, by=editor)
    for address in ("/changes/", "/corrections/", f"/models/{model.key}/"):
        page = text_of(client, address)
        assert "Released was 2024-06-15 now 2024-06-14" in page
        assert "Citation added “Out now.” (Second card (Press); supports release date)" in page
        assert "Why A day off." in page
