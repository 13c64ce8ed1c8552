"""Someone who wants to use up memory, time or connections: one such person, not a flood.

`tests/faults` has the floods.
"""

import asyncio
import gzip
import json
import socket
import time
import zlib
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect

from attacks.attempts import act, bearer, raw, request, state
from server import app
from server.domain.rich_text import pieces
from server.domain.text import same_name, slug, tidy
from server.live.create_board import read_code
from server.live.parsing import MAX_BYTES
from server.web import http_server
from server.web.body_limit import MAX_BODY, MAX_DROPPED
from support.wait import eventually
from support.worker import Worker, worker

SOON = 5.0
"""Seconds: what a moment may last on a busy machine. The faults tried here took minutes."""


async def answers(server):
    """Whether others are still served."""
    return (await server.fetch("/healthz")).code == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip", "identity, gzip"])
async def test_a_body_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked(embedded, encoding):
    async with worker(embedded) as server:
        code, key = await server.board()
        before = await state(server, code)
        message = {"id": "a", "type": "set_board", "title": "Unpacked"}
        plain = json.dumps(message).encode()
        bomb = json.dumps(message | {"context": "x" * 50_000_000}).encode()
        for body in (gzip.compress(plain), gzip.compress(bomb), zlib.compress(bomb)):
            assert len(body) < MAX_BODY
            for path in (f"/api/boards/{code}/actions", "/api/boards", "/"):
                headers = bearer(key) | {"Content-Encoding": encoding}
                got = await server.fetch(path, body, headers=headers)
                assert got.code in {400, 413, 422}, path
        assert await state(server, code) == before


async def test_no_live_connection_is_compressed_whatever_is_offered(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        address = f"ws://127.0.0.1:{server.port}/b/{code}/live"
        async with connect(address, compression="deflate", ping_interval=None) as socket:
            assert "Sec-WebSocket-Extensions" not in socket.response.headers
            assert socket.protocol.extensions == []


async def test_who_never_ends_the_head_of_a_request_is_not_waited_for(embedded, monkeypatch):
    assert app.HEADER_SECONDS <= 120
    monkeypatch.setattr(app, "HEADER_SECONDS", 0.5)
    async with worker(embedded, own=True) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")

        async def drip():
            """Send a little again and again: that something comes must not put it off."""
            for n in range(10_000):
                writer.write(f"X-{n}: {n}\r\n".encode())
                await writer.drain()
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        # Closed with something unread, a connection is reset.
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), SOON) == b""
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(dripping, SOON)
        writer.close()


async def test_who_never_sends_the_body_that_was_announced_is_not_waited_for(embedded, monkeypatch):
    assert app.BODY_SECONDS <= 30
    monkeypatch.setattr(app, "BODY_SECONDS", 0.5)
    async with worker(embedded, own=True) as server:
        head = b"POST /api/boards HTTP/1.1\r\nHost: a\r\n"
        for rest in (b"Content-Length: 1000\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{"):
            assert (await raw(server, head + rest, SOON)).whole == b""


async def test_a_connection_that_is_kept_and_not_used_is_given_up(embedded, monkeypatch):
    monkeypatch.setattr(app, "HEADER_SECONDS", 0.5)
    async with worker(embedded, own=True) as server:
        got = await raw(server, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", SOON)
        assert got.status == 200


async def test_who_asks_for_pages_and_never_reads_them_is_given_up(embedded, monkeypatch, caplog):
    assert http_server.PATIENCE <= 120
    server = Worker(embedded.url)
    # The system takes little, so that the rest of a page waits in the memory of the worker.
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    await server.start()
    loop = asyncio.get_running_loop()
    try:
        code, _ = await server.board()
        asked = request(f"GET /b/{code} HTTP/1.1")
        with socket.socket() as slow, socket.socket() as eve:
            for each in (slow, eve):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                each.setblocking(False)
                await loop.sock_connect(each, ("127.0.0.1", server.port))
            # Who reads slowly, but reads, gets the whole page.
            await loop.sock_sendall(slow, asked)
            await eventually(lambda: held(server))
            got = b""
            while data := await asyncio.wait_for(loop.sock_recv(slow, 2048), SOON):
                got += data
            assert got.rstrip().endswith(b"</html>")
            await eventually(lambda: not held(server))
            monkeypatch.setattr(http_server, "PATIENCE", 0.5)
            await loop.sock_sendall(eve, asked)
            (kept,) = await eventually(lambda: held(server))
            await eventually(lambda: kept not in server.server._connections)
    finally:
        await server.stop()
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


def held(server):
    """The connections for which bytes wait in the worker's memory."""
    return [each for each in server.server._connections if each.stream.writing()]


@pytest.mark.parametrize(
    ("line", "headers", "body"),
    [
        ("POST /api/boards HTTP/1.1", ["Content-Length: 999999999999"], b"{"),
        ("POST /api/boards HTTP/1.1", [f"Content-Length: {MAX_DROPPED + 1}"], b"{"),
        ("POST /api/boards HTTP/1.1", ["Content-Length: " + "9" * 5000], b"{"),
        ("POST /api/boards HTTP/1.1", ["Transfer-Encoding: chunked"], b"fffffff\r\n" + b"{" * 9),
        ("POST /api/boards HTTP/1.1", ["Transfer-Encoding: chunked"], b"f" * 99 + b"\r\n{"),
        (f"GET /?code={'x' * 70_000} HTTP/1.1", [], b""),
        ("GET / HTTP/1.1", [f"X-{n}: {n}" for n in range(9000)], b""),
        ("GET / HTTP/1.1", [f"Cookie: {'a=b; ' * 20_000}"], b""),
        ("GET / HTTP/1.1", [f"X: {'x' * 70_000}"], b""),
    ],
)
async def test_a_request_beyond_measure_is_cut_off(embedded, line, headers, body):
    async with worker(embedded) as server:
        sent = "\r\n".join([line, "Host: a", *headers]).encode() + b"\r\n\r\n" + body
        got = await raw(server, sent, SOON)
        assert got.status in {0, 400, 413, 431}
        assert await answers(server)


async def test_as_many_fields_and_cookies_as_fit_take_no_time(embedded):
    async with worker(embedded) as server:
        code, key = await server.board()
        shown = {"Content-Type": "application/x-www-form-urlencoded"}
        parts = b"".join(
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(4000)
        )
        tries = [
            ("/", b"a&" * 120_000, shown),
            ("/", b"title=" + b"%61" * 80_000, shown),
            ("/", parts + b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}),
            ("/", b"x" * 200_000, {"Content-Type": "multipart/form-data; boundary=" + "x" * 9000}),
            ("/api/boards", b"{" * MAX_BODY, {}),
            ("/api/boards", b'{"title":' * 20_000, {}),
            ("/api/boards", b'{"a":' + b"9" * 200_000 + b"}", {}),
            ("/api/boards", b"{" + b'"title":"x",' * 20_000 + b'"title":"x"}', {}),
            ("/api/boards", json.dumps({"title": "\\" * 100_000}).encode(), {}),
            (f"/api/boards/{code}/actions", b"[" * MAX_BYTES, bearer(key)),
        ]
        began = time.perf_counter()
        for path, body, headers in tries:
            got = await server.fetch(path, body, headers=headers)
            assert 400 <= got.code < 500, (path, body[:20], got.code)
        many = {"Cookie": "; ".join(f"stackvote_host_{n}=x" for n in range(2000))}
        assert (await server.fetch(f"/b/{code}", headers=many)).code == 200
        assert (await server.fetch(f"/b/{'-' * 60_000}")).code == 404
        assert (await server.fetch(f"/?code={'+' * 60_000}")).code == 404
        assert time.perf_counter() - began < SOON


NUMBERS = ["1e400", "-1", "9" * 4000, "9" * 400, "1e-9", "18446744073709551616", "NaN", "0x1"]


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
async def test_a_number_beyond_all_bounds_is_refused_in_words(embedded, number):
    async with worker(embedded) as server:
        code, key = await server.board()
        before = await state(server, code)
        for message in (
            '{"id": "a", "type": "lock_round", "round": %s}',
            '{"id": "a", "type": "extend_round", "round": 1, "seconds": %s}',
            '{"id": "a", "type": "open_round", "method": "dots", "settings": {"dots": %s}}',
            (
                '{"id": "a", "type": "open_round", "method": "matrix", "settings": '
                '{"criteria": [{"name": "x", "weight": %s}]}}'
            ),
            '{"id": "a", "type": "add_option", "option": {"name": "x", "hue": %s}}',
            '{"id": "a", "type": "vote", "round": 1, "ballot": {"scores": {"flask": %s}}}',
        ):
            if "weight" in message and number == "1e-9":
                continue  # A small weight is one all the same.
            sent = (message % number).encode()
            got = await server.fetch(f"/api/boards/{code}/actions", sent, headers=bearer(key))
            assert 400 <= got.code < 500, message
            assert json.loads(got.body)["error"]["message"]
        for name in ("before", "limit"):
            got = await server.fetch(f"/api/boards/{code}/comments?{name}={number}")
            assert got.code == 400
        for page in (number, "9" * 5000, "²", "٣", "-1"):
            got = await server.fetch(f"/b/{code}/invites", headers=bearer(key))
            got = await raw(
                server,
                request(
                    f"GET /b/{code}/invites?page={page.encode().decode('latin1')} HTTP/1.1",
                    f"Authorization: Bearer {key}",
                ),
            )
            assert got.status == 200, page
        assert await state(server, code) == before


async def test_the_same_field_twice_is_one_field(embedded):
    """A check that read the first and a deed that reads the second would be a way in."""
    async with worker(embedded) as server:
        code, _ = await server.board()
        path = f"/api/boards/{code}/actions"
        voter = await server.cookie(code)
        for body in (
            b'{"id": "a", "type": "rename", "name": "x", "type": "set_board", "title": "Mine"}',
            b'{"id": "a", "type": "set_board", "title": "Mine", "type": "rename", "name": "x"}',
        ):
            got = await server.fetch(path, body, headers={"Cookie": voter})
            assert got.code in {400, 403}
        assert (await server.api(f"/api/boards/{code}"))[1]["board"]["title"] == "Which one?"


LONG = 40_000
NASTY = {
    "back-ticks": "`" * LONG,
    "code after code": "`a" * (LONG // 2),
    "code that never ends": "`a" + " " * (LONG - 2),
    "addresses": "http://" * (LONG // 7),
    "brackets after an address": "http://a" + ")]" * (LONG // 2 - 4),
    "brackets in an address": "http://a" + "(" * (LONG // 2 - 4) + ")" * (LONG // 2 - 4),
    "full stops": "http://a" + "." * (LONG - 8),
    "addresses with brackets": ("http://a" + ")" * 42 + " ") * (LONG // 51),
    "blanks": " " * (LONG - 1) + "a",
    "marks on one letter": "a" + "\u0301" * (LONG - 1),
    "letters of eighteen": "\ufdfa" * LONG,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_no_text_takes_long_to_read(text):
    """A text twenty times longer than any may be: what grows with the square shows.

    Of the processor's time, because others may be using it, too.
    """
    for read in (pieces, slug, same_name, read_code, lambda text: tidy(text, lines=True)):
        began = time.process_time()
        read(text)
        assert time.process_time() - began < 0.5


async def test_a_page_of_the_worst_comments_keeps_no_one_waiting(embedded):
    async with worker(embedded) as server:

        async def page_takes(text):
            code, _ = await server.board()
            eve = await server.page(code)
            for n in range(100):
                await eve.done("comment", option="flask", kind="pro", text=text, comment=f"c{n}")
            took = []
            for _ in range(5):
                began = time.process_time()
                assert (await server.fetch(f"/b/{code}")).code == 200
                took.append(time.process_time() - began)
            return min(took)

        # Read bracket by bracket, it took four times as long as plain text, and now less than two.
        worst = NASTY["brackets after an address"][:2000]
        assert await page_takes(worst) < 3 * await page_takes("a" * 2000)


async def test_a_seat_that_asks_without_end_is_stopped_on_the_connection_and_over_http(embedded):
    async with worker(embedded, message_rate=5, message_burst=10) as server:
        code, key = await server.board()
        eve, ann = await server.page(code), await server.page(code)
        statuses = [
            (await act(server, code, {"type": "rename", "name": f"{n}"}, Cookie=eve.cookie))[0]
            for n in range(30)
        ]
        assert 429 in statuses
        # The same seat on another line has the same share, and no one else has less.
        tab = await server.connect(code, cookie=eve.cookie)
        await tab.send({"type": "hello", "view": "ballot"})
        await tab.send({"type": "rename", "id": "x", "name": "y"})
        for n in range(30):
            await tab.send({"type": "rename", "id": f"{n}", "name": "y"})
        assert (await tab.closed())[0] == 4029
        await ann.done("rename", name="Ann")
        (status, _) = await act(server, code, {"type": "set_board", "title": "T"}, **bearer(key))
        assert status == 200


async def test_boards_cannot_be_made_by_the_thousand_from_one_place(embedded):
    async with worker(embedded, board_rate=5, proxy_headers=True) as server:
        made = {
            "one address": [{}] * 20,
            "one network of IPv6": [
                {"X-Forwarded-For": f"2001:db8:0:1::{n:x}"} for n in range(1, 21)
            ],
        }
        for place, headers in made.items():
            statuses = [
                (await server.api("/api/boards", {"template": "databases"}, headers=each))[0]
                for each in headers
            ]
            assert statuses.count(201) <= 6, place
            assert statuses[-1] == 429
        assert await answers(server)
        await eventually(lambda: server.hub.ready)


async def test_seats_are_asked_for_and_offered_at_the_pace_of_messages(embedded):
    async with worker(embedded, message_rate=0.001, message_burst=5) as server:
        code, key = await server.board(settings={"entry": "invited"})
        _, made = await server.api(f"/api/boards/{code}/invites", {"count": 2}, headers=bearer(key))
        cookies = [
            await server.seated(f"/b/{each['link'].partition('/b/')[2]}")
            for each in made["invites"]
        ]
        path = f"/api/boards/{code}/seat"
        body = {"invite": made["invites"][0]["link"].partition("invite=")[2]}
        for address, sent, cookie in ((f"{path}/move", b"", cookies[0]), (path, body, cookies[1])):
            got = [
                (await server.fetch(address, sent, headers={"Cookie": cookie})).code
                for _ in range(8)
            ]
            assert got[-1] == 429
            assert 429 not in got[:4]
