"""Bodies around the limit, sent over a real socket as browsers send them: to their end."""

import asyncio
import json

import pytest

from server.web.body_limit import MAX_BODY, MAX_DROPPED
from support.worker import worker

FORM = "application/x-www-form-urlencoded"


async def announced(server, path, length):
    """Send the headers of a body of this length."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode())
    return reader, writer


async def sent(server, path, length, type_, connection=None):
    """Send a body of this length; return the status, the body of the answer, and the connection."""
    reader, writer = connection or await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: {type_}\r\n"
    writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode())
    for _ in range(0, length, 65_536):
        writer.write(b"a" * min(65_536, length))
        length -= 65_536
        await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    size = next(int(line.split(":")[1]) for line in head.split("\r\n") if "Content-Length" in line)
    body = await reader.readexactly(size)
    return int(head.split()[1]), body.decode(), (reader, writer)


@pytest.mark.parametrize("length", [MAX_BODY + 1, 3 * MAX_BODY, MAX_DROPPED])
async def test_what_is_too_long_is_answered_in_words(embedded, length):
    async with worker(embedded) as server:
        status, body, connection = await sent(server, "/api/boards", length, "application/json")
        assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")
        # The same connection can be used again.
        status, body, (_, writer) = await sent(server, "/", length, FORM, connection)
        assert status == 413
        assert "This is too large." in body
        assert body.startswith("<!doctype html>")
        writer.close()


async def test_what_just_fits_is_read(embedded):
    async with worker(embedded) as server:
        status, body, (_, writer) = await sent(server, "/api/boards", MAX_BODY, "application/json")
        assert (status, json.loads(body)["error"]["code"]) == (400, "not_understood")
        writer.close()


async def test_what_is_dropped_takes_no_room_of_others(embedded):
    async with worker(embedded) as server:
        # The oldest incomplete body is the first to be closed when there is no room.
        reader, writer = await announced(server, "/api/boards", MAX_BODY)
        writer.write(b"a" * (MAX_BODY - 1))
        await writer.drain()
        status, _, (_, other) = await sent(server, "/", MAX_DROPPED, FORM)
        assert status == 413
        writer.write(b"a")
        assert b" 400 " in await reader.readline()
        for each in (writer, other):
            each.close()


async def test_what_is_far_too_long_is_cut_off(embedded):
    async with worker(embedded) as server:
        reader, writer = await announced(server, "/", MAX_DROPPED + 1)
        assert b" 400 " in await reader.readline()
        await reader.read()
        writer.close()
