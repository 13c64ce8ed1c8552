from hypothesis import given
from hypothesis import strategies as st

from server.domain.methods.schulze import (
    beaten,
    layers,
    links,
    path,
    strongest_paths,
    unseating,
)

CYCLE = [[0, 6, 3], [3, 0, 7], [5, 2, 0]]


def test_of_each_pair_the_stronger_side_makes_a_link_and_an_even_pair_makes_none():
    assert links([[0, 3, 4], [2, 0, 1], [4, 6, 0]]) == [[0, 3, 0], [0, 0, 0], [0, 6, 0]]


def test_a_path_is_as_strong_as_its_weakest_link():
    assert strongest_paths(CYCLE) == [[0, 6, 6], [5, 0, 7], [5, 5, 0]]
    assert path(CYCLE, 0, 2, 6) == [0, 1, 2]
    assert path(CYCLE, 1, 2, 7) == [1, 2]


def test_who_is_beaten_by_none_comes_first():
    assert beaten(strongest_paths(CYCLE)) == [{1, 2}, {2}, set()]
    assert layers([{1, 2}, {2}, set()]) == [[0], [1], [2]]
    assert layers([{2}, set(), {3}, set()]) == [[0, 1], [2], [3]]
    assert layers([]) == []


@given(st.integers(2, 8), st.data())
def test_a_ballot_against_a_winner_has_ranks_without_gaps(options, data):
    row = st.lists(st.integers(0, 6), min_size=options, max_size=options)
    wins = data.draw(st.lists(row, min_size=options, max_size=options))
    for ballot in unseating(wins, 0):
        assert len(ballot) == options
        assert {*ballot} == {*range(len({*ballot}))}
