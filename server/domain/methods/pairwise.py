"""Head to head: how many ballots prefer one option to another, for each two of them."""

from collections.abc import Iterable, Sequence

from server.domain.methods.cells import Cells

Groups = Sequence[Sequence[str]]
"""Options from the best on; those in one group are alike."""
Ranks = bytes
"""The rank of each option, by its place in the round, 0 for the best; `UNRANKED`: not compared."""
UNRANKED = 255
_BELOW = [bytes(rank < other < UNRANKED for other in range(256)) for rank in range(256)]
"""For each rank, which ranks are below it."""


class Pairwise:
    """The table of all pairs, kept ballot by ballot. The cost of one goes by the options alone."""

    def __init__(self, options: Iterable[str]) -> None:
        self.options = tuple(options)
        self.places = {option: place for place, option in enumerate(self.options)}
        self._cells = Cells(len(self.options) ** 2, 1)
        self._wins: list[list[int]] | None = None

    @property
    def wins(self) -> list[list[int]]:
        """`wins[a][b]`, by the places of the options in the round: ballots with a above b."""
        if self._wins is None:
            values, width = self._cells.values(), len(self.options)
            self._wins = [values[at : at + width] for at in range(0, len(values), width)]
        return self._wins

    def count(self, groups: Groups, sign: int) -> None:
        """Add what a ballot says, or take it back; options that it leaves out are not compared."""
        ranks = bytearray([UNRANKED]) * len(self.options)
        for rank, group in enumerate(groups):
            for option in group:
                ranks[self.places[option]] = rank
        self.count_ranks(bytes(ranks), sign)

    def count_ranks(self, ranks: Ranks, sign: int) -> None:
        """Add what a ballot says, or take it back."""
        rows = {rank: ranks.translate(_BELOW[rank]) for rank in set(ranks)}
        self._cells.add(b"".join([rows[rank] for rank in ranks]), sign)
        self._wins = None

    def of(self, a: str, b: str) -> int:
        """Return how many ballots prefer a to b."""
        return self.wins[self.places[a]][self.places[b]]

    def table(self) -> dict[str, dict[str, int]]:
        return by_pairs(self.options, self.wins)


def by_pairs(options: Sequence[str], values: Sequence[Sequence[int]]) -> dict[str, dict[str, int]]:
    """Name the rows and columns of a square; an option has no place against itself."""
    named = {
        a: dict(zip(options, row, strict=True)) for a, row in zip(options, values, strict=True)
    }
    for option, row in named.items():
        del row[option]
    return named


def dense_ranks(values: Sequence[float | None]) -> Ranks:
    """Rank what options were given: the highest first, equal ones alike, None unranked."""
    ranks: dict[float | None, int] = {
        value: rank
        for rank, value in enumerate(sorted({v for v in values if v is not None}, reverse=True))
    }
    ranks[None] = UNRANKED
    return bytes([ranks[value] for value in values])
