"""The rules by which ballots can be read, whichever method they were cast by."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction


class Rule(StrEnum):
    """A way to read ballots. A round's own rule is the first of its readings."""

    PLURALITY = "plurality"
    APPROVAL = "approval"
    DOTS = "dots"
    STAR = "star"
    SCORE = "score"
    SCHULZE = "schulze"
    COPELAND = "copeland"
    BORDA = "borda"
    INSTANT_RUNOFF = "instant_runoff"
    WEIGHTED_MEAN = "weighted_mean"
    EQUAL_WEIGHTS = "equal_weights"
    OWN = "own"
    """That of the round's method, where it is none of these."""


def highest(totals: Mapping[str, float | Fraction]) -> list[str]:
    """Return the options with the most, in the round's order."""
    best = max(totals.values())
    return [option for option, total in totals.items() if total == best]


def most(totals: Mapping[str, float | Fraction]) -> list[str]:
    """Return the options with the most; none, if they all have nothing."""
    return highest(totals) if any(totals.values()) else []
