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

RULES = 3
"""Version of the rules under which new entries are made. Since the second one a round may be
opened with other methods than `approval` and `single`; since the third one an invitation is
claimed by one browser.
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


class PauseRound(Action, frozen=True, kw_only=True, tag="pause_round"):
    round: int
    on: bool
    """False: the clock goes on."""


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
    """Carries what is still to be known of the comment when it is erased from the log."""

    comment: str
    option: str
    said: str = ""
    """The `once` of the entry that said it, so that a repeat of it is still known as one."""


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


class Observe(Action, frozen=True, kw_only=True, tag="observe"):
    on: bool


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
    present: tuple[str, ...] = ()
    """Seats that were on the board when its door was closed to newcomers: they are in."""


class Decide(Action, frozen=True, kw_only=True, tag="decide"):
    option: str
    because: str
    revisit_on: str | None = None
    """A day, as 2027-06-01."""


class Reopen(Action, frozen=True, kw_only=True, tag="reopen"):
    """Takes the decision back."""


class Admit(Action, frozen=True, kw_only=True, tag="admit"):
    """Lets in who waits at the door."""

    seats: tuple[str, ...]


class AddHost(Action, frozen=True, kw_only=True, tag="add_host"):
    host: str
    """Its id."""
    name: str
    key: str
    """SHA-256 of the host key, in hex."""


class RemoveHost(Action, frozen=True, kw_only=True, tag="remove_host"):
    host: str


class MakeInvites(Action, frozen=True, kw_only=True, tag="make_invites"):
    batch: str
    """Made at random, so that an invitation never stands for another one, even where a
    store was put back to an earlier state."""
    count: int
    by_claim: bool = False
    """False in logs of a time when all who opened a link shared its seat."""


class ClaimInvite(Action, frozen=True, kw_only=True, tag="claim_invite"):
    """A browser takes the seat of an invitation; `by` is the browser's own seat."""

    invite: str
    renewal: int = 0
    """How often the invitation had been renewed when its link was made."""


class OfferSeat(Action, frozen=True, kw_only=True, tag="offer_seat"):
    """The browser `by` offers the seat in which it sits to another one."""

    offer: str
    """Keyed hash of the code with which it is accepted."""


class MoveSeat(Action, frozen=True, kw_only=True, tag="move_seat"):
    """The browser `by` takes a seat that was offered."""

    offer: str


class RenewInvite(Action, frozen=True, kw_only=True, tag="renew_invite"):
    """Empties the seat of an invitation, and withdraws its ballot in a round that is on."""

    invite: str
    round: int = 0
    """The round that is not revealed yet; 0: none."""
    voters: tuple[str, ...] = ()
    """The names under which the seat may have a ballot in that round."""


class RevokeInvite(Action, frozen=True, kw_only=True, tag="revoke_invite"):
    invite: str


AnyAction = (
    Create
    | OpenRound
    | LockRound
    | RevealRound
    | ExtendRound
    | PauseRound
    | Vote
    | Withdraw
    | Comment
    | EditComment
    | DeleteComment
    | React
    | HideComment
    | PinComment
    | Rename
    | Observe
    | AddOption
    | EditOption
    | RemoveOption
    | SetBoard
    | Decide
    | Reopen
    | Admit
    | AddHost
    | RemoveHost
    | MakeInvites
    | ClaimInvite
    | OfferSeat
    | MoveSeat
    | RenewInvite
    | RevokeInvite
)


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands at one position of the log."""

    rules: int = 1
    """The version of the rules it was made under; where it is left out, the first."""
    by: str = ""
    """The seat that acted; in ballots the voter (in secret rounds a keyed hash of seat,
    board and round, so that the log joins no ballot to a seat); empty: the server."""
    host: str = ""
    """The id of the host who acted; empty where nobody acted as one, and in logs of boards
    that had one host only."""
    once: str = ""
    """Keyed hash of the seat and its whole message: what makes a repeat known as one."""
    action: AnyAction


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry).decode


class _Author(Struct):
    """An entry of which only this is read."""

    by: str = ""


_read_author = msgspec.json.Decoder(_Author).decode


class UnreadableError(Exception):
    """An entry that this version cannot read: a newer one wrote it, or it is damaged."""


def decode(payload: bytes) -> Entry:
    """Read an entry. Raises UnreadableError; an entry is never read by half, nor guessed."""
    try:
        entry = _decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{error}") from error
    if entry.rules > RULES:
        raise UnreadableError(f"it follows rules {entry.rules}, known here are those up to {RULES}")
    return entry


def author(payload: bytes) -> str:
    """Read of an entry who acted, which is some ten times faster than all of it.

    Raises UnreadableError.
    """
    try:
        return _read_author(payload).by
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{error}") from error
