from server.domain.methods.pairwise import Pairwise


def test_each_above_each_below_and_nothing_within_a_group():
    pairs = Pairwise("abcd")
    pairs.count([["a"], ["b", "c"]], +1)
    pairs.count([["c"], ["a"]], +1)
    assert pairs.table() == {
        "a": {"b": 1, "c": 1, "d": 0},
        "b": {"a": 0, "c": 0, "d": 0},
        "c": {"a": 1, "b": 0, "d": 0},
        "d": {"a": 0, "b": 0, "c": 0},
    }
    assert (pairs.of("a", "c"), pairs.of("c", "a")) == (1, 1)
    pairs.count([["a"], ["b", "c"]], -1)
    assert pairs.of("a", "b") == 0
