"""Loaded by the interpreter of a server whose memory is measured: SIGUSR2 collects garbage.

Uncollected garbage is not a cost of a connection, and it is a matter of chance when Python collects
it. What is in use afterwards is written to a file named by the process id in the folder
`BENCH_IN_USE`, if that is set: blocks of the interpreter's allocator, and bytes of the C library's.
Resident memory alone does not tell what leaks from what was freed and is kept for later.
"""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path


class _Mallinfo(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks")),
        ("keepcost", ctypes.c_size_t),
    ]


def _collect(*_: object) -> None:
    gc.collect()
    if folder := os.environ.get("BENCH_IN_USE"):
        # Never read half-written.
        written = Path(folder, f"{os.getpid()}.new")
        written.write_text(f"{sys.getallocatedblocks()} {_malloc_bytes()}")
        written.replace(Path(folder, str(os.getpid())))


def _malloc_bytes() -> int:
    """Return the bytes that are allocated with `malloc`; 0 where the C library does not tell."""
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo is None:
        return 0
    mallinfo.restype = _Mallinfo
    found = mallinfo()
    return int(found.uordblks + found.hblkhd)


signal.signal(signal.SIGUSR2, _collect)
