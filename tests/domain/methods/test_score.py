"""STAR. Compared with other people's code in `tests/oracles/test_starvote.py`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.refusals import Code, Refused
from support.ballots import counted, method, scored


def test_the_capital_of_tennessee():
    """Scores by distance: Memphis, Nashville, Chattanooga, Knoxville. Totals and run-off as in
    the article "STAR voting" of the English Wikipedia.
    """
    result = scored("5210*42", "0522*26", "0354*15", "0245*17")
    assert result.totals == {"a": 210, "b": 293, "c": 237, "d": 197}
    assert result.order == [["b"], ["c"], ["a"], ["d"]]
    assert result.steps == [
        "100 ballots are in.",
        "Add up the points: Beta 293, Gamma 237, Alpha 210 and Delta 197.",
        "Beta and Gamma go to the run-off.",
        "Beta wins the run-off: 68 ballots score it higher than Gamma, 32 the other way round.",
    ]
    assert result.decided_by == result.steps[-1]
    assert result.pairwise["b"]["c"] == 68
    assert result.histogram["a"] == [58, 0, 0, 0, 0, 42]
    assert result.agreement["a"] < 0 < result.agreement["b"]


def test_the_highest_total_may_lose_the_run_off():
    """A few who love an option do not outvote the many who score another one higher."""
    result = scored("50-*3", "12-*4", options="abc")
    assert result.totals["a"] > result.totals["b"]
    assert result.order == [["b"], ["a"], ["c"]]


# Ties, by the rules that the docstring of the method states


def test_a_place_in_the_run_off_goes_to_who_is_preferred():
    tied = scored("521*2", "502", options="abc")
    assert tied.totals == {"a": 15, "b": 4, "c": 4}
    assert tied.steps[2:4] == [
        "Beta and Gamma tie for a place in the run-off. By how often each is scored higher than another of them: Beta 2 and Gamma 1.",
        "Alpha and Beta go to the run-off.",
    ]
    # Equal in points, but Beta was in the run-off.
    assert tied.order == [["a"], ["b"], ["c"]]


def test_then_to_who_has_more_fives():
    tied = scored("550", "504", "532", "513", options="abc")
    assert tied.totals == {"a": 20, "b": 9, "c": 9}
    assert tied.pairwise["b"]["c"] == tied.pairwise["c"]["b"] == 2
    assert tied.steps[3].endswith("By fives: Beta 1 and Gamma 0.")
    assert tied.order == [["a"], ["b"], ["c"]]


def test_where_the_other_place_does_not_matter_the_winner_is_told():
    tied = scored("5330*2")
    assert tied.winners == ["a"]
    assert tied.order == [["a"], ["b", "c"], ["d"]]
    assert tied.decided_by == (
        "Alpha wins the run-off, whichever of Beta and Gamma takes the other place, for which they are tied."
    )


def test_where_it_does_all_who_could_win_are_tied():
    """Nothing parts Beta and Gamma. Beside Alpha the one would win, the other would lose."""
    tied = scored("401", "343", "344", options="abc")
    assert tied.totals == {"a": 10, "b": 8, "c": 8}
    assert tied.winners == ["a", "b"]
    assert tied.order == [["a", "b"], ["c"]]
    assert tied.steps[5:] == [
        "Beta wins the run-off: 2 ballots score it higher than Alpha, 1 the other way round.",
        "The run-off between Alpha and Gamma is even, 1 ballot each way; by points Alpha wins, 10 to 8.",
        "A tie between Alpha and Beta: Beta and Gamma are tied for the run-off, and the winner depends on which of them are in it.",
    ]
    cycle = scored("530", "053", "305", options="abc")
    assert cycle.winners == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("rows", "winners", "words"),
    [
        (("53", "24", "30"), "a", "Alpha wins the run-off: 2 ballots score it higher than Beta, 1"),
        (("52", "34"), "a", "is even, 1 ballot each way; by points Alpha wins, 8 to 6."),
        (("51", "04", "14", "41"), "a", "so are the points; by fives Alpha wins, 1 to 0."),
        (("53", "35"), "ab", "A tie: the run-off between Alpha and Beta is even, 1 ballot each"),
        (("55", "00"), "ab", "is even, 0 ballots each way, and so are points and fives."),
        (("5-",), "a", "by points Alpha wins, 5 to 0."),
        (("-1",), "b", "by points Beta wins, 1 to 0."),
    ],
)
def test_the_run_off(rows, winners, words):
    result = scored(*rows, options="ab")
    assert result.winners == list(winners)
    assert words in result.decided_by


# Blanks, and no opinion


def test_a_blank_counts_as_zero_and_does_not_silence_who_left_it():
    """BetterVoting, issues 1478 and 858: two like Alpha and mark nothing else."""
    result = counted("score", [{"scores": {"a": 5}}] * 2 + [{"scores": {"a": 0, "b": 1}}])
    assert result.totals == {"a": 10, "b": 1, "c": 0, "d": 0}
    assert (result.pairwise["a"]["b"], result.pairwise["b"]["a"]) == (2, 1)
    assert result.winners == ["a"]
    assert result.no_opinion == dict.fromkeys("abcd", 0)
    assert result.histogram["b"] == [2, 1, 0, 0, 0, 0]


def test_in_rounds_of_older_rules_a_blank_was_no_opinion():
    raws = [{"scores": {"a": 5}}] * 2 + [{"scores": {"a": 0, "b": 1}}]
    result = counted("score", raws, rules=3)
    assert result.winners == ["b"]
    assert result.no_opinion == {"a": 0, "b": 2, "c": 3, "d": 3}
    said = [{"scores": {"a": 5}, "no_opinion": ["b"]}] * 2 + raws[2:]
    assert counted("score", said, rules=3) == result


@given(st.lists(st.lists(st.sampled_from("012345.-"), min_size=4, max_size=4), max_size=9))
def test_a_blank_is_counted_as_a_zero_is(rows):
    blank, zero = ["".join(row) for row in rows], ["".join(row).replace(".", "0") for row in rows]
    assert scored(*blank) == scored(*zero)


def test_no_opinion_is_not_zero():
    """Three know Alpha and love it; the others do not know it, and are not against it."""
    unknown = scored("53*3", "-3*4", options="ab")
    assert unknown.winners == ["a"]
    assert unknown.no_opinion == {"a": 4, "b": 0}
    assert unknown.histogram["a"] == [0, 0, 0, 0, 0, 3]
    assert unknown.agreement["a"] == 1
    disliked = scored("53*3", "03*4", options="ab")
    assert disliked.totals == unknown.totals
    assert disliked.winners == ["b"]


def test_blank_ballots_and_zeros_for_all_make_no_winner():
    for result in (scored("----*2"), scored("....*2"), scored("0000")):
        assert result.winners == []
        assert result.decided_by == "No option has a single point."
    assert scored("----*2").agreement == {}
    assert scored("----*2").no_opinion == dict.fromkeys("abcd", 2)
    assert scored("5000", "----*9").winners == ["a"]


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=8), st.integers(0, 7))
def test_a_majority_that_gives_the_winner_more_keeps_it_in_front(rows, raised):
    """Within the run-off it is monotonic: to raise a winner's score never makes it lose there."""
    before = scored(*("".join(map(str, row)) for row in rows), options="abc")
    if before.winners != ["a"]:
        return
    rows[raised % len(rows)] = (5, *rows[raised % len(rows)][1:])
    after = scored(*("".join(map(str, row)) for row in rows), options="abc")
    rival = before.order[1][0]
    assert after.totals["a"] >= before.totals["a"]
    assert after.pairwise["a"][rival] >= before.pairwise["a"][rival]


def test_what_a_ballot_stands_for():
    rules = method("score")
    raw = {"scores": {"a": 5, "b": 0}, "no_opinion": ["d"]}
    assert rules.as_scores(rules.read(raw)) == {"a": 5, "b": 0, "c": 0}
    older = method("score", rules=3)
    assert older.as_scores(older.read({"scores": {"a": 5, "b": 0}})) == {"a": 5, "b": 0}


@pytest.mark.parametrize("score", [7, 6, -1, True, False, 1.0, 0.0, "5", None, [], {"speed": 1}])
def test_what_is_no_score(score):
    words = (
        r"The score of Beta must be a whole number from 0 to 5\. "
        "For no opinion, list the option under `no_opinion`"
    )
    with pytest.raises(Refused, match=words) as caught:
        method("score").read({"scores": {"a": 5, "b": score}})
    assert caught.value.code is Code.BAD_BALLOT


@pytest.mark.parametrize(
    ("unknown", "code", "words"),
    [
        (["zebra"], Code.NO_SUCH_OPTION, "This round has no option 'zebra'"),
        (["a"], Code.BAD_BALLOT, r"Alpha has a score and is under `no_opinion`\. Leave out one"),
        (["b", "b"], Code.BAD_BALLOT, "Beta is listed twice under `no_opinion`"),
        ([1], Code.BAD_BALLOT, "An option must be given by its id"),
        ([["b"]], Code.BAD_BALLOT, "An option must be given by its id"),
        ("b", Code.BAD_BALLOT, "`no_opinion` is a list of option ids"),
        ({"b": True}, Code.BAD_BALLOT, "`no_opinion` is a list of option ids"),
        (None, Code.BAD_BALLOT, "`no_opinion` is a list of option ids"),
    ],
)
def test_what_is_not_said_under_no_opinion(unknown, code, words):
    with pytest.raises(Refused, match=words) as caught:
        method("score").read({"scores": {"a": 0}, "no_opinion": unknown})
    assert caught.value.code is code


@pytest.mark.parametrize("raw", [{"no_opinion": ["a"]}, {"scores": {}, "no_opinion": [], "x": 1}])
def test_no_opinion_goes_with_scores_and_with_nothing_else(raw):
    with pytest.raises(Refused, match="A ballot in this round looks like"):
        method("score").read(raw)


def test_who_has_no_opinion_on_any_option_still_counts_as_a_voter():
    rules = method("score")
    raw = {"scores": {}, "no_opinion": list("abcd")}
    assert rules.write(rules.read(raw)) == raw
    assert rules.as_scores(rules.read(raw)) == {}
    assert counted("score", [raw, {"scores": {"b": 1}}]).winners == ["b"]


@pytest.mark.parametrize("rules", [3, 4])
def test_a_ballot_is_given_back_as_it_was_sent(rules):
    """Blanks stay blanks, by any rules."""
    method_ = method("score", rules=rules)
    for raw in ({"scores": {"a": 0, "c": 5}}, {"scores": {"b": 1}, "no_opinion": ["a", "d"]}):
        assert method_.write(method_.read(raw)) == raw
    assert method_.write(method_.read({"scores": {}, "no_opinion": []})) == {"scores": {}}


@pytest.mark.parametrize("scores", [["a"], "a", 5, None])
def test_what_is_no_set_of_scores(scores):
    with pytest.raises(Refused, match="keyed by option id") as caught:
        method("score").read({"scores": scores})
    assert caught.value.code is Code.BAD_BALLOT


def test_of_many_possible_run_offs_only_some_are_told():
    names = {f"o{n}": f"Option {n}" for n in range(50)}
    result = counted("score", [{"scores": dict.fromkeys(names, 5)}], names)
    assert result.winners == list(names)
    assert len(result.steps) < 15
