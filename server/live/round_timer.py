"""Locks the round of a board when its time is up."""

import asyncio
import random

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.rounds import State
from server.live.pending import Submissions
from server.live.replica import Replica
from server.store.client import BoardStore

AGAIN = 1.0
"""Seconds after which a lock that was not applied is tried again."""
_SPREAD = 0.05
"""Seconds over which processes spread their attempts; the first one wins."""


class RoundTimer:
    """Rings when the open round of a board is over."""

    def __init__(self, replica: Replica, store: BoardStore, submissions: Submissions) -> None:
        self._replica = replica
        self._store = store
        self._submissions = submissions
        self._handle: asyncio.TimerHandle | None = None

    @property
    def due(self) -> float | None:
        """When it rings, by the loop's clock; None if no round ends by itself."""
        return self._handle.when() if self._handle else None

    def set(self) -> None:
        """Follow the clock of the current round, which may have changed."""
        self.cancel()
        current = self._replica.board.round
        if current and current.state is State.OPEN and current.deadline is not None:
            remaining = max(0, current.deadline - self._store.now()) / 1000
            self._handle = asyncio.get_running_loop().call_later(
                remaining + random.uniform(0, _SPREAD), self._ring, current.n
            )

    def cancel(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None

    def _ring(self, n: int) -> None:
        # Repeated until it is done: by the store's clock this may have been a moment too early.
        self._ring_again()
        with tasks.contained("timer", self._replica.board.code):
            if self._store.present:
                locked = act.Entry(rules=act.RULES, action=act.LockRound(round=n))
                self._submissions.submit(locked)

    def _ring_again(self) -> None:
        self._handle = asyncio.get_running_loop().call_later(AGAIN, self._set_again)

    def _set_again(self) -> None:
        with tasks.contained("timer", self._replica.board.code) as setting:
            self.set()
        if setting.failed:
            self._ring_again()
