"""The most win: the count that `single`, `approval` and `dots` have in common."""

from abc import abstractmethod
from collections.abc import Mapping

from server.domain.methods.base import (
    NOBODY,
    B,
    Result,
    Tally,
    by_rank,
    number,
    ranked_groups,
)


class MostTally(Tally[B]):
    """Adds up what ballots give to each option."""

    def __init__(self, names: Mapping[str, str], mark: str, marks: str) -> None:
        """`mark` and `marks` are the words for one and several, such as *approval(s)*."""
        super().__init__(names)
        self._totals = dict.fromkeys(names, 0)
        self._mark = mark
        self._marks = marks

    @abstractmethod
    def _count(self, ballot: B, sign: int) -> None: ...

    def result(self) -> Result:
        order = ranked_groups(self._totals)
        decided_by = self._decided_by(order)
        return Result(
            order=order,
            winners=order[0] if self._totals[order[0][0]] else [],
            totals=dict(self._totals),
            decided_by=decided_by,
            steps=self._steps(decided_by),
        )

    def _decided_by(self, order: list[list[str]]) -> str:
        first = order[0]
        best = self._totals[first[0]]
        if not self.voters:
            return NOBODY
        if not best:
            return f"No option has a single {self._mark}."
        leaders = self._listed(first)
        count = number(best, self._mark, self._marks)
        if len(first) > 1:
            return f"A tie: {leaders} have {count} each."
        if len(order) == 1:
            return f"{leaders} has {count}."
        margin = best - self._totals[order[1][0]]
        return f"{leaders} has {count}, {margin} more than {self._listed(order[1])}."

    def _steps(self, decided_by: str) -> list[str]:
        if not self.voters:
            return [decided_by]
        sums = self._standing(by_rank(self._totals))
        return [self._ballots(), f"Add up the {self._marks}: {sums}.", decided_by]


class MarkTally(MostTally[bytes]):
    """Counts the ballots that mark an option. A ballot has the places of those it marks."""

    def __init__(self, names: Mapping[str, str], mark: str, marks: str) -> None:
        super().__init__(names, mark, marks)
        self._ids = tuple(names)

    def _count(self, ballot: bytes, sign: int) -> None:
        for place in ballot:
            self._totals[self._ids[place]] += sign
