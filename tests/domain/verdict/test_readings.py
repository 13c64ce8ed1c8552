"""Who wins by other rules, counted again from the ballots as they were sent."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.methods import METHODS
from server.domain.methods.base import finished
from server.domain.methods.rule import Rule
from server.domain.verdict.readings import reading
from support.ballots import NAMES, RAW, method
from support.verdicts import cast_of

IN_ORDER = {Rule.SCHULZE, Rule.COPELAND, Rule.BORDA, Rule.INSTANT_RUNOFF, Rule.PLURALITY}
CARRIED = {
    "single": {Rule.PLURALITY},
    "approval": {Rule.APPROVAL},
    "dots": {Rule.DOTS, Rule.APPROVAL, *IN_ORDER},
    "score": {Rule.STAR, Rule.SCORE, Rule.APPROVAL, *IN_ORDER},
    "ranked": IN_ORDER,
    "matrix": {Rule.WEIGHTED_MEAN, Rule.EQUAL_WEIGHTS, Rule.APPROVAL, *IN_ORDER},
}
"""What the form of a ballot carries: a ranking approves nothing, a mark puts nothing in order."""


def readings(id_, raws, **settings):
    rules = method(id_, **settings)
    cast = cast_of(rules, [rules.read(raw) for raw in raws])
    return cast and {each.rule: each.winners for each in finished(reading(cast))}


def best(totals):
    most = max(totals.values(), default=0)
    return [option for option in NAMES if totals.get(option, 0) == most]


@pytest.mark.parametrize("id_", METHODS)
@settings(deadline=None)
@given(data=st.data())
def test_ballots_are_read_by_the_rules_that_they_carry_and_no_others(id_, data):
    raws = data.draw(st.lists(RAW[id_], min_size=1, max_size=8))
    found = readings(id_, raws)
    if found is None:
        return
    assert next(iter(found)) is METHODS[id_].rule
    assert {METHODS[id_].rule} <= set(found) <= CARRIED[id_]


@settings(deadline=None)
@given(st.lists(RAW["score"], min_size=1, max_size=8))
def test_scores_read_by_other_rules_are_those_counted_by_hand(raws):
    found = readings("score", raws)
    if found is None:
        return
    said = [
        {o: raw["scores"].get(o, 0) for o in NAMES if o not in raw["no_opinion"]} for raw in raws
    ]
    points = Counter()
    for scores in said:
        points.update(scores)
    assert found[Rule.SCORE] == best(points)
    approved = Counter(o for scores in said for o, score in scores.items() if score >= 3)
    assert found.get(Rule.APPROVAL) == (best(approved) if approved else None)
    firsts = Counter(
        o for scores in said if scores for o, s in scores.items() if s == max(scores.values())
    )
    assert found[Rule.PLURALITY] == best(firsts)
    duels, net = Counter(dict.fromkeys(NAMES, 0)), Counter(dict.fromkeys(NAMES, 0))
    for a, b in combinations(NAMES, 2):
        lead = sum((s[a] > s[b]) - (s[a] < s[b]) for s in said if a in s and b in s)
        net[a] += lead
        net[b] -= lead
        duels[a] += (lead > 0) - (lead < 0)
        duels[b] -= (lead > 0) - (lead < 0)
    assert found[Rule.COPELAND] == best_of(duels)
    assert found[Rule.BORDA] == best_of(net)
    condorcet = [o for o in NAMES if duels[o] == len(NAMES) - 1]
    if condorcet:
        assert found[Rule.SCHULZE] == condorcet


def best_of(totals):
    return [option for option in NAMES if totals[option] == max(totals.values())]


def test_rankings_are_read_as_the_result_compares_them():
    raws = (
        [{"ranking": [["a"], ["b"], ["c"]]}] * 4
        + [{"ranking": [["b"], ["c"], ["a"]]}] * 3
        + [{"ranking": [["c"], ["a"], ["b"]]}] * 2
    )
    assert readings("ranked", raws) == {
        Rule.SCHULZE: ["a"],
        Rule.COPELAND: ["a", "b", "c"],
        Rule.BORDA: ["a", "b"],
        Rule.INSTANT_RUNOFF: ["a"],
        Rule.PLURALITY: ["a"],
    }


def test_what_is_below_the_quorum_wins_by_no_rule():
    rows = [{"scores": {"a": {"speed": 2}}}] * 3 + [{"scores": {"b": {"speed": 5}}}]
    assert {tuple(won) for won in readings("matrix", rows).values()} == {("a",)}
    without = readings("matrix", rows, quorum=0)
    assert without[Rule.WEIGHTED_MEAN] == without[Rule.EQUAL_WEIGHTS] == ["b"]
