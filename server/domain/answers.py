"""What became of the last messages, by name.

Flat arrays, because these live long and are made while thousands are there: as objects of their
own they would lie scattered over the interpreter's memory, and keep it from being given back
(docs/decisions/0007-what-outlives-a-crowd.md).
"""

from array import array
from hashlib import blake2b

from server.domain.refusals import Refusal

REMEMBERED = 65_536
"""How many messages back a repeated one is still known as a repeat."""
_WIDTH = 16
"""Bytes of a name as it is kept. A server's own names have as many."""
_FEW, _MANY = 64, 131_072
"""Chains at first, and from `_FULL` messages on."""
_FULL = 1024


class Answers:
    """A map from a name to the position at which the message counted, or why it does not.

    Message `n` is kept at `n % REMEMBERED`. Those whose names fall into the same chain are
    found from the newest back; what is too old has been overwritten, and ends its chain.
    """

    def __init__(self) -> None:
        self._count = 0
        self._names = bytearray()
        self._positions = array("q")
        self._before = array("q")
        """The one before in the same chain."""
        self._newest = array("q", [-1]) * _FEW
        """The newest of each chain."""
        self._refused: dict[int, Refusal] = {}

    def get(self, name: str) -> int | Refusal | None:
        kept = _kept(name)
        n = self._newest[hash(kept) % len(self._newest)]
        while n >= 0 and n >= self._count - REMEMBERED:
            place = n % REMEMBERED
            if self._names.startswith(kept, place * _WIDTH):
                return self._refused.get(n) or self._positions[place]
            n = self._before[place]
        return None

    def add(self, name: str, answer: int | Refusal) -> None:
        """Remember the answer to a message that has none yet, and forget the oldest."""
        n, kept = self._count, _kept(name)
        if n == _FULL:
            self._spread()
        if isinstance(answer, Refusal):
            self._refused[n] = answer
            answer = 0
        chain = hash(kept) % len(self._newest)
        before = self._newest[chain]
        if n < REMEMBERED:
            self._names += kept
            self._positions.append(answer)
            self._before.append(before)
        else:
            place = n % REMEMBERED
            self._names[place * _WIDTH : (place + 1) * _WIDTH] = kept
            self._positions[place] = answer
            self._before[place] = before
            self._refused.pop(n - REMEMBERED, None)
        self._newest[chain] = n
        self._count = n + 1

    def _spread(self) -> None:
        """Have so many chains that each stays short."""
        self._newest = array("q", [-1]) * _MANY
        for n in range(self._count):
            chain = hash(bytes(self._names[n * _WIDTH : (n + 1) * _WIDTH])) % _MANY
            self._before[n] = self._newest[chain]
            self._newest[chain] = n


def _kept(name: str) -> bytes:
    encoded = name.encode()
    return encoded if len(encoded) == _WIDTH else blake2b(encoded, digest_size=_WIDTH).digest()
