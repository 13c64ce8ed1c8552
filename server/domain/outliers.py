"""Whose ballot is farthest from the group's: whom to ask first, before all agree too soon."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median

MAX_VOTERS = 500
"""In a larger crowd nobody is asked by name."""
_MIN_VOTERS = 3
_MOST = 3
_FAR = 1.5
"""How many times the median distance somebody is away, at least."""


def outliers(stands: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the voters who are farthest from the group; none where they are not far, or many.

    `stands` says how much each voter is for each option they have an opinion on. A voter's
    distance is the mean of the differences between that and the mean of all.
    """
    heard = {voter: stand for voter, stand in stands.items() if stand}
    if not _MIN_VOTERS <= len(heard) <= MAX_VOTERS:
        return []
    given: dict[str, list[float]] = {}
    for stand in heard.values():
        for option, value in stand.items():
            given.setdefault(option, []).append(value)
    middle = {option: fmean(values) for option, values in given.items()}
    # Rounded, so that alike ballots are equally far whatever the order of their options.
    distances = {
        voter: round(fmean(abs(value - middle[option]) for option, value in stand.items()), 9)
        for voter, stand in heard.items()
    }
    return _farthest(distances, list(distances.values()))


def _farthest(distances: Mapping[str, float], values: Sequence[float]) -> list[str]:
    most = max(values)
    far = [voter for voter, distance in distances.items() if distance == most]
    is_far = most > 0 and most >= _FAR * median(values)
    # As many as that are no outliers, but a camp.
    return sorted(far) if is_far and len(far) <= min(_MOST, (len(values) - 1) // 2) else []
