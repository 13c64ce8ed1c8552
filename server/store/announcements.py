"""What a process announces of the seats on a board: a list or, of a crowd, only counts."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from server.store.damage import LARGEST_NUMBER

AWAITS_ADMISSION = "?"
"""Prefix of a seat that is waiting to be admitted; no seat begins with it."""
COUNTS = "="
"""Prefix of counts, and what separates them; no seat begins with it. Versions that know no counts
take them for one seat.
"""


class Counts(NamedTuple):
    """The people of one process on a board, where there are too many to list."""

    here: int
    """Those on the board, without those waiting to be admitted."""
    observing: int
    """How many of them only watch."""
    round: int
    """The round that `choosing` is about; 0 if it may not be told."""
    choosing: int
    """How many of them may vote in the round and have no ballot in it."""


class Announcement(NamedTuple):
    """What one process announced of the seats on a board."""

    expiry: int
    """Until when it is valid, in ms by the store's clock."""
    seats: frozenset[str]
    """All seats. With `counts` only those that wait, and the first by name if names are shown."""
    counts: Counts | None = None
    asks: bool = False
    """Whether it asks the others to list their seats for once."""

    @classmethod
    def read(cls, expiry: str, words: str) -> Self:
        """Read an expiry, and what `listed` or `counted` wrote. Raises ValueError."""
        seats = words.split()
        counts, asks = None, False
        if seats and seats[0].startswith(COUNTS):
            # A later version may count more.
            here, observing, round_, choosing, asked, *_ = map(_number, seats.pop(0)[1:].split("="))
            counts, asks = Counts(here, observing, round_, choosing), bool(asked)
        return cls(_number(expiry), frozenset(seats), counts, asks)

    @property
    def is_empty(self) -> bool:
        return not (self.seats or (self.counts and self.counts.here))


def listed(seats: Iterable[str]) -> str:
    return " ".join(seats)


def counted(counts: Counts, seats: Iterable[str], *, asks: bool) -> str:
    return " ".join((COUNTS + COUNTS.join(str(n) for n in (*counts, int(asks))), *seats))


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError("it was not written by Stackvote")
    return number
