"""Garbage-collects after mass disconnects."""

import gc

CROWD = 500
"""Number of ended connections after which to collect. The objects of a connection form reference
cycles, which Python would otherwise collect only after a million more allocations.
"""


class GcOnLeave:
    """Counts ended connections."""

    def __init__(self) -> None:
        self._gone = 0

    def add(self) -> None:
        """Note that a connection has ended."""
        self._gone += 1

    def collect(self) -> None:
        """Collect if enough connections have ended since the last time. Called at intervals."""
        if self._gone >= CROWD:
            self._gone = 0
            gc.collect()
