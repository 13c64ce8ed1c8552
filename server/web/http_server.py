"""The HTTP server: accepts connections a few at a time, so that no client keeps others out."""

import asyncio
import logging
import resource
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from tornado.http1connection import HTTP1Connection, HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream

from server.concurrency import tasks
from server.live.gc_on_leave import GcOnLeave
from server.observability.logs import RecentlyLogged, event
from server.observability.metrics import SENT_AWAY
from server.web.body_limit import LimitedBody
from server.web.fair_queue import FairQueue
from server.web.incomplete_requests import IncompleteRequests
from server.web.tls_transport import PlainStream

logger = logging.getLogger(__name__)

AT_A_TIME = 8
"""Connections admitted in one iteration of the event loop. Requests of connected clients are
handled in between: an iteration with the handshakes of a whole crowd would delay them by a second.
"""
ACCEPTS_A_TURN = 128
"""Connections accepted in one iteration."""
KEPT_FREE = 128
"""File descriptors that connections leave for the store and everything else."""
PATIENCE = 120.0
"""Seconds for one request, from the end of the previous one to the last byte of the answer."""
UNREAD_BYTES = 32 * 1024 * 1024
"""Limit for the buffers of all slow readers of answers; long answers, of which only a slice is
buffered, count in the backlog (`live/backlog.py`).
"""
LOOK = 1.0
"""Seconds between two checks for slow clients, and the pause when no connection can be accepted."""


class HttpServer(HTTPServer):
    """Tornado's server, with limits.

    By itself it would admit whole crowds at once, wait for clients that do not read, and fail when
    file descriptors run out. Only connections that still speak HTTP are tracked here; a live
    connection has left.
    """

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        super().initialize(*args, **kwargs)
        self._queue = FairQueue(AT_A_TIME)
        self._asking: OrderedDict[HTTP1ServerConnection, float] = OrderedDict()
        """When the current request of each connection began; the oldest comes first."""
        self._room = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - KEPT_FREE
        self._gc_on_leave = GcOnLeave()
        self._incomplete = IncompleteRequests(lambda slowest: self._send_away(slowest, "upload"))
        self._logged = RecentlyLogged()
        self._longest = 0

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        for each in sockets:
            self._sockets[each.fileno()] = each
            self._handlers[each.fileno()] = self._listen(each)
        loop = asyncio.get_running_loop()
        self._next_look = loop.time() + LOOK
        loop.call_later(LOOK, self._check_periodically)

    def _listen(self, listening: socket.socket) -> Callable[[], None]:
        """Accept connections on a socket; return the function that stops this."""
        loop = asyncio.get_running_loop()
        pause: asyncio.TimerHandle | None = None

        def accept() -> None:
            nonlocal pause
            for _ in range(ACCEPTS_A_TURN):
                try:
                    connection, address = listening.accept()
                except (BlockingIOError, ConnectionAbortedError):
                    return
                except OSError as error:
                    # It would fail again at once, repeatedly: Tornado retries without a pause.
                    self._log_full(error.strerror)
                    loop.remove_reader(listening)
                    pause = loop.call_later(LOOK, loop.add_reader, listening, accept)
                    return
                if fitting := self._make_room_for(connection):
                    self._handle_connection(fitting, address)

        def end() -> None:
            loop.remove_reader(listening)
            if pause is not None:
                pause.cancel()

        loop.add_reader(listening, accept)
        return end

    def _make_room_for(self, connection: socket.socket) -> socket.socket | None:
        """Close the slowest connection if there is no room; None if there is none to close."""
        # The kernel assigns the lowest free descriptor, so its number tells how many are in use, as
        # long as long-lived connections have low ones.
        if connection.fileno() < self._room or self._room < 0:
            return connection
        with connection:
            self._log_full("too many connections are open")
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
                spoke_tls=self._log_tls,
                max_buffer_size=self.max_buffer_size,
                read_chunk_size=self.read_chunk_size,
            )
            self.handle_stream(stream, address)
        except OSError:
            # The client hung up while waiting to be accepted. TLS cannot begin without a peer.
            connection.close()

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Admit a connection, after all that came before."""
        self._queue.submit(partial(super().handle_stream, stream, address))
        self._longest = max(self._longest, len(self._queue))

    def longest_queue(self) -> int:
        """Return the most connections that were waiting to be admitted since the last call."""
        longest, self._longest = self._longest, len(self._queue)
        return longest

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """Note that a connection may send a (further) request."""
        assert isinstance(server_conn, HTTP1ServerConnection)  # noqa: S101 - Tornado's promise
        self._asking[server_conn] = asyncio.get_running_loop().time()
        self._asking.move_to_end(server_conn)
        assert isinstance(request_conn, HTTP1Connection)  # noqa: S101 - Tornado's promise
        delegate = super().start_request(server_conn, request_conn)
        # What is dropped takes no memory, so it does not count as incomplete.
        return LimitedBody(request_conn, self._incomplete.counted(server_conn, delegate))

    def on_close(self, server_conn: object) -> None:
        assert isinstance(server_conn, HTTP1ServerConnection)  # noqa: S101 - Tornado's promise
        self._asking.pop(server_conn, None)
        self._incomplete.end(server_conn)
        super().on_close(server_conn)

    def _check_periodically(self) -> None:
        asyncio.get_running_loop().call_later(LOOK, self._check_periodically)
        with tasks.contained("door"):
            self._check_all()

    def _check_all(self) -> None:
        """Close connections that take too long, and the slowest readers if too much is buffered."""
        loop = asyncio.get_running_loop()
        late = loop.time() - self._next_look
        if late > LOOK:
            # This process was not running, and could not receive anything.
            for asking in self._asking:
                self._asking[asking] += late
        self._next_look = loop.time() + LOOK
        with tasks.contained("leavings"):
            self._gc_on_leave.collect()
        with tasks.contained("uploads"):
            self._incomplete.measure(self._asking)
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
        self._gc_on_leave.add()

    def _log_full(self, why: str | None) -> None:
        if self._logged.is_new("no_room"):
            logger.warning(
                "No room for more connections: %s. The slowest are closed.",
                why,
                extra=event("no_room", why=str(why)),
            )

    def _log_tls(self) -> None:
        SENT_AWAY.labels("tls").inc()
        if self._logged.is_new("tls_on_plain_port"):
            logger.info(
                "A client spoke HTTPS to this port, which speaks HTTP; its connection was closed.",
                extra=event("tls_on_plain_port"),
            )


def _unread(asking: HTTP1ServerConnection) -> int:
    """Return how many bytes of an answer are waiting to be read; Tornado does not limit them."""
    if asking.stream.closed():
        return 0
    return len(asking.stream._write_buffer)  # noqa: SLF001 - there is no other way to know
