"""The log of each board: append in batches, read, create, erase."""

import asyncio
import contextlib
import logging
import random
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from redis.exceptions import ResponseError

from server import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.log import keys
from server.log.damage import (
    LARGEST_NUMBER,
    LONGEST_EPOCH,
    Complaints,
    DamagedError,
    entry_of,
    head_of,
    is_epoch,
    mark_of,
    marked,
    position_of,
)
from server.log.store import INFO_REPLICATION, Script, Store, StoreAwayError
from server.loglines import event
from server.metrics import APPEND_SECONDS

logger = logging.getLogger(__name__)

TRIES = 3
"""Times that a batch is tried where something fails that should not."""
GATHER = 0.005
"""Seconds from one batch of a board to the next; what arrives meanwhile goes into one."""
BATCH = 256
PAGE = 1000
"""Entries read in one step."""

NO_SUCH_BOARD = Refusal(Code.NO_SUCH_BOARD, "There is no board with this code (any more).")
_UNSAVED = Refusal(Code.STORE_AWAY, "It is not known whether this was saved. Send it again.")
DAMAGED = Refusal(
    Code.GOING_AWAY,
    "The data of this board is damaged. It is closed until that is mended. Send it again later.",
)
_APPEND, _CREATE, _REALIGN = Script("append"), Script("create"), Script("realign")
_ERASE, _FORK = Script("erase"), Script("fork")
_TOUCH, _EXPIRE = Script("touch"), Script("expire")
_MOST_REALIGNED = 200_000
"""Entries of a log that is written anew in one step, which takes the store about a second."""
_USUAL_BYTES, _BYTES_AN_ENTRY = 64 << 20, 8 << 10
"""A log that takes more memory than this is not read: it would take the memory of this process."""
NOT_OVERDUE, EXPIRED = -1, -2
UNMARKED = b"-"
"""The mark inside of a batch, and of what an older version has written."""


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
        epoch, *more = head.split(b" ")
        if not is_epoch(epoch) or max(int(first), int(at)) > LARGEST_NUMBER:
            raise ValueError("it is none of ours")
        if not more:
            # Of an older version, which names no history: it is read from the log.
            return cls("", int(first), int(at), entries)
        run, word, prev = more
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


Logged = Callable[[int | Refusal], None]
"""Told where in the log an entry is, as durable as asked for, or why it never will be there."""
_Waiting = tuple[bytes, Logged]


class Receiver(Protocol):
    """Who is told what stands in the log, wherever it came from."""

    def receive(self, code: str, batch: Batch) -> None: ...

    def damaged(self, code: str, damage: DamagedError) -> None: ...


class Log:
    """The logs of all boards. Positions without a hole, one order for every process."""

    def __init__(self, store: Store, receiver: Receiver, retention_days: int) -> None:
        self._store = store
        self._receiver = receiver
        self._retention = retention_days * 86_400_000
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._writers: dict[str, asyncio.Task[None]] = {}
        self._erasing: set[asyncio.Task[None]] = set()
        self._complaints = Complaints()

    def append(self, code: str, entry: bytes, logged: Logged) -> None:
        """Put an entry into the next batch of its board.

        The order of calls is the order in the log. Once taken, an entry is tried until the
        store has said what became of it, so `logged` is not called with a maybe: where an
        answer was lost the entry may stand in the log twice, and the board knows a repeat.
        """
        if code not in self._writers:
            self._waiting[code] = deque()
            self._writers[code] = tasks.begin("writer", self._answered(code))
        self._waiting[code].append((entry, logged))

    async def drained(self) -> None:
        """Wait until everything taken so far has its answer."""
        while under_way := [*self._writers.values(), *self._erasing]:
            await asyncio.wait(under_way)

    async def close(self) -> None:
        await tasks.end([*self._writers.values(), *self._erasing])

    async def _answered(self, code: str) -> None:
        """Write what waits for a board; whatever ends that, nobody is left without an answer."""
        try:
            with tasks.contained("writer", code):
                await self._write(code, self._waiting[code])
        finally:
            del self._writers[code]
            _tell(self._waiting.pop(code), _UNSAVED)

    async def _write(self, code: str, waiting: deque[_Waiting]) -> None:
        # Who is alone is written at once. A batch costs about as much as ten more entries in
        # it, so where many come, they wait for each other.
        ahead: asyncio.Task[int | Refusal] | None = None
        batch: list[_Waiting] = []
        try:
            while batch := _taken(waiting):
                began = time.monotonic()
                appending: Awaitable[int | Refusal] = self._append_surely(code, batch)
                while batch:
                    first = await appending
                    written, batch = batch, []
                    if len(waiting) >= BATCH:
                        # The store works on the next while this one is answered.
                        batch = _taken(waiting)
                        appending = ahead = tasks.begin("ahead", self._append_surely(code, batch))
                        await asyncio.sleep(0)
                    _tell(written, first)
                await asyncio.sleep(began + GATHER - time.monotonic())
        finally:
            if ahead:
                ahead.cancel()
            _tell(batch, _UNSAVED)  # None are left unless something has failed.

    async def _append_surely(self, code: str, batch: Sequence[_Waiting]) -> int | Refusal:
        """Append, however long it takes. Return the position of the first."""
        entries = [entry for entry, _ in batch]
        began, pause, failed = time.monotonic(), 0.05, 0
        while True:
            try:
                first = await self._append(code, entries)
            except StoreAwayError:
                await asyncio.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, 1.0)
            except Refused as refused:
                return refused.refusal
            except Exception as error:  # noqa: BLE001 - it is reported
                # Whether it was done is not known, as with a store that is away; but a fault
                # may last for ever, and people do not.
                tasks.report("append", error, code)
                failed += 1
                if failed == TRIES:
                    return _UNSAVED
                await asyncio.sleep(pause)
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
                (keys.live(code, self._store.database), 0, word, *entries),
                patient=True,
            )
        except DamagedError as damage:
            self._receiver.damaged(code, damage)
            raise Refused(DAMAGED) from damage
        except ResponseError as error:
            self._receiver.receive(code, UNHEARD)
            raise Refused(NO_SUCH_BOARD) from error
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
            _CREATE, (keys.log(code), keys.meta(code)), (epoch, 0, *entries)
        )
        return bool(made)

    async def read(self, code: str, after: int) -> Page:
        """Read up to `PAGE` entries behind a position.

        Raises Refused `no_such_board`, StoreAwayError, DamagedError.
        """
        await self._require_usual_size(code, whole=after == 0)
        log, meta = keys.log(code), keys.meta(code)
        kept, has_meta, stream, anchor, found, replication = await self._store.read_at_once(
            ("HMGET", meta, "epoch", "mark", f"x{after}"),
            ("EXISTS", meta),
            ("XINFO", "STREAM", log),
            ("XRANGE", log, f"0-{after}", f"0-{after}"),
            ("XRANGE", log, f"(0-{after}", "+", "COUNT", PAGE),
            INFO_REPLICATION,
        )
        run = self._store.run_of_primary(replication)
        self._store.met(run)
        board, mark, erased = (kept, None, None) if isinstance(kept, ResponseError) else kept
        head = head_of(code, board, has_meta, stream)
        if head is None:
            self._tell_of_half(code, has_meta, stream)
            raise Refused(NO_SUCH_BOARD)
        entries = [entry_of(log, id_, fields) for id_, fields in found]
        top = position_of(head.last_id)
        if top is None:
            top = await self._realign(code)
        epoch, newest = _epoch(head.epoch, run), marked(mark)
        if newest > top:
            # The stream alone was put back.
            await self.fork(code, epoch, top)
            return await self.read(code, after)
        marks = {
            seq: mark_of(id_, fields) or UNMARKED
            for (seq, *_), (id_, fields) in zip(entries, found, strict=True)
        }
        for id_, fields in anchor:
            marks[entry_of(log, id_, fields)[0]] = mark_of(id_, fields) or UNMARKED
        if erased:
            marks[after] = _mark(after, erased)
        if newest == top and mark:
            marks[top] = mark
        return Page(epoch, top, entries, marks)

    async def fork(self, code: str, epoch: str, top: int) -> None:
        """Give the history of a board another epoch, unless it has one by now.

        For a history that is not the one which was told of under `epoch`, and that ends at `top`.
        Raises StoreAwayError, DamagedError.
        """
        await self._store.run_script(
            _FORK, (keys.meta(code),), (epoch.partition(".")[0], secrets.token_hex(6), top)
        )

    async def _realign(self, code: str) -> int:
        """Let a log go on from its last position, and return that.

        An entry of another program was there and is gone, or stands behind what was read.
        """
        log, spare = keys.log(code), keys.spare(code)
        top = int(await self._store.run_script(_REALIGN, (log, spare), (_MOST_REALIGNED,)))
        logger.warning(
            "Board %s: the last id of %s was none of ours. It goes on from position %d.",
            *(code, log, top),
            extra=event("log_realigned", board=code, key=log),
        )
        return top

    def _tell_of_half(self, code: str, has_meta: object, stream: object) -> None:
        if bool(has_meta) is isinstance(stream, ResponseError):
            gone = keys.log(code) if has_meta else keys.meta(code)
            left = "its code is free" if has_meta else "its log is not written over"
            self._complaints.tell(
                DamagedError(gone, "it is missing"), f"There is no such board now; {left}."
            )

    async def _require_usual_size(self, code: str, *, whole: bool) -> None:
        """Raise DamagedError where it would take too much memory to read a log.

        All of it is looked at where it is read whole; else its newest part and a few more.
        """
        pipeline = self._store.client.pipeline(transaction=False)
        pipeline.hstrlen(keys.meta(code), "epoch")
        pipeline.xlen(keys.log(code))
        pipeline.memory_usage(keys.log(code), samples=0 if whole else 5)
        # What is of a wrong type, or what this store does not tell, is no number.
        sizes = await self._store.call(pipeline.execute(raise_on_error=False))
        epoch, entries, used = (size if isinstance(size, int) else 0 for size in sizes)
        if epoch > LONGEST_EPOCH:
            raise DamagedError(keys.meta(code), "its epoch is malformed")
        if used > _USUAL_BYTES + _BYTES_AN_ENTRY * entries:
            raise DamagedError(keys.log(code), f"its {entries} entries take {used >> 20} MiB")

    async def touch(self, code: str) -> None:
        """Note that a board is in use, so that it is kept. Raises StoreAwayError, DamagedError."""
        await self._store.run_script(_TOUCH, (keys.log(code), keys.meta(code)), ())

    async def codes(self) -> list[str]:
        """Return the codes of all boards, in no order. Raises StoreAwayError."""
        found: set[str] = set()
        cursor = 0
        while True:
            page: Awaitable[Any] = self._store.client.scan(cursor, keys.ALL, count=PAGE)
            cursor, names = await self._store.call(page)
            found |= keys.codes_of(names)
            if cursor == 0:
                return list(found)

    async def expire(self, code: str, seen: int, enough: int, keep: int = 0) -> int:
        """Look whether a board is overdue, and count that; delete it when it was counted `enough`.

        `seen` is how often that was counted as far as the caller knows, or -1 to look only; `keep`
        the time before which it is not deleted, in ms by the store's clock, where there is one.
        Return how often it was counted by now, NOT_OVERDUE or EXPIRED. Raises StoreAwayError, and
        DamagedError: such a board is not deleted.
        """
        mine = (keys.log(code), keys.meta(code), keys.here(code), keys.lost(code))
        args = (keys.live(code, self._store.database), self._retention, seen, enough, keep)
        return int(await self._store.run_script(_EXPIRE, mine, args))

    def erase(self, code: str, positions: Sequence[int]) -> None:
        """Delete entries whose text a person has erased.

        Where the store is away just then, whoever reads the log next asks for it again.
        """
        erasing = tasks.supervise("erase", partial(self._erase, code, positions))
        self._erasing.add(erasing)
        erasing.add_done_callback(self._erasing.discard)

    async def _erase(self, code: str, positions: Sequence[int]) -> None:
        # A log of another type is damage, which is found where it is read.
        with contextlib.suppress(StoreAwayError, DamagedError):
            await self._store.run_script(_ERASE, (keys.log(code), keys.meta(code)), positions)


def _tell(written: Iterable[_Waiting], first: int | Refusal) -> None:
    """Tell what became of entries that stand one behind the other from `first` on."""
    for n, (_, logged) in enumerate(written):
        with tasks.contained("answer"):
            logged(first if isinstance(first, Refusal) else first + n)


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
