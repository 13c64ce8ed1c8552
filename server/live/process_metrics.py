"""Metrics of this process, measured once a second, so that votes do not pay for it."""

import asyncio
import os
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from server.concurrency import tasks
from server.domain.actions import RULES
from server.live.backlog import BACKLOG
from server.live.hub import Hub
from server.observability import logs, metrics
from server.observability.metrics import coarsely
from server.settings import Settings
from server.store.filesystem import free_bytes
from server.store.node import StoreAwayError

TICK = 0.25
"""Seconds between two measurements of the loop's delay."""
SECOND, SELDOM = 4, 20
"""Ticks between two measurements, and between two of what is expensive to measure."""
KEPT = 60.0
"""Seconds for which a maximum is reported: longer than the interval between scrapes."""


class RollingMax:
    """The largest value of the last minute."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, float]] = []

    def of(self, value: float) -> float:
        """Add a value, and return the largest."""
        now = time.monotonic()
        # Older values that are smaller than this one can never be the largest again.
        self._seen = [(at, one) for at, one in self._seen if one > value and at > now - KEPT]
        self._seen.append((now, value))
        return self._seen[0][1]


class ProcessMetrics:
    """Measures what is not counted as it happens."""

    def __init__(self, hub: Hub, settings: Settings, awaiting_admission: Callable[[], int]) -> None:
        self._hub = hub
        self._data = settings.data_dir
        self._awaiting_admission = awaiting_admission
        self._lobby, self._silence, self._lag, self._outbox = (
            RollingMax(),
            RollingMax(),
            RollingMax(),
            RollingMax(),
        )
        self._looked = (time.monotonic(), time.process_time())
        # Exported from the start, so that an alert sees the first error as an increase.
        metrics.HTTP_SECONDS.labels("5xx")
        metrics.CONNECTIONS_LIMIT.set(settings.max_connections)
        metrics.BUILD.labels(version("stackvote"), str(RULES)).set(1)

    async def run(self) -> None:
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
        """Measure what is cheap."""
        metrics.repair()
        metrics.flush()
        BACKLOG.measure()
        logs.log_summary()
        rooms = list(self._hub.rooms.values())
        heads = [heads for room in rooms if (heads := room.headcount())]
        metrics.SEATS.set(sum(heads))
        metrics.BOARDS_OPEN.set(len(heads))
        metrics.ROOMS.set(len(rooms))
        metrics.LOBBY.set(self._lobby.of(self._awaiting_admission()))
        metrics.WINDOW.set(max((room.window for room in rooms if room.visitors), default=0.0))
        lag = max((room.replica.take_lag() for room in rooms), default=0)
        metrics.LAG.set(self._lag.of(lag))
        metrics.SILENCE.set(self._silence.of(self._hub.subscriber.silence()))
        now = time.time()
        skews = [abs(now - node.now() / 1000) for node in self._hub.store.nodes if node.present]
        metrics.STORE_SKEW.set(max(skews, default=0.0))
        self._measure_process()

    async def measure_seldom(self) -> None:
        """Measure what iterates over all connections, or asks the store."""
        clients = list(self._hub.clients)
        backlogs = [size for client in clients if (size := client.connection.backlog)]
        metrics.OUTBOX_BYTES.set(coarsely(sum(backlogs), metrics.FINE))
        worst = self._outbox.of(max(backlogs, default=0))
        metrics.OUTBOX_WORST.set(coarsely(int(worst), metrics.FINE))
        metrics.CONNECTIONS.labels("none").set(sum(each.view is None for each in clients))
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
    """Return the resident memory of this process in bytes; None if the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
