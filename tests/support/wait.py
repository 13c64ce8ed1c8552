"""Waits for a condition, instead of sleeping for a time that is right on one machine only."""

import asyncio
import inspect
import time

PATIENCE = 30.0
"""Seconds after which a condition that does not hold fails the test."""
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.02
"""Seconds between two looks: most conditions hold soon, and few are cheap to ask for long."""


def until(condition, patience=PATIENCE, *, pause=time.sleep):
    """Wait, blocking, until a condition is truthy, and return its value."""
    looks = _Looks(time.monotonic, patience)
    while not (met := condition()):
        pause(looks.next_pause())
    return met


async def eventually(condition, patience=PATIENCE):
    """Wait until a condition, which may be a coroutine function, is truthy while the loop runs on.

    Returns its value.
    """
    looks = _Looks(asyncio.get_running_loop().time, patience)
    while True:
        met = condition()
        if inspect.isawaitable(met):
            met = await met
        if met:
            return met
        await asyncio.sleep(looks.next_pause())


class _Looks:
    """The pauses between looks, until patience ends."""

    def __init__(self, clock, patience):
        self._clock = clock
        self._deadline = clock() + patience
        self._pause = FIRST_PAUSE

    def next_pause(self):
        assert self._clock() < self._deadline, "waited in vain"
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause
