"""A fair queue: a limited number of tasks starts in each iteration of the event loop, in order."""

import asyncio
from collections import deque
from collections.abc import Callable

from server.concurrency import tasks

Start = Callable[[], object]
"""Starts a task. Returns true if its requester is gone, so that it used no slot."""


class FairQueue:
    """Prevents clients that request much from blocking everyone else."""

    def __init__(self, at_a_time: int) -> None:
        self._at_a_time = at_a_time
        self._left = at_a_time
        self._waiting: deque[Start] = deque()
        self._counting = False

    def __len__(self) -> int:
        """Return how many are waiting."""
        return len(self._waiting)

    def submit(self, go: Start) -> None:
        """Call `go` when it is its turn: at once, or in one of the next iterations."""
        if not self._counting:
            self._counting = True
            asyncio.get_running_loop().call_soon(self._next)
        if not self._left:
            self._waiting.append(go)
        elif not go():
            self._left -= 1

    async def acquire(self) -> None:
        """Wait for a turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def go() -> bool:
            gone = turn.done()
            tasks.resolve(turn, None)
            return gone

        self.submit(go)
        await turn

    def _next(self) -> None:
        # Counted first: tasks that waited in this iteration must not make the next one unlimited.
        again = self._counting = bool(self._waiting)
        with tasks.contained("turn"):
            self._begin()
        if again:
            asyncio.get_running_loop().call_soon(self._next)

    def _begin(self) -> None:
        """Begin an iteration of the loop: those that have waited go first."""
        self._left = self._at_a_time
        while self._left and self._waiting:
            going = self._waiting.popleft()
            with tasks.contained("turn"):
                if not going():
                    self._left -= 1
