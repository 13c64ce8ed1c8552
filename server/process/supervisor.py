"""The parent of all processes: binds the port, and keeps the store and the workers running.

The sockets are bound once, here, and inherited, so that no connection is dropped when a worker
ends. Signals: SIGTERM and SIGINT drain and stop, a second one stops at once; SIGHUP replaces the
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

from server.brand import read_brand
from server.concurrency import tasks
from server.concurrency.backoff import Backoff, in_words, sleep_unless
from server.live.board_templates import require_first
from server.live.connection import CLOSE_TIMEOUT
from server.live.create_board import DEFAULT_CODE
from server.network.addresses import Addresses
from server.observability.logs import event
from server.observability.multiprocess import SharedMetrics
from server.process import banner, sd_notify
from server.process.sockets import listen, raise_file_limit
from server.process.store_supervisor import StoreSupervisor
from server.process.worker import Handover, Worker
from server.sanitize.printable import printable
from server.security import secret, tls
from server.settings import Settings
from server.store.data_folder import recover

# Seconds that a worker may take beyond its time for draining before it is killed: for its clients'
# close frames, and for cleaning up.
DRAIN_MARGIN = CLOSE_TIMEOUT + 3.0
LARGE_BYTES = 128 * 1024
"""Memory blocks of this size and above are returned to the system as soon as they are freed."""
TRIES = 5
SLOT_SECONDS = 5.0
"""Seconds in which a slot must notice that its worker has ended."""
WATCH_SECONDS = 0.5
"""Seconds between two checks whether the folders that all workers use still exist."""

log = logging.getLogger("stackvote.workers")


class StartError(Exception):
    """The server cannot start; the message says why and what to do."""


def run(settings: Settings) -> None:
    """Serve until a signal says stop.

    Raises StartError, PortError, StoreError, SecretError, TlsError, TemplatesError.
    """
    recover(settings.data_dir)
    key = secret.load(settings.secret_path)
    tls.context(settings)
    require_first(settings)
    read_brand(settings.brand)
    raise_file_limit()
    sockets = listen(settings)
    settings = msgspec.structs.replace(settings, port=sockets[0].getsockname()[1])
    with SharedMetrics() as shared_metrics:
        store = StoreSupervisor(settings, shared_metrics, secret.fingerprint(key))
        asyncio.run(Supervisor(settings, sockets, store, shared_metrics, key).run())


class Supervisor:
    """Runs the workers and the store, and stops everything in the right order."""

    def __init__(
        self,
        settings: Settings,
        sockets: list[socket.socket],
        store: StoreSupervisor,
        shared_metrics: SharedMetrics,
        key: bytes,
    ) -> None:
        self.settings = settings
        self.sockets = sockets
        self.store = store
        self.shared_metrics = shared_metrics
        shared_metrics.workers_wanted.set(settings.processes)
        self.key = key
        self.host_key = secret.host_key(key, DEFAULT_CODE)
        self.stopping = asyncio.Event()
        self.workers: set[Worker] = set()
        self.slots = [Slot(self) for _ in range(settings.processes)]
        self._alive_read, self._alive_write = os.pipe()
        self._interactive = sys.stdin is not None and sys.stdin.isatty()
        self._stopping_since = 0.0
        self._rolling: asyncio.Task[None] | None = None
        self._roll_again = False
        self._gave_up: StartError | None = None

    async def run(self) -> None:
        """Start everything, wait until told to stop, and stop everything, the store last."""
        loop = asyncio.get_running_loop()
        tasks.watch_loop()
        tasks.on_fault.append(self._count_fault)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        async with self.store.kept(self.stopping):
            await self._run_workers()

    # What all of them need.

    async def _watch_folders(self) -> None:
        """Recreate folders and files that were deleted: no new worker could start without them."""
        path, last_logged = self.settings.secret_path, ""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self.shared_metrics.repair()
            try:
                words = "It was written again." if secret.put_back(path, self.key) else ""
            except OSError as error:
                words = f"It cannot be written again ({error.strerror}): no worker can start."
            if words and words != last_logged:
                log.error(
                    "The secret file %s was deleted. %s",
                    *(path, words),
                    extra=event("secret_lost", path=str(path)),
                )
            last_logged = words

    # The workers.

    async def _run_workers(self) -> None:
        slots = [tasks.supervise("slot", slot.run, slot.failed) for slot in self.slots]
        greeting = tasks.supervise("greeting", self._greet)
        watching = tasks.supervise("folders", self._watch_folders)
        network = tasks.supervise("network", self._watch_network)
        # Set when told to stop, and by a slot that gives up.
        await self.stopping.wait()
        # The workers have the sockets too, and answer on them until they have drained. With the
        # last worker the sockets are closed, and new connections are refused.
        for each in self.sockets:
            each.close()
        for task in (greeting, watching, network, self._rolling):
            if task is not None:
                task.cancel()
        limit = self.settings.drain_seconds + DRAIN_MARGIN
        await asyncio.gather(
            *(tasks.end_quietly(partial(worker.drain, limit)) for worker in self.workers)
        )
        # A slot that is pausing after a fault need not be waited for.
        await asyncio.wait(slots, timeout=SLOT_SECONDS)
        await tasks.end(slots)
        if self._gave_up:
            raise self._gave_up

    def give_up(self, why: StartError) -> None:
        """Stop everything: no worker will ever be ready."""
        self._gave_up = why
        self.stopping.set()

    def _count_fault(self) -> None:
        self.shared_metrics.faults.inc()
        self.shared_metrics.write()

    async def _greet(self) -> None:
        for slot in self.slots:
            await slot.serves.wait()
        # If the output is not read, connections are served all the same.
        with tasks.contained("greeting"):
            words = banner.greeting(self.settings, self.host_key, self.store.place())
            print(printable(words, lines=True), flush=True)  # noqa: T201
        sd_notify.notify("READY=1")

    async def _watch_network(self) -> None:
        for slot in self.slots:
            await slot.serves.wait()
        addresses = Addresses(self.settings)
        addresses.on_change.append(lambda: self._show_addresses(addresses))
        await addresses.watch()

    def _show_addresses(self, addresses: Addresses) -> None:
        with tasks.contained("greeting"):
            words = banner.other_network(self.settings, addresses, self.host_key)
            print(printable(words, lines=True), flush=True)  # noqa: T201
        log.info(
            "The network has changed. Links now begin with %s.",
            addresses.base(),
            extra=event("network_changed", links=addresses.base(), others=len(addresses.hosts) - 1),
        )

    async def launch(self) -> Worker:
        """Start one worker process, and hand it what it needs."""
        ready_read, ready_write = os.pipe()
        sockets = [each.fileno() for each in self.sockets]
        settings = msgspec.structs.replace(self.settings, redis_url=self.store.url)
        environment = {
            # By default, glibc raises this threshold whenever a larger block is freed, and keeps
            # the memory.
            "MALLOC_MMAP_THRESHOLD_": str(LARGE_BYTES),
            **os.environ,
            # A worker imports from the same places as its parent. The current directory is left out
            # (-P), because it may contain an unrelated folder named `server`.
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PROMETHEUS_MULTIPROC_DIR": str(self.shared_metrics.folder),
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
            await worker.send_handover(Handover(settings, sockets, self.store.is_embedded))
        except BaseException:
            # It was told nothing, and is not supervised.
            worker.kill()
            self.forget(worker)
            raise
        return worker

    def forget(self, worker: Worker) -> None:
        """Remove a worker that has ended."""
        self.workers.discard(worker)
        self.shared_metrics.archive_counters(worker.pid)
        self._count_workers()

    def _count_workers(self) -> None:
        self.shared_metrics.workers.set(len(self.workers))
        self.shared_metrics.write()

    # Signals.

    def _stop(self) -> None:
        now = time.monotonic()
        if self.stopping.is_set():
            # Some tools send a signal to the process and again to its group.
            if now - self._stopping_since < 1.0:
                return
            log.warning(
                "Told to stop again: killing the workers now.", extra=event("stopping_at_once")
            )
            for worker in self.workers:
                worker.kill()
            return
        log.info("Stopping: closing connections, then exiting.", extra=event("stopping"))
        sd_notify.notify("STOPPING=1")
        self._stopping_since = now
        self.stopping.set()

    def _hang_up(self) -> None:
        if self._interactive:
            # The terminal was closed: a person has left, and does not want to replace workers.
            self._stop()
        elif self.stopping.is_set():
            return
        elif self._rolling is None or self._rolling.done():
            self._rolling = tasks.begin("renewal", self._roll())
        else:
            # A newer version may have been installed after the first of them had started.
            self._roll_again = True
            log.info(
                "Told to replace the workers while that is under way: once more after it.",
                extra=event("renewing_again"),
            )

    async def _roll(self) -> None:
        while not self.stopping.is_set():
            self._roll_again = False
            with tasks.contained("renewal") as renewing:
                await self._renew_all()
            if renewing.failed:
                self._log_not_renewed()
            if not self._roll_again:
                return

    def _log_not_renewed(self) -> None:
        log.error(
            "A new worker did not become ready; the old ones keep running.",
            extra=event("renewing_failed"),
        )

    async def _renew_all(self) -> None:
        """Replace the workers one after another, so that one is always serving."""
        log.info("Replacing the workers one by one.", extra=event("renewing"))
        began = time.monotonic()
        for slot in self.slots:
            if self.stopping.is_set():
                return
            if not await slot.renew():
                self._log_not_renewed()
                return
            self.shared_metrics.renewals.inc()
            self._count_workers()
        took = time.monotonic() - began
        log.info(
            "All workers are new. It took %.1f s.",
            took,
            extra=event("renewed", workers=len(self.slots), seconds=round(took, 3)),
        )


class Slot:
    """The slot of one worker: a worker that dies is replaced."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.ready = asyncio.Event()
        """A worker accepts connections."""
        self.serves = asyncio.Event()
        """It has the store too, so votes are accepted."""
        self._worker: Worker | None = None
        self._changing = asyncio.Lock()
        self._restarts = Backoff()

    async def run(self) -> None:
        """Keep a worker in this slot until the server stops."""
        stopping = self.supervisor.stopping
        while True:
            async with self._changing:
                if stopping.is_set():
                    return
                worker = self._worker or await self._fill()
            status = await worker.ended()
            self.supervisor.forget(worker)
            if worker is not self._worker:
                # It was replaced.
                continue
            self._worker = None
            if stopping.is_set():
                return
            self.supervisor.shared_metrics.worker_ends.inc()
            self.supervisor.shared_metrics.write()
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
            if self._restarts.early_ends:
                await sleep_unless(stopping, self._restarts.pause())

    def failed(self, _: Exception) -> None:
        """Note that a worker could not be started here; the caller tries again."""
        self._count_end(0.0)

    def _count_end(self, age: float) -> None:
        self._restarts.count(age)
        if self._restarts.early_ends >= TRIES and not self.ready.is_set():
            self.supervisor.give_up(StartError("No worker became ready; the lines above say why."))

    async def renew(self) -> bool:
        """Start a new worker and drain the old one; return whether the new one became ready."""
        async with self._changing:
            new = await self.supervisor.launch()
            if not await new.ready():
                await new.ended()
                self.supervisor.forget(new)
                return False
            old, self._worker = self._worker, new
            self._watch(new)
        if old is not None:
            limit = self.supervisor.settings.drain_seconds + DRAIN_MARGIN
            await old.drain(limit, replaced=True)
        return True

    async def _fill(self) -> Worker:
        worker = self._worker = await self.supervisor.launch()
        if await worker.ready():
            self.ready.set()
            self._watch(worker)
            log.info(
                "Worker %d is ready after %.1f s.",
                *(worker.pid, worker.age()),
                extra=event("worker_ready", worker=worker.pid, seconds=round(worker.age(), 3)),
            )
        return worker

    def _watch(self, worker: Worker) -> None:
        """Learn when the worker has the store, even if its predecessor ended without."""
        tasks.supervise("store's arrival", partial(self._serve, worker))

    async def _serve(self, worker: Worker) -> None:
        if await worker.has_store():
            self.serves.set()
