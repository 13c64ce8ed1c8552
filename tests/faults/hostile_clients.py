"""Hostile clients in their own process: `hostile_clients.py KIND HOST PORT COUNT`.

Each kind does one thing wrong, many times at once. The process prints `ready` once all clients have
begun, continues until its standard input ends, and then prints the outcomes: how many were
disconnected, by close code, and how many are still connected.
"""

import asyncio
import base64
import contextlib
import itertools
import json
import os
import resource
import socket
import struct
import sys
from collections import Counter

BOARD = "FRAMEWORKS"
AT_ONCE = 200
"""The number of connections that are opened at the same time."""
TEXT, CLOSE, PING, PONG, CONT = 0x81, 0x88, 0x89, 0x8A, 0x80
BEGUN_TEXT, BEGUN_CONT = 0x01, 0x00
HELLO = b'{"type": "hello", "view": "screen"}'


class RawConnection:
    """One hostile client's connection, byte by byte."""

    def __init__(self, sock):
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self.received = []
        """Types of the messages that were received."""

    @classmethod
    async def open(cls, address, *, small=False):
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await asyncio.get_running_loop().sock_connect(sock, address)
        return cls(sock)

    async def send(self, data):
        await self._loop.sock_sendall(self._socket, data)

    async def drip(self, data, pause):
        """Send each byte by itself."""
        for byte in data:
            await self.send(bytes([byte]))
            await asyncio.sleep(pause)

    async def shake_hands(self):
        key = base64.b64encode(os.urandom(16)).decode()
        await self.send(
            f"GET /b/{BOARD}/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: stackvote.v1\r\n\r\n".encode()
        )
        head = await self._until(b"\r\n\r\n")
        assert b" 101 " in head, head

    async def ended(self):
        """Read until the server closes; return the close code, or how else it ended."""
        with contextlib.suppress(ConnectionError, EOFError):
            while True:
                opcode, size = await self._take(2)
                if size == 126:
                    size = int.from_bytes(await self._take(2))
                elif size == 127:
                    size = int.from_bytes(await self._take(8))
                payload = await self._take(size)
                if opcode == CLOSE:
                    self._socket.close()
                    return str(int.from_bytes(payload[:2]))
                if opcode == TEXT:
                    self.received.append(json.loads(payload)["type"])
        self._socket.close()
        return "cut"

    async def gone(self):
        """Read until the server closes, whatever it sends."""
        with contextlib.suppress(ConnectionError):
            while await self._loop.sock_recv(self._socket, 65_536):
                pass
        self._socket.close()
        return "cut"

    async def _until(self, mark):
        while mark not in self._buffer:
            await self._more()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    async def _take(self, size):
        while len(self._buffer) < size:
            await self._more()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    async def _more(self):
        data = await self._loop.sock_recv(self._socket, 65_536)
        if not data:
            raise EOFError
        self._buffer += data


def frame(first, payload=b"", *, mask=b"\1\2\3\4", length=None):
    """Make a client's frame; `length` announces a different size."""
    size = len(payload) if length is None else length
    masked = 0x80 if mask else 0
    if size < 126:
        head = bytes([first, masked | size])
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, masked | 126, size)
    else:
        head = struct.pack("!BBQ", first, masked | 127, size)
    return head + mask + bytes(b ^ k for b, k in zip(payload, itertools.cycle(mask or b"\0")))


# Kinds. Each is one client: it calls `begun` once it has begun, and returns its outcome.


async def mute(address, begun):
    """Connects, and sends nothing at all."""
    connection = await RawConnection.open(address)
    begun()
    return await connection.gone()


async def hush(address, begun):
    """Completes the handshake, but never sends a hello."""
    connection = await RawConnection.open(address)
    await connection.shake_hands()
    begun()
    return await connection.ended()


async def drip_head(address, begun):
    """Sends its request at one byte per second."""
    connection = await RawConnection.open(address)
    begun()
    with contextlib.suppress(ConnectionError):
        await connection.drip(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 600, 1)
    return await connection.gone()


async def drip_body(address, begun):
    """Sends a form at one byte per second."""
    connection = await RawConnection.open(address)
    await connection.send(
        b"POST /api/boards HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600\r\n\r\n"
    )
    begun()
    with contextlib.suppress(ConnectionError):
        await connection.drip(b" " * 600, 1)
    return await connection.gone()


async def drip_hello(address, begun):
    """Sends a hello at one byte per second."""
    connection = await RawConnection.open(address)
    await connection.shake_hands()
    begun()
    dripping = asyncio.create_task(connection.drip(frame(TEXT, HELLO), 1))
    ended = await connection.ended()
    dripping.cancel()
    with contextlib.suppress(asyncio.CancelledError, OSError):
        await dripping
    return ended


async def in_pieces(address, begun):
    """Sends a hello in fragments of one byte, each byte of a frame in its own segment. This is
    valid.
    """
    connection = await RawConnection.open(address)
    await connection.shake_hands()
    begun()
    for at in range(len(HELLO)):
        first = BEGUN_TEXT if at == 0 else CONT if at == len(HELLO) - 1 else BEGUN_CONT
        if at:
            await connection.send(frame(BEGUN_CONT))
        await connection.drip(frame(first, HELLO[at : at + 1]), 0)
    await connection.send(frame(CLOSE, (1000).to_bytes(2)))
    ended = await connection.ended()
    return f"{ended} after {connection.received[:1]}"


def flood(opening, repeated):
    """Make a kind that sends a hello, and then the same frame for as long as it is permitted."""

    async def kind(address, begun):
        connection = await RawConnection.open(address)
        await connection.shake_hands()
        await connection.send(frame(TEXT, HELLO))
        begun()

        async def pour():
            await connection.send(opening)
            while True:
                await connection.send(repeated * 1000)

        pouring = asyncio.create_task(pour())
        ended = await connection.ended()
        pouring.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await pouring
        return ended

    return kind


def wrong(*said):
    """Make a kind that sends a hello, and then one invalid thing."""

    async def kind(address, begun):
        connection = await RawConnection.open(address)
        await connection.shake_hands()
        await connection.send(frame(TEXT, HELLO))
        begun()
        for each in said:
            await connection.send(each)
        return await connection.ended()

    return kind


async def deaf(address, begun):
    """Sends a hello, and then stops reading."""
    connection = await RawConnection.open(address, small=True)
    await connection.shake_hands()
    await connection.send(frame(TEXT, HELLO))
    begun()
    return await _forever()


def deaf_to(path):
    """Make a kind that requests a page repeatedly, and reads nothing."""

    async def kind(address, begun):
        connection = await RawConnection.open(address, small=True)
        begun()
        with contextlib.suppress(ConnectionError):
            await connection.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 20)
            while True:
                await asyncio.sleep(1)
                await connection.send(b"\r\n")
        return "cut"

    return kind


async def _forever():
    await asyncio.Event().wait()


KINDS = {
    "mute": mute,
    "hush": hush,
    "drip head": drip_head,
    "drip body": drip_body,
    "drip hello": drip_hello,
    "in pieces": in_pieces,
    "pings": flood(b"", frame(PING)),
    "pongs": flood(b"", frame(PONG, b"unasked")),
    "empty": flood(b"", frame(TEXT)),
    "empty pieces": flood(frame(BEGUN_TEXT), frame(BEGUN_CONT)),
    "endless": flood(frame(BEGUN_TEXT, b"{"), frame(BEGUN_CONT, b" " * 1000)),
    "huge": wrong(frame(TEXT, length=(1 << 63) - 1)),
    "over-huge": wrong(frame(TEXT, length=1 << 63)),
    "compressed": wrong(frame(TEXT | 0x40, b"{}")),
    "unmasked": wrong(frame(TEXT, b"{}", mask=b"")),
    "unknown": wrong(frame(0x83, b"{}")),
    "long ping": wrong(frame(PING, b"x" * 126)),
    "close 1005": wrong(frame(CLOSE, (1005).to_bytes(2))),
    "close 999": wrong(frame(CLOSE, (999).to_bytes(2))),
    "close of a byte": wrong(frame(CLOSE, b"x")),
    "close in no words": wrong(frame(CLOSE, (1000).to_bytes(2) + b"\xff\xfe")),
    "no words": wrong(frame(TEXT, b"\xff\xfe")),
    "bytes": wrong(frame(0x82, HELLO)),
    "piece of nothing": wrong(frame(CONT, b"x")),
    "two begun": wrong(frame(BEGUN_TEXT, b"x"), frame(BEGUN_TEXT, b"x")),
    "deaf": deaf,
    "deaf to a page": deaf_to(f"/b/{BOARD}"),
    "deaf to the API": deaf_to(f"/api/boards/{BOARD}"),
    "deaf to a file": deaf_to("/static/0/css/screen.css"),
}


async def run(kind, address, count):
    """Run `count` clients of a kind until standard input ends; return their outcomes."""
    opening = asyncio.Semaphore(AT_ONCE)
    outcomes = Counter()

    async def one():
        await opening.acquire()
        begun = asyncio.Event()
        ending = asyncio.create_task(KINDS[kind](address, begun.set))
        beginning = asyncio.create_task(begun.wait())
        try:
            await asyncio.wait((ending, beginning), return_when=asyncio.FIRST_COMPLETED)
            opening.release()
            all_begun.release()
            outcomes[await ending] += 1
        except (OSError, EOFError):
            outcomes["cut"] += 1
        finally:
            ending.cancel()
            beginning.cancel()

    all_begun = asyncio.Semaphore(0)
    strangers = [asyncio.create_task(one()) for _ in range(count)]
    for _ in strangers:
        await all_begun.acquire()
    print("ready", flush=True)  # noqa: T201 - the parent process waits for it
    await asyncio.to_thread(sys.stdin.read)
    for stranger in strangers:
        stranger.cancel()
    await asyncio.gather(*strangers, return_exceptions=True)
    outcomes["here"] = count - outcomes.total()
    return {how: n for how, n in outcomes.items() if n}


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    kind, host, port, count = sys.argv[1:]
    print(json.dumps(asyncio.run(run(kind, (host, int(port)), int(count)))))  # noqa: T201
