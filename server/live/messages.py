"""What the server says: the frames of the contract, and what each code asks of a client."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from server.domain.actions import Kind
from server.domain.criteria import Criterion
from server.domain.decision import Decision
from server.domain.insights import Insight
from server.domain.invitations import Loss
from server.domain.methods import Result
from server.domain.options import Option
from server.domain.refusals import Code
from server.domain.rounds import State
from server.domain.rules import BoardSettings, RoundSettings

encode = msgspec.json.Encoder().encode


class View(StrEnum):
    """Which page is on the other end."""

    BALLOT = "ballot"
    SCREEN = "screen"
    HOST = "host"


class Role(StrEnum):
    VOTER = "voter"
    OBSERVER = "observer"
    HOST = "host"


class StoreState(StrEnum):
    OK = "ok"
    AWAY = "away"


# The objects. Times are milliseconds since 1970 by the store's clock.


class You(Struct, frozen=True, kw_only=True):
    seat: str | None
    name: str | None
    role: Role
    votes: bool
    """Whether a vote of this seat is taken."""
    invite: int | None
    """The number of the invitation whose seat this browser holds, or held last."""
    seat_lost: Loss | UnsetType = UNSET
    """Why it no longer holds it; left out where it does, or never held one."""
    waits: bool | UnsetType = UNSET
    """At the door, until a host lets this seat in. Left out where false."""


class BoardView(Struct, frozen=True, kw_only=True):
    code: str
    title: str
    context: str
    settings: BoardSettings
    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...] | UnsetType = UNSET
    """Left out where the board has none of its own."""
    decision: Decision | None


class RoundView(Struct, frozen=True, kw_only=True):
    n: int
    method: str
    settings: RoundSettings
    state: State
    options: tuple[str, ...]
    opened_at: int
    deadline: int | None
    left_ms: int | UnsetType = UNSET
    """What is left while the clock is paused; then there is no deadline."""
    tie_order: tuple[str, ...] | UnsetType = UNSET
    """Left out where ties stay ties."""


class TallyView(Struct, frozen=True, kw_only=True):
    round: int
    voters: int
    result: Result | UnsetType = UNSET
    """Left out where this audience may not see it."""
    insights: list[Insight] | UnsetType = UNSET
    """Only after the reveal."""


class NamedBallot(Struct, frozen=True, kw_only=True):
    name: str
    ballot: dict[str, Any] | None


class RoundBeside(Struct, frozen=True, kw_only=True):
    """One round beside the others, as an observer may see it."""

    round: RoundView
    tally: TallyView
    ballots: list[NamedBallot] | UnsetType = UNSET
    """Only where ballots are open, the board shows names, and the round is revealed."""


class CommentView(Struct, frozen=True, kw_only=True):
    id: str
    option: str
    kind: Kind
    text: str
    name: str | None
    parent: str | None
    reactions: dict[str, int]
    pinned: bool
    hidden: bool
    at: int
    edited_at: int | None
    deleted: ClassVar[bool] = False


class DeletedComment(Struct, frozen=True, kw_only=True):
    id: str
    option: str
    deleted: bool = True


AnyComment = Annotated[
    Any,
    Meta(
        extra_json_schema={
            "anyOf": [
                {"$ref": f"#/components/schemas/{each.__name__}"}
                for each in (CommentView, DeletedComment)
            ]
        }
    ),
]
"""One of the two; msgspec has no name for a union of structs that carry no tag."""


class TalkView(Struct, frozen=True, kw_only=True):
    """How many comments on an option can be read: in all, and by kind without the replies."""

    comments: int = 0
    pro: int = 0
    con: int = 0
    question: int = 0
    risk: int = 0
    note: int = 0


class EarlierReplies(Struct, frozen=True, kw_only=True):
    """Replies of a thread that were not told of with it."""

    count: int
    before: int
    """The position before which they were made."""


class Person(Struct, frozen=True, kw_only=True):
    name: str
    voted: bool | None
    """None in rounds in which this would give a ballot away, and for who only watches."""
    observes: bool | UnsetType = UNSET
    """Left out where false."""


class PeopleView(Struct, frozen=True, kw_only=True):
    here: int
    observing: int
    """How many of those who are here have chosen to watch only."""
    lost: int
    """Seats whose line broke in this open round, and who are not back."""
    waiting: int | UnsetType = UNSET
    """Seats at the door, who are not among those who are here. Left out where there are none."""
    voted: int
    names: list[Person] | None
    """None where the board shows no names."""


class Newcomer(Struct, frozen=True, kw_only=True):
    """Somebody at the door. The id serves to let them in, and for nothing else."""

    id: str
    name: str | None


class Minute(Struct, frozen=True, kw_only=True):
    """How many seats came to the board for the first time within a minute, over all servers."""

    at: int
    """Its begin."""
    seats: int
    networks: int
    """From how many networks these came, about."""


class Crowd(Struct, frozen=True, kw_only=True):
    """Many newcomers within the last two minutes."""

    seats: int
    networks: int


class DoorView(Struct, frozen=True, kw_only=True):
    """Who comes in, for hosts: nothing in it can be joined to a ballot."""

    waiting: list[Newcomer]
    arrivals: list[Minute]
    crowd: Crowd | None


# The frames.


class Welcome(Struct, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    """Everything that somebody may see. The parts that many share come encoded."""

    epoch: str
    seq: int
    now: int
    resumed: bool
    you: You
    board: Raw
    round: Raw
    tally: Raw
    comments: Raw
    more_comments: int | UnsetType = UNSET
    """How many are not in it."""
    comments_before: int | UnsetType = UNSET
    """The position before which they were made."""
    more_replies: dict[str, EarlierReplies] | UnsetType = UNSET
    """By the id of the comment that they answer."""
    talk: dict[str, TalkView] | UnsetType = UNSET
    people: Raw
    ballot: dict[str, Any] | None


class Ballot(Struct, frozen=True, kw_only=True, tag_field="type", tag="ballot"):
    round: int
    ballot: dict[str, Any] | None


class Ack(Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    id: str
    seq: int


class Refusal(Struct, frozen=True, kw_only=True, tag_field="type", tag="refused"):
    id: str
    code: Code
    message: str


class Pulse(Struct, frozen=True, kw_only=True, tag_field="type", tag="pulse"):
    seq: int
    now: int
    store: StoreState


class Goodbye(Struct, frozen=True, kw_only=True, tag_field="type", tag="goodbye"):
    reason: str
    retry_after_ms: int


def changed(part: str, seq: int, value: Any) -> bytes:
    """Encode a frame that carries one whole object under its type's own name."""
    return encode({"type": part, "seq": seq, part: value})


def comment_changed(
    seq: int, comment: CommentView | DeletedComment, talk: dict[str, TalkView]
) -> bytes:
    """Encode a comment; where not all of them are known to everybody, how many there are now."""
    told = {"type": "comment", "seq": seq, "comment": comment}
    return encode(told | {"talk": talk} if talk else told)


# The codes.


class Close(NamedTuple):
    """Why a connection was closed, and what its client does next."""

    code: int
    reason: str


RESTART = Close(1012, "The server restarts; come back in a moment.")
FAULT = RESTART._replace(reason="Something went wrong here; come back in a moment.")
NOT_UTF8 = Close(1007, "This is not text in UTF-8.")
NOT_UNDERSTOOD = Close(4000, "The server did not understand.")
NOT_ALLOWED = Close(4003, "This is not allowed here.")
NO_SUCH_BOARD = Close(4004, "There is no board with this code.")
TOO_SLOW = Close(4008, "This connection is too slow to keep up.")
TOO_MANY = Close(4029, "Too many messages; come back in ten seconds.")

CLOSES: dict[Close, str] = {
    RESTART: "comes back, with jitter, or after `retry_after_ms` of the `goodbye` before it",
    NOT_UNDERSTOOD: "stops, and says so",
    NOT_ALLOWED: "stops; a page offers to load itself anew",
    NO_SUCH_BOARD: "stops",
    TOO_SLOW: "comes back, with jitter",
    TOO_MANY: "comes back after 10 s",
}

REFUSALS: dict[Code, str] = {
    Code.NOT_UNDERSTOOD: "mends the message; the same one is refused again",
    Code.NOT_ALLOWED: "gives it up: this seat may not do that, or the host has closed it",
    Code.NO_SUCH_BOARD: "gives it up",
    Code.NO_SUCH_OPTION: "shows the options as they are now",
    Code.NO_SUCH_COMMENT: "shows the comments as they are now",
    Code.NO_SUCH_ROUND: "shows the round as it is now",
    Code.ROUND_CLOSED: "shows its last saved ballot again, and that voting is closed",
    Code.ROUND_OPEN: "waits until the round is over",
    Code.BAD_BALLOT: "mends the ballot",
    Code.BAD_SETTINGS: "mends the settings",
    Code.UNKNOWN_METHOD: "takes a method that the server has",
    Code.TOO_LONG: "shortens the text",
    Code.TOO_MANY: "gives it up: a limit of the board is reached",
    Code.TAKEN: "gives it up: another browser holds the seat",
    Code.STORE_AWAY: "keeps the message and sends it again when `pulse` says `ok`",
    Code.GOING_AWAY: "keeps the message and sends it again after it has come back",
}
