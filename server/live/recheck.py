"""Holds back refusals until this process has certainly caught up with the log.

The process may be a moment behind: another process may already know what a message refers to, or
the message itself may have arrived earlier on another connection, and count.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import NamedTuple, TypeVar

from server.concurrency import tasks
from server.domain.refusals import Code, Refusal, Refused
from server.live.pending import Answered
from server.words.catalogue import words

PAUSE = 0.01
"""Seconds for which rechecks are batched: a single read of the log serves all of them."""
FOR_NOW = {Code.STORE_AWAY, Code.GOING_AWAY}
"""After these codes a client sends a message again; any other refusal is final."""
UNCERTAIN = Refusal(Code.STORE_AWAY, words("refusal-log-unreadable"))
CLOSED = Refusal(Code.GOING_AWAY, words("refusal-board-closed"))


Asked = TypeVar("Asked")
Ask = Callable[[bool], None]
"""Called with whether this is the second attempt. Raises Refused if that is known at once."""


class _Question(NamedTuple):
    ask: Ask
    answered: Answered


class Recheck:
    """Repeats a refused request after catching up with the log.

    Later requests of the same person wait for it, so that their messages keep their order.
    """

    def __init__(self, catch_up: Callable[[], Awaitable[bool]]) -> None:
        """`catch_up` brings the board up to date, and returns whether it could."""
        self._catch_up = catch_up
        self._waiting: dict[str, deque[_Question]] = {}
        """By person, in order."""
        self._settling: asyncio.Task[None] | None = None

    async def close(self) -> None:
        self.give_up(CLOSED)
        if self._settling:
            await tasks.end((self._settling,))

    def give_up(self, refusal: Refusal) -> None:
        """Answer all that wait, because the board is closed here."""
        waiting, self._waiting = self._waiting, {}
        for questions in waiting.values():
            _answer(questions, refusal)

    def ask(self, who: str, ask: Ask, answered: Answered) -> None:
        """Ask now, or after what is being rechecked; `answered` is called with a refusal."""
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
        """Recheck all that wait; however this ends, every request gets an answer."""
        try:
            with tasks.contained("doubts"):
                await self._settle()
        finally:
            self._settling = None
            self.give_up(UNCERTAIN)

    async def _settle(self) -> None:
        while self._waiting:
            await asyncio.sleep(PAUSE)
            doubted = {who: len(questions) for who, questions in self._waiting.items()}
            certain = await self._catch_up()
            for who, known in doubted.items():
                questions = self._waiting.pop(who, deque())
                if not questions:
                    continue  # They were given up in the meantime.
                with tasks.contained("doubts") as deciding:
                    if certain:
                        self._decide(who, questions.copy(), known)
                if deciding.failed or not certain:
                    # All of them, so that they are sent again in order.
                    _answer(questions, UNCERTAIN)

    def _decide(self, who: str, questions: Iterable[_Question], known: int) -> None:
        """Answer for good what waited before the log was read (`known`), and ask the others now.

        After one that is not refused any more, the others may depend on it.
        """
        for n, question in enumerate(questions):
            if n >= known:
                _contained(question, partial(self.ask, who, *question))
            elif not _contained(question, partial(_is_refused, question)):
                known = 0


def _is_refused(question: _Question) -> bool:
    """Ask again, and return whether the answer is a refusal."""
    try:
        question.ask(True)
    except Refused as refused:
        question.answered(refused.refusal)
        return True
    return False


def _contained(question: _Question, ask: Callable[[], Asked]) -> Asked | None:
    """Ask; answer even if that fails unexpectedly."""
    with tasks.contained("question"):
        return ask()
    _answer((question,), UNCERTAIN)
    return None


def _answer(questions: Iterable[_Question], refusal: Refusal) -> None:
    for question in questions:
        with tasks.contained("answer"):
            question.answered(refusal)
