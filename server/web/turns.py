"""Turns: so many go ahead in each turn of the loop, in the order in which they came."""

import asyncio
from collections import deque


class Turns:
    """Keeps those who ask for much from keeping everybody else waiting."""

    def __init__(self, at_a_time: int) -> None:
        self._at_a_time = at_a_time
        self._left = at_a_time
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._counting = False

    async def mine(self) -> None:
        """Wait until it is one's turn."""
        if not self._counting:
            self._counting = True
            asyncio.get_running_loop().call_soon(self._begin)
        if self._left:
            self._left -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _begin(self) -> None:
        """Begin a turn of the loop: those who have waited go first."""
        self._left = self._at_a_time
        self._counting = bool(self._waiting)
        if self._counting:
            asyncio.get_running_loop().call_soon(self._begin)
        while self._left and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # Who asked may be gone.
                turn.set_result(None)
                self._left -= 1
