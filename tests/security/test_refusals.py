"""Whoever is refused again and again, of whatever, leaves nothing behind."""

import asyncio
import gc
import itertools
from collections import Counter

import pytest
from attempts import signed
from domain.happenings import T0, create
from one_process import Worker, until

from server.domain import actions as act
from server.domain.board import Board
from server.domain.refusals import Refusal, Refused
from server.web import guesses

MANY = 10_000
FEW = 1_000
"""Objects that may come and go by themselves."""
AT_A_TIME = 100


def objects():
    for _ in range(3):
        gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects())


async def grown(refuse, times=MANY):
    """Have something refused many times; give what there is more of afterwards."""
    numbers = itertools.count()
    for _ in range(3):
        await asyncio.gather(*(refuse(next(numbers)) for _ in range(AT_A_TIME)))
    before = objects()
    for _ in range(times // AT_A_TIME):
        await asyncio.gather(*(refuse(next(numbers)) for _ in range(AT_A_TIME)))
    more = objects() - before
    return more if more.total() > FEW else Counter()


@pytest.fixture
def unlimited(monkeypatch):
    """Let everybody guess: what each try leaves behind would else be hidden by the limit."""
    for name in ("A_MINUTE", "ALL_A_SECOND", "ALL_AT_ONCE", "SLIPS"):
        monkeypatch.setattr(guesses, name, 10**9)


@pytest.mark.timeout(600)
async def test_whatever_is_refused_leaves_nothing_behind(embedded, unlimited, subtests):
    server = Worker(embedded.url)
    await server.start()
    code, _ = await server.board()
    page = await server.page(code)
    board = f"/api/boards/{code}"
    http = MANY // 20
    forged = {"Cookie": f"stackvote_browser={signed(key=b'another' * 5)}"}

    async def unknown_room(n):
        with pytest.raises(Refused):
            await server.hub.room(f"Z{n}")

    async def same_unknown_room(_):
        with pytest.raises(Refused):
            await server.hub.room("ZZZZZZ")

    async def unknown_board(n):
        assert (await server.fetch(f"/api/boards/Z{n}")).code == 404

    async def forged_cookie(n):
        vote = {"type": "vote", "id": f"{n}", "round": 1, "ballot": {"choice": "flask"}}
        assert (await server.fetch(f"{board}/actions", vote, headers=forged)).code == 403

    async def refused_action(n):
        vote = {"type": "vote", "id": f"{n % 7}", "round": 9, "ballot": {"choice": "flask"}}
        assert (await server.fetch(f"{board}/actions", vote)).code in {403, 404}

    for refuse, times in (
        (unknown_room, http),
        (same_unknown_room, MANY),
        (unknown_board, http),
        (forged_cookie, http),
        (refused_action, http),
    ):
        with subtests.test(refuse.__name__):
            assert not await grown(refuse, times)

    with subtests.test("socket"):
        seen = 0

        async def said(n):
            nonlocal seen
            kinds = (
                {"type": "vote", "round": 9, "ballot": {"choice": "flask"}},
                {"type": "lock_round", "round": 1},
                {"type": "nonsense"},
                {"type": "vote", "round": "one", "ballot": {}},
                {"type": "delete_comment", "comment": "none"},
            )
            await page.send({"id": f"{n % 500}", **kinds[n % len(kinds)]})
            seen += 1
            if seen % AT_A_TIME == 0:
                await until(lambda: len(page.of("refused")) == AT_A_TIME)
                page.frames.clear()
                page.raw.clear()

        assert not await grown(said)
    await server.stop()


async def test_a_refusal_that_is_remembered_is_a_value_and_told_again_costs_nothing():
    board = Board()
    board.apply(1, T0, create())
    late = act.Entry(by="ann", once="m", action=act.Vote(round=1, ballot={"choice": "flask"}))

    async def again(n):
        assert isinstance(board.apply(n + 2, T0, late), Refusal)
        with pytest.raises(Refused):
            board.check(T0, late)

    assert not await grown(again)
