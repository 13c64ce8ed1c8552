"""One worker process: what it does, and how its parent sees it.

A worker is a fresh interpreter that inherits the sockets. Between it and its parent there are
two pipes: by `STACKVOTE_PARENT_FD` it notices that its parent is gone (it reads the end of
file), and by `STACKVOTE_READY_FD` it says that it takes people in (it writes `1`), and then that it
has the store, too (`2`).
The settings come by standard input, because they hold a password, which a command line or an
environment would show.
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

from server import loglines, redaction
from server.log.embedded import tenancy
from server.loglines import event
from server.settings import Settings

READY_SECONDS = 30.0

log = logging.getLogger("stackvote.workers")


class Handover(msgspec.Struct, frozen=True):
    """What a worker is told by its parent, on standard input."""

    settings: Settings
    sockets: list[int]
    embedded: bool


def work() -> None:
    """Be a worker: serve what the parent hands over, until it says stop or is gone."""
    handover = msgspec.json.decode(sys.stdin.buffer.read(), type=Handover)
    sys.excepthook = redaction.excepthook
    handover.settings.hide_secrets()
    # Only a worker loads the web framework and all that hangs on it.
    from server.app import serve  # noqa: PLC0415

    loglines.configure(handover.settings)
    sys.excepthook = loglines.tell_of_end
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
        self._said: asyncio.StreamReader | None = None
        self._started = time.monotonic()

    def age(self) -> float:
        """How long ago it was started, in seconds."""
        return time.monotonic() - self._started

    async def tell(self, handover: Handover) -> None:
        """Give it what it is to know."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it was opened as a pipe
        # One that died at once does not listen; its end is noticed elsewhere.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(msgspec.json.encode(handover))
            await stdin.drain()
            stdin.close()
            await stdin.wait_closed()

    async def ready(self) -> bool:
        """Wait until it says that it is ready. One that ends first, or hangs, never is."""
        reader = self._said = asyncio.StreamReader()
        # At the end of the file, which comes with the worker's at the latest, it is closed.
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
        """Wait until it says that it has the store; False where it ends first."""
        return self._said is not None and await self._said.read(1) == b"2"

    async def ended(self) -> int:
        """Wait until it is gone, and give its exit status."""
        return await self._process.wait()

    async def drain(self, limit: float, *, replaced: bool = False) -> None:
        """Let it send its people away, and wait until it is gone; kill it after the limit.

        One that is replaced takes no more people: the others do.
        """
        self._signal(signal.SIGHUP if replaced else signal.SIGTERM)
        try:
            async with asyncio.timeout(limit):
                await self._process.wait()
        except TimeoutError:
            log.warning(
                "Worker %d does not end; killing it.",
                self.pid,
                extra=event("worker_killed", worker=self.pid),
            )
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
