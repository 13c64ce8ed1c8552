"""What this process would refuse, until it is sure to know all that the log does.

It may be a moment behind: what a message speaks of may be known elsewhere, or the message itself
may have come on another line before, and count.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import NamedTuple

from server import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.live.submissions import Answered

PAUSE = 0.01
"""Seconds for which doubts gather: one look into the log is enough for all of them."""
FOR_NOW = {Code.STORE_AWAY, Code.GOING_AWAY}
"""After these a message is sent again; whatever else is refused is refused for good."""
UNCERTAIN = Refusal(Code.STORE_AWAY, "The log cannot be read just now. Send it again in a moment.")
CLOSED = Refusal(Code.GOING_AWAY, "This board is closed here just now. Send it again in a moment.")


Ask = Callable[[bool], None]
"""Told whether it is asked once more. Raises Refused where that is clear at once."""


class _Question(NamedTuple):
    ask: Ask
    answered: Answered


class Doubts:
    """Asks again what was refused, after a look into the log.

    What somebody asks meanwhile waits for it: their messages keep their order.
    """

    def __init__(self, catch_up: Callable[[], Awaitable[bool]]) -> None:
        """`catch_up` brings the board up to date; it returns whether it could."""
        self._catch_up = catch_up
        self._waiting: dict[str, deque[_Question]] = {}
        """By who asks; the first of each is in doubt."""
        self._settling: asyncio.Task[None] | None = None

    async def close(self) -> None:
        self.give_up(CLOSED)
        if self._settling:
            await tasks.end((self._settling,))

    def give_up(self, refusal: Refusal) -> None:
        """Answer all who are in doubt: the board ends here."""
        waiting, self._waiting = self._waiting, {}
        for questions in waiting.values():
            _answer(questions, refusal)

    def ask(self, who: str, ask: Ask, answered: Answered) -> None:
        """Ask now, or behind what is in doubt; `answered` is told of a refusal."""
        if who not in self._waiting:
            try:
                ask(False)
            except Refused as refused:
                if refused.code in FOR_NOW:
                    answered(refused.refusal)
                    return
            else:
                return
        self._waiting.setdefault(who, deque()).append(_Question(ask, answered))
        if self._settling is None:
            self._settling = tasks.begin("doubts", self._settled())

    async def _settled(self) -> None:
        """Settle what is in doubt; whatever ends that, nobody is left without an answer."""
        try:
            with tasks.contained("doubts"):
                await self._settle()
        finally:
            self._settling = None
            self.give_up(UNCERTAIN)

    async def _settle(self) -> None:
        while self._waiting:
            await asyncio.sleep(PAUSE)
            doubted = list(self._waiting)
            certain = await self._catch_up()
            for who in doubted:
                questions = self._waiting.pop(who, deque())
                if not questions:
                    continue  # They were given up meanwhile.
                with tasks.contained("doubts") as deciding:
                    if certain:
                        self._decide(who, questions.copy())
                if deciding.failed or not certain:
                    # All of them, so that they come again in their order.
                    _answer(questions, UNCERTAIN)

    def _decide(self, who: str, questions: deque[_Question]) -> None:
        """Answer the first for good, and ask the others now."""
        first = questions.popleft()
        _contained(first, lambda: _ask_again(first))
        for question in questions:
            _contained(question, partial(self.ask, who, *question))


def _ask_again(question: _Question) -> None:
    try:
        question.ask(True)
    except Refused as refused:
        question.answered(refused.refusal)


def _contained(question: _Question, ask: Callable[[], None]) -> None:
    """Ask; where that fails as it never should, answer all the same."""
    with tasks.contained("question") as asking:
        ask()
    if asking.failed:
        _answer((question,), UNCERTAIN)


def _answer(questions: Iterable[_Question], refusal: Refusal) -> None:
    for question in questions:
        with tasks.contained("answer"):
            question.answered(refusal)
