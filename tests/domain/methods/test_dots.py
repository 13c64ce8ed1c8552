import pytest

from server.domain.refusals import Code, Refused
from support.ballots import counted, method


def dots(*ballots, **settings):
    return counted("dots", [{"dots": ballot} for ballot in ballots], **settings)


def test_the_most_dots_win():
    result = dots({"a": 3, "b": 2}, {"b": 3}, {})
    assert result.totals == {"a": 3, "b": 5, "c": 0, "d": 0}
    assert result.order == [["b"], ["a"], ["c", "d"]]
    assert result.steps == [
        "3 ballots are in.",
        "Add up the dots: Beta 5, Alpha 3, Gamma 0 and Delta 0.",
        "Beta has 5 dots, 2 more than Alpha.",
    ]
    assert result.histogram["b"] == [1, 0, 1, 1]
    assert result.histogram["c"] == [3, 0, 0, 0]
    assert result.agreement["c"] == 1


def test_no_dots_at_all_are_an_answer_and_no_dot_wins():
    result = dots({}, {"a": 0})
    assert result.winners == []
    assert result.decided_by == "No option has a single dot."


def test_dots_may_be_kept_back_and_nothing_given_is_not_written():
    rules = method("dots")
    assert rules.write(rules.read({"dots": {"a": 1, "b": 0}})) == {"dots": {"a": 1}}
    assert rules.as_scores(rules.read({"dots": {"a": 1}})) == {"a": 1, "b": 0, "c": 0, "d": 0}


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ({}, (5, 3)),
        ({"dots": 10}, (10, 3)),
        ({"dots": 2}, (2, 2)),
        ({"dots": 1}, (1, 1)),
        ({"per_option": 5}, (5, 5)),
        ({"dots": 100, "per_option": 100}, (100, 100)),
    ],
)
def test_what_is_left_out_has_its_usual_number(given, settled):
    rules = method("dots", **given)
    assert (rules.settings.dots, rules.settings.per_option) == settled
    assert len(dots({}, **given).histogram["a"]) == settled[1] + 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dots": 0}, "from 1 to 100 dots"),
        ({"dots": 101}, "from 1 to 100 dots"),
        ({"per_option": 0}, "from 1 to 5 dots"),
        ({"dots": 4, "per_option": 5}, "from 1 to 4 dots"),
    ],
)
def test_settings_with_which_no_one_could_vote(given, words):
    with pytest.raises(Refused, match=words) as caught:
        method("dots", **given)
    assert caught.value.code is Code.BAD_SETTINGS


@pytest.mark.parametrize(
    ("ballot", "words"),
    [
        ({"a": 3, "b": 3}, r"You have 5 dots and gave 6\. Take 1 back\."),
        ({"a": 4}, "Alpha may get none, or at most 3 whole dots"),
        ({"a": -1}, "Alpha may get none"),
        ({"a": True}, "Alpha may get none"),
        ({"a": 1.0}, "Alpha may get none"),
        ({"a": "1"}, "Alpha may get none"),
        ({"a": None}, "Alpha may get none"),
        (["a"], "keyed by option id"),
        (5, "keyed by option id"),
    ],
)
def test_a_bad_ballot(ballot, words):
    with pytest.raises(Refused, match=words) as caught:
        method("dots").read({"dots": ballot})
    assert caught.value.code is Code.BAD_BALLOT
