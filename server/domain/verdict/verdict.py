"""How sure a revealed result is: *solid*, *leaning* or *coin toss*, and what that rests on.

What the words mean, and why they fit rooms of 3 and of 3,000, is in `docs/verdict.md`.
"""

from collections.abc import Generator
from enum import StrEnum
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.domain.methods import Method, Result
from server.domain.methods.ballots import Ballots
from server.domain.methods.base import Cast
from server.domain.methods.margin import Margin
from server.domain.methods.matrix import Matrix
from server.domain.methods.recount import counted_margin
from server.domain.verdict.readings import Reading, reading
from server.domain.verdict.sentences import margin_sentence, readings_sentences, weights_sentences
from server.domain.verdict.weights import Reweighting, reweighting


class Certainty(StrEnum):
    SOLID = "solid"
    LEANING = "leaning"
    COIN_TOSS = "coin_toss"


class Verdict(Struct, frozen=True, kw_only=True):
    """How sure it is who won."""

    word: Certainty
    margin: Margin | None
    """None if options are tied for the win."""
    readings: list[Reading]
    """Empty if options are tied for the win."""
    weights: list[Reweighting] | UnsetType = UNSET
    """Only by criteria, and if there is a winner; the smallest change first."""
    because: list[str]
    """The same in sentences; empty if options are tied for the win."""


def finding_verdict(
    method: Method[Any], ballots: Ballots, result: Result, *, pivotal: bool | None
) -> Generator[None, None, Verdict | None]:
    """Return how sure the result of a round is, in steps; None if no option wins.

    `pivotal` is whether one ballot decides, or None if that is not known.
    """
    if not result.winners:
        return None
    if len(result.order[0]) > 1:
        return Verdict(word=Certainty.COIN_TOSS, margin=None, readings=[], because=[])
    cast = Cast(method, ballots, result)
    margin = Margin(least=1, most=1)
    if not pivotal:
        margin = yield from measuring_margin(cast, least=1 if pivotal is None else 2)
    readings = yield from reading(cast)
    weights: list[Reweighting] | UnsetType = UNSET
    if isinstance(method, Matrix):
        weights = yield from reweighting(cast)
    name, names = method.names[cast.winner], method.names
    because = [
        margin_sentence(margin, name, cast.voters),
        *readings_sentences(readings, cast.winner, names),
        *weights_sentences(weights or [], name, names, method.settings.criteria or ()),
    ]
    return Verdict(
        word=word_for(
            margin, cast.voters, agrees=all(each.winners == [cast.winner] for each in readings)
        ),
        margin=margin,
        readings=readings,
        weights=weights,
        because=because,
    )


def measuring_margin(cast: Cast, least: int = 1) -> Generator[None, None, Margin]:
    """Return how many ballots would have to be different, in steps.

    `least` is a number of which it is known that fewer are not enough.
    """
    margin = yield from cast.method.measuring_margin(cast, least)
    return margin or (yield from counted_margin(cast, least))


def word_for(margin: Margin, voters: int, *, agrees: bool) -> Certainty:
    """Return the word for a margin; `agrees` is whether all readings have the same winner alone.

    Among `voters` who all toss a coin between two options, the lead has a standard deviation of the
    square root of their number, and a different ballot changes it by two.
    """
    if margin.most == 1 or 16 * margin.most**2 <= voters:
        return Certainty.COIN_TOSS
    return Certainty.SOLID if agrees and margin.least**2 > voters else Certainty.LEANING
