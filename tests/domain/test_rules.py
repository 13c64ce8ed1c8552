import msgspec
import pytest
from msgspec import UNSET

from server.domain.rules import (
    BoardSettings,
    BoardSettingsChange,
    Comments,
    Names,
    RoundSettings,
    Visibility,
    given,
)


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


@pytest.mark.parametrize("type_", [BoardSettings, BoardSettingsChange, RoundSettings])
def test_a_setting_that_is_not_known_is_refused(type_):
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        msgspec.convert({"colour": "red"}, type_)


def test_the_words_of_the_contract():
    assert [*Visibility] == ["on_reveal", "after_vote", "live"]
    assert [*Names] == ["secret", "open"]
    assert [*Comments] == ["open", "closed"]
