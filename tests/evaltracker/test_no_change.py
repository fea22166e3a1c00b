"""Nothing whose old and new are the same is proposed or becomes public, whichever way it comes."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from commitments.models import Commitment
from evaltracker.exporting.records import export
from evaltracker.importing.tables import Fate
from labs.actions import review
from labs.choices import Stage
from labs.models import AccessEvent, Lab, Proposal
from labs.models.proposals import FIRST_PUBLICATION
from labs.models.states import state_of
from labs.queries.changes import described_changes
from labs.rules.differences import difference, rebase
from tests import factories, people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, url_of
from tests.evaltracker.pages import words_of
from tests.evaltracker.sheets import exported, imported, kind_of, plan_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]
TWO_LINES = "One line.\nAnother line."


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


@pytest.fixture
def event():
    """A public event with a paragraph, a quote of two lines, and several terms."""
    cited = {"quote": TWO_LINES, "supports": ["evaluators", "activity", "timing"]}
    return factories.access_event(summary=TWO_LINES, domains=["cyber", "bio"], citations=[cited])


def as_a_browser_sends_it(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if isinstance(text, str) else text


def saved_on_the_form(event, ada, **changes):
    desk, url = desk_of(ada), url_of(event)
    data = form_data(desk.get(url)) | {"reason": "Read again."}
    data = {name: as_a_browser_sends_it(value) for name, value in data.items()} | changes
    return desk.post(url, data)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"summary": "One line.  \r\nAnother line.\t\r\n\r\n"},
        {"domains": ["bio", "cyber"]},
        {"citations-0-quote": "One line. \r\nAnother line. "},
        {"citations-0-supports": ["timing", "activity", "evaluators"]},
        {"summary": "One\x07 line.\x0bAnother line."},
    ],
)
def test_a_form_saved_with_what_it_showed_proposes_nothing(event, ada, changes):
    response = saved_on_the_form(event, ada, **changes)
    assert "Nothing changed" in words_of(response.content.decode())
    assert not Proposal.objects.filter(edition=None).exists()


def test_a_text_that_was_stored_with_other_line_ends_is_no_change_either(event, ada):
    AccessEvent.objects.update(summary="One line.\r\nAnother line.")
    event.citations.update(quote="One line.\r\nAnother line.")
    assert "Nothing changed" in words_of(saved_on_the_form(event, ada).content.decode())


def test_a_real_change_beside_other_line_ends_is_the_only_one(event, ada, ed, client):
    saved_on_the_form(event, ada, **{"summary": "One line.\r\nA third line."})
    review.accept(proposal=Proposal.objects.filter(edition=None).get(), by=ed)
    [change] = difference(*_states(Proposal.objects.filter(edition=None).get()), {"citations": ("source", "quote")})
    assert (change.field, change.new) == ("summary", "One line.\nA third line.")
    assert AccessEvent.objects.get().summary == "One line.\nA third line."


def _states(proposal):
    return proposal.before, proposal.after


def test_a_change_that_says_the_same_is_not_revised_into_a_proposal(event, ada):
    proposal = review.propose(record=event, state={"summary": "Other."}, reason="Read again.", by=ada)
    with pytest.raises(ValidationError, match="Nothing changed"):
        review.revise(proposal=proposal, state={"summary": "One line. \r\nAnother line."}, reason="No.", by=ada)


def test_of_two_proposals_that_ask_for_the_same_only_one_becomes_public(event, ada, ed, client):
    first, second = (
        review.propose(record=event, state={"summary": text}, reason="Read again.", by=ada)
        for text in ("The same.", "The same.\r\n")
    )
    review.accept(proposal=first, by=ed)
    with pytest.raises(ValidationError, match="nothing would change"):
        review.accept(proposal=second, by=ed)
    assert "1 change, recorded" in words_of(client.get("/changes/").content.decode())


def test_what_a_merger_did_already_is_not_done_again(ada, ed):
    winner, loser = factories.evaluator(), factories.evaluator()
    event = factories.access_event(evaluators=[loser])
    rows = [part | {"evaluator": winner.key} for part in state_of(event)["participations"]]
    change = review.propose(record=event, state={"participations": rows}, reason="It is the other one.", by=ada)
    merger = review.propose_merger(loser=loser, winner=winner, reason="They are one.", by=people.editor())
    review.accept(proposal=merger, by=ed)
    with pytest.raises(ValidationError):
        review.accept(proposal=change, by=ed)


def test_a_record_is_withdrawn_once_and_a_change_does_not_bring_it_back(event, ada, ed):
    first = review.propose_withdrawal(record=event, reason="A copy.", by=ada)
    with pytest.raises(ValidationError, match="waits for review already"):
        review.propose_withdrawal(record=event, reason="Wrong.", by=ada)
    change = review.propose(record=event, state={"summary": "Other."}, reason="Read again.", by=ada)
    review.accept(proposal=first, by=ed)
    with pytest.raises(ValidationError, match="no longer public"):
        review.accept(proposal=change, by=ed)
    with pytest.raises(ValidationError, match="Only a public record"):
        review.propose_withdrawal(record=event, reason="Wrong.", by=ada)
    event.refresh_from_db()
    assert (event.status, event.withdrawn_because) == ("withdrawn", "A copy.")


def test_a_publication_after_a_withdrawal_shows_no_difference_and_no_reason_that_nobody_gave(event, ada, ed, client):
    review.accept(proposal=review.propose_withdrawal(record=event, reason="A copy.", by=ada), by=ed)
    event.refresh_from_db()
    proposal = review.submit(record=event, by=ada)
    assert proposal.reason == FIRST_PUBLICATION
    review.accept(proposal=proposal, by=people.editor())
    page = words_of(client.get("/changes/").content.decode())
    assert "Became public again. Checked by" in page
    assert FIRST_PUBLICATION not in page
    assert FIRST_PUBLICATION not in b"".join(client.get("/changes.csv").streaming_content).decode()


def test_an_old_change_of_line_ends_alone_says_that_nothing_changed(client, event):
    factories.proposal(
        event,
        before={"summary": "One.\nTwo."},
        after={"summary": "One.\r\nTwo."},
        stage=Stage.ACCEPTED.value,
        decided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        decided_by=people.editor(),
    )
    page = words_of(client.get("/changes/").content.decode())
    assert "Nothing it says changed." in page
    assert "an editor gave the reason" not in page


def test_an_import_of_a_text_with_other_line_ends_changes_nothing(event, ada):
    rows = exported(AccessEvent)
    rows[0]["summary"] = "One line. \r\nAnother line.\x07"
    plan = plan_of(ada, {AccessEvent: rows})
    assert {row.fate for each in plan for row in each.rows} == {Fate.UNCHANGED}


def test_an_import_from_the_shell_does_not_make_up_a_reason(ada, tmp_path):
    lab = factories.lab(name="Old name")
    path = tmp_path / "labs.csv"
    path.write_text(f"key,name\n{lab.key},New name\n")
    with pytest.raises(CommandError, match="--reason"):
        call_command("import_records", str(path), user=ada.username)
    assert not Proposal.objects.filter(edition=None).exists()
    call_command("import_records", str(path), user=ada.username, reason="It was renamed.")
    assert Proposal.objects.filter(edition=None).get().reason == "It was renamed."


def test_a_draft_is_stored_as_clean_text(ada):
    lab = Lab(key="new-lab", name="A\tlab\r\n", country="US")
    review.save_draft(record=lab, parts={"other_names": []}, by=ada)
    assert Lab.objects.get(key="new-lab").name == "A lab"


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1f", "\x7f", "\uffff"])
def test_a_control_character_in_a_reason_is_not_public(event, ada, character):
    proposal = review.propose(record=event, state={"summary": "Other."}, reason=f"Read{character} again.", by=ada)
    proposal.refresh_from_db()
    assert character not in proposal.reason


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1f", "\ufffe"])
def test_a_control_character_on_the_form_takes_no_workbook_from_anybody(event, ada, ed, character):
    saved_on_the_form(event, ada, summary=f"Other{character} words.\tAnd\r\nmore.")
    review.accept(proposal=Proposal.objects.filter(edition=None).get(), by=ed)
    book = export(kind_of(AccessEvent), "xlsx")
    assert book[:2] == b"PK"
    summary = AccessEvent.objects.get().summary
    assert character not in summary
    assert summary.endswith("words.\tAnd\nmore.")


def test_a_control_character_in_an_imported_file_is_cleaned(ada):
    rows = [{"key": "new-lab", "name": "A\x01 lab\x1f", "country": "US"}]
    assert imported(ada, {Lab: rows}).count(Fate.NEW) == 1
    assert Lab.objects.get(key="new-lab").name == "A lab"


def test_what_is_empty_is_nothing_and_the_order_of_a_list_says_nothing():
    identities = {"citations": ("source", "quote")}
    before = {"note": None, "list": ["a", "b"], "citations": [{"source": "s", "quote": "A\nb", "page": ""}]}
    after = {"note": "", "list": ["b", "a"], "citations": [{"source": "s", "quote": "A\r\nb ", "page": None}]}
    assert not difference(before, after, identities)
    assert not rebase(after, {**after, "note": "New."}, before, identities).conflicts


def test_no_and_nothing_and_nought_are_not_the_same():
    for old, new in [(None, False), (None, 0), ("", "no"), ([], ["a"]), ("a b", "ab"), ("A", "a"), (["a"], ["a", "a"])]:
        assert difference({"x": old}, {"x": new}, {})


# --- the neighbours: order, blanks and letter case ----------------------------------------------------------------


def with_two_of_each() -> Commitment:
    labs = [factories.lab(key="one"), factories.lab(key="two")]
    promise = factories.commitment(labs=labs, made_on="2024-05", lenient={})
    factories.citation(promise, quote="A second quote.", supports=["quote", "labs"])
    return promise


SAME = {
    "labs in another order": lambda state: {"labs": state["labs"][::-1]},
    "a lab twice": lambda state: {"labs": [*state["labs"], state["labs"][0]]},
    "citations in another order": lambda state: {"citations": state["citations"][::-1]},
    "requirements in another order": lambda state: {"requirements": state["requirements"][::-1]},
    "what a quote supports in another order": lambda state: {
        "citations": [row | {"supports": row["supports"][::-1]} for row in state["citations"]]
    },
    "blanks round a date": lambda state: {"made_on": f" {state['made_on']} "},
    "blanks after a quote": lambda state: {
        "citations": [row | {"quote": f"{row['quote']} \r\n"} for row in state["citations"]]
    },
    "blanks round a title": lambda state: {"title": f"\t{state['title']}  "},
    "nothing as null": lambda state: {"scope": None, "framework": ""},
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_a_state_that_says_the_same_proposes_nothing(ada, change):
    promise = with_two_of_each()
    with pytest.raises(ValidationError, match="Nothing changed"):
        review.propose(record=promise, state=change(state_of(promise)), reason="Read again.", by=ada)


OTHER_WORDS = {
    "another date with the same bounds": ("made_on", "2024-05-01/2024-05-31"),
    "a date that is less sure": ("made_on", "2024-05~"),
    "a title in other letters": ("title", "A TITLE"),
}


@pytest.mark.parametrize(("field", "value"), OTHER_WORDS.values(), ids=OTHER_WORDS)
def test_what_reads_differently_is_a_change_that_shows_both(ada, ed, field, value):
    promise = with_two_of_each()
    Commitment.objects.filter(pk=promise.pk).update(title="A title")
    promise.refresh_from_db()
    proposal = review.propose(record=promise, state={field: value}, reason="Read again.", by=ada)
    (change,) = described_changes([review.accept(proposal=proposal, by=ed)])

    assert [row.field for row in change.rows] == [field]
    assert all(row.old != row.new for row in change.rows)


def test_a_name_in_other_letters_is_a_change_that_shows_both(ada, ed):
    lab = factories.lab(name="OPENLAB")
    proposal = review.propose(record=lab, state={"name": "OpenLab"}, reason="It writes it so.", by=ada)
    (change,) = described_changes([review.accept(proposal=proposal, by=ed)])
    assert [(row.field, row.old, row.new) for row in change.rows] == [("name", "OPENLAB", "OpenLab")]


def test_other_names_in_another_order_and_with_blanks_are_no_change(ada):
    lab = factories.lab()
    for name in ("First", "Second"):
        lab.other_names.create(name=name)
    with pytest.raises(ValidationError, match="Nothing changed"):
        review.propose(
            record=lab, state={"other_names": [{"name": "Second "}, {"name": " First"}]}, reason="Again.", by=ada
        )
