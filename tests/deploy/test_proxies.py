"""What the proxies make of a request, seen by servers that send back what they got."""

import asyncio
import itertools
import json
import time
from contextlib import asynccontextmanager
from functools import partial

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

from deploy.proxies import KINDS, proxy
from support.ports import free_port
from support.wait import eventually

EACH_KIND = pytest.mark.parametrize("kind", KINDS)


class Upstream:
    """A server that says its name and what it was asked; it can be unwell, and be gone."""

    def __init__(self):
        self.port = free_port()
        self.well = True
        self.hits = 0

    async def start(self):
        upstream = self

        class Readiness(RequestHandler):
            def get(self):
                self.set_status(200 if upstream.well else 503)

        class Echo(RequestHandler):
            def get(self):
                upstream.hits += 1
                self.set_cookie("seat", "abc", httponly=True, samesite="Lax")
                self.write(
                    {
                        "port": upstream.port,
                        "address": self.request.remote_ip,
                        "scheme": self.request.protocol,
                        "headers": dict(self.request.headers),
                    }
                )

            post = get

        class Live(WebSocketHandler):
            def check_origin(self, _origin):
                return True

            def open(self):
                self.write_message(json.dumps(dict(self.request.headers)))

            def on_message(self, message):
                self.write_message(message)

        routes = [("/readyz", Readiness), ("/live", Live), (".*", Echo)]
        self._server = HTTPServer(Application(routes), xheaders=True)
        self._server.listen(self.port, "127.0.0.1")

    async def stop(self):
        self._server.stop()
        await self._server.close_all_connections()


@asynccontextmanager
async def standing(kind, folder):
    upstreams = [Upstream(), Upstream()]
    for upstream in upstreams:
        await upstream.start()
    context = proxy(kind, [upstream.port for upstream in upstreams], folder)
    port = await asyncio.to_thread(context.__enter__)
    try:
        yield f"127.0.0.1:{port}", upstreams
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)
        for upstream in upstreams:
            await upstream.stop()


async def fetch(url, **options):
    return await AsyncHTTPClient().fetch(url, raise_error=False, request_timeout=10, **options)


def scenario(kind, folder, play):
    async def run():
        async with standing(kind, folder) as (place, upstreams):
            await play(place, upstreams)

    asyncio.run(asyncio.wait_for(run(), 60))


@EACH_KIND
def test_the_servers_learn_who_asks_and_cannot_be_lied_to(kind, tmp_path):
    async def play(place, _):
        lies = {
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Proto": "https",
            "X-Real-IP": "203.0.113.9",
            "X-Scheme": "https",
        }
        for headers in ({}, lies):
            got = json.loads((await fetch(f"http://{place}/b/X", headers=headers)).body)
            assert got["address"] == "127.0.0.1"
            assert got["scheme"] == "http"
            assert got["headers"]["X-Forwarded-For"] == "127.0.0.1"
            assert got["headers"]["X-Forwarded-Proto"] == "http"

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_what_tells_own_pages_from_foreign_ones_is_passed_on(kind, tmp_path):
    async def play(place, _):
        headers = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
        answer = await fetch(f"http://{place}/", method="POST", body="", headers=headers)
        got = json.loads(answer.body)["headers"]
        assert got["Host"] == place
        assert headers.items() <= got.items()

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_cookies_go_both_ways_unchanged(kind, tmp_path):
    async def play(place, _):
        answer = await fetch(f"http://{place}/", headers={"Cookie": "seat=abc; theme=dark"})
        assert json.loads(answer.body)["headers"]["Cookie"] == "seat=abc; theme=dark"
        cookie = answer.headers["Set-Cookie"]
        assert all(part in cookie for part in ("seat=abc", "HttpOnly", "SameSite=Lax"))

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_counters_stay_inside(kind, tmp_path):
    async def play(place, upstreams):
        for path in ("/metrics", "/metrics?x=1", "/metrics/", "/%6detrics"):
            assert (await fetch(f"http://{place}{path}")).code == 404, path
        assert sum(upstream.hits for upstream in upstreams) == 0

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_a_key_in_an_address_stands_in_no_log(kind, tmp_path):
    async def play(place, _):
        address = f"http://{place}/b/X/host?key=K3Y-OF-A-HOST"
        assert (await fetch(address, headers={"Referer": address})).code == 200

    scenario(kind, tmp_path, play)
    logs = "".join(path.read_text() for path in tmp_path.rglob("*.log"))
    assert "K3Y" not in logs
    assert ("/b/X/host" in logs) is (kind == "nginx")


@EACH_KIND
def test_a_live_connection_goes_through(kind, tmp_path):
    async def play(place, _):
        headers = {"Origin": f"http://{place}", "Sec-Fetch-Site": "same-origin"}
        connection = await websocket_connect(HTTPRequest(f"ws://{place}/live", headers=headers))
        got = json.loads(await connection.read_message())
        assert got["Host"] == place
        assert headers.items() <= got.items()
        await connection.write_message("x" * 16_000)
        assert await connection.read_message() == "x" * 16_000
        connection.close()

    scenario(kind, tmp_path, play)


PAGES_OF_A_BOARD = ("", "/screen", "/host?key=x", "/live", "/replay")


async def served_by(place, path):
    answer = await fetch(f"http://{place}{path}")
    assert answer.code == 200, path
    return json.loads(answer.body)["port"]


async def is_served_by(place, path, port):
    return await served_by(place, path) == port


@EACH_KIND
def test_requests_about_no_board_are_spread_over_the_servers(kind, tmp_path):
    async def play(place, upstreams):
        seen = set()
        for path in itertools.cycle(("/", "/static/1/js/board.js", "/api/boards")):
            seen.add(await served_by(place, path))
            if len(seen) == len(upstreams):
                break

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_all_pages_of_a_board_are_served_by_one_server(kind, tmp_path):
    async def play(place, upstreams):
        servers = set()
        for code in (f"B{n}" for n in range(24)):
            board = {await served_by(place, f"/b/{code}{page}") for page in PAGES_OF_A_BOARD}
            board.add(await served_by(place, f"/api/boards/{code}"))
            board.add(await served_by(place, f"/api/boards/{code}/comments?before=3"))
            board.add(await served_by(place, f"/vote/b/{code}"))
            assert len(board) == 1, code
            servers |= board
        assert servers == {upstream.port for upstream in upstreams}

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_the_boards_of_a_server_that_is_gone_move_and_no_others_do(kind, tmp_path):
    async def play(place, upstreams):
        gone, stays = upstreams
        codes = [f"B{n}" for n in range(24)]
        before = [await served_by(place, f"/b/{code}") for code in codes]
        assert set(before) == {gone.port, stays.port}
        await gone.stop()
        for code in codes:
            assert await served_by(place, f"/b/{code}") == stays.port
        await gone.start()
        for code, port in zip(codes, before, strict=True):
            if port == stays.port:
                assert await served_by(place, f"/b/{code}") == stays.port
            else:
                # It is avoided for some seconds after it failed.
                await eventually(partial(is_served_by, place, f"/b/{code}", gone.port))

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_a_visitor_cannot_choose_the_server_of_a_board(kind, tmp_path):
    async def play(place, _):
        ports = set()
        for headers in ({}, {"X-Stackvote-Board": "B1"}, {"X-Stackvote-Board": "B2"}):
            got = json.loads((await fetch(f"http://{place}/b/X", headers=headers)).body)
            ports.add(got["port"])
            assert kind == "nginx" or "X-Stackvote-Board" not in got["headers"]
        assert len(ports) == 1

    scenario(kind, tmp_path, play)


@EACH_KIND
def test_everything_goes_on_when_a_server_is_killed(kind, tmp_path):
    async def play(place, upstreams):
        dead, alive = upstreams
        await dead.stop()
        for _ in range(10):
            answer = await fetch(f"http://{place}/")
            assert answer.code == 200
            assert json.loads(answer.body)["port"] == alive.port
            connection = await websocket_connect(f"ws://{place}/live")
            assert await connection.read_message()
            connection.close()
        assert (await fetch(f"http://{place}/", method="POST", body="")).code == 200

    scenario(kind, tmp_path, play)


@pytest.mark.needs("caddy")
def test_a_server_that_is_not_ready_gets_no_more_people(tmp_path):
    # Of the two only Caddy asks on its own; nginx goes by the answers that it passes on.
    async def play(place, upstreams):
        unwell, well = upstreams
        unwell.well = False
        deadline = time.monotonic() + 20
        seen_in_a_row = 0
        while seen_in_a_row < 20:
            assert time.monotonic() < deadline
            got = json.loads((await fetch(f"http://{place}/")).body)
            seen_in_a_row = seen_in_a_row + 1 if got["port"] == well.port else 0

    scenario("caddy", tmp_path, play)
