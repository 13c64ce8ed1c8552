"""What a host can set: the rules of a board, and the rules of one round."""

from enum import StrEnum

import msgspec
from msgspec import UNSET, Struct, UnsetType

from server.domain.criteria import Criterion
from server.domain.refusals import Code, Refused


class Comments(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Entrance(StrEnum):
    """Who may take part; everybody may watch."""

    OPEN = "open"
    ADMITTED = "admitted"
    """Newcomers wait until a host lets them in."""
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
    SECRET = "secret"  # noqa: S105 # nosec B105 # a rule's name, no password
    OPEN = "open"


class TieBreak(StrEnum):
    """What settles a tie for the win; fixed before anybody votes."""

    NONE = "none"
    LISTED = "listed"
    """The order in which the board lists the options."""
    LOT = "lot"
    """An order that was drawn when the round was opened."""


class RoundSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of a round. Those that later versions added are unset where a log leaves them
    out; `Round.settings` has them all but what belongs to other methods.
    """

    visibility: Visibility = Visibility.ON_REVEAL
    names: Names = Names.SECRET
    seconds: int | None = None
    """How long the round is open, 5 to 86,400; None: until the host locks it."""
    further_discussion: bool = False
    tie_break: TieBreak | UnsetType = UNSET
    shuffle: bool | UnsetType = UNSET
    """Each seat sees the options in an order of its own; unset: not shuffled."""
    dots: int | UnsetType = UNSET
    """What a person has to give, 1 to 100."""
    per_option: int | UnsetType = UNSET
    """What one option takes of it at most."""
    criteria: tuple[Criterion, ...] | UnsetType = UNSET


OWN_SETTINGS = {"dots": "dots", "per_option": "dots", "criteria": "matrix"}
"""Settings that only one method has, and which."""


def own_settings(
    method: str, settings: RoundSettings, criteria: tuple[Criterion, ...]
) -> RoundSettings:
    """Return the settings, with the board's criteria where the method needs some and has none.

    Raises Refused `bad_settings` for a setting that belongs to another method.
    """
    for name, owner in OWN_SETTINGS.items():
        if owner != method and getattr(settings, name) is not UNSET:
            raise Refused(
                Code.BAD_SETTINGS,
                f"`{name}` belongs to the method `{owner}`. For `{method}`, leave it out.",
            )
    if OWN_SETTINGS["criteria"] == method and settings.criteria is UNSET:
        return msgspec.structs.replace(settings, criteria=criteria)
    return settings


def given(change: Struct) -> dict[str, object]:
    """Return the fields of a change that were given, by name."""
    return {
        name: value
        for name in change.__struct_fields__
        if (value := getattr(change, name)) is not UNSET
    }
