"""The count of `matrix`: weighted means of scores by criterion, and the quorum. The rule is in
`matrix.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from operator import mul

from server.domain.criteria import Criterion
from server.domain.methods.agreement import agreements
from server.domain.methods.base import NOBODY, Result, Tally, ranked_groups
from server.domain.methods.cells import Cells
from server.domain.methods.pairwise import Pairwise, dense_ranks
from server.domain.methods.star import MAX_SCORE, NO_OPINION
from server.words.catalogue import decimal, listed, words

_TOLD = 7
"""How many options are described cell by cell."""

Ballot = bytes
"""For each option that was scored, its index followed by its score for each criterion, or
`NO_OPINION`.
"""
_GIVEN = bytes(score != NO_OPINION for score in range(256))
_SCORES = bytes(score if score != NO_OPINION else 0 for score in range(256))
_HIGHEST, _LOWEST = (
    bytes(best if score != NO_OPINION else NO_OPINION for score in range(256))
    for best in (MAX_SCORE, 0)
)
"""What turns every score given to the highest and to the lowest."""


def rows_of(ballot: Ballot, criteria: int) -> Iterator[tuple[int, bytes]]:
    """Iterate over the options of a ballot: index and scores."""
    step = criteria + 1
    for at in range(0, len(ballot), step):
        yield ballot[at], ballot[at + 1 : at + step]


def whole_weights(criteria: Sequence[Criterion]) -> list[int]:
    """Scale weights to whole numbers, as they were written, so that equal sums compare equal."""
    written = [Fraction(str(criterion.weight)) for criterion in criteria]
    unit = lcm(*(weight.denominator for weight in written))
    whole = [int(weight * unit) for weight in written]
    common = gcd(*whole)
    return [weight // common for weight in whole]


class Weighing:
    """The weighted mean of a row of scores."""

    def __init__(self, criteria: Sequence[Criterion]) -> None:
        self.weights = whole_weights(criteria)
        self._whole = sum(self.weights)

    def __call__(self, row: bytes) -> tuple[float, int]:
        """Return the mean, and the mean rounded to the nearest score, halves up."""
        whole = self._whole
        if NO_OPINION in row:
            whole = sum(map(mul, self.weights, row.translate(_GIVEN)))
            row = row.translate(_SCORES)
        weighed = sum(map(mul, self.weights, row))
        score, rest = divmod(weighed, whole)
        # Dividing whole numbers gives the nearest float, so equal means stay equal.
        return weighed / whole, score + (2 * rest >= whole)


class MatrixTally(Tally[Ballot]):
    def __init__(
        self, names: Mapping[str, str], criteria: Sequence[Criterion], quorum: Fraction
    ) -> None:
        super().__init__(names)
        self._quorum = quorum
        self._criteria = criteria
        self._ids = [criterion.id for criterion in criteria]
        self._weigh = Weighing(criteria)
        self._pairs = Pairwise(names)
        self._histogram = {option: [0] * (MAX_SCORE + 1) for option in names}
        self._counts = [*self._histogram.values()]
        # By option, then by criterion: the sum of the scores, and their number.
        self._sums = Cells(len(names) * len(criteria), MAX_SCORE)
        self._given = Cells(len(names) * len(criteria), 1)

    def _count(self, ballot: Ballot, sign: int) -> None:
        width = len(self._criteria)
        table = bytearray([NO_OPINION]) * (len(self._names) * width)
        means: list[float | None] = [None] * len(self._names)
        for place, row in rows_of(ballot, width):
            table[place * width : (place + 1) * width] = row
            means[place], score = self._weigh(row)
            self._counts[place][score] += sign
        scores = bytes(table)
        self._sums.add(scores.translate(_SCORES), sign)
        self._given.add(scores.translate(_GIVEN), sign)
        self._pairs.count_ranks(dense_ranks(means), sign)

    def is_close(self, winner: str) -> bool:
        _, totals = self._means()
        behind = self._behind()
        lowest = totals[winner] - self._slack(winner)
        # Without a single point left, nothing wins.
        return lowest <= 0 or any(
            (other not in behind or winner in behind)
            and totals.get(other, Fraction()) + self._slack(other) >= lowest
            for other in self._names
            if other != winner
        )

    def _slack(self, option: str) -> Fraction:
        """Return the most by which other scores on one ballot move the mean of an option."""
        width = len(self._criteria)
        at = width * [*self._names].index(option)
        counts = filter(None, self._given.values()[at : at + width])
        return Fraction(MAX_SCORE, min(counts, default=MAX_SCORE))

    def against(self, winner: str, cast: Ballot) -> Iterator[Ballot]:
        """Yield ballots with other scores in the same cells, so that the quorum and the weights
        stay what they are: those that put a rival before the winner by its mean, or leave the
        winner without a point.
        """
        ids = [*self._names]
        rows = dict(rows_of(cast, len(self._criteria)))
        place = ids.index(winner)
        lowest = self._mean(place, rows.get(place, b"").translate(_LOWEST))
        for rival in range(len(ids)):
            highest = self._mean(rival, rows.get(rival, b"").translate(_HIGHEST))
            if rival != place and (highest > lowest or not lowest):
                extreme = {rival: _HIGHEST, place: _LOWEST}
                yield b"".join(
                    bytes([option]) + (row.translate(extreme[option]) if option in extreme else row)
                    for option, row in rows.items()
                )

    def _mean(self, place: int, row: bytes) -> Fraction:
        """Return the weighted mean of an option with one more row of scores; 0 without any."""
        width = len(self._criteria)
        at = place * width
        weighed, whole = Fraction(), 0
        for criterion, weight in enumerate(self._weigh.weights):
            total = self._sums.values()[at + criterion]
            count = self._given.values()[at + criterion]
            if row and row[criterion] != NO_OPINION:
                total, count = total + row[criterion], count + 1
            if count:
                weighed += Fraction(weight * total, count)
                whole += weight
        return weighed / whole if whole else weighed

    def result(self) -> Result:
        cells, totals = self._means()
        behind = self._behind()
        order = ranked_groups(
            {option: (option not in behind, totals.get(option, -1)) for option in cells}
        )
        winners = order[0] if totals.get(order[0][0]) else []
        decided_by = self._decided_by(order, totals, behind)
        return Result(
            order=order,
            winners=winners,
            totals={option: _shown(totals.get(option, Fraction())) for option in cells},
            decided_by=decided_by,
            steps=self._steps(order, cells, totals, behind, decided_by),
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

    def _behind(self) -> dict[str, int]:
        """Return the options below the quorum, and how many ballots score them."""
        scored = {option: sum(counts) for option, counts in self._histogram.items()}
        least = self._quorum * self.voters
        return {option: count for option, count in scored.items() if count < least}

    def _means(self) -> tuple[dict[str, dict[str, Fraction]], dict[str, Fraction]]:
        """Return the mean of each cell and of each option; those without scores are omitted."""
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

    def _decided_by(
        self, order: list[list[str]], totals: Mapping[str, Fraction], behind: Mapping[str, int]
    ) -> str:
        if not self.voters:
            return NOBODY
        first = order[0]
        best = totals.get(first[0], Fraction())
        ahead = [o for o in behind if first[0] not in behind and totals.get(o, 0) > 0]
        passed = [option for option in ahead if totals[option] >= best]
        # What is true only of the options that reach the quorum says so.
        share = self._share() if passed else "none"
        if not best and passed:
            return words("decided-quorum-without-points", share=share)
        if not best:
            return words("decided-no-points")
        leader, mean = self._listed(first), _decimal(best)
        if len(first) > 1:
            return words("decided-means-tie", names=leader, mean=mean, share=share)
        rivals = [option for option in order[1] if (option in behind) == (first[0] in behind)]
        second = totals.get(rivals[0]) if rivals else None
        if second is None:
            return words("decided-mean-alone", name=leader, mean=mean, share=share)
        return words(
            "decided-mean",
            name=leader,
            mean=mean,
            count=len(rivals),
            others=self._listed(rivals),
            behind=_decimal(best - second),
            share=share,
        )

    def _share(self) -> str:
        """Format the quorum: `half of the ballots`."""
        if self._quorum == Fraction(1, 2):
            return words("figure-half-of-ballots")
        return words("figure-share-of-ballots", percent=f"{float(self._quorum * 100):.4g}")

    def _describe_behind(self, behind: Mapping[str, int]) -> Iterator[str]:
        if len(behind) == len(self._names):
            yield words("step-quorum-missed-by-all", share=self._share())
        elif scored := {option: count for option, count in behind.items() if count}:
            few = [
                words("step-scored-by", name=self._names[option], n=count)
                for option, count in scored.items()
            ]
            yield words("step-quorum", share=self._share(), names=listed(few), count=len(few))

    def _steps(
        self,
        order: list[list[str]],
        cells: Mapping[str, Mapping[str, Fraction]],
        totals: Mapping[str, Fraction],
        behind: Mapping[str, int],
        decided_by: str,
    ) -> list[str]:
        if not totals:
            return [decided_by]
        weights = words("list-comma").join(f"{c.name} {c.weight:g}" for c in self._criteria)
        scored = [option for group in order for option in group if option in totals]
        steps = [
            self._ballots(),
            words("step-weights", weights=weights),
            words("step-means"),
            words("step-add-means"),
            *(
                self._describe_option(option, cells[option], totals[option])
                for option in scored[:_TOLD]
            ),
        ]
        if len(scored) > _TOLD:
            steps.append(words("step-means-rest", n=len(scored) - _TOLD))
        if unscored := [option for option in cells if option not in totals]:
            names = self._listed(unscored)
            steps.append(words("step-means-none", names=names, count=len(unscored)))
        return [*steps, *self._describe_behind(behind), decided_by]

    def _describe_option(self, option: str, row: Mapping[str, Fraction], total: Fraction) -> str:
        weighed = [(c.weight, row[c.id]) for c in self._criteria if c.id in row]
        terms = " + ".join(
            words("step-term", mean=_decimal(mean), weight=f"{weight:g}")
            for weight, mean in weighed
        )
        whole = sum(Fraction(str(weight)) for weight, _ in weighed)
        return words(
            "step-mean",
            name=self._names[option],
            terms=terms,
            weights=f"{float(whole):g}",
            mean=_decimal(total),
        )


def _shown(value: Fraction) -> float:
    return round(float(value), 4)


def _decimal(value: Fraction) -> str:
    """Format with two decimals, but never a positive value as zero."""
    if 0 < value < Fraction(1, 100):
        return words("figure-mean-tiny")
    return decimal(float(value))
