"""One board as this process holds it: it takes the log in order and knows what it missed."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator

from server import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.refusals import Refused
from server.live.shares import Share
from server.log.log import PAGE, UNMARKED, Batch, Log, Page
from server.log.store import StoreAwayError
from server.metrics import CATCH_UPS, HOLES, count
from server.restarts import Restarts

logger = logging.getLogger(__name__)

AT_ONCE = 0.01
"""Seconds for which what comes by the line is applied at once."""
REMEMBERED = 256
"""Batches that are known when they come again, moments later: each comes to its own process twice,
and what was read from the log comes as a message as well."""

Applied = Callable[[int, act.Entry, Outcome], None]


class Watcher:
    """Who is told what became of the board; this one takes no note of anything."""

    def applied(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Learn that an entry was applied, or refused, at a position."""

    def changed(self, change: Change) -> None:
        """Learn that the board as it was known is another now."""

    def compared(self) -> None:
        """Learn that the board is what the log comes to: what did not come was erased."""

    def renewed(self) -> None:
        """Learn that the whole board was read anew: the log has another history, or a fault had
        left in doubt what followed from this one.
        """

    def mistrusted(self) -> None:
        """Learn that something that follows from the board has failed: `renewed` comes soon."""

    def broken(self) -> None:
        """Learn that not even `renewed` went well: nothing here is to be relied on."""

    def lost(self, unreadable: act.UnreadableError | None = None) -> None:
        """Learn that the board is gone, or why its log cannot be read here."""


class Replica:
    """A board and the position up to which it has followed its log."""

    def __init__(
        self,
        log: Log,
        code: str,
        watcher: Watcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.board = Board()
        self.epoch = ""
        self._mark = UNMARKED
        """Names the batch of the last position, which a position alone does not."""
        self._known: dict[bytes, None] = {}
        """The marks that were reached last."""
        self._log = log
        self._code = code
        self._watcher = watcher
        self._clock = clock
        self._still = 0
        """How many want the board to stay as it is."""
        self._moves = asyncio.Event()
        self._behind = False
        self._lag = 0
        self._reading: asyncio.Task[bool] | None = None
        self._mistrusted = self._suspect = False
        """Whether the whole board is to be read again: soon, and the next time."""
        self._faults = Restarts()
        self._failed_at = 0.0
        self._again: asyncio.TimerHandle | None = None

    async def load(self) -> None:
        """Read the board for the first time.

        Raises Refused `no_such_board`, StoreAwayError, UnreadableError.
        """
        self.epoch, self.board, self._mark = await self._read_whole(self._watcher.applied)

    def receive(self, batch: Batch) -> None:
        """Apply what comes next; a hole, or another history, is read from the log."""
        if self._still:
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
                    # The rest is in the log, and is read from there share by share. Before the
                    # first, the position would be that of a batch with a mark.
                    self._reach(self.board.seq, UNMARKED)
                    self.catch_up()
                    return
                self._apply(seq, batch.at, payload)
        except act.UnreadableError as error:
            self._lose(error)
            return
        self._reach(batch.last, batch.mark)

    def _lose(self, unreadable: act.UnreadableError | None = None) -> None:
        self._tell(lambda to: to.lost(unreadable))

    def mistrust(self) -> None:
        """Read the whole board again, soon: what follows from it may not have happened.

        At once the first time; where it fails again and again, after a while.
        """
        self._mistrusted = True
        if not self._tell(lambda to: to.mistrusted()):
            self._tell(lambda to: to.broken())
        self._try_again()

    def _try_again(self) -> None:
        if self._again is not None:
            return
        loop = asyncio.get_running_loop()
        self._faults.count(loop.time() - self._failed_at)
        self._failed_at = loop.time()
        pause = self._faults.pause() if self._faults.young > 1 else 0.0
        self._again = loop.call_later(pause, self._read_again)

    def _read_again(self) -> None:
        self._again = None
        self._suspect, self._mistrusted = self._suspect or self._mistrusted, False
        self.catch_up()

    def _tell(self, tell: Callable[[Watcher], None]) -> bool:
        """Tell the watcher something. What fails there must not keep the log from being read."""
        with tasks.contained("board", self._code) as telling:
            tell(self._watcher)
        return not telling.failed

    def catch_up(self) -> None:
        """Compare with the log and read what is missing; one reading at a time."""
        self._behind = True
        if self._reading is None:
            self._reading = tasks.begin("catch up", self._read_safely())

    async def caught_up(self) -> bool:
        """Catch up, and wait for it. Return whether it was possible: the store may be away."""
        self.catch_up()
        try:
            return self._reading is not None and await tasks.shared(self._reading)
        except tasks.EndedError:
            return False  # The board was closed meanwhile.

    def take_lag(self) -> int:
        """Return by how many positions it was behind at most since this was asked last."""
        lag, self._lag = self._lag, 0
        return lag

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Keep the board as it is; what comes meanwhile is read from the log afterwards."""
        self._still += 1
        self._moves.clear()
        try:
            yield
        finally:
            self._still -= 1
            if not self._still:
                self._moves.set()

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
            # The line is made anew when the store is back, and that means: catch up.
            logger.debug("Board %s could not catch up yet.", self._code)
        except Refused:
            self._lose()
        except act.UnreadableError as error:
            self._lose(error)
        else:
            return True
        return False

    async def _read_on(self) -> None:
        # While the answer is on its way, batches may come that are newer than it.
        after, mark = self.board.seq, self._mark
        page = await self._log.read(self._code, after)
        same = page.epoch == self.epoch and page.top >= after and page.mark(after) == mark
        if self._suspect or not same:
            count(CATCH_UPS, "a_fault" if same else "another_history")
            await self._begin_again(page, same=same)
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
            # What is still missing up to the top was erased.
            self._reach(page.top, page.mark(page.top))
        if not self._behind:
            self._tell(lambda to: to.compared())

    def _continues(self, page: Page, after: int) -> bool:
        """Whether a page is of the history that was followed while it was on its way."""
        seq = self.board.seq
        if page.top <= seq:
            mark = page.mark(page.top)
            return page.top == after or mark == self._mark or mark in self._known
        return seq == after or page.mark(seq) == self._mark

    async def _apply_page(self, page: Page) -> bool:
        """Apply what is new in a page, in shares; say whether nothing else came in between."""
        async with Share(self._clock) as share:
            reached = self.board.seq
            for seq, at, payload in page.entries:
                await share.pause()
                while self._still:
                    await share.leave_for(self._moves.wait())
                if self.board.seq != reached:
                    # Whether the page is of their history, too, is for another reading to say.
                    return False
                if seq > reached:
                    self._apply(seq, at, payload)
                    self._reach(seq, page.mark(seq))
                    reached = seq
        return True

    async def _begin_again(self, page: Page, *, same: bool) -> None:
        """Read the whole board: what was followed is not, or no more, what the log holds."""
        if not same and page.epoch == self.epoch:
            # What was told of these positions under this epoch must not be told of others.
            await self._log.fork(self._code, page.epoch, page.top)
        whole = await self._read_whole()
        while self._still:
            await self._moves.wait()
        self.epoch, self.board, self._mark = whole
        self._known.clear()
        self._behind, self._suspect = True, False
        if not self._tell(lambda to: to.renewed()):
            self._tell(lambda to: to.broken())

    async def _read_whole(self, applied: Applied | None = None) -> tuple[str, Board, bytes]:
        """Read a board: its epoch, the board, and the mark of its last position."""
        board, epoch, mark = Board(), "", UNMARKED
        while True:
            page = await self._log.read(self._code, board.seq)
            if board.seq and (page.epoch, page.mark(board.seq)) != (epoch, mark):
                # The store was renewed between two pages: half of each would be no board.
                board, mark = Board(), UNMARKED
                continue
            epoch = page.epoch
            async with Share(self._clock) as share:
                for seq, at, payload in page.entries:
                    await share.pause()
                    entry, outcome = self._apply_to(board, seq, at, payload)
                    if applied:
                        with tasks.contained("board", self._code):
                            applied(seq, entry, outcome)
            if len(page.entries) < PAGE:
                if not board.code:
                    raise act.UnreadableError("its beginning is missing")
                board.seq = max(board.seq, page.top)
                return epoch, board, page.mark(board.seq)
            mark = page.mark(board.seq)

    def _reach(self, seq: int, mark: bytes) -> None:
        """Take note that all up to a position has been applied."""
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
            self.mistrust()

    def _apply_to(
        self, board: Board, seq: int, at: int, payload: bytes
    ) -> tuple[act.Entry, Outcome]:
        entry, outcome = _applied(board, seq, at, payload)
        if isinstance(outcome, Change) and outcome.erased:
            # Every process does it, and again whenever it reads the log: so it gets done.
            self._log.erase(self._code, outcome.erased)
        return entry, outcome


def _applied(board: Board, seq: int, at: int, payload: bytes) -> tuple[act.Entry, Outcome]:
    """Apply what stands at a position. Raises UnreadableError; then the board is of no use."""
    try:
        entry = act.decode(payload)
        board.size += len(payload)
        return entry, board.apply(seq, at, entry)
    except act.UnreadableError as error:
        raise act.UnreadableError(f"position {seq}: {error}") from error
    except Exception as error:
        # No rule may fail, whatever stands in a log. Where one does, the board is withheld
        # rather than wrongly counted.
        logger.exception("Position %d of board %s could not be applied.", seq, board.code)
        raise act.UnreadableError(f"position {seq}: {error!r}") from error
