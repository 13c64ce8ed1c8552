"""What a host can configure: the rules of a board, and of one round."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from server.domain.criteria import Criterion
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

IpAddress = Annotated[str, Meta(max_length=45, pattern=r"^[0-9a-f:.]+\Z")]


class Comments(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Proposing(StrEnum):
    """Whether people may propose something, and what."""

    CLOSED = "closed"
    OPEN = "open"
    """Options."""
    CRITERIA = "criteria"


class Entrance(StrEnum):
    """Who may take part; anyone may watch."""

    OPEN = "open"
    ADMITTED = "admitted"
    """Newcomers wait until a host admits them."""
    INVITED = "invited"


class BoardSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    show_names: bool = True
    """Names are shown on comments and in the list of people."""
    host_sees_results: bool = False
    """The host sees the tally before the reveal; every page then says so."""
    comments: Comments = Comments.OPEN
    entry: Entrance = Entrance.OPEN
    proposals: Proposing | UnsetType = UNSET
    """Unset, and so closed, until a host opens them."""
    address: IpAddress | UnsetType = UNSET
    """The address of the server's machine with which links begin, as chosen by a host. Omitted if
    the server chooses.
    """


class BoardSettingsChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings to change; those omitted stay as they are."""

    show_names: bool | UnsetType = UNSET
    host_sees_results: bool | UnsetType = UNSET
    comments: Comments | UnsetType = UNSET
    entry: Entrance | UnsetType = UNSET
    proposals: Proposing | UnsetType = UNSET
    address: IpAddress | UnsetType | None = UNSET
    """None: the server chooses."""

    def applied_to(self, settings: BoardSettings) -> BoardSettings:
        changed = given(self)
        if self.address is None:
            changed["address"] = UNSET
        return msgspec.structs.replace(settings, **changed)


class Visibility(StrEnum):
    ON_REVEAL = "on_reveal"
    AFTER_VOTE = "after_vote"
    LIVE = "live"


class Names(StrEnum):
    SECRET = "secret"  # noqa: S105 # nosec B105 # a rule's name, no password
    OPEN = "open"


class About(StrEnum):
    """What a round votes on."""

    OPTIONS = "options"
    CRITERIA = "criteria"
    """The board's criteria get the dots, which can become their weights."""


class TieBreak(StrEnum):
    """What breaks a tie for the win; fixed before voting begins."""

    NONE = "none"
    LISTED = "listed"
    """The order in which the board lists the options."""
    LOT = "lot"
    """An order drawn when the round was opened."""


class RoundSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of a round. Settings added by later versions are unset if a log omits them;
    `Round.settings` fills in everything but the settings of other methods.
    """

    visibility: Visibility = Visibility.ON_REVEAL
    names: Names = Names.SECRET
    seconds: int | None = None
    """How long the round is open, in seconds, 5 to 86,400; None: until the host locks it."""
    further_discussion: bool = False
    tie_break: TieBreak | UnsetType = UNSET
    sealed_talk: bool | UnsetType = UNSET
    """Comments that are written during the round are hidden until its reveal; unset: they are not.
    """
    experience: bool | UnsetType = UNSET
    """Voters may say how well they know each option; unset: they are not asked."""
    stances: bool | UnsetType = UNSET
    """After the reveal everyone is asked whether they commit to the outcome; unset: no one is."""
    shuffle: bool | UnsetType = UNSET
    """Each seat sees the options in its own order; unset: not shuffled."""
    about: About | UnsetType = UNSET
    """Unset: the options."""
    dots: int | UnsetType = UNSET
    """The number of dots of each voter, 1 to 100."""
    per_option: int | UnsetType = UNSET
    """The most dots that a voter can give to one option."""
    criteria: tuple[Criterion, ...] | UnsetType = UNSET
    quorum: float | UnsetType = UNSET
    """The share of the voters, 0 to 1, below which an option stands behind those that reach it."""


OWN_SETTINGS = {
    "dots": "dots",
    "per_option": "dots",
    "about": "dots",
    "criteria": "matrix",
    "quorum": "matrix",
}
"""Settings that only one method has, and that method."""


def own_settings(
    method: str, settings: RoundSettings, criteria: tuple[Criterion, ...]
) -> RoundSettings:
    """Return the settings, with the board's criteria filled in if the method needs criteria.

    Raises Refused `bad_settings` for a setting that belongs to another method.
    """
    for name, owner in OWN_SETTINGS.items():
        if owner != method and getattr(settings, name) is not UNSET:
            raise Refused(
                Code.BAD_SETTINGS,
                words("refusal-setting-of-method", setting=name, owner=owner, method=method),
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
