"""Workers that announce who is on a board, on a real store: what an announcement costs."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import machine
from bench.generator import FailedError
from server.store import presence, subscription
from server.store.announcements import Counts
from server.store.client import Store
from server.store.damage import DamagedError
from server.store.embedded import EmbeddedStore
from server.store.event_log import Batch
from server.store.node import Node
from server.store.presence import Presence
from server.store.subscriber import Subscriber

CODE = "BENCH2"
PATIENCE = 60.0
"""Seconds within which all workers hear of an announcement."""


class Costs(NamedTuple):
    store: float
    """CPU seconds of the store for an announcement."""
    worker: float
    """CPU seconds of a worker for each that it hears, its own share in announcing included."""


class _Worker:
    """What a worker has of a board's people; it counts what it hears of all workers."""

    def __init__(self, url: str, name: str, heard: asyncio.Queue[None]) -> None:
        self.store = Store(url)
        self.subscriber = Subscriber(self.store, name, self._prepared)
        self.presence = Presence(
            self.store,
            name,
            CODE,
            changed=lambda: None,
            round_open=lambda: 0,
            count=self._count,
        )
        self._heard = heard

    async def _prepared(self, _: Node) -> None:
        pass

    def _count(self, seats: AbstractSet[str]) -> tuple[Counts, Iterable[str]]:
        return Counts(len(seats), 0, 0, 0), ()

    def receive(self, batch: Batch) -> None:
        pass

    def catch_up(self) -> None:
        pass

    def damaged(self, damage: DamagedError) -> None:
        raise damage

    def on_presence(self, message: bytes) -> None:
        self.presence.receive(message)
        self._heard.put_nowait(None)

    async def close(self) -> None:
        await self.presence.close()
        await self.subscriber.close()
        await self.store.close()


def measure(folder: Path, workers: int, seats: int, times: int, *, listed: bool) -> Costs:
    """Have each worker with so many seats announce another arrival, so many times."""
    with EmbeddedStore(folder) as store, _without_pauses(listed=listed):
        return asyncio.run(_measure(store, workers, seats, times))


async def _measure(store: EmbeddedStore, workers: int, seats: int, times: int) -> Costs:
    heard: asyncio.Queue[None] = asyncio.Queue()
    all_workers = [_Worker(store.url, f"worker-{n}", heard) for n in range(workers)]
    try:
        for worker in all_workers:
            worker.subscriber.start()
            await worker.subscriber.follow(CODE, worker)
        for n, worker in enumerate(all_workers):
            for seat in range(seats):
                worker.presence.enter(f"{n:06}-{seat:015}")
        await _until_quiet(heard)
        used, own = machine.cpu_seconds(store.pid), time.process_time()
        deliveries = 0
        for turn in range(times):
            for n, worker in enumerate(all_workers):
                worker.presence.enter(f"{n:06}-new-{turn:011}")
            deliveries += await _until_quiet(heard, at_least=workers * workers)
        used, own = machine.cpu_seconds(store.pid) - used, time.process_time() - own
        return Costs(used * workers / deliveries, own / deliveries)
    finally:
        for worker in all_workers:
            await worker.close()


async def _until_quiet(heard: asyncio.Queue[None], at_least: int = 0) -> int:
    """Wait until announcements have been heard, and no more come; return how many it were."""
    count = 0
    while True:
        try:
            async with asyncio.timeout(PATIENCE if count < at_least else 0.2):
                await heard.get()
        except TimeoutError:
            if count < at_least:
                raise FailedError("an announcement was not heard") from None
            return count
        count += 1


@contextmanager
def _without_pauses(*, listed: bool) -> Iterator[None]:
    """Announce each arrival at once; list all seats, however many, or only count them."""
    before = presence.SETTLE, presence.SETTLE_COUNTS, presence.MOST_LISTED, subscription.SILENCE
    presence.SETTLE = presence.SETTLE_COUNTS = 0.0
    presence.MOST_LISTED = 10**9 if listed else 0
    # All of these workers share one event loop, which may be busy for seconds.
    subscription.SILENCE = PATIENCE
    try:
        yield
    finally:
        presence.SETTLE, presence.SETTLE_COUNTS, presence.MOST_LISTED, subscription.SILENCE = before
