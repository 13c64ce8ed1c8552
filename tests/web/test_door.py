"""How a crowd comes in."""

import asyncio
import socket
from contextlib import ExitStack

from tornado.iostream import IOStream
from tornado.web import Application, RequestHandler

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
