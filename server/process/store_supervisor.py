"""Supervises the store: waits for an external one, and keeps the embedded one running."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from server.concurrency import tasks
from server.concurrency.backoff import Backoff, in_words, sleep_unless
from server.observability.logs import event
from server.observability.multiprocess import SharedMetrics
from server.ops.check_rights import inspect_rights
from server.ops.check_store import StoreUnfitError, compare_secret, inspect_store
from server.ops.findings import Finding, faults
from server.sanitize.redaction import redacted_url
from server.settings import Settings
from server.store.data_folder import StoreError
from server.store.embedded import EmbeddedStore
from server.store.error_hints import remedy
from server.store.node import StoreAwayError

STORE_PATIENCE = 30.0
"""Seconds in which an external store must answer at the start, once it has loaded its data."""
UNFIT_PATIENCE = 20.0
"""Seconds in which a store that answers must accept us, and be fit."""
# Seconds between two checks whether a full disk has space again.
ROOM_PAUSE = 0.5
FILES_PAUSE = 0.25
"""Seconds between two checks whether the files of an embedded store still exist."""
MEND_PAUSE = 1.0

log = logging.getLogger("stackvote.workers")


class StoreSupervisor:
    """Provides a store for as long as the workers need it."""

    def __init__(self, settings: Settings, shared_metrics: SharedMetrics, fingerprint: str) -> None:
        """`fingerprint` identifies the secret of this server; see `secret.fingerprint`."""
        self.settings = settings
        self.shared_metrics = shared_metrics
        self._fingerprint = fingerprint
        self._embedded = EmbeddedStore(settings.data_dir) if settings.redis_url is None else None
        self._closing = asyncio.Event()
        self._changing = asyncio.Lock()

    @property
    def is_embedded(self) -> bool:
        return self._embedded is not None

    @property
    def url(self) -> str:
        """The store's address for workers; may contain a password."""
        return self._embedded.url if self._embedded else self.settings.redis_url or ""

    def place(self) -> str:
        """Describe where the data is, and how safe it is there."""
        if self._embedded is not None:
            return f"Data in {self.settings.data_dir}; {self._embedded.durability}."
        promise = {
            "none": "it decides how durable they are",
            "local": "every vote is on its disk before it is acknowledged",
            "replica": f"every vote is on {_replica_count(self.settings.replicas)} before it is "
            "acknowledged",
        }[self.settings.durability]
        return f"Data in the store {redacted_url(self.url)}; {promise}."

    @contextlib.asynccontextmanager
    async def kept(self, stopping: asyncio.Event) -> AsyncIterator[None]:
        """Provide the store within a block; the embedded one is stopped at its end.

        Waiting for an external one ends when the server is told to stop. Raises StoreError.
        """
        if self._embedded is None:
            await self._await_external(stopping)
            yield
            return
        keeping: list[asyncio.Task[None]] = []
        try:
            await asyncio.to_thread(self._embedded.start)
            keeping += [
                tasks.supervise(name, partial(work, self._embedded))
                for name, work in (("store", self._run), ("store's files", self._watch_files))
            ]
            yield
        finally:
            self._closing.set()
            async with self._changing:
                await asyncio.to_thread(self._embedded.close)
            await tasks.end(keeping)

    async def _await_external(self, stopping: asyncio.Event) -> None:
        """Wait for a store that may be starting at the same time, or is being repaired.

        A problem is logged at once, and again when something else would mend it.
        """
        shown = redacted_url(self.url)
        began, last_logged = time.monotonic(), ""
        while not stopping.is_set():
            patience, words, known = UNFIT_PATIENCE, "", ""
            try:
                words = " ".join(faults(await asyncio.to_thread(self._inspect)))
            except StoreUnfitError as error:
                words = str(error)
            except StoreAwayError as error:
                patience, words = STORE_PATIENCE, f"It cannot be reached: {error}"
                # The same cause can end a connection in several ways.
                known = remedy(error, self.url)
                if "LOADING" in words or "loading the dataset" in words:
                    began = time.monotonic()  # It is making progress.
            if not words:
                return
            if time.monotonic() > began + patience:
                raise StoreError(f"The store {shown}: {words}")
            if (known or words) != last_logged:
                log.warning(
                    "Waiting for the store %s: %s",
                    *(shown, words),
                    extra=event("store_awaited", store=shown, why=words),
                )
                last_logged, began = known or words, time.monotonic()  # Someone is working on it.
            await sleep_unless(stopping, 1.0)

    def _inspect(self) -> list[Finding]:
        """Check whether boards can be stored there. Raises StoreAwayError, StoreUnfitError."""
        durability, replicas = self.settings.durability, self.settings.replicas
        found = inspect_store(self.url, durability, replicas)
        if not faults(found):
            found += inspect_rights(self.url, durability)
        if not faults(found):
            for strange in compare_secret(self.url, self._fingerprint, change=True):
                log.warning("%s", strange.words, extra=event("store_of_another_secret"))
        return found

    async def _run(self, store: EmbeddedStore) -> None:
        """Restart the store on the same files whenever it dies; at once the first time."""
        backoff = Backoff()
        while True:
            started = time.monotonic()
            status = await asyncio.to_thread(store.wait)
            if self._closing.is_set():
                return
            ended = time.monotonic()
            self.shared_metrics.store_ends.inc()
            self.shared_metrics.write()
            log.error(
                "The store ended (%s): %s",
                *(in_words(status), store.last_output()),
                extra=event("store_ended", status=status, seconds=round(ended - started, 3)),
            )
            backoff.count(ended - started)
            await self._await_room(store)
            if backoff.early_ends > 1:
                await sleep_unless(self._closing, backoff.pause())
            async with self._changing:
                if self._closing.is_set():
                    return
                try:
                    await asyncio.to_thread(store.start)
                except StoreError as error:
                    # The message is enough.
                    log.error("%s", error, extra=event("store_not_started"))  # noqa: TRY400
                else:
                    away = time.monotonic() - ended
                    log.info(
                        "The store is back. It was away for %.1f s.",
                        away,
                        extra=event("store_started", seconds=round(away, 3)),
                    )

    async def _watch_files(self, store: EmbeddedStore) -> None:
        """Make sure that what the store reports as written is where its next start looks for it."""
        while not self._closing.is_set():
            await sleep_unless(self._closing, FILES_PAUSE)
            async with self._changing:
                if self._closing.is_set() or not store.is_running():
                    continue
                gone = await asyncio.to_thread(store.lost_file)
                if gone is not None:
                    await self._repair(store, gone)

    async def _repair(self, store: EmbeddedStore, gone: Path) -> None:
        """Make the store rewrite its files; it accepts no votes until that is done."""
        log.error(
            "%s was deleted or replaced while the store was using it. No votes are accepted "
            "until everything in the store has been written again.",
            gone,
            extra=event("store_files_lost", path=str(gone)),
        )
        began, last_logged = time.monotonic(), ""
        while not self._closing.is_set() and store.is_running():
            try:
                await asyncio.to_thread(store.refuse_writes)
                restart = await asyncio.to_thread(store.repair)
            except StoreError as error:
                if str(error) != last_logged:
                    last_logged = str(error)
                    log.error("%s", error, extra=event("store_not_mended", why=last_logged))  # noqa: TRY400
                await sleep_unless(self._closing, MEND_PAUSE)
                continue
            took = time.monotonic() - began
            log.warning(
                "Everything in the store was written to %s again. It took %.1f s.%s",
                *(store.data_dir, took),
                " The store is restarted to listen there." if restart else "",
                extra=event("store_mended", seconds=round(took, 3)),
            )
            if restart:
                # `_run` starts it again.
                await asyncio.to_thread(store.stop)
            return

    async def _await_room(self, store: EmbeddedStore) -> None:
        """Wait until the store can write; otherwise it would only die again and again."""
        logged = False
        while not self._closing.is_set():
            fault = await asyncio.to_thread(store.write_fault)
            if fault is None:
                if logged:
                    log.info("The data folder can be written again.", extra=event("data_writable"))
                return
            if not logged:
                log.error(
                    "The data folder %s cannot be written (%s). Nothing can be saved until this "
                    "is fixed.",
                    store.data_dir,
                    fault,
                    extra=event("data_not_writable", why=fault),
                )
                logged = True
            await sleep_unless(self._closing, ROOM_PAUSE)


def _replica_count(replicas: int) -> str:
    return "a replica" if replicas == 1 else f"{replicas} replicas"
