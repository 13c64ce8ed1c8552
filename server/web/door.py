"""The door: who has connected is let in a few at a time, and nobody keeps others out."""

import asyncio
import logging
import resource
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from tornado.http1connection import HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream

from server import tasks
from server.live.leavings import Leavings
from server.loglines import Said, event
from server.metrics import SENT_AWAY
from server.web.streams import PlainStream
from server.web.turns import Turns
from server.web.uploads import Uploads

logger = logging.getLogger(__name__)

AT_A_TIME = 8
"""Connections let in during one turn of the loop. What those inside ask for comes in between:
a turn with a whole crowd's handshakes would keep them waiting for a second.
"""
KNOCKS = 128
"""Connections accepted in one turn."""
KEPT_FREE = 128
"""Open files that connections leave for the store and everything else."""
PATIENCE = 120.0
"""Seconds for one request, from the end of the one before to the last byte of the answer."""
UNREAD_BYTES = 32 * 1024 * 1024
"""What may wait in the buffers of all who are slow to read their answers; long answers, of which
only a slice is there, count in the backlog (`live/backlog.py`).
"""
LOOK = 1.0
"""Seconds between two looks at who is slow, and the pause where nobody can be accepted."""


class Door(HTTPServer):
    """Tornado's server, which by itself would take in whole crowds at once, wait for whoever
    does not read, and be lost without a file descriptor.

    Only those who still speak HTTP are looked after here; a live connection has left.
    """

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        super().initialize(*args, **kwargs)
        self._turns = Turns(AT_A_TIME)
        self._asking: OrderedDict[HTTP1ServerConnection, float] = OrderedDict()
        """Since when each is at one request; whoever takes longest comes first."""
        self._room = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - KEPT_FREE
        self._leavings = Leavings()
        self._uploads = Uploads(lambda slowest: self._send_away(slowest, "upload"))
        self._said = Said()
        self._longest = 0

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        for each in sockets:
            self._sockets[each.fileno()] = each
            self._handlers[each.fileno()] = self._listen(each)
        loop = asyncio.get_running_loop()
        self._next_look = loop.time() + LOOK
        loop.call_later(LOOK, self._look_now_and_then)

    def _listen(self, knocked: socket.socket) -> Callable[[], None]:
        """Accept who knocks; return what ends that."""
        loop = asyncio.get_running_loop()
        pause: asyncio.TimerHandle | None = None

        def accept() -> None:
            nonlocal pause
            for _ in range(KNOCKS):
                try:
                    connection, address = knocked.accept()
                except (BlockingIOError, ConnectionAbortedError):
                    return
                except OSError as error:
                    # It would fail again at once, and again: Tornado tries without a pause.
                    self._say_full(error.strerror)
                    loop.remove_reader(knocked)
                    pause = loop.call_later(LOOK, loop.add_reader, knocked, accept)
                    return
                if fitting := self._fit_in(connection):
                    self._handle_connection(fitting, address)

        def end() -> None:
            loop.remove_reader(knocked)
            if pause is not None:
                pause.cancel()

        loop.add_reader(knocked, accept)
        return end

    def _fit_in(self, connection: socket.socket) -> socket.socket | None:
        """Have the slowest make room where there is none; None where there is nobody to."""
        # The system gives the lowest number that is free: it says how many are in use, as long
        # as those who stay have low ones.
        if connection.fileno() < self._room or self._room < 0:
            return connection
        with connection:
            self._say_full("too many connections are open")
            if not self._asking:
                return None
            self._send_away(next(iter(self._asking)), "full")
            return connection.dup()

    def _handle_connection(self, connection: socket.socket, address: Any) -> None:
        try:
            connection.getpeername()
            if self.ssl_options is not None:
                super()._handle_connection(connection, address)
                return
            stream = PlainStream(
                connection,
                spoke_tls=self._say_tls,
                max_buffer_size=self.max_buffer_size,
                read_chunk_size=self.read_chunk_size,
            )
            self.handle_stream(stream, address)
        except OSError:
            # They hung up while they waited to be accepted. TLS cannot begin with nobody there.
            connection.close()

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Let somebody in, after all who came before."""
        self._turns.take(partial(super().handle_stream, stream, address))
        self._longest = max(self._longest, len(self._turns))

    def take_longest(self) -> int:
        """Return how many waited to be let in, at most, since this was asked last."""
        longest, self._longest = self._longest, len(self._turns)
        return longest

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """Take note that somebody may ask for something (more)."""
        assert isinstance(server_conn, HTTP1ServerConnection)  # noqa: S101 - Tornado's promise
        self._asking[server_conn] = asyncio.get_running_loop().time()
        self._asking.move_to_end(server_conn)
        return self._uploads.counted(server_conn, super().start_request(server_conn, request_conn))

    def on_close(self, server_conn: object) -> None:
        assert isinstance(server_conn, HTTP1ServerConnection)  # noqa: S101 - Tornado's promise
        self._asking.pop(server_conn, None)
        self._uploads.end(server_conn)
        super().on_close(server_conn)

    def _look_now_and_then(self) -> None:
        asyncio.get_running_loop().call_later(LOOK, self._look_now_and_then)
        with tasks.contained("door"):
            self._look_around()

    def _look_around(self) -> None:
        """Send away who takes too long, and the slowest readers where too much waits for them."""
        loop = asyncio.get_running_loop()
        late = loop.time() - self._next_look
        if late > LOOK:
            # This process did not run, and could hear nobody.
            for asking in self._asking:
                self._asking[asking] += late
        self._next_look = loop.time() + LOOK
        with tasks.contained("leavings"):
            self._leavings.collect()
        with tasks.contained("uploads"):
            self._uploads.measure(self._asking)
        for asking, since in list(self._asking.items()):
            if since > loop.time() - PATIENCE:
                break
            with tasks.contained("door"):
                self._send_away(asking, "slow")
        unread = {asking: _unread(asking) for asking in self._asking}
        too_much = sum(unread.values()) - UNREAD_BYTES
        for asking, size in unread.items():
            if too_much <= 0:
                break
            if size:
                with tasks.contained("door"):
                    self._send_away(asking, "unread")
                too_much -= size

    def _send_away(self, asking: HTTP1ServerConnection, why: str) -> None:
        SENT_AWAY.labels(why).inc()
        self._asking.pop(asking, None)
        asking.stream.close()
        self._leavings.add()

    def _say_full(self, why: str | None) -> None:
        if self._said.is_new("no_room"):
            logger.warning(
                "No room for more people: %s. The slowest make room.",
                why,
                extra=event("no_room", why=str(why)),
            )

    def _say_tls(self) -> None:
        SENT_AWAY.labels("tls").inc()
        if self._said.is_new("tls_on_plain_port"):
            logger.info(
                "Somebody speaks HTTPS to this port, which speaks HTTP; they were hung up on.",
                extra=event("tls_on_plain_port"),
            )


def _unread(asking: HTTP1ServerConnection) -> int:
    """Return how many bytes of an answer wait to be read; Tornado sets no limit to them."""
    if asking.stream.closed():
        return 0
    return len(asking.stream._write_buffer)  # noqa: SLF001 - there is no other way to know
