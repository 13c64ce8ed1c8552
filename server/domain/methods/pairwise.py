"""Head to head: how many ballots prefer one option to another, for each two of them."""

from collections.abc import Iterable, Sequence

Groups = Sequence[Sequence[str]]
"""Options from the best on; those in one group are alike."""


class Pairwise:
    """The table of all pairs, kept ballot by ballot. The cost of one goes by the options alone."""

    def __init__(self, options: Iterable[str]) -> None:
        self.options = tuple(options)
        self.wins = [[0] * len(self.options) for _ in self.options]
        """`wins[a][b]`, by the places of the options in the round: ballots with a above b."""
        self.places = {option: place for place, option in enumerate(self.options)}

    def count(self, groups: Groups, sign: int) -> None:
        """Add what a ballot says, or take it back; options that it leaves out are not compared."""
        places = [[self.places[option] for option in group] for group in groups]
        below: list[int] = []
        for group in reversed(places):
            for better in group:
                row = self.wins[better]
                for worse in below:
                    row[worse] += sign
            below += group

    def of(self, a: str, b: str) -> int:
        """Return how many ballots prefer a to b."""
        return self.wins[self.places[a]][self.places[b]]

    def table(self) -> dict[str, dict[str, int]]:
        return by_pairs(self.options, self.wins)


def by_pairs(options: Sequence[str], values: Sequence[Sequence[int]]) -> dict[str, dict[str, int]]:
    """Name the rows and columns of a square; an option has no place against itself."""
    return {
        a: {b: value for b, value in zip(options, row, strict=True) if a != b}
        for a, row in zip(options, values, strict=True)
    }
