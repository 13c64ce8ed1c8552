"""A folder with a store and the servers on it, and what people were told there."""

import contextlib
import os
import random
import signal

from journal import Journal
from people import Crowd, eventually
from running import PATIENCE, launched

QUICK = {"STACKVOTE_MESSAGE_RATE": "1000", "STACKVOTE_MESSAGE_BURST": "1000"}
"""Tests type faster than people; limits are tried elsewhere."""


class Place:
    """Where a test happens. What it holds is ended with `stack`."""

    def __init__(self, folder, store, stack):
        self.folder = folder
        self.store = store
        self.journal = Journal()
        self.servers = []
        seed = os.environ.get("SEED") or str(random.randrange(1 << 32))
        print(f"SEED={seed}")  # noqa: T201 - shown where a test has failed
        self.random = random.Random(seed)
        self._stack = stack

    def serve(
        self, name="server", processes=3, prelude="", inside=(), host="127.0.0.1", **environment
    ):
        """Start a server, on this machine or inside of another, and wait until it is ready."""
        server = self._stack.enter_context(
            launched(
                self.folder / name,
                *("--processes", str(processes), "--secret-file", str(self.folder / "secret")),
                *self.store.arguments,
                prelude=prelude,
                inside=inside,
                host=host,
                **QUICK | environment,
            )
        )
        self._stack.callback(_end, server)
        server.await_greeting()
        self.store.serves(server)
        self.servers.append(server)
        return server

    async def answered(self, n):
        """Wait until so many more of what people say has been acknowledged."""
        enough = len(self.journal.acks) + n
        await eventually(lambda: len(self.journal.acks) >= enough, PATIENCE)

    def crowd(self, code="FRAMEWORKS", **how):
        return Crowd(self.journal, code, self.random, **how)


@contextlib.contextmanager
def places(folder):
    """Give what makes places in a folder; what they hold is ended with the test."""
    with contextlib.ExitStack() as stack:

        def make(store):
            stack.callback(store.close)
            return Place(folder, store, stack)

        yield make


def _end(server):
    """End a server, also one that a failed test has held; it ends in good order, without a word."""
    if server.process.poll() is None:
        server.signal(signal.SIGCONT)
        assert server.stop() == 0
    for unheard in ("Traceback", "does not end", "never retrieved"):
        assert unheard not in server.log, server.log
