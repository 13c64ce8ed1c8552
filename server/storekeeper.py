"""The keeper of the store: it waits for an external one, and keeps the embedded one alive."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

from server.figures import Figures
from server.log.embedded import EmbeddedStore, StoreError
from server.log.inspection import StoreUnfitError, faults, inspect_store
from server.log.store import StoreAwayError
from server.loglines import event
from server.restarts import Restarts, in_words, sleep_unless
from server.settings import Settings, redacted_url

STORE_PATIENCE = 30.0
# From one look to the next whether a full disk has room again.
ROOM_PAUSE = 0.5
FILES_PAUSE = 0.25
"""Seconds from one look to the next whether the files of an embedded store are still there."""
MEND_PAUSE = 1.0

log = logging.getLogger("stackvote.workers")


class StoreKeeper:
    """Has a store there for as long as the workers need it."""

    def __init__(self, settings: Settings, figures: Figures) -> None:
        self.settings = settings
        self.figures = figures
        self._embedded = EmbeddedStore(settings.data_dir) if settings.redis_url is None else None
        self._closing = asyncio.Event()
        self._changing = asyncio.Lock()

    @property
    def is_embedded(self) -> bool:
        return self._embedded is not None

    @property
    def url(self) -> str:
        """Where the workers find it; may hold a password."""
        return self._embedded.url if self._embedded else self.settings.redis_url or ""

    def place(self) -> str:
        """Say where the data is, and how safe there."""
        if self._embedded is not None:
            return f"Data in {self.settings.data_dir}; {self._embedded.durability}."
        promise = {
            "none": "how durable they are, it decides",
            "local": "every vote is on its disk before it is acknowledged",
            "replica": "every vote is on a replica before it is acknowledged",
        }[self.settings.durability]
        return f"Data in the store {redacted_url(self.url)}; {promise}."

    @contextlib.asynccontextmanager
    async def kept(self, stopping: asyncio.Event) -> AsyncIterator[None]:
        """Have the store there at the beginning of a block, and end the embedded one behind it.

        An external one is not waited for any longer when it is time to stop. Raises StoreError.
        """
        if self._embedded is None:
            await self._await_external(stopping)
            yield
            return
        keeping: list[asyncio.Task[None]] = []
        try:
            await asyncio.to_thread(self._embedded.start)
            works = (self._keep, self._watch_files)
            keeping += [asyncio.create_task(work(self._embedded)) for work in works]
            yield
        finally:
            self._closing.set()
            async with self._changing:
                await asyncio.to_thread(self._embedded.close)
            await asyncio.gather(*keeping)

    async def _await_external(self, stopping: asyncio.Event) -> None:
        """Wait for a store which may start at the same time as we do."""
        shown = redacted_url(self.url)
        deadline = time.monotonic() + STORE_PATIENCE
        while not stopping.is_set():
            try:
                found = await asyncio.to_thread(inspect_store, self.url, self.settings.durability)
            except StoreUnfitError as error:
                raise StoreError(f"{shown}: {error}") from None
            except StoreAwayError as error:
                if time.monotonic() > deadline:
                    raise StoreError(f"The store {shown} cannot be reached: {error}") from None
                log.warning(
                    "Waiting for the store %s: %s",
                    *(shown, error),
                    extra=event("store_awaited", store=shown),
                )
                await sleep_unless(stopping, 1.0)
            else:
                if wrong := faults(found):
                    raise StoreError(f"{shown}: {' '.join(wrong)}")
                return

    async def _keep(self, store: EmbeddedStore) -> None:
        """Start the store again whenever it dies, on the same files, at once the first time."""
        restarts = Restarts()
        while True:
            started = time.monotonic()
            status = await asyncio.to_thread(store.wait)
            if self._closing.is_set():
                return
            ended = time.monotonic()
            self.figures.store_ends.inc()
            self.figures.write()
            log.error(
                "The store ended (%s): %s",
                *(in_words(status), store.last_words()),
                extra=event("store_ended", status=status, seconds=round(ended - started, 3)),
            )
            restarts.count(ended - started)
            await self._await_room(store)
            if restarts.young > 1:
                await sleep_unless(self._closing, restarts.pause())
            async with self._changing:
                if self._closing.is_set():
                    return
                try:
                    await asyncio.to_thread(store.start)
                except StoreError as error:
                    # The words are enough.
                    log.error("%s", error, extra=event("store_not_started"))  # noqa: TRY400
                else:
                    away = time.monotonic() - ended
                    log.info(
                        "The store is back. It was away for %.1f s.",
                        away,
                        extra=event("store_started", seconds=round(away, 3)),
                    )

    async def _watch_files(self, store: EmbeddedStore) -> None:
        """See that what the store calls written is where its next start will find it."""
        while not self._closing.is_set():
            await sleep_unless(self._closing, FILES_PAUSE)
            async with self._changing:
                if self._closing.is_set() or not store.is_running():
                    continue
                gone = await asyncio.to_thread(store.lost_file)
                if gone is not None:
                    await self._mend(store, gone)

    async def _mend(self, store: EmbeddedStore, gone: Path) -> None:
        """Have the store's files written anew; it takes no votes until they are."""
        log.error(
            "%s was deleted or replaced while the store uses it. No votes are taken until all "
            "that the store holds was written anew.",
            gone,
            extra=event("store_files_lost", path=str(gone)),
        )
        began, said = time.monotonic(), ""
        while not self._closing.is_set() and store.is_running():
            try:
                await asyncio.to_thread(store.refuse_writes)
                restart = await asyncio.to_thread(store.mend)
            except StoreError as error:
                if str(error) != said:
                    said = str(error)
                    log.error("%s", error, extra=event("store_not_mended", why=said))  # noqa: TRY400
                await sleep_unless(self._closing, MEND_PAUSE)
                continue
            took = time.monotonic() - began
            log.warning(
                "All that the store holds was written to %s anew. It took %.1f s.%s",
                *(store.data_dir, took),
                " The store is started again, to listen there." if restart else "",
                extra=event("store_mended", seconds=round(took, 3)),
            )
            if restart:
                # Whoever keeps it starts it again.
                await asyncio.to_thread(store.stop)
            return

    async def _await_room(self, store: EmbeddedStore) -> None:
        """Wait until the store can write: it would only die of it again, and again."""
        told = False
        while not self._closing.is_set():
            fault = await asyncio.to_thread(store.write_fault)
            if fault is None:
                if told:
                    log.info("The data folder can be written again.", extra=event("data_writable"))
                return
            if not told:
                log.error(
                    "The data folder %s cannot be written (%s). Nothing can be saved until it can.",
                    store.data_dir,
                    fault,
                    extra=event("data_not_writable", why=fault),
                )
                told = True
            await sleep_unless(self._closing, ROOM_PAUSE)
