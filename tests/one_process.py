"""One worker in the process of the tests, on a real store, and people who talk to it."""

import asyncio
import itertools
import json
import re
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from urllib.parse import urlencode

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.app import make_application, make_server, make_site
from server.log.embedded import EmbeddedStore
from server.settings import Settings

KEY = b"a secret of these tests, not for any other use"
OPTIONS = ("Django", "Flask", "Tornado")
PATIENCE = 10.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A store, and a worker on it, that the tests of a module share: each makes its own boards."""
    with EmbeddedStore(tmp_path_factory.mktemp("data")) as store:
        yield store
        if shared := _shared.pop(store.url, None):
            IOLoop.current().run_sync(shared.stop)


@pytest.fixture(autouse=True, scope="module")
def patience_with_the_store():
    """On a busy machine a sign of life may be late; nothing else is to be refused for that.

    It is for the folders that import it, whose attempts are not about a store that is away.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.log.follow.SILENCE", 60.0)
        yield


async def until(condition, patience=PATIENCE):
    """Wait until a condition holds, and give what it gave."""
    deadline = asyncio.get_running_loop().time() + patience
    while not (met := condition()):
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.002)
    return met


def joined(cookie, got):
    """Add what an answer sets to the cookies that a browser has."""
    new = [each.partition(";")[0] for each in got.headers.get_list("Set-Cookie")]
    if cookie is None and not new:
        return None
    pairs = [each.split("=", 1) for each in [*(cookie.split("; ") if cookie else []), *new]]
    return "; ".join(f"{name}={value}" for name, value in dict(pairs).items())


class Worker:
    """A worker that serves on a port of this machine; `trust` is what it speaks TLS with."""

    def __init__(self, url, trust=None, **settings):
        self.socket, self.port = bind_unused_port()
        self.trust = trust
        self.base = f"http{'s' if trust else ''}://127.0.0.1:{self.port}"
        self.safe = "__Host-" if trust else ""
        base = {"redis_url": url, "public_url": self.base}
        settings = {
            "message_rate": 10_000,
            "message_burst": 10_000,
            "board_rate": 10_000,
        } | settings
        self.site = make_site(Settings(**base | settings), KEY)
        self.application = make_application(self.site, KEY)
        self.server = make_server(self.application, self.site.settings)
        self.http = AsyncHTTPClient(force_instance=True)
        self.pages = AsyncExitStack()

    @property
    def hub(self):
        return self.site.hub

    async def start(self):
        self.server.add_socket(self.socket)
        self.hub.start()
        await until(lambda: self.hub.ready)

    async def stop(self):
        await self.pages.aclose()
        self.http.close()
        self.server.stop()
        await self.hub.drain(0.1)
        await self.server.close_all_connections()
        await self.hub.close()

    async def fetch(self, path, body=None, **more):
        """Ask for an address; JSON is sent where there is a body that is not bytes."""
        if body is not None:
            more = {
                "method": "POST",
                "body": body if isinstance(body, bytes) else json.dumps(body),
            } | more
        usual = {"raise_error": False, "follow_redirects": False, "ssl_options": self.trust}
        return await self.http.fetch(f"{self.base}{path}", **usual | more)

    async def api(self, path, body=None, **more):
        """Ask for an address of the API: status and JSON."""
        got = await self.fetch(path, body, **more)
        return got.code, json.loads(got.body)

    async def board(self, **more):
        """Make a board; give its code and host key."""
        asked = {"title": "Which one?", "options": [{"name": name} for name in OPTIONS]} | more
        status, made = await self.api("/api/boards", asked)
        assert status == 201, made
        return made["code"], made["host_key"]

    async def cookie(self, code):
        """Open the ballot as a new browser; give its cookie."""
        got = await self.fetch(f"/b/{code}")
        assert got.code == 200
        return got.headers["Set-Cookie"].partition(";")[0]

    async def open_link(self, link, cookie=None):
        """Open a link as a browser: the answer, and all the cookies that it has then."""
        path = link.removeprefix(self.site.base)
        got = await self.fetch(path, headers={"Cookie": cookie} if cookie else {})
        return got, joined(cookie, got)

    async def answer_form(self, got, cookie, **changed):
        """Press the button of a page that asks: the answer, and all the cookies by then."""
        html = got.body.decode()
        action = re.search(r'<form[^>]*method="post"[^>]*action="([^"]*)"', html)[1]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        body = urlencode({name: unescape(value) for name, value in (fields | changed).items()})
        known = {"Cookie": cookie} if cookie else {}
        got = await self.fetch(action, body.encode(), headers=known | FORM)
        return got, joined(cookie, got)

    async def seated(self, link, cookie=None):
        """Take the seat of an invitation as a person does; give the browser's cookies."""
        got, cookie = await self.open_link(link, cookie)
        assert got.code == 200, got.body
        got, cookie = await self.answer_form(got, cookie)
        assert got.code == 303, got.body
        assert "invite" not in got.headers["Location"]
        return cookie

    async def line(self, code, *, cookie=None, key=None, asks="", **more):
        """Open a live connection and say nothing yet."""
        cookies = "; ".join(
            filter(None, [cookie, key and f"{self.safe}stackvote_host_{code}={key}"])
        )
        headers = {"Cookie": cookies} if cookies else {}
        socket = await self.pages.enter_async_context(
            connect(
                f"{self.base.replace('http', 'ws', 1)}/b/{code}/live{asks}",
                ssl=self.trust,
                additional_headers=headers | more.pop("headers", {}),
                subprotocols=["stackvote.v1"],
                ping_interval=None,
                close_timeout=1,
                **more,
            )
        )
        page = Page(socket)
        self.pages.push_async_callback(page.forget)
        return page

    async def page(self, code, view="ballot", *, cookie=None, key=None, **hello):
        """Open a page as somebody: a new browser on the ballot, unless it is said who."""
        if cookie is None and view == "ballot":
            cookie = await self.cookie(code)
        page = await self.line(code, cookie=cookie, key=key)
        page.cookie = cookie
        page.welcome = await page.hello(view, **hello)
        return page

    async def host(self, code, key):
        """Open the host's console."""
        return await self.page(code, "host", cookie=await self.cookie(code), key=key)


class Page:
    """One live connection: what it was told, in order."""

    _ids = itertools.count(1)

    def __init__(self, socket):
        self.socket = socket
        self.frames = []
        self.raw = []
        """What came, as it came."""
        self.welcome = None
        self.cookie = None
        self._reader = asyncio.create_task(self._read())

    async def _read(self):
        try:
            while True:
                said = await self.socket.recv()
                self.raw.append(said)
                self.frames.append(json.loads(said))
        except ConnectionClosed:
            pass

    async def forget(self):
        self._reader.cancel()

    async def send(self, message):
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hello(self, view="ballot", **more):
        seen = len(self.frames)
        await self.send({"type": "hello", "view": view, **more})
        return await self.told("welcome", after=seen)

    def of(self, type_, after=0):
        return [frame for frame in self.frames[after:] if frame["type"] == type_]

    async def told(self, type_, holds=lambda _: True, after=0):
        """Wait for a frame of a type for which something holds."""

        def found():
            return next((frame for frame in self.of(type_, after) if holds(frame)), None)

        return await until(found)

    async def ask(self, type_, **fields):
        """Ask for something, and wait for the answer."""
        fields = {"id": f"m{next(self._ids)}"} | fields
        seen = len(self.frames)
        await self.send({"type": type_, **fields})

        def answer():
            return next(
                (
                    frame
                    for frame in self.frames[seen:]
                    if frame["type"] in {"ack", "refused"} and frame["id"] == fields["id"]
                ),
                None,
            )

        return await until(answer)

    async def done(self, type_, **fields):
        """Ask for something that is to be done; give its position."""
        answer = await self.ask(type_, **fields)
        assert answer["type"] == "ack", answer
        return answer["seq"]

    async def closed(self):
        """Wait until the server has closed: code and reason."""
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE)
        return self.socket.close_code, self.socket.close_reason


_shared = {}


@asynccontextmanager
async def worker(store, *, own=False, **settings):
    """Give a worker on a store: the shared one, or one of its own where something is special."""
    if not own and not settings:
        if store.url not in _shared:
            _shared[store.url] = Worker(store.url)
            await _shared[store.url].start()
        try:
            yield _shared[store.url]
        finally:
            await _shared[store.url].pages.aclose()
        return
    made = Worker(store.url, **settings)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
