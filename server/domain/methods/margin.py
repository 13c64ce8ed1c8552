"""How many of the ballots that were cast would have to be different for the winner not to have won,
not even in a tie.

For methods that add up what ballots give (`single`, `approval`, `dots`, `matrix`) it is exact. For
`score` and `ranked`, where no quick way is known (L. Xia, "Computing the Margin of Victory for
Various Voting Rules", Electronic Commerce 2012), and for a method that has no way of its own, it
lies between two numbers: that fewer are not enough is proven, and that so many are is shown by
counting again. Often they are the same. By criteria, a different ballot is one with other scores in
the same cells. A tie-break is left out of account.
"""

from collections.abc import Iterable

from msgspec import Struct


class Margin(Struct, frozen=True, kw_only=True):
    """The number of ballots that would have to be different; exact if both are the same."""

    least: int
    """Fewer are not enough."""
    most: int
    """So many are enough."""

    @property
    def is_exact(self) -> bool:
        return self.least == self.most


def fewest(gains: Iterable[tuple[int, int]], needed: int) -> int | None:
    """Return how many ballots gain `needed` together, or None if all together do not.

    `gains` are sorted, most first, each with the number of ballots that have it.
    """
    taken = 0
    for gain, count in gains:
        if needed <= 0:
            break
        if gain <= 0:
            return None
        some = min(count, -(-needed // gain))
        taken += some
        needed -= some * gain
    return taken if needed <= 0 else None
