"""The log of each board: append in batches, read, create, erase."""

import asyncio
import contextlib
import random
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from redis.exceptions import ResponseError

from server import tasks
from server.domain.refusals import Code, Refused
from server.log import keys
from server.log.store import INFO_REPLICATION, Script, Store, StoreAwayError
from server.metrics import APPEND_SECONDS

GATHER = 0.005
"""Seconds from one batch of a board to the next; what arrives meanwhile goes into one."""
BATCH = 256
PAGE = 1000
"""Entries read in one step."""

_NO_SUCH_BOARD = Refused(Code.NO_SUCH_BOARD, "There is no board with this code (any more).")
UNMARKED = b"-"
"""The mark inside of a batch, and of what an older version has written."""
_APPEND, _CREATE = Script("append"), Script("create")
_ERASE, _FORK = Script("erase"), Script("fork")


class Batch(NamedTuple):
    """Entries that stand at `first`, `first + 1`, … of a log, all at the store's time `at`.

    `mark` names its last position in this history and no other, `prev` the position before its
    first: a store that went back hands out the same positions again, but not the same marks.
    """

    epoch: str
    first: int
    at: int
    entries: Sequence[bytes]
    mark: bytes = UNMARKED
    prev: bytes = UNMARKED

    @classmethod
    def published(cls, message: bytes) -> "Batch":
        """Read what `append.lua` publishes. Raises ValueError."""
        head, first, at, *entries = message.split(b"\n")
        if b" " not in head:
            # Of an older version, which names no history: it is read from the log.
            return cls("", int(first), int(at), entries)
        epoch, run, word, prev = head.split(b" ")
        mark = _mark(int(first) + len(entries) - 1, word)
        return cls(_epoch(epoch, run), int(first), int(at), entries, mark, prev)

    @property
    def last(self) -> int:
        """The position of its last entry."""
        return self.first + len(self.entries) - 1


UNHEARD = Batch("", 0, 0, ())
"""Follows nothing: whoever is given it looks into the log."""


class Page(NamedTuple):
    """A part of a log, in order, without what was erased. `top` is the log's last position."""

    epoch: str
    top: int
    entries: Sequence[tuple[int, int, bytes]]
    """Position, time, entry."""
    marks: Mapping[int, bytes]
    """Of the positions that the page speaks of, the one before it included."""

    def mark(self, position: int) -> bytes:
        return self.marks.get(position, UNMARKED)


Logged = Callable[[int | Refused], None]
"""Told where in the log an entry is, as durable as asked for, or why it never will be there."""
_Waiting = tuple[bytes, Logged]


class Receiver(Protocol):
    """Who is told what stands in the log, wherever it came from."""

    def receive(self, code: str, batch: Batch) -> None: ...


class Log:
    """The logs of all boards. Positions without a hole, one order for every process."""

    def __init__(self, store: Store, receiver: Receiver, retention_days: int) -> None:
        self._store = store
        self._receiver = receiver
        self._retention = retention_days * 86_400_000
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._writers: dict[str, asyncio.Task[None]] = {}
        self._erasing: set[asyncio.Task[None]] = set()

    def append(self, code: str, entry: bytes, logged: Logged) -> None:
        """Put an entry into the next batch of its board.

        The order of calls is the order in the log. Once taken, an entry is tried until the
        store has said what became of it, so `logged` is not called with a maybe: where an
        answer was lost the entry may stand in the log twice, and the board knows a repeat.
        """
        if code not in self._writers:
            self._waiting[code] = deque()
            self._writers[code] = asyncio.create_task(self._write(code))
        self._waiting[code].append((entry, logged))

    async def drained(self) -> None:
        """Wait until everything taken so far has its answer."""
        while under_way := [*self._writers.values(), *self._erasing]:
            await asyncio.wait(under_way)

    async def close(self) -> None:
        await tasks.end([*self._writers.values(), *self._erasing])

    async def _write(self, code: str) -> None:
        # Who is alone is written at once. A batch costs about as much as ten more entries in
        # it, so where many come, they wait for each other.
        waiting = self._waiting[code]
        ahead: asyncio.Task[int | Refused] | None = None
        try:
            while batch := _taken(waiting):
                began = time.monotonic()
                appending: Awaitable[int | Refused] = self._append_surely(code, batch)
                while batch:
                    first = await appending
                    written, batch = batch, []
                    if len(waiting) >= BATCH:
                        # The store works on the next while this one is answered.
                        batch = _taken(waiting)
                        appending = ahead = asyncio.create_task(self._append_surely(code, batch))
                        await asyncio.sleep(0)
                    for n, (_, logged) in enumerate(written):
                        logged(first if isinstance(first, Refused) else first + n)
                await asyncio.sleep(began + GATHER - time.monotonic())
        finally:
            if ahead:
                ahead.cancel()
            del self._writers[code], self._waiting[code]

    async def _append_surely(self, code: str, batch: Sequence[_Waiting]) -> int | Refused:
        """Append, however long it takes. Return the position of the first."""
        entries = [entry for entry, _ in batch]
        began, pause = time.monotonic(), 0.05
        while True:
            try:
                first = await self._append(code, entries)
            except StoreAwayError:
                await asyncio.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, 1.0)
            except Refused as refused:
                return refused
            else:
                APPEND_SECONDS.observe(time.monotonic() - began)
                return first

    async def _append(self, code: str, entries: list[bytes]) -> int:
        try:
            # Of each try its own: a copy of a batch stands at other positions.
            word = secrets.token_hex(4)
            epoch, first, at, run, prev = await self._store.run_durably(
                _APPEND,
                (keys.log(code), keys.meta(code)),
                (keys.live(code), self._retention, word, *entries),
            )
        except ResponseError as error:
            self._receiver.receive(code, UNHEARD)
            raise _NO_SUCH_BOARD from error
        self._store.met(run)
        # The same batch comes by pub/sub as well; its mark tells that it is known.
        mark = _mark(int(first) + len(entries) - 1, word.encode())
        batch = Batch(_epoch(epoch, run), int(first), int(at), entries, mark, prev)
        self._receiver.receive(code, batch)
        return batch.first

    async def create(self, code: str, entries: Sequence[bytes]) -> bool:
        """Open a log with its first entries; False where the board exists already.

        Raises StoreAwayError.
        """
        epoch = secrets.token_hex(6)
        made = await self._store.run_durably(
            _CREATE, (keys.log(code), keys.meta(code)), (epoch, self._retention, *entries)
        )
        return bool(made)

    async def read(self, code: str, after: int) -> Page:
        """Read up to `PAGE` entries behind a position.

        Raises Refused `no_such_board`, StoreAwayError.
        """
        log, meta = keys.log(code), keys.meta(code)
        kept, stream, anchor, found, replication = await self._store.read_at_once(
            ("HMGET", meta, "epoch", "mark", f"x{after}"),
            ("XINFO", "STREAM", log),
            ("XRANGE", log, f"0-{after}", f"0-{after}"),
            ("XRANGE", log, f"(0-{after}", "+", "COUNT", PAGE),
            INFO_REPLICATION,
        )
        run = self._store.run_of_primary(replication)
        self._store.met(run)
        board, mark, erased = kept
        if board is None or isinstance(stream, ResponseError):
            # What is kept of a board lapses together; the stream may have gone a moment before.
            raise _NO_SUCH_BOARD
        epoch, top = _epoch(board, run), _position(_last_id(stream))
        marked = int(mark.partition(b":")[0]) if mark else 0
        if marked > top:
            # The stream alone was put back.
            await self.fork(code, epoch, top)
            return await self.read(code, after)
        marks = {_position(id_): _mark_of(id_, fields) for id_, fields in (*anchor, *found)}
        if erased:
            marks[after] = _mark(after, erased)
        if marked == top:
            marks[top] = mark
        entries = [(_position(id_), int(fields[1]), fields[3]) for id_, fields in found]
        return Page(epoch, top, entries, marks)

    async def fork(self, code: str, epoch: str, top: int) -> None:
        """Give the history of a board another epoch, unless it has one by now.

        For a history that is not the one which was told of under `epoch`, and that ends at `top`.
        Raises StoreAwayError.
        """
        await self._store.run_script(
            _FORK, (keys.meta(code),), (epoch.partition(".")[0], secrets.token_hex(6), top)
        )

    def erase(self, code: str, positions: Sequence[int]) -> None:
        """Delete entries whose text a person has erased.

        Where the store is away just then, whoever reads the log next asks for it again.
        """
        erasing = asyncio.create_task(self._erase(code, positions))
        self._erasing.add(erasing)
        erasing.add_done_callback(self._erasing.discard)

    async def _erase(self, code: str, positions: Sequence[int]) -> None:
        with contextlib.suppress(StoreAwayError):
            await self._store.run_script(_ERASE, (keys.log(code), keys.meta(code)), positions)


def _taken(waiting: deque[_Waiting]) -> list[_Waiting]:
    """Take what waits longest: a batch at most."""
    return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]


def _epoch(board: bytes, run: bytes) -> str:
    """Name the history of a board: its own epoch, in this run of the store as a primary.

    A store that was restored from a copy, or promoted, may hand out positions a second time;
    whoever remembers a position of another run has to start afresh.
    """
    return f"{board.decode()}.{run.decode()}"


def _mark(position: int, word: bytes) -> bytes:
    return b"%d:%b" % (position, word)


def _mark_of(id_: bytes, fields: Sequence[bytes]) -> bytes:
    return _mark(_position(id_), fields[5]) if len(fields) > 5 else UNMARKED


def _position(id_: bytes) -> int:
    """Read where an entry stands from its id in the stream, `0-17`."""
    return int(id_[2:])


def _last_id(stream: dict[bytes, Any] | list[Any]) -> bytes:
    """Return the last id given out. Not the newest entry's: that one may have been erased."""
    # In the older version of the protocol the fields are a list.
    if isinstance(stream, list):
        stream = dict(zip(stream[::2], stream[1::2], strict=True))
    id_: bytes = stream[b"last-generated-id"]
    return id_
