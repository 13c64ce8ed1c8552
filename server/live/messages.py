"""What the server sends: the frames of the wire contract, and what each close code asks for."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from server.domain.actions import Kind, Side
from server.domain.criteria import Criterion
from server.domain.decision import Decision, Deferral
from server.domain.experience import Lens
from server.domain.gates import Gate
from server.domain.insights import Insight
from server.domain.invitations import Loss
from server.domain.levels import Level
from server.domain.methods import Result
from server.domain.movement import Movement
from server.domain.options import Option
from server.domain.proposals import ProposalState
from server.domain.refusals import Code
from server.domain.rounds import State
from server.domain.rules import About, BoardSettings, RoundSettings
from server.domain.stances import RiskSource, Stance
from server.domain.verdict.verdict import Verdict

encode = msgspec.json.Encoder().encode


class View(StrEnum):
    """The page at the other end."""

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
    """Whether votes of this seat are accepted."""
    invite: int | None
    """The number of the invitation whose seat this browser holds, or held last."""
    seat_lost: Loss | UnsetType = UNSET
    """Why it no longer holds the seat; omitted if it does, or never held one."""
    waits: bool | UnsetType = UNSET
    """Whether this seat is waiting for a host to admit it. Omitted if false."""


class PremortemView(Struct, frozen=True, kw_only=True):
    """People write why an option has failed, as if it had; see `Premortem`."""

    option: str
    seq: int
    """What distinguishes it from an earlier one."""
    opened_at: int
    revealed_at: int | None


class BoardView(Struct, frozen=True, kw_only=True):
    code: str
    title: str
    context: str
    settings: BoardSettings
    options: tuple[Option, ...]
    criteria: tuple[Criterion, ...] | UnsetType = UNSET
    """Omitted if the board has none of its own."""
    weights_from: int | UnsetType = UNSET
    """The round about criteria that gave them their weights; omitted if a host did."""
    gates: tuple[Gate, ...] | UnsetType = UNSET
    """What options must have; omitted if there is nothing."""
    proposed_by: dict[str, str] | UnsetType = UNSET
    """Option to the name of the person who proposed it. Omitted if there are none, or if the board
    does not show names.
    """
    decision: Decision | None
    deferral: Deferral | UnsetType = UNSET
    """Omitted unless the decision was deferred."""
    premortem: PremortemView | UnsetType = UNSET
    """The last one; omitted if there was none."""
    archived_at: int | UnsetType = UNSET
    """Since when it is read-only; omitted unless it is archived."""


class RoundView(Struct, frozen=True, kw_only=True):
    n: int
    method: str
    settings: RoundSettings
    state: State
    options: tuple[str, ...]
    names: dict[str, str] | UnsetType = UNSET
    """What `options` are called; only in a round about criteria, where they are no options."""
    weights_from: int | UnsetType = UNSET
    """The round about criteria that gave its criteria their weights; omitted if a host did."""
    since: int | UnsetType = UNSET
    """The earlier round with which it is compared; omitted in a first one."""
    opened_at: int
    deadline: int | None
    left_ms: int | UnsetType = UNSET
    """The time left while the clock is paused; there is no deadline then."""
    at: int | UnsetType = UNSET
    """When every page shows the result, by the store's clock; omitted until the reveal."""
    tie_order: tuple[str, ...] | UnsetType = UNSET
    """Omitted if ties are not broken."""
    rules: int | UnsetType = UNSET
    """The version of the rules by which it counts; omitted if these are the current ones."""


class TallyView(Struct, frozen=True, kw_only=True):
    round: int
    voters: int
    counted: int | UnsetType = UNSET
    """How many ballots the result counts; omitted if it counts all."""
    step: int | UnsetType = UNSET
    """How many people's ballots change the result at least. Omitted where it moves with every
    ballot, and after the reveal.
    """
    result: Result | UnsetType = UNSET
    """Omitted if this audience may not see it, or before the first step."""
    insights: list[Insight] | UnsetType = UNSET
    """Only after the reveal."""
    verdict: Verdict | UnsetType = UNSET
    """How sure the result is; only after the reveal, and if an option wins."""
    lens: Lens | UnsetType = UNSET
    """The result by how well voters know the options; only after the reveal, if they were asked."""
    movement: Movement | UnsetType = UNSET
    """What changed since the round before; only after the reveal, and not in the first round."""


class NamedBallot(Struct, frozen=True, kw_only=True):
    name: str
    ballot: dict[str, Any] | None


class RoundBeside(Struct, frozen=True, kw_only=True):
    """One of several rounds for comparison, as an observer may see it."""

    round: RoundView
    tally: TallyView
    ballots: list[NamedBallot] | UnsetType = UNSET
    """Only if ballots are open, the board shows names, and the round is revealed."""


class ArgumentView(Struct, frozen=True, kw_only=True):
    """How a comment stands in the record, as hosts chose it."""

    side: Side
    text: str
    """How the host words it; empty: as it was written."""


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
    premortem: bool | UnsetType = UNSET
    """Whether it was written in the last pre-mortem. Omitted if false."""
    alone: bool | UnsetType = UNSET
    """Whether it was hidden until a reveal, and no one but its author supports it. Omitted if
    false.
    """
    argument: ArgumentView | UnsetType = UNSET
    """Omitted unless a host chose it for the record."""
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
"""One of the two; msgspec has no name for a union of structs without a tag."""


class ProposalView(Struct, frozen=True, kw_only=True):
    """A proposed option that waits for a host."""

    id: str
    name: str
    strapline: str
    about: About | UnsetType = UNSET
    """Omitted unless it would be a criterion."""
    proposer: str | None
    """None if the person has no name, or the board does not show names."""
    at: int


class OwnProposal(Struct, frozen=True, kw_only=True):
    """A proposal of one's own."""

    id: str
    name: str
    strapline: str
    about: About | UnsetType = UNSET
    """Omitted unless it would be a criterion."""
    state: ProposalState
    option: str | None
    """The id of the option, or the criterion, that it became or was merged into."""
    word: str
    """What the host said to it."""
    at: int


class TalkView(Struct, frozen=True, kw_only=True):
    """The number of readable comments on an option: in all, and by kind without replies."""

    comments: int = 0
    pro: int = 0
    con: int = 0
    question: int = 0
    risk: int = 0
    note: int = 0


class SealedView(Struct, frozen=True, kw_only=True):
    """What is told of comments that are hidden until the reveal."""

    count: int
    """How many there are in all: how many an option has would tell what people think of it."""


class RiskView(Struct, frozen=True, kw_only=True):
    id: str
    source: RiskSource
    text: str
    owner: str
    """Empty if no host has said it yet."""
    support: int | UnsetType = UNSET
    """Only of a reason from a pre-mortem."""
    names: tuple[str, ...] | UnsetType = UNSET
    """Who named it. Only for hosts, and only if the round's names are open and the board shows
    names.
    """


class StancesView(Struct, frozen=True, kw_only=True):
    """What people say to the outcome of the current round."""

    round: int
    option: str
    """What the outcome is."""
    commit: int
    reservation: int
    block: int
    risks: list[RiskView]
    """The reservations and blocks, in an order that does not tell whose they are."""


class OwnStance(Struct, frozen=True, kw_only=True):
    option: str
    stance: Stance
    reason: str


class EarlierReplies(Struct, frozen=True, kw_only=True):
    """Replies that were not sent with their thread."""

    count: int
    before: int
    """The position before which they were made."""


class Person(Struct, frozen=True, kw_only=True):
    name: str
    voted: bool | None
    """None in rounds in which this would reveal a ballot, and for those who only watch."""
    observes: bool | UnsetType = UNSET
    """Omitted if false."""


class PeopleView(Struct, frozen=True, kw_only=True):
    here: int
    about: bool | UnsetType = UNSET
    """True if several workers counted `here`, `observing` and `choosing`, each for itself, because
    there are too many to list: someone with pages on two of them counts twice. Omitted if false.
    """
    observing: int
    """How many of those here chose to only watch."""
    lost: int
    """Seats that lost their connection in this open round and have not returned."""
    waiting: int | UnsetType = UNSET
    """Seats waiting to be admitted, who are not counted in `here`. Omitted if there are none."""
    voted: int
    """Ballots in the current round; those who cast them may have left since."""
    choosing: int | UnsetType = UNSET
    """How many of those here may vote in the current round and have no ballot in it. Omitted before
    the first round, and in rounds in which this would reveal a ballot.
    """
    names: list[Person] | None
    """None if the board does not show names."""


class QuestionPlace(Struct, frozen=True, kw_only=True):
    code: str
    n: int
    """Its place in the meeting, from 1."""


class MeetingView(Struct, frozen=True, kw_only=True):
    """The meeting of several questions of which a board is one."""

    lead: str
    """The code of the board that leads it: the code of the meeting."""
    title: str
    """The title of that board."""
    current: str
    """The code of the question at which it is, or at which it ended."""
    n: int
    """The place of that question, from 1."""
    of: int
    """How many questions there are."""
    ended: bool
    questions: list[QuestionPlace]
    """In order: all of them for hosts, and for others those at which the meeting has been."""


class Newcomer(Struct, frozen=True, kw_only=True):
    """Someone waiting to be admitted. The id is good for admitting them, and for nothing else."""

    id: str
    name: str | None


class Minute(Struct, frozen=True, kw_only=True):
    """How many seats came to the board for the first time within a minute, across all servers."""

    at: int
    """When the minute begins."""
    seats: int
    networks: int
    """The approximate number of networks that they came from."""


class Crowd(Struct, frozen=True, kw_only=True):
    """Many newcomers within the last two minutes."""

    seats: int
    networks: int


class LobbyView(Struct, frozen=True, kw_only=True):
    """Who arrives, for hosts: nothing in it can be linked to a ballot."""

    waiting: list[Newcomer]
    arrivals: list[Minute]
    crowd: Crowd | None


# The frames.


class Welcome(Struct, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    """Everything that a client may see. The parts that many share are already encoded."""

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
    """The number of comments it does not include."""
    comments_before: int | UnsetType = UNSET
    """The position before which they were made."""
    more_replies: dict[str, EarlierReplies] | UnsetType = UNSET
    """By the id of the comment that they reply to."""
    talk: dict[str, TalkView] | UnsetType = UNSET
    proposals: Raw | UnsetType = UNSET
    """Omitted on boards that never took proposals, like `your_proposals`."""
    your_proposals: list[OwnProposal] | UnsetType = UNSET
    sealed: Raw | UnsetType = UNSET
    """Omitted unless comments are hidden until the reveal, like `your_sealed`."""
    your_sealed: list[CommentView] | UnsetType = UNSET
    stances: Raw | UnsetType = UNSET
    """Omitted unless the current round asks for them and is revealed, like `your_stance`."""
    your_stance: OwnStance | UnsetType | None = UNSET
    your_experience: dict[str, Level] | UnsetType = UNSET
    """Omitted unless the current round asks for it."""
    your_moved_by: str | UnsetType | None = UNSET
    """The comment that moved you; omitted in a first round."""
    people: Raw
    meeting: MeetingView | UnsetType = UNSET
    """Omitted on a board that is no question of a meeting."""
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
    network: int | UnsetType = UNSET
    """Changes when the server's addresses do: links that a page shows may no longer lead anywhere.
    Omitted if they have not changed since the server started.
    """


class Goodbye(Struct, frozen=True, kw_only=True, tag_field="type", tag="goodbye"):
    reason: str
    retry_after_ms: int


FRAMES: tuple[type[Struct], ...] = (Welcome, Ballot, Ack, Refusal, Pulse, Goodbye)
"""The frames that have a struct; the others carry one object each, see `changed`."""


def changed(part: str, seq: int, value: Any) -> bytes:
    """Encode a frame that carries one whole object under its type's own name."""
    return encode({"type": part, "seq": seq, part: value})


def comment_changed(
    seq: int, comment: CommentView | DeletedComment, talk: dict[str, TalkView]
) -> bytes:
    """Encode a comment; also the current counts, if not everyone has all comments."""
    fields = {"type": "comment", "seq": seq, "comment": comment}
    return encode(fields | {"talk": talk} if talk else fields)


# The codes.


class Close(NamedTuple):
    """Why a connection was closed, and what its client does next."""

    code: int
    reason: str


RESTART = Close(1012, "The server is restarting; come back in a moment.")
FAULT = RESTART._replace(reason="Something went wrong here; come back in a moment.")
NOT_UTF8 = Close(1007, "This is not valid UTF-8 text.")
NOT_UNDERSTOOD = Close(4000, "The server did not understand.")
NOT_ALLOWED = Close(4003, "This is not allowed here.")
NO_SUCH_BOARD = Close(4004, "There is no board with this code.")
TOO_SLOW = Close(4008, "This connection is too slow to keep up.")
TOO_MANY = Close(4029, "Too many messages; come back in ten seconds.")

CLOSES: dict[Close, str] = {
    RESTART: "comes back, with jitter, or after `retry_after_ms` of the `goodbye` before it",
    NOT_UNDERSTOOD: "stops, and says so",
    NOT_ALLOWED: "stops; a page offers to reload itself",
    NO_SUCH_BOARD: "stops",
    TOO_SLOW: "comes back, with jitter",
    TOO_MANY: "comes back after 10 s",
}

REFUSALS: dict[Code, str] = {
    Code.NOT_UNDERSTOOD: "corrects the message; the same one would be refused again",
    Code.NOT_ALLOWED: "gives it up: this seat may not do that, or the host has closed it",
    Code.NO_SUCH_BOARD: "gives it up",
    Code.NO_SUCH_OPTION: "shows the options as they are now",
    Code.NO_SUCH_COMMENT: "shows the comments as they are now",
    Code.NO_SUCH_PROPOSAL: "shows the proposals as they are now",
    Code.NO_SUCH_QUESTION: "shows the questions of the meeting as they are now",
    Code.NO_SUCH_ROUND: "shows the round as it is now",
    Code.ROUND_CLOSED: "shows its last saved ballot again, and that voting is closed",
    Code.ROUND_OPEN: "waits until the round is over",
    Code.BAD_BALLOT: "corrects the ballot",
    Code.BAD_SETTINGS: "corrects the settings",
    Code.UNKNOWN_METHOD: "chooses a method that the server has",
    Code.TOO_LONG: "shortens the text",
    Code.TOO_MANY: "gives it up: a limit of the board is reached",
    Code.TAKEN: "gives it up: another browser holds the seat",
    Code.STORE_AWAY: "keeps the message and sends it again when `pulse` says `ok`",
    Code.GOING_AWAY: "keeps the message and sends it again after it has come back",
}
