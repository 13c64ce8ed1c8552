"""One worker in the process of the tests, on a real store, and what its clients do."""

import json
import re
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from html import unescape
from urllib.parse import urlencode

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port

from server import app
from server.app import make_application, make_server, make_site
from server.domain import actions as act
from server.domain import templates
from server.settings import Settings
from server.store.embedded import EmbeddedStore
from support.client import LiveClient, connect
from support.wait import eventually

KEY = b"a secret of these tests, not for any other use"
OPTIONS = ("Django", "Flask", "Tornado")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# All workers of these tests have the same pages and templates, so each is read only once.
app.read_pages = cache(app.read_pages)
templates.parse_template = cache(templates.parse_template)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A store with a worker on it, shared by the tests of a module: each creates its own boards."""
    with EmbeddedStore(tmp_path_factory.mktemp("data")) as store:
        yield store
        if shared := _shared.pop(store.url, None):
            IOLoop.current().run_sync(shared.stop)


@pytest.fixture(autouse=True, scope="module")
def patience_with_the_store():
    """Tolerate late heartbeats on a busy machine; they must not cause refusals.

    For the folders that import it, whose tests are not about a store that is away.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.store.subscription.SILENCE", 60.0)
        yield


def joined(cookie, got):
    """Add the cookies that an answer sets to those that a browser has."""
    new = [each.partition(";")[0] for each in got.headers.get_list("Set-Cookie")]
    if cookie is None and not new:
        return None
    pairs = [each.split("=", 1) for each in [*(cookie.split("; ") if cookie else []), *new]]
    return "; ".join(f"{name}={value}" for name, value in dict(pairs).items())


class Worker:
    """A worker that serves on a port of this machine; `trust` is the TLS context of its clients."""

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
        await eventually(lambda: self.hub.ready)

    async def stop(self):
        await self.pages.aclose()
        self.http.close()
        self.server.stop()
        await self.hub.drain(0.1)
        await self.server.close_all_connections()
        await self.hub.close()

    async def fetch(self, path, body=None, **more):
        """Fetch an address; a body that is not bytes is sent as JSON."""
        if body is not None:
            more = {
                "method": "POST",
                "body": body if isinstance(body, bytes) else json.dumps(body),
            } | more
        usual = {"raise_error": False, "follow_redirects": False, "ssl_options": self.trust}
        return await self.http.fetch(f"{self.base}{path}", **usual | more)

    async def api(self, path, body=None, **more):
        """Fetch an address of the API; return status and JSON."""
        got = await self.fetch(path, body, **more)
        return got.code, json.loads(got.body)

    async def board(self, **more):
        """Create a board; return its code and host key."""
        asked = {"title": "Which one?", "options": [{"name": name} for name in OPTIONS]} | more
        status, made = await self.api("/api/boards", asked)
        assert status == 201, made
        return made["code"], made["host_key"]

    def append(self, code, entry):
        """Append an entry to the log of a board, as another process would."""
        self.hub.log.append(code, act.encode(entry), lambda _: None)

    async def cookie(self, code):
        """Open the ballot as a new browser; return its cookie."""
        got = await self.fetch(f"/b/{code}")
        assert got.code == 200
        return got.headers["Set-Cookie"].partition(";")[0]

    async def open_link(self, link, cookie=None):
        """Open a link as a browser; return the answer, and all its cookies by then."""
        path = link.removeprefix(self.site.base)
        got = await self.fetch(path, headers={"Cookie": cookie} if cookie else {})
        return got, joined(cookie, got)

    async def answer_form(self, got, cookie, **changed):
        """Press the button of a page with a form; return the answer, and all cookies by then."""
        html = got.body.decode()
        action = re.search(r'<form[^>]*method="post"[^>]*action="([^"]*)"', html)[1]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        body = urlencode({name: unescape(value) for name, value in (fields | changed).items()})
        known = {"Cookie": cookie} if cookie else {}
        got = await self.fetch(action, body.encode(), headers=known | FORM)
        return got, joined(cookie, got)

    async def seated(self, link, cookie=None):
        """Take the seat of an invitation as a person does; return the browser's cookies."""
        got, cookie = await self.open_link(link, cookie)
        assert got.code == 200, got.body
        got, cookie = await self.answer_form(got, cookie)
        assert got.code == 303, got.body
        assert "invite" not in got.headers["Location"]
        return cookie

    async def connect(self, code, *, cookie=None, key=None, asks="", **more):
        """Open a live connection without sending anything yet."""
        cookies = "; ".join(
            filter(None, [cookie, key and f"{self.safe}stackvote_host_{code}={key}"])
        )
        own = {"cookie": cookies, "query": asks, "ssl": self.trust, "close_timeout": 1}
        socket = await self.pages.enter_async_context(connect(self.base, code, **own, **more))
        page = LiveClient(socket)
        self.pages.push_async_callback(page.forget)
        return page

    async def page(self, code, view="ballot", *, cookie=None, key=None, **hello):
        """Open a page: as a new browser on the ballot, unless told otherwise."""
        if cookie is None and view == "ballot":
            cookie = await self.cookie(code)
        page = await self.connect(code, cookie=cookie, key=key)
        page.cookie = cookie
        page.welcome = await page.hello(view, **hello)
        return page

    async def host(self, code, key):
        """Open the host's console."""
        return await self.page(code, "host", cookie=await self.cookie(code), key=key)


_shared = {}


@asynccontextmanager
async def worker(store, *, own=False, **settings):
    """Provide a worker on a store: the shared one, or a new one for special settings."""
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
