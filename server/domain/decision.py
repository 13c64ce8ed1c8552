"""What the meeting decided, or that it deferred the decision.

Times are milliseconds since 1970 by the store's clock; days are ISO dates, such as 2027-06-01.
"""

from collections.abc import Iterable
from statistics import fmean

from msgspec import UNSET, Struct, UnsetType


class Consequence(Struct, frozen=True, kw_only=True):
    """What follows from a decision, and the person who sees to it."""

    text: str
    owner: str


class Prediction(Struct, frozen=True, kw_only=True):
    """What someone expects to come of a decision, so that it can be checked later."""

    text: str
    confidence: int
    """How sure they are, in percent."""
    came_true: bool | UnsetType = UNSET
    """Omitted until a host has said it."""


def brier_score(predictions: Iterable[Prediction]) -> float | None:
    """Return the mean squared distance between what was expected and what came, from 0 to 1.

    Lower is better; None if nothing was scored yet. G. W. Brier, Verification of forecasts
    expressed in terms of probability, Monthly Weather Review 78 (1950), in the form for two
    outcomes.
    """
    distances = [
        (each.confidence / 100 - each.came_true) ** 2
        for each in predictions
        if each.came_true is not UNSET
    ]
    return round(fmean(distances), 4) if distances else None


class Decision(Struct, frozen=True, kw_only=True):
    """The chosen option, and why."""

    option: str
    because: str
    revisit_on: str | None
    """The day on which to look at the decision again."""
    at: int
    without_vote: bool | UnsetType = UNSET
    """True if no one had voted on the board; omitted otherwise."""
    consequences: tuple[Consequence, ...] | UnsetType = UNSET
    """Omitted if there are none."""
    confirmation: str | UnsetType = UNSET
    """How it will be seen whether it was right; omitted if it was not said."""
    predictions: tuple[Prediction, ...] | UnsetType = UNSET
    """Omitted if there are none."""


class Deferral(Struct, frozen=True, kw_only=True):
    """Why nothing is decided yet, and who brings the question back when."""

    owner: str
    because: str
    revisit_on: str
    at: int
