"""The parts of a welcome, encoded once for everyone who arrives while they are unchanged."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import UNSET, Raw, structs

from server.domain.board import Board
from server.domain.rounds import Round, State
from server.live import messages
from server.live.broadcaster import PEOPLE_WINDOW
from server.live.frames import FRAGMENT, begun, continued, frame
from server.live.messages import BoardView, PeopleView, Welcome
from server.live.replica import Replica
from server.live.views import PARTS, Audience, first_comments, round_beside


class WelcomeSource(Protocol):
    """The room whose parts are encoded."""

    @property
    def board(self) -> Board: ...

    @property
    def replica(self) -> Replica: ...

    def people(self) -> PeopleView: ...

    def board_view(self) -> BoardView: ...


class AnotherHistoryError(Exception):
    """The board was read again, from another history."""


class Recent:
    """The most recently used encoded objects by key, each with a stamp of what it was made from."""

    def __init__(self, limit: int) -> None:
        """`limit` is the total size in bytes."""
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


class WelcomeCache:
    """The parts of a welcome that are the same for a whole audience."""

    def __init__(self, source: WelcomeSource) -> None:
        self._source = source
        self._parts: dict[tuple[str, Audience], tuple[object, Raw]] = {}
        self._first_comments: dict[Audience, tuple[object, Raw, dict[str, Any]]] = {}
        self._members: dict[tuple[str, Audience], tuple[Raw, bytes]] = {}
        self._framed: dict[tuple[str, Audience], tuple[bytes, bytes]] = {}
        self._name = object()
        """Identifies this board's rounds among those of all boards."""
        self._people: tuple[object, float, Raw] = (None, 0.0, Raw())

    def of(self, name: str, audience: Audience) -> Raw:
        """Encode one of `PARTS`, once per position."""
        board = self._source.board
        # On a question of a meeting, another board says who may take part.
        view = self._source.board_view() if name == "board" else None
        position = (self._source.replica.epoch, board.seq, view and view.settings)
        known, part = self._parts.get((name, audience), (None, Raw()))
        if known != position:
            part = Raw(messages.encode(view or PARTS[name](board, audience)))
            self._parts[name, audience] = (position, part)
        return part

    def frames_of(self, welcome: Welcome, audience: Audience) -> Sequence[bytes]:
        """Encode a welcome as pieces of whole frames.

        A short one is a single frame. In a long one, the parts that are the same for an audience
        are pieces shared by all its connections, so that a thousand slow readers keep one copy.
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
        """Return a part as it appears in a JSON object after other members: `,"board":{…}`."""
        known, member = self._members.get((name, audience), (None, b""))
        if known is not part:
            member = b',"' + name.encode() + b'":' + bytes(part)
            self._members[name, audience] = (part, member)
        return member

    def comments(self, audience: Audience) -> tuple[Raw, dict[str, Any]]:
        """Encode the comments that a newcomer is sent, once until a comment changes."""
        board = self._source.board
        position = (self._source.replica.epoch, board.comments.changed)
        known, comments, older = self._first_comments.get(audience, (None, Raw(), {}))
        if known != position:
            first = first_comments(board, audience)
            comments, older = Raw(messages.encode(first.comments)), first.older
            self._first_comments[audience] = (position, comments, older)
        return comments, older

    def rounds(self) -> Iterator[bytes]:
        """Encode all rounds, oldest first, as an observer may see each.

        Each is made when requested: there may be a hundred, of a quarter of a megabyte each. Raises
        AnotherHistoryError if the board is read again in the meantime.
        """
        epoch = self._source.replica.epoch
        for place in range(len(self._source.board.rounds)):
            if self._source.replica.epoch != epoch:
                raise AnotherHistoryError
            yield self.round(self._source.board.rounds[place])

    def round(self, each: Round) -> bytes:
        """Encode one of the rounds."""
        # A revealed round does not change, except for the names in it.
        board, epoch = self._source.board, self._source.replica.epoch
        revealed = each.state is State.REVEALED
        stamp = (epoch, revealed, board.named if revealed else board.seq)
        made = ROUNDS.get((self._name, each.n), stamp)
        if made is None:
            made = messages.encode(round_beside(board, each))
            ROUNDS.put((self._name, each.n), stamp, made)
        return made

    def people(self, *, told_again: bool) -> Raw:
        """Encode who is here.

        If that is about to be `told_again` to everyone, it is not encoded again for each of a crowd
        that arrives at once.
        """
        board, now = self._source.board, asyncio.get_running_loop().time()
        # Whether people are marked as having voted depends on these.
        rules = (self._source.replica.epoch, len(board.rounds), board.settings)
        known, made, part = self._people
        if not told_again or known != rules or now - made >= PEOPLE_WINDOW:
            part = Raw(messages.encode(self._source.people()))
            self._people = (rules, now, part)
        return part
