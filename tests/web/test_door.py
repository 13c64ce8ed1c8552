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

from one_process import until
from tornado.iostream import IOStream
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from server.web import door as door_module
from server.web.door import AT_A_TIME, Door

CROWD = 100
TURNS = 5


async def test_a_crowd_comes_in_by_and_by_and_nobody_is_forgotten():
    asked = []

    class Page(RequestHandler):
        def get(self):
            asked.append(self.request.path)

    door = Door(Application([(r"/\d+", Page)], log_function=lambda _: None))
    with ExitStack() as lines:
        visitors = []
        for number in range(CROWD):
            ours, theirs = socket.socketpair()
            visitors.append(lines.enter_context(ours))
            ours.sendall(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
            door.handle_stream(IOStream(theirs), ("127.0.0.1", number))
        for _ in range(TURNS):
            await asyncio.sleep(0)
        assert len(asked) <= TURNS * AT_A_TIME
        loop = asyncio.get_running_loop()
        for visitor in visitors:
            visitor.setblocking(False)
            answer = await asyncio.wait_for(loop.sock_recv(visitor, 100), 10)
            assert answer.startswith(b"HTTP/1.1 200 ")
        assert asked == [f"/{number}" for number in range(CROWD)]
        await door.close_all_connections()


async def read(visitor):
    visitor.setblocking(False)
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(visitor, 1 << 20), 10)


async def serving(lines, page, **limits):
    """Serve a page on a port of this machine; give the door, and what opens a line to it."""
    door = Door(Application([("/", page)], log_function=lambda _: None))
    for name, value in limits.items():
        setattr(door, name, value)
    knocked, port = bind_unused_port()
    door.add_sockets([knocked])
    lines.push_async_callback(door.close_all_connections)
    lines.callback(door.stop)

    async def knock(said=b""):
        visitor = lines.enter_context(socket.create_connection(("127.0.0.1", port)))
        visitor.sendall(said)
        await asyncio.sleep(0)
        return visitor

    return door, knock


class Short(RequestHandler):
    def get(self):
        self.write("short")


class Long(RequestHandler):
    def get(self):
        self.write(b"x" * LONG)


ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = 8 * 1024 * 1024


async def test_where_there_is_no_room_the_slowest_make_it(caplog):
    async with AsyncExitStack() as lines:
        door, knock = await serving(lines, Short)
        slow = [await knock() for _ in range(10)]
        await until(lambda: len(door._asking) == 10)
        door._room = 1  # Whatever comes next is one too many.
        for _ in range(5):
            quick = await knock(ASKED)
            assert (await read(quick)).startswith(b"HTTP/1.1 200 ")
        for visitor in slow[:5]:
            assert await read(visitor) == b""
        assert len(door._asking) == 10
        assert [record.message for record in caplog.records] == [
            "No room for more people: too many connections are open. The slowest make room."
        ]


async def test_where_nobody_can_make_room_newcomers_are_kept_out():
    async with AsyncExitStack() as lines:
        _, knock = await serving(lines, Short, _room=1)
        assert await read(await knock()) == b""


async def test_without_a_file_to_open_the_door_rests_and_says_so_once(caplog, monkeypatch):
    monkeypatch.setattr(door_module, "LOOK", 0.05)
    async with AsyncExitStack() as lines:
        _, knock = await serving(lines, Short)
        visitor = await knock(ASKED)
        usual = resource.getrlimit(resource.RLIMIT_NOFILE)
        # As few as are open already, and the holes between them.
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(_open_files()) + 1, usual[1]))
        try:
            for _ in range(max(_open_files()) + 1 - len(_open_files())):
                lines.enter_context(Path(os.devnull).open())  # noqa: ASYNC230, SIM115
            await until(lambda: caplog.records)
            began = time.process_time()
            await asyncio.sleep(0.3)  # Several pauses: they are to be silent, and idle.
            assert time.process_time() - began < 0.1
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)
        assert (await read(visitor)).startswith(b"HTTP/1.1 200 ")
        assert [record.message for record in caplog.records] == [
            "No room for more people: Too many open files. The slowest make room."
        ]


def _open_files():
    return {int(each.name) for each in Path("/dev/fd").iterdir()}


async def test_whoever_takes_too_long_is_sent_away(monkeypatch):
    monkeypatch.setattr(door_module, "LOOK", 0.02)
    monkeypatch.setattr(door_module, "PATIENCE", 0.2)
    async with AsyncExitStack() as lines:
        _, knock = await serving(lines, Long)
        reader = await knock(ASKED)
        mute = await knock()
        assert await read(mute) == b""
        received = 0
        while data := await read(reader):
            received += len(data)
        assert 0 < received < LONG


async def test_the_slowest_readers_are_sent_away_where_too_much_waits_for_them(monkeypatch):
    monkeypatch.setattr(door_module, "LOOK", 0.02)
    async with AsyncExitStack() as lines:
        door, knock = await serving(lines, Long)
        readers = [await knock(ASKED) for _ in range(6)]
        await until(lambda: len(door._asking) == 6)
        monkeypatch.setattr(door_module, "UNREAD_BYTES", 2 * LONG)
        await until(lambda: 0 < len(door._asking) <= 3)
        received = 0
        while received < LONG:
            received += len(await read(readers[-1]))


async def test_who_speaks_tls_on_a_plain_port_is_hung_up_on_at_once_and_said_once(caplog):
    caplog.set_level("INFO")

    class Page(RequestHandler):
        def get(self):
            self.write("here")

    async with AsyncExitStack() as lines:
        _, knock = await serving(lines, Page)
        hello = ssl.MemoryBIO(), ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            ssl.create_default_context().wrap_bio(*hello, server_hostname="x").do_handshake()
        said = hello[1].read()
        # One byte is enough, and nobody waits for the rest.
        for sent in (said, said[:1], said):
            assert await read(await knock(sent)) == b""
        assert b"200 OK" in await read(await knock(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert sum("speaks HTTPS" in record.message for record in caplog.records) == 1
