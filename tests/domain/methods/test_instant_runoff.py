from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.domain.methods.instant_runoff import MAX_WAYS, Ties, instant_runoff
from server.domain.methods.pairwise import UNRANKED


def count(written, options, **how):
    """Count ballots such as `{"a b=c": 4}`, and write groups in one string each."""
    order, rounds, _ = instant_runoff(packed(written, options), options, **how)
    return ["".join(group) for group in order], rounds


def packed(written, options):
    ballots = {}
    for ranking, number in written.items():
        ranks = {o: n for n, group in enumerate(ranking.split()) for o in group.split("=")}
        ballots[bytes(ranks.get(option, UNRANKED) for option in options)] = number
    return ballots


def test_votes_move_on_to_who_is_next_on_the_ballot():
    order, rounds = count({"a b": 4, "b": 3, "c b": 2}, "abc")
    assert rounds == [{"a": 4, "b": 3, "c": 2}, {"a": 4, "b": 5}]
    assert order == ["b", "a", "c"]


def test_who_ties_for_the_fewest_drops_out_together():
    order, rounds = count({"a": 3, "b c": 1, "c b": 1}, "abc")
    assert rounds == [{"a": 3, "b": 1, "c": 1}]
    assert order == ["a", "bc"]


def test_a_tie_for_elimination_is_tried_each_way():
    """nomnom 429 and rcv 921: whichever of b and c goes first, the other beats a by 4 to 3."""
    ballots = packed({"a": 3, "b c": 2, "c b": 2}, "abc")
    order, rounds, ties = instant_runoff(ballots, "abc")
    assert order == [["b", "c"], ["a"]]
    assert rounds == [{"a": 3, "b": 2, "c": 2}]
    assert ties is Ties.DECIDE
    older = instant_runoff(ballots, "abc", each_way=False)
    assert older.order == [["a"], ["b", "c"]]


def test_a_tie_that_decides_nothing_is_not_told():
    order, _, ties = instant_runoff(packed({"a": 4, "b a": 2, "c a": 2}, "abc"), "abc")
    assert order == [["a"], ["b", "c"]]
    assert ties is Ties.NOTHING


def test_of_too_many_ways_none_is_tried():
    options = [f"o{n}" for n in range(30)]
    ballots = packed({f"{a} {b}": 3 for a, b in pairwise([*options, options[0]])}, options)
    order, _, ties = instant_runoff(ballots, options)
    assert order == [options]
    assert ties is Ties.TOO_MANY
    assert MAX_WAYS < 2**30
    # No one's first choice: whatever their number, they drop out together.
    order, _, ties = instant_runoff(packed({"o7": 2, "o8": 1}, options), options)
    assert order[:2] == [["o7"], ["o8"]]
    assert ties is Ties.NOTHING


def possible(ballots, left):
    """All who can win, one option at a time and one ballot after the other."""
    if len(left) == 1:
        return left

    def supports(ballot, option):
        ranks = {each: ballot[each] for each in left if ballot[each] != UNRANKED}
        return option in ranks and ranks[option] == min(ranks.values())

    votes = {o: sum(n for b, n in ballots if supports(b, o)) for o in left}
    fewest = [option for option in left if votes[option] == min(votes.values())]
    return frozenset().union(*(possible(ballots, left - {option}) for option in fewest))


@given(
    st.dictionaries(
        st.lists(st.sampled_from([0, 1, 2, UNRANKED]), min_size=4, max_size=4).map(bytes),
        st.integers(1, 3),
        max_size=6,
    )
)
def test_all_who_can_win_in_some_order_win(ballots):
    winners = possible([*ballots.items()], frozenset(range(4)))
    assert {"abcd".index(o) for o in instant_runoff(ballots, "abcd").order[0]} == winners


def test_who_is_left_with_equal_votes_ties_for_the_win():
    order, rounds = count({"a": 2, "b": 2, "c": 1}, "abc")
    assert rounds == [{"a": 2, "b": 2, "c": 1}, {"a": 2, "b": 2}]
    assert order == ["ab", "c"]


def test_a_ballot_counts_for_all_in_its_group_and_moves_on_when_the_last_is_out():
    # When only one of the group drops out, the ballots still count for the other.
    order, rounds = count({"a=b c": 2, "c": 4, "b": 1, "d": 5}, "abcd")
    assert rounds == [{"a": 2, "b": 3, "c": 4, "d": 5}, {"b": 3, "c": 4, "d": 5}, {"c": 6, "d": 5}]
    assert order == ["c", "d", "b", "a"]
    # When both do, they move on once.
    _, rounds = count({"a=b c": 2, "c": 5, "d": 4}, "abcd")
    assert rounds[1] == {"c": 7, "d": 4}


def test_a_ballot_that_has_no_one_left_counts_no_more():
    _, rounds = count({"a": 1, "b": 2, "c": 3, "": 9}, "abc")
    assert rounds == [{"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 3}]
