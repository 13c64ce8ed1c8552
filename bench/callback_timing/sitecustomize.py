"""Loaded by the interpreter of a server whose callbacks are timed: SIGUSR2 reports the longest.

A callback runs on the event loop without interruption. It is measured in CPU time of its thread,
which other programs on the machine do not affect. The longest since the last signal is written to
the file named in the environment.
"""

import asyncio.events
import gc
import json
import os
import signal
import time
from pathlib import Path

_run = asyncio.events.Handle._run  # noqa: SLF001 - there is no other place to time a callback


class _CallbackTimer:
    """The longest callback, and how much of it was garbage collection."""

    def __init__(self) -> None:
        self.longest, self.description = 0.0, ""
        self._gc_seconds = self._gc_started_at = 0.0

    def run(self, handle: asyncio.events.Handle) -> None:
        gc_before, started_at = self._gc_seconds, time.thread_time()
        _run(handle)
        seconds = time.thread_time() - started_at
        if seconds > self.longest:
            garbage = 1000 * (self._gc_seconds - gc_before)
            self.longest, self.description = (
                seconds,
                f"{garbage:.1f} ms of it garbage collection, {handle!r}",
            )

    def on_gc(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._gc_started_at = time.thread_time()
        else:
            self._gc_seconds += time.thread_time() - self._gc_started_at

    def report(self, *_: object) -> None:
        path = Path(f"{os.environ['BENCH_CALLBACK_TIMING']}.{os.getpid()}")
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"seconds": self.longest, "description": self.description}))
        part.replace(path)
        self.longest, self.description = 0.0, ""


_timer = _CallbackTimer()


def _timed(handle: asyncio.events.Handle) -> None:
    _timer.run(handle)


asyncio.events.Handle._run = _timed  # type: ignore[method-assign, assignment]  # noqa: SLF001
gc.callbacks.append(_timer.on_gc)
signal.signal(signal.SIGUSR2, _timer.report)
