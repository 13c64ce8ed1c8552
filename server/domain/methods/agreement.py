"""How far ballots agree about an option, on a scale whose places have an order."""

from collections.abc import Generator, Mapping, Sequence
from itertools import pairwise
from operator import mul

from server.domain.methods.base import finished


def agreement(histogram: Sequence[int]) -> float | None:
    """Return van der Eijk's A: 1 all in one place, 0 evenly spread, -1 half at each end.

    The counts are taken apart into layers of places that are filled alike. A layer is judged by
    its threes of places: filled-filled-empty speaks for one peak, filled-empty-filled against
    it; and by how many places it fills. None where there are no ballots.

    Cees van der Eijk, "Measuring Agreement in Ordered Rating Scales", Quality & Quantity 35
    (2001) 325-341. On a scale of two places it never falls below 0: they have no middle.
    """
    total = sum(histogram)
    if not total:
        return None
    heights = sorted({0, *histogram})
    spread = 0.0
    filled: Sequence[int] = range(len(histogram))
    for lower, upper in pairwise(heights):
        filled = [place for place in filled if histogram[place] >= upper]
        spread += (upper - lower) * len(filled) / total * _of_layer(filled, len(histogram))
    return round(spread, 4)


def agreements(histograms: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Return the agreement on each option of which any ballot says something."""
    return finished(measuring_agreements(histograms))


def measuring_agreements(
    histograms: Mapping[str, Sequence[int]],
) -> Generator[None, None, dict[str, float]]:
    """Measure the agreement on each option, in steps."""
    found = {}
    for option, histogram in histograms.items():
        if (value := agreement(histogram)) is not None:
            found[option] = value
        yield
    return found


def _of_layer(filled: Sequence[int], places: int) -> float:
    """Return A of a layer. Threes are counted by their empty place.

    An empty place with b filled ones before it and a after it stands in b * a threes against, and
    in those for that two on one side of it make. Both together are all pairs of filled places.
    Added up over the filled places instead, the j-th of k counts the empty ones before it
    2j + 1 - k times.
    """
    k = len(filled)
    if k == 1:
        return 1.0
    if k == places:
        return 0.0
    threes_against: int = sum(map(mul, filled, range(1 - k, k + 1, 2))) - (k * k * k - k) // 6
    threes_for = (places - k) * (k * (k - 1) // 2) - threes_against
    unimodality = ((places - 2) * threes_for - (places - 1) * threes_against) / (
        (places - 2) * (threes_for + threes_against)
    )
    return unimodality * (1 - (k - 1) / (places - 1))
