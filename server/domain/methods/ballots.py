"""The ballots of a round, equal ones counted together."""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping

STRIDE = 50
"""Ballots that are read before others may do something."""
Ballots = Mapping[bytes, int]
"""How often each ballot was cast."""


def collected(ballots: Iterable[bytes]) -> Generator[None, None, Ballots]:
    """Count equal ballots, in steps."""
    found: Counter[bytes] = Counter()
    for n, ballot in enumerate(ballots):
        found[ballot] += 1
        if n % STRIDE == 0:
            yield
    return found
