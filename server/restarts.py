"""Starting again what has ended: the more often it hardly lived, the longer the pause before."""

import asyncio
import contextlib
import random
import signal

# What lives for less than this was hardly started; the next one waits a little.
YOUNG_SECONDS = 10.0
LONGEST_PAUSE = 15.0


class Restarts:
    """How often in a row something has ended young, and the pause that follows."""

    def __init__(self) -> None:
        self.young = 0

    def count(self, age: float) -> None:
        """Take note that it has ended, so many seconds after its start."""
        self.young = 0 if age > YOUNG_SECONDS else self.young + 1

    def pause(self) -> float:
        """Return the seconds to wait before the next try: longer each time, and not all in step."""
        # A power without a bound ends, after hours of vain tries, in an overflow.
        return min(LONGEST_PAUSE, 0.25 * 2.0 ** min(self.young, 10)) * random.uniform(0.5, 1.0)


async def sleep_unless(event: asyncio.Event, seconds: float) -> None:
    """Wait for a while, or until something happens."""
    with contextlib.suppress(TimeoutError):
        # Not `wait_for`: until Python 3.12 it may swallow that it was cancelled.
        async with asyncio.timeout(max(0, seconds)):
            await event.wait()


def in_words(status: int) -> str:
    """Say how a process ended, by its exit status."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"
