"""Connections on real sockets, for tests that read the other end."""

import asyncio
import socket
from contextlib import asynccontextmanager

from server.live.connection import Connection, Listener
from support.wait import eventually


class RecordingListener(Listener):
    """A listener that notes what it is told."""

    __slots__ = ("drains", "ends", "frames", "messages", "most")

    def __init__(self):
        self.messages = []
        self.frames = 0
        self.most = 100_000
        self.drains = 0
        self.ends = 0

    def on_frame(self):
        self.frames += 1
        return self.frames <= self.most

    def on_message(self, message, *, is_text):
        self.messages.append((message, is_text))

    def on_writable(self):
        self.drains += 1

    def on_closed(self):
        self.ends += 1


@asynccontextmanager
async def connected(kind=Connection):
    """Give a connection on a real socket, and the other end of it."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    connection = kind()
    connection.listener = RecordingListener()
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: connection, sock=ours)
    try:
        yield connection, theirs
    finally:
        connection._transport.abort()
        theirs.close()
        await eventually(lambda: connection.closed)


async def read(theirs, size):
    data = b""
    while len(data) < size:
        data += await asyncio.get_running_loop().sock_recv(theirs, size - len(data))
    return data


async def fill(connection):
    """Send until the system takes no more."""
    while not connection.blocked:
        connection.send(b"." * 1000)
