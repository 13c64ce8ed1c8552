"""The two stores that everything is tried on, each killed and started as it would be."""

import os
import signal
import subprocess

import redis
from programs import path_of
from redis.backoff import NoBackoff
from redis.retry import Retry
from running import until

FAR_PORT = "6379"


class Store:
    """What the checker and the tests ask of a store behind the server's back."""

    socket = None

    def client(self):
        once = Retry(NoBackoff(), 0)
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=10, retry=once)

    def answers(self):
        try:
            with self.client() as client:
                return client.ping()
        except redis.RedisError:
            return False


class Embedded(Store):
    """The private Valkey: the server's parent starts it and starts it again."""

    arguments = ()

    def __init__(self, folder):
        self.socket = folder.parent / "server" / "data" / "valkey.sock"
        self._server = None

    def serves(self, server):
        self._server = server

    @property
    def pid(self):
        return self._server.store()

    def down(self):
        """Kill it. The parent is held, so that it stays away until `up`."""
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


class Debian(Store):
    """Debian's redis-server, which the test starts and starts again."""

    def __init__(
        self, folder, *, durable=True, fsync="always", inside=(), host=None, program="redis-server"
    ):
        """`inside` is the command that starts it on another machine, `host` its address there."""
        folder.mkdir(exist_ok=True)
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.arguments = ("--redis-url", self.url)
        options = {"port": "0", "unixsocket": self.socket, "dir": folder, "save": ""}
        options |= {"logfile": folder / "redis.log"}
        if host:
            options |= {"port": FAR_PORT, "bind": "*", "protected-mode": "no"}
            self.arguments = self.at(host)
        if durable:
            options |= {"appendonly": "yes", "appendfsync": fsync}
        pairs = (str(part) for key, value in options.items() for part in (f"--{key}", value))
        self._command = [*inside, path_of(program), *pairs]
        self.start()

    @staticmethod
    def at(host):
        """Say where it is, on one of the wires to its machine."""
        return ("--redis-url", f"redis://{host}:{FAR_PORT}")

    def serves(self, server):
        """It belongs to nobody."""

    @property
    def pid(self):
        return self._process.pid

    def down(self):
        self._process.kill()
        self._process.wait()

    def start(self):
        self._process = subprocess.Popen(self._command)
        until(self.answers)

    up = start
    close = down
