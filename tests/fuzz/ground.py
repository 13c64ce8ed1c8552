"""A real server to throw bytes at, and what has to hold of it all the while."""

import asyncio
import contextlib
import json
import re
import urllib.request
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
from running import launched
from websockets.asyncio.client import connect

PATIENCE = 20.0
"""Seconds in which a server has to answer an honest client, or to let go of one that has left."""
IDLE = 0.15
"""Seconds without a byte after which nothing more is expected."""
STORE = 32
"""Connections to the store that a worker may keep open."""
GROWN_MB = 48
"""What a worker may weigh more at the end than after it had warmed up."""
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
    """Bytes of one connection: where they are cut into pieces, and how it ends."""

    data: bytes
    cuts: list[int] = []
    ending: str = "leave"
    """`leave` when nothing more comes, `half`: say that nothing more is sent, `reset`."""

    def pieces(self):
        places = [0, *sorted(cut for cut in self.cuts if cut < len(self.data)), len(self.data)]
        return [self.data[a:b] for a, b in pairwise(places) if b > a]


def encode(case):
    return msgspec.msgpack.encode(case)


def decode(data):
    return msgspec.msgpack.decode(data, type=Case)


class Ground:
    """One worker, a board for honest people, and a board on which everything may happen."""

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
        with urllib.request.urlopen(request, timeout=PATIENCE) as got:
            return json.load(got)

    def _cookie(self, code):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/b/{code}") as got:
            return got.headers["Set-Cookie"].partition(";")[0]

    async def _open(self, key):
        for code, its in ((self.board, key), (self.other, self.key)):
            asked = {"type": "open_round", "id": "o", "method": "approval"}
            asked["settings"] = {"visibility": "live"}
            bearer = {"Authorization": f"Bearer {its}"}
            await asyncio.to_thread(self._post, f"/api/boards/{code}/actions", asked, **bearer)

    # What is thrown at it

    def filled(self, data):
        """Put in what differs from server to server."""
        for name in ("board", "other", "key", "cookie", "guest", "port"):
            data = data.replace(f"@{name}@".encode(), str(getattr(self, name)).encode())
        return data

    async def throw(self, case):
        """Send a case, and give what came back. Raises AssertionError for a connection that hangs."""
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
                # It may have closed by now.
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

    # What has to hold

    async def serves(self):
        """An honest person comes, votes, is told that it counts, and leaves."""
        self._votes += 1
        address = f"ws://127.0.0.1:{self.port}/b/{self.board}/live"
        ballot = {"approve": ["ant"] if self._votes % 2 else ["bee"]}
        vote = {"type": "vote", "id": f"v{self._votes}", "round": 1, "ballot": ballot}
        async with asyncio.timeout(PATIENCE):
            cookie = {"Cookie": self.cookie}
            async with connect(
                address, additional_headers=cookie, subprotocols=["stackvote.v1"], max_size=None
            ) as line:
                await line.send('{"type":"hello","view":"ballot"}')
                await line.send(json.dumps(vote))
                while (told := json.loads(await line.recv()))["type"] != "ack":
                    # On a machine with much to do even the store may seem to be away.
                    assert told["type"] != "refused" or told["code"] == "store_away", told
                    if told["type"] == "refused":
                        await asyncio.sleep(0.2)
                        await line.send(json.dumps(vote))

    def is_calm(self):
        """Nothing in the log since the last look is a fault, and no process has ended."""
        log = self.news()
        assert not (found := FAULT.search(log)), log[max(0, found.start() - 300) :]
        assert self.server.workers() == {self.worker}

    def news(self):
        """What the log says since the last look."""
        log = self.server.log[self._read :]
        self._read += len(log)
        return log

    def weight(self):
        """What the worker weighs, in MB."""
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def sockets(self):
        return len(list(Path(f"/proc/{self.worker}/fd").iterdir()))

    def pages(self):
        """How many pages the worker counts as open."""
        _, metrics = self.server.get("/metrics")
        return sum(
            map(float, re.findall(r"^stackvote_connections\{.*\} (.*)$", metrics, re.MULTILINE))
        )

    async def is_left(self, sockets):
        """Wait until it has let go of all who came."""
        deadline = asyncio.get_running_loop().time() + 2 * PATIENCE
        while self.sockets() > sockets + STORE or self.pages():
            now = asyncio.get_running_loop().time()
            assert now < deadline, f"{self.sockets()} of {sockets} sockets, {self.pages()} pages"
            await asyncio.sleep(0.1)


@contextmanager
def ground(folder):
    with launched(folder, "--processes", "1", **OPEN_HANDED) as server:
        yield Ground(server.await_greeting())
