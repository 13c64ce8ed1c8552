from server.domain.methods.alternatives import borda, copeland, described_alternatives
from server.domain.methods.base import AlternativeCount
from server.domain.methods.pairwise import Pairwise
from support.ballots import ranked

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
        return {
            id_: AlternativeCount(order=[list(first)], scores={}) for id_, first in winners.items()
        }

    same = beside(copeland="a", borda="a", instant_runoff="a")
    said = "For comparison: Copeland, Borda and instant run-off agree."
    assert described_alternatives(["a"], same, NAMES) == said
    others = beside(copeland="ab", borda="a", instant_runoff="c")
    said = "For comparison: Borda agrees; Copeland would choose Alpha and Beta; instant run-off would choose Gamma."
    assert described_alternatives(["a"], others, NAMES) == said
    none = beside(copeland="b", borda="b", instant_runoff="b")
    assert described_alternatives(["a"], none, NAMES).startswith(
        "For comparison: Copeland would choose Beta;"
    )


def test_a_run_off_that_depends_on_a_tie_says_so():
    result = ranked({"a": 3, "b c": 2, "c b": 2})
    other = result.beside["instant_runoff"]
    assert other.order == [["b", "c"], ["a"]]
    assert other.note == (
        "The instant run-off depends on ties for elimination: by which of the tied options is "
        "eliminated first, the winner is B or C."
    )
    assert result.steps[-1] == other.note
    assert not any(each.note for each in ranked({"a": 2, "b": 1}).beside.values())


def test_a_run_off_with_too_many_ties_says_so():
    options = "abcdefghijkl"
    result = ranked({f"{a} {b}": 1 for a, b in zip(options, options[1:] + "a", strict=True)})
    assert result.steps[-1] == (
        "In the instant run-off more options tie for elimination than can be tried each way; they "
        "are eliminated together."
    )
