"""The keeper of the store: it waits for an external one, and keeps the embedded one alive."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from server import tasks
from server.figures import Figures
from server.log.embedded import EmbeddedStore, StoreError
from server.log.inspection import (
    Finding,
    StoreUnfitError,
    compare_secret,
    faults,
    inspect_rights,
    inspect_store,
)
from server.log.store import StoreAwayError
from server.loglines import event
from server.redaction import redacted_url
from server.restarts import Restarts, in_words, sleep_unless
from server.settings import Settings

STORE_PATIENCE = 30.0
"""Seconds in which an external store has to answer at the start, once it has read its data."""
UNFIT_PATIENCE = 20.0
"""Seconds in which one that answers has to let us in, and be fit."""
# From one look to the next whether a full disk has room again.
ROOM_PAUSE = 0.5
FILES_PAUSE = 0.25
"""Seconds from one look to the next whether the files of an embedded store are still there."""
MEND_PAUSE = 1.0

log = logging.getLogger("stackvote.workers")


class StoreKeeper:
    """Has a store there for as long as the workers need it."""

    def __init__(self, settings: Settings, figures: Figures, fingerprint: str) -> None:
        """`fingerprint` names the secret of this server; see `secret.fingerprint`."""
        self.settings = settings
        self.figures = figures
        self._fingerprint = fingerprint
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
            "replica": f"every vote is on {_so_many(self.settings.replicas)} before it is "
            "acknowledged",
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
            keeping += [
                tasks.supervise(name, partial(work, self._embedded), self._failed)
                for name, work in (("store", self._keep), ("store's files", self._watch_files))
            ]
            yield
        finally:
            self._closing.set()
            async with self._changing:
                await asyncio.to_thread(self._embedded.close)
            await tasks.end(keeping)

    def _failed(self, _: Exception) -> None:
        self.figures.faults.inc()
        self.figures.write()

    async def _await_external(self, stopping: asyncio.Event) -> None:
        """Wait for a store which may start at the same time as we do, or is just being mended.

        What is wrong is said at once, and again when it is something else.
        """
        shown = redacted_url(self.url)
        began, said = time.monotonic(), ""
        while not stopping.is_set():
            patience, words = UNFIT_PATIENCE, ""
            try:
                words = " ".join(faults(await asyncio.to_thread(self._inspect)))
            except StoreUnfitError as error:
                words = str(error)
            except StoreAwayError as error:
                patience, words = STORE_PATIENCE, f"It cannot be reached: {error}"
                if "LOADING" in words or "loading the dataset" in words:
                    began = time.monotonic()  # It is making headway.
            if not words:
                return
            if time.monotonic() > began + patience:
                raise StoreError(f"The store {shown}: {words}")
            if words != said:
                log.warning(
                    "Waiting for the store %s: %s",
                    *(shown, words),
                    extra=event("store_awaited", store=shown, why=words),
                )
                said, began = words, time.monotonic()  # Somebody is at it.
            await sleep_unless(stopping, 1.0)

    def _inspect(self) -> list[Finding]:
        """Look whether boards can be kept there. Raises StoreAwayError, StoreUnfitError."""
        durability, replicas = self.settings.durability, self.settings.replicas
        found = inspect_store(self.url, durability, replicas)
        if not faults(found):
            found += inspect_rights(self.url, durability)
        if not faults(found):
            for strange in compare_secret(self.url, self._fingerprint, change=True):
                log.warning("%s", strange.words, extra=event("store_of_another_secret"))
        return found

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


def _so_many(replicas: int) -> str:
    return "a replica" if replicas == 1 else f"{replicas} replicas"
