import pytest
from msgspec import UNSET

from server.domain.criteria import Criterion
from server.domain.methods.matrix import MAX_LETTERS
from server.domain.refusals import Code, Refused
from support.ballots import CRITERIA, counted, method


def weighed(*rows, weights=None, **more):
    settings = {}
    if weights:
        settings["criteria"] = tuple(
            Criterion(id=id_, name=id_.capitalize(), weight=weight)
            for id_, weight in weights.items()
        )
    return counted("matrix", [{"scores": row} for row in rows], **settings, **more)


def test_the_highest_weighted_mean_wins():
    result = weighed(
        {"a": {"speed": 5, "hiring": 2}, "b": {"speed": 4, "hiring": 4}},
        {"a": {"speed": 3}, "c": {"speed": 0}},
    )
    assert result.totals == {"a": 3.3333, "b": 4, "c": 0, "d": 0}
    assert result.means["a"] == {"speed": 4, "hiring": 2}
    assert result.order == [["b"], ["a"], ["c"], ["d"]]
    assert result.no_opinion == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert result.steps == [
        "2 ballots are in.",
        "The weights are: Speed 3, Hiring 1.5.",
        "Take the mean of an option's scores by each criterion, times the criterion's weight.",
        "Add these up, and divide by the weights of the criteria that it was scored by.",
        "Beta: (4.00 x 3 + 4.00 x 1.5) / 4.5 = 4.00.",
        "Alpha: (4.00 x 3 + 2.00 x 1.5) / 4.5 = 3.33.",
        "Gamma: (0.00 x 3) / 3 = 0.00.",
        "No one scored Delta, which comes last.",
        "Beta has the highest weighted mean, 4.00; Alpha follows, 0.67 behind.",
    ]


def test_weights_can_turn_it_round():
    row = {"a": {"speed": 5, "hiring": 1}, "b": {"speed": 2, "hiring": 3}}
    assert weighed(row, weights={"speed": 1, "hiring": 1}).winners == ["a"]
    assert weighed(row, weights={"speed": 1, "hiring": 2}).winners == ["b"]
    assert weighed(row, weights={"speed": 2, "hiring": 3}).winners == ["a", "b"]


def test_equal_sums_are_a_tie_however_the_weights_are_written():
    """In binary fractions 0.1 x 3 + 0.2 x 1 is not 0.1 x 1 + 0.2 x 2."""
    row = {"a": {"speed": 3, "hiring": 1}, "b": {"speed": 1, "hiring": 2}}
    result = weighed(row, weights={"speed": 0.1, "hiring": 0.2})
    assert result.winners == ["a", "b"]
    assert result.decided_by == "A tie: Alpha and Beta have the same weighted mean, 1.67."


def test_each_ballot_has_a_place_by_its_own_mean_half_up():
    row = {"a": {"speed": 5, "hiring": 2}, "b": {"speed": 1, "hiring": 2}, "c": {"hiring": 3}}
    result = weighed(row, weights={"speed": 1, "hiring": 1})
    assert result.histogram["a"] == [0, 0, 0, 0, 1, 0]
    assert result.histogram["b"] == [0, 0, 1, 0, 0, 0]
    assert result.pairwise["a"] == {"b": 1, "c": 1, "d": 0}
    assert result.pairwise["c"]["b"] == 1
    assert result.agreement == {"a": 1, "b": 1, "c": 1}


def test_no_opinion_is_not_zero():
    unknown = weighed(
        {"a": {"speed": 4}}, {"a": {"speed": 4}, "b": {"speed": 3}}, {"b": {"speed": 3}}
    )
    assert unknown.totals["a"] == 4
    zero = weighed({"a": {"speed": 4}}, {"a": {"speed": 0}, "b": {"speed": 3}})
    assert zero.winners == ["b"]
    # Nobody knows anything against Delta, or for it: behind one that has only zeros.
    assert weighed({"a": {"speed": 5}, "b": {"speed": 0}}).order == [["a"], ["b"], ["c", "d"]]


FEW = [{"a": {"speed": 4, "hiring": 4}}] * 6 + [{"b": {"speed": 5, "hiring": 5}}]


def test_a_mean_of_few_does_not_beat_a_mean_of_many():
    """rangevoting.org and BetterQuorum: one voter alone scores Beta."""
    result = weighed(*FEW)
    assert result.order == [["a"], ["b"], ["c", "d"]]
    assert result.winners == ["a"]
    assert result.totals == {"a": 4, "b": 5, "c": 0, "d": 0}
    assert result.decided_by == (
        "Alpha has the highest weighted mean of the options scored by at least half of the "
        "ballots, 4.00."
    )
    assert result.steps[-2] == (
        "Fewer than half of the ballots score Beta (1), which stands behind the options that reach "
        "this share."
    )


@pytest.mark.parametrize(
    ("quorum", "winner"), [(0, "b"), (0.14, "b"), (0.15, "a"), (0.5, "a"), (6 / 7, "a"), (1, "b")]
)
def test_the_share_is_a_setting_of_the_round(quorum, winner):
    assert weighed(*FEW, quorum=quorum).winners == [winner]


def test_exactly_the_share_is_enough():
    rows = [{"a": {"speed": 3}, "b": {"speed": 4}}, *[{"a": {"speed": 3}}] * 2]
    assert weighed(*rows, {"b": {"speed": 4}}).winners == ["b"]
    assert weighed(*rows, {}).winners == ["a"]
    assert weighed(*[{"a": {"speed": 1}}] * 7, *[{"b": {"speed": 2}}] * 3, quorum=0.3).winners == [
        "b"
    ]


def test_an_option_scored_by_one_criterion_alone_is_scored():
    rows = [{"a": {"speed": 3, "hiring": 3}}] * 3 + [{"b": {"hiring": 5}}] * 3
    assert weighed(*rows).winners == ["b"]


def test_where_no_option_reaches_the_share_the_means_decide():
    result = weighed({"a": {"speed": 4}}, {"b": {"speed": 5}}, {"c": {"speed": 1}})
    assert result.order == [["b"], ["a"], ["c"], ["d"]]
    assert result.steps[-2] == (
        "No option is scored by at least half of the ballots, so none is put behind for it."
    )
    assert result.decided_by.startswith("Beta has the highest weighted mean, 5.00; Alpha follows")


def test_zeros_of_many_stand_before_points_of_few_and_win_nothing():
    result = weighed(*[{"a": {"speed": 0}}] * 3, {"b": {"speed": 5}})
    assert result.order[0] == ["a"]
    assert (result.winners, result.decided_by) == (
        [],
        "No option scored by at least half of the ballots has a single point.",
    )


def test_a_tie_of_many_is_told_from_a_higher_mean_of_few():
    tied = {"a": {"speed": 3}, "b": {"speed": 3}}
    result = weighed(tied, tied, tied, {"c": {"speed": 4}}, quorum=0.3)
    assert result.winners == ["a", "b"]
    assert result.decided_by == (
        "A tie: Alpha and Beta have the same weighted mean, 3.00, the highest of the options "
        "scored by at least 30% of the ballots."
    )


def test_rounds_of_older_rules_have_no_quorum():
    assert weighed(*FEW, rules=3).winners == ["b"]
    assert method("matrix", rules=3).settings.quorum is UNSET
    assert method("matrix").settings.quorum == 0.5


@pytest.mark.parametrize("quorum", [-0.1, 1.01, float("nan"), 50])
def test_a_share_that_is_none(quorum):
    with pytest.raises(Refused, match=r"from 0 to 1; 0\.5 is half of them") as caught:
        method("matrix", quorum=quorum)
    assert caught.value.code is Code.BAD_SETTINGS


@pytest.mark.parametrize("row", [{}, {"a": {}}, {"a": {"speed": 0}, "b": {"hiring": 0}}])
def test_nothing_above_zero_wins_nothing(row):
    result = weighed(row)
    assert (result.winners, result.decided_by) == ([], "No option has a single point.")


def test_a_lead_is_never_told_as_nothing():
    close = weighed(
        *[{"a": {"speed": 3}, "b": {"speed": 3}}] * 300, {"a": {"speed": 4}, "b": {"speed": 3}}
    )
    assert close.decided_by.endswith("3.00; Beta follows, less than 0.01 behind.")
    alone = weighed({"a": {"speed": 3}})
    assert alone.decided_by == "Alpha has the highest weighted mean, 3.00."


def test_of_many_options_only_the_first_are_told_cell_by_cell():
    names = {f"o{n}": f"Option {n}" for n in range(20)}
    rows = {option: {"speed": 3} for option in names}
    result = weighed(rows, names=names)
    assert "The 13 behind them are counted the same way." in result.steps


def test_what_a_ballot_stands_for():
    rules = method("matrix")
    ballot = rules.read({"scores": {"a": {"speed": 5, "hiring": 2}, "b": {}}})
    assert rules.as_scores(ballot) == {"a": 4}
    assert rules.write(ballot) == {"scores": {"a": {"speed": 5, "hiring": 2}}}


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ((), "A round by criteria needs some: name 1 to 20"),
        (CRITERIA * 11, "A round by criteria needs some"),
        (CRITERIA * 2, "Two criteria have the same id"),
    ],
)
def test_settings_with_which_there_is_nothing_to_weigh(criteria, words):
    with pytest.raises(Refused, match=words) as caught:
        method("matrix", criteria=criteria)
    assert caught.value.code is Code.BAD_SETTINGS


def test_a_table_too_large_for_one_message_is_refused_when_the_round_opens():
    names = {f"option-{n}-{'x' * 28}": "X" for n in range(50)}
    many = tuple(Criterion(id=f"criterion-{n}-{'x' * 25}", name=f"C{n}") for n in range(20))
    with pytest.raises(Refused, match="50 options by 20 criteria are too many for one ballot"):
        method("matrix", names, criteria=many)
    fits = method("matrix", names, criteria=many[:5])
    ballot = {"scores": {option: {c.id: 5 for c in many[:5]} for option in names}}
    assert len(str(ballot)) < MAX_LETTERS * 1.3
    assert fits.read(ballot)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({"a": {"speed": 6}}, "The score of Alpha by Speed must be a whole number from 0 to 5"),
        ({"a": {"speed": True}}, "The score of Alpha by Speed"),
        ({"a": {"speed": 1.0}}, "The score of Alpha by Speed"),
        ({"a": {"speed": None}}, "Leave it out for no opinion"),
        ({"a": {"price": 1}}, "This round has no criterion 'price', but speed, hiring"),
        ({"a": 5}, "Scores of Alpha are given by criteria"),
        ({"a": [5, 4]}, "Scores of Alpha are given by criteria"),
        (["a"], "keyed by option id"),
        (None, "keyed by option id"),
    ],
)
def test_a_bad_ballot(scores, words):
    with pytest.raises(Refused, match=words) as caught:
        method("matrix").read({"scores": scores})
    assert caught.value.code is Code.BAD_BALLOT


def test_weights_of_any_size_are_counted_exactly():
    # The least and the largest that a weight may be: a common scale of them has a thousand bits.
    weights = (5e-324, 100, 1e-17, 33.333333333333336)
    criteria = tuple(
        Criterion(id=f"c{n}", name=f"C{n}", weight=weight) for n, weight in enumerate(weights)
    )
    rows = {"a": {"c0": 5, "c2": 1}, "b": {"c1": 1, "c0": 0}, "c": {"c1": 1, "c0": 5}}
    result = counted("matrix", [{"scores": rows}], criteria=criteria)
    # They differ by so little that no float shows it.
    assert result.totals == {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0}
    assert result.order == [["a"], ["c"], ["b"], ["d"]]
