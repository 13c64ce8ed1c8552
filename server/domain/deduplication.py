"""Remembers the outcome of the latest messages by idempotency key.

Flat arrays, because these entries are long-lived and are created while thousands of clients are
connected: as separate objects they would be scattered over the interpreter's memory, and keep it
from being released (docs/decisions/0007-what-outlives-a-crowd.md).
"""

from array import array
from hashlib import blake2b

from server.domain.refusals import Refusal

REMEMBERED = 65_536
"""How many messages back a repeat is still recognised."""
_WIDTH = 16
"""Bytes of a key that are stored. Keys made by the server have exactly that many."""
_FEW, _MANY = 64, 131_072
"""The number of hash chains at first, and from `_FULL` messages on."""
_FULL = 1024


class SeenMessages:
    """Maps an idempotency key to the position at which the message was applied, or to its refusal.

    Message `n` is stored at `n % REMEMBERED`. Messages whose keys hash to the same chain are linked
    from newest to oldest; a message that is too old has been overwritten, and ends its chain.
    """

    def __init__(self) -> None:
        self._count = 0
        self._names = bytearray()
        self._positions = array("q")
        self._before = array("q")
        """The previous message of the same chain."""
        self._newest = array("q", [-1]) * _FEW
        """The newest message of each chain."""
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
        """Rehash into more chains, so that each stays short."""
        self._newest = array("q", [-1]) * _MANY
        for n in range(self._count):
            chain = hash(bytes(self._names[n * _WIDTH : (n + 1) * _WIDTH])) % _MANY
            self._before[n] = self._newest[chain]
            self._newest[chain] = n


def _kept(name: str) -> bytes:
    encoded = name.encode()
    return encoded if len(encoded) == _WIDTH else blake2b(encoded, digest_size=_WIDTH).digest()
