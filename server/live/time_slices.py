"""Runs long work in small slices, so that it blocks no one else in this process."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from types import TracebackType
from typing import Self, TypeVar
from weakref import WeakKeyDictionary

SLICE_SECONDS = 0.005
"""Seconds for which one slice of work holds the event loop."""

R = TypeVar("R")

_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class TimeSlice:
    """Repeated slices of the event loop, until the work is done.

    Of all work that runs this way, one gets its slice in each iteration of the loop, first come,
    first served: a hundred boards that are read at once take no more of an iteration than one. Use
    it as a context manager, and await `pause` wherever others may see the work done so far.
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
        """Yield to others if this slice is used up."""
        if self._clock() >= self._until:
            await self.leave_for(asyncio.sleep(0))

    async def leave_for(self, something: Awaitable[object]) -> None:
        """Yield to others, and wait for an awaitable and then for another slice."""
        self._end()
        await something
        await self._begin()

    async def _begin(self) -> None:
        await self._lock.acquire()
        self._mine = True
        self._until = self._clock() + SLICE_SECONDS

    def _end(self) -> None:
        if self._mine:
            self._mine = False
            # Not at once: the next in line would get its slice in the same iteration.
            self._loop.call_soon(self._lock.release)


async def in_slices(work: Generator[None, None, R]) -> R:
    """Run a generator of steps to its end in time slices, and return its result."""
    async with TimeSlice() as time_slice:
        while True:
            try:
                next(work)
            except StopIteration as end:
                result: R = end.value
                return result
            await time_slice.pause()
