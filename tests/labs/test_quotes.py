"""Quotes against a text, on both sides of each border."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.choices import QuoteCheck
from labs.rules import quotes
from labs.rules.quotes import SourceText, check, find, folded

TEXT = "METR evaluated the model for 10 days before release. It wasn’t able to fine-tune it. “Red-teaming” came later."


def found(quote: str, text: str = TEXT) -> bool:
    return find(quote, SourceText(text)) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a  b", "a b"),
        ("a\n\t b", "a b"),
        ("a\r\nb", "a b"),
        ("a\xa0b", "a b"),
        ("a\u2009\u202fb", "a b"),
        ("a\u2028b", "a b"),
        ("a\u200bb", "ab"),
        ("\ufeffab", "ab"),
        ("a\xadb", "ab"),
        ("a\xad\n  b", "ab"),
        (" a ", "a"),
        ("“a”", '"a"'),
        ("„a‟", "'a'"),
        ("‘a’", "`a´"),
        ("‚a‛", "'a'"),
        ("«a»", '"a"'),
        ("«\xa0a\u202f»", '"a"'),
        ("‹a›", "'a'"),
        ("5′ 6″", "5' 6''"),
        ("``a''", '"a"'),
        ("it’s", "it's"),
        ("「a」", '"a"'),
        ("＂a＇", "\"a'"),
        ("e\N{LATIN SMALL LIGATURE FFI}cient", "efficient"),
        ("e\u0301", "é"),
        ("ｆｕｌｌ", "full"),
        ("a…", "a..."),
        ("red\u2010team", "red-team"),
        ("red\u2011team", "red-team"),
    ],
)
def test_what_is_written_otherwise_folds_alike(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "ab"),
        ("A", "a"),
        ("a.", "a"),
        ("it's", "its"),
        ("e", "é"),
        ("a-b", "a b"),
        ("a–b", "a-b"),
        ("1,000", "1000"),
    ],
)
def test_what_says_something_else_folds_apart(one, other):
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "quote",
    [
        TEXT,
        "METR evaluated the model",
        "evaluated  the\nmodel",
        '"METR evaluated the model"',
        "It wasn't able to fine-tune it",
        "'Red-teaming' came later.",
        "10 days",
        "METR evaluated … before release",
        "METR evaluated ... before release",
        "METR [...] 10 days [ … ] release",
        "METR (…) 10 days . . . release",
        "… evaluated the model …",
        "METR […]. It wasn’t able",
    ],
)
def test_a_quote_that_stands_in_the_text_is_found(quote):
    assert found(quote)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "  \n",
        "“”",
        "…",
        "[...] …",
        "\u200b\xad",
        ".",
        "METR evaluated a model",
        "metr evaluated the model",
        "evaluated the models",
        "valuated the model",
        "0 days",
        "METR evaluated the mode",
        "able to finetune",
        "before release … METR evaluated",
        "METR evaluated … the model … the model",
        "METR evaluated … after release",
        "METR [...] 10 days [ … ] fine-tune",
        "METR … zzz",
    ],
)
def test_a_quote_that_does_not_stand_in_the_text_is_not_found(quote):
    assert not found(quote)


@pytest.mark.parametrize(
    ("quote", "text", "is_there"),
    [
        ("able to test", "It was unable to test it.", False),
        ("able to test", "It was unable, then able to test it.", True),
        ("10 days", "It took 110 days.", False),
        ("5 days", "It took 1.5 days.", False),
        ("5 days", "It took 1,5 days.", False),
        ("5 days", "In 2023. 5 days later", True),
        ("in 2023", "It was in 2023.", True),
        ("tested by METR", "It was tested by METR3 and others.", True),
        ("tested by METR", "It was tested by METRICS.", False),
        ("modelo probó", "El modelo probó.", True),
        ("ết", "Viết", False),
        ("测试了模型", "他们测试了模型。", True),
        ("モデルを評価", "私たちはモデルを評価した", True),
        ("тест", "Это тестирование", False),
        ("the model", "of the model's", True),
    ],
)
def test_a_quote_is_found_as_whole_words(quote, text, is_there):
    assert found(quote, text) is is_there


@pytest.mark.parametrize(
    ("quote", "text", "is_there"),
    [
        ("external evaluation of it", "external evalu-\nation of it", True),
        ("external evaluation of it", "external evalu- \r\n  ation of it", True),
        ("external evaluation of it", "external evalu\xad\nation of it", True),
        ("external evaluation of it", "external evalu\u2010\nation of it", True),
        ("red-teaming of it", "red-\nteaming of it", True),
        ("evaluation and red-teaming", "evalu-\nation and red-\nteaming", True),
        ("evaluation … red-teaming", "evalu-\nation, later red-\nteaming", True),
        ("pre- and post-training", "pre-\nand post-\ntraining", True),
        ("evalu-\nation", "evaluation", True),
        ("evalu-\nation", "evalu-\nation", True),
        ("GPT-4 was tested", "GPT-\n4 was tested", True),
        ("GPT4 was tested", "GPT-\n4 was tested", False),
        ("non-US labs", "non-\nUS labs", True),
        ("nonUS labs", "non-\nUS labs", False),
        ("evaluation", "evalu-ation", False),
        ("evaluation", "evalu- ation", False),
        ("evaluation", "evalu\nation", False),
        ("evaluation", "evalu-\n\nation", False),
        ("evaluation", "evalu —\nation", False),
        ("able to test", "un-\nable to test", False),
        ("evalu ation", "evalu-\nation", False),
        ("evaluations", "evalu-\nation", False),
        ("1020", "10-\n20", False),
    ],
)
def test_a_word_that_a_line_end_parts_is_found(quote, text, is_there):
    assert found(quote, text) is is_there


@pytest.mark.parametrize(
    ("quote", "text", "words", "is_doubtful"),
    [
        ("METR tested it", "METR\ntested it.", "word for word", False),
        ("METR tested it", "METR\n\ftested it.", "across a page break", False),
        ("evaluation", "The evalu-\n\fation.", "across a page break", False),
        ("METR tested it", "METR\n\fMETR tested it.", "word for word", False),
        ("A – B", "A—B", "with other dashes", False),
        ("[t]he model", "The model", "with a letter in brackets", False),
        ("[t]he A – B", "The A—B", "with other dashes, with a letter in brackets", False),
        ("the weights were", "the weights³ were", "without footnote marks", False),
        ("the weights were", "the weights [³] were", "without footnote marks", False),
        ("red-teaming", "red\xadteaming", "with hyphens that the file has as soft ones", False),
        ("the staff", "the sta\x1b", "with ligatures that the file has as control characters", False),
        (
            "It was tested",
            "Card 1\nIt\n\fCard 2\nwas tested\n\fCard 3",
            "across a page break, without the lines that recur on each page",
            False,
        ),
        ("METR … it", "METR tested it", "with omissions", True),
        ("METR … it", "METR tested\n\fit", "across a page break, with omissions", True),
        ("the weights3 were", "the weights³ were", "with the digits of footnote marks", True),
        ("the weights were", "the weights3 were", "without digits that may be footnote marks", True),
        ("It was tested by METR twice", "IT WAS TESTED BY METR TWICE", "with other capitals", True),
        ("It was tested by METR twice", "It waS teSted by METR twice", "with other capitals", True),
        ("It was tested twice", "It was t ested twice", "with blanks inside words", True),
        (
            "pre- and post-training was tested",
            "pre-\nand post-\ntraining was t ested",
            "with blanks inside words",
            True,
        ),
        ("It was tested by METR twice", "I T WAS TESTED BY METR TWICE", "with blanks inside words", True),
    ],
)
def test_a_quote_says_how_it_was_found(quote, text, words, is_doubtful):
    match = find(quote, SourceText(text))

    assert (match.words, match.is_doubtful) == (words, is_doubtful)
    assert check(quote, SourceText(text)) is (QuoteCheck.DOUBTFUL if is_doubtful else QuoteCheck.FOUND)


@pytest.mark.parametrize(
    ("quote", "text", "omitted"),
    [
        ("METR … it", "METR tested it", ("tested",)),
        ("METR … it … twice", "METR tested it and then twice", ("tested", "and then")),
        ("METR … it", "METR did METR test it", ("did METR test",)),
        ("METR … of it", "METR saw an evalu-\nation of it", ("saw an evaluation",)),
        ("… METR tested …", "METR tested it", ()),
        ("METR … it", "METR it", ()),
        ("METR … it", "METR … it", ()),
    ],
)
def test_an_omission_is_shown(quote, text, omitted):
    assert find(quote, SourceText(text)).omitted == omitted


@pytest.mark.parametrize("word", ["not", "never", "no", "without", "unable", "cannot", "hasn’t", "refused", "only"])
def test_an_omission_leaves_out_no_denial(word):
    assert not found("METR … it", f"METR has {word} tested it")
    assert not found("METR … it", f"METR has {word.upper()} tested it")
    assert found("METR … it", "METR has noted, nowadays, a knot in it")


@pytest.mark.parametrize(
    ("quote", "text", "is_there"),
    [
        ("Es wurde … getestet", "Es wurde nicht getestet", False),
        ("Es wurde … getestet", "Es wurde gestern getestet", True),
        ("他们…测试", "他们没有测试", False),
        ("他们…测试", "他们已经测试", True),
    ],
)
def test_a_denial_in_another_language_is_one(quote, text, is_there):
    assert found(quote, text) is is_there


def test_a_later_place_is_looked_at_where_the_first_leaves_out_a_denial():
    assert found("METR … tested it", "METR had not tested it. METR then tested it.")


def test_an_omission_is_at_most_so_long():
    gap = " ".join(["word"] * quotes.MOST_WORDS_LEFT_OUT)
    assert found("METR … it", f"METR {gap} it")
    assert not found("METR … it", f"METR {gap} word it")


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("It was a notable one", "It was a not able one"),
        ("They came together at last", "They came to get her at last"),
        ("It came without any", "It came with out any"),
        ("There was someone inside", "There was some one inside"),
        ("It was a nonevent there", "It was a non event there"),
        ("Itwas a test there", "It was a test there then"),
        ("a nothing to do", "a no thing to do"),
    ],
)
def test_a_blank_inside_a_word_makes_no_denial_and_no_blank_of_a_quote_is_dropped(quote, text):
    assert not found(quote, text) or quote.startswith("Itwas")
    assert not found(text, quote)


@pytest.mark.parametrize(("words", "is_there"), [(quotes.FEWEST_WORDS_IN_CAPITALS, True), (5, False)])
def test_capitals_are_tried_for_some_words_only(words, is_there):
    quote = " ".join(("It", "was", "tested", "by", "METR", "twice")[:words])
    assert found(quote, "IT WAS TESTED BY METR TWICE") is is_there


def test_lines_that_recur_on_two_pages_are_not_left_out():
    assert found("It was tested", "Card 1\nIt was\n\fCard 2\ntested\n\fCard 3\nThen.")
    assert not found("It was tested", "Card 1\nIt was\n\fCard 2\ntested")


def test_omissions_of_many_places_take_little_time():
    assert not found(" … ".join(["a"] * 30 + ["zzz"]), "zzz " + "a b " * 5_000)


def test_a_quote_is_checked_against_what_is_held():
    assert check("a word", None) is QuoteCheck.NO_SNAPSHOT
    assert check("a word", SourceText("It is a word.")) is QuoteCheck.FOUND
    assert check("a word", SourceText("It is another.")) is QuoteCheck.NOT_FOUND
    assert check("a word", SourceText("")) is QuoteCheck.NOT_FOUND


WORDS = st.lists(st.text("abcdeé1", min_size=1, max_size=5), min_size=3, max_size=40)


@given(st.text())
def test_folded_white_space_is_single_spaces(text):
    result = folded(text)
    assert result == " ".join(result.split())


@given(WORDS, st.data())
def test_any_run_of_words_is_found_however_the_lines_break(words, data):
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    gaps = data.draw(
        st.lists(st.sampled_from([" ", "\n", "  ", "\xa0", "\r\n"]), min_size=len(words), max_size=len(words))
    )
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    assert found(" ".join(words[start:end]), text)


@given(WORDS, st.data())
def test_a_quote_is_found_wherever_a_word_is_hyphenated(words, data):
    words = [word for word in words if len(word) > 1 and word.isalpha()] or ["word"]
    place = data.draw(st.integers(0, len(words) - 1))
    cut = data.draw(st.integers(1, len(words[place]) - 1))
    broken = [*words[:place], f"{words[place][:cut]}-\n{words[place][cut:]}", *words[place + 1 :]]
    assert found(" ".join(words), " ".join(broken))


@given(st.text("ab .…-\n'“", max_size=30), st.text("ab .…-\n'“", max_size=30))
def test_a_word_that_the_text_lacks_is_never_found(quote, text):
    assert not found(f"{quote} zzz", text)
