"""Two stores, one replicating the other, and relays that can hold back data in transit."""

import asyncio
import contextlib
import threading
from pathlib import Path

from support.ports import free_port
from support.store import StoreProcess
from support.wait import until

OPTIONS = {
    "appendfsync": "no",
    "repl_diskless_sync_delay": 0,
    "repl_timeout": 3600,
    "repl_ping_replica_period": 3600,
    "shutdown_timeout": 0,
}
"""A stalled link must not be detected by itself: the test decides when it is over. And at the end
no one waits for a replica that cannot be reached.
"""


class Relay:
    """An address that forwards to a target; a new target applies to new connections only.

    While it holds, data that arrives is not forwarded, in either direction, and nothing is closed;
    `hold_replication` does that to replicas alone. `replace`: bytes, and what is put in their place on the way.
    """

    def __init__(self, target, replace=(b"", b"")):
        self.target = target
        self._replace = replace
        self._loop = asyncio.new_event_loop()
        self._flows, self._replication_flows = asyncio.Event(), asyncio.Event()
        self._flows.set()
        self._replication_flows.set()
        self._tasks = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def hold(self):
        self._loop.call_soon_threadsafe(self._flows.clear)

    def hold_replication(self):
        self._loop.call_soon_threadsafe(self._replication_flows.clear)

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
        waits_for = [self._flows]
        with contextlib.ExitStack() as stack:
            stack.callback(writer.close)
            with contextlib.suppress(OSError, asyncio.CancelledError):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
                stack.callback(far_writer.close)
                await asyncio.gather(
                    self._pass_on(reader, far_writer, waits_for),
                    self._pass_on(far_reader, writer, waits_for),
                )
        self._tasks.discard(asyncio.current_task())

    async def _pass_on(self, reader, writer, waits_for):
        while data := await reader.read(1 << 16):
            if b"PSYNC" in data:
                waits_for.append(self._replication_flows)
            for flows in waits_for:
                await flows.wait()
            writer.write(data.replace(*self._replace))
            await writer.drain()
        writer.close()


class Node(StoreProcess):
    """One Valkey, which can be killed, and restarted with all its data."""

    def __init__(self, folder):
        super().__init__(folder, port=free_port(), bind="127.0.0.1", **OPTIONS)
        self.start()

    @property
    def run_id(self):
        return self._info("server")["run_id"]

    def follow(self, port):
        """Replicate the store at a port, and wait until everything is copied."""
        self.run("REPLICAOF", "127.0.0.1", port)
        until(lambda: self._info("replication")["master_link_status"] == "up")

    def promote(self):
        self.run("REPLICAOF", "NO", "ONE")

    def _info(self, section):
        with self.client() as client:
            return client.info(section)


class Replicated:
    """Two nodes: `b` replicates `a` over a `link`, and servers connect to the `address`."""

    def __init__(self, folder):
        folder.mkdir()
        self.a, self.b = Node(folder / "a"), Node(folder / "b")
        self.primary = self.a
        self.link, self.address = Relay(self.a.port), Relay(self.a.port)
        self.b.follow(self.link.port)
        self.arguments = self.at(self.address)

    @staticmethod
    def at(where):
        """Return the arguments that tell a server where its store is."""
        return ("--redis-url", f"redis://127.0.0.1:{where.port}")

    def client(self):
        """Connect to the store that is authoritative in the end."""
        return self.primary.client()

    def serves(self, server):
        """Nothing to do: it belongs to no server."""

    def replicated(self):
        """Wait until `b` has everything that `a` has."""
        with self.a.client() as client:
            until(lambda: client.execute_command("WAIT", 1, 100) == 1)

    def close(self):
        self.address.close()
        self.link.close()
        self.a.kill()
        self.b.kill()


def snapshot(node, copy):
    """Save a copy of what a node holds now."""
    with node.client() as client:
        client.save()
    Path(copy).write_bytes((node.folder / "dump.rdb").read_bytes())
