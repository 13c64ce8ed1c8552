"""Several processes and real stores: what a test starts is ended, whatever becomes of it."""

import contextlib
import os
import random
import signal
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent))

from checker import Journal
from people import Crowd
from running import launched
from stores import Debian, Embedded

QUICK = {"STACKVOTE_MESSAGE_RATE": "1000", "STACKVOTE_MESSAGE_BURST": "1000"}
"""Tests type faster than people; limits are tried elsewhere."""


class Place:
    """A folder with a store and the servers on it, and what people were told there."""

    def __init__(self, folder, store, stack):
        self.folder = folder
        self.store = store
        self.journal = Journal()
        seed = os.environ.get("SEED") or str(random.randrange(1 << 32))
        print(f"SEED={seed}")  # noqa: T201 - shown where a test has failed
        self.random = random.Random(seed)
        self._stack = stack

    def serve(self, name="server", processes=3, **environment):
        """Start a server and wait until all of its processes are ready."""
        server = self._stack.enter_context(
            launched(
                self.folder / name,
                *("--processes", str(processes), "--secret-file", str(self.folder / "secret")),
                *self.store.arguments,
                **QUICK | environment,
            )
        )
        self._stack.callback(_end, server)
        server.await_greeting()
        self.store.serves(server)
        return server

    def crowd(self, code="FRAMEWORKS"):
        return Crowd(self.journal, code, self.random)


def _end(server):
    """End a server, also one that a failed test has held; it ends in good order, without a word."""
    if server.process.poll() is None:
        server.signal(signal.SIGCONT)
        assert server.stop() == 0
    for unheard in ("Traceback", "does not end", "never retrieved"):
        assert unheard not in server.log, server.log


@pytest.fixture
def place_on(tmp_path):
    """Make places; what they hold is ended with the test."""
    with contextlib.ExitStack() as stack:

        def make(store):
            stack.callback(store.close)
            return Place(tmp_path, store, stack)

        yield make


@pytest.fixture(params=[Embedded, Debian], ids=["embedded", "debian"])
def place(request, place_on, tmp_path):
    """A place on each of the two stores."""
    return place_on(request.param(tmp_path / "store"))
