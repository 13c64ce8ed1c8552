import pytest

from server.domain.methods.single import Single
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings

NAMES = {"a": "Alpha", "b": "Beta"}
METHOD = Single(NAMES, RoundSettings())


def counted(choices):
    tally = METHOD.tally()
    for choice in choices:
        tally.add(METHOD.read({"choice": choice}))
    return tally


@pytest.mark.parametrize(
    ("choices", "winners", "words"),
    [
        ("", [], "Nobody has voted yet."),
        ("a", ["a"], "Alpha has 1 vote, 1 more than Beta."),
        ("bbab", ["b"], "Beta has 3 votes, 2 more than Alpha."),
        ("ab", ["a", "b"], "A tie: Alpha and Beta have 1 vote each."),
    ],
)
def test_the_most_votes_win(choices, winners, words):
    result = counted(choices).result()
    assert (result.winners, result.decided_by) == (winners, words)
    assert sum(result.totals.values()) == len(choices) == counted(choices).voters


def test_a_change_of_mind_moves_one_vote():
    tally = counted("aab")
    tally.remove(METHOD.read({"choice": "a"}))
    tally.add(METHOD.read({"choice": "b"}))
    assert tally.result() == counted("abb").result()


def test_a_ballot_reads_as_it_was_written():
    assert METHOD.write(METHOD.read({"choice": "b"})) == {"choice": "b"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({}, Code.BAD_BALLOT),
        ({"approve": ["a"]}, Code.BAD_BALLOT),
        ({"choice": "a", "why": "x"}, Code.BAD_BALLOT),
        ({"choice": ["a"]}, Code.BAD_BALLOT),
        ({"choice": None}, Code.BAD_BALLOT),
        ({"choice": ""}, Code.NO_SUCH_OPTION),
        ({"choice": "A"}, Code.NO_SUCH_OPTION),
    ],
)
def test_a_ballot_of_the_wrong_shape(raw, code):
    with pytest.raises(Refused) as caught:
        METHOD.read(raw)
    assert caught.value.code is code
