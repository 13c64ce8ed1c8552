"""A real server to send bytes to, and what must hold for it all the while."""

import asyncio
import contextlib
import json
import re
import urllib.error
import urllib.request
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import msgspec

from support.client import connect
from support.server import launched
from support.wait import eventually, until

PATIENCE = 20.0
"""Seconds within which a server must answer an honest client, or release one that has left."""
IDLE = 0.15
"""Seconds without a byte after which nothing more is expected."""
STORE = 32
"""Connections to the store that a worker may keep open."""
GROWN_MB = 48
"""How much more memory a worker may use at the end than after warming up."""
FAULT = re.compile(r"Traceback|ERROR|CRITICAL|never retrieved|Fatal error|Exception in callback")
CLOSES = {1000, 1001, 1002, 1007, 1009, 1012, 4000, 4003, 4004, 4008, 4029}
OPTIONS = ("Ant", "Bee", "Cat")
OPEN_HANDED = {
    "STACKVOTE_PROXY_HEADERS": "true",
    "STACKVOTE_MESSAGE_RATE": "10000",
    "STACKVOTE_MESSAGE_BURST": "10000",
    "STACKVOTE_BOARD_RATE": "10000",
}


class Case(msgspec.Struct):
    """Bytes of one connection: where they are split into pieces, and how it ends."""

    data: bytes
    cuts: list[int] = []
    ending: str = "leave"
    """`leave` once nothing more arrives, `half` to shut down the sending side, `reset`."""

    def pieces(self):
        places = [0, *sorted(cut for cut in self.cuts if cut < len(self.data)), len(self.data)]
        return [self.data[a:b] for a, b in pairwise(places) if b > a]


def encode(case):
    return msgspec.msgpack.encode(case)


def decode(data):
    return msgspec.msgpack.decode(data, type=Case)


class FuzzedServer:
    """One worker, a board for honest people, and a board on which anything may happen."""

    def __init__(self, server):
        self.server = server
        self.port = server.port
        (self.worker,) = server.workers()
        self.board, key = self._found()
        self.other, self.key = self._found()
        self.cookie = self._cookie(self.board)
        self.guest = self._cookie(self.other)
        self._votes = self._read = 0
        asyncio.run(self._open(key))

    def _found(self):
        options = [{"name": name} for name in OPTIONS]
        body = {"title": "T", "options": options, "criteria": [{"name": "Speed"}]}
        return (made := self._post("/api/boards", body))["code"], made["host_key"]

    def _post(self, path, body, **headers):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), headers
        )

        def answer():
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as got:
                    return json.load(got)
            except urllib.error.HTTPError as error:
                if error.code != 503:
                    raise

        # A store whose disk is busy is away for a moment.
        return until(answer)

    def _cookie(self, code):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/b/{code}") as got:
            return got.headers["Set-Cookie"].partition(";")[0]

    async def _open(self, key):
        for code, its in ((self.board, key), (self.other, self.key)):
            asked = {"type": "open_round", "id": "o", "method": "approval"}
            asked["settings"] = {"visibility": "live", "names": "open"}
            bearer = {"Authorization": f"Bearer {its}"}
            await asyncio.to_thread(self._post, f"/api/boards/{code}/actions", asked, **bearer)

    # Input

    def filled(self, data):
        """Fill in the values that differ from server to server."""
        for name in ("board", "other", "key", "cookie", "guest", "port"):
            data = data.replace(f"@{name}@".encode(), str(getattr(self, name)).encode())
        return data

    async def throw(self, case):
        """Send a case, and return the answer. Raises AssertionError for a connection that hangs."""
        case = msgspec.structs.replace(case, data=self.filled(case.data))
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection("127.0.0.1", self.port), PATIENCE
        )
        came = []
        try:
            for piece in case.pieces():
                if not writer.transport.is_closing():
                    writer.write(piece)
                    await asyncio.sleep(0)
            if case.ending == "reset":
                return b""
            if case.ending == "half":
                # It may be closed by now.
                with contextlib.suppress(OSError):
                    writer.write_eof()
            with contextlib.suppress(ConnectionError):
                patience = PATIENCE if case.ending == "half" else IDLE
                while data := await asyncio.wait_for(reader.read(65_536), patience):
                    came.append(data)
        except TimeoutError:
            assert case.ending != "half", "it holds on to a connection that was left"
        finally:
            writer.transport.abort()
        return b"".join(came)

    # What must hold

    async def serves(self):
        """An honest person arrives, votes, gets an acknowledgement, and leaves."""
        self._votes += 1
        ballot = {"approve": ["ant"] if self._votes % 2 else ["bee"]}
        vote = {"type": "vote", "id": f"v{self._votes}", "round": 1, "ballot": ballot}
        async with asyncio.timeout(PATIENCE):
            async with connect(
                self.server.address, self.board, cookie=self.cookie, max_size=None
            ) as connection:
                await connection.send('{"type":"hello","view":"ballot"}')
                await connection.send(json.dumps(vote))
                while (told := json.loads(await connection.recv()))["type"] != "ack":
                    # On a busy machine even the store may seem to be away.
                    assert told["type"] != "refused" or told["code"] == "store_away", told
                    if told["type"] == "refused":
                        await asyncio.sleep(0.2)
                        await connection.send(json.dumps(vote))

    def is_calm(self):
        """The log has no fault since the last check, and no process has ended."""
        log = self.news()
        assert not (found := FAULT.search(log)), log[max(0, found.start() - 300) :]
        assert self.server.workers() == {self.worker}

    def news(self):
        """Return what was logged since the last call."""
        log = self.server.log[self._read :]
        self._read += len(log)
        return log

    def weight(self):
        """Return the worker's memory, in MB."""
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def sockets(self):
        return len(list(Path(f"/proc/{self.worker}/fd").iterdir()))

    def pages(self):
        """Return the number of pages that the worker counts as open."""
        _, metrics = self.server.get("/metrics")
        return sum(
            map(float, re.findall(r"^stackvote_connections\{.*\} (.*)$", metrics, re.MULTILINE))
        )

    async def is_left(self, sockets):
        """Wait until the worker has released all clients."""
        await eventually(
            lambda: self.sockets() <= sockets + STORE and not self.pages(), 2 * PATIENCE
        )


@contextmanager
def fuzzed_server(folder):
    with launched(folder, "--processes", "1", **OPEN_HANDED) as server:
        yield FuzzedServer(server.await_greeting())
