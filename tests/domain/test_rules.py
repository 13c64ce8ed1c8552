import msgspec
import pytest
from msgspec import UNSET

from server.domain.criteria import Criterion
from server.domain.refusals import Code, Refused
from server.domain.rules import (
    BoardSettings,
    BoardSettingsChange,
    Comments,
    Names,
    RoundSettings,
    TieBreak,
    Visibility,
    given,
    own_settings,
)

CRITERIA = (Criterion(id="speed", name="Speed"),)


def test_the_defaults_are_those_of_the_contract():
    assert msgspec.to_builtins(BoardSettings()) == {
        "show_names": True,
        "host_sees_results": False,
        "comments": "open",
        "entry": "open",
    }
    assert msgspec.to_builtins(RoundSettings()) == {
        "visibility": "on_reveal",
        "names": "secret",
        "seconds": None,
        "further_discussion": False,
    }


def test_a_change_touches_what_it_names_and_nothing_else():
    settings = BoardSettings(show_names=False, comments=Comments.CLOSED)
    assert BoardSettingsChange().applied_to(settings) == settings
    changed = BoardSettingsChange(host_sees_results=True, show_names=True).applied_to(settings)
    assert changed == BoardSettings(host_sees_results=True, comments=Comments.CLOSED)
    assert settings == BoardSettings(show_names=False, comments=Comments.CLOSED)


def test_false_is_given_and_unset_is_not():
    assert given(BoardSettingsChange(show_names=False)) == {"show_names": False}
    assert given(BoardSettingsChange(show_names=UNSET)) == {}


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("approval", {"dots": 5}),
        ("single", {"per_option": 1}),
        ("score", {"criteria": CRITERIA}),
        ("matrix", {"dots": 5, "criteria": CRITERIA}),
        ("dots", {"criteria": ()}),
        ("score", {"quorum": 0.5}),
    ],
)
def test_a_setting_of_another_method_is_refused_by_its_name(method, settings):
    words = rf"belongs to the method `(dots|matrix)`\. For `{method}`, leave it out\."
    with pytest.raises(Refused, match=words) as caught:
        own_settings(method, RoundSettings(**settings), ())
    assert caught.value.code is Code.BAD_SETTINGS


def test_a_round_by_criteria_takes_the_boards_where_it_names_none():
    others = (Criterion(id="price", name="Price"),)
    plain, own = RoundSettings(), RoundSettings(criteria=others)
    assert own_settings("matrix", plain, CRITERIA).criteria == CRITERIA
    assert own_settings("matrix", own, CRITERIA) == own
    assert own_settings("score", plain, CRITERIA) == plain


def test_a_log_keeps_only_what_it_was_given_of_later_settings():
    given_ = RoundSettings(shuffle=True, dots=8)
    assert msgspec.to_builtins(given_).keys() - msgspec.to_builtins(RoundSettings()).keys() == {
        "shuffle",
        "dots",
    }


@pytest.mark.parametrize("type_", [BoardSettings, BoardSettingsChange, RoundSettings])
def test_a_setting_that_is_not_known_is_refused(type_):
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        msgspec.convert({"colour": "red"}, type_)


def test_the_words_of_the_contract():
    assert [*Visibility] == ["on_reveal", "after_vote", "live"]
    assert [*Names] == ["secret", "open"]
    assert [*Comments] == ["open", "closed"]
    assert [*TieBreak] == ["none", "listed", "lot"]
