"""Whoever is refused again and again, of whatever, leaves nothing behind."""

import asyncio
import gc
import json
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from attacks.attempts import raw, signed
from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Refusal, Refused
from server.live import connection
from server.security import guess_limit
from support.strategies import T0, create
from support.wait import eventually
from support.worker import worker

pytestmark = pytest.mark.timeout(600)

MANY = 10_000
FEW = 1_000
"""Objects that may come and go by themselves."""
AT_A_TIME = 100
VOTE = {"type": "vote", "round": 9, "ballot": {"choice": "flask"}}


def objects():
    for _ in range(3):
        gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects())


async def grown(refuse):
    """Have something refused many times; give what there is more of afterwards.

    `refuse` is awaited with the numbers of those that are refused together.
    """
    begun = 3 * AT_A_TIME
    for first in range(0, begun + MANY, AT_A_TIME):
        if first == begun:
            before = objects()
        await refuse(range(first, first + AT_A_TIME))
    more = objects() - before
    return more if more.total() > FEW else Counter()


@pytest.fixture
def unlimited(monkeypatch):
    """Let everybody guess: what each try leaves behind would else be hidden by the limit."""
    for name in ("A_MINUTE", "ALL_A_SECOND", "ALL_AT_ONCE", "SLIPS"):
        monkeypatch.setattr(guess_limit, name, 10**9)


class Asker:
    """One kept connection of HTTP, on which everything is refused."""

    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer

    async def ask(self, request):
        """Send a request; give the status of the answer."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length))
        return int(head.split(b" ", 2)[1])


@asynccontextmanager
async def askers(server):
    lines = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(AT_A_TIME)]
    try:
        yield [Asker(*line) for line in lines]
    finally:
        for _, writer in lines:
            writer.close()
            await writer.wait_closed()


def written(path, *headers, body=None):
    """Write a request, as a browser does that keeps its connection."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "", ""]).encode() + content


FORGED = f"Cookie: stackvote_browser={signed(key=b'another' * 5)}"
HANDSHAKE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
HANDSHAKE += ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",)


def unknown_code(_, n):
    return 404, written(f"/api/boards/{unknown(n)}")


def forged_cookie(code, n):
    return 403, written(actions(code), FORGED, body=VOTE | {"id": f"{n}", "round": 1})


def forbidden_action(code, n):
    # Of many people: what one of them asks for waits for what they asked for before.
    known = signed(f"browser-{n % AT_A_TIME}")
    cookie = f"Cookie: stackvote_browser={known}"
    return 404, written(actions(code), cookie, body=VOTE | {"id": f"{n % 7}"})


def whatever_else(code, n):
    lock = {"type": "lock_round", "id": "x", "round": 1}
    kinds = (
        (404, written(f"/b/{unknown(n)}")),
        (404, written(f"/b/{n}%20what/host?key=wrong")),
        (403, written(f"/b/{code}/host?key={n}")),
        (403, written(actions(code), f"Authorization: Bearer {n}", body=lock)),
        (400, written(actions(code), body={"type": "nonsense", "id": f"{n}"})),
    )
    return kinds[n % len(kinds)]


def unknown(n):
    """Write a number as the code of a board that no one has made."""
    digits = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "ZZZ" + "".join(digits[n // 30**place % 30] for place in range(3))


def actions(code):
    return f"/api/boards/{code}/actions"


@pytest.mark.parametrize("kind", [unknown_code, forged_cookie, forbidden_action, whatever_else])
async def test_whatever_is_refused_over_http_leaves_nothing_behind(embedded, unlimited, kind):
    async with worker(embedded, own=True) as server, askers(server) as lines:
        code, _ = await server.board()

        async def refuse(numbers):
            expected, asked = zip(*(kind(code, n) for n in numbers), strict=True)
            asking = (line.ask(each) for line, each in zip(lines, asked, strict=True))
            assert await asyncio.gather(*asking) == list(expected)

        assert not await grown(refuse)


@pytest.mark.parametrize("same", [True, False], ids=["the same", "another each time"])
async def test_rooms_of_no_board_leave_nothing_behind(embedded, same):
    async with worker(embedded, own=True) as server:

        async def enter(n):
            with pytest.raises(Refused):
                await server.hub.room(unknown(0 if same else n))

        assert not await grown(lambda numbers: asyncio.gather(*map(enter, numbers)))


KINDS = (
    VOTE,
    {"type": "lock_round", "round": 1},
    {"type": "nonsense"},
    {"type": "vote", "round": "one", "ballot": {}},
    {"type": "delete_comment", "comment": "none"},
)


async def test_whatever_is_refused_on_a_connection_leaves_nothing_behind(embedded):
    async with worker(embedded, own=True) as server:
        code, _ = await server.board()
        page = await server.page(code)

        async def refuse(numbers):
            for n in numbers:
                await page.send({"id": f"{n % 500}", **KINDS[n % len(KINDS)]})
            await eventually(lambda: len(page.of("refused")) == len(numbers))
            page.frames.clear()
            page.raw.clear()

        assert not await grown(refuse)


async def test_connections_to_no_board_leave_nothing_behind(embedded, unlimited, monkeypatch):
    # No one waits here for an answer to the farewell.
    monkeypatch.setattr(connection, "CLOSE_TIMEOUT", 0)
    async with worker(embedded, own=True) as server:

        async def enter(n):
            answer = await raw(server, written(f"/b/{unknown(n)}/live", *HANDSHAKE))
            assert answer.status == 101
            assert answer.body[2:4] == (4004).to_bytes(2)

        assert not await grown(lambda numbers: asyncio.gather(*map(enter, numbers)))


async def test_a_refusal_that_is_remembered_is_a_value_and_told_again_costs_nothing():
    board = Board()
    board.apply(1, T0, create())
    late = act.Entry(
        by="ann", idempotency_key="m", action=act.Vote(round=1, ballot={"choice": "flask"})
    )

    async def again(numbers):
        for n in numbers:
            assert isinstance(board.apply(n + 2, T0, late), Refusal)
            with pytest.raises(Refused):
                board.check(T0, late)

    assert not await grown(again)
