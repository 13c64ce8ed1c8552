import asyncio

import pytest

from server.domain.refusals import Code, Refusal, Refused
from server.live.recheck import CLOSED, UNCERTAIN, Recheck
from support.wait import eventually

NO_ROUND = Refusal(Code.NO_SUCH_ROUND, "This board has no round 2.")
AWAY = Refusal(Code.STORE_AWAY, "Nothing can be saved right now.")


class Board:
    """Knows what has been asked for, and only after a look into the log what is in `coming`."""

    def __init__(self):
        self.known, self.coming = set(), set()
        self.looks = 0
        self.readable = True
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.answers = []
        self.doubts = Recheck(self.catch_up)

    async def catch_up(self):
        self.looks += 1
        await self.may_answer.wait()
        if self.readable:
            self.known |= self.coming
        return self.readable

    def ask(self, who, what, refused=NO_ROUND):
        def ask(_again):
            if what not in self.known:
                raise Refused(refused)
            self.answers.append(what)

        self.doubts.ask(who, ask, self.answers.append)


async def test_what_is_allowed_is_taken_in_at_once():
    board = Board()
    board.known = {"a"}
    board.ask("ann", "a")
    assert (board.answers, board.looks) == (["a"], 0)


async def test_what_the_log_allows_is_not_refused():
    board = Board()
    board.coming = {"a"}
    board.ask("ann", "a")
    board.ask("ben", "b")
    assert board.answers == []
    await eventually(lambda: len(board.answers) == 2)
    assert (board.answers, board.looks) == (["a", NO_ROUND], 1)


async def test_what_is_refused_for_now_is_refused_at_once():
    board = Board()
    board.ask("ann", "a", AWAY)
    assert (board.answers, board.looks) == ([AWAY], 0)


async def test_anyone_who_is_in_doubt_keeps_the_order_of_what_they_say():
    board = Board()
    board.may_answer.clear()
    board.coming = {"a1", "a3", "a4"}
    board.ask("ann", "a1")
    await eventually(lambda: board.looks)
    # Heard of meanwhile, as a board does by itself.
    board.known = {"a3", "b"}
    for n in "234":
        board.ask("ann", f"a{n}")
    board.ask("ben", "b")
    assert board.answers == ["b"]
    board.may_answer.set()
    await eventually(lambda: len(board.answers) == 5)
    assert board.answers == ["b", "a1", NO_ROUND, "a3", "a4"]
    assert board.looks == 2


async def test_one_look_is_enough_for_all_that_was_said_before_it():
    board = Board()
    for n in range(100):
        board.ask("ann", f"a{n}")
    await eventually(lambda: len(board.answers) == 100)
    assert (board.answers, board.looks) == ([NO_ROUND] * 100, 1)


async def test_what_follows_on_something_that_is_done_after_all_gets_a_look_of_its_own():
    board = Board()
    board.coming = {"a1"}
    for n in "0123":
        board.ask("ann", f"a{n}")
    await eventually(lambda: len(board.answers) == 4)
    assert board.answers == [NO_ROUND, "a1", NO_ROUND, NO_ROUND]
    assert board.looks == 2


async def test_nothing_is_refused_for_good_where_the_log_cannot_be_read():
    board = Board()
    board.readable = False
    board.ask("ann", "a")
    # Known, but said after what is put off: it must not be done before it.
    board.known = {"b"}
    board.ask("ann", "b")
    await eventually(lambda: board.answers)
    assert board.answers == [UNCERTAIN, UNCERTAIN]


@pytest.mark.parametrize("looking", [False, True])
async def test_anyone_who_is_in_doubt_when_the_board_is_closed_is_told(looking):
    board = Board()
    board.may_answer.clear()
    board.ask("ann", "a")
    board.ask("ann", "b")
    if looking:
        await eventually(lambda: board.looks)
    await board.doubts.close()
    assert board.answers == [CLOSED, CLOSED]
