"""Long work in small pieces, so that it keeps nobody on this process waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

SHARE = 0.005
"""Seconds for which one piece of work has the loop."""

_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class Share:
    """A share of the loop, again and again, until the work is done.

    Of all who work so, one has its share in each turn of the loop, in the order in which they
    came: a hundred boards that are read at once take no more of a turn than one. Use it as a
    context, and await `pause` wherever what was done so far may be seen by others.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._mine = False
        self._loop = asyncio.get_running_loop()
        self._lock = _locks.setdefault(self._loop, asyncio.Lock())

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    async def pause(self) -> None:
        """Let others go on, if this share is used up."""
        if self._clock() >= self._until:
            await self.leave_for(asyncio.sleep(0))

    async def leave_for(self, something: Awaitable[object]) -> None:
        """Let others go on, and wait for something and for another share."""
        self._end()
        await something
        await self._begin()

    async def _begin(self) -> None:
        await self._lock.acquire()
        self._mine = True
        self._until = self._clock() + SHARE

    def _end(self) -> None:
        if self._mine:
            self._mine = False
            # Not at once: whoever is next would have their share in the same turn.
            self._loop.call_soon(self._lock.release)
