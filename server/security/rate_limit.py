"""Limits how much one seat may send."""

import time
from collections import OrderedDict
from collections.abc import Hashable

_KEPT = 10_000


class TokenBucket:
    """A token bucket: `rate` tokens per second sustained, up to `burst` at once."""

    __slots__ = ("_burst", "_left", "_rate", "_then", "holders")

    def __init__(self, rate: float, burst: float) -> None:
        self.holders = 0
        """The number of connections that draw on it."""
        self._rate = rate
        self._burst = self._left = burst
        self._then = time.monotonic()

    def allows(self) -> bool:
        """Take a token; return False if none is left."""
        if not self.has_left():
            return False
        self._left -= 1
        return True

    def has_left(self) -> bool:
        """Whether a token is left, without taking it."""
        self._fill()
        return self._left >= 1

    def is_full(self) -> bool:
        """Whether it is full, and so equivalent to a new one."""
        self._fill()
        return self._left >= self._burst

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._then) * self._rate)
        self._then = now


class RateLimits:
    """Buckets of the 10,000 keys used last."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[Hashable, TokenBucket] = OrderedDict()

    def bucket(self, key: Hashable) -> TokenBucket:
        """Return the bucket of a key; frequently used buckets are kept."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            self._buckets.move_to_end(key)
            return bucket
        bucket = self._buckets[key] = TokenBucket(self._rate, self._burst)
        if len(self._buckets) > _KEPT:
            # The least recently used bucket has filled up long ago, or soon will.
            self._buckets.popitem(last=False)
        return bucket

    def hold(self, key: Hashable) -> TokenBucket:
        """Return the bucket of a key for a connection, which must call `release` at its end."""
        bucket = self.bucket(key)
        bucket.holders += 1
        return bucket

    def release(self, key: Hashable, bucket: TokenBucket) -> None:
        """Release a bucket; forget it if it is full and no connection uses it.

        Objects that outlive a crowd keep whole stretches of memory from being released.
        """
        bucket.holders -= 1
        if not bucket.holders and bucket.is_full() and self._buckets.get(key) is bucket:
            del self._buckets[key]

    def allows(self, key: Hashable) -> bool:
        """Take a token of this key; return False if none is left."""
        return self.bucket(key).allows()
