"""`matrix`: each voter scores options by criteria from 0 to 5; the highest weighted mean wins.

The weighted sum model, the plain form of a decision matrix: P. C. Fishburn, "Additive Utilities
with Incomplete Product Sets", Operations Research 15 (1967) 537-542.

Each cell of the table is the mean of the scores given there, and an option's total the mean of
its cells, each counted with its criterion's weight. What is left out is *no opinion* and enters
no mean; where nobody scored an option by a criterion, the other criteria share the whole. An
option that nobody scored at all stands last, behind one that has only zeros.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import Any

from msgspec import UNSET

from server.domain.criteria import MAX_CRITERIA, Criterion
from server.domain.methods.agreement import agreements
from server.domain.methods.base import (
    NOBODY,
    Method,
    Result,
    Tally,
    field,
    ranked_groups,
)
from server.domain.methods.cells import Cells
from server.domain.methods.pairwise import Pairwise, dense_ranks
from server.domain.methods.score import MAX_SCORE, NO_OPINION, require_score
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings

MAX_LETTERS = 15_000
"""Of the largest ballot in JSON: it must fit into one message."""
_TOLD = 7
"""How many options are told cell by cell."""

Ballot = bytes
"""For each option that was scored its place, and then its score by each criterion;
`NO_OPINION` where there is none."""
_GIVEN = bytes(score != NO_OPINION for score in range(256))
_SCORES = bytes(score if score != NO_OPINION else 0 for score in range(256))


class Matrix(Method[Ballot]):
    id = "matrix"
    name = "Criteria"
    explains = "Each person scores every option by several criteria, which weigh more or less."

    def __init__(self, names: Mapping[str, str], settings: RoundSettings) -> None:
        super().__init__(names, settings)
        self.criteria = () if settings.criteria is UNSET else settings.criteria
        if not 1 <= len(self.criteria) <= MAX_CRITERIA:
            raise Refused(
                Code.BAD_SETTINGS,
                f"A round by criteria needs some: name 1 to {MAX_CRITERIA}, such as "
                "“Time to learn” with the weight 2.",
            )
        self._known = {criterion.id: place for place, criterion in enumerate(self.criteria)}
        if len(self._known) < len(self.criteria):
            raise Refused(Code.BAD_SETTINGS, "Two criteria have the same id.")
        self._weigh = _Weighing(self.criteria)
        row = sum(len(id_) + len('"":5,') for id_ in self._known)
        if sum(len(option) + len('"":{},') + row for option in names) > MAX_LETTERS:
            raise Refused(
                Code.BAD_SETTINGS,
                f"{len(names)} options by {len(self.criteria)} criteria are too many for one "
                "ballot. Take fewer of either.",
            )

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        example = '{"scores": {"an-id": {"a-criterion": 5}}}'
        rows = self._require_fields(
            field(raw, "scores", example), "`scores` gives scores by criteria"
        )
        ballot, known, blank = bytearray(), self._known, bytes([NO_OPINION]) * len(self.criteria)
        for option, row in rows.items():
            if not isinstance(row, dict):
                raise Refused(
                    Code.BAD_BALLOT,
                    f"Scores of {self.names[option]} are given by criteria, as in {example}.",
                )
            scores = bytearray(blank)
            for id_, score in row.items():
                place = known.get(id_)
                if place is None or type(score) is not int or not 0 <= score <= MAX_SCORE:
                    self._refuse(option, id_, score)
                else:
                    scores[place] = score
            if row:
                ballot.append(self.places[option])
                ballot += scores
        return bytes(ballot)

    def _refuse(self, option: str, id_: str, score: Any) -> None:
        """Raise Refused for a cell."""
        if id_ not in self._known:
            known = ", ".join(self._known)
            raise Refused(
                Code.BAD_BALLOT, f"This round has no criterion {id_[:40]!r}, but {known}."
            )
        criterion = self.criteria[self._known[id_]]
        require_score(score, f"{self.names[option]} by {criterion.name}")

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {
            "scores": {
                self.ids[place]: {
                    id_: score
                    for id_, score in zip(self._known, row, strict=True)
                    if score != NO_OPINION
                }
                for place, row in _rows(ballot, len(self.criteria))
            }
        }

    def tally(self) -> Tally[Ballot]:
        return MatrixTally(self.names, self.criteria)

    def stand(self, ballot: Ballot) -> dict[str, float]:
        rows = _rows(ballot, len(self.criteria))
        return {self.ids[place]: self._weigh(row)[0] for place, row in rows}


def _rows(ballot: Ballot, criteria: int) -> Iterator[tuple[int, bytes]]:
    """Give the place of each option on a ballot, and its scores."""
    step = criteria + 1
    for at in range(0, len(ballot), step):
        yield ballot[at], ballot[at + 1 : at + step]


def whole_weights(criteria: Sequence[Criterion]) -> list[int]:
    """Scale weights as they were written to whole numbers, so that equal sums are equal."""
    written = [Fraction(str(criterion.weight)) for criterion in criteria]
    unit = lcm(*(weight.denominator for weight in written))
    whole = [int(weight * unit) for weight in written]
    common = gcd(*whole)
    return [weight // common for weight in whole]


class _Weighing:
    """The weighted mean of a row of scores."""

    def __init__(self, criteria: Sequence[Criterion]) -> None:
        self.weights = whole_weights(criteria)
        self._whole = sum(self.weights)

    def __call__(self, row: bytes) -> tuple[float, int]:
        """Return the mean, and rounded: to the nearest score, the higher where two are near."""
        whole = self._whole
        if NO_OPINION in row:
            whole = sum(map(mul, self.weights, row.translate(_GIVEN)))
            row = row.translate(_SCORES)
        weighed = sum(map(mul, self.weights, row))
        score, rest = divmod(weighed, whole)
        # Whole numbers are divided to the nearest float: equal means stay equal.
        return weighed / whole, score + (2 * rest >= whole)


class MatrixTally(Tally[Ballot]):
    def __init__(self, names: Mapping[str, str], criteria: Sequence[Criterion]) -> None:
        super().__init__(names)
        self._criteria = criteria
        self._ids = [criterion.id for criterion in criteria]
        self._weigh = _Weighing(criteria)
        self._pairs = Pairwise(names)
        self._histogram = {option: [0] * (MAX_SCORE + 1) for option in names}
        self._counts = [*self._histogram.values()]
        # Option by option, criterion by criterion: the sum of the scores, and how many there are.
        self._sums = Cells(len(names) * len(criteria), MAX_SCORE)
        self._given = Cells(len(names) * len(criteria), 1)

    def _count(self, ballot: Ballot, sign: int) -> None:
        width = len(self._criteria)
        table = bytearray([NO_OPINION]) * (len(self._names) * width)
        means: list[float | None] = [None] * len(self._names)
        for place, row in _rows(ballot, width):
            table[place * width : (place + 1) * width] = row
            means[place], score = self._weigh(row)
            self._counts[place][score] += sign
        scores = bytes(table)
        self._sums.add(scores.translate(_SCORES), sign)
        self._given.add(scores.translate(_GIVEN), sign)
        self._pairs.count_ranks(dense_ranks(means), sign)

    def result(self) -> Result:
        cells, totals = self._means()
        order = ranked_groups({option: totals.get(option, Fraction(-1)) for option in cells})
        winners = order[0] if totals.get(order[0][0]) else []
        decided_by = self._decided_by(order, totals)
        return Result(
            order=order,
            winners=winners,
            totals={option: _shown(totals.get(option, Fraction())) for option in cells},
            decided_by=decided_by,
            steps=self._steps(order, cells, totals, decided_by),
            histogram={option: list(counts) for option, counts in self._histogram.items()},
            pairwise=self._pairs.table(),
            agreement=agreements(self._histogram),
            no_opinion={
                option: self.voters - sum(counts) for option, counts in self._histogram.items()
            },
            means={
                option: {id_: _shown(mean) for id_, mean in row.items()}
                for option, row in cells.items()
            },
        )

    def _means(self) -> tuple[dict[str, dict[str, Fraction]], dict[str, Fraction]]:
        """Return the mean of each cell, and of each option; what nobody scored is left out."""
        cells, totals = {}, {}
        width = len(self._criteria)
        sums, given = self._sums.values(), self._given.values()
        for place, option in enumerate(self._names):
            at = place * width
            row = [
                (id_, weight, total, count)
                for id_, weight, total, count in zip(
                    self._ids,
                    self._weigh.weights,
                    sums[at : at + width],
                    given[at : at + width],
                    strict=True,
                )
                if count
            ]
            cells[option] = {id_: Fraction(total, count) for id_, _, total, count in row}
            if row:
                # Over one denominator: adding up fractions would take many times as long.
                unit = lcm(*(count for *_, count in row))
                weighed = sum(weight * total * (unit // count) for _, weight, total, count in row)
                whole = unit * sum(weight for _, weight, _, _ in row)
                totals[option] = Fraction(weighed, whole)
        return cells, totals

    def _decided_by(self, order: list[list[str]], totals: Mapping[str, Fraction]) -> str:
        if not self.voters:
            return NOBODY
        first = order[0]
        best = totals.get(first[0], Fraction())
        if not best:
            return "No option has a single point."
        if len(first) > 1:
            return f"A tie: {self._listed(first)} have the same weighted mean, {_spoken(best)}."
        said = f"{self._listed(first)} has the highest weighted mean, {_spoken(best)}"
        second = totals.get(order[1][0]) if len(order) > 1 else None
        if second is None:
            return f"{said}."
        follows = "follows" if len(order[1]) == 1 else "follow"
        return f"{said}; {self._listed(order[1])} {follows}, {_spoken(best - second)} behind."

    def _steps(
        self,
        order: list[list[str]],
        cells: Mapping[str, Mapping[str, Fraction]],
        totals: Mapping[str, Fraction],
        decided_by: str,
    ) -> list[str]:
        if not totals:
            return [decided_by]
        weights = ", ".join(f"{c.name} {c.weight:g}" for c in self._criteria)
        told = [option for group in order for option in group if option in totals]
        steps = [
            self._ballots(),
            f"The weights are: {weights}.",
            "Take the mean of an option's scores by each criterion, times the criterion's weight.",
            "Add these up, and divide by the weights of the criteria that it was scored by.",
            *(self._told(option, cells[option], totals[option]) for option in told[:_TOLD]),
        ]
        if len(told) > _TOLD:
            steps.append(f"The {len(told) - _TOLD} behind them are counted alike.")
        if unscored := [option for option in cells if option not in totals]:
            verb = "stands" if len(unscored) == 1 else "stand"
            steps.append(f"Nobody scored {self._listed(unscored)}, which {verb} last.")
        return [*steps, decided_by]

    def _told(self, option: str, row: Mapping[str, Fraction], total: Fraction) -> str:
        weighed = [(c.weight, row[c.id]) for c in self._criteria if c.id in row]
        terms = " + ".join(f"{_spoken(mean)} x {weight:g}" for weight, mean in weighed)
        whole = sum(Fraction(str(weight)) for weight, _ in weighed)
        return f"{self._names[option]}: ({terms}) / {float(whole):g} = {_spoken(total)}."


def _shown(value: Fraction) -> float:
    return round(float(value), 4)


def _spoken(value: Fraction) -> str:
    """Round to two places, and never to nothing."""
    return "less than 0.01" if 0 < value < Fraction(1, 100) else f"{float(value):.2f}"
