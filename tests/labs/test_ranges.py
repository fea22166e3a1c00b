from fractions import Fraction

import pytest

from labs.rules.ranges import Range, hull, mean, printed, printed_range, range_words, weighted_mean


def test_a_range_refuses_to_run_backwards():
    with pytest.raises(ValueError, match="from low to high"):
        Range(Fraction(1), Fraction(0))


def test_a_range_of_one_value_is_exact_and_has_no_width():
    value = Range.of(".75")
    assert (value.low, value.high) == (Fraction(3, 4), Fraction(3, 4))
    assert value.is_exact
    assert value.width == 0


def test_a_range_of_two_values_is_not_exact():
    value = Range.of(".25", 1)
    assert not value.is_exact
    assert value.width == Fraction(3, 4)


def test_a_range_cannot_be_changed():
    with pytest.raises(AttributeError):
        Range.of(1).low = Fraction(0)  # type: ignore[misc]


def test_a_range_holds_another_that_does_not_reach_beyond_it():
    assert Range.of(0, 1).holds(Range.of(0, 1))
    assert Range.of(0, 1).holds(Range.of(".5"))
    assert not Range.of(0, ".5").holds(Range.of(".25", ".75"))


def test_times_multiplies_both_ends():
    assert Range.of(".25", 1).times(100) == Range.of(25, 100)


def test_times_refuses_to_turn_a_range_round():
    with pytest.raises(ValueError, match="from low to high"):
        Range.of(0, 1).times(-1)


def test_the_mean_is_taken_low_with_low_and_high_with_high_and_exactly():
    assert mean([Range.of(0, 1), Range.of(1), Range.of(0)]) == Range.of("1/3", "2/3")
    assert mean([Range.of("1/28", "1/3"), Range.of("1/7")]) == Range.of("5/56", "5/21")


def test_there_is_no_mean_and_no_hull_of_nothing():
    with pytest.raises(ValueError, match="no mean of nothing"):
        mean([])
    with pytest.raises(ValueError, match="no range around nothing"):
        hull([])


def test_the_weighted_mean_divides_by_the_weights_that_are_there():
    pairs = [(Fraction(3), Range.of(0, 1)), (Fraction(1), Range.of(1)), (Fraction(0), Range.of(1))]
    assert weighted_mean(pairs) == Range.of(".25", 1)


def test_the_weighted_mean_is_none_where_nothing_carries_weight():
    assert weighted_mean([]) is None
    assert weighted_mean([(Fraction(0), Range.of(1))]) is None


def test_the_hull_runs_from_the_lowest_to_the_highest():
    assert hull([Range.of(".5"), Range.of(0, ".25"), Range.of(1)]) == Range.of(0, 1)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("14.2499999", 1, "14.2"),
        ("14.25", 1, "14.3"),
        ("14.2500001", 1, "14.3"),
        ("0.04", 1, "0.0"),
        ("0.05", 1, "0.1"),
        ("99.95", 1, "100.0"),
        ("1/3", 4, "0.3333"),
        ("2/3", 4, "0.6667"),
        ("0.00005", 4, "0.0001"),
        ("0.00004999", 4, "0.0000"),
        ("1", 4, "1.0000"),
        ("2.5", 0, "3"),
        ("3.5", 0, "4"),
        ("-1.25", 1, "-1.2"),
        ("-0.04", 1, "0.0"),
    ],
)
def test_figures_are_rounded_half_up_when_printed(value, places, text):
    assert printed(Fraction(value), places) == text


def test_a_range_prints_one_figure_where_both_ends_print_alike():
    assert printed_range(Range.of("14.21", "26.66"), 1) == "14.2–26.7"
    assert printed_range(Range.of("14.21", "14.22"), 1) == "14.2"
    assert range_words("1st", "3rd") == "1st–3rd"
    assert range_words("as users", "fine-tuning", " to ") == "as users to fine-tuning"
    assert range_words("as users", "as users", " to ") == "as users"
