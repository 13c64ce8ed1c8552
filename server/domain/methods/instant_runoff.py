"""Instant run-off: the fewest votes drop out, again and again, until one is left.

Ballots may hold ties. Each counts for every one of its highest that are still in: Approval-IRV,
which of all ways to read ties keeps the most of the method's virtues. Delemazure and Peters,
"Generalizing Instant Runoff Voting to Allow Indifferences", Economics and Computation 2024.

Who ties for the fewest votes drops out together; where that is all who are left, they tie for
the win. So no lot and no place on the list ever decides who stays.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

Ranking = tuple[tuple[str, ...], ...]
"""Groups of options, best first."""


class RunOff(NamedTuple):
    order: list[list[str]]
    """Best first; together: who dropped out together, or was left together."""
    rounds: list[dict[str, int]]
    """The votes of those still in, round by round."""


def instant_runoff(ballots: Mapping[Ranking, int], options: Iterable[str]) -> RunOff:
    """Count ballots, given with how many there are of each."""
    count = _Count(options)
    for ranking, number in ballots.items():
        count.hand_over(_Pile(ranking, number))
    order: list[list[str]] = []
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
    """Alike ballots, and the place of the group on them that they count for."""

    __slots__ = ("number", "place", "ranking")

    def __init__(self, ranking: Ranking, number: int) -> None:
        self.ranking = ranking
        self.number = number
        self.place = 0


class _Count:
    """A pile is looked at again only when an option that it counted for drops out."""

    def __init__(self, options: Iterable[str]) -> None:
        self.votes = dict.fromkeys(options, 0)
        """Of those still in."""
        self._piles: dict[str, list[_Pile]] = {option: [] for option in self.votes}

    def hand_over(self, pile: _Pile) -> None:
        """Give a pile to those highest on it who are still in."""
        votes = self.votes
        for place in range(pile.place, len(pile.ranking)):
            heirs = [option for option in pile.ranking[place] if option in votes]
            if heirs:
                pile.place = place
                for heir in heirs:
                    votes[heir] += pile.number
                    self._piles[heir].append(pile)
                return
        pile.ranking = ((),)
        pile.place = 0

    def drop(self, out: list[str]) -> None:
        for option in out:
            del self.votes[option]
        for option in out:
            for pile in self._piles[option]:
                # Where others of its group are still in, or it has moved on, it counts already.
                if self.votes.keys().isdisjoint(pile.ranking[pile.place]):
                    self.hand_over(pile)
