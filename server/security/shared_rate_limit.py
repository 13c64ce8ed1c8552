"""What all worker processes of a server count together: times by key, in shared memory.

Limits (`SharedRates`) and known clients (`security/guess_limit.py`) both need one time per key. The
file is in the folder of the metrics, which the parent creates for its workers, so a worker that
ends, or is replaced, takes no count with it. Without such a folder, as in tests that run one
worker, the memory is the process's own.
"""

import fcntl
import hashlib
import logging
import mmap
import os
import secrets
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from server.observability.logs import event

logger = logging.getLogger(__name__)

_ENTRY = struct.Struct("=Qd")
_WAYS, _SETS = 8, 8192
"""A key has eight possible places, so a lookup costs the same however many keys there are."""
_SIZE = _ENTRY.size * _WAYS * _SETS
_PATIENCE, _DISTRUST = 0.25, 10.0
"""Seconds to wait for the lock, which is held for microseconds; and seconds for which it is not
waited for after a timeout, because a process that was frozen while holding it must not stop the
others. Without the lock a count may be off by one.
"""


class _Place(NamedTuple):
    offset: int
    digest: int
    time: float


class SharedTimes:
    """A time in seconds for each of the last 65,536 keys; the earliest make room for new ones.

    Keys are stored as keyed hashes, so they cannot be chosen to evict each other.
    """

    def __init__(self, name: str, salt: bytes | None = None, folder: Path | None = None) -> None:
        """`salt` must be the same in all processes. Without a folder, nothing is shared."""
        self._distrusted_until = 0.0
        self._salt = (salt or secrets.token_bytes(32))[:64]
        self._lock, self._memory = _opened(folder / f"{name}.times" if folder else None)

    def get(self, key: str) -> float:
        """Return the time of a key; 0 if it has none."""
        wanted, places = self._places(key)
        return next((place.time for place in places if place.digest == wanted), 0.0)

    def set(self, key: str, time_: float) -> None:
        """Set the time of a key. To read it first, do both inside `held`."""
        wanted, places = self._places(key)
        own = next((place for place in places if place.digest == wanted), None)
        place = own or min(places, key=lambda each: each.time)
        _ENTRY.pack_into(self._memory, place.offset, wanted, time_)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the other processes from changing anything."""
        if self._lock is None:
            yield
            return
        self._wait_for(self._lock)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _wait_for(self, lock: int) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                now = time.monotonic()
                if now < self._distrusted_until:
                    return
                if now > deadline:
                    self._distrusted_until = now + _DISTRUST
                    return
                os.sched_yield()  # The holder may need the processor to release it.
            else:
                return

    def _places(self, key: str) -> tuple[int, list[_Place]]:
        """Return the digest of a key, and its possible places."""
        hashed = hashlib.blake2b(key.encode(), key=self._salt, digest_size=8).digest()
        digest = int.from_bytes(hashed, "little") or 1
        first = digest % _SETS * _WAYS * _ENTRY.size
        offsets = range(first, first + _WAYS * _ENTRY.size, _ENTRY.size)
        found = (_ENTRY.unpack_from(self._memory, offset) for offset in offsets)
        return digest, [_Place(at, *each) for at, each in zip(offsets, found, strict=True)]


class SharedRates:
    """Token buckets by key: `rate` per second sustained, `burst` at once, across all processes.

    A bucket is a single number, the time at which it will be full again (GCRA), so an unused bucket
    needs no place.
    """

    def __init__(self, times: SharedTimes, name: str, rate: float, burst: float) -> None:
        self._times = times
        self._name = name
        self._each = 1 / rate
        """Seconds per token."""
        self._most = (burst - 1) / rate
        """How far in the future a bucket may be full again and still have a token left."""

    def has_left(self, key: object) -> bool:
        """Whether a token of this key is left, without taking it."""
        return self._times.get(self._named(key)) - time.monotonic() <= self._most + _ROUNDING

    def allows(self, key: object) -> bool:
        """Take a token of this key; return False if none is left."""
        named, now = self._named(key), time.monotonic()
        with self._times.held():
            full_at = max(self._times.get(named), now)
            if full_at - now > self._most + _ROUNDING:
                return False
            self._times.set(named, full_at + self._each)
        return True

    def give_back(self, key: object) -> None:
        """Return a token to this key."""
        named = self._named(key)
        with self._times.held():
            self._times.set(named, self._times.get(named) - self._each)

    def _named(self, key: object) -> str:
        return f"{self._name} {key}"


_ROUNDING = 1e-6
"""Seconds; sums of fractions are not exact."""


def _opened(path: Path | None) -> tuple[int | None, mmap.mmap]:
    """Map a file into memory, and open its lock; without a path, use the process's own memory."""
    if path is None:
        return None, mmap.mmap(-1, _SIZE)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Written, not just extended: missing memory must fail here, with a message, and not kill
        # the process (SIGBUS) when it is used.
        there = os.fstat(descriptor).st_size
        os.pwrite(descriptor, bytes(max(0, _SIZE - there)), there)
        memory = mmap.mmap(descriptor, _SIZE)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except (OSError, ValueError) as error:
        logger.warning(
            "Limits apply to each worker separately, not to the whole server: %s cannot be used "
            "(%s).",
            *(path, error),
            extra=event("limits_not_shared", why=str(error)),
        )
        return None, mmap.mmap(-1, _SIZE)
    return descriptor, memory
