"""Two real servers with one store and one secret, behind the proxies, while one of them dies."""

import asyncio
import json
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from http.cookies import SimpleCookie

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from websockets.exceptions import InvalidStatus

from deploy.proxies import KINDS, proxy
from server.security.secret import load
from server.store.embedded import EmbeddedStore
from support.client import connect
from support.server import launched

BALLOT = {"approve": ["fastapi"]}


@pytest.fixture(params=KINDS)
def site(request, tmp_path):
    """Where people come in, and the servers behind it."""
    load(tmp_path / "secret")
    shared = {
        "STACKVOTE_SECRET_FILE": str(tmp_path / "secret"),
        "STACKVOTE_PROXY_HEADERS": "true",
    }
    with ExitStack() as stack:
        store = stack.enter_context(EmbeddedStore(tmp_path / "store"))
        servers = [
            stack.enter_context(launched(tmp_path / name, STACKVOTE_REDIS_URL=store.url, **shared))
            for name in ("one", "two")
        ]
        ports = [server.await_greeting().port for server in servers]
        port = stack.enter_context(proxy(request.param, ports, tmp_path))
        yield f"127.0.0.1:{port}", servers


async def fetch(place, path, **options):
    request = HTTPRequest(f"http://{place}{path}", request_timeout=10, **options)
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def join(place):
    """Open the ballot as a browser does, and give its cookie."""
    answer = await fetch(place, "/b/FRAMEWORKS")
    assert answer.code == 200
    cookie = SimpleCookie(answer.headers["Set-Cookie"])
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookie.items())


@asynccontextmanager
async def joined(place, cookie, origin=None):
    """Be on the board, as a page of `origin`, by default one of the board itself."""
    fetched = {"Sec-Fetch-Site": "cross-site" if origin else "same-origin"}
    base = f"http://{place}"
    async with connect(
        base, "FRAMEWORKS", cookie=cookie, origin=origin or base, headers=fetched
    ) as connection:
        await connection.send(json.dumps({"type": "hello", "view": "ballot"}))
        yield connection


async def receive(connection, wanted):
    """Return the next message of a type. Raises ConnectionClosed if none comes."""
    while True:
        message = json.loads(await connection.recv())
        if message["type"] == wanted:
            return message


def play(scenario):
    async def limited():
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(limited())


def test_people_vote_and_go_on_when_a_server_is_killed(site):
    place, servers = site

    async def scenario():
        cookies = [await join(place) for _ in range(8)]
        async with AsyncExitStack() as people:
            for number, cookie in enumerate(cookies):
                connection = await people.enter_async_context(joined(place, cookie))
                welcome = await receive(connection, "welcome")
                assert welcome["round"]["n"] == 1
                vote = {"type": "vote", "id": f"v{number}", "round": 1, "ballot": BALLOT}
                await connection.send(json.dumps(vote))
                assert (await receive(connection, "ack"))["id"] == f"v{number}"
            servers[0].kill()
        for cookie in cookies:
            # Whoever was there comes back with the same cookie, and finds the ballot as it was.
            async with joined(place, cookie) as connection:
                welcome = await receive(connection, "welcome")
                assert welcome["ballot"] == BALLOT
                assert welcome["tally"]["voters"] == len(cookies)

    play(scenario)


def test_a_foreign_page_cannot_act(site):
    place, _ = site

    async def scenario():
        cookie = await join(place)
        with pytest.raises(InvalidStatus) as refused:
            async with joined(place, cookie, origin="http://evil.example"):
                pass
        assert refused.value.response.status_code == 403
        answer = await fetch(
            place,
            "/api/boards",
            method="POST",
            body=json.dumps({"title": "x", "options": [{"name": "a"}]}),
            headers={"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert answer.code == 403

    play(scenario)


def test_own_pages_can_act_and_counters_stay_inside(site):
    place, servers = site

    async def scenario():
        answer = await fetch(
            place,
            "/api/boards",
            method="POST",
            body=json.dumps({"title": "x", "options": [{"name": "a"}, {"name": "b"}]}),
            headers={"Origin": f"http://{place}", "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.code == 201
        code = json.loads(answer.body)["code"]
        # Whichever server made it, both know it.
        for _ in range(4):
            assert (await fetch(place, f"/api/boards/{code}")).code == 200
        assert (await fetch(place, "/metrics")).code == 404
        assert servers[0].get("/metrics")[0] == 200

    play(scenario)
