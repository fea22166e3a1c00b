"""“Is this …?” at entry and at review: asked once, answered once, seen by the reviewer."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from labs.actions import review
from labs.actions.batches import decide_each
from labs.actions.distinctions import questions_of, say_distinct
from labs.actions.merging import merge
from labs.models import AIModel, Distinction, Evaluator, Lab, Proposal, Source
from labs.models.lookalikes import questions_about
from labs.models.states import state_of
from labs.rules.lookalikes import Likeness
from tests import factories, people
from tests.admin_forms import form_data, messages_on
from tests.evaltracker.test_system_card import filled_in

pytestmark = pytest.mark.django_db


def desk_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ada():
    return people.researcher()


@pytest.fixture
def ed():
    return people.editor()


@pytest.fixture
def desk(ada):
    return desk_of(ada)


CARD = "https://example.org/cards/one"


@pytest.fixture
def card(empty_database) -> Source:
    return factories.source(key="card", title="The card of the model", url=CARD)


def source_data(desk: Client, **changes) -> dict:
    data = form_data(desk.get(reverse("admin:labs_source_add")))
    return data | {"title": "Another title", "publisher": "A lab", "key": "new", "read_on": "2026-09-01"} | changes


def text_of(response) -> str:
    return response.content.decode()


# --- at entry: the forms of the desk ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/cards/one",
        "https://example.org/cards/one/",
        "https://www.example.org/cards/one#page-3",
        "https://example.org/cards/one?utm_source=feed",
        "https://example.org/Cards/One",
    ],
)
def test_a_source_with_almost_the_same_address_is_asked_about(desk, card, url):
    response = desk.post(reverse("admin:labs_source_add"), source_data(desk, url=url))

    assert "Is this “The card of the model" in messages_on(response)
    assert "the same address" in text_of(response)
    assert CARD in text_of(response)  # side by side
    assert not Source.objects.filter(key="new").exists()


def test_a_source_with_another_address_is_not_asked_about(desk, card):
    response = desk.post(reverse("admin:labs_source_add"), source_data(desk, url=f"{CARD}-2"))
    assert messages_on(response) == ""
    assert Source.objects.filter(key="new").exists()


def test_the_author_answers_once(desk, ada, card):
    data = source_data(desk, url=f"{CARD}/", distinct_from="card")
    assert messages_on(desk.post(reverse("admin:labs_source_add"), data)) == ""

    source = Source.objects.get(key="new")
    answer = Distinction.objects.get()
    assert {answer.one, answer.other} == {card.pk, source.pk}
    assert (answer.likenesses, answer.said_by) == (["address"], ada)
    form = form_data(desk.get(reverse("admin:labs_source_change", args=[source.pk])))
    response = desk.post(reverse("admin:labs_source_change", args=[source.pk]), form | {"publisher": "Somebody else"})
    assert messages_on(response) == ""
    assert Source.objects.get(key="new").publisher == "Somebody else"


def test_what_was_ticked_stays_ticked_while_another_question_is_open(desk, card):
    factories.source(key="other", url=f"{CARD}?x=1", title="A title that two have")
    data = source_data(desk, url=f"{CARD}/", title="A title that two have", distinct_from="card")

    page = text_of(desk.post(reverse("admin:labs_source_add"), data))

    assert 'value="card" checked' in page
    assert 'value="other">' in page
    assert not Distinction.objects.exists()


ADDED = [
    (Lab, lambda: factories.lab(key="amazon", name="Amazon").other_names.create(name="AWS"), {"name": "aws"}),
    (Lab, lambda: factories.lab(key="openai", name="OpenAI"), {"name": "Open-AI"}),
    (Evaluator, lambda: factories.evaluator(key="apollo", name="Apollo Research"), {"name": "Apolo Research"}),
]


@pytest.mark.parametrize(("model", "have", "typed"), ADDED, ids=["other name", "hyphen", "slip"])
def test_other_kinds_are_asked_about_by_their_names(empty_database, desk, model, have, typed):
    have()
    address = reverse(f"admin:labs_{model._meta.model_name}_add")
    data = form_data(desk.get(address)) | {"key": "new"} | typed

    assert "Is this “" in messages_on(desk.post(address, data))
    other = model.objects.get().key
    assert messages_on(desk.post(address, data | {"distinct_from": other})) == ""
    assert model.objects.filter(key="new").exists()


def test_a_change_of_a_public_record_is_asked_only_about_what_it_adds(empty_database, desk, ada):
    lab, other = factories.lab(key="one", name="Nova Labs"), factories.lab(key="two", name="Other")
    for each in (lab, other):
        Lab.objects.filter(pk=each.pk).update(website="https://same.example.org")
    address = reverse("admin:labs_lab_change", args=[lab.pk])
    form = form_data(desk.get(address)) | {"reason": "It says so."}

    assert messages_on(desk.post(address, form | {"country": "GB"})) == ""


def test_a_renamed_record_that_now_looks_like_another_is_asked_about(empty_database, desk):
    lab = factories.lab(key="one", name="Nova Labs")
    factories.lab(key="two", name="Orion Labs")
    address = reverse("admin:labs_lab_change", args=[lab.pk])
    form = form_data(desk.get(address)) | {"reason": "It says so.", "name": "ORION  labs"}

    assert "the same name" in messages_on(desk.post(address, form))
    assert not Proposal.objects.exists()
    assert messages_on(desk.post(address, form | {"distinct_from": "two"})) == ""
    proposal = Proposal.objects.get()
    assert [each.answer is not None for each in questions_of(proposal, lab)] == [True]


# --- at entry: the screen for a release -------------------------------------------------------------------------


def test_the_screen_for_a_release_asks_about_source_and_release(desk, card):
    release = factories.ai_model(key="nova", name="Nova-3 (preview)")
    data = filled_in(desk, **{"source-0-url": f"{CARD}#top", "release-name": "Nova 3"})

    page = text_of(desk.post(reverse("admin:system_card"), data))
    assert 'name="source-0-distinct_from" value="card"' in page
    assert 'name="release-distinct_from" value="nova"' in page
    assert not AIModel.objects.exclude(pk=release.pk).exists()

    answers = {"source-0-distinct_from": "card", "release-distinct_from": "nova"}
    assert desk.post(reverse("admin:system_card"), data | answers).status_code == 302
    assert Distinction.objects.count() == 2


def test_a_version_is_another_release(desk, empty_database):
    factories.ai_model(key="nova", name="Nova 3.5")
    response = desk.post(reverse("admin:system_card"), filled_in(desk, **{"release-name": "Nova 3"}))
    assert response.status_code == 302


# --- at review ---------------------------------------------------------------------------------------------------


@pytest.fixture
def unanswered(card, ada) -> Proposal:
    """A new source that looks like another one, sent to review without an answer, as an import may do."""
    source = Source(key="new", title="Another title", publisher="A lab", url=f"{CARD}/", read_on="2026-09-01")
    review.save_draft(record=source, parts={}, by=ada)
    return review.submit(record=source, by=ada)


def test_nothing_is_accepted_before_somebody_has_answered(unanswered, ed):
    with pytest.raises(ValidationError, match="nobody has said whether it is the same"):
        review.accept(proposal=unanswered, by=ed)


def test_one_open_question_holds_up_no_other_record(unanswered, ada, ed):
    lab = Lab(key="fine", name="A fine lab")
    review.save_draft(record=lab, parts={"other_names": []}, by=ada)
    fine = review.submit(record=lab, by=ada)

    decided = decide_each(accept=[(unanswered, ""), (fine, "")], by=ed)

    assert [each.pk for each in decided.accepted] == [fine.pk]
    assert list(decided.refused) == [unanswered.pk]


def test_the_reviewer_compares_and_answers(unanswered, card, ed):
    client, page = desk_of(ed), reverse("admin:labs_proposal_lookalikes", args=[unanswered.pk])
    shown = text_of(client.get(reverse("admin:labs_proposal_change", args=[unanswered.pk])))
    assert "Nobody" not in shown
    assert page in shown
    assert "the same address" in shown

    assert CARD in text_of(client.get(page))
    response = client.post(page, {"distinct_from": "card"})

    assert response.url == reverse("admin:labs_proposal_change", args=[unanswered.pk])
    assert "that it is another one" in text_of(client.get(response.url))
    assert review.accept(proposal=unanswered, by=ed).stage == "accepted"


def test_the_reviewer_sees_what_the_author_answered(unanswered, card, ada, ed):
    source = unanswered.record
    say_distinct(record=source, questions=questions_about(source, state_of(source)), by=ada)

    shown = text_of(desk_of(ed).get(reverse("admin:labs_proposal_change", args=[unanswered.pk])))

    assert f"{ada.get_username()} said on" in shown
    assert review.accept(proposal=unanswered, by=ed).stage == "accepted"


def test_a_new_likeness_is_asked_about_again(unanswered, card, ada):
    source = unanswered.record
    say_distinct(record=source, questions=questions_about(source, state_of(source)), by=ada)
    source.title = card.title

    (question,) = questions_about(source, state_of(source))

    assert question.answer is None
    assert question.likenesses == (Likeness.ADDRESS, Likeness.TEXT)


def test_another_record_that_looks_alike_later_is_asked_about(unanswered, ada, ed):
    source = unanswered.record
    say_distinct(record=source, questions=questions_about(source, state_of(source)), by=ada)
    factories.source(key="later", url=f"{CARD}?page=")
    Source.objects.filter(key="later").update(url="http://example.org/cards/one")

    open_questions = [each.record.key for each in questions_about(source, state_of(source)) if each.answer is None]

    assert open_questions == ["later"]


def test_only_who_may_change_the_record_answers(unanswered):
    source = unanswered.record
    with pytest.raises(PermissionDenied):
        say_distinct(record=source, questions=questions_about(source, state_of(source)), by=people.administrator())
    page = reverse("admin:labs_proposal_lookalikes", args=[unanswered.pk])
    assert desk_of(people.administrator()).post(page, {"distinct_from": "card"}).status_code == 403
    assert not Distinction.objects.exists()


def test_what_was_said_of_a_record_goes_with_it(unanswered, card, ada, ed):
    source = unanswered.record
    say_distinct(record=source, questions=questions_about(source, state_of(source)), by=ada)
    review.accept(proposal=unanswered, by=ed)

    merge(loser=Source.objects.get(pk=source.pk), winner=card, by=ed, reason="It is the same.")

    assert not Distinction.objects.exists()


def test_a_draft_that_is_deleted_takes_its_answers_along(unanswered, card, ada):
    source = unanswered.record
    say_distinct(record=source, questions=questions_about(source, state_of(source)), by=ada)
    review.delete_draft(record=source, by=people.editor())
    assert not Distinction.objects.exists()


def test_a_page_of_no_proposal_is_not_there(ed, empty_database):
    client = desk_of(ed)
    for number in ("0", "99999", "x"):
        assert client.get(f"/admin/labs/proposal/{number}/lookalikes/").status_code == 404
