"""Everything that can happen on a board: the vocabulary of the log.

An `Entry` stands at each position of a board's log. Its `action` is one of a closed union
of structs, told apart by `type`. Entries are kept for ever: a field is added with a
default and never changes its meaning; a rule that changes raises `RULES`.
"""

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from server.domain.criteria import Criterion
from server.domain.options import Option
from server.domain.rules import BoardSettings, BoardSettingsChange, RoundSettings

RULES = 2
"""Version of the rules under which new entries are made. Since the second one a round may be
opened with other methods than `approval` and `single`.
"""


class Kind(StrEnum):
    """What a comment is meant as."""

    PRO = "pro"
    CON = "con"
    QUESTION = "question"
    RISK = "risk"
    NOTE = "note"


class Action(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Something that happened."""


class Create(Action, frozen=True, kw_only=True, tag="create"):
    """The first entry of every board."""

    code: str
    title: str
    context: str = ""
    settings: BoardSettings = BoardSettings()
    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...] = ()
    """What a round by criteria weighs where it names none itself."""
    host: str
    """SHA-256 of the host key, in hex."""


class OpenRound(Action, frozen=True, kw_only=True, tag="open_round"):
    method: str
    settings: RoundSettings = RoundSettings()
    options: tuple[str, ...] | None = None
    """Ids of the options to vote on; None: all that the board has."""
    drawn: tuple[str, ...] = ()
    """Ids of all options of the round in the order of the lot that breaks ties."""


class LockRound(Action, frozen=True, kw_only=True, tag="lock_round"):
    round: int


class RevealRound(Action, frozen=True, kw_only=True, tag="reveal_round"):
    round: int


class ExtendRound(Action, frozen=True, kw_only=True, tag="extend_round"):
    round: int
    seconds: int


class Vote(Action, frozen=True, kw_only=True, tag="vote"):
    round: int
    ballot: dict[str, Any]
    """As on the wire; the round's method reads it."""


class Withdraw(Action, frozen=True, kw_only=True, tag="withdraw"):
    round: int


class Comment(Action, frozen=True, kw_only=True, tag="comment"):
    comment: str
    option: str
    kind: Kind
    text: str
    parent: str | None = None


class EditComment(Action, frozen=True, kw_only=True, tag="edit_comment"):
    comment: str
    text: str


class DeleteComment(Action, frozen=True, kw_only=True, tag="delete_comment"):
    """Carries the comment's option, because the comment itself is erased from the log."""

    comment: str
    option: str


class React(Action, frozen=True, kw_only=True, tag="react"):
    comment: str
    emoji: str
    on: bool


class HideComment(Action, frozen=True, kw_only=True, tag="hide_comment"):
    comment: str
    on: bool


class PinComment(Action, frozen=True, kw_only=True, tag="pin_comment"):
    comment: str
    on: bool


class Rename(Action, frozen=True, kw_only=True, tag="rename"):
    name: str | None
    """None: without a name again."""


class AddOption(Action, frozen=True, kw_only=True, tag="add_option"):
    option: Option


class EditOption(Action, frozen=True, kw_only=True, tag="edit_option"):
    option: Option


class RemoveOption(Action, frozen=True, kw_only=True, tag="remove_option"):
    option: str


class SetBoard(Action, frozen=True, kw_only=True, tag="set_board"):
    title: str | UnsetType = UNSET
    context: str | UnsetType = UNSET
    settings: BoardSettingsChange | UnsetType = UNSET


class Decide(Action, frozen=True, kw_only=True, tag="decide"):
    option: str
    because: str
    revisit_on: str | None = None
    """A day, as 2027-06-01."""


AnyAction = (
    Create
    | OpenRound
    | LockRound
    | RevealRound
    | ExtendRound
    | Vote
    | Withdraw
    | Comment
    | EditComment
    | DeleteComment
    | React
    | HideComment
    | PinComment
    | Rename
    | AddOption
    | EditOption
    | RemoveOption
    | SetBoard
    | Decide
)


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands at one position of the log."""

    rules: int = 1
    """The version of the rules it was made under; where it is left out, the first."""
    by: str = ""
    """The seat that acted; in ballots the voter (in secret rounds a keyed hash of seat,
    board and round, so that the log joins no ballot to a seat); empty: the server."""
    once: str = ""
    """Keyed hash of the seat and its whole message: what makes a repeat known as one."""
    action: AnyAction


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Entry).decode
