"""Where the parts are wired together: one worker, from the sockets it inherits to its end."""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import msgspec
from tornado.template import Loader
from tornado.web import Application

from server import metrics, secret, tasks, tls
from server.addresses import public_base
from server.live.expiry import Expiry
from server.live.founding import DEFAULT_CODE, DEFAULT_TEMPLATE, open_default
from server.live.hub import Hub
from server.live.pseudonyms import Pseudonyms
from server.live.rate import Rates
from server.live.vitals import Vitals
from server.log.store import Store, StoreAwayError
from server.loglines import event
from server.offered import offered
from server.resources import resources
from server.settings import Settings
from server.shared_times import SharedRates, SharedTimes
from server.web import api, hosts, invites, openapi, ops, pages
from server.web import socket as live_socket
from server.web.door import Door
from server.web.files import Files, version_of
from server.web.guesses import Acquaintances, Guesses
from server.web.handler import NotFound, Site, log_request, require_access_rules
from server.web.own_names import OwnNames
from server.web.turns import Turns

logger = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
"""Bytes of a request; a long list of options fits, more is of no use."""
REQUESTS_A_TURN = 2
"""Requests begun in one turn of the loop; a page costs more than a hundred votes."""
NEWS_A_MINUTE = 60
HEADER_SECONDS, BODY_SECONDS = 120, 30
"""In which the head of a request has to be there, the next one on a kept connection too; and then
its body."""
STORE_SECONDS = 5.0
"""How long a worker waits for the store before it takes people in all the same."""
LAST_ANSWERS = 0.2
"""Seconds in which a worker that has stopped to accept answers those whom it has let in."""
EXPIRY_SECONDS = 60.0
"""How often it is looked whether the board of a fresh server has expired."""


def make_site(settings: Settings, key: bytes) -> Site:
    """Make what all handlers share: rooms, templates, limits. Nothing runs yet."""
    process = secrets.token_hex(6)
    store = Store(settings.redis_url or "", settings.durability, settings.replicas)
    metrics.STORE_PRESENT.set(0)
    store.on_presence.append(metrics.STORE_PRESENT.set)
    folders = resources()
    templates, faults = offered(settings)
    for fault in faults:
        logger.error("A board is not offered: %s", fault, extra=event("board_left_out", why=fault))
    salt, shared = secret.derive(key, "limits"), metrics.shared_folder()
    limits = SharedTimes("limits", salt, shared)
    return Site(
        settings=settings,
        base=public_base(settings),
        hub=Hub(store, Pseudonyms(key), process, settings),
        templates=templates,
        static_version=version_of(folders.static),
        messages=Rates(settings.message_rate, settings.message_burst),
        # Less than one a minute is still one at a time.
        founders=SharedRates(
            limits, "boards", settings.board_rate / 60, max(1, settings.board_rate)
        ),
        news=SharedRates(limits, "news", NEWS_A_MINUTE / 60, NEWS_A_MINUTE),
        guesses=Guesses(limits),
        acquaintances=Acquaintances(SharedTimes("acquaintances", salt, shared)),
        names=OwnNames(settings),
        turns=Turns(REQUESTS_A_TURN),
    )


def make_application(site: Site, key: bytes) -> Application:
    """Join the routes. Raises TypeError where a handler declares no access rule."""
    folders = resources()
    files = {"path": str(folders.static), "version": site.static_version}
    rooms = (pages, live_socket, api, hosts, invites, ops, openapi)
    routes = [route for room in rooms for route in room.routes]
    require_access_rules([handler for _, handler in routes] + [Files, NotFound])
    return Application(
        [*routes, (r"/static/([0-9a-f]+)/(.*)", Files, files)],
        default_handler_class=NotFound,
        site=site,
        template_loader=_read_templates(folders.templates),
        cookie_secret=secret.derive(key, "cookies"),
        looking_glass=secret.looking_glass(key),
        cross_origin_protection=True,
        trusted_origins=site.settings.trusted_origins,
        openapi=msgspec.json.encode(openapi.document(routes)),
        log_function=log_request,
    )


def make_server(application: Application, settings: Settings) -> Door:
    """Make what takes connections in, with what one of them may ask of this process at most."""
    return Door(
        application,
        ssl_options=tls.context(settings),
        xheaders=settings.proxy_headers,
        max_body_size=MAX_BODY,
        idle_connection_timeout=HEADER_SECONDS,
        body_timeout=BODY_SECONDS,
    )


def _read_templates(folder: Path) -> Loader:
    """Read all pages at the start: an upgrade may put others in their place while this one runs."""
    loader = Loader(str(folder))
    for page in sorted(folder.rglob("*.html")):
        loader.load(str(page.relative_to(folder)))
    return loader


async def serve(settings: Settings, sockets: list[socket.socket]) -> None:
    """Run one worker until it is told to stop, or until its parent is gone; then drain.

    While it drains, it still answers: else connections would wait unread in the queue of the
    socket, and nobody could ask how it is. Only a worker that another has replaced (SIGHUP)
    stops to accept at once, since the queue is read by the other. In any other case all leave,
    and whoever leaves last closes the socket, for the parent has let go of it.
    """
    key = secret.read(settings.secret_path)
    site = make_site(settings, key)
    application = make_application(site, key)
    server = make_server(application, settings)
    stopping = _stop_event(replaced=server.stop)
    keep = default_board_keeper(site, key)
    site.hub.on_line.append(keep)
    site.hub.start()
    vitals = Vitals(site.hub, settings, server.take_longest)
    keeping = [
        tasks.supervise("default board", partial(keep_now_and_then, keep)),
        tasks.supervise("vitals", vitals.keep),
        tasks.supervise("expiry", Expiry(site.hub).keep),
    ]
    # What lives as long as the process need not be looked at by every collection.
    gc.collect()
    gc.freeze()
    # A collection holds the loop: young objects are looked at often, and few at a time; those that
    # have lived long, which are many, hardly ever. See `live/leavings.py`.
    gc.set_threshold(4_000, 4, 3_000)
    await _meet_store(site.hub.store, stopping)
    server.add_sockets(sockets)
    _say_ready(site.hub.store)
    await stopping.wait()
    people, began = len(site.hub.guests), time.monotonic()
    with tasks.contained("drain"):
        await site.hub.drain(settings.drain_seconds)
    took = time.monotonic() - began
    logger.info(
        "%d connections were sent away in %.1f s.",
        *(people, took),
        extra=event("drained", connections=people, seconds=round(took, 3)),
    )
    server.stop()
    # Who was let in just before has hardly asked yet.
    await asyncio.sleep(LAST_ANSWERS)
    await server.close_all_connections()
    await tasks.end(keeping)
    await site.hub.close()
    metrics.flush()


def default_board_keeper(site: Site, key: bytes) -> Callable[[], Awaitable[None]]:
    """Return what opens the board of a fresh server unless it is there."""
    host_key = secret.host_key(key, DEFAULT_CODE)
    template = site.templates.get(DEFAULT_TEMPLATE)

    async def keep() -> None:
        # Without it, while an upgrade replaces the files, all other boards are served.
        if template and await open_default(site.hub, template, host_key):
            logger.info(
                "The board %s is open.",
                DEFAULT_CODE,
                extra=event("board_made", board=DEFAULT_CODE),
            )

    return keep


async def keep_now_and_then(keep: Callable[[], Awaitable[None]]) -> None:
    """Open the board of a fresh server again when nobody has used it until it expired."""
    while True:
        await asyncio.sleep(EXPIRY_SECONDS)
        with contextlib.suppress(StoreAwayError):
            await keep()


def _stop_event(replaced: Callable[[], None]) -> asyncio.Event:
    """Return an event that is set when this worker is told to stop, or its parent is gone.

    `replaced` is called first where another worker has taken its place.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    def make_way() -> None:
        stopping.set()
        replaced()

    loop.add_signal_handler(signal.SIGHUP, make_way)
    if parent := os.environ.get("STACKVOTE_PARENT_FD"):

        def gone() -> None:
            logger.warning(
                "The server's parent process is gone. Sending people away, then ending.",
                extra=event("parent_gone"),
            )
            loop.remove_reader(int(parent))
            stopping.set()

        # Nothing is ever written there: it can be read only when the other end is closed.
        loop.add_reader(int(parent), gone)
    return stopping


async def _meet_store(store: Store, stopping: asyncio.Event) -> None:
    """Wait until the store answers, for a while: without one there is much to say, too."""
    there = asyncio.Event()
    store.on_presence.append(lambda _present: there.set())
    await tasks.any_of(there, stopping, seconds=STORE_SECONDS)


def _say_ready(store: Store) -> None:
    """Tell the parent that people are taken in, and when it comes to that, votes."""
    ready = os.environ.pop("STACKVOTE_READY_FD", None)
    if ready is None:
        return

    def say_served(present: bool) -> None:
        if present:
            store.on_presence.remove(say_served)
            with contextlib.suppress(OSError):  # The parent may be gone.
                os.write(int(ready), b"2")
            os.close(int(ready))

    os.write(int(ready), b"1")
    store.on_presence.append(say_served)
    if store.present:
        say_served(True)
