"""One board as this process holds it: applies the log in order, and knows what it has missed."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence

from server.concurrency import tasks
from server.concurrency.backoff import Backoff
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.refusals import Refused
from server.live.time_slices import TimeSlice
from server.observability.metrics import CATCH_UPS, HOLES, count
from server.store.event_log import PAGE, UNMARKED, Batch, EventLog, Page
from server.store.node import StoreAwayError

logger = logging.getLogger(__name__)

AT_ONCE = 0.01
"""Seconds for which entries from pub/sub are applied in one go."""
RETRY = 0.5
"""Seconds after which a log is read again if that failed although the store is available."""
REMEMBERED = 256
"""Batches that are recognised when they arrive again moments later: each one reaches its own
process twice, and entries read from the log arrive as messages too.
"""

Applied = Callable[[int, act.Entry, Outcome], None]
Applying = Callable[[int, int, act.Entry], Outcome]
"""Applies the entry at a position and a time."""


class Watcher:
    """Called for each event on the board; this base class ignores them all."""

    def applied(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Learn that an entry at a position was applied, or refused."""

    def changed(self, change: Change) -> None:
        """Learn that the board has changed."""

    def compared(self) -> None:
        """Learn that the board matches the log: entries that did not arrive were erased."""

    def renewed(self) -> None:
        """Learn that the whole board was read again.

        Its log has another history, or a fault left the consequences of this one in doubt.
        """

    def invalidated(self) -> None:
        """Learn that a consequence of the board's state has failed: `renewed` follows soon."""

    def broken(self) -> None:
        """Learn that even `renewed` failed: nothing here can be relied on."""

    def lost(self, unreadable: act.UnreadableError | None = None) -> None:
        """Learn that the board is gone, or why its log cannot be read here."""


class Replica:
    """A board, and the position up to which it has followed its log."""

    def __init__(
        self,
        log: EventLog,
        code: str,
        watcher: Watcher | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.board = Board()
        self.epoch = ""
        self._mark = UNMARKED
        """Identifies the batch of the last position, which a position alone does not."""
        self._known: dict[bytes, None] = {}
        """The marks reached most recently."""
        self._log = log
        self._code = code
        self._watcher = watcher or Watcher()
        self._clock = clock
        self._freezes = 0
        """How many callers need the board to stay as it is."""
        self._thawed = asyncio.Event()
        self._behind = False
        self._lag = 0
        self._reading: asyncio.Task[bool] | None = None
        self._invalid = self._suspect = False
        """Whether to read the whole board again: soon, and with the next read."""
        self._faults = Backoff()
        self._failed_at = 0.0
        self._again: asyncio.TimerHandle | None = None

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` for every event from now on."""
        self._watcher = watcher

    async def load(self) -> None:
        """Read the board for the first time.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        self.begin(*await self._read_whole(self._watcher.applied))

    def begin(self, epoch: str, board: Board, mark: bytes) -> None:
        """Go on from a board that was read whole; `mark` is that of its last position.

        Raises UnreadableError if it was not.
        """
        if not board.code:
            raise act.UnreadableError("its beginning is missing")
        self.epoch, self.board, self._mark = epoch, board, mark

    def receive(self, batch: Batch) -> None:
        """Apply a batch that follows; if there is a gap or another history, read the log."""
        if self._freezes:
            self.catch_up()
            return
        follows = batch.first == self.board.seq + 1 and batch.prev == self._mark
        if not follows or batch.epoch != self.epoch:
            if batch.mark not in self._known:
                count(HOLES)
                self.catch_up()
            return
        try:
            until = self._clock() + AT_ONCE
            for seq, payload in enumerate(batch.entries, batch.first):
                if seq > batch.first and self._clock() >= until:
                    # The rest is read from the log in time slices. Before the first entry, the
                    # position would be that of a batch with a mark.
                    self._reach(self.board.seq, UNMARKED)
                    self.catch_up()
                    return
                self._apply(seq, batch.at, payload)
        except act.UnreadableError as error:
            self._lose(error)
            return
        self._reach(batch.last, batch.mark)

    def _lose(self, unreadable: act.UnreadableError | None = None) -> None:
        self._notify(lambda to: to.lost(unreadable))

    def invalidate(self) -> None:
        """Read the whole board again soon, because consequences of its changes may have failed.

        At once the first time; after a growing delay if it keeps failing.
        """
        self._invalid = True
        if not self._notify(lambda to: to.invalidated()):
            self._notify(lambda to: to.broken())
        self._try_again()

    def _try_again(self) -> None:
        if self._again is not None:
            return
        loop = asyncio.get_running_loop()
        self._faults.count(loop.time() - self._failed_at)
        self._failed_at = loop.time()
        pause = self._faults.pause() if self._faults.early_ends > 1 else 0.0
        self._again = loop.call_later(pause, self._read_again)

    def _try_when_there(self) -> None:
        """Read on as soon as the store is available.

        The subscription may already have been renewed, and the last call to catch up with it, while
        a read was still waiting for a store that was given up.
        """
        if self._again is None:
            self._again = asyncio.get_running_loop().call_later(RETRY, self._read_when_there)

    def _read_when_there(self) -> None:
        if self._log.is_reachable(self._code):
            self._read_again()
        else:
            self._again = None
            self._try_when_there()

    def _read_again(self) -> None:
        self._again = None
        self._suspect, self._invalid = self._suspect or self._invalid, False
        self.catch_up()

    def _notify(self, event: Callable[[Watcher], None]) -> bool:
        """Call the watcher. A failure there must not keep the log from being read."""
        with tasks.contained("board", self._code) as telling:
            event(self._watcher)
        return not telling.failed

    def catch_up(self) -> None:
        """Compare with the log and read what is missing; one read at a time."""
        self._behind = True
        if self._reading is None:
            self._reading = tasks.begin("catch up", self._read_safely())

    async def caught_up(self) -> bool:
        """Catch up, and wait for it. Return whether that succeeded: the store may be away."""
        self.catch_up()
        try:
            return self._reading is not None and await tasks.shared(self._reading)
        except tasks.EndedError:
            return False  # The board was closed in the meantime.

    def take_lag(self) -> int:
        """Return how many positions it was behind at most since the last call."""
        lag, self._lag = self._lag, 0
        return lag

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Keep the board as it is; entries that arrive meanwhile are read from the log
        afterwards.
        """
        self._freezes += 1
        self._thawed.clear()
        try:
            yield
        finally:
            self._freezes -= 1
            if not self._freezes:
                self._thawed.set()

    async def close(self) -> None:
        if self._again is not None:
            self._again.cancel()
        if self._reading is not None:
            await tasks.end((self._reading,))

    async def _read_safely(self) -> bool:
        try:
            with tasks.contained("catch up", self._code):
                return await self._catch_up()
            self._try_again()
            return False
        finally:
            self._reading = None

    async def _catch_up(self) -> bool:
        try:
            while self._behind:
                self._behind = False
                await self._read_on()
        except StoreAwayError:
            logger.debug("Board %s could not catch up yet.", self._code)
            self._try_when_there()
        except Refused:
            self._lose()
        except act.UnreadableError as error:
            self._lose(error)
        else:
            return True
        return False

    async def _read_on(self) -> None:
        # While the answer is in transit, batches may arrive that are newer than it.
        after, mark = self.board.seq, self._mark
        page = await self.read(after)
        same = page.epoch == self.epoch and page.top >= after and page.mark(after) == mark
        if self._suspect or not same:
            count(CATCH_UPS, "a_fault" if same else "another_history")
            await self._start_again(page, same=same)
            return
        if not self._continues(page, after):
            self._behind = True
            return
        lag = max(0, page.top - self.board.seq)
        self._lag = max(self._lag, lag)
        count(CATCH_UPS, "entries" if lag else "nothing")
        if not await self._apply_page(page) or len(page.entries) == PAGE:
            self._behind = True
            return
        if page.top > self.board.seq:
            # Entries that are still missing up to the top were erased.
            self._reach(page.top, page.mark(page.top))
        if not self._behind:
            self._notify(lambda to: to.compared())

    async def read(self, after: int) -> Page:
        """Read the page of the log after a position.

        Raises Refused `no_such_board`, StoreAwayError, DamagedError.
        """
        try:
            return await self._log.read(self._code, after)
        except Refused as refused:
            if self._log.is_reachable(self._code):
                raise
            # A store that has just been restarted without its data may still get the boards of a
            # fresh server; only one that is followed says what is gone.
            raise StoreAwayError(refused.refusal.message) from refused

    def _continues(self, page: Page, after: int) -> bool:
        """Whether a page belongs to the history that was followed while it was in transit."""
        seq = self.board.seq
        if page.top <= seq:
            mark = page.mark(page.top)
            return page.top == after or mark == self._mark or mark in self._known
        return seq == after or page.mark(seq) == self._mark

    async def _apply_page(self, page: Page) -> bool:
        """Apply what is new in a page, in time slices; return False if other entries intervened."""
        async with TimeSlice(self._clock) as share:
            reached = self.board.seq
            for seq, at, payload in page.entries:
                await share.pause()
                while self._freezes:
                    await share.leave_for(self._thawed.wait())
                if self.board.seq != reached:
                    # Whether the page belongs to their history too is for another read to decide.
                    return False
                if seq > reached:
                    self._apply(seq, at, payload)
                    self._reach(seq, page.mark(seq))
                    reached = seq
        return True

    async def _start_again(self, page: Page, *, same: bool) -> None:
        """Read the whole board, because the log does not hold (any more) what was followed."""
        if not same and page.epoch == self.epoch:
            # What was sent about these positions under this epoch must not be taken for other
            # entries.
            await self._log.fork(self._code, page.epoch, page.top)
        whole = await self._read_whole()
        while self._freezes:
            await self._thawed.wait()
        self.begin(*whole)
        self._known.clear()
        self._behind, self._suspect = True, False
        if not self._notify(lambda to: to.renewed()):
            self._notify(lambda to: to.broken())

    async def _read_whole(self, applied: Applied | None = None) -> tuple[str, Board, bytes]:
        """Read a board: its epoch, the board, and the mark of its last position."""
        board, epoch, mark = Board(), "", UNMARKED
        while True:
            page = await self.read(board.seq)
            if board.seq and (page.epoch, page.mark(board.seq)) != (epoch, mark):
                # The store was replaced between two pages: mixing two histories would corrupt the
                # board.
                board, mark = Board(), UNMARKED
                continue
            epoch = page.epoch
            async with TimeSlice(self._clock) as share:
                for seq, at, payload in page.entries:
                    await share.pause()
                    entry, outcome = self._apply_to(board, seq, at, payload)
                    if applied:
                        with tasks.contained("board", self._code):
                            applied(seq, entry, outcome)
            if len(page.entries) < PAGE:
                board.seq = max(board.seq, page.top)
                return epoch, board, page.mark(board.seq)
            mark = page.mark(board.seq)

    def _reach(self, seq: int, mark: bytes) -> None:
        """Note that everything up to a position has been applied."""
        self.board.seq, self._mark = seq, mark
        if mark != UNMARKED:
            self._known[mark] = None
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]

    def _apply(self, seq: int, at: int, payload: bytes) -> None:
        entry, outcome = self._apply_to(self.board, seq, at, payload)
        with tasks.contained("board", self._code) as telling:
            self._watcher.applied(seq, entry, outcome)
            if isinstance(outcome, Change):
                self._watcher.changed(outcome)
        if telling.failed:
            self.invalidate()

    def _apply_to(
        self, board: Board, seq: int, at: int, payload: bytes
    ) -> tuple[act.Entry, Outcome]:
        entry, outcome = applied(board, board.apply, seq, at, payload)
        self.erase(erased_by(outcome))
        return entry, outcome

    def erase(self, positions: Sequence[int]) -> None:
        """Erase from the log what is gone from the board.

        Every process does this, and again whenever it reads the log, so that it gets done.
        """
        if positions:
            self._log.erase(self._code, positions)


def erased_by(outcome: Outcome) -> Sequence[int]:
    """Return the positions that an entry erased, if it was not refused."""
    return outcome.erased if isinstance(outcome, Change) else ()


def applied(
    board: Board, apply: Applying, seq: int, at: int, payload: bytes
) -> tuple[act.Entry, Outcome]:
    """Apply the entry at a position. Raises UnreadableError; the board is unusable then."""
    try:
        entry = act.decode(payload)
        board.size += len(payload)
        return entry, apply(seq, at, entry)
    except act.UnreadableError as error:
        raise act.UnreadableError(f"position {seq}: {error}") from error
    except Exception as error:
        # No rule may fail, whatever a log contains. If one does, the board is withheld rather than
        # counted wrongly.
        logger.exception("Position %d of board %s could not be applied.", seq, board.code)
        raise act.UnreadableError(f"position {seq}: {error!r}") from error
