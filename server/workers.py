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
from functools import partial

import msgspec

from server import secret, service, tasks, terminal, tls
from server.figures import Figures
from server.listening import listen, raise_file_limit
from server.live.founding import DEFAULT_CODE
from server.live.transport import FAREWELL
from server.log.embedded import recover
from server.loglines import event
from server.offered import require_first
from server.printable import printable
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
SLOT_SECONDS = 5.0
"""For which the place of a worker may take to notice that its worker has ended."""
WATCH_SECONDS = 0.5
"""From one look to the next whether the folders that all workers use are still there."""

log = logging.getLogger("stackvote.workers")


class StartError(Exception):
    """The server cannot start; the message says why and what to do."""


def run(settings: Settings) -> None:
    """Serve until a signal says stop. Raises StartError, PortError, StoreError, SecretError,
    TlsError, TemplatesError.
    """
    recover(settings.data_dir)
    key = secret.load(settings.secret_path)
    tls.context(settings)
    require_first(settings)
    raise_file_limit()
    sockets = listen(settings)
    settings = msgspec.structs.replace(settings, port=sockets[0].getsockname()[1])
    with Figures() as figures:
        store = StoreKeeper(settings, figures, secret.fingerprint(key))
        asyncio.run(Supervisor(settings, sockets, store, figures, key).run())


class Supervisor:
    """Runs the workers on the store, and ends all in the right order."""

    def __init__(
        self,
        settings: Settings,
        sockets: list[socket.socket],
        store: StoreKeeper,
        figures: Figures,
        key: bytes,
    ) -> None:
        self.settings = settings
        self.sockets = sockets
        self.store = store
        self.figures = figures
        figures.workers_wanted.set(settings.processes)
        self.key = key
        self.host_key = secret.host_key(key, DEFAULT_CODE)
        self.stopping = asyncio.Event()
        self.workers: set[Worker] = set()
        self.slots = [Slot(self) for _ in range(settings.processes)]
        self._alive_read, self._alive_write = os.pipe()
        self._interactive = sys.stdin is not None and sys.stdin.isatty()
        self._told_to_stop = 0.0
        self._rolling: asyncio.Task[None] | None = None
        self._gave_up: StartError | None = None

    async def run(self) -> None:
        """Start everything, wait until told to stop, and stop everything, the store last."""
        loop = asyncio.get_running_loop()
        tasks.watch_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        async with self.store.kept(self.stopping):
            await self._keep_workers()

    # What all of them need.

    async def _watch_folders(self) -> None:
        """Make again what was deleted underneath: no new worker could start without it."""
        path, said = self.settings.secret_path, ""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self.figures.mend()
            try:
                words = "It was written again." if secret.put_back(path, self.key) else ""
            except OSError as error:
                words = f"It cannot be written again ({error.strerror}): no worker can start."
            if words and words != said:
                log.error(
                    "The secret file %s was deleted. %s",
                    *(path, words),
                    extra=event("secret_lost", path=str(path)),
                )
            said = words

    # The workers.

    async def _keep_workers(self) -> None:
        slots = [tasks.supervise("slot", slot.keep, slot.failed) for slot in self.slots]
        greeting = tasks.supervise("greeting", self._greet, self.count_fault)
        watching = tasks.supervise("folders", self._watch_folders, self.count_fault)
        # A slot that gives up says so; then everything ends.
        await self.stopping.wait()
        # The workers have them too, and answer on them until they have drained. With the last
        # of them the sockets are gone, and whoever comes then is refused.
        for each in self.sockets:
            each.close()
        for task in (greeting, watching, self._rolling):
            if task is not None:
                task.cancel()
        limit = self.settings.drain_seconds + DRAIN_MARGIN
        await asyncio.gather(
            *(tasks.end_quietly(partial(worker.drain, limit)) for worker in self.workers)
        )
        # One that rests after a fault need not be waited for.
        await asyncio.wait(slots, timeout=SLOT_SECONDS)
        await tasks.end(slots)
        if self._gave_up:
            raise self._gave_up

    def give_up(self, why: StartError) -> None:
        """End everything: no worker will ever be ready."""
        self._gave_up = why
        self.stopping.set()

    def count_fault(self, _: Exception) -> None:
        self.figures.faults.inc()
        self.figures.write()

    async def _greet(self) -> None:
        for slot in self.slots:
            await slot.serves.wait()
        with tasks.contained("greeting"):  # Where nobody reads it, people are served all the same.
            words = terminal.greeting(self.settings, self.host_key, self.store.place())
            print(printable(words, lines=True), flush=True)  # noqa: T201
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
        except BaseException:
            os.close(ready_read)
            raise
        finally:
            os.close(ready_write)
        worker = Worker(process, ready_read)
        self.workers.add(worker)
        self._count_workers()
        if self.stopping.is_set():
            worker.kill()
        try:
            await worker.tell(Handover(settings, sockets, self.store.is_embedded))
        except BaseException:
            # It was told nothing, and nobody will look after it.
            worker.kill()
            self.forget(worker)
            raise
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
            self._rolling = tasks.begin("renewal", self._roll())

    async def _roll(self) -> None:
        with tasks.contained("renewal") as renewing:
            await self._renew_all()
        if renewing.failed:
            self.figures.faults.inc()
            self._say_not_renewed()

    def _say_not_renewed(self) -> None:
        log.error(
            "A new worker does not get ready; the old ones go on.", extra=event("renewing_failed")
        )

    async def _renew_all(self) -> None:
        """Renew the workers one after the other, so that there is always one that serves."""
        log.info("Renewing the workers one by one.", extra=event("renewing"))
        began = time.monotonic()
        for slot in self.slots:
            if self.stopping.is_set():
                return
            if not await slot.renew():
                self._say_not_renewed()
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
        self._restarts = Restarts()

    async def keep(self) -> None:
        """Keep a worker in this place until the server stops."""
        stopping = self.supervisor.stopping
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
            self._count_end(worker.age())
            if self._restarts.young:
                await sleep_unless(stopping, self._restarts.pause())

    def failed(self, error: Exception) -> None:
        """Take note that no worker could be started here; it is tried again."""
        self.supervisor.count_fault(error)
        self._count_end(0.0)

    def _count_end(self, age: float) -> None:
        self._restarts.count(age)
        if self._restarts.young >= TRIES and not self.ready.is_set():
            self.supervisor.give_up(StartError("No worker gets ready; the lines above say why."))

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
            self._watching = tasks.begin("greeting", self._watch(worker))
            log.info(
                "Worker %d is ready after %.1f s.",
                *(worker.pid, worker.age()),
                extra=event("worker_ready", worker=worker.pid, seconds=round(worker.age(), 3)),
            )
        return worker

    async def _watch(self, worker: Worker) -> None:
        if await worker.has_store():
            self.serves.set()
