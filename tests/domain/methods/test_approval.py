import pytest

from server.domain.methods.approval import Approval
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings

NAMES = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
METHOD = Approval(NAMES, RoundSettings())


def counted(*ballots):
    tally = METHOD.tally()
    for marked in ballots:
        tally.add(METHOD.read({"approve": list(marked)}))
    return tally


def test_the_most_approvals_win_and_the_margin_is_told():
    result = counted("ab", "a", "ac", "b").result()
    assert result.order == [["a"], ["b"], ["c"]]
    assert result.winners == ["a"]
    assert result.totals == {"a": 3, "b": 2, "c": 1}
    assert result.decided_by == "Alpha has 3 approvals, 1 more than Beta."


@pytest.mark.parametrize(
    ("ballots", "order", "winners", "words"),
    [
        ([], [["a", "b", "c"]], [], "Nobody has voted yet."),
        (["", ""], [["a", "b", "c"]], [], "No option has a single approval."),
        (["ab"], [["a", "b"], ["c"]], ["a", "b"], "A tie: Alpha and Beta have 1 approval each."),
        (
            ["abc"],
            [["a", "b", "c"]],
            ["a", "b", "c"],
            "A tie: Alpha, Beta and Gamma have 1 approval each.",
        ),
        (["c"], [["c"], ["a", "b"]], ["c"], "Gamma has 1 approval, 1 more than Alpha and Beta."),
    ],
)
def test_ties_and_nothing_at_all(ballots, order, winners, words):
    result = counted(*ballots).result()
    assert (result.order, result.winners, result.decided_by) == (order, winners, words)


def test_a_ballot_taken_back_leaves_no_trace():
    tally = counted("ab", "bc")
    tally.remove(METHOD.read({"approve": ["b", "c"]}))
    assert tally.voters == 1
    assert tally.result() == counted("ab").result()


def test_the_order_of_marks_does_not_matter_and_is_written_sorted():
    ballot = METHOD.read({"approve": ["c", "a"]})
    assert ballot == METHOD.read({"approve": ["a", "c"]})
    assert METHOD.write(ballot) == {"approve": ["a", "c"]}


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        ({}, Code.BAD_BALLOT, "looks like"),
        ({"approve": [], "x": 1}, Code.BAD_BALLOT, "looks like"),
        ({"choice": "a"}, Code.BAD_BALLOT, "looks like"),
        ({"approve": "ab"}, Code.BAD_BALLOT, "is a list"),
        ({"approve": {"a": True}}, Code.BAD_BALLOT, "is a list"),
        ({"approve": None}, Code.BAD_BALLOT, "is a list"),
        ({"approve": ["a", "a"]}, Code.BAD_BALLOT, "twice"),
        ({"approve": ["a", 1]}, Code.BAD_BALLOT, "by its id"),
        ({"approve": [["a"]]}, Code.BAD_BALLOT, "by its id"),
        ({"approve": ["a", "z"]}, Code.NO_SUCH_OPTION, "no option 'z'"),
        ({"approve": ["z" * 999]}, Code.NO_SUCH_OPTION, "z" * 40 + "'"),
    ],
)
def test_a_ballot_of_the_wrong_shape(raw, code, words):
    with pytest.raises(Refused, match=words) as caught:
        METHOD.read(raw)
    assert caught.value.code is code
