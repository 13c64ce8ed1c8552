"""The most marks win: what `single`, `approval` and `dots` have in common."""

from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping
from typing import ClassVar

from server.domain.methods.additive import additive_margin
from server.domain.methods.base import (
    NOBODY,
    B,
    Cast,
    Method,
    Result,
    Tally,
    by_rank,
    ranked_groups,
)
from server.domain.methods.margin import Margin
from server.words.catalogue import listed, words


class MostTally(Tally[B]):
    """Adds up what ballots give to each option."""

    def __init__(self, names: Mapping[str, str], marks: str) -> None:
        """Count `marks`: `votes`, `approvals` or `dots`."""
        super().__init__(names)
        self._totals = dict.fromkeys(names, 0)
        self._marks = marks

    most = 1
    """The most that one ballot gives to an option."""

    @abstractmethod
    def _count(self, ballot: B, sign: int) -> None: ...

    @abstractmethod
    def _most_for(self, place: int) -> B:
        """Return the ballot that gives the most to one option, and nothing to others."""

    def is_close(self, winner: str) -> bool:
        best = max((self._totals[other] for other in self._names if other != winner), default=0)
        return self._totals[winner] - best < 2 * self.most

    def against(self, winner: str, _cast: B) -> Iterator[B]:
        for place, option in enumerate(self._names):
            if option != winner:
                yield self._most_for(place)

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
            return words(f"decided-no-{self._marks}")
        leaders = self._listed(first)
        if len(first) > 1:
            return words(f"decided-tie-{self._marks}", names=leaders, total=best)
        if len(order) == 1:
            return words(f"decided-alone-{self._marks}", name=leaders, total=best)
        return words(
            f"decided-most-{self._marks}",
            name=leaders,
            total=best,
            margin=best - self._totals[order[1][0]],
            others=self._listed(order[1]),
        )

    def _steps(self, decided_by: str) -> list[str]:
        if not self.voters:
            return [decided_by]
        sums = self._standing(by_rank(self._totals))
        return [self._ballots(), words(f"step-add-{self._marks}", totals=sums), decided_by]


class MarkTally(MostTally[bytes]):
    """Counts ballots that mark options. A ballot holds the indexes of the options it marks."""

    def __init__(self, names: Mapping[str, str], marks: str) -> None:
        super().__init__(names, marks)
        self._ids = tuple(names)

    def _most_for(self, place: int) -> bytes:
        return bytes([place])

    def _count(self, ballot: bytes, sign: int) -> None:
        for place in ballot:
            self._totals[self._ids[place]] += sign


class MostMethod(Method[bytes]):
    """A method in which options add up what ballots give them, and the most wins."""

    most = 1
    """The most that one ballot gives to an option."""
    ahead: ClassVar[str] = "insight-ahead"
    """The sentence for the winner's lead."""

    @abstractmethod
    def given(self, ballot: bytes, place: int) -> int:
        """Return what a ballot gives to the option at a place."""

    def as_scores(self, ballot: bytes) -> dict[str, float]:
        return {option: float(self.given(ballot, at)) for at, option in enumerate(self.ids)}

    def lead(self, result: Result, winner: str, _voters: int) -> str:
        return words(
            self.ahead,
            winner=self.names[winner],
            margin=int(result.totals[winner] - result.totals[result.order[1][0]]),
            others=listed([self.names[option] for option in result.order[1]]),
        )

    def measuring_margin(self, cast: Cast, _least: int) -> Generator[None, None, Margin | None]:
        return (yield from additive_margin(cast, self.given, self.most))


class MarkMethod(MostMethod):
    """A method whose ballots mark options. A ballot holds the indexes of the options it marks."""

    def given(self, ballot: bytes, place: int) -> int:
        return int(place in ballot)
