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
from typing import NamedTuple, Protocol

from redis.exceptions import ResponseError

from server.concurrency import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.observability.logs import event
from server.observability.metrics import APPEND_SECONDS
from server.store import keys
from server.store.client import Store
from server.store.damage import (
    LARGEST_NUMBER,
    LONGEST_EPOCH,
    DamagedError,
    DamageLog,
    entry_of,
    head_of,
    is_epoch,
    mark_of,
    marked,
    position_of,
)
from server.store.node import REDIRECTIONS, Node, Script, StoreAwayError
from server.words.catalogue import words

logger = logging.getLogger(__name__)

TRIES = 3
"""How often a batch is tried after an unexpected failure."""
GATHER = 0.005
"""Minimum seconds between two batches of a board; entries that arrive in between share a batch."""
GATHER_LONGEST = 0.1
"""The same while entries pour in, through whichever process."""
POURING = 2000
"""Entries of a board a second: fewer are not made to wait for more. Of so many, ten come within
`GATHER`, and each of them costs another process 25 µs, but 15 in batches of a hundred.
"""
BATCH = 256
PAGE = 1000
"""The number of entries that are read in one step."""
DAY_MS = 86_400_000

NO_SUCH_BOARD = Refusal(Code.NO_SUCH_BOARD, words("refusal-board-gone"))
_UNSAVED = Refusal(Code.STORE_AWAY, words("refusal-unsaved"))
DAMAGED = Refusal(
    Code.GOING_AWAY,
    words("refusal-board-damaged"),
)
_APPEND, _CREATE, _REALIGN = Script("append"), Script("create"), Script("realign")
_ERASE, _FORK = Script("erase"), Script("fork")
_TOUCH, _EXPIRE, _DELETE = Script("touch"), Script("expire"), Script("delete")
_MOST_REALIGNED = 200_000
"""The most entries of a log that are rewritten in one step, which takes about a second."""
_USUAL_BYTES, _BYTES_AN_ENTRY = 64 << 20, 8 << 10
"""A log that uses more memory than this is not read: it would exhaust this process's memory."""
NOT_OVERDUE, EXPIRED = -1, -2
UNMARKED = b"-"
"""The mark of entries inside a batch, and of entries that an older version wrote."""


class Batch(NamedTuple):
    """Entries at the positions `first`, `first + 1`, … of a log, all at the store's time `at` (ms).

    `mark` identifies its last position in this history and no other, `prev` the position before its
    first: a store that went back in time assigns the same positions again, but not the same marks.
    """

    epoch: str
    first: int
    at: int
    entries: Sequence[bytes]
    mark: bytes = UNMARKED
    prev: bytes = UNMARKED

    @classmethod
    def published(cls, message: bytes) -> "Batch":
        """Parse a message that `append.lua` published. Raises ValueError."""
        head, first, at, *entries = message.split(b"\n")
        epoch, *more = head.split(b" ")
        if not is_epoch(epoch) or max(int(first), int(at)) > LARGEST_NUMBER:
            raise ValueError("it was not written by Stackvote")
        if not more:
            # From an older version, which does not name the history: it is read from the log.
            return cls("", int(first), int(at), entries)
        run, word, prev = more
        mark = _mark(int(first) + len(entries) - 1, word)
        return cls(_epoch(epoch, run), int(first), int(at), entries, mark, prev)

    @property
    def last(self) -> int:
        """The position of the last entry."""
        return self.first + len(self.entries) - 1


UNHEARD = Batch("", 0, 0, ())
"""Follows nothing, so a replica that receives it reads the log."""


class Due(NamedTuple):
    """When a board is deleted unless it is used, in ms since 1970 by the store's clock."""

    at: int
    was: int
    """When it was due before it was used again, within the last day; 0 if that was not close."""


def notice_before(retention: int) -> int:
    """Return how long before an unused board is due that is told. Both are in ms."""
    return min(14 * DAY_MS, retention // 3)


class Page(NamedTuple):
    """A part of a log, in order, without erased entries. `top` is the log's last position."""

    epoch: str
    top: int
    entries: Sequence[tuple[int, int, bytes]]
    """Position, time in ms, entry."""
    marks: Mapping[int, bytes]
    """By position, including the position before the page."""

    def mark(self, position: int) -> bytes:
        return self.marks.get(position, UNMARKED)


Logged = Callable[[int | Refusal], None]
"""Called with the entry's position once it is as durable as configured, or with the reason why it
will never be logged.
"""
_Waiting = tuple[bytes, Logged]


class Receiver(Protocol):
    """Receives what is in the log, however it arrived."""

    def receive(self, code: str, batch: Batch) -> None: ...

    def damaged(self, code: str, damage: DamagedError) -> None: ...


class EventLog:
    """The logs of all boards: positions without gaps, in one order for all processes."""

    def __init__(self, store: Store, receiver: Receiver, retention_days: int) -> None:
        self._store = store
        self._receiver = receiver
        self._retention = retention_days * DAY_MS
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._writers: dict[str, asyncio.Task[None]] = {}
        self._tops: dict[str, int] = {}
        """The last position of a board that is known, while entries of it are being written."""
        self._erasing: set[asyncio.Task[None]] = set()
        self._damage_log = DamageLog()

    def append(self, code: str, entry: bytes, logged: Logged) -> None:
        """Add an entry to the next batch of its board.

        Entries are logged in the order of the calls. An accepted entry is retried until its outcome
        is known, so `logged` is never called with an uncertain result. If an answer was lost, the
        entry may be in the log twice, and the board recognises the repeat.
        """
        if code not in self._writers:
            self._waiting[code] = deque()
            self._tops[code] = 0
            self._writers[code] = tasks.begin("writer", self._run_writer(code))
        self._waiting[code].append((entry, logged))

    def heard(self, code: str, position: int) -> None:
        """Note how far the log of a board has come, through whichever process."""
        if code in self._tops:
            self._tops[code] = max(self._tops[code], position)

    def is_reachable(self, code: str) -> bool:
        """Whether the node that has a board is available."""
        return self._store.of(code).present

    async def drained(self) -> None:
        """Wait until every accepted entry has its answer."""
        while under_way := [*self._writers.values(), *self._erasing]:
            await asyncio.wait(under_way)

    async def close(self) -> None:
        await tasks.end([*self._writers.values(), *self._erasing])

    async def _run_writer(self, code: str) -> None:
        """Write a board's pending entries; however this ends, every entry gets an answer."""
        try:
            with tasks.contained("writer", code):
                await self._write(code, self._waiting[code])
        finally:
            del self._writers[code], self._tops[code]
            _notify(self._waiting.pop(code), _UNSAVED)

    async def _write(self, code: str, waiting: deque[_Waiting]) -> None:
        # A single waiting entry is written immediately. A batch costs about as much as ten more
        # entries in it, in every process that follows the board, so in heavy traffic entries wait
        # for each other.
        ahead: asyncio.Task[int | Refusal] | None = None
        batch: list[_Waiting] = []
        try:
            while batch := _next_batch(waiting):
                began = time.monotonic()
                appending: Awaitable[int | Refusal] = self._append_with_retries(code, batch)
                while batch:
                    first = await appending
                    written, batch = batch, []
                    if len(waiting) >= BATCH:
                        # The store works on the next batch while this one is answered.
                        batch = _next_batch(waiting)
                        appending = ahead = tasks.begin(
                            "ahead", self._append_with_retries(code, batch)
                        )
                        await asyncio.sleep(0)
                    _notify(written, first)
                await self._gather(code, waiting, began)
        finally:
            if ahead:
                ahead.cancel()
            _notify(batch, _UNSAVED)  # Empty unless something failed.

    async def _gather(self, code: str, waiting: deque[_Waiting], began: float) -> None:
        """Wait until it is time for the next batch; the last one was `began`."""
        since, known = began, self._tops[code]
        while True:
            await asyncio.sleep(since + GATHER - time.monotonic())
            now, total = time.monotonic(), self._tops[code] + len(waiting)
            if not waits_for_more(total - known, now - since, now - began, len(waiting)):
                return
            since, known = now, total

    async def _append_with_retries(self, code: str, batch: Sequence[_Waiting]) -> int | Refusal:
        """Append, retrying as long as it takes. Return the position of the first entry."""
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
            except Exception as error:  # noqa: BLE001 - reported
                # It is not known whether the entries were written, as with a store that is away;
                # but a fault may be permanent, and people do not wait forever.
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
            batch: Batch = await self._store.of(code).on_node(self._append_on, code, entries)
        except DamagedError as damage:
            self._receiver.damaged(code, damage)
            raise Refused(DAMAGED) from damage
        except ResponseError as error:
            await self._require_followed(code)
            self._receiver.receive(code, UNHEARD)
            raise Refused(NO_SUCH_BOARD) from error
        # The same batch also arrives by pub/sub; its mark shows that it is known.
        self._receiver.receive(code, batch)
        return batch.first

    async def _require_followed(self, code: str) -> None:
        """Raise StoreAwayError unless the answers of a node are those of the run that is followed.

        One that has just been restarted may still get a board that it lacks. A command of an
        operator follows none.
        """
        node = self._store.of(code).node
        node.note_run(await node.read_run())
        if node.is_followed and not node.present:
            raise StoreAwayError("it is not followed yet")

    async def _append_on(
        self, node: Node, code: str, entries: list[bytes], *, asking: bool
    ) -> Batch:
        # A new mark for each attempt, because a copy of a batch is at other positions.
        word = secrets.token_hex(4)
        epoch, first, at, run, prev = await node.run_durably(
            _APPEND,
            (keys.log(code), keys.meta(code)),
            (*self._store.publishing(code), word, *entries),
            patient=True,
            asking=asking,
        )
        if node.run not in {b"", run}:
            # A board whose slot has just moved still has the run of its former node for a while.
            node.note_run(await node.read_run())
        mark = _mark(int(first) + len(entries) - 1, word.encode())
        return Batch(_epoch(epoch, run), int(first), int(at), entries, mark, prev)

    async def create(self, code: str, entries: Sequence[bytes]) -> bool:
        """Create a log with its first entries; return False if the board already exists.

        Raises StoreAwayError.
        """
        epoch = secrets.token_hex(6)
        made = await self._store.of(code).run_durably(
            _CREATE, (keys.log(code), keys.meta(code)), (epoch, 0, *entries)
        )
        return bool(made)

    async def read(self, code: str, after: int) -> Page:
        """Read up to `PAGE` entries after a position.

        Raises Refused `no_such_board`, StoreAwayError, DamagedError.
        """
        await self._require_usual_size(code, whole=after == 0)
        log, meta = keys.log(code), keys.meta(code)
        run, (kept, has_meta, stream, anchor, found) = await self._store.of(code).read_at_once(
            ("HMGET", meta, "epoch", "mark", f"x{after}"),
            ("EXISTS", meta),
            ("XINFO", "STREAM", log),
            ("XRANGE", log, f"0-{after}", f"0-{after}"),
            ("XRANGE", log, f"(0-{after}", "+", "COUNT", PAGE),
        )
        board, mark, erased = (kept, None, None) if isinstance(kept, ResponseError) else kept
        head = head_of(code, board, has_meta, stream)
        if head is None:
            self._log_half_missing(code, has_meta, stream)
            raise Refused(NO_SUCH_BOARD)
        entries = [entry_of(log, id_, fields) for id_, fields in found]
        top = position_of(head.last_id)
        if top is None:
            top = await self._realign(code)
        epoch, newest = _epoch(head.epoch, run), marked(mark)
        if newest > top:
            # Only the stream was restored.
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
        """Give the history of a board a new epoch, unless it has been replaced already.

        For a history that ends at `top` and differs from the one announced under `epoch`. Raises
        StoreAwayError, DamagedError.
        """
        await self._store.of(code).run_script(
            _FORK, (keys.meta(code),), (epoch.partition(".")[0], secrets.token_hex(6), top)
        )

    async def _realign(self, code: str) -> int:
        """Make a log continue from its last position, and return that position.

        An entry of another program was added and removed, or is beyond what was read.
        """
        log, spare = keys.log(code), keys.spare(code)
        store = self._store.of(code)
        top = int(await store.run_script(_REALIGN, (log, spare), (_MOST_REALIGNED,)))
        logger.warning(
            "Board %s: the last id of %s was not written by Stackvote. It continues from "
            "position %d.",
            *(code, log, top),
            extra=event("log_realigned", board=code, key=log),
        )
        return top

    def _log_half_missing(self, code: str, has_meta: object, stream: object) -> None:
        if bool(has_meta) is isinstance(stream, ResponseError):
            gone = keys.log(code) if has_meta else keys.meta(code)
            left = "its code is free" if has_meta else "its log is not written over"
            self._damage_log.report(
                DamagedError(gone, "it is missing"), f"There is no such board now; {left}."
            )

    async def _require_usual_size(self, code: str, *, whole: bool) -> None:
        """Raise DamagedError if reading a log would take too much memory.

        If the log is read `whole`, all entries are measured; otherwise a sample of the newest.
        """
        sizes = await self._store.of(code).ask_each(
            ("HSTRLEN", keys.meta(code), "epoch"),
            ("XLEN", keys.log(code)),
            ("MEMORY", "USAGE", keys.log(code), "SAMPLES", 0 if whole else 5),
        )
        # A value of a wrong type, or one that this store does not report, is not a number.
        epoch, entries, used = (size if isinstance(size, int) else 0 for size in sizes)
        if epoch > LONGEST_EPOCH:
            raise DamagedError(keys.meta(code), "its epoch is malformed")
        if used > _USUAL_BYTES + _BYTES_AN_ENTRY * entries:
            raise DamagedError(keys.log(code), f"its {entries} entries take {used >> 20} MiB")

    async def touch(self, code: str, keep: int = 0) -> Due:
        """Note that a board is in use, so that it is kept; return when it is deleted otherwise.

        `keep` is the time before which it is not deleted however long it is unused, in ms by the
        store's clock; 0 if there is none. Raises StoreAwayError, DamagedError.
        """
        args = (keep, self._retention, notice_before(self._retention), DAY_MS)
        mine = (keys.log(code), keys.meta(code))
        return Due(*await self._store.of(code).run_script(_TOUCH, mine, args))

    async def kept(self, codes: Iterable[str]) -> list[int]:
        """Return before when these boards are not deleted, as `touch` noted it, in no particular
        order; 0 if nothing was noted, or what was cannot be read.

        Raises StoreAwayError.
        """
        found: list[int] = []
        for node, on_it in self._store.by_node(codes).items():
            for first in range(0, len(on_it), PAGE):
                part = on_it[first : first + PAGE]
                try:
                    noted = await node.ask_each(
                        *(("HGET", keys.meta(code), "keep") for code in part)
                    )
                except REDIRECTIONS as error:
                    raise StoreAwayError(str(error)) from error
                found += [
                    int(keep) if isinstance(keep, bytes) and keep.isdigit() else 0 for keep in noted
                ]
        return found

    async def codes(self, *nodes: Node) -> list[str]:
        """Return the codes of all boards, or of those on some nodes, in no particular order.

        Raises StoreAwayError.
        """
        found: set[str] = set()
        for node in nodes or self._store.nodes:
            cursor = b"0"
            while True:
                cursor, names = await node.scan(cursor, keys.ALL, PAGE)
                found |= keys.codes_of(names)
                if cursor == b"0":
                    break
        return list(found)

    async def expire(self, code: str, seen: int, enough: int, keep: int = 0) -> int:
        """Count an overdue board as seen once more; delete it once it has been seen `enough` times.

        `seen` is the count that the caller knows, or -1 to only look. `keep` is as for `touch`,
        except that 0 leaves what was noted before. Returns the new count, NOT_OVERDUE or EXPIRED.
        Raises StoreAwayError, and DamagedError: a damaged board is never deleted.
        """
        mine = (keys.log(code), keys.meta(code), keys.here(code), keys.lost(code))
        args = (*self._store.publishing(code), self._retention, seen, enough, keep)
        return int(await self._store.of(code).run_script(_EXPIRE, mine, args))

    async def delete(self, code: str) -> None:
        """Delete a board, and tell every process. Raises StoreAwayError.

        Deleting it again does no harm.
        """
        store = self._store.of(code)
        await store.run_durably(_DELETE, keys.every(code), self._store.publishing(code))

    def erase(self, code: str, positions: Sequence[int]) -> None:
        """Delete entries whose text a person has erased.

        If the store is away, the next process that reads the log requests it again.
        """
        erasing = tasks.supervise("erase", partial(self._erase, code, positions))
        self._erasing.add(erasing)
        erasing.add_done_callback(self._erasing.discard)

    async def _erase(self, code: str, positions: Sequence[int]) -> None:
        # A log of the wrong type is damage, which is reported when it is read.
        with contextlib.suppress(StoreAwayError, DamagedError):
            store = self._store.of(code)
            await store.run_script(_ERASE, (keys.log(code), keys.meta(code)), positions)


def waits_for_more(came: int, seconds: float, waited: float, waiting: int) -> bool:
    """Whether entries wait on, of which `waiting` have waited for up to `waited` seconds.

    `came` is how many were added to the board within the last `seconds`, here and elsewhere. An
    entry that few others follow does not wait longer than `GATHER`.
    """
    pours = came >= POURING * seconds
    return pours and waiting < BATCH and waited + GATHER <= GATHER_LONGEST


def _notify(written: Iterable[_Waiting], first: int | Refusal) -> None:
    """Report the outcome of entries at consecutive positions from `first` on."""
    for n, (_, logged) in enumerate(written):
        with tasks.contained("answer"):
            logged(first if isinstance(first, Refusal) else first + n)


def _next_batch(waiting: deque[_Waiting]) -> list[_Waiting]:
    """Take the entries that have waited longest, up to a full batch."""
    return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]


def _epoch(board: bytes, run: bytes) -> str:
    """Identify the history of a board: its own epoch, in this run of the store as a primary.

    A store that was restored from a copy, or promoted, may assign positions a second time; a client
    that remembers a position of another run must resynchronise.
    """
    return f"{board.decode()}.{run.decode()}"


def _mark(position: int, word: bytes) -> bytes:
    return b"%d:%b" % (position, word)
