"""What people type is what people mean: pure rules, no database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules.search_words import (
    MOST_CHARACTERS,
    MOST_WORDS,
    WORDS_ANYWHERE,
    SearchError,
    TypedSearch,
    fit,
    folded_url,
    folded_words,
    index_tokens,
    keyword_searches,
    marked,
    read_search,
    unmarked,
)


def is_found(typed: str, text: str) -> bool:
    search = read_search(typed)
    assert search is not None
    return search.words_in(folded_words(text)) == search.all_words


HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\xad"
SAME_THING = [
    *[(f"GPT{hyphen}4o", "GPT-4o") for hyphen in HYPHENS],
    *[("GPT-4o", f"GPT{hyphen}4o mini") for hyphen in HYPHENS],
    ("gpt5", "GPT-5"),
    ("GPT 5", "GPT5"),
    ("ｇｐｔ－５", "GPT-5"),
    ("gpt5.1", "GPT-5.1"),
    ("claude 3.5 sonnet", "Claude 3.5 Sonnet"),
    ("claude-3.5-sonnet", "Claude 3.5 Sonnet"),
    ("gpt-4-turbo", "GPT4 Turbo"),
    ("gpt-4-turbo", "gpt4turbo"),
    ("red teaming", "red-teaming"),
    ("redteaming", "red teaming"),
    ("red-teaming", "redteaming"),
    ("red teaming", "a redteaming exercise"),
    ("deepmind", "Google Deep Mind"),
    ("deep mind", "Google DeepMind"),
    ("openai’s", "OpenAI"),
    ("the lab's", "of the lab’s models"),
    ("dont", "they don’t"),
    ("muller", "Müller"),
    ("MÜLLER", "Muller"),
    ("strasse", "Straße"),
    ("1000", "1,000 prompts"),
    ("1,000", "1000 prompts"),
    ("1 000", "1000 prompts"),
    ("1000", "1\u202f000 prompts"),
    ("U.S. AISI", "US AISI"),
    ("US AISI", "the U.S. AISI"),
    ("Command R+", "Command R Plus"),
    ("智能", "人工智能研究"),
    ("safeguard test", "safeguards testing"),
    ("METR gpt", "METR tested GPT-5"),
    ("“tested it”", "Then we tested it early"),
    ('"tested it', "Then it was tested"),
    ("the share of releases", "share: releases"),
]
OTHER_THINGS = [
    ("gpt4o", "GPT-4 on release"),
    ("gpt51", "GPT-5.1"),
    ("gpt-5.1", "GPT-51"),
    ("GPT-4 test", "GPT-4o tests"),
    ('"GPT-4"', "GPT-4o"),
    ('"GPT-4"', "GPT-4.1"),
    ("100", "1000 prompts"),
    ("1.5", "15"),
    ("o1", "pro 1"),
    ("eval", "medieval"),
    ('"it tested"', "Then we tested it"),
    ('"test"', "tests"),
    ("no access", "nothing on access"),
]


@pytest.mark.parametrize(("typed", "text"), SAME_THING)
def test_what_people_type_is_found(typed, text):
    assert is_found(typed, text), (read_search(typed), folded_words(text))


@pytest.mark.parametrize(("typed", "text"), OTHER_THINGS)
def test_another_thing_is_not_found(typed, text):
    assert not is_found(typed, text), (read_search(typed), folded_words(text))


def test_a_short_word_that_is_not_the_last_stands_as_a_whole():
    assert not is_found("no access", "nothing on access")
    assert is_found("no access", "there was no access")
    assert is_found("access no", "nothing on access")  # the last word may not be written to its end


QUOTE = "We gave METR access to GPT-4 for red-teaming, ‘without safeguards’, and the evaluation took 1,000 hours."
PASTED = [
    "We gave METR\naccess to GPT-4 for red-\nteaming, ‘without safeguards’, and the evalua-\ntion took 1,000 hours.",
    "We gave METR access to GPT-4 for red- teaming, 'without safeguards', and the evalua- tion took 1,000 hours.",
    "“We gave METR access to GPT‑4 for red\xadteaming, ‘without safeguards’, and the evaluation took 1000 hours.”",
    "We gave METR³ access to GPT-4 for red-teaming,4 “without safeguards”, and the evaluation [12] took 1,000 hours.†",
]


@pytest.mark.parametrize("typed", PASTED)
def test_a_quote_pasted_from_a_file_is_found(typed):
    assert is_found(typed, QUOTE)


def test_ligatures_of_a_file_are_their_letters():
    assert is_found("\ufb01ne-tuning e\ufb00ects", "fine-tuning effects")


def test_a_sentence_has_to_stand_in_one_text_and_a_few_words_need_not():
    assert read_search(QUOTE).is_sentence
    few = read_search("the access of METR to GPT-5 and o3 in red teaming")
    assert len(few.words) == WORDS_ANYWHERE
    assert not few.is_sentence


def test_small_words_are_passed_over_unless_nothing_else_is_typed_or_they_are_quoted():
    assert [word.compact for word in read_search("the share of releases").words] == ["share", "releases"]
    assert [word.compact for word in read_search("of the").words] == ["of", "the"]
    assert not is_found('"share of releases"', "share: releases")


def test_an_address_is_found_however_it_was_copied():
    stored = folded_url("https://www.example.org/blog/gpt-4/?utm_source=x")
    for typed in ("https://example.org/blog/gpt-4", "http://www.example.org/blog/gpt-4/#part", "example.org/blog"):
        search = read_search(typed)
        assert search.words_in(stored) == search.all_words, typed
    other = read_search("https://example.org/blog/gpt-5")
    assert other.words_in(stored) != other.all_words


@pytest.mark.parametrize("typed", ["", "  ", "???", "“”", "\0", "-"])
def test_without_a_letter_or_a_digit_there_is_nothing_to_look_for(typed):
    assert read_search(typed) is None


def test_a_search_has_a_limit_that_is_said():
    assert read_search("a" * MOST_CHARACTERS)
    assert read_search("ab " * MOST_WORDS)
    for typed in ("a" * (MOST_CHARACTERS + 1), "ab " * (MOST_WORDS + 1), "a-" * (MOST_WORDS + 1)):
        with pytest.raises(SearchError) as refused:
            read_search(typed)
        assert str(MOST_CHARACTERS) in refused.value.allowed
        assert str(MOST_WORDS) in refused.value.allowed


def test_a_name_that_is_what_was_typed_fits_best():
    search = read_search("gpt5")
    names = ("GPT-5", "GPT-5 (gpt-5-thinking)", "GPT-5.1", "New GPT-5")
    assert [fit(folded_words(name), search) for name in names] == [0, 1, 2, 3]


# --- the index ------------------------------------------------------------------------------------------------------

TEXTS = st.text(alphabet="abcdeGPT-4.5 o’'é", min_size=0, max_size=30)


def may_be_in_index(search: TypedSearch, tokens: set[str]) -> bool:
    """What a database does with ``in_index``."""

    def has(token) -> bool:
        return any(each.startswith(token.text) if token.is_prefix else each == token.text for each in tokens)

    return all(
        any(all(any(map(has, any_of)) for any_of in alternative) for alternative in alternatives)
        for alternatives in search.in_index
    )


@given(TEXTS, TEXTS)
def test_an_index_has_every_text_that_the_rule_finds(typed, text):
    search, words = read_search(typed), folded_words(text)
    if search is not None and search.words_in(words) == search.all_words:
        assert may_be_in_index(search, set(index_tokens(words).split()))


@pytest.mark.parametrize(("typed", "text"), SAME_THING)
def test_an_index_has_what_people_type(typed, text):
    assert may_be_in_index(read_search(typed), set(index_tokens(folded_words(text)).split()))


@given(st.text(max_size=60))
def test_tokens_hold_nothing_that_a_database_reads_as_a_sign(text):
    assert re.fullmatch(r"[^\W_]*(?:[ .][^\W_]+)*", index_tokens(folded_words(text)))


@given(st.text(max_size=60))
def test_every_text_is_found_by_its_own_words(text):
    words = folded_words(text)
    search = read_search(words)
    assert (search is None) == (words == "")
    if search is not None:
        assert search.words_in(words) == search.all_words


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert folded_words(folded_words(text)) == folded_words(text)


# --- what is shown --------------------------------------------------------------------------------------------------


def shown(text: str, typed: str, most: int = 0) -> str:
    return "".join(
        f"[{piece.text}]" if piece.is_found else piece.text for piece in marked(text, read_search(typed), most)
    )


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("GPT-5 for red-teaming; GPT‑5.1 too.", "gpt5 redteaming", "[GPT-5] for [red-teaming]; GPT‑5.1 too."),
        ("for red-teaming", "red teaming", "for [red]-[teaming]"),
        ("OpenAI’s safeguards", "openai safeguard", "[OpenAI’s] [safeguards]"),
        ("1,000 prompts", "1000", "[1,000] prompts"),
        ("Müller & Söhne", "muller", "[Müller] & Söhne"),
        ("It tested it", '"tested it"', "It [tested it]"),
        ("nothing here", "else", "nothing here"),
        ("<b>METR</b>", "metr", "<b>[METR]</b>"),
    ],
)  # fmt: skip
def test_the_words_are_marked_as_they_stand(text, typed, expected):
    assert shown(text, typed) == expected


def test_of_a_long_text_the_part_round_the_words_is_shown():
    text = f"{'before ' * 60}METR was here {'after ' * 60}"
    excerpt = shown(text, "metr", 120)
    assert "[METR] was here" in excerpt
    assert excerpt.startswith("… before")
    assert excerpt.endswith(" …")
    assert len(excerpt) < 150


@given(st.text(max_size=300), st.text(max_size=20), st.integers(0, 120))
def test_marks_change_no_character(text, typed, most):
    search = read_search(typed)
    if search is not None:
        whole = "".join(piece.text for piece in marked(text, search))
        assert whole == text
        excerpt = "".join(piece.text for piece in marked(text, search, most))
        assert excerpt.removeprefix("… ").removesuffix(" …") in text
        assert "".join(piece.text for piece in unmarked(text, search, most)) == excerpt


@pytest.mark.parametrize(
    ("typed", "searches"),
    [
        ("Did Google let anyone test Gemini 3?", ["Google test Gemini 3", "Google Gemini 3"]),
        ("who tested GPT-5 before release?", ["tested GPT-5 before release", "GPT-5"]),
        ("what has OpenAI promised", ["OpenAI promised", "OpenAI"]),
        ("How deep was METR’s access to “GPT-5”?", ['deep METR’s access "GPT-5"', 'METR’s "GPT-5"']),
        ("was the US let in", ["US"]),
        ('"who tested it"', []),  # a phrase is looked for as it is
        ("Gemini 3", []),
        ("did anyone let them?", []),
        ("gemini 3?", []),
        ("weeks it was", []),  # no question
        ("", []),
    ],
)
def test_a_question_is_searched_for_by_what_it_is_about(typed, searches):
    assert keyword_searches(typed) == searches
