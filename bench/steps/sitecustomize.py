"""Loaded by the interpreter of a server whose steps are measured: SIGUSR2 tells the longest.

A step is what runs in one go on the loop. It is measured in CPU time of its thread, which other
programs on the machine do not lengthen. The longest since the last signal is written into the
file that is named in the environment.
"""

import asyncio.events
import json
import os
import signal
import time
from pathlib import Path

_longest, _what = 0.0, ""
_run = asyncio.events.Handle._run  # noqa: SLF001 - there is no other place to measure a step


def _timed(handle: asyncio.events.Handle) -> None:
    global _longest, _what
    began = time.thread_time()
    _run(handle)
    took = time.thread_time() - began
    if took > _longest:
        _longest, _what = took, repr(handle)


def _tell(*_: object) -> None:
    global _longest, _what
    path = Path(f"{os.environ['BENCH_STEPS']}.{os.getpid()}")
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"seconds": _longest, "what": _what}))
    part.replace(path)
    _longest, _what = 0.0, ""


asyncio.events.Handle._run = _timed  # type: ignore[method-assign, assignment]  # noqa: SLF001
signal.signal(signal.SIGUSR2, _tell)
