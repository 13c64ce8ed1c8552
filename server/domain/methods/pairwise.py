"""Head to head: how many ballots prefer one option to another, for each pair."""

from collections.abc import Iterable, Mapping, Sequence

from server.domain.methods.cells import Cells
from server.words.catalogue import words

Groups = Sequence[Sequence[str]]
"""Options, best first; options in the same group are tied."""
Ranks = bytes
"""The rank of each option by its index in the round, 0 for the best; `UNRANKED` if not compared."""
UNRANKED = 255
_BELOW = [bytes(rank < other < UNRANKED for other in range(256)) for rank in range(256)]
"""For each rank, which ranks are below it."""


class Pairwise:
    """The table of all pairs, updated ballot by ballot at a cost independent of the number of
    voters.
    """

    def __init__(self, options: Iterable[str]) -> None:
        self.options = tuple(options)
        self.places = {option: place for place, option in enumerate(self.options)}
        self._cells = Cells(len(self.options) ** 2, 1)
        self._wins: list[list[int]] | None = None

    @property
    def wins(self) -> list[list[int]]:
        """`wins[a][b]`, by index of the options in the round: the ballots that rank a above b."""
        if self._wins is None:
            values, width = self._cells.values(), len(self.options)
            self._wins = [values[at : at + width] for at in range(0, len(values), width)]
        return self._wins

    def count(self, groups: Groups, sign: int) -> None:
        """Add a ballot, or subtract it if `sign` is negative; omitted options are not compared."""
        ranks = bytearray([UNRANKED]) * len(self.options)
        for rank, group in enumerate(groups):
            for option in group:
                ranks[self.places[option]] = rank
        self.count_ranks(bytes(ranks), sign)

    def count_ranks(self, ranks: Ranks, sign: int) -> None:
        """Add a ballot, or subtract it if `sign` is negative."""
        rows = {rank: ranks.translate(_BELOW[rank]) for rank in set(ranks)}
        self._cells.add(b"".join([rows[rank] for rank in ranks]), sign)
        self._wins = None

    def of(self, a: str, b: str) -> int:
        """Return how many ballots prefer a to b."""
        return self.wins[self.places[a]][self.places[b]]

    def table(self) -> dict[str, dict[str, int]]:
        return by_pairs(self.options, self.wins)


def by_pairs(options: Sequence[str], values: Sequence[Sequence[int]]) -> dict[str, dict[str, int]]:
    """Label the rows and columns of a square, leaving out the diagonal."""
    named = {
        a: dict(zip(options, row, strict=True)) for a, row in zip(options, values, strict=True)
    }
    for option, row in named.items():
        del row[option]
    return named


def dense_ranks(values: Sequence[float | None]) -> Ranks:
    """Rank options by value: the highest first, equal values share a rank, None is unranked."""
    ranks: dict[float | None, int] = {
        value: rank
        for rank, value in enumerate(sorted({v for v in values if v is not None}, reverse=True))
    }
    ranks[None] = UNRANKED
    return bytes([ranks[value] for value in values])


def closest(
    square: Mapping[str, Mapping[str, int]], winner: str, others: Sequence[str]
) -> tuple[str, int, int]:
    """Return the rival with the smallest margin, and the two numbers."""
    rival = min(others, key=lambda other: square[winner][other] - square[other][winner])
    return rival, square[winner][rival], square[rival][winner]


def head_to_head(name: str, other: str, here: int, there: int) -> str:
    """Say by how many ballots an option is ahead of another."""
    return words(
        "insight-head-to-head",
        winner=name,
        other=other,
        margin=here - there,
        here=here,
        there=there,
    )
