"""Instant run-off: the options with the fewest votes drop out, round by round, until one is left.

Ballots may contain ties. Each ballot counts for every one of its highest options still in the race:
Approval-IRV, which of all ways to handle ties preserves most of the method's properties. Delemazure
and Peters, "Generalizing Instant Runoff Voting to Allow Indifferences", Economics and Computation
2024.

Options that tie for the fewest votes are tried each way, as in STAR (`score.py`): each drops out
first in one of several possible run-offs, and the winner of any of them is among the winners
("parallel universes": V. Conitzer, M. Rognlie and L. Xia, "Preference Functions that Score Rankings
and Maximum Likelihood Estimation", IJCAI 2009). If all ballots for any of them are fewer
than those for each other option, the order in which they go saves none of them, and they drop out
together. So neither lot nor the order of the list ever decides who stays. Should there be too many
ways to try, and in rounds of rules before version 4, all who tie drop out together, and tie for the
win if no others are left.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import NamedTuple

from server.domain.methods.base import finished, ranked_groups
from server.domain.methods.pairwise import UNRANKED, Ranks

_LAST = 2
"""If so many are left and tie, whichever drops out, the other wins."""
_NONE = 0x7F
"""The value of a lane whose ballot ranks none of them."""
_SEVEN_BITS = bytes(min(rank, _NONE) for rank in range(UNRANKED + 1))


MAX_WAYS = 256
"""How many sets of remaining options are counted at most: enough for eight that tie in every round.
"""


class Ties(Enum):
    """What ties for elimination mean for the winner."""

    NOTHING = 0
    DECIDE = 1
    """Several options can win, depending on which of the tied ones drops out first."""
    TOO_MANY = 2
    """There are more ways than `MAX_WAYS`; those who tie drop out together."""


class RunOff(NamedTuple):
    order: list[list[str]]
    """Best first, by the best place that an option takes in any way; equal places share a group."""
    rounds: list[dict[str, int]]
    """The votes of the remaining options, round by round, as far as they are the same each way."""
    ties: Ties


def instant_runoff(
    ballots: Mapping[Ranks, int], options: Sequence[str], *, each_way: bool = True
) -> RunOff:
    """Count ballots; `ballots` maps each distinct ballot to how often it was cast."""
    return finished(running_off(ballots, options, each_way=each_way))


def running_off(
    ballots: Mapping[Ranks, int], options: Sequence[str], *, each_way: bool
) -> Generator[None, None, RunOff]:
    """Count ballots in steps of one round of the run-off."""
    count = _Count(ballots, len(options))
    everyone = frozenset(range(len(options)))
    best_place = dict.fromkeys(everyone, len(options))
    rounds: list[dict[str, int]] = []
    seen, waiting = {everyone}, [(everyone, count.tree)]
    is_one_way = True
    while waiting:
        yield
        left, tree = waiting.pop()
        votes = {place: count.votes(tree, [place]) for place in sorted(left)}
        if is_one_way and len(left) > 1:
            rounds.append({options[place]: number for place, number in votes.items()})
        ways = _eliminations(votes, partial(count.votes, tree), each_way=each_way)
        is_one_way = is_one_way and len(ways) < 2
        if not ways:
            best_place |= dict.fromkeys(left, 1)
        for out in ways:
            rest = left.difference(out)
            place = len(rest) + 1
            best_place |= {option: min(place, best_place[option]) for option in out}
            if rest in seen:
                continue
            if len(seen) == MAX_WAYS:
                together = yield from running_off(ballots, options, each_way=False)
                return together._replace(ties=Ties.TOO_MANY)
            seen.add(rest)
            waiting.append((rest, count.without(tree, out)))
    order = ranked_groups({option: -best_place[place] for place, option in enumerate(options)})
    depends = not is_one_way and len(order[0]) > 1
    return RunOff(order, rounds, Ties.DECIDE if depends else Ties.NOTHING)


def _eliminations(
    votes: Mapping[int, int], votes_for: Callable[[Sequence[int]], int], *, each_way: bool
) -> list[list[int]]:
    """Return each set of options that may drop out now; none if those left all win."""
    fewest = min(votes.values())
    out = [place for place, number in votes.items() if number == fewest]
    others = [number for number in votes.values() if number > fewest]
    if not others and (not each_way or not fewest or len(out) <= _LAST):
        return []
    if not each_way or len(out) == 1 or (others and votes_for(out) < min(others)):
        return [out]
    return [[place] for place in out]


class _Count:
    """All ballots packed into whole numbers, with a lane of eight bits for each distinct ballot.

    A number holds the ranks of one option on all ballots, or the best ranks of several options; the
    highest bit of each lane is free for comparisons. A few operations on such numbers replace a
    loop over thousands of ballots.
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
        # The best ranks: the leaves are the options, the root at 1 is the best rank of all.
        self._leaves = 1 << (options - 1).bit_length()
        empty = [self._none] * (self._leaves - options)
        self.tree = [self._none] * self._leaves + self._columns + empty
        for node in range(self._leaves - 1, 0, -1):
            self._join(self.tree, node)

    def votes(self, tree: Sequence[int], places: Sequence[int]) -> int:
        """Count the ballots that rank no remaining option above any of these."""
        best, high = tree[1], self._high
        says_nothing = (best + self._low) & high
        counts = 0
        for place in places:
            differs = ((self._columns[place] ^ best) + self._none) & high
            counts |= high & ~(differs | says_nothing)
        return sum((counts & lanes).bit_count() << bit for bit, lanes in self._numbers)

    def without(self, tree: Sequence[int], out: Sequence[int]) -> list[int]:
        """Return the tree without some options."""
        smaller = [*tree]
        nodes = {self._leaves + place for place in out}
        for node in nodes:
            smaller[node] = self._none
        while nodes := {node >> 1 for node in nodes if node > 1}:
            for node in nodes:
                self._join(smaller, node)
        return smaller

    def _join(self, tree: list[int], node: int) -> None:
        """Store the lower rank of the two branches, lane by lane."""
        here, there = tree[2 * node], tree[2 * node + 1]
        not_lower = ((here | self._high) - there) & self._high
        mask = not_lower - (not_lower >> 7)
        tree[node] = here ^ ((here ^ there) & mask)

    def _bits(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Return for each bit of the numbers the lanes whose number has it set."""
        return [
            (bit, int.from_bytes(bytes([number >> bit & 1 for number in numbers]), "little") << 7)
            for bit in range(max(numbers, default=0).bit_length())
        ]
