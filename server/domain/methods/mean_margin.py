"""The margin of `matrix`: each score weighs what it adds to its option's mean, in whole numbers.

Scores stay in their cells, so the quorum and the weights stay what they are.
"""

from collections.abc import Generator
from math import lcm

from server.domain.methods.additive import Gains, Overtaking, least_overtaking
from server.domain.methods.ballots import STRIDE
from server.domain.methods.base import Cast
from server.domain.methods.margin import Margin
from server.domain.methods.star import MAX_SCORE, NO_OPINION
from server.domain.methods.weighted_means import rows_of, whole_weights

Cells = list[list[tuple[int, int]]]
"""By option, then by criterion: the sum of the scores, and their number."""


def mean_margin(cast: Cast) -> Generator[None, None, Margin]:
    """Return the margin of `matrix`, in steps."""
    cells = yield from cast.once(adding_cells)
    criteria, places = cast.method.settings.criteria or (), cast.method.places
    here, weights, width = places[cast.winner], whole_weights(criteria), len(criteria)
    has_points = _has_points(here, width)
    having = yield from cast.sorted_by(has_points)
    ways = [Overtaking(sum(gain * count for gain, _, count in having), 1, has_points)]
    for rival in cast.in_reach:
        there = places[rival]
        if rival != cast.winner and any(count for _, count in cells[there]):
            ways.append(_by_weights(cells, weights, here, there))
            yield
    return (yield from least_overtaking(cast, ways))


def _has_points(here: int, width: int) -> Gains:
    def gains(ballot: bytes) -> int:
        row = dict(rows_of(ballot, width)).get(here, b"")
        return int(any(score not in {0, NO_OPINION} for score in row))

    return gains


def _by_weights(cells: Cells, weights: list[int], here: int, there: int) -> Overtaking:
    """Return what a rival needs: its weighted mean less that of the winner, times a common unit."""
    wholes = {
        place: sum(w for w, (_, count) in zip(weights, cells[place], strict=True) if count)
        for place in (here, there)
    }
    unit = lcm(*(wholes[place] * count for place in wholes for _, count in cells[place] if count))
    of = {
        place: [
            weight * (unit // (wholes[place] * count)) if count else 0
            for weight, (_, count) in zip(weights, cells[place], strict=True)
        ]
        for place in wholes
    }
    have = {
        place: sum(each * total for each, (total, _) in zip(of[place], cells[place], strict=True))
        for place in wholes
    }
    width = len(weights)

    def gains(ballot: bytes) -> int:
        gained = 0
        for place, row in rows_of(ballot, width):
            if place in of:
                best = MAX_SCORE if place == there else 0
                gained += sum(
                    each * abs(best - score)
                    for each, score in zip(of[place], row, strict=True)
                    if score != NO_OPINION
                )
        return gained

    return Overtaking(
        have[here] - have[there] + 1, MAX_SCORE * (sum(of[here]) + sum(of[there])), gains
    )


def adding_cells(cast: Cast) -> Generator[None, None, Cells]:
    """Add up the scores by criteria, in steps."""
    width = len(cast.method.settings.criteria or ())
    sums = [[0] * width for _ in cast.method.ids]
    counts = [[0] * width for _ in cast.method.ids]
    for n, (ballot, times) in enumerate(cast.ballots.items()):
        for place, row in rows_of(ballot, width):
            for criterion, score in enumerate(row):
                if score != NO_OPINION:
                    sums[place][criterion] += score * times
                    counts[place][criterion] += times
        if n % STRIDE == 0:
            yield
    return [[*zip(*pair, strict=True)] for pair in zip(sums, counts, strict=True)]
