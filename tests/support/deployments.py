"""Servers on one store, embedded or external, and a recording of what their clients were sent."""

import contextlib
import os
import random
import signal

from model.clients import Crowd
from model.recording import Recording
from support.server import launched
from support.store import HERE, REDIS, StoreOnSocket, StoreProcess
from support.wait import eventually, until

QUICK = {"STACKVOTE_MESSAGE_RATE": "1000", "STACKVOTE_MESSAGE_BURST": "1000"}
"""Tests type faster than people; limits are tested elsewhere."""


FAR_PORT = 6379


class Embedded(StoreOnSocket):
    """The embedded Valkey: the server's parent starts and restarts it."""

    arguments = ()

    def __init__(self, folder):
        super().__init__(folder.parent / "server" / "data" / "valkey.sock")
        self._server = None

    def serves(self, server):
        self._server = server

    @property
    def pid(self):
        return self._server.store()

    def down(self):
        """Kill it. The parent is frozen, so that it stays away until `up`."""
        pid = self.pid
        self._server.signal(signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not self.answers())

    def up(self):
        self._server.signal(signal.SIGCONT)
        until(self.answers)

    def start(self):
        """Nothing to do: its server starts it."""

    def close(self):
        """Nothing to do: it ends with its server."""


class External(StoreProcess):
    """A store of its own, which the test starts and restarts."""

    def __init__(self, folder, *, durable=True, machine=HERE, program=REDIS, **options):
        if not durable:
            options["appendonly"] = "no"
        far = machine.address != HERE.address
        if far:
            options |= {"bind": "*", "protected_mode": "no"}
        port = FAR_PORT if far else None
        super().__init__(folder, program=program, port=port, machine=machine, **options)
        self.arguments = ("--redis-url", self.url)
        self.start()

    @staticmethod
    def at(host):
        """Return the arguments that tell a server where it is, on a wire to its machine."""
        return ("--redis-url", f"redis://{host}:{FAR_PORT}")

    def serves(self, server):
        """Nothing to do: it belongs to no server."""

    def down(self):
        self.kill()

    def up(self):
        self.start()

    def close(self):
        self.kill()


class Deployment:
    """A deployment. Whatever it starts is stopped with `stack`."""

    def __init__(self, folder, store, stack):
        self.folder = folder
        self.store = store
        self.recording = Recording()
        self.servers = []
        seed = os.environ.get("SEED") or str(random.randrange(1 << 32))
        print(f"SEED={seed}")  # noqa: T201 - shown where a test has failed
        self.random = random.Random(seed)
        self._stack = stack

    def serve(
        self, name="server", processes=3, prelude="", inside=(), host="127.0.0.1", **environment
    ):
        """Start a server, on this machine or inside another, and wait until it is ready."""
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
        """Wait until `n` more messages are acknowledged."""
        enough = len(self.recording.acks) + n
        await eventually(lambda: len(self.recording.acks) >= enough)

    def crowd(self, code="FRAMEWORKS", **how):
        return Crowd(self.recording, code, self.random, **how)


@contextlib.contextmanager
def deployments(folder):
    """Yield a function that creates deployments in a folder; whatever they start is stopped with
    the test.
    """
    with contextlib.ExitStack() as stack:

        def make(store):
            stack.callback(store.close)
            return Deployment(folder, store, stack)

        yield make


def _end(server):
    """Stop a server, even if a failed test has frozen it; it must shut down cleanly."""
    if server.process.poll() is None:
        server.signal(signal.SIGCONT)
        assert server.stop() == 0
    for unheard in ("Traceback", "does not stop", "never retrieved"):
        assert unheard not in server.log, server.log
