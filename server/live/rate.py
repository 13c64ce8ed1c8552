"""How much one seat may send."""

import time
from collections import OrderedDict
from collections.abc import Hashable

_KEPT = 10_000


class Bucket:
    """A token bucket: `rate` a second lastingly, `burst` at once."""

    __slots__ = ("_burst", "_left", "_rate", "_then", "holders")

    def __init__(self, rate: float, burst: float) -> None:
        self.holders = 0
        """Connections that draw on it."""
        self._rate = rate
        self._burst = self._left = burst
        self._then = time.monotonic()

    def allows(self) -> bool:
        """Count one more; False when it has had its share."""
        if not self.has_left():
            return False
        self._left -= 1
        return True

    def has_left(self) -> bool:
        """Say whether one more would be allowed, without counting it."""
        self._fill()
        return self._left >= 1

    def is_full(self) -> bool:
        """Say whether it is as good as a new one."""
        self._fill()
        return self._left >= self._burst

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._then) * self._rate)
        self._then = now


class Rates:
    """Buckets by key, those of the last 10,000 keys."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def bucket(self, key: Hashable) -> Bucket:
        """Return the bucket of a key; whoever asks often keeps it."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            self._buckets.move_to_end(key)
            return bucket
        bucket = self._buckets[key] = Bucket(self._rate, self._burst)
        if len(self._buckets) > _KEPT:
            # The one that nobody asked for longest has filled up long since, or soon will.
            self._buckets.popitem(last=False)
        return bucket

    def hold(self, key: Hashable) -> Bucket:
        """Return the bucket of a key, for a connection that draws on it until it lets go."""
        bucket = self.bucket(key)
        bucket.holders += 1
        return bucket

    def let_go(self, key: Hashable, bucket: Bucket) -> None:
        """Forget a full bucket that nobody draws on any more.

        What outlives a crowd keeps whole stretches of memory that the crowd has filled.
        """
        bucket.holders -= 1
        if not bucket.holders and bucket.is_full() and self._buckets.get(key) is bucket:
            del self._buckets[key]

    def allows(self, key: Hashable) -> bool:
        """Count one more by this key; False when it has had its share."""
        return self.bucket(key).allows()

    def has_left(self, key: Hashable) -> bool:
        """Say whether one more by this key would be allowed, without counting it."""
        return self.bucket(key).has_left()
