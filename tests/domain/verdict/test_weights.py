"""The smallest change of weights, held against the linear program that it solves."""

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from server.domain.criteria import Criterion
from server.domain.verdict.weights import smallest_shift
from support.ballots import NAMES
from support.verdicts import verdict_of

leads = st.lists(st.integers(-5, 5).map(Fraction), min_size=1, max_size=4)


def ahead(shares, by):
    return sum(share * lead for share, lead in zip(shares, by, strict=True))


@given(st.data())
def test_the_share_that_moves_is_enough_and_no_smaller_one_is(data):
    by = data.draw(leads)
    parts = data.draw(st.lists(st.integers(1, 9), min_size=len(by), max_size=len(by)))
    shares = [Fraction(part, sum(parts)) for part in parts]
    moved, sources, target = smallest_shift(shares, by)
    if moved is None:
        assert max(by) <= 0
        assert target is None
        return
    left, after = moved, list(shares)
    for source in sources:
        taken = min(left, after[source])
        left -= taken
        after[source] -= taken
        after[target] += taken
    assert left == 0
    assert sum(after) == 1
    assert moved == 0 if ahead(shares, by) >= 0 else ahead(after, by) == 0
    # Weak duality: with these multipliers, no change that moves less can draw level.
    if moved:
        rate = max(by) - by[sources[-1]]
        bound = (
            -ahead(shares, by)
            - sum(
                share * max(0, max(by) - lead - rate)
                for share, lead in zip(shares, by, strict=True)
            )
        ) / rate
        assert bound == moved


@given(st.data())
def test_no_change_on_a_grid_that_moves_less_draws_level(data):
    by = data.draw(st.lists(st.integers(-3, 3).map(Fraction), min_size=3, max_size=3))
    shares = [Fraction(part, 10) for part in data.draw(st.sampled_from([(2, 3, 5), (6, 3, 1)]))]
    moved, _, _ = smallest_shift(shares, by)
    for one, two in product(range(11), range(11)):
        if one + two <= 10:
            after = [Fraction(one, 10), Fraction(two, 10), Fraction(10 - one - two, 10)]
            shift = sum(abs(a - b) for a, b in zip(after, shares, strict=True)) / 2
            if ahead(after, by) > 0:
                assert moved is not None
                assert shift >= moved


def row(speed, hiring):
    return {"speed": speed, "hiring": hiring}


def test_beyond_it_the_other_option_is_ahead_and_below_it_is_not():
    ballots = [{"scores": {"a": row(5, 1), "b": row(2, 4), "c": row(1, 1)}}] * 3
    found = verdict_of("matrix", ballots, names={o: NAMES[o] for o in "abc"})
    beta, gamma = found.weights
    assert (beta.option, beta.shift, beta.sources, beta.target) == (
        "b",
        0.1667,
        ["speed"],
        "hiring",
    )
    assert (gamma.option, gamma.shift, gamma.target) == ("c", None, None)
    assert (
        "If 16.7% of the weight moved from Speed to Hiring, Beta would draw level with Alpha."
        in found.because
    )
    for moved, winner in ((0.16, "a"), (0.17, "b")):
        criteria = (
            Criterion(id="speed", name="Speed", weight=100 * (2 / 3 - moved)),
            Criterion(id="hiring", name="Hiring", weight=100 * (1 / 3 + moved)),
        )
        again = verdict_of("matrix", ballots, criteria=criteria)
        assert again.readings[0].winners == [winner]


def test_an_option_behind_by_the_quorum_or_without_scores_is_not_put_ahead_by_weights():
    ballots = [
        {"scores": {"a": row(3, 3), "b": row(5, 5)}},
        {"scores": {"a": row(3, 3), "c": {"speed": 5}}},
        {"scores": {"a": row(3, 3), "c": {"speed": 0}}},
    ]
    found = verdict_of("matrix", ballots, names={o: NAMES[o] for o in "abc"})
    assert [(each.option, each.shift) for each in found.weights] == [("b", None)]
    assert not any("weight" in sentence for sentence in found.because)
    both = [{"scores": {"a": row(3, 3), "b": row(2, 2)}}]
    found = verdict_of("matrix", both, names={o: NAMES[o] for o in "ab"})
    assert "No other weights would put another option ahead of Alpha." in found.because
