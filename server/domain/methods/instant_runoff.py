"""Instant run-off: the fewest votes drop out, again and again, until one is left.

Ballots may hold ties. Each counts for every one of its highest that are still in: Approval-IRV,
which of all ways to read ties keeps the most of the method's virtues. Delemazure and Peters,
"Generalizing Instant Runoff Voting to Allow Indifferences", Economics and Computation 2024.

Who ties for the fewest votes drops out together; where that is all who are left, they tie for
the win. So no lot and no place on the list ever decides who stays.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Ranking = Sequence[Sequence[int]]


class RunOff(NamedTuple):
    order: list[list[int]]
    """Best first; together: who dropped out together, or was left together."""
    rounds: list[dict[int, int]]
    """The votes of those still in, round by round."""


def instant_runoff(ballots: Mapping[tuple[tuple[int, ...], ...], int], options: int) -> RunOff:
    """Count ballots, given with how many there are of each, on options from 0 up."""
    count = _Count(options)
    for ranking, number in ballots.items():
        count.hand_over(_Pile(ranking, number))
    order: list[list[int]] = []
    rounds = []
    while len(count.votes) > 1:
        rounds.append(dict(count.votes))
        fewest = min(count.votes.values())
        out = [option for option, votes in count.votes.items() if votes == fewest]
        if len(out) == len(count.votes):
            break
        count.drop(out)
        order.append(out)
    return RunOff([*order, list(count.votes)][::-1], rounds)


class _Pile:
    """Alike ballots, and the group on them that they count for now."""

    def __init__(self, ranking: Ranking, number: int) -> None:
        self.number = number
        self._left = list(reversed(ranking))

    @property
    def group(self) -> Sequence[int]:
        """Empty when nothing is left on them."""
        return self._left[-1] if self._left else ()

    def turn(self) -> None:
        self._left.pop()


class _Count:
    """A pile is looked at again only when an option that it counted for drops out."""

    def __init__(self, options: int) -> None:
        self.votes = dict.fromkeys(range(options), 0)
        """Of those still in."""
        self._piles: list[list[_Pile]] = [[] for _ in range(options)]

    def hand_over(self, pile: _Pile) -> None:
        """Give a pile to those highest on it who are still in."""
        while pile.group:
            heirs = [option for option in pile.group if option in self.votes]
            for heir in heirs:
                self.votes[heir] += pile.number
                self._piles[heir].append(pile)
            if heirs:
                return
            pile.turn()

    def drop(self, out: Sequence[int]) -> None:
        for option in out:
            del self.votes[option]
        for option in out:
            for pile in self._piles[option]:
                # Where others of its group are still in, or it has moved on, it counts already.
                if not any(other in self.votes for other in pile.group):
                    self.hand_over(pile)
