"""One worker process: what it does, and how its parent sees it.

A worker is a fresh interpreter that inherits the sockets. Two pipes connect it with its parent: on
`STACKVOTE_PARENT_FD` it notices that its parent is gone (by reading end of file), and on
`STACKVOTE_READY_FD` it reports that it accepts connections (by writing `1`), and then that it has
the store too (`2`). The settings are passed on standard input, because they contain a password,
which a command line or an environment would expose.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process

import msgspec

from server.observability import logs
from server.observability.logs import event
from server.sanitize import redaction
from server.settings import Settings
from server.store.embedded import tenancy

READY_SECONDS = 30.0

log = logging.getLogger("stackvote.workers")


class Handover(msgspec.Struct, frozen=True):
    """What a worker receives from its parent, on standard input."""

    settings: Settings
    sockets: list[int]
    embedded: bool


def work() -> None:
    """Run a worker: serve what the parent hands over, until told to stop or the parent is gone."""
    handover = msgspec.json.decode(sys.stdin.buffer.read(), type=Handover)
    sys.excepthook = redaction.excepthook
    handover.settings.hide_secrets()
    # Only a worker loads the web framework and all that depends on it.
    from server.app import serve  # noqa: PLC0415

    logs.configure(handover.settings)
    sys.excepthook = logs.log_uncaught
    sockets = [socket.socket(fileno=number) for number in handover.sockets]
    for each in sockets:
        each.setblocking(False)
    tenant = tenancy(handover.settings.data_dir) if handover.embedded else contextlib.nullcontext()
    with tenant:
        asyncio.run(serve(handover.settings, sockets))


class Worker:
    """One worker process, as its parent sees it."""

    def __init__(self, process: Process, ready: int) -> None:
        self.pid = process.pid
        self._process = process
        self._ready = ready
        self._reports: asyncio.StreamReader | None = None
        self._started = time.monotonic()

    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    async def send_handover(self, handover: Handover) -> None:
        """Hand it what it needs."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it was opened as a pipe
        # A worker that died at once does not read; its end is noticed elsewhere.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(msgspec.json.encode(handover))
            await stdin.drain()
            stdin.close()
            await stdin.wait_closed()

    async def ready(self) -> bool:
        """Wait until it reports that it is ready; False if it ends first, or hangs."""
        reader = self._reports = asyncio.StreamReader()
        # It is closed at end of file, which comes with the worker's end at the latest.
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(self._ready, "rb", 0)
        )
        try:
            async with asyncio.timeout(READY_SECONDS):
                return await reader.read(1) == b"1"
        except TimeoutError:
            log.error(  # noqa: TRY400
                "Worker %d is not ready after %d s.",
                *(self.pid, READY_SECONDS),
                extra=event("worker_not_ready", worker=self.pid),
            )
            self.kill()
            return False

    async def has_store(self) -> bool:
        """Wait until it reports that it has the store; False if it ends first."""
        return self._reports is not None and await self._reports.read(1) == b"2"

    async def ended(self) -> int:
        """Wait until it has ended, and return its exit status."""
        return await self._process.wait()

    async def drain(self, limit: float, *, replaced: bool = False) -> None:
        """Tell it to close its connections, and wait until it has ended; kill it after the limit.

        A `replaced` worker accepts no more connections, as the others do so.
        """
        self._signal(signal.SIGHUP if replaced else signal.SIGTERM)
        try:
            async with asyncio.timeout(limit):
                await self._process.wait()
        except TimeoutError:
            log.warning(
                "Worker %d does not stop; killing it.",
                self.pid,
                extra=event("worker_killed", worker=self.pid),
            )
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        """Kill it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
