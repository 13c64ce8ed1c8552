"""Turns: so many go ahead in each turn of the loop, in the order in which they came."""

import asyncio
from collections import deque
from collections.abc import Callable

from server import tasks

Going = Callable[[], object]
"""Goes ahead. What it returns is true where nobody is there any more: it has used no turn."""


class Turns:
    """Keeps those who ask for much from keeping everybody else waiting."""

    def __init__(self, at_a_time: int) -> None:
        self._at_a_time = at_a_time
        self._left = at_a_time
        self._waiting: deque[Going] = deque()
        self._counting = False

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def take(self, go: Going) -> None:
        """Go ahead when it is one's turn: at once, or in one of the next."""
        if not self._counting:
            self._counting = True
            asyncio.get_running_loop().call_soon(self._next)
        if not self._left:
            self._waiting.append(go)
        elif not go():
            self._left -= 1

    async def mine(self) -> None:
        """Wait until it is one's turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def go() -> bool:
            gone = turn.done()
            if not gone:
                turn.set_result(None)
            return gone

        self.take(go)
        await turn

    def _next(self) -> None:
        # Counted before: those who waited in this turn keep the next one from being unlimited.
        again = self._counting = bool(self._waiting)
        with tasks.contained("turn"):
            self._begin()
        if again:
            asyncio.get_running_loop().call_soon(self._next)

    def _begin(self) -> None:
        """Begin a turn of the loop: those who have waited go first."""
        self._left = self._at_a_time
        while self._left and self._waiting:
            going = self._waiting.popleft()
            with tasks.contained("turn"):
                if not going():
                    self._left -= 1
