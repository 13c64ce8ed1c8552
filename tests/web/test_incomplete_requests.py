"""Requests that do not end: bounded together, and no one else's concern."""

import asyncio
import socket
from contextlib import asynccontextmanager

from server.observability.metrics import SENT_AWAY
from server.web import incomplete_requests
from support.metrics import value_of
from support.wait import eventually
from support.worker import worker

HEAD = b"POST /api/boards HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200001\r\n\r\n"


def sent_away():
    return value_of(SENT_AWAY, why="upload")


@asynccontextmanager
async def sending(server, *pieces):
    """Have so many people send something each."""
    loop = asyncio.get_running_loop()
    sockets = [socket.socket() for _ in pieces]
    try:
        for each, piece in zip(sockets, pieces, strict=True):
            each.setblocking(False)
            await loop.sock_connect(each, ("127.0.0.1", server.port))
            await loop.sock_sendall(each, piece)
        yield sockets
    finally:
        for each in sockets:
            each.close()


async def is_closed(sock):
    """Whether it ends within a moment; what is left of it does not matter."""
    try:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 1), 5) == b""
    except ConnectionError:
        return True


async def test_of_bodies_without_an_end_those_that_began_first_go(embedded, monkeypatch):
    monkeypatch.setattr(incomplete_requests, "LIMIT", 1_000_000)
    async with worker(embedded, own=True) as server:
        counted = server.server._incomplete
        before = sent_away()
        async with sending(server, *[HEAD + b" " * 200_000] * 8) as sockets:
            await eventually(lambda: sent_away() == before + 3)
            assert counted._size == 1_000_000
            for sock in sockets[:3]:
                assert await is_closed(sock)
            # Everybody else is served meanwhile, and pushes no one out who sends at once.
            await server.board(context="x" * 2000)
            assert sent_away() == before + 4
            # Who ends what was begun is answered.
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sockets[-1], b"x")
            got = await asyncio.wait_for(loop.sock_recv(sockets[-1], 65_536), 5)
            assert got.startswith(b"HTTP/1.1 400")
        await eventually(lambda: counted._size == 0)
        assert not counted._bodies


async def test_heads_without_an_end_are_bounded_too(embedded, monkeypatch):
    monkeypatch.setattr(incomplete_requests, "LIMIT", 500_000)
    async with worker(embedded, own=True) as server:
        before = sent_away()
        head = b"GET / HTTP/1.1\r\nX: " + b"x" * 60_000
        async with sending(server, *[head] * 12) as sockets:
            await eventually(lambda: sent_away() > before)
            assert await is_closed(sockets[0])
            assert (await server.fetch("/healthz")).code == 200
