"""Long answers: whole for whoever reads them, and bounded for whoever does not."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import pytest

from server.domain import actions as act
from server.live.backlog import BACKLOG
from server.observability.metrics import SENT_AWAY
from server.web import paced_response
from support.metrics import value_of
from support.wait import eventually
from support.worker import Worker

TEXT = "x" * 2000


@asynccontextmanager
async def talkative(store):
    """Give a worker that the system takes little from, and the code of a board with much talk."""
    server = Worker(store.url)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    await server.start()
    try:
        code, _ = await server.board()
        room = await server.hub.room(code)
        for n in range(150):
            said = act.Comment(comment=f"c{n}", option="flask", kind=act.Kind.PRO, text=TEXT)
            server.append(code, act.Entry(by="ann", action=said))
        await eventually(lambda: len(room.board.comments) == 150)
        yield server, code
    finally:
        await server.stop()


@asynccontextmanager
async def asking(server, path, count=1, *, method="GET", version="1.1"):
    """Ask so often for an address, and read nothing yet."""
    loop = asyncio.get_running_loop()
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.setblocking(False)
            await loop.sock_connect(each, ("127.0.0.1", server.port))
            asked = (
                f"{method} {path} HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            await loop.sock_sendall(each, asked.encode())
        yield sockets
    finally:
        for each in sockets:
            each.close()


async def rest_of(sock):
    got = b""
    while data := await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 65_536), 10):
        got += data
    return got


def sent_away(why):
    return value_of(SENT_AWAY, why=why)


@pytest.mark.parametrize("path", ["/b/{}", "/api/boards/{}", "/api/boards/{}/comments?limit=200"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_who_reads_slowly_gets_all_of_it(embedded, path, version):
    async with talkative(embedded) as (server, code):
        path = path.format(code)
        whole = (await server.fetch(path)).body
        assert len(whole) > 300_000
        async with asking(server, path, version=version) as (slow,):
            await eventually(lambda: BACKLOG.size)
            head, _, body = (await rest_of(slow)).partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert body.count(TEXT.encode()) == 150
        if path.startswith("/api"):
            told = [json.loads(each)["comments"] for each in (body, whole)]
            assert told[0] == told[1]
        await eventually(lambda: not BACKLOG.size)
        async with asking(server, path, method="HEAD", version=version) as (slow,):
            assert (await rest_of(slow)).endswith(b"\r\n\r\n")


async def test_those_who_ask_for_the_same_and_do_not_read_it_keep_one_copy(embedded):
    async with talkative(embedded) as (server, code):
        path = f"/api/boards/{code}"
        size = len((await server.fetch(path)).body)
        async with asking(server, path, 50):
            await eventually(lambda: len(BACKLOG._readers) == 50)
            assert BACKLOG.size < size + 50 * 1000
            # And of what waits in Tornado nothing is a copy, but what comes before it.
            for connection in server.server._connections:
                copies = [b for shared, b in connection.stream._write_buffer._buffers if not shared]
                assert sum(map(len, copies)) < 10_000
        await eventually(lambda: not BACKLOG.size)


async def test_who_reads_next_to_nothing_is_closed(embedded, monkeypatch):
    monkeypatch.setattr(paced_response, "SLICE_SECONDS", 0.2)
    async with talkative(embedded) as (server, code):
        before = sent_away("slow")
        async with asking(server, f"/api/boards/{code}") as (eve,):
            await eventually(lambda: sent_away("slow") == before + 1)
            assert not BACKLOG.size
            assert len(await rest_of(eve)) < 100_000


async def test_pages_that_no_one_reads_are_bounded_together(embedded, monkeypatch):
    """A page is made for one person: of a thousand of them there are a thousand copies."""
    async with talkative(embedded) as (server, code):
        monkeypatch.setattr(BACKLOG, "limit", 2_000_000)
        before = sent_away("unread")
        async with asking(server, f"/b/{code}", 10):
            await eventually(lambda: sent_away("unread") > before)
            assert 1_000_000 < BACKLOG.size <= 2_000_000
            assert 0 < sent_away("unread") - before < 10
            assert (await server.fetch("/healthz")).code == 200
            assert (await server.fetch(f"/b/{code}")).body.rstrip().endswith(b"</html>")
        await eventually(lambda: not BACKLOG.size)


async def test_what_is_short_is_made_whole_and_has_a_length(embedded):
    async with talkative(embedded) as (server, code):
        got = await server.fetch(f"/api/boards/{code}/rounds")
        assert json.loads(got.body) == {"rounds": []}
        assert got.headers["Content-Length"] == "13"
    assert paced_response.short_or_made(iter([b"a", b"b"])) == [b"a", b"b"]
    long = paced_response.short_or_made(iter([b"a", bytes(paced_response.SHORT), b"b"]))
    assert not isinstance(long, list)
    assert b"".join(long) == b"a" + bytes(paced_response.SHORT) + b"b"


async def test_rounds_are_encoded_while_they_are_sent_and_end_with_their_history(
    embedded, monkeypatch
):
    monkeypatch.setattr(paced_response, "SHORT", 5000)
    async with talkative(embedded) as (server, code):
        room = await server.hub.room(code)
        for n in range(1, 90):
            for action in (act.OpenRound(method="ranked"), act.RevealRound(round=n)):
                entry = act.Entry(rules=act.RULES, by="ann", host="first", action=action)
                server.append(code, entry)
        await eventually(
            lambda: len(room.board.rounds) == 89 and room.board.round.state == "revealed"
        )
        path = f"/api/boards/{code}/rounds"
        _, whole = await server.api(path)
        assert [each["round"]["n"] for each in whole["rounds"]] == list(range(1, 90))
        async with asking(server, path) as (slow,):
            await eventually(lambda: BACKLOG.size)
            assert BACKLOG.size < len(json.dumps(whole)) / 10
            head, _, body = (await rest_of(slow)).partition(b"\r\n\r\n")
            assert b"Transfer-Encoding: chunked" in head
            assert body.endswith(b"\r\n0\r\n\r\n")
        async with asking(server, path) as (slow,):
            await eventually(lambda: BACKLOG.size)
            room.replica.epoch = "another"
            assert not (await rest_of(slow)).endswith(b"0\r\n\r\n")
        await eventually(lambda: not BACKLOG.size)


async def test_a_fault_behind_the_first_piece_does_not_pass_for_the_end(
    embedded, monkeypatch, caplog
):
    monkeypatch.setattr(paced_response, "SHORT", 0)
    async with talkative(embedded) as (server, code):
        room = await server.hub.room(code)

        def rounds():
            yield b"{}"
            yield bytes(100_000)
            raise KeyError("of a round")

        monkeypatch.setattr(room, "rounds", rounds)
        async with asking(server, f"/api/boards/{code}/rounds") as (asked,):
            got = await rest_of(asked)
        assert b'{"rounds":[' in got
        assert not got.endswith(b"0\r\n\r\n")
        await eventually(lambda: "KeyError: 'of a round'" in caplog.text)
        caplog.clear()
