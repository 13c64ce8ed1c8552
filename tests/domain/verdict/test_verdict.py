import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from server.domain.methods import METHODS
from server.domain.methods.base import finished
from server.domain.methods.margin import Margin
from server.domain.verdict.verdict import Certainty, measuring_margin, word_for
from support.ballots import RAW, elections, method
from support.verdicts import cast_of, verdict_of


def votes(**numbers):
    return [{"choice": option} for option, number in numbers.items() for _ in range(number)]


@pytest.mark.parametrize(
    ("ballots", "word", "margin"),
    [
        # Three people: two against one hang on one of them, three are agreed.
        (votes(a=2, b=1), "coin_toss", 1),
        (votes(a=3), "solid", 2),
        (votes(a=1), "coin_toss", 1),
        (votes(a=4, b=1), "leaning", 2),
        (votes(a=20, b=10), "solid", 6),
        (votes(a=16, b=14), "leaning", 2),
        (votes(a=51, b=49), "coin_toss", 2),
        (votes(a=55, b=45), "leaning", 6),
        (votes(a=61, b=39), "solid", 12),
        # Three thousand: tossed coins give a lead of 24 or more in two of three such votes.
        (votes(a=1512, b=1488), "coin_toss", 13),
        (votes(a=1520, b=1480), "leaning", 21),
        (votes(a=1555, b=1445), "solid", 56),
    ],
)
def test_the_word_fits_rooms_of_every_size(ballots, word, margin):
    found = verdict_of("single", ballots)
    assert found.margin == Margin(least=margin, most=margin)
    assert found.word == word


def test_a_tie_is_a_coin_toss_and_without_a_winner_there_is_no_verdict():
    tied = verdict_of("approval", [{"approve": ["a", "b"]}] * 40)
    assert (tied.word, tied.margin, tied.readings) == ("coin_toss", None, [])
    assert tied.because == []
    assert verdict_of("approval", [{"approve": []}]) is None
    assert verdict_of("ranked", []) is None


def test_a_clear_margin_is_not_solid_if_another_rule_chooses_another():
    ballots = [{"scores": {"a": 5, "b": 4}}] * 10 + [{"scores": {"b": 5, "c": 3}}] * 6
    found = verdict_of("score", ballots)
    by_rule = {each.rule: each.winners for each in found.readings}
    assert by_rule["star"] == ["a"]
    assert by_rule["score"] == ["b"]
    assert found.word == "leaning"
    assert found.because[1] == (
        "In 5 of 8 ways to read these ballots, Alpha wins alone; "
        "most points, most approvals and Borda would choose Beta."
    )


def test_bounds_are_judged_by_what_is_certain():
    assert word_for(Margin(least=2, most=9), 16, agrees=True) is Certainty.LEANING
    assert word_for(Margin(least=5, most=9), 16, agrees=True) is Certainty.SOLID
    assert word_for(Margin(least=5, most=9), 16, agrees=False) is Certainty.LEANING
    assert word_for(Margin(least=1, most=1), 1, agrees=True) is Certainty.COIN_TOSS
    assert word_for(Margin(least=2, most=2), 64, agrees=True) is Certainty.COIN_TOSS
    assert word_for(Margin(least=2, most=2), 63, agrees=True) is Certainty.LEANING


def test_what_is_not_exact_says_so():
    exact = verdict_of("single", votes(a=5, b=2)).because[0]
    assert exact == "It would have taken 2 different ballots, of 7, for Alpha to lose."
    one = verdict_of("single", votes(a=2, b=1)).because[0]
    assert one == "It would have taken one different ballot, of 3, for Alpha to lose."


@settings(deadline=None)
@given(elections)
def test_one_ballot_decides_exactly_where_the_margin_is_one(election):
    id_, raws = election
    found = verdict_of(id_, raws)
    if found is None or found.margin is None:
        return
    rules = method(id_)
    alone = finished(measuring_margin(cast_of(rules, [rules.read(raw) for raw in raws])))
    # What is known without having tried every ballot does not contradict it.
    assert alone.least <= found.margin.least <= found.margin.most <= alone.most
    assert (found.margin.most == 1) == ("one different ballot" in found.because[0])


@pytest.mark.parametrize("id_", METHODS)
@settings(deadline=None)
@given(data=st.data())
def test_the_order_in_which_people_voted_does_not_matter(id_, data):
    raws = data.draw(st.lists(RAW[id_], min_size=1, max_size=9))
    assert verdict_of(id_, raws) == verdict_of(id_, data.draw(st.permutations(raws)))


def test_only_rounds_by_criteria_speak_of_weights():
    assert verdict_of("single", votes(a=3)).weights is UNSET
    rows = [{"scores": {"a": {"speed": 5}, "b": {"speed": 1}}}]
    assert verdict_of("matrix", rows).weights is not UNSET
