"""How two texts of a source differ, and what is shown of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules import text_differences
from labs.rules.text_differences import TextPart, text_difference, word_difference


def parts(old: str, new: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in text_difference(old, new).parts]


def test_the_same_text_has_no_difference():
    assert not text_difference("One\n two  three", "One\n\ntwo three")
    assert text_difference("One", "One").parts == ()


def test_a_difference_names_lines_with_what_stands_around_them():
    old = "\n".join("abcdefghij")
    new = old.replace("e", "E").replace("j", "j\nk")

    assert parts(old, new) == [
        ("left_out", "2 lines the same"),
        ("same", "c"),
        ("same", "d"),
        ("removed", "e"),
        ("added", "E"),
        ("same", "f"),
        ("same", "g"),
        ("left_out", "1 line the same"),
        ("same", "i"),
        ("same", "j"),
        ("added", "k"),
    ]


def test_changes_close_to_one_another_share_what_stands_between_them():
    assert parts("a\nb\nc", "A\nb\nC") == [
        ("removed", "a"),
        ("added", "A"),
        ("same", "b"),
        ("removed", "c"),
        ("added", "C"),
    ]


def test_a_long_line_is_compared_by_sentences():
    sentences = [f"This is the sentence of the number {number} here." for number in range(20)]
    changed = [*sentences[:10], "This one is new.", *sentences[11:]]

    result = text_difference(" ".join(sentences), " ".join(changed))

    assert (result.added, result.removed) == (1, 1)
    assert TextPart("added", "This one is new.") in result.parts


def test_lines_that_moved_are_removed_here_and_added_there():
    result = text_difference("a\nb\nc\nd", "b\nc\nd\na")
    assert (result.added, result.removed) == (1, 1)


def test_the_counts_hold_whatever_is_shown():
    result = text_difference("", "\n".join(f"line {number}" for number in range(5_000)))

    assert (result.added, result.removed) == (5_000, 0)
    assert len(result.parts) == text_differences.MOST_IN_A_ROW + 1
    assert result.is_cut


def test_lines_that_come_back_often_are_not_compared_without_end():
    result = text_difference("a\nb\n" * 20_000, "b\na\nc\n" * 20_000)
    assert result.is_rough
    assert result.is_cut


@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.lists(st.sampled_from("abcdef"), max_size=30))
def test_a_difference_leads_from_one_text_to_the_other(old, new):
    changes, is_rough = text_differences._changes(old, new)
    rebuilt, place = [], 0
    for start, end, other_start, other_end in changes:
        rebuilt += old[place:start] + new[other_start:other_end]
        place = end
    assert rebuilt + old[place:] == new
    assert not is_rough


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c d", "a b c d", [("same", "a b c d")]),
        ("a b c d", "a b x d", [("same", "a b "), ("removed", "c "), ("added", "x "), ("same", "d")]),
        ("a b c d", "a b d", [("same", "a b "), ("removed", "c "), ("same", "d")]),
        ("a b c", "a b c d", [("same", "a b c "), ("added", "d")]),
        ("a\nb c", "a b c", [("same", "a b c")]),
        ("a b c d", "e f g h", []),
        ("", "a b", []),
        ("word " * 1001, "word " * 1000, []),
    ],
)
def test_words_that_changed(old, new, expected):
    assert [(part.kind, part.text) for part in word_difference(old, new)] == expected
