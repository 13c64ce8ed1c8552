"""Wires a relay together, from the sockets it listens on to its shutdown."""

import asyncio
import logging
import signal
import socket
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tornado.web import Application, RequestHandler

from server.concurrency import tasks
from server.live import messages
from server.live.connection import Connection
from server.live.create_board import read_code
from server.live.messages import Close
from server.observability import metrics
from server.observability.logs import event
from server.relay.channel import Channel, Watcher
from server.security import tls
from server.security.rate_limit import TokenBucket
from server.settings import Settings
from server.web.health import may_read_metrics
from server.web.http_server import HttpServer
from server.web.socket import handshake, take_socket
from server.words.catalogue import words

logger = logging.getLogger(__name__)

MOST_BOARDS = 1_000
REMEMBERED = 10.0
"""Seconds for which it is remembered that a board cannot be watched."""
MOST_REMEMBERED = 10_000
SECONDS_TO_END = 10.0
"""Seconds in which connections are closed at the end."""
REQUEST_SECONDS = 30
"""Seconds in which a request must arrive; none has a body."""
MAX_BODY = 1024


class Relay:
    """The boards that someone watches here, and the server that has them."""

    def __init__(self, settings: Settings, origin: str) -> None:
        """`origin` is the address of the server, as http:// or https://."""
        self.settings = settings
        self.draining = False
        self._origin = origin
        self.channels: dict[str, Channel] = {}
        self.gone: OrderedDict[str, tuple[float, Close]] = OrderedDict()
        """By code: until when a board is not asked for again, and why."""

    @property
    def ready(self) -> bool:
        """Whether visitors can be sent here: no board that someone watches has lost its worker."""
        return not self.draining and all(channel.follows for channel in self.channels.values())

    def refusal(self, code: str | None) -> Close | None:
        """Return why a board cannot be watched now; None if it may be."""
        if code is None:
            return messages.NO_SUCH_BOARD
        until, close = self.gone.get(code, (0.0, messages.NO_SUCH_BOARD))
        if until > time.monotonic():
            return close
        if self.draining or self.connections >= self.settings.max_connections:
            return messages.RESTART
        if code not in self.channels and len(self.channels) >= MOST_BOARDS:
            return messages.RESTART
        return None

    @property
    def connections(self) -> int:
        return sum(len(channel) for channel in self.channels.values())

    def channel(self, code: str, address: str) -> Channel:
        """Return the board's channel; `address` is that of the first who watches it."""
        if code not in self.channels:
            live = urlsplit(f"{self._origin}/b/{code}/live")
            scheme = "wss" if live.scheme == "https" else "ws"

            def ended(close: Close | None) -> None:
                self.channels.pop(code, None)
                if close is not None:
                    self.gone[code] = time.monotonic() + REMEMBERED, close
                    if len(self.gone) > MOST_REMEMBERED:
                        self.gone.popitem(last=False)

            self.channels[code] = Channel(
                live._replace(scheme=scheme).geturl(), {"X-Forwarded-For": address}, ended
            )
        return self.channels[code]

    async def drain(self) -> None:
        """Send everyone to another relay."""
        self.draining = True
        async with asyncio.timeout(SECONDS_TO_END):
            for channel in list(self.channels.values()):
                await channel.close(messages.RESTART)


class Live(RequestHandler):
    """The WebSocket of a shared screen.

    It needs no check of its origin: a browser has no rights here that a page of another site could
    use.
    """

    async def get(self, typed: str) -> None:
        relay: Relay = self.application.settings["relay"]
        response = handshake(self.request)
        if response.status_code != 101:
            self.set_status(response.status_code)
            self.finish(words("refusal-websockets"))
            return
        code = read_code(typed)
        refusal, address = relay.refusal(code), self.request.remote_ip or ""
        connection = Connection()
        await take_socket(self.detach(), response.serialize(), connection)
        if connection.closed:
            return
        if refusal is not None or code is None:
            connection.close(refusal or messages.NO_SUCH_BOARD)
            return
        with tasks.contained("relay session", code) as beginning:
            bucket = TokenBucket(relay.settings.message_rate, relay.settings.message_burst)
            connection.listener = Watcher(connection, relay.channel(code, address), bucket)
        if beginning.failed:
            connection.fail()


class Health(RequestHandler):
    """Report that the process is alive, and nothing else."""

    def get(self) -> None:
        self.finish({"status": "alive"})


class Ready(RequestHandler):
    """Report whether visitors can be sent here."""

    def get(self) -> None:
        relay: Relay = self.application.settings["relay"]
        if not relay.ready:
            self.set_status(503)
        status = "draining" if relay.draining else "ready" if relay.ready else "server_away"
        self.finish({"status": status})


class Metrics(RequestHandler):
    """The metrics of this process, in the format of Prometheus."""

    def get(self) -> None:
        relay: Relay = self.application.settings["relay"]
        if not may_read_metrics(self.request, relay.settings.metrics_from):
            self.set_status(403)
            self.finish(words("refusal-metrics-from"))
            return
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(metrics.exposition())


class Elsewhere(RequestHandler):
    """Everything else is on the server: a proxy sends only live connections here."""

    def prepare(self) -> None:
        self.set_status(404)
        self.finish(words("refusal-relay-page"))


def make_application(relay: Relay) -> Application:
    return Application(
        [
            (r"/b/([^/]+)/live", Live),
            (r"/healthz", Health),
            (r"/readyz", Ready),
            (r"/metrics", Metrics),
        ],
        default_handler_class=Elsewhere,
        relay=relay,
        log_function=_log_nothing,
    )


def make_server(application: Application, settings: Settings) -> HttpServer:
    return HttpServer(
        application,
        ssl_options=tls.context(settings),
        xheaders=settings.proxy_headers,
        max_body_size=MAX_BODY,
        idle_connection_timeout=REQUEST_SECONDS,
        body_timeout=REQUEST_SECONDS,
    )


async def serve(settings: Settings, origin: str, sockets: Sequence[socket.socket]) -> None:
    """Relay boards until told to stop; then send everyone to another relay."""
    relay = Relay(settings, origin)
    server = make_server(make_application(relay), settings)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server.add_sockets(sockets)
    logger.info(
        "Ready: relaying %s on port %d.",
        *(origin, sockets[0].getsockname()[1]),
        extra=event("relay_ready", origin=origin),
    )
    await stopping.wait()
    with tasks.contained("drain"):
        await relay.drain()
    server.stop()
    await server.close_all_connections()


def _log_nothing(_: Any) -> None:
    """Keep requests out of the log: a proxy logs them, and there is nothing to be told of ours."""
