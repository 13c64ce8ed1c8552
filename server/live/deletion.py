"""Deletes a board for everyone, and answers the host who asked for it."""

import asyncio
from collections.abc import Awaitable, Callable

from server.concurrency import tasks
from server.domain.refusals import Code, Refusal
from server.live.pending import Answered
from server.store.node import StoreAwayError
from server.words.catalogue import words

_UNKNOWN = Refusal(Code.STORE_AWAY, words("refusal-store-lost"))


class Deletion:
    """The hosts who wait until the board of a room is gone.

    The news may come from the store before its answer does, and closes every connection. So the
    answers are sent by whichever of the two is first.
    """

    def __init__(self, position: Callable[[], int], gone: Callable[[], None]) -> None:
        """`position` is the board's last one; `gone` is called once the store has deleted it."""
        self._position = position
        self._gone = gone
        self._waiting: list[Answered] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, answered: Answered, delete: Callable[[], Awaitable[None]]) -> None:
        """Delete the board, and answer once it is gone. A repeat waits for the same deletion."""
        self._waiting.append(answered)
        if self._task is None or self._task.done():
            self._task = tasks.begin("delete", self._delete(delete))

    async def _delete(self, delete: Callable[[], Awaitable[None]]) -> None:
        with tasks.contained("delete"):
            try:
                await delete()
            except StoreAwayError:
                self.give_up(_UNKNOWN)
            else:
                # Not from inside this task, which is ended with the room.
                asyncio.get_running_loop().call_soon(self._gone)
            return
        self.give_up(_UNKNOWN)

    def done(self) -> None:
        """Answer everyone who waits: the board is gone."""
        self._answer(self._position())

    def give_up(self, why: Refusal) -> None:
        """Answer everyone who waits that it is not known whether the board is gone."""
        self._answer(why)

    def _answer(self, answer: int | Refusal) -> None:
        waiting, self._waiting = self._waiting, []
        for answered in waiting:
            with tasks.contained("answer"):
                answered(answer)

    async def close(self) -> None:
        if self._task is not None:
            await tasks.end((self._task,))
