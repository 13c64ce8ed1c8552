"""How this process fares: looked at once a second, so that no vote pays for it."""

import asyncio
import os
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from server import loglines, metrics, tasks
from server.disk import free_bytes
from server.domain.actions import RULES
from server.live.backlog import BACKLOG
from server.live.hub import Hub
from server.log.store import StoreAwayError
from server.metrics import coarsely
from server.settings import Settings

TICK = 0.25
"""Seconds between two looks at how late the loop is."""
SECOND, SELDOM = 4, 20
"""Ticks from one look to the next, and to one at what takes longer to find out."""
KEPT = 60.0
"""Seconds for which the worst is shown: longer than scrapes are apart."""


class Worst:
    """The largest of what was seen within the last minute."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, float]] = []

    def of(self, value: float) -> float:
        """Take in one more, and give the largest."""
        now = time.monotonic()
        # What is smaller and older than this one can never be the largest again.
        self._seen = [(at, one) for at, one in self._seen if one > value and at > now - KEPT]
        self._seen.append((now, value))
        return self._seen[0][1]


class Vitals:
    """Measures what nobody counts while it happens."""

    def __init__(self, hub: Hub, settings: Settings, at_the_door: Callable[[], int]) -> None:
        self._hub = hub
        self._data = settings.data_dir
        self._at_the_door = at_the_door
        self._door, self._silence, self._lag, self._outbox = Worst(), Worst(), Worst(), Worst()
        self._looked = (time.monotonic(), time.process_time())
        # Shown from the start, so that the first one is a rise that an alert notices.
        metrics.HTTP_SECONDS.labels("5xx")
        metrics.CONNECTIONS_LIMIT.set(settings.max_connections)
        metrics.BUILD.labels(version("stackvote"), str(RULES)).set(1)

    async def keep(self) -> None:
        """Measure until cancelled."""
        clock = asyncio.get_running_loop().time
        turn = 0
        while True:
            before = clock()
            await asyncio.sleep(TICK)
            metrics.LOOP_DELAY.observe(max(0.0, clock() - before - TICK))
            turn += 1
            with tasks.contained("vitals"):
                if turn % SECOND == 0:
                    self.measure()
                if turn % SELDOM == 0:
                    await self.measure_seldom()

    def measure(self) -> None:
        """Measure what costs no more than a glance."""
        metrics.mend()
        metrics.flush()
        BACKLOG.measure()
        loglines.sum_up()
        rooms = list(self._hub.rooms.values())
        heads = [heads for room in rooms if (heads := room.headcount())]
        metrics.SEATS.set(sum(heads))
        metrics.BOARDS_OPEN.set(len(heads))
        metrics.ROOMS.set(len(rooms))
        metrics.DOOR.set(self._door.of(self._at_the_door()))
        metrics.WINDOW.set(max((room.window for room in rooms if room.visitors), default=0.0))
        lag = max((room.replica.take_lag() for room in rooms), default=0)
        metrics.LAG.set(self._lag.of(lag))
        metrics.SILENCE.set(self._silence.of(self._hub.line.silence()))
        metrics.STORE_SKEW.set(abs(time.time() - self._hub.store.now() / 1000))
        self._measure_process()

    async def measure_seldom(self) -> None:
        """Measure what looks at every connection, or asks somebody else."""
        guests = list(self._hub.guests)
        backlogs = [backlog for guest in guests if (backlog := guest.backlog)]
        metrics.OUTBOX_BYTES.set(coarsely(sum(backlogs), metrics.FINE))
        worst = self._outbox.of(max(backlogs, default=0))
        metrics.OUTBOX_WORST.set(coarsely(int(worst), metrics.FINE))
        metrics.CONNECTIONS.labels("none").set(sum(guest.view is None for guest in guests))
        if (free := free_bytes(self._data)) is not None:
            metrics.DATA_FREE.set(free // metrics.COARSE * metrics.COARSE)
        try:
            memory = await self._hub.store.memory()
        except StoreAwayError:
            return
        metrics.STORE_MEMORY.set(coarsely(memory.used, metrics.COARSE))
        metrics.STORE_MEMORY_LIMIT.set(memory.limit)

    def _measure_process(self) -> None:
        now, used = time.monotonic(), time.process_time()
        before, used_before = self._looked
        self._looked = now, used
        metrics.WORKER_CPU.inc(used - used_before)
        metrics.WORKER_LOAD.set((used - used_before) / (now - before))
        if (memory := _memory()) is not None:
            metrics.WORKER_MEMORY.set(coarsely(memory, metrics.COARSE))


def _memory() -> int | None:
    """Return the bytes of this process that are in memory; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
