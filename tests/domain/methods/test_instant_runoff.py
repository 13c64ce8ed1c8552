from server.domain.methods.instant_runoff import instant_runoff
from server.domain.methods.pairwise import UNRANKED


def count(written, options):
    """Count ballots such as `{"a b=c": 4}`, and write groups in one string each."""
    ballots = {}
    for ranking, number in written.items():
        ranks = {o: n for n, group in enumerate(ranking.split()) for o in group.split("=")}
        ballots[bytes(ranks.get(option, UNRANKED) for option in options)] = number
    order, rounds = instant_runoff(ballots, options)
    return ["".join(group) for group in order], rounds


def test_votes_move_on_to_who_is_next_on_the_ballot():
    order, rounds = count({"a b": 4, "b": 3, "c b": 2}, "abc")
    assert rounds == [{"a": 4, "b": 3, "c": 2}, {"a": 4, "b": 5}]
    assert order == ["b", "a", "c"]


def test_who_ties_for_the_fewest_drops_out_together():
    order, rounds = count({"a": 3, "b c": 1, "c b": 1}, "abc")
    assert rounds == [{"a": 3, "b": 1, "c": 1}]
    assert order == ["a", "bc"]


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


def test_a_ballot_that_has_nobody_left_counts_no_more():
    _, rounds = count({"a": 1, "b": 2, "c": 3, "": 9}, "abc")
    assert rounds == [{"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 3}]
