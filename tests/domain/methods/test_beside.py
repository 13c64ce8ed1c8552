from server.domain.methods.base import Beside
from server.domain.methods.beside import borda, copeland, told_beside
from server.domain.methods.pairwise import Pairwise

NAMES = {"a": "Alpha", "b": "Beta", "c": "Gamma"}


def table(*ballots):
    pairs = Pairwise(NAMES)
    for groups in ballots:
        pairs.count(groups, +1)
    return pairs


def test_borda_gives_half_a_point_for_each_that_is_ranked_alike():
    assert borda(table([["a"], ["b"], ["c"]]), 1) == {"a": 2, "b": 1, "c": 0}
    assert borda(table([["a"], ["b", "c"]]), 1) == {"a": 2, "b": 0.5, "c": 0.5}


def test_copeland_counts_wins_less_losses():
    pairs = table([["a"], ["b"], ["c"]], [["b"], ["a"], ["c"]])
    assert copeland(pairs) == {"a": 1, "b": 1, "c": -2}


def test_who_would_choose_whom():
    def beside(**winners):
        return {id_: Beside(order=[list(first)], scores={}) for id_, first in winners.items()}

    same = beside(copeland="a", borda="a", instant_runoff="a")
    said = "Beside it: Copeland, Borda and instant run-off come to the same."
    assert told_beside(["a"], same, NAMES) == said
    others = beside(copeland="ab", borda="a", instant_runoff="c")
    said = "Beside it: Borda comes to the same; Copeland would choose Alpha and Beta; instant run-off would choose Gamma."
    assert told_beside(["a"], others, NAMES) == said
    none = beside(copeland="b", borda="b", instant_runoff="b")
    assert told_beside(["a"], none, NAMES).startswith("Beside it: Copeland would choose Beta;")
