import pytest

from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.exports.preflib import as_preflib
from support.decisions import meeting, reveal


def voted(*rankings, method="ranked"):
    made = meeting()
    made.open(method)
    for n, ranking in enumerate(rankings):
        made.cast(f"seat {n}", {"ranking": ranking} if method == "ranked" else ranking)
    reveal(made)
    return record_of(made.board, ballots=True).rounds[0]


def lines(each, kind):
    text = as_preflib(each, kind, title="Which one?", day="2026-11-22").decode()
    head = dict(line[2:].partition(":")[::2] for line in text.splitlines() if line[0] == "#")
    return head, [line for line in text.splitlines() if line[0] != "#"]


A, B, C = [["django"], ["flask"], ["tornado"]]


def test_strict_rankings_are_counted_together():
    head, found = lines(voted([A, B], [C], [A, B], []), "soi")
    assert found == ["2: 1,2", "1: 3"]
    assert head["NUMBER VOTERS"] == " 3"
    assert head["NUMBER UNIQUE ORDERS"] == " 2"
    assert head["ALTERNATIVE NAME 2"] == " Flask"
    assert head["DATA TYPE"] == " soi"


def test_what_is_left_out_is_tied_at_the_end_of_a_complete_order():
    head, found = lines(voted([A], [["flask", "django"]], [], [C, A, B]), "toc")
    assert sorted(found) == ["1: 1,{2,3}", "1: 3,1,2", "1: {1,2,3}", "1: {1,2},3"]
    assert head["NUMBER VOTERS"] == " 4"


def test_ties_have_no_place_in_strict_orders():
    with pytest.raises(Refused) as refused:
        lines(voted([["flask", "django"]]), "soi")
    assert refused.value.code is Code.BAD_BALLOT
    assert "ballots.toc" in str(refused.value.refusal.message)


def test_other_methods_have_no_rankings():
    with pytest.raises(Refused) as refused:
        lines(voted({"approve": ["flask"]}, method="approval"), "toc")
    assert refused.value.code is Code.UNKNOWN_METHOD
