"""Many small counters, to which a ballot is added in a single operation."""

from operator import add, sub


class Cells:
    """A row of counters, one for each byte of a ballot.

    Ballots are added as whole numbers as long as no byte can overflow, and only then cell by cell,
    so that a ballot that fills a thousand cells costs a few microseconds.
    """

    def __init__(self, size: int, most: int) -> None:
        """`most` is the most that one ballot adds to a cell."""
        self._room = 255 // most
        self._left = self._room
        self._added = self._removed = 0
        self._values = [0] * size

    def add(self, ballot: bytes, sign: int) -> None:
        """Add each byte to its cell, or subtract it if `sign` is negative."""
        if not self._left:
            self.values()
        self._left -= 1
        if sign > 0:
            self._added += int.from_bytes(ballot, "little")
        else:
            self._removed += int.from_bytes(ballot, "little")

    def values(self) -> list[int]:
        """Return the values of the cells."""
        if self._left < self._room:
            size = len(self._values)
            grown = map(add, self._values, self._added.to_bytes(size, "little"))
            self._values = list(map(sub, grown, self._removed.to_bytes(size, "little")))
            self._added = self._removed = 0
            self._left = self._room
        return self._values
