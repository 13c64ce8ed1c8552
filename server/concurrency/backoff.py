"""Restarts with backoff: the more often something ends early in a row, the longer the pause."""

import asyncio
import contextlib
import random
import signal

# Seconds of life below which something has ended early.
EARLY_SECONDS = 10.0
LONGEST_PAUSE = 15.0


class Backoff:
    """How often in a row something has ended early, and the pause that follows."""

    def __init__(self) -> None:
        self.early_ends = 0

    def count(self, age: float) -> None:
        """Note that it has ended, `age` seconds after its start."""
        self.early_ends = 0 if age > EARLY_SECONDS else self.early_ends + 1

    def pause(self) -> float:
        """Return the seconds to wait before the next attempt: growing, with jitter."""
        # An unbounded power would overflow after hours of failed attempts.
        return min(LONGEST_PAUSE, 0.25 * 2.0 ** min(self.early_ends, 10)) * random.uniform(0.5, 1.0)


async def sleep_unless(event: asyncio.Event, seconds: float) -> None:
    """Sleep, but wake up early if the event is set."""
    with contextlib.suppress(TimeoutError):
        # Not `wait_for`: until Python 3.12 it may swallow its own cancellation.
        async with asyncio.timeout(max(0, seconds)):
            await event.wait()


def in_words(status: int) -> str:
    """Describe how a process ended, from its exit status."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"
