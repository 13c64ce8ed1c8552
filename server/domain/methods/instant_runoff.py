"""Instant run-off: the fewest votes drop out, again and again, until one is left.

Ballots may hold ties. Each counts for every one of its highest that are still in: Approval-IRV,
which of all ways to read ties keeps the most of the method's virtues. Delemazure and Peters,
"Generalizing Instant Runoff Voting to Allow Indifferences", Economics and Computation 2024.

Who ties for the fewest votes drops out together; where that is all who are left, they tie for
the win. So no lot and no place on the list ever decides who stays.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import NamedTuple

from server.domain.methods.base import finished
from server.domain.methods.pairwise import UNRANKED, Ranks

_NONE = 0x7F
"""In a lane: this ballot has none of them."""
_SEVEN_BITS = bytes(min(rank, _NONE) for rank in range(UNRANKED + 1))


class RunOff(NamedTuple):
    order: list[list[str]]
    """Best first; together: who dropped out together, or was left together."""
    rounds: list[dict[str, int]]
    """The votes of those still in, round by round."""


def instant_runoff(ballots: Mapping[Ranks, int], options: Sequence[str]) -> RunOff:
    """Count ballots, given with how many there are of each."""
    return finished(running_off(ballots, options))


def running_off(
    ballots: Mapping[Ranks, int], options: Sequence[str]
) -> Generator[None, None, RunOff]:
    """Count ballots in steps, a round of the run-off each."""
    count = _Count(ballots, len(options))
    left = dict(enumerate(options))
    order: list[list[str]] = []
    rounds = []
    while len(left) > 1:
        yield
        votes = {place: count.votes(place) for place in left}
        rounds.append({left[place]: number for place, number in votes.items()})
        fewest = min(votes.values())
        out = [place for place, number in votes.items() if number == fewest]
        if len(out) == len(left):
            break
        order.append([left.pop(place) for place in out])
        count.drop(out)
    return RunOff([*order, list(left.values())][::-1], rounds)


class _Count:
    """All ballots side by side in whole numbers, a lane of eight bits for each that differs.

    A number holds the ranks of one option on all ballots, or the best ranks of several options;
    the highest bit of each lane is free for comparing. What a loop over thousands of ballots
    would do is done by a few operations on such numbers.
    """

    def __init__(self, ballots: Mapping[Ranks, int], options: int) -> None:
        lanes = len(ballots)
        self._low = int.from_bytes(b"\x01" * lanes, "little")
        self._high = self._low << 7
        self._none = self._high - self._low
        ranks = b"".join(ballots).translate(_SEVEN_BITS)
        self._columns = [
            int.from_bytes(ranks[place::options], "little") for place in range(options)
        ]
        self._numbers = self._bits([*ballots.values()])
        # A tree of the best ranks: its leaves are the options, its root is what counts.
        self._leaves = 1 << (options - 1).bit_length()
        empty = [self._none] * (self._leaves - options)
        self._best = [self._none] * self._leaves + self._columns + empty
        for node in range(self._leaves - 1, 0, -1):
            self._join(node)

    def votes(self, place: int) -> int:
        """Count the ballots on which nobody who is still in stands before an option."""
        best, high = self._best[1], self._high
        differs = ((self._columns[place] ^ best) + self._none) & high
        says_nothing = (best + self._low) & high
        counts = high & ~(differs | says_nothing)
        return sum((counts & of).bit_count() << bit for bit, of in self._numbers)

    def drop(self, out: Sequence[int]) -> None:
        nodes = {self._leaves + place for place in out}
        for node in nodes:
            self._best[node] = self._none
        while nodes := {node >> 1 for node in nodes if node > 1}:
            for node in nodes:
                self._join(node)

    def _join(self, node: int) -> None:
        """Take the lower rank of both branches, lane by lane."""
        here, there = self._best[2 * node], self._best[2 * node + 1]
        not_lower = ((here | self._high) - there) & self._high
        taken = not_lower - (not_lower >> 7)
        self._best[node] = here ^ ((here ^ there) & taken)

    def _bits(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Give for each bit of the numbers the lanes whose number has it."""
        return [
            (bit, int.from_bytes(bytes([number >> bit & 1 for number in numbers]), "little") << 7)
            for bit in range(max(numbers, default=0).bit_length())
        ]
