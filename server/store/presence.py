"""Which seats are on a board, across all processes."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from server.concurrency import tasks
from server.store import keys
from server.store.announcements import (
    AWAITS_ADMISSION,
    COUNTS,
    Announcement,
    Counts,
    counted,
    listed,
)
from server.store.client import Store
from server.store.damage import LARGEST_NUMBER, DamagedError, DamageLog
from server.store.node import Script, StoreAwayError

LASTS = 25.0
"""Seconds for which a process's announcement of its seats is valid."""
REPEAT = 8.0
"""Seconds after which it is announced again."""
LAST_WORD = 1.0
"""Seconds in which the store must accept the announcement that everyone has left."""
SETTLE = 0.25
"""Seconds for which arrivals and departures are batched into one announcement."""
MOST_LISTED = 2000
"""The most seats of a board, over all processes, that are announced one by one: a list costs every
process as much as it is long. Of more, each process announces counts, until a quarter has left.
"""
SETTLE_COUNTS = 1.0
"""The same as `SETTLE` for counts, which change with every vote."""
MOST_COUNTS = 100
"""How many announcements of counts all processes may make in a second; if there are more processes,
they wait longer.
"""
LISTING = 4.0
"""Seconds that all processes have to list their seats when one asks for that."""
STAYS_LISTED = 2 * LISTING
"""Seconds for which they then stay listed, so that the lists of all are there at the same time."""
LOST_LASTS = 600.0
"""Seconds for which a lost connection is remembered."""
MOST_LOST = 1000
"""The most seats for which this is remembered; beyond that, the exact number does not matter."""

_HERE = Script("here")


class Presence:
    """The seats on one board. Each process announces its own; this is their union.

    Up to `MOST_LISTED` seats the union is exact. Beyond, a process knows its own seats and the
    counts of the others, in which a seat with pages in two processes counts twice.
    """

    def __init__(
        self,
        store: Store,
        process: str,
        code: str,
        *,
        changed: Callable[[], None],
        round_open: Callable[[], int],
        count: Callable[[AbstractSet[str]], tuple[Counts, Iterable[str]]],
    ) -> None:
        """Announce seats from now on.

        `changed` is called when the union may have changed. `round_open` returns the number of the
        open round, 0 if there is none: a connection that is lost then may have had a vote in
        flight. `count` counts seats, and returns those that a page would show by name.
        """
        self._store = store.of(code)
        self._publishing = store.publishing(code)
        self._process = process
        self._code = code
        self._changed = changed
        self._round_open = round_open
        self._count = count
        self._mine: dict[str, int] = {}
        self._others: dict[str, Announcement] = {}
        self._lost: dict[str, tuple[int, int]] = {}
        """Seat to the round in which its connection was lost, and until when this is remembered."""
        self._breaks: set[str] = set()
        """Seats that lost their connection to this process since its last announcement."""
        self._back: set[str] = set()
        """Seats that others count as lost, and that are here."""
        self._counts = False
        """Whether there are too many seats to list."""
        self._lists_until = 0.0
        """Until when they are listed nevertheless, by the loop's clock."""
        self._asks = False
        """Whether the others are to list theirs."""
        self._damage_log = DamageLog()
        self._announced: str | None = None
        self._due = True
        """Whether to announce the same again, and to read what others have announced."""
        self._read_at = 0.0
        self._wake = asyncio.Event()
        self._heard = asyncio.Event()
        self._task = tasks.supervise("people", self._announce_changes)

    def seats(self) -> set[str]:
        """Return the seats that are here now, without those waiting to be admitted.

        Those that are only counted elsewhere (see `counted`) are not among them.
        """
        lists = (each.seats for each in self._elsewhere() if each.counts is None)
        return _inside(set(self._mine).union(*lists))

    def counted(self) -> list[Announcement]:
        """Return what other processes announced as counts; empty if `seats` are all there are."""
        return [each for each in self._elsewhere() if each.counts is not None]

    @property
    def here(self) -> int:
        """The number of seats that are here, without those waiting to be admitted."""
        elsewhere = (each.counts.here for each in self._elsewhere() if each.counts)
        return len(self.seats()) + sum(elsewhere)

    def awaiting_admission(self) -> set[str]:
        """Return the seats that are waiting to be admitted; they are always listed."""
        present = set(self._mine).union(*(each.seats for each in self._elsewhere()))
        waiting = {id_ for id_ in present if id_.startswith(AWAITS_ADMISSION)}
        # A seat that is admitted on one page is not waiting on another.
        return {id_.removeprefix(AWAITS_ADMISSION) for id_ in waiting} - present

    @property
    def leads(self) -> bool:
        """Whether this process is the one, of all with seats here, that acts for all."""
        now = self._store.now()
        others = (
            name for name, each in self._others.items() if not each.is_empty and each.expiry > now
        )
        return bool(self._mine) and all(self._process < name for name in others)

    def lost(self, n: int) -> int:
        """Count the seats that lost their connection while round `n` was open and are not back."""
        now = self._store.now()
        return sum(
            broke_in == n and until > now and not self._is_here(seat)
            for seat, (broke_in, until) in self._lost.items()
        )

    def _is_here(self, seat: str) -> bool:
        return seat in self._mine or any(seat in each.seats for each in self._elsewhere())

    def _elsewhere(self) -> list[Announcement]:
        """Return what other processes announced, as far as it is still valid."""
        now = self._store.now()
        return [each for each in self._others.values() if each.expiry > now]

    def enter(self, seat: str) -> None:
        """Count one more page of this seat."""
        self._breaks.discard(seat)
        if self._lost.pop(seat, None):
            self._back.add(seat)
        self._mine[seat] = self._mine.get(seat, 0) + 1
        if self._mine[seat] == 1:
            self._notify()

    def leave(self, seat: str, *, unclean: bool = False) -> None:
        """Count one page less of this seat; `unclean` if its connection ended without a close
        frame.
        """
        self._mine[seat] -= 1
        if not self._mine[seat]:
            del self._mine[seat]
            # A dead connection is noticed late, and its owner may have returned elsewhere.
            remembers = len(self._lost) + len(self._breaks) < MOST_LOST
            unclean &= not seat.startswith(AWAITS_ADMISSION)
            if unclean and remembers and self._round_open() and not self._is_here(seat):
                self._breaks.add(seat)
                self._back.discard(seat)
            self._notify()

    def recount(self) -> None:
        """Count again before long: the board has changed, and with it who has voted."""
        if self._counts:
            self._wake.set()

    def receive(self, message: bytes) -> None:
        """Receive a process's announcement: its name, expiry, seats and lost seats, one per line.

        Raises ValueError for anything else.
        """
        process, expiry, seats, lost = message.decode().split("\n")
        words = iter(lost.split())
        triples = zip(words, words, words, strict=True)
        announcement = Announcement.read(expiry, seats)
        broke = {seat: (int(n), int(until)) for seat, n, until in triples}
        if any(number > LARGEST_NUMBER for number in chain.from_iterable(broke.values())):
            raise ValueError("no time is so late")
        self._merge(process, announcement)
        self._merge_lost(broke)
        if announcement.asks and process != self._process:
            self._lists_until = asyncio.get_running_loop().time() + STAYS_LISTED
            self._wake.set()
        self._changed()

    async def list_all(self) -> None:
        """Have all processes list their seats for a moment, so that `seats` returns all of them.

        Waits at most `LISTING` seconds; `counted` then tells whether some are missing.
        """
        self._asks = True
        self._wake.set()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LISTING):
                    while self.counted():
                        self._heard.clear()
                        await self._heard.wait()
        finally:
            self._asks = False
            self._wake.set()

    def ask(self) -> None:
        """Read all other processes' announcements again; some may have been missed."""
        self._due = True
        self._wake.set()

    async def close(self) -> None:
        """Take this process's seats off the board."""
        await tasks.end((self._task,))
        if self._mine and self._store.present:
            # Only announced: the pages may end later, and each then leaves by itself. A hanging
            # store is not waited for: the last announcement expires by itself.
            with contextlib.suppress(StoreAwayError, TimeoutError):
                async with asyncio.timeout(LAST_WORD):
                    await self._announce("")

    def _merge(self, process: str, announcement: Announcement) -> None:
        # Announcements arrive in two ways, in the answer to our own and by pub/sub: the later one
        # counts. An empty announcement is also kept, until it expires.
        known = self._others.get(process)
        if process != self._process and (known is None or announcement.expiry >= known.expiry):
            self._others[process] = announcement
            for back in announcement.seats & self._lost.keys():
                del self._lost[back]
            self._heard.set()

    def _merge_lost(self, lost: Mapping[str, tuple[int, int]]) -> None:
        for seat, broke in lost.items():
            _, until = broke
            if not until:
                self._lost.pop(seat, None)
            elif seat in self._mine:
                # Others may only know how many are here, and so not that this one is back.
                self._back.add(seat)
                self._wake.set()
            elif not self._is_here(seat) and not seat.startswith((AWAITS_ADMISSION, COUNTS)):
                self._lost[seat] = broke

    def _notify(self) -> None:
        self._changed()
        self._wake.set()

    async def _announce_changes(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            said = self._described()
            if self._due or self._breaks or self._back or said != (self._announced or ""):
                with contextlib.suppress(StoreAwayError):
                    await self._announce(said)
            try:
                # Not `wait_for`: until Python 3.12 it may swallow its own cancellation.
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            except TimeoutError:
                self._due |= bool(self._mine)
            else:
                await asyncio.sleep(self._settle())
            self._wake.clear()
            # It must not expire, however often there is something new.
            self._due |= bool(self._mine) and clock() - self._read_at >= REPEAT
            self._forget_stale()

    def _described(self) -> str:
        """Return the seats of this process as it announces them."""
        self._counts = self.here > (MOST_LISTED * 3 // 4 if self._counts else MOST_LISTED)
        is_listed = asyncio.get_running_loop().time() < self._lists_until
        if not self._asks and (is_listed or not self._counts or not self._mine):
            return listed(self._mine)
        here = _inside(self._mine.keys())
        counts, named = self._count(here)
        return counted(counts, (*named, *(self._mine.keys() - here)), asks=self._asks)

    def _settle(self) -> float:
        """Return the seconds for which what happens is batched into one announcement."""
        if not self._counts:
            return SETTLE
        return min(SETTLE_COUNTS * max(1.0, len(self._others) / MOST_COUNTS), REPEAT)

    def _pause(self) -> float:
        """Return the seconds until the next announcement, or until another process's expires."""
        ends = min((each.expiry for each in self._others.values()), default=None)
        if ends is None:
            return REPEAT
        return min(REPEAT, max(0, ends - self._store.now()) / 1000 + 0.01)

    def _forget_stale(self) -> None:
        now = self._store.now()
        # If the store's clock went back, an announcement may seem to last longer than any can.
        latest = now + 100 * LASTS * 1000
        stale = [name for name, each in self._others.items() if not now < each.expiry < latest]
        for process in stale:
            # Announce at once, so that the store learns which connections were lost with the
            # process.
            self._due |= not self._others.pop(process).is_empty
        old = [seat for seat, (_, until) in self._lost.items() if until <= now]
        for seat in old:
            del self._lost[seat]
        if stale or old:
            self._changed()

    async def _announce(self, said: str) -> None:
        breaks, self._breaks = self._breaks, set()
        back, self._back = self._back, set()
        due, self._due = self._due, False
        try:
            here, lost, foreign = await self._store.run_script(
                _HERE,
                (keys.here(self._code), keys.lost(self._code)),
                (
                    *self._publishing,
                    self._process,
                    int(LASTS * 1000),
                    said,
                    " ".join(breaks),
                    self._round_open(),
                    int(LOST_LASTS * 1000),
                    " ".join(back),
                    int(due),
                ),
            )
        except DamagedError as error:
            # Votes are kept elsewhere, so the board continues; the next announcement tries again.
            self._breaks |= breaks - self._mine.keys()
            self._back |= back
            self._damage_log.report(
                error, "The list of people may be wrong until this is repaired."
            )
            return
        except Exception:
            self._breaks |= breaks - self._mine.keys()
            self._back |= back
            self._due = True
            raise
        self._announced = said
        if due:
            self._read_at = asyncio.get_running_loop().time()
        for key, field in _pairs(foreign):
            found = DamagedError(key, f"its field {field!r} was not written by Stackvote")
            self._damage_log.report(found, "It is skipped.")
        for process, value in _pairs(here):
            # Written by another process: if it is malformed, only that announcement is ignored.
            with tasks.contained("people", self._code):
                self._merge(process, Announcement.read(*value.split("\n")))
        lines = {seat: value.split() for seat, value in _pairs(lost)}
        self._merge_lost({seat: (int(n), int(until)) for seat, (n, until) in lines.items()})
        self._changed()


def _inside(seats: AbstractSet[str]) -> set[str]:
    return {id_ for id_ in seats if not id_.startswith(AWAITS_ADMISSION)}


def _pairs(flat: Sequence[bytes]) -> list[tuple[str, str]]:
    """Pair up the fields and values of a hash; a name that is not valid text is not ours."""
    text = [each.decode(errors="replace") for each in flat]
    return list(zip(text[::2], text[1::2], strict=True))
