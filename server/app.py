"""Wires one worker together, from the sockets it inherits to its shutdown."""

import asyncio
import contextlib
import gc
import logging
import os
import re
import secrets
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from tornado.httputil import HTTPServerRequest
from tornado.template import DictLoader
from tornado.web import Application

from server.brand import read_brand
from server.concurrency import tasks
from server.live.board_templates import TemplateRegistry
from server.live.create_board import DEFAULT_CODE, DEFAULT_TEMPLATE, open_default
from server.live.expiry import Expiry
from server.live.hub import Hub
from server.live.process_metrics import ProcessMetrics
from server.network.addresses import Addresses, origin_of
from server.network.allowed_hosts import AllowedHosts
from server.observability import metrics
from server.observability.logs import event
from server.resources import resources
from server.security import secret, tls
from server.security.guess_limit import GuessLimit, KnownClients
from server.security.pseudonyms import Pseudonyms
from server.security.rate_limit import RateLimits
from server.security.shared_rate_limit import SharedRates, SharedTimes
from server.settings import Settings
from server.store.client import Store
from server.store.node import Node, StoreAwayError
from server.web import (
    api,
    design,
    health,
    hosts,
    invites,
    lists,
    openapi,
    pages,
    questions,
    record,
    record_api,
    replay,
)
from server.web import socket as live_socket
from server.web.body_limit import MAX_BODY
from server.web.bundles import Bundles
from server.web.fair_queue import FairQueue
from server.web.handler import NotFound, Site, log_request, require_access_rules
from server.web.http_server import HttpServer
from server.web.static_files import (
    MANIFEST,
    BrandLogo,
    BundleFile,
    ServiceWorker,
    StaticFiles,
    WebManifest,
    static_version,
)
from server.words.catalogue import language

logger = logging.getLogger(__name__)

REQUESTS_A_TURN = 2
"""Requests started in one iteration of the event loop; a page costs more than a hundred votes."""
UNKNOWN_A_MINUTE = 60
HEADER_SECONDS, BODY_SECONDS = 120, 30
"""Seconds in which the headers of a request must arrive, including the next one on a kept-alive
connection; and then its body.
"""
STORE_SECONDS = 5.0
"""How long a worker waits for the store before it accepts connections regardless."""
LAST_ANSWERS = 0.2
"""Seconds in which a worker that has stopped accepting answers those already admitted."""
EXPIRY_SECONDS = 60.0
"""Seconds between two checks whether the board of a fresh server has expired."""


def make_site(settings: Settings, key: bytes) -> Site:
    """Create what all handlers share: rooms, templates, limits. Nothing runs yet."""
    process = secrets.token_hex(6)
    store = Store(settings.redis_url or "", settings.durability, settings.replicas)
    metrics.STORE_PRESENT.set(0)
    store.on_presence.append(lambda _node: metrics.STORE_PRESENT.set(store.is_whole))
    store.on_change.append(lambda _moved: metrics.STORE_PRESENT.set(store.is_whole))
    folders = resources()
    templates = TemplateRegistry(settings)
    templates.log_faults()
    brand = read_brand(settings.brand)
    salt, shared = secret.derive(key, "limits"), metrics.shared_folder()
    limits = SharedTimes("limits", salt, shared)
    hub = Hub(store, Pseudonyms(key), process, settings)
    addresses = Addresses(settings)
    hub.addresses = addresses.hosts
    addresses.on_change.append(lambda: hub.change_addresses(addresses.hosts))
    return Site(
        settings=settings,
        addresses=addresses,
        origins=frozenset(map(origin_of, settings.trusted_origins)),
        hub=hub,
        template_registry=templates,
        static_version=static_version(folders.static, brand),
        brand=brand,
        messages=RateLimits(settings.message_rate, settings.message_burst),
        # Less than one a minute still permits one at a time.
        creation_limit=SharedRates(
            limits, "boards", settings.board_rate / 60, max(1, settings.board_rate)
        ),
        unknown_credentials=SharedRates(limits, "news", UNKNOWN_A_MINUTE / 60, UNKNOWN_A_MINUTE),
        guess_limit=GuessLimit(limits),
        known_clients=KnownClients(SharedTimes("acquaintances", salt, shared)),
        names=AllowedHosts(settings),
        fair_queue=FairQueue(REQUESTS_A_TURN),
    )


def make_application(site: Site, key: bytes) -> Application:
    """Combine the routes. Raises TypeError if a handler declares no access rule."""
    folders = resources()
    version = {"version": site.static_version}
    files = {"path": str(folders.static), **version}
    modules = (
        pages,
        record,
        record_api,
        replay,
        live_socket,
        api,
        lists,
        hosts,
        questions,
        invites,
        health,
        openapi,
        design,
    )
    routes = [route for module in modules for route in module.routes]
    joined = {"bundles": Bundles(folders.static, language(), site.brand.styles())}
    unlisted = [BundleFile, ServiceWorker, BrandLogo, WebManifest, StaticFiles, NotFound]
    require_access_rules([handler for _, handler in routes] + unlisted)
    return _Application(
        [
            *routes,
            (r"/worker\.js", ServiceWorker, joined),
            (r"/static/([0-9a-f]+)/pages/([\w.-]+)", BundleFile, joined | version),
            (
                rf"/static/([0-9a-f]+)/{re.escape(MANIFEST)}",
                WebManifest,
                files | {"brand": site.brand},
            ),
            (r"/static/([0-9a-f]+)/brand/logo", BrandLogo, {"logo": site.brand.logo, **version}),
            (r"/static/([0-9a-f]+)/(.*)", StaticFiles, files),
        ],
        default_handler_class=NotFound,
        site=site,
        template_loader=read_pages(folders.templates),
        cookie_secret=secret.derive(key, "cookies"),
        diagnostics_token=secret.diagnostics_token(key),
        cross_origin_protection=True,
        trusted_origins=site.origins,
        openapi=msgspec.json.encode(openapi.document(routes, site.addresses.root)),
        log_function=log_request,
    )


class _Application(Application):
    """Finds a page with or without the path of `public_url`: some proxies strip it, some do not."""

    def find_handler(self, request: HTTPServerRequest, **more: Any) -> Any:
        root = self.settings["site"].addresses.root
        if root and (request.path == root or request.path.startswith(f"{root}/")):
            request.path = request.path.removeprefix(root) or "/"
        return super().find_handler(request, **more)


def make_server(application: Application, settings: Settings) -> HttpServer:
    """Create the server that accepts connections, with the limits for each."""
    return HttpServer(
        application,
        ssl_options=tls.context(settings),
        xheaders=settings.proxy_headers,
        max_body_size=MAX_BODY,
        idle_connection_timeout=HEADER_SECONDS,
        body_timeout=BODY_SECONDS,
    )


def read_pages(folder: Path) -> DictLoader:
    """Read all pages at the start: an upgrade may replace the files while this process runs.

    Each is compiled when it is first shown.
    """
    return DictLoader(
        {
            page.relative_to(folder).as_posix(): page.read_text(encoding="utf-8")
            for page in folder.rglob("*.html")
        }
    )


async def serve(settings: Settings, sockets: list[socket.socket]) -> None:
    """Run one worker until it is told to stop, or its parent is gone; then drain.

    While draining it still answers: otherwise, connections would wait unread in the socket's queue,
    and health checks would get no answer. Only a worker that was replaced (SIGHUP) stops accepting
    at once, as its replacement reads the queue. In all other cases every worker leaves, and the
    last one closes the socket, which the parent has already closed.
    """
    key = secret.read(settings.secret_path)
    site = make_site(settings, key)
    application = make_application(site, key)
    server = make_server(application, settings)
    stopping = _stop_event(replaced=server.stop)
    open_default_board = default_board_opener(site, key)
    site.hub.on_connected.append((DEFAULT_CODE, open_default_board))
    site.hub.start()
    process_metrics = ProcessMetrics(site.hub, settings, server.longest_queue)
    background = [
        tasks.supervise("default board", partial(reopen_after_expiry, open_default_board)),
        tasks.supervise("vitals", process_metrics.run),
        tasks.supervise("templates", site.template_registry.watch),
        tasks.supervise("expiry", Expiry(site.hub).run),
        tasks.supervise("addresses", site.addresses.watch),
    ]
    # Objects that live as long as the process need not be visited by each collection.
    gc.collect()
    gc.freeze()
    # A collection blocks the loop: young objects are collected often, a few at a time; old ones,
    # which are many, rarely. See `live/gc_on_leave.py`.
    gc.set_threshold(4_000, 4, 3_000)
    await _await_store(site.hub.store, stopping)
    server.add_sockets(sockets)
    _report_ready(site.hub.store)
    await stopping.wait()
    people, began = len(site.hub.clients), time.monotonic()
    with tasks.contained("drain"):
        await site.hub.drain(settings.drain_seconds)
    took = time.monotonic() - began
    logger.info(
        "%d connections were closed in %.1f s.",
        *(people, took),
        extra=event("drained", connections=people, seconds=round(took, 3)),
    )
    server.stop()
    # Connections admitted just before have hardly sent a request yet.
    await asyncio.sleep(LAST_ANSWERS)
    await server.close_all_connections()
    await tasks.end(background)
    await site.hub.close()
    metrics.flush()


def default_board_opener(site: Site, key: bytes) -> Callable[[], Awaitable[None]]:
    """Return a function that opens the board of a fresh server unless it exists."""
    host_key = secret.host_key(key, DEFAULT_CODE)
    template = site.templates.get(DEFAULT_TEMPLATE)

    async def open_board() -> None:
        # While an upgrade is replacing the files the template may be missing; other boards are
        # still served.
        if template and await open_default(site.hub, template, host_key):
            logger.info(
                "The board %s is open.",
                DEFAULT_CODE,
                extra=event("board_made", board=DEFAULT_CODE),
            )

    return open_board


async def reopen_after_expiry(open_board: Callable[[], Awaitable[None]]) -> None:
    """Reopen the board of a fresh server after it has expired unused."""
    while True:
        await asyncio.sleep(EXPIRY_SECONDS)
        with contextlib.suppress(StoreAwayError):
            await open_board()


def _stop_event(replaced: Callable[[], None]) -> asyncio.Event:
    """Return an event that is set when this worker is told to stop, or its parent is gone.

    `replaced` is called first if another worker has taken its place.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    def on_replaced() -> None:
        stopping.set()
        replaced()

    loop.add_signal_handler(signal.SIGHUP, on_replaced)
    if parent := os.environ.get("STACKVOTE_PARENT_FD"):

        def on_parent_gone() -> None:
            logger.warning(
                "The server's parent process is gone. Closing connections, then exiting.",
                extra=event("parent_gone"),
            )
            loop.remove_reader(int(parent))
            stopping.set()

        # Nothing is ever written to it: it becomes readable only when the other end is closed.
        loop.add_reader(int(parent), on_parent_gone)
    return stopping


async def _await_store(store: Store, stopping: asyncio.Event) -> None:
    """Wait a while for the store to answer; a worker without a store still serves pages."""
    there = asyncio.Event()
    store.on_presence.append(lambda _node: there.set())
    await tasks.any_of(there, stopping, seconds=STORE_SECONDS)


def _report_ready(store: Store) -> None:
    """Tell the parent that connections are accepted and, once that is true, votes."""
    ready = os.environ.pop("STACKVOTE_READY_FD", None)
    if ready is None:
        return

    def report_serving(node: Node) -> None:
        if node.present:
            store.on_presence.remove(report_serving)
            with contextlib.suppress(OSError):  # The parent may be gone.
                os.write(int(ready), b"2")
            os.close(int(ready))

    os.write(int(ready), b"1")
    store.on_presence.append(report_serving)
    for node in store.nodes:
        if node.present:
            report_serving(node)
            break
