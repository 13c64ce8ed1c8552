import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.methods.agreement import agreement, agreements


@pytest.mark.parametrize(
    ("histogram", "value"),
    [
        # Places of two parties on a scale of seven, in thousandths: van der Eijk (2001).
        ([24, 28, 32, 62, 135, 304, 416], 0.61),
        ([16, 26, 82, 210, 293, 270, 103], 0.48),
        # From the documentation of Didier Ruedin's package `agrmt` for R.
        ([30, 40, 210, 130, 530, 50, 10], 0.61),
        ([6, 8, 5, 3, 2], 0.31),
        ([6, 8, 5, 3, 2, 0, 2], 0.39),
    ],
)
def test_values_that_others_have_published(histogram, value):
    assert agreement(histogram) == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(
    ("histogram", "value"),
    [
        ([0, 9, 0, 0, 0], 1),
        ([5, 0, 0, 0, 5], -1),
        ([1, 1, 1, 1, 1], 0),
        ([5, 5, 0, 0, 0], 0.75),
        ([5, 0, 5, 0, 0], pytest.approx(0.1667, abs=1e-4)),
        ([3, 2], 0.2),
        ([0, 0, 0], None),
    ],
)
def test_the_ends_and_the_middle_of_its_scale(histogram, value):
    assert agreement(histogram) == value


def by_threes(pattern):
    """A of a layer as the paper defines it, three places at a time."""
    places, filled = len(pattern), sum(pattern)
    if filled == 1:
        return 1
    threes = [
        (pattern[i], pattern[j], pattern[k])
        for i in range(places)
        for j in range(i + 1, places)
        for k in range(j + 1, places)
    ]
    up = sum(three in {(1, 1, 0), (0, 1, 1)} for three in threes)
    down = threes.count((1, 0, 1))
    if not up + down:
        return 0
    unimodality = ((places - 2) * up - (places - 1) * down) / ((places - 2) * (up + down))
    return unimodality * (1 - (filled - 1) / (places - 1))


def by_layers(histogram):
    left, total, value = list(histogram), sum(histogram), 0
    while any(left):
        height = min(count for count in left if count)
        pattern = [int(count > 0) for count in left]
        value += height * sum(pattern) / total * by_threes(pattern)
        left = [max(0, count - height) for count in left]
    return value


@given(st.lists(st.integers(0, 6), min_size=3, max_size=8).filter(any))
def test_it_is_what_the_paper_defines(histogram):
    assert agreement(histogram) == pytest.approx(by_layers(histogram), abs=1e-4)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=8).filter(any))
def test_it_is_the_same_from_either_end_and_of_any_number_of_voters(histogram):
    value = agreement(histogram)
    assert agreement(histogram[::-1]) == value
    assert agreement([3 * count for count in histogram]) == pytest.approx(value, abs=1e-4)


def test_of_what_no_one_spoke_there_is_none():
    assert agreements({"a": [0, 2], "b": [0, 0]}) == {"a": 1}
