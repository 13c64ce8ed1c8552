"""The parent of all processes: it binds the port, has the store kept, keeps workers alive.

The sockets are bound once, here, and inherited, so that no connection is dropped when a worker
goes. Signals: SIGTERM and SIGINT drain and stop, a second one stops at once; SIGHUP renews the
workers one by one.
"""

import asyncio
import logging
import os
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
from server.loglines import event
from server.offered import require_first
from server.restarts import Restarts, in_words, sleep_unless
from server.settings import Settings
from server.storekeeper import StoreKeeper
from server.worker import Handover, Worker

# What a worker may take beyond its time for draining before it is killed: its people's answers
# to the farewell, and a moment to clear up.
DRAIN_MARGIN = FAREWELL + 3.0
LARGE_BYTES = 128 * 1024
"""Memory in pieces of this size is given back to the system as soon as it is free."""
TRIES = 5

log = logging.getLogger("stackvote.workers")


class StartError(Exception):
    """The server cannot start; the message says why and what to do."""


def run(settings: Settings) -> None:
    """Serve until a signal says stop. Raises StartError, PortError, StoreError, SecretError,
    TlsError, TemplatesError.
    """
    signing = secret.load(settings.secret_path)
    key = secret.host_key(signing, DEFAULT_CODE)
    tls.context(settings)
    require_first(settings)
    raise_file_limit()
    sockets = listen(settings)
    settings = msgspec.structs.replace(settings, port=sockets[0].getsockname()[1])
    with Figures() as figures:
        store = StoreKeeper(settings, figures, secret.fingerprint(signing))
        asyncio.run(Supervisor(settings, sockets, store, figures, key).run())


class Supervisor:
    """Runs the workers on the store, and ends all in the right order."""

    def __init__(
        self,
        settings: Settings,
        sockets: list[socket.socket],
        store: StoreKeeper,
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

    async def run(self) -> None:
        """Start everything, wait until told to stop, and stop everything, the store last."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        async with self.store.kept(self.stopping):
            await self._keep_workers()

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
            await slot.serves.wait()
        print(terminal.greeting(self.settings, self.host_key, self.store.place()), flush=True)  # noqa: T201
        service.tell("READY=1")

    async def launch(self) -> Worker:
        """Start one worker process, and tell it what it is to know."""
        ready_read, ready_write = os.pipe()
        sockets = [each.fileno() for each in self.sockets]
        settings = msgspec.structs.replace(self.settings, redis_url=self.store.url)
        environment = {
            # By itself the GNU C library keeps ever larger pieces for later once some were free.
            "MALLOC_MMAP_THRESHOLD_": str(LARGE_BYTES),
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
        await worker.tell(Handover(settings, sockets, self.store.is_embedded))
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


class Slot:
    """The place of one worker: whoever dies here is followed by another."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.ready = asyncio.Event()
        """A worker takes people in."""
        self.serves = asyncio.Event()
        """It has the store, too: votes are taken."""
        self._watching: asyncio.Task[None] | None = None
        self._worker: Worker | None = None
        self._changing = asyncio.Lock()

    async def keep(self) -> None:
        """Keep a worker in this place until the server stops. Raises StartError."""
        stopping = self.supervisor.stopping
        restarts = Restarts()
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
                *(worker.pid, in_words(status)),
                extra=event(
                    "worker_ended",
                    worker=worker.pid,
                    status=status,
                    seconds=round(worker.age(), 3),
                ),
            )
            restarts.count(worker.age())
            if restarts.young >= TRIES and not self.ready.is_set():
                raise StartError("No worker gets ready; the lines above say why.")
            if restarts.young:
                await sleep_unless(stopping, restarts.pause())

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
            self._watching = asyncio.create_task(self._watch(worker))
            log.info(
                "Worker %d is ready after %.1f s.",
                *(worker.pid, worker.age()),
                extra=event("worker_ready", worker=worker.pid, seconds=round(worker.age(), 3)),
            )
        return worker

    async def _watch(self, worker: Worker) -> None:
        if await worker.has_store():
            self.serves.set()
