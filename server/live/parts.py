"""The parts of a welcome, encoded once for all who come while they are the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import UNSET, Raw, structs

from server.domain.board import Board
from server.domain.rounds import Round, State
from server.live import messages
from server.live.audience import PEOPLE_WINDOW
from server.live.frames import FRAGMENT, begun, continued, frame
from server.live.messages import PeopleView, Welcome
from server.live.replica import Replica
from server.live.views import PARTS, Audience, first_comments, round_beside


class Stage(Protocol):
    """What is shown."""

    @property
    def board(self) -> Board: ...

    @property
    def replica(self) -> Replica: ...

    def people(self) -> PeopleView: ...


class AnotherHistoryError(Exception):
    """The board was read anew, from another history."""


class Recent:
    """Encoded objects that were asked for last, by key, with a stamp of what each was made of."""

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes, of all of them together."""
        self._limit = limit
        self._size = 0
        self._made: OrderedDict[Hashable, tuple[object, bytes]] = OrderedDict()

    def get(self, key: Hashable, stamp: object) -> bytes | None:
        known, made = self._made.get(key, (None, b""))
        if known != stamp:
            return None
        self._made.move_to_end(key)
        return made

    def put(self, key: Hashable, stamp: object, made: bytes) -> None:
        if key in self._made:
            self._size -= len(self._made.pop(key)[1])
        self._made[key] = (stamp, made)
        self._size += len(made)
        while self._size > self._limit:
            _, (_, oldest) = self._made.popitem(last=False)
            self._size -= len(oldest)


ROUNDS = Recent(32 * 1024 * 1024)
"""The rounds of all boards of this process."""


class Parts:
    """What everybody of an audience is told alike."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._parts: dict[tuple[str, Audience], tuple[object, Raw]] = {}
        self._first_comments: dict[Audience, tuple[object, Raw, dict[str, Any]]] = {}
        self._members: dict[tuple[str, Audience], tuple[Raw, bytes]] = {}
        self._framed: dict[tuple[str, Audience], tuple[bytes, bytes]] = {}
        self._name = object()
        """What names this board's rounds among those of all boards."""
        self._people: tuple[object, float, Raw] = (None, 0.0, Raw())

    def of(self, name: str, audience: Audience) -> Raw:
        """Encode one of `PARTS`, once a position."""
        board = self._stage.board
        position = (self._stage.replica.epoch, board.seq)
        known, part = self._parts.get((name, audience), (None, Raw()))
        if known != position:
            part = Raw(messages.encode(PARTS[name](board, audience)))
            self._parts[name, audience] = (position, part)
        return part

    def frames_of(self, welcome: Welcome, audience: Audience) -> Sequence[bytes]:
        """Encode a welcome as pieces of whole frames.

        A short one is one frame. Of a long one, the parts that are the same for an audience are
        pieces that all its connections share, so that a thousand slow readers keep one copy.
        """
        shared: dict[str, Raw] = {}
        own: dict[str, Any] = {"type": "welcome"}
        for name, value in structs.asdict(welcome).items():
            if isinstance(value, Raw):
                shared[name] = value
            elif value is not UNSET:
                own[name] = value
        if sum(memoryview(part).nbytes for part in shared.values()) <= FRAGMENT:
            return (frame(messages.encode(welcome)),)
        pieces = [begun(messages.encode(own)[:-1])]
        pieces += (self._frames_of_part(name, audience, part) for name, part in shared.items())
        return (*pieces, continued(b"}", final=True))

    def _frames_of_part(self, name: str, audience: Audience, part: Raw) -> bytes:
        member = self.member(name, audience, part)
        known, frames = self._framed.get((name, audience), (None, b""))
        if known is not member:
            frames = continued(member)
            self._framed[name, audience] = (member, frames)
        return frames

    def member(self, name: str, audience: Audience, part: Raw) -> bytes:
        """Return a part as it stands in an object of JSON behind others: `,"board":{…}`."""
        known, member = self._members.get((name, audience), (None, b""))
        if known is not part:
            member = b',"' + name.encode() + b'":' + bytes(part)
            self._members[name, audience] = (part, member)
        return member

    def comments(self, audience: Audience) -> tuple[Raw, dict[str, Any]]:
        """Encode what a newcomer is told of the talk, once as long as nobody says anything."""
        board = self._stage.board
        position = (self._stage.replica.epoch, board.comments.changed)
        known, comments, older = self._first_comments.get(audience, (None, Raw(), {}))
        if known != position:
            first = first_comments(board, audience)
            comments, older = Raw(messages.encode(first.comments)), first.older
            self._first_comments[audience] = (position, comments, older)
        return comments, older

    def rounds(self) -> Iterator[bytes]:
        """Encode all rounds beside each other, oldest first, as an observer may see each.

        Each is made when it is asked for: there may be a hundred, of a quarter of a megabyte
        each. It ends where the board was read anew meanwhile, and raises AnotherHistoryError.
        """
        epoch = self._stage.replica.epoch
        for place in range(len(self._stage.board.rounds)):
            if self._stage.replica.epoch != epoch:
                raise AnotherHistoryError
            yield self.round(self._stage.board.rounds[place])

    def round(self, each: Round) -> bytes:
        """Encode one of the rounds."""
        # One that is revealed stays as it is, but for the names in it.
        board, epoch = self._stage.board, self._stage.replica.epoch
        revealed = each.state is State.REVEALED
        stamp = (epoch, revealed, board.named if revealed else board.seq)
        made = ROUNDS.get((self._name, each.n), stamp)
        if made is None:
            made = messages.encode(round_beside(board, each))
            ROUNDS.put((self._name, each.n), stamp, made)
        return made

    def people(self, *, told_again: bool) -> Raw:
        """Encode who is here. Where that is `told_again` to all in a moment, it is not made anew
        for each of a crowd that arrives at once.
        """
        board, now = self._stage.board, asyncio.get_running_loop().time()
        # On these depends of whom it is told that they have voted.
        rules = (self._stage.replica.epoch, len(board.rounds), board.settings)
        known, made, part = self._people
        if not told_again or known != rules or now - made >= PEOPLE_WINDOW:
            part = Raw(messages.encode(self._stage.people()))
            self._people = (rules, now, part)
        return part
