"""Everything that can happen on a board: the vocabulary of the log.

An `Entry` stands at each position of a board's log. Its `action` is one of a closed union of
structs, distinguished by `type`. Entries are kept forever: a new field needs a default, and a field
never changes its meaning. A change to a rule raises `RULES`.
"""

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from server.domain.criteria import Criterion
from server.domain.decision import Consequence, Prediction
from server.domain.gates import Gate, Standing
from server.domain.levels import Level
from server.domain.options import Option
from server.domain.rules import BoardSettings, BoardSettingsChange, RoundSettings
from server.domain.stances import Stance

RULES = 5
"""Version of the rules under which new entries are made. Version 2 added methods other than
`approval` and `single`; version 3 limits an invitation to the one browser that claimed it. Since
version 4 a `score` ballot says *no opinion* on purpose and its blanks count 0, a `matrix` round has
a quorum, and ties for elimination in an instant run-off are tried each way. A round counts by the
rules under which it was opened. Version 4 also numbers names that look the same, and adds
proposals of options and the life of a board: `reopen_round`, `defer`, `archive`, a decision for
further discussion, or with consequences or predictions. Since version 5 a result that is seen
before the reveal of a secret round moves in steps.
"""


class Kind(StrEnum):
    """What kind of remark a comment is."""

    PRO = "pro"
    CON = "con"
    QUESTION = "question"
    RISK = "risk"
    NOTE = "note"


class Side(StrEnum):
    """Whether a comment speaks for or against its option, in the record."""

    PRO = "pro"
    CON = "con"


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
    """The default criteria for rounds that are voted on by criteria."""
    gates: tuple[Gate, ...] = ()
    host: str
    """SHA-256 of the host key, in hex."""


class OpenRound(Action, frozen=True, kw_only=True, tag="open_round"):
    method: str
    settings: RoundSettings = RoundSettings()
    options: tuple[str, ...] | None = None
    """Ids of the options to vote on; None means all options of the board."""
    drawn: tuple[str, ...] = ()
    """Ids of all options of the round, in the order drawn by lot to break ties."""
    rules: int = 1
    """The version of the rules by which the round counts. The board takes it from the entry."""


class LockRound(Action, frozen=True, kw_only=True, tag="lock_round"):
    round: int


class RevealRound(Action, frozen=True, kw_only=True, tag="reveal_round"):
    round: int
    at_once: bool = False
    """Every page shows the result now, without what leads up to it, or without the rest of that."""


class ReopenRound(Action, frozen=True, kw_only=True, tag="reopen_round"):
    """Opens voting again in a round that was closed and is not revealed."""

    round: int


class ExtendRound(Action, frozen=True, kw_only=True, tag="extend_round"):
    round: int
    seconds: int


class PauseRound(Action, frozen=True, kw_only=True, tag="pause_round"):
    round: int
    on: bool
    """False: the clock resumes."""


class Vote(Action, frozen=True, kw_only=True, tag="vote"):
    round: int
    ballot: dict[str, Any]
    """In the shape of the wire; the round's method parses it."""


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
    """Carries what must still be known about the comment after it is erased from the log."""

    comment: str
    option: str
    said: str = ""
    """Idempotency key of the entry that posted it, so that a repeat of that entry is still
    recognised.
    """
    sealed: int = 0
    """The board's `sealing` when this was requested, if the comment was sealed; else 0."""


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


class SetArgument(Action, frozen=True, kw_only=True, tag="set_argument"):
    """Puts a comment into the record, or takes it out."""

    comment: str
    side: Side | None
    """None: it is not chosen."""
    text: str = ""
    """How the host words it; empty: as it was written."""


class Rename(Action, frozen=True, kw_only=True, tag="rename"):
    name: str | None
    """None removes the name."""
    distinct: bool = False
    """The name is numbered if that of another seat looks like it. The board takes it from the rules
    of the entry.
    """


class Observe(Action, frozen=True, kw_only=True, tag="observe"):
    on: bool


class AddOption(Action, frozen=True, kw_only=True, tag="add_option"):
    option: Option


class EditOption(Action, frozen=True, kw_only=True, tag="edit_option"):
    option: Option


class RemoveOption(Action, frozen=True, kw_only=True, tag="remove_option"):
    option: str


class SetGates(Action, frozen=True, kw_only=True, tag="set_gates"):
    """Replaces the list of gates; those that stay keep their answers."""

    gates: tuple[Gate, ...]
    """Without answers."""


class AnswerGate(Action, frozen=True, kw_only=True, tag="answer_gate"):
    """Says whether an option passes a gate."""

    gate: str
    option: str
    answer: Standing
    evidence: str = ""


class SetCriteria(Action, frozen=True, kw_only=True, tag="set_criteria"):
    """Replaces the criteria of the board."""

    criteria: tuple[Criterion, ...]


class TakeWeights(Action, frozen=True, kw_only=True, tag="take_weights"):
    """Makes the result of a round about criteria their weights."""

    round: int


class Propose(Action, frozen=True, kw_only=True, tag="propose"):
    """A person proposes an option."""

    proposal: str
    name: str
    strapline: str = ""
    """Why; it becomes the strapline of the option."""


class WithdrawProposal(Action, frozen=True, kw_only=True, tag="withdraw_proposal"):
    """Carries what must still be known about the proposal after it is erased from the log."""

    proposal: str
    said: str = ""
    """Idempotency key of the entry that made it, so that a repeat of that entry is still
    recognised.
    """


class AcceptProposal(Action, frozen=True, kw_only=True, tag="accept_proposal"):
    proposal: str
    option: Option | None = None
    """The option that it becomes; None if it becomes a criterion."""
    criterion: Criterion | None = None
    word: str = ""


class MergeProposal(Action, frozen=True, kw_only=True, tag="merge_proposal"):
    proposal: str
    option: str
    """The id of the option, or the criterion, that covers it."""
    word: str = ""


class DeclineProposal(Action, frozen=True, kw_only=True, tag="decline_proposal"):
    proposal: str
    word: str


class SetBoard(Action, frozen=True, kw_only=True, tag="set_board"):
    title: str | UnsetType = UNSET
    context: str | UnsetType = UNSET
    settings: BoardSettingsChange | UnsetType = UNSET
    present: tuple[str, ...] = ()
    """Seats that were on the board when it was closed to newcomers; they are admitted."""


class Decide(Action, frozen=True, kw_only=True, tag="decide"):
    option: str
    because: str
    revisit_on: str | None = None
    """An ISO date, such as 2027-06-01."""
    consequences: tuple[Consequence, ...] = ()
    confirmation: str = ""
    """How it will be seen whether it was right; empty if that is not said."""
    predictions: tuple[Prediction, ...] = ()


class ScorePrediction(Action, frozen=True, kw_only=True, tag="score_prediction"):
    """Says whether a prediction of the decision came true."""

    prediction: int
    """Its number, from 1."""
    came_true: bool | None
    """None: it is not known yet, after all."""


class SayExperience(Action, frozen=True, kw_only=True, tag="experience"):
    """Says how well someone knows an option; `by` is the voter of the round, as in a vote."""

    round: int
    option: str
    level: Level | None
    """None takes it back."""


class TakeStance(Action, frozen=True, kw_only=True, tag="stance"):
    """What someone says to an outcome; `by` is the voter of the round, as in a vote."""

    round: int
    option: str
    """The outcome as the person saw it."""
    stance: Stance | None
    """None takes it back."""
    reason: str = ""


class MovedBy(Action, frozen=True, kw_only=True, tag="moved_by"):
    """Says which comment moved someone since the round before; `by` is the voter of the round, as
    in a vote.
    """

    round: int
    comment: str | None
    """None takes it back."""


class AssignRisk(Action, frozen=True, kw_only=True, tag="assign_risk"):
    """Says who sees to a risk of the outcome."""

    risk: str
    """Its id."""
    owner: str
    """Empty: no one."""


class OpenPremortem(Action, frozen=True, kw_only=True, tag="open_premortem"):
    option: str


class RevealPremortem(Action, frozen=True, kw_only=True, tag="reveal_premortem"):
    pass


class Defer(Action, frozen=True, kw_only=True, tag="defer"):
    """Decides nothing yet: someone brings the question back on a day."""

    owner: str
    because: str
    revisit_on: str
    """An ISO date, such as 2027-06-01."""


class Reopen(Action, frozen=True, kw_only=True, tag="reopen"):
    """Revokes the decision, or that it was deferred."""


class Archive(Action, frozen=True, kw_only=True, tag="archive"):
    """Makes the board read-only, or opens it again."""

    on: bool


class Admit(Action, frozen=True, kw_only=True, tag="admit"):
    """Admits seats that are waiting to be let in."""

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
    """Random, so that an invitation id is never reused, even after the store was restored to an
    earlier state.
    """
    count: int
    by_claim: bool = False
    """False in older logs, where everyone who opened a link shared its seat."""


class ClaimInvite(Action, frozen=True, kw_only=True, tag="claim_invite"):
    """A browser claims the seat of an invitation; `by` is the browser's own seat."""

    invite: str
    renewal: int = 0
    """How often the invitation had been renewed when its link was made."""


class OfferSeat(Action, frozen=True, kw_only=True, tag="offer_seat"):
    """The browser `by` offers its seat to another browser."""

    offer: str
    """Keyed hash of the code that accepts the offer."""


class MoveSeat(Action, frozen=True, kw_only=True, tag="move_seat"):
    """The browser `by` takes a seat that was offered to it."""

    offer: str


class RenewInvite(Action, frozen=True, kw_only=True, tag="renew_invite"):
    """Empties the seat of an invitation and withdraws its ballot from the round in progress."""

    invite: str
    round: int = 0
    """The round that is not revealed yet; 0 if there is none."""
    voters: tuple[str, ...] = ()
    """The voter ids under which the seat may have cast a ballot in that round."""


class RevokeInvite(Action, frozen=True, kw_only=True, tag="revoke_invite"):
    invite: str


class JoinMeeting(Action, frozen=True, kw_only=True, tag="join_meeting"):
    """The board becomes a question of a meeting, as soon as the board that leads it agrees."""

    lead: str
    """The code of the board that leads it; empty: the board leaves its meeting."""
    leaving: str = ""
    """The lead before, so that of two meetings that take it in at once only one succeeds."""


class AddQuestion(Action, frozen=True, kw_only=True, tag="add_question"):
    question: str
    """The code of a board."""


class MoveQuestion(Action, frozen=True, kw_only=True, tag="move_question"):
    question: str
    place: int
    """From 1."""


class RemoveQuestion(Action, frozen=True, kw_only=True, tag="remove_question"):
    question: str


class GoToQuestion(Action, frozen=True, kw_only=True, tag="go_to_question"):
    """Moves everyone on."""

    question: str | None
    """None ends the meeting."""
    leaving: str | None
    """Where the host saw the meeting; None: at its end."""


AnyAction = (
    Create
    | OpenRound
    | LockRound
    | RevealRound
    | ReopenRound
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
    | SetArgument
    | Rename
    | Observe
    | AddOption
    | EditOption
    | RemoveOption
    | SetGates
    | AnswerGate
    | SetCriteria
    | TakeWeights
    | Propose
    | WithdrawProposal
    | AcceptProposal
    | MergeProposal
    | DeclineProposal
    | SetBoard
    | Decide
    | ScorePrediction
    | SayExperience
    | TakeStance
    | MovedBy
    | AssignRisk
    | OpenPremortem
    | RevealPremortem
    | Defer
    | Reopen
    | Archive
    | Admit
    | AddHost
    | RemoveHost
    | MakeInvites
    | ClaimInvite
    | OfferSeat
    | MoveSeat
    | RenewInvite
    | RevokeInvite
    | JoinMeeting
    | AddQuestion
    | MoveQuestion
    | RemoveQuestion
    | GoToQuestion
)

ByVoter = Vote | Withdraw | SayExperience | TakeStance | MovedBy
"""Actions whose author is the voter of the round, so that the log of a secret round links none of
them to a seat.
"""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands at one position of the log."""

    rules: int = 1
    """The version of the rules under which the entry was made; 1 if omitted."""
    by: str = ""
    """The seat that acted; empty for the server. In `ByVoter`, the voter: in secret rounds a keyed
    hash of seat, board and round, so that the log links no ballot to a seat.
    """
    host: str = ""
    """The id of the host who acted; empty if the actor was not acting as a host, and in older logs
    of boards that had a single host.
    """
    idempotency_key: str = msgspec.field(default="", name="once")
    """Keyed hash of the seat and its whole message, by which a repeat is recognised."""
    action: AnyAction


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry).decode


class _Author(Struct):
    """An entry of which only the author is parsed."""

    by: str = ""


_read_author = msgspec.json.Decoder(_Author).decode


class UnreadableError(Exception):
    """An entry that this version cannot read: it is damaged, or a newer version wrote it."""


def decode(payload: bytes) -> Entry:
    """Decode an entry completely, without guesswork. Raises UnreadableError."""
    try:
        entry = _decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{error}") from error
    if entry.rules > RULES:
        raise UnreadableError(f"it follows rules {entry.rules}, known here are those up to {RULES}")
    return entry


def author(payload: bytes) -> str:
    """Return the seat that made an entry; about ten times faster than decoding it.

    Raises UnreadableError.
    """
    try:
        return _read_author(payload).by
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{error}") from error
