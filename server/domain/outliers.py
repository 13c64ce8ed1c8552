"""Whose ballot is farthest from the group's: whom to ask first, before everyone agrees too soon."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median

MAX_VOTERS = 500
"""In a larger crowd no one is singled out by name."""
_MIN_VOTERS = 3
_MOST = 3
_FAR = 1.5
"""The minimum distance, as a multiple of the median distance."""
_ROUNDED = 2e-9
"""How much that multiple can be too large, because distances are rounded."""


def outliers(stands: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the voters who are farthest from the group; none if they are not far, or too many.

    `stands` maps each voter to how much they favour each option they have an opinion on. A voter's
    distance is the mean difference between their values and the mean of all.
    """
    opinions = {voter: stand for voter, stand in stands.items() if stand}
    if not _MIN_VOTERS <= len(opinions) <= MAX_VOTERS:
        return []
    given: dict[str, list[float]] = {}
    for stand in opinions.values():
        for option, value in stand.items():
            given.setdefault(option, []).append(value)
    middle = {option: fmean(values) for option, values in given.items()}
    # Rounded, so that identical ballots are equally far whatever the order of their options.
    distances = {
        voter: round(fmean(abs(value - middle[option]) for option, value in stand.items()), 9)
        for voter, stand in opinions.items()
    }
    return _farthest(distances, list(distances.values()))


def _farthest(distances: Mapping[str, float], values: Sequence[float]) -> list[str]:
    most = max(values)
    far = [voter for voter, distance in distances.items() if distance == most]
    is_far = most > 0 and most >= _FAR * median(values) - _ROUNDED
    # That many are not outliers but a camp.
    return sorted(far) if is_far and len(far) <= min(_MOST, (len(values) - 1) // 2) else []
