"""What a host can set: the rules of a board, and the rules of one round."""

from enum import StrEnum

import msgspec
from msgspec import UNSET, Struct, UnsetType


class Comments(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Entrance(StrEnum):
    """Who may take part; everybody may watch."""

    OPEN = "open"
    INVITED = "invited"


class BoardSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    show_names: bool = True
    """Names stand beside comments and in the list of people."""
    host_sees_results: bool = False
    """The host sees the tally before the reveal; every page then says so."""
    comments: Comments = Comments.OPEN
    entry: Entrance = Entrance.OPEN


class BoardSettingsChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings to change; what is left out stays as it is."""

    show_names: bool | UnsetType = UNSET
    host_sees_results: bool | UnsetType = UNSET
    comments: Comments | UnsetType = UNSET
    entry: Entrance | UnsetType = UNSET

    def applied_to(self, settings: BoardSettings) -> BoardSettings:
        return msgspec.structs.replace(settings, **given(self))


class Visibility(StrEnum):
    ON_REVEAL = "on_reveal"
    AFTER_VOTE = "after_vote"
    LIVE = "live"


class Names(StrEnum):
    SECRET = "secret"  # noqa: S105 - a rule's name, not a password
    OPEN = "open"


class RoundSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    visibility: Visibility = Visibility.ON_REVEAL
    names: Names = Names.SECRET
    seconds: int | None = None
    """How long the round is open, 5 to 86,400; None: until the host locks it."""
    further_discussion: bool = False


def given(change: Struct) -> dict[str, object]:
    """Return the fields of a change that were given, by name."""
    return {
        name: value
        for name in change.__struct_fields__
        if (value := getattr(change, name)) is not UNSET
    }
