"""How much one seat may send."""

import time
from collections import OrderedDict
from collections.abc import Hashable

_KEPT = 10_000


class Rates:
    """Token buckets by key: `rate` a second lastingly, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        """Key to what was left, and when."""

    def allows(self, key: Hashable) -> bool:
        """Count one more by this key; False when it has had its share."""
        now = time.monotonic()
        left = self._left(key, now)
        allowed = left >= 1
        self._buckets.pop(key, None)
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _KEPT:
            # The one that was quiet for longest has filled up long since, or soon will.
            self._buckets.popitem(last=False)
        return allowed

    def has_left(self, key: Hashable) -> bool:
        """Say whether one more would be allowed, without counting it."""
        return self._left(key, time.monotonic()) >= 1

    def _left(self, key: Hashable, now: float) -> float:
        left, then = self._buckets.get(key, (self._burst, now))
        return min(self._burst, left + (now - then) * self._rate)
