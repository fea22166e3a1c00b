"""What looks like one thing (labs/rules/lookalikes.py), and the index of the records."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Reply
from labs.models import AccessEvent, AIModel, Alias, Lab, LabName, Source
from labs.models.lookalikes import known_by_state, lookalikes_among
from labs.models.registry import record_kinds
from labs.models.states import state_of
from labs.rules.lookalikes import Known, KnownBy, Likeness, Lookalikes, folded_address, folded_name
from tests import factories


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-5", "gpt 5"),
        ("GPT-5.1", "gpt-5-1"),
        ("Claude 3.5 Sonnet", "claude-3-5-sonnet"),
        ("Claude‑3 Opus", "Claude 3 Opus"),  # a hyphen that no line may break at
        ("Zhipu.ai", "zhipu ai"),
        ("Ｘ．ａｉ", "x.ai"),
        ("Café Labs", "cafe-labs"),
        ("METR", " metr "),
        ("Llama 3.1 405B", "llama-3.1-405b"),
    ],
)
def test_letter_case_blanks_hyphens_and_accents_make_no_other_name(one, other):
    assert folded_name(one) == folded_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-5", "GPT-5.1"),
        ("GPT-5.1", "GPT-51"),
        ("Claude 3", "Claude 3.5"),
        ("Claude 3 5", "Claude 35"),
        ("Grok 4.2", "Grok 4.20"),
        ("o1", "o3"),
        ("Command R", "Command R+"),
        ("GPT-4", "GPT-4o"),
    ],
)
def test_another_version_is_another_name(one, other):
    assert folded_name(one) != folded_name(other)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/card",
        "https://example.com/card/",
        "HTTPS://www.Example.com:443/Card",
        "https://example.com//card#section-2",
        "https://example.com/card?utm_source=feed&utm_medium=rss",
        "https://example.com/card/index.html?fbclid=x",
        "https://example.com/c%61rd?ref=home",
        "https://web.archive.org/web/20260101000000/https://example.com/card",
        "https://web.archive.org/web/20260101000000if_/http://www.example.com/card/",
        "example.com/card",
    ],
)
def test_scheme_slash_fragment_and_tracking_parameters_make_no_other_address(address):
    assert folded_address(address) == "example.com/card"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/card?page=2",
        "https://example.com/card-2",
        "https://example.com:8080/card",
        "https://card.example.com/",
        "https://example.com/card#/models/2",
        "https://example.com/card/2",
        "https://example.com/index.html/card",
        "http://[broken",
    ],
)
def test_another_path_host_or_parameter_is_another_address(address):
    assert folded_address(address) != "example.com/card"


def test_the_order_of_parameters_makes_no_other_address():
    assert folded_address("https://a.org/?b=1&a=2&utm_id=7") == folded_address("http://a.org?a=2&b=1")


def named(key: str, *names: str, maker: str = "") -> Known:
    return Known(key, names=names, maker=maker)


INDEX = Lookalikes(
    [
        named("gpt-5", "GPT-5 (gpt-5-thinking)", maker="openai"),
        named("gpt-5-1", "GPT-5.1 Instant and Thinking", maker="openai"),
        named("o1", "OpenAI o1", maker="openai"),
        named("claude-opus-4-5", "Claude Opus 4.5", maker="anthropic"),
        named("uk-aisi", "UK AI Security Institute", "UK AI Safety Institute"),
        named("apollo-research", "Apollo Research"),
        named("trajectory-labs", "Trajectory Labs, PBC"),
        named("robust-intelligence", "Robust Intelligence (Cisco)"),
    ]
)


@pytest.mark.parametrize(
    ("key", "name", "alike"),
    [
        ("gpt-5-new", "GPT 5", {"gpt-5": (Likeness.NAME,)}),  # what stands in brackets is left out
        ("new", "gpt-5-1", {"gpt-5-1": (Likeness.NAME,)}),  # its key
        ("new", "OpenAI GPT-5", {"gpt-5": (Likeness.NAME,)}),  # the lab in front of it
        ("new", "UK AI SAFETY INSTITUTE", {"uk-aisi": (Likeness.NAME,)}),  # a former name
        ("new", "Apolo Research", {"apollo-research": (Likeness.SLIP,)}),
        ("new", "Aopllo Research", {"apollo-research": (Likeness.SLIP,)}),
        ("new", "Apolo Reserch", {}),  # two slips
        ("new", "Trajectory Labs", {"trajectory-labs": (Likeness.NAME,)}),
        ("new", "Robust Intelligence", {"robust-intelligence": (Likeness.NAME,)}),
        ("UK_AISI", "Something else", {"uk-aisi": (Likeness.NAME,)}),  # its key in other letters
        ("new", "US AI Safety Institute", {}),
        ("new", "GPT-5.2", {}),
        ("new", "Claude Opus 4.6", {}),
        ("new", "Claude Opus 45", {}),
        ("new", "o3", {}),
        ("gpt-5", "GPT-5", {}),  # the record itself
    ],
)
def test_names_that_look_alike(key, name, alike):
    found = INDEX.of(named(key, name, maker="openai"))
    assert {each.key: each.likenesses for each in found} == alike


def source(key: str, url: str, edition: str = "", title: str = "") -> Known:
    return Known(key, addresses=(url,), edition=edition, texts=(title,) if title else ())


def test_a_source_that_says_its_edition_may_have_the_address_of_another():
    index = Lookalikes([source("card", "https://x.org/card", "of 12 August")])
    assert index.of(source("new", "http://x.org/card/", "of 17 August")) == []
    assert [each.key for each in index.of(source("new", "http://x.org/card/"))] == ["card"]
    assert [each.key for each in index.of(source("new", "http://x.org/card/", "of 12 August"))] == ["card"]


def test_the_record_with_most_in_common_comes_first():
    index = Lookalikes([source("a", "https://x.org/a"), source("b", "https://x.org/a", title="The system card of it")])
    found = index.of(source("new", "https://x.org/a", title="the System Card of it!"))
    assert [each.key for each in found] == ["b", "a"]
    assert found[0].words == "the same address, the same words"


def test_a_short_title_is_shared_by_chance():
    index = Lookalikes([source("a", "https://x.org/a", title="Model card")])
    assert index.of(source("new", "https://y.org/b", title="Model card")) == []


def test_values_that_only_together_tell_a_record():
    values = [(KnownBy.TOGETHER, "anthropic"), (KnownBy.TOGETHER, ""), (KnownBy.TOGETHER, "Did METR have the weights?")]
    other = [(KnownBy.TOGETHER, "openai"), values[2]]
    index = Lookalikes([Known.of("reply", values)])
    assert [each.key for each in index.of(Known.of("again", values))] == ["reply"]
    assert index.of(Known.of("another", other)) == []


def test_a_row_added_later_is_found_and_replaces_its_own_earlier_one():
    index = Lookalikes([named("metr", "METR")])
    index.add(named("row-2", "Haize Labs"))
    assert [each.key for each in index.of(named("row-3", "Haize-Labs"))] == ["row-2"]
    index.add(named("row-2", "Andon Labs"))
    assert index.of(named("row-3", "Haize Labs")) == []


@pytest.mark.parametrize(
    ("text", "called", "nearest"),
    [
        ("UK AISI", ["uk-aisi"], "uk-aisi"),
        ("uk ai safety institute", ["uk-aisi"], "uk-aisi"),
        ("AISI", [], "uk-aisi"),
        ("apolo", [], "apollo-research"),
        ("gpt-5.1", ["gpt-5-1"], "gpt-5-1"),
        ("openai gpt-5", ["gpt-5"], "gpt-5"),
        ("claude opus 4", [], "claude-opus-4-5"),
    ],
)
def test_what_a_text_names_and_the_nearest_name(text, called, nearest):
    assert INDEX.called(text) == called
    assert INDEX.nearest(text) == [nearest]


def test_nothing_is_near_what_is_like_nothing():
    assert INDEX.nearest("zzyzx") == []
    assert INDEX.nearest("") == []
    assert INDEX.called("") == []


# --- the records of the database -------------------------------------------------------------------------------------


def test_the_index_knows_all_records_whatever_their_status(empty_database):
    lab = factories.lab(key="amazon", name="Amazon", website="https://www.amazon.science/")
    LabName.objects.create(lab=lab, name="AWS")
    draft = factories.lab(key="draft-lab", name="Draft Lab", status="draft")
    index = lookalikes_among(Lab)
    assert index.called("aws") == ["amazon"]
    assert index.called("http://amazon.science") == ["amazon"]
    assert index.called("draft lab") == [draft.key]


def test_the_index_knows_what_was_merged_into_a_record(empty_database):
    winner = factories.lab(key="meta", name="Meta")
    Alias.objects.create(record=winner, key="fair-lab", name="FAIR Lab")
    assert lookalikes_among(Lab).called("FAIR lab") == ["meta"]


@pytest.mark.parametrize(
    ("model", "state", "known"),
    [
        (
            Lab,
            {"name": "Amazon", "other_names": [{"name": "AWS"}], "website": "", "country": "us"},
            Known("key", names=("Amazon", "AWS")),
        ),
        (AIModel, {"name": "GPT-5", "lab": "openai"}, Known("key", names=("GPT-5",), maker="openai")),
        (
            Source,
            {"url": "https://x.org", "archived_url": "", "edition": "of May", "title": "A card"},
            Known("key", addresses=("https://x.org",), edition="of May", texts=("A card",)),
        ),
        (AccessEvent, {"summary": "Two weeks of tests."}, Known("key")),  # events have a rule of their own
        (
            Reply,
            {"by_lab": "openai", "lab": None, "question": "When did it end?"},
            Known("key", texts=("openai When did it end?",)),
        ),
    ],
)
def test_what_a_state_makes_a_record_known_by(model, state, known):
    assert known_by_state(model, "key", state) == known


def test_a_stored_record_and_its_state_are_known_by_the_same(records):
    Alias.objects.all().delete()
    for kind in record_kinds():
        index = lookalikes_among(kind.model)
        for record in kind.model.objects.all():
            assert known_by_state(kind.model, record.key, state_of(record)) == index.known(record.key)


def test_how_many_of_the_shipped_records_look_alike(records):
    """Each is a question that a person has to answer; another one is a false alarm, or a new record to ask about."""
    pairs = set()
    for kind in record_kinds():
        index = lookalikes_among(kind.model)
        for key in kind.model.objects.values_list("key", flat=True):
            pairs |= {tuple(sorted((key, each.key))) for each in index.of(index.known(key))}
    assert pairs == {
        ("activefence", "alice"),
        ("aisi-claude-3-5-sonnet", "nist-2024-upgraded-sonnet"),
        ("xai-faif-2025-third-party-review", "xai-rmf-2025-third-party-review"),
    }


def test_the_index_is_read_in_as_many_queries_for_one_record_as_for_many(empty_database, django_assert_num_queries):
    factories.lab()
    with CaptureQueriesContext(connection) as few:
        lookalikes_among(Lab)
    for _ in range(5):
        factories.lab()
    with django_assert_num_queries(len(few)):
        lookalikes_among(Lab)


def test_a_record_that_is_added_after_the_first_question_is_near_too():
    index = Lookalikes([named("metr", "METR")])
    assert index.nearest("haize") == []
    index.add(named("haize-labs", "Haize Labs"))
    assert index.nearest("haize") == ["haize-labs"]
