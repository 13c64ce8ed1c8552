"""What people leave behind: memory that has to be collected."""

import gc

CROWD = 500
"""Connections after whose end their memory is collected. What belongs to one refers to itself in
circles, and Python by itself would come to them only after a million more objects.
"""


class Leavings:
    """Counts who has gone."""

    def __init__(self) -> None:
        self._gone = 0

    def add(self) -> None:
        """Take note that a connection has ended."""
        self._gone += 1

    def collect(self) -> None:
        """Collect what a crowd has left, if it was one; to be called now and then."""
        if self._gone >= CROWD:
            self._gone = 0
            gc.collect()
