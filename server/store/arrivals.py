"""How many seats come to a board for the first time, by the minute, across all servers."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import NamedTuple

from server.concurrency import tasks
from server.store import keys
from server.store.client import Store
from server.store.damage import DamagedError, DamageLog
from server.store.node import Script, StoreAwayError

MINUTES = 15
"""The number of minutes that are reported."""
LOOK = 5.0
"""Seconds between two reads of what other processes have counted."""
GATHER = 1.0
"""Seconds for which arrivals are batched."""
SEATS_LAST_MS = 86_400_000
MOST = 100_000
"""The number of seats that the store remembers; beyond it, counting stops."""
RECENT = 10_000
"""The number of seats that a process remembers, in order not to tell the store of them again."""

_ARRIVE = Script("arrive")


class Minute(NamedTuple):
    """The arrivals within one minute, which begins at `at`: ms since 1970 by the store's clock."""

    at: int
    seats: int
    networks: int


class Arrivals:
    """Counts arrivals through this process, and reports those through all processes."""

    def __init__(
        self, store: Store, code: str, changed: Callable[[], None], watched: Callable[[], bool]
    ) -> None:
        """Start counting.

        `changed` is called when the counts have changed. `watched` is called before each read, and
        returns whether anyone is watching the counts.
        """
        self.minutes: tuple[Minute, ...] = ()
        """The minutes with arrivals, and the current one, oldest first."""
        self.seats = 0
        """The total number of seats."""
        self._store = store.of(code)
        self._code = code
        self._changed = changed
        self._watched = watched
        self._recent: dict[str, None] = {}
        self._new: dict[str, str] = {}
        self._damage_log = DamageLog()
        self._wake = asyncio.Event()
        self._task = tasks.supervise("arrivals", self._notify)

    def record(self, seat: str, network: str) -> None:
        """Record a seat that may be new here, and the network it came from."""
        if seat in self._recent:
            return
        if len(self._recent) >= RECENT:
            del self._recent[next(iter(self._recent))]
        self._recent[seat] = None
        self._new[seat] = network
        self._wake.set()

    async def close(self) -> None:
        await tasks.end((self._task,))

    async def _notify(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._wake.wait()
                await asyncio.sleep(GATHER)
            self._wake.clear()
            if not self._new and not self._watched():
                continue
            try:
                await self._refresh()
            except StoreAwayError:
                continue
            except DamagedError as error:
                self._damage_log.report(error, "Newcomers are not counted until this is repaired.")

    async def _refresh(self) -> None:
        new, self._new = self._new, {}
        pairs = [part for pair in new.items() for part in pair]
        try:
            minute, all_, *counts = await self._store.run_script(
                _ARRIVE,
                (keys.came(self._code), keys.arrivals(self._code), keys.networks(self._code)),
                (MINUTES, SEATS_LAST_MS, MOST, *pairs),
            )
        except StoreAwayError:
            self._new = new | self._new
            raise
        counted = {int(at): value.decode() for at, value in zip(*[iter(counts)] * 2, strict=True)}
        counted.setdefault(minute, "0 0")
        minutes = tuple(
            Minute(at * 60_000, *map(int, counted[at].split())) for at in sorted(counted)
        )
        if (minutes, all_) != (self.minutes, self.seats):
            self.minutes, self.seats = minutes, all_
            self._changed()
