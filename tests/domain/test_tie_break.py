import pytest

from server.domain.refusals import Code, Refused
from server.domain.rules import TieBreak
from server.domain.tie_break import break_tie, tie_order
from support.ballots import NAMES, counted


def test_the_order_that_breaks_ties():
    assert tie_order(TieBreak.NONE, "abc", "") == ()
    assert tie_order(TieBreak.LISTED, "abc", "") == ("a", "b", "c")
    assert tie_order(TieBreak.LOT, "abc", "cab") == ("c", "a", "b")


@pytest.mark.parametrize("drawn", ["", "ab", "abd", "aab", "abcd"])
def test_a_lot_that_is_not_of_just_these_options(drawn):
    with pytest.raises(Refused, match="Open the round again") as caught:
        tie_order(TieBreak.LOT, "abc", drawn)
    assert caught.value.code is Code.BAD_SETTINGS


TIE = counted("approval", [{"approve": ["b", "c"]}])


def test_without_a_tie_break_a_tie_stays_one():
    assert break_tie(TIE, TieBreak.NONE, (), NAMES) == TIE


@pytest.mark.parametrize(
    ("kind", "order", "words"),
    [
        (TieBreak.LISTED, "abcd", "the first of them in the board's list."),
        (TieBreak.LOT, "dbac", "the first of them in the lot drawn when the round was opened."),
    ],
)
def test_one_wins_and_the_order_still_shows_who_was_tied(kind, order, words):
    broken = break_tie(TIE, kind, order, NAMES)
    assert broken.winners == ["b"]
    assert broken.order == [["b", "c"], ["a", "d"]]
    assert broken.decided_by == f"{TIE.decided_by} The tie goes to Beta, {words}"
    assert broken.steps == [*TIE.steps, f"The tie goes to Beta, {words}"]


def test_what_is_no_tie_is_not_touched():
    won = counted("approval", [{"approve": ["c"]}])
    assert break_tie(won, TieBreak.LISTED, "abcd", NAMES) == won
    nobody = counted("approval", [])
    assert break_tie(nobody, TieBreak.LISTED, "abcd", NAMES) == nobody
