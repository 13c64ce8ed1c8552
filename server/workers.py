"""The parent of all processes: it binds the port, runs the store, and keeps workers alive.

The sockets are bound once, here, and inherited, so that no connection is dropped when a worker
goes. Signals: SIGTERM and SIGINT drain and stop, a second one stops at once; SIGHUP renews the
workers one by one.
"""

import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
import sys
import time

import msgspec

from server import secret, service, terminal, tls
from server.figures import Figures
from server.listening import listen, raise_file_limit
from server.live.founding import DEFAULT_CODE
from server.live.transport import FAREWELL
from server.log.embedded import EmbeddedStore, StoreError
from server.log.inspection import StoreUnfitError, faults, inspect_store
from server.log.store import StoreAwayError
from server.loglines import event
from server.settings import Settings, redacted_url
from server.worker import Handover, Worker

STORE_PATIENCE = 30.0
# What a worker may take beyond its time for draining before it is killed: its people's answers
# to the farewell, and a moment to clear up.
DRAIN_MARGIN = FAREWELL + 3.0
# A worker that lives for less than this was hardly started; the next one waits a little.
YOUNG_SECONDS = 10.0
TRIES = 5
# From one look to the next whether a full disk has room again.
ROOM_PAUSE = 0.5
LONGEST_PAUSE = 15.0

log = logging.getLogger("stackvote.workers")


class StartError(Exception):
    """The server cannot start; the message says why and what to do."""


def run(settings: Settings) -> None:
    """Serve until a signal says stop. Raises StartError, PortError, StoreError, SecretError,
    TlsError.
    """
    key = secret.host_key(secret.load(settings.secret_path), DEFAULT_CODE)
    tls.context(settings)
    raise_file_limit()
    sockets = listen(settings)
    settings = msgspec.structs.replace(settings, port=sockets[0].getsockname()[1])
    store = EmbeddedStore(settings.data_dir) if settings.redis_url is None else None
    with Figures() as figures:
        asyncio.run(Supervisor(settings, sockets, store, figures, key).run())


class Supervisor:
    """Runs the store and the workers, and ends them in the right order."""

    def __init__(
        self,
        settings: Settings,
        sockets: list[socket.socket],
        store: EmbeddedStore | None,
        figures: Figures,
        host_key: str,
    ) -> None:
        self.settings = settings
        self.sockets = sockets
        self.store = store
        self.figures = figures
        figures.workers_wanted.set(settings.processes)
        self.host_key = host_key
        self.stopping = asyncio.Event()
        self.workers: set[Worker] = set()
        self.slots = [Slot(self) for _ in range(settings.processes)]
        self._alive_read, self._alive_write = os.pipe()
        self._interactive = sys.stdin is not None and sys.stdin.isatty()
        self._told_to_stop = 0.0
        self._rolling: asyncio.Task[None] | None = None
        self._store_closing = asyncio.Event()
        self._store_changing = asyncio.Lock()

    async def run(self) -> None:
        """Start everything, wait until told to stop, and stop everything, the store last."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        if self.store is None:
            await self._await_store(self.settings.redis_url or "")
            await self._keep_workers()
            return
        keeping = None
        try:
            await asyncio.to_thread(self.store.start)
            keeping = asyncio.create_task(self._keep_store(self.store))
            await self._keep_workers()
        finally:
            self._store_closing.set()
            async with self._store_changing:
                await asyncio.to_thread(self.store.close)
            if keeping is not None:
                await keeping

    # The workers.

    async def _keep_workers(self) -> None:
        slots = [asyncio.create_task(slot.keep()) for slot in self.slots]
        greeting = asyncio.create_task(self._greet())
        stopping = asyncio.create_task(self.stopping.wait())
        # A slot ends by itself only when it gives up; then everything ends.
        await asyncio.wait([stopping, *slots], return_when=asyncio.FIRST_COMPLETED)
        self.stopping.set()
        # The workers have them too, and answer on them until they have drained. With the last
        # of them the sockets are gone, and whoever comes then is refused.
        for each in self.sockets:
            each.close()
        for task in (greeting, self._rolling):
            if task is not None:
                task.cancel()
        limit = self.settings.drain_seconds + DRAIN_MARGIN
        await asyncio.gather(*(worker.drain(limit) for worker in self.workers))
        await asyncio.gather(*slots)

    async def _greet(self) -> None:
        for slot in self.slots:
            await slot.ready.wait()
        print(terminal.greeting(self.settings, self.host_key, self._place()), flush=True)  # noqa: T201
        service.tell("READY=1")

    def _place(self) -> str:
        if self.store is not None:
            return f"Data in {self.settings.data_dir}; {self.store.durability}."
        promise = {
            "none": "how durable they are, it decides",
            "local": "every vote is on its disk before it is acknowledged",
            "replica": "every vote is on a replica before it is acknowledged",
        }[self.settings.durability]
        return f"Data in the store {redacted_url(self.settings.redis_url or '')}; {promise}."

    async def launch(self) -> Worker:
        """Start one worker process, and tell it what it is to know."""
        ready_read, ready_write = os.pipe()
        sockets = [each.fileno() for each in self.sockets]
        settings = self.settings
        if self.store is not None:
            settings = msgspec.structs.replace(settings, redis_url=self.store.url)
        environment = {
            **os.environ,
            # A worker imports from where its parent does. The current directory does not
            # count (-P): somebody's folder named `server` may lie in it.
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PROMETHEUS_MULTIPROC_DIR": str(self.figures.folder),
            "STACKVOTE_PARENT_FD": str(self._alive_read),
            "STACKVOTE_READY_FD": str(ready_write),
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "server", "worker"),
                stdin=asyncio.subprocess.PIPE,
                pass_fds=[*sockets, self._alive_read, ready_write],
                env=environment,
                # Ctrl-C in the terminal is for the parent, which then tells its workers.
                process_group=0,
            )
        finally:
            os.close(ready_write)
        worker = Worker(process, ready_read)
        self.workers.add(worker)
        self._count_workers()
        if self.stopping.is_set():
            worker.kill()
        await worker.tell(Handover(settings, sockets, self.store is not None))
        return worker

    def forget(self, worker: Worker) -> None:
        """Take a worker that has ended off the books."""
        self.workers.discard(worker)
        self.figures.bury(worker.pid)
        self._count_workers()

    def _count_workers(self) -> None:
        self.figures.workers.set(len(self.workers))
        self.figures.write()

    # Signals.

    def _stop(self) -> None:
        now = time.monotonic()
        if self.stopping.is_set():
            # Some tools send a signal to the process and again to its group.
            if now - self._told_to_stop < 1.0:
                return
            log.warning(
                "Told to stop again: ending the workers at once.", extra=event("stopping_at_once")
            )
            for worker in self.workers:
                worker.kill()
            return
        log.info("Stopping: sending people away, then ending.", extra=event("stopping"))
        service.tell("STOPPING=1")
        self._told_to_stop = now
        self.stopping.set()

    def _hang_up(self) -> None:
        if self._interactive:
            # The terminal was closed: that is a person who leaves, not a wish to renew.
            self._stop()
        elif (self._rolling is None or self._rolling.done()) and not self.stopping.is_set():
            self._rolling = asyncio.create_task(self._roll())

    async def _roll(self) -> None:
        """Renew the workers one after the other, so that there is always one that serves."""
        log.info("Renewing the workers one by one.", extra=event("renewing"))
        began = time.monotonic()
        for slot in self.slots:
            if self.stopping.is_set():
                return
            if not await slot.renew():
                log.error(
                    "A new worker does not get ready; the old ones go on.",
                    extra=event("renewing_failed"),
                )
                return
            self.figures.renewals.inc()
            self._count_workers()
        took = time.monotonic() - began
        log.info(
            "All workers are new. It took %.1f s.",
            took,
            extra=event("renewed", workers=len(self.slots), seconds=round(took, 3)),
        )

    # The store.

    async def _await_store(self, url: str) -> None:
        """Wait for an external store, which may start at the same time as we do."""
        shown = redacted_url(url)
        deadline = time.monotonic() + STORE_PATIENCE
        while not self.stopping.is_set():
            try:
                found = await asyncio.to_thread(inspect_store, url, self.settings.durability)
            except StoreUnfitError as error:
                raise StartError(f"{shown}: {error}") from None
            except StoreAwayError as error:
                if time.monotonic() > deadline:
                    raise StartError(f"The store {shown} cannot be reached: {error}") from None
                log.warning(
                    "Waiting for the store %s: %s",
                    *(shown, error),
                    extra=event("store_awaited", store=shown),
                )
                await _sleep_unless(self.stopping, 1.0)
            else:
                if wrong := faults(found):
                    raise StartError(f"{shown}: {' '.join(wrong)}")
                return

    async def _keep_store(self, store: EmbeddedStore) -> None:
        """Start the store again whenever it dies, on the same files, at once the first time."""
        tries = 0
        while True:
            started = time.monotonic()
            status = await asyncio.to_thread(store.wait)
            if self._store_closing.is_set():
                return
            ended = time.monotonic()
            self.figures.store_ends.inc()
            self.figures.write()
            log.error(
                "The store ended (%s): %s",
                *(_in_words(status), store.last_words()),
                extra=event("store_ended", status=status, seconds=round(ended - started, 3)),
            )
            tries = 0 if time.monotonic() - started > YOUNG_SECONDS else tries + 1
            await self._await_room(store)
            if tries > 1:
                await _sleep_unless(self._store_closing, _pause(tries))
            async with self._store_changing:
                if self._store_closing.is_set():
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

    async def _await_room(self, store: EmbeddedStore) -> None:
        """Wait until the store can write: it would only die of it again, and again."""
        told = False
        while not self._store_closing.is_set():
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
            await _sleep_unless(self._store_closing, ROOM_PAUSE)


class Slot:
    """The place of one worker: whoever dies here is followed by another."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.ready = asyncio.Event()
        self._worker: Worker | None = None
        self._changing = asyncio.Lock()

    async def keep(self) -> None:
        """Keep a worker in this place until the server stops. Raises StartError."""
        stopping = self.supervisor.stopping
        tries = 0
        while True:
            async with self._changing:
                if stopping.is_set():
                    return
                worker = self._worker or await self._fill()
            status = await worker.ended()
            self.supervisor.forget(worker)
            if worker is not self._worker:
                # It was renewed.
                continue
            self._worker = None
            if stopping.is_set():
                return
            self.supervisor.figures.worker_ends.inc()
            self.supervisor.figures.write()
            log.error(
                "Worker %d ended (%s); starting another.",
                *(worker.pid, _in_words(status)),
                extra=event(
                    "worker_ended",
                    worker=worker.pid,
                    status=status,
                    seconds=round(worker.age(), 3),
                ),
            )
            tries = 0 if worker.age() > YOUNG_SECONDS else tries + 1
            if tries >= TRIES and not self.ready.is_set():
                raise StartError("No worker gets ready; the lines above say why.")
            if tries:
                await _sleep_unless(stopping, _pause(tries))

    async def renew(self) -> bool:
        """Put a new worker in place and drain the old one; say whether the new one is ready."""
        async with self._changing:
            new = await self.supervisor.launch()
            if not await new.ready():
                await new.ended()
                self.supervisor.forget(new)
                return False
            old, self._worker = self._worker, new
        if old is not None:
            limit = self.supervisor.settings.drain_seconds + DRAIN_MARGIN
            await old.drain(limit, replaced=True)
        return True

    async def _fill(self) -> Worker:
        worker = self._worker = await self.supervisor.launch()
        if await worker.ready():
            self.ready.set()
            log.info(
                "Worker %d is ready after %.1f s.",
                *(worker.pid, worker.age()),
                extra=event("worker_ready", worker=worker.pid, seconds=round(worker.age(), 3)),
            )
        return worker


async def _sleep_unless(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _pause(tries: int) -> float:
    """How long to wait before the next try: longer each time, and not all in step."""
    return min(LONGEST_PAUSE, 0.25 * 2.0**tries) * random.uniform(0.5, 1.0)


def _in_words(status: int) -> str:
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"
