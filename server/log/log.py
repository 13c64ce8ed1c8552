"""The log of each board: append in batches, read, create, erase."""

import asyncio
import contextlib
import random
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from redis.exceptions import ResponseError

from server import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.log import keys
from server.log.store import Script, Store, StoreAwayError
from server.metrics import APPEND_SECONDS

TRIES = 3
"""Times that a batch is tried where something fails that should not."""
GATHER = 0.005
"""Seconds from one batch of a board to the next; what arrives meanwhile goes into one."""
BATCH = 256
PAGE = 1000
"""Entries read in one step."""

NO_SUCH_BOARD = Refusal(Code.NO_SUCH_BOARD, "There is no board with this code (any more).")
_UNSAVED = Refusal(Code.STORE_AWAY, "It is not known whether this was saved. Send it again.")
_APPEND, _CREATE = Script("append"), Script("create")


class Batch(NamedTuple):
    """Entries that stand at `first`, `first + 1`, … of a log, all at the store's time `at`."""

    epoch: str
    first: int
    at: int
    entries: Sequence[bytes]


class Page(NamedTuple):
    """A part of a log, in order, without what was erased. `top` is the log's last position."""

    epoch: str
    top: int
    entries: Sequence[tuple[int, int, bytes]]
    """Position, time, entry."""


Logged = Callable[[int | Refusal], None]
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
            epoch, first, at = await self._store.run_durably(
                _APPEND,
                (keys.log(code), keys.meta(code)),
                (keys.live(code), self._retention, *entries),
            )
        except ResponseError as error:
            raise Refused(NO_SUCH_BOARD) from error
        # The same batch comes by pub/sub as well; the position tells that it is known.
        batch = Batch(self._store.epoch(epoch), int(first), int(at), entries)
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
        epoch, stream, found = await self._store.read_at_once(
            ("HGET", keys.meta(code), "epoch"),
            ("XINFO", "STREAM", keys.log(code)),
            ("XRANGE", keys.log(code), f"(0-{after}", "+", "COUNT", PAGE),
        )
        if epoch is None or isinstance(stream, ResponseError):
            # What is kept of a board lapses together; the stream may have gone a moment before.
            raise Refused(NO_SUCH_BOARD)
        entries = [(_position(id_), int(fields[1]), fields[3]) for id_, fields in found]
        return Page(self._store.epoch(epoch), _position(_last_id(stream)), entries)

    def erase(self, code: str, positions: Sequence[int]) -> None:
        """Delete entries whose text a person has erased.

        Where the store is away just then, whoever reads the log next asks for it again.
        """
        ids = [f"0-{position}" for position in positions]
        erasing = tasks.supervise("erase", partial(self._erase, keys.log(code), ids))
        self._erasing.add(erasing)
        erasing.add_done_callback(self._erasing.discard)

    async def _erase(self, key: str, ids: Sequence[str]) -> None:
        with contextlib.suppress(StoreAwayError):
            await self._store.call(self._store.client.xdel(key, *ids))


def _tell(written: Iterable[_Waiting], first: int | Refusal) -> None:
    """Tell what became of entries that stand one behind the other from `first` on."""
    for n, (_, logged) in enumerate(written):
        with tasks.contained("answer"):
            logged(first if isinstance(first, Refusal) else first + n)


def _taken(waiting: deque[_Waiting]) -> list[_Waiting]:
    """Take what waits longest: a batch at most."""
    return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]


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
