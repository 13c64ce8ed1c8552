"""Which seats are on a board, across all processes."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from server.concurrency import tasks
from server.store import keys
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
LOST_LASTS = 600.0
"""Seconds for which a lost connection is remembered."""
MOST_LOST = 1000
"""The most seats for which this is remembered; beyond that, the exact number does not matter."""

AWAITS_ADMISSION = "?"
"""Prefix of a seat that is waiting to be admitted; no seat begins with it."""

_HERE = Script("here")


class Presence:
    """The seats on one board. Each process announces its own; this is their union.

    `changed` is called when the union may have changed. `round_open` returns the number of the open
    round, 0 if there is none: a connection that is lost then may have had a vote in flight.
    """

    def __init__(
        self,
        store: Store,
        process: str,
        code: str,
        changed: Callable[[], None],
        round_open: Callable[[], int],
    ) -> None:
        self._store = store.of(code)
        self._publishing = store.publishing(code)
        self._process = process
        self._code = code
        self._changed = changed
        self._round_open = round_open
        self._mine: dict[str, int] = {}
        self._others: dict[str, tuple[int, frozenset[str]]] = {}
        self._lost: dict[str, tuple[int, int]] = {}
        """Seat to the round in which its connection was lost, and until when this is remembered."""
        self._breaks: set[str] = set()
        """Seats that lost their connection to this process since its last announcement."""
        self._damage_log = DamageLog()
        self._due = True
        """Whether to announce even without seats: to learn of others, or after the last
        seat left.
        """
        self._wake = asyncio.Event()
        self._task = tasks.supervise("people", self._announce_changes)

    def seats(self) -> set[str]:
        """Return the seats that are here now, without those waiting to be admitted."""
        return {id_ for id_ in self._present_ids() if not id_.startswith(AWAITS_ADMISSION)}

    def awaiting_admission(self) -> set[str]:
        """Return the seats that are waiting to be admitted."""
        present = self._present_ids()
        waiting = {id_ for id_ in present if id_.startswith(AWAITS_ADMISSION)}
        # A seat that is admitted on one page is not waiting on another.
        return {id_.removeprefix(AWAITS_ADMISSION) for id_ in waiting} - present

    def _present_ids(self) -> set[str]:
        return set(self._mine).union(*self._elsewhere())

    @property
    def leads(self) -> bool:
        """Whether this process is the one, of all with seats here, that acts for all."""
        now = self._store.now()
        others = (name for name, (expiry, seats) in self._others.items() if seats and expiry > now)
        return bool(self._mine) and all(self._process < name for name in others)

    def lost(self, n: int) -> int:
        """Count the seats that lost their connection while round `n` was open and are not back."""
        now = self._store.now()
        return sum(
            broke_in == n and until > now and not self._is_here(seat)
            for seat, (broke_in, until) in self._lost.items()
        )

    def _is_here(self, seat: str) -> bool:
        return seat in self._mine or any(seat in others for others in self._elsewhere())

    def _elsewhere(self) -> list[frozenset[str]]:
        """Return the seats of each other process whose announcement is still valid."""
        now = self._store.now()
        return [others for expiry, others in self._others.values() if expiry > now]

    def enter(self, seat: str) -> None:
        """Count one more page of this seat."""
        self._breaks.discard(seat)
        self._lost.pop(seat, None)
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
            self._notify()

    def receive(self, message: bytes) -> None:
        """Receive a process's announcement: its name, expiry, seats and lost seats, one per line.

        Raises ValueError for anything else.
        """
        process, expiry, seats, lost = message.decode().split("\n")
        words = iter(lost.split())
        triples = zip(words, words, words, strict=True)
        ends, broke = int(expiry), {seat: (int(n), int(until)) for seat, n, until in triples}
        if any(number > LARGEST_NUMBER for number in (ends, *chain.from_iterable(broke.values()))):
            raise ValueError("no time is so late")
        self._merge(process, ends, seats)
        self._merge_lost(broke)
        self._changed()

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
                    await self._announce(())

    def _merge(self, process: str, expiry: int, seats: str) -> None:
        # Announcements arrive in two ways, in the answer to our own and by pub/sub: the later one
        # counts. An empty announcement is also kept, until it expires.
        known, _ = self._others.get(process, (0, frozenset()))
        if process != self._process and expiry >= known:
            here = frozenset(seats.split())
            self._others[process] = (expiry, here)
            for back in here & self._lost.keys():
                del self._lost[back]

    def _merge_lost(self, lost: Mapping[str, tuple[int, int]]) -> None:
        for seat, broke in lost.items():
            if not self._is_here(seat) and not seat.startswith(AWAITS_ADMISSION):
                self._lost[seat] = broke

    def _notify(self) -> None:
        self._changed()
        self._wake.set()

    async def _announce_changes(self) -> None:
        while True:
            if self._mine or self._due or self._breaks:
                self._due = bool(self._mine)
                with contextlib.suppress(StoreAwayError):
                    await self._announce(self._mine)
            with contextlib.suppress(TimeoutError):
                # Not `wait_for`: until Python 3.12 it may swallow its own cancellation.
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
                await asyncio.sleep(SETTLE)
            self._wake.clear()
            self._forget_stale()

    def _pause(self) -> float:
        """Return the seconds until the next announcement, or until another process's expires."""
        ends = min((expiry for expiry, _ in self._others.values()), default=None)
        if ends is None:
            return REPEAT
        return min(REPEAT, max(0, ends - self._store.now()) / 1000 + 0.01)

    def _forget_stale(self) -> None:
        now = self._store.now()
        # If the store's clock went back, an announcement may seem to last longer than any can.
        latest = now + 100 * LASTS * 1000
        stale = [name for name, (expiry, _) in self._others.items() if not now < expiry < latest]
        for process in stale:
            # Announce at once, so that the store learns which connections were lost with the
            # process.
            self._due |= bool(self._others.pop(process)[1])
        old = [seat for seat, (_, until) in self._lost.items() if until <= now]
        for seat in old:
            del self._lost[seat]
        if stale or old:
            self._changed()

    async def _announce(self, seats: Iterable[str]) -> None:
        breaks, self._breaks = self._breaks, set()
        try:
            here, lost, foreign = await self._store.run_script(
                _HERE,
                (keys.here(self._code), keys.lost(self._code)),
                (
                    *self._publishing,
                    self._process,
                    int(LASTS * 1000),
                    " ".join(seats),
                    " ".join(breaks),
                    self._round_open(),
                    int(LOST_LASTS * 1000),
                ),
            )
        except DamagedError as error:
            # Votes are kept elsewhere, so the board continues; the next announcement tries again.
            self._breaks |= breaks - self._mine.keys()
            self._damage_log.report(
                error, "The list of people may be wrong until this is repaired."
            )
            return
        except Exception:
            self._breaks |= breaks - self._mine.keys()
            self._due = True
            raise
        for key, field in _pairs(foreign):
            found = DamagedError(key, f"its field {field!r} was not written by Stackvote")
            self._damage_log.report(found, "It is skipped.")
        for process, value in _pairs(here):
            # Written by another process: if it is malformed, only that announcement is ignored.
            with tasks.contained("people", self._code):
                expiry, seats = value.split("\n")
                self._merge(process, int(expiry), seats)
        lines = {seat: value.split() for seat, value in _pairs(lost)}
        self._merge_lost({seat: (int(n), int(until)) for seat, (n, until) in lines.items()})
        self._changed()


def _pairs(flat: Sequence[bytes]) -> list[tuple[str, str]]:
    """Pair up the fields and values of a hash; a name that is not valid text is not ours."""
    text = [each.decode(errors="replace") for each in flat]
    return list(zip(text[::2], text[1::2], strict=True))
