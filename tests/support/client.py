"""A live connection as the protocol describes it, and what a test asks of it."""

import asyncio
import itertools
import json

from websockets.asyncio import client as asyncio_client
from websockets.exceptions import ConnectionClosed
from websockets.sync import client as blocking_client

from support.wait import eventually

USUAL = {"subprotocols": ["stackvote.v1"], "ping_interval": None, "proxy": None}


def connect(base, code, *, cookie=None, query="", **more):
    """Open a live connection to a board on the server at `base`; nothing is sent yet.

    Returns what `websockets` returns: it can be awaited, or entered with `async with`.
    """
    return asyncio_client.connect(_address(base, code, query), **_options(cookie, more))


def connect_blocking(base, code, *, cookie=None, query="", **more):
    """Open a live connection, like `connect`, for tests without a loop."""
    return blocking_client.connect(_address(base, code, query), **_options(cookie, more))


def _address(base, code, query):
    return f"{base}/b/{code}/live{query}".replace("http", "ws", 1)


def _options(cookie, more):
    headers = ({"Cookie": cookie} if cookie else {}) | more.pop("headers", {})
    return USUAL | {"additional_headers": headers} | more


class LiveClient:
    """One live connection: what it received, in order."""

    _ids = itertools.count(1)

    def __init__(self, socket):
        self.socket = socket
        self.frames = []
        self.raw = []
        """What arrived, undecoded."""
        self.welcome = None
        self.cookie = None
        self._reader = asyncio.create_task(self._read())

    async def _read(self):
        try:
            while True:
                said = await self.socket.recv()
                self.raw.append(said)
                self.frames.append(json.loads(said))
        except ConnectionClosed:
            pass

    async def forget(self):
        self._reader.cancel()

    async def send(self, message):
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hello(self, view="ballot", **more):
        seen = len(self.frames)
        await self.send({"type": "hello", "view": view, **more})
        return await self.receive("welcome", after=seen)

    def of(self, type_, after=0):
        return [frame for frame in self.frames[after:] if frame["type"] == type_]

    async def receive(self, type_, holds=lambda _: True, after=0):
        """Wait for a frame of a type that meets a condition."""

        def found():
            return next((frame for frame in self.of(type_, after) if holds(frame)), None)

        return await eventually(found)

    async def ask(self, type_, **fields):
        """Send a request, and wait for the answer."""
        fields = {"id": f"m{next(self._ids)}"} | fields
        seen = len(self.frames)
        await self.send({"type": type_, **fields})

        def answer():
            return next(
                (
                    frame
                    for frame in self.frames[seen:]
                    if frame["type"] in {"ack", "refused"} and frame["id"] == fields["id"]
                ),
                None,
            )

        return await eventually(answer)

    async def done(self, type_, **fields):
        """Send a request that must succeed; return its position."""
        answer = await self.ask(type_, **fields)
        assert answer["type"] == "ack", answer
        return answer["seq"]

    async def closed(self):
        """Wait until the server has closed; return code and reason."""
        await asyncio.wait_for(self.socket.wait_closed(), 10)
        return self.socket.close_code, self.socket.close_reason
