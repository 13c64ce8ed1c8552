"""Loaded by the interpreter of a server whose steps are measured: SIGUSR2 tells the longest.

A step is what runs in one go on the loop. It is measured in CPU time of its thread, which other
programs on the machine do not lengthen. The longest since the last signal is written into the
file that is named in the environment.
"""

import asyncio.events
import gc
import json
import os
import signal
import time
from pathlib import Path

_run = asyncio.events.Handle._run  # noqa: SLF001 - there is no other place to measure a step


class _Steps:
    """The longest step, and how much of it went into collecting garbage."""

    def __init__(self) -> None:
        self.longest, self.what = 0.0, ""
        self._collecting = self._began = 0.0

    def take(self, handle: asyncio.events.Handle) -> None:
        before, began = self._collecting, time.thread_time()
        _run(handle)
        took = time.thread_time() - began
        if took > self.longest:
            garbage = 1000 * (self._collecting - before)
            self.longest, self.what = took, f"{garbage:.1f} ms of it for garbage, {handle!r}"

    def collect(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self._collecting += time.thread_time() - self._began

    def tell(self, *_: object) -> None:
        path = Path(f"{os.environ['BENCH_STEPS']}.{os.getpid()}")
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"seconds": self.longest, "what": self.what}))
        part.replace(path)
        self.longest, self.what = 0.0, ""


_steps = _Steps()


def _timed(handle: asyncio.events.Handle) -> None:
    _steps.take(handle)


asyncio.events.Handle._run = _timed  # type: ignore[method-assign, assignment]  # noqa: SLF001
gc.callbacks.append(_steps.collect)
signal.signal(signal.SIGUSR2, _steps.tell)
