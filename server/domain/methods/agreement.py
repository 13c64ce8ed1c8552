"""How far ballots agree about an option, on an ordered scale."""

from collections.abc import Generator, Mapping, Sequence
from itertools import pairwise
from operator import mul

from server.domain.methods.base import finished


def agreement(histogram: Sequence[int]) -> float | None:
    """Return van der Eijk's A: 1 for one common place, 0 for an even spread, -1 for two camps.

    `histogram` holds the number of ballots at each place of the scale. It is split into layers of
    places that are filled alike. A layer is judged by its triples of places (filled-filled-empty
    indicates one peak, filled-empty-filled contradicts it) and by how many places it fills. None if
    there are no ballots.

    Cees van der Eijk, "Measuring Agreement in Ordered Rating Scales", Quality & Quantity 35 (2001)
    325-341. On a scale of two places, which has no middle, A is never below 0.
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
    """Return the agreement on each option about which any ballot says something."""
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
    """Return A of a layer, counting triples by their empty place.

    An empty place with b filled places before it and a after it is in b * a triples that count
    against agreement, and in one triple that counts for it for each two filled places on the same
    side. Together these are all pairs of filled places. Summed over the filled places instead, the
    j-th of k counts the empty places before it 2j + 1 - k times.
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
