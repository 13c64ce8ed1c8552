"""Real stores, in processes of their own: started, frozen, killed and restarted."""

import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.store.embedded import valkey_server
from support.ports import free_port
from support.programs import path_of
from support.wait import until

DURABLE = {"save": "", "appendonly": "yes", "appendfsync": "always"}
VALKEY, REDIS = "valkey", "redis-server"
"""Valkey comes with the embedded store; a test that starts Redis must declare it as needed."""


class Host(NamedTuple):
    """Where a store runs; `faults/network_links.py` makes machines that are like this."""

    address: str = "127.0.0.1"
    inside: Sequence[str] = ()
    """The prefix of a command that runs there."""


HERE = Host()


class StoreOnSocket:
    """What tests ask of a store at a Unix socket, bypassing the server."""

    def __init__(self, socket):
        self.socket = socket

    def client(self, **more):
        """Connect; nothing is tried twice."""
        once = {"socket_timeout": 10, "retry": Retry(NoBackoff(), 0)}
        return redis.Redis(unix_socket_path=str(self.socket), **once | more)

    def run(self, *words):
        """Run a command, and return its answer."""
        with self.client() as client:
            return client.execute_command(*words)

    def replication(self):
        with self.client() as client:
            return client.info("replication")

    def is_replica(self):
        """Whether it has been demoted, which ends all connections to it."""
        try:
            return self.replication()["role"] == "slave"
        except redis.exceptions.RedisError:
            return False

    def answers(self):
        try:
            return self.run("PING")
        except redis.exceptions.AuthenticationError:
            return True
        except redis.exceptions.RedisError:
            return False


class StoreProcess(StoreOnSocket):
    """A store in a process of its own, at a socket in its folder, and at a port if it is given one.

    Options are those of its configuration, with underscores; a value may be several words. It runs
    on a `machine`. With `tls` its port speaks TLS alone.
    """

    def __init__(self, folder, *, program=VALKEY, port=None, machine=HERE, tls=None, **options):
        super().__init__(folder / "sock")
        self.folder = folder
        self.port = port
        self.machine = machine
        own = {"dir": folder, "unixsocket": self.socket, "logfile": folder / "log"}
        own |= {"port": 0, "tls_port": port} | tls.options if tls else {"port": port or 0}
        self.command = [*machine.inside, binary(program)]
        for name, value in (DURABLE | own | options).items():
            self.command += [f"--{name.replace('_', '-')}", *str(value).split(" ")]
        self.process = None

    @property
    def url(self):
        if not self.port:
            return f"unix://{self.socket}"
        return f"redis://{self.machine.address}:{self.port}/0"

    def url_as(self, user, password, database=0):
        """Return the address of a database for a user; the store has a port."""
        return f"redis://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Start, or restart with all that was kept, and wait until it answers."""
        self.launch()
        until(self._answers_or_ended)
        assert self.process.poll() is None, (self.folder / "log").read_text()
        return self

    def launch(self):
        """Start without waiting."""
        self.folder.mkdir(exist_ok=True)
        self.process = subprocess.Popen(self.command)

    def _answers_or_ended(self):
        return self.process.poll() is not None or self.answers()

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Stop, even if it is frozen, has ended or was never started."""
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(10)


def binary(program):
    """Return the path of a program that stores run."""
    return str(valkey_server()) if program == VALKEY else path_of(program)


@contextmanager
def stores(folder):
    """Provide a function that starts stores in a folder, and stop them all."""
    with ExitStack() as stack:

        def start(name="store", **options):
            store = StoreProcess(folder / name, **options)
            stack.callback(store.stop)
            return store.start()

        yield start


@contextmanager
def stores_on_ports(folder):
    """Like `stores`, each on a port, and as safe as the documentation demands."""
    with stores(folder) as start:

        def start_on_port(name="store", **options):
            return start(name, port=free_port(), **{"maxmemory_policy": "noeviction"} | options)

        yield start_on_port
