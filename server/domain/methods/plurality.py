"""Most marks win: the count that `single` and `approval` have in common."""

from collections.abc import Mapping

from server.domain.methods.base import Result, Tally, listed, ranked_groups


class MarkTally(Tally[frozenset[str]]):
    """Counts the ballots that mark an option. A ballot is the set of ids it marks."""

    def __init__(self, names: Mapping[str, str], mark: str, marks: str) -> None:
        """`mark` and `marks` are the words for one and several, such as *approval(s)*."""
        super().__init__()
        self._names = names
        self._totals = dict.fromkeys(names, 0)
        self._mark = mark
        self._marks = marks

    def _count(self, ballot: frozenset[str], sign: int) -> None:
        for option in ballot:
            self._totals[option] += sign

    def result(self) -> Result:
        order = ranked_groups(self._totals)
        best = self._totals[order[0][0]]
        return Result(
            order=order,
            winners=order[0] if best else [],
            totals=dict(self._totals),
            decided_by=self._decided_by(order),
        )

    def _decided_by(self, order: list[list[str]]) -> str:
        first = order[0]
        best = self._totals[first[0]]
        if not self.voters:
            return "Nobody has voted yet."
        if not best:
            return f"No option has a single {self._mark}."
        leaders = listed([self._names[option] for option in first])
        count = f"{best} {self._mark if best == 1 else self._marks}"
        if len(first) > 1:
            return f"A tie: {leaders} have {count} each."
        if len(order) == 1:
            return f"{leaders} has {count}."
        seconds = order[1]
        margin = best - self._totals[seconds[0]]
        others = listed([self._names[option] for option in seconds])
        return f"{leaders} has {count}, {margin} more than {others}."
