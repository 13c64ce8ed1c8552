"""How a crowd comes in."""

import asyncio
import contextlib
import os
import resource
import socket
import ssl
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from tornado.iostream import IOStream
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from server.web import http_server
from server.web.http_server import AT_A_TIME, HttpServer
from support.wait import eventually

CROWD = 100
TURNS = 5


async def test_a_crowd_comes_in_by_and_by_and_no_one_is_forgotten():
    asked = []

    class Page(RequestHandler):
        def get(self):
            asked.append(self.request.path)

    server = HttpServer(Application([(r"/\d+", Page)], log_function=lambda _: None))
    with ExitStack() as stack:
        clients = []
        for number in range(CROWD):
            ours, theirs = socket.socketpair()
            clients.append(stack.enter_context(ours))
            ours.sendall(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
            server.handle_stream(IOStream(theirs), ("127.0.0.1", number))
        for _ in range(TURNS):
            await asyncio.sleep(0)
        assert len(asked) <= TURNS * AT_A_TIME
        loop = asyncio.get_running_loop()
        for client in clients:
            client.setblocking(False)
            answer = await asyncio.wait_for(loop.sock_recv(client, 100), 10)
            assert answer.startswith(b"HTTP/1.1 200 ")
        assert asked == [f"/{number}" for number in range(CROWD)]
        await server.close_all_connections()


async def read(client):
    client.setblocking(False)
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 1 << 20), 10)


async def serving(stack, page, **limits):
    """Serve a page on a port of this machine; give the door, and what opens a line to it."""
    server = HttpServer(Application([("/", page)], log_function=lambda _: None))
    for name, value in limits.items():
        setattr(server, name, value)
    listener, port = bind_unused_port()
    server.add_sockets([listener])
    stack.push_async_callback(server.close_all_connections)
    stack.callback(server.stop)

    async def connect(data=b""):
        client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        client.sendall(data)
        await asyncio.sleep(0)
        return client

    return server, connect


class Short(RequestHandler):
    def get(self):
        self.write("short")


class Long(RequestHandler):
    def get(self):
        self.write(b"x" * LONG)


ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = 8 * 1024 * 1024


async def test_where_there_is_no_room_the_slowest_make_it(caplog):
    async with AsyncExitStack() as stack:
        server, connect = await serving(stack, Short)
        slow = [await connect() for _ in range(10)]
        await eventually(lambda: len(server._asking) == 10)
        server._room = 1  # Whatever comes next is one too many.
        for _ in range(5):
            quick = await connect(ASKED)
            assert (await read(quick)).startswith(b"HTTP/1.1 200 ")
        for client in slow[:5]:
            assert await read(client) == b""
        assert len(server._asking) == 10
        assert [record.message for record in caplog.records] == [
            "No room for more connections: too many connections are open. The slowest are closed."
        ]


async def test_where_no_one_can_make_room_newcomers_are_kept_out():
    async with AsyncExitStack() as stack:
        _, connect = await serving(stack, Short, _room=1)
        assert await read(await connect()) == b""


async def test_without_a_file_to_open_the_door_rests_and_says_so_once(caplog, monkeypatch):
    monkeypatch.setattr(http_server, "LOOK", 0.05)
    async with AsyncExitStack() as stack:
        _, connect = await serving(stack, Short)
        client = await connect(ASKED)
        usual = resource.getrlimit(resource.RLIMIT_NOFILE)
        # As few as are open already, and the holes between them.
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(_open_files()) + 1, usual[1]))
        try:
            for _ in range(max(_open_files()) + 1 - len(_open_files())):
                stack.enter_context(Path(os.devnull).open())  # noqa: ASYNC230, SIM115
            await eventually(lambda: caplog.records)
            began = time.process_time()
            await asyncio.sleep(0.3)  # Several pauses: they are to be silent, and idle.
            assert time.process_time() - began < 0.1
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)
        assert (await read(client)).startswith(b"HTTP/1.1 200 ")
        assert [record.message for record in caplog.records] == [
            "No room for more connections: Too many open files. The slowest are closed."
        ]


def _open_files():
    return {int(each.name) for each in Path("/dev/fd").iterdir()}


async def test_anyone_who_takes_too_long_is_sent_away(monkeypatch):
    monkeypatch.setattr(http_server, "LOOK", 0.02)
    monkeypatch.setattr(http_server, "PATIENCE", 0.2)
    async with AsyncExitStack() as stack:
        _, connect = await serving(stack, Long)
        reader = await connect(ASKED)
        mute = await connect()
        assert await read(mute) == b""
        received = 0
        while data := await read(reader):
            received += len(data)
        assert 0 < received < LONG


async def test_the_slowest_readers_are_sent_away_where_too_much_waits_for_them(monkeypatch):
    monkeypatch.setattr(http_server, "LOOK", 0.02)
    async with AsyncExitStack() as stack:
        server, connect = await serving(stack, Long)
        readers = [await connect(ASKED) for _ in range(6)]
        await eventually(lambda: len(server._asking) == 6)
        monkeypatch.setattr(http_server, "UNREAD_BYTES", 2 * LONG)
        await eventually(lambda: 0 < len(server._asking) <= 3)
        received = 0
        while received < LONG:
            received += len(await read(readers[-1]))


async def test_who_speaks_tls_on_a_plain_port_is_hung_up_on_at_once_and_said_once(caplog):
    caplog.set_level("INFO")

    class Page(RequestHandler):
        def get(self):
            self.write("here")

    async with AsyncExitStack() as stack:
        _, connect = await serving(stack, Page)
        hello = ssl.MemoryBIO(), ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            ssl.create_default_context().wrap_bio(*hello, server_hostname="x").do_handshake()
        data = hello[1].read()
        # One byte is enough, and no one waits for the rest.
        for sent in (data, data[:1], data):
            assert await read(await connect(sent)) == b""
        assert b"200 OK" in await read(await connect(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert sum("spoke HTTPS" in record.message for record in caplog.records) == 1
