"""The margin where options add up what ballots give them: the winner is unseated as soon as another
has more, or as it is left with nothing. Exact: it takes the ballots that gain most, and no others.
"""

from collections.abc import Callable, Generator
from typing import NamedTuple

from server.domain.methods.base import Cast
from server.domain.methods.margin import Margin, fewest

Gains = Callable[[bytes], int]


class Overtaking(NamedTuple):
    """What it takes for a rival to have more than the winner, or for the winner to have nothing."""

    needed: int
    """What has to be gained."""
    most: int
    """The most that a ballot gains if it is another."""
    gains: Gains


def least_overtaking(cast: Cast, ways: list[Overtaking]) -> Generator[None, None, Margin]:
    """Return the margin, by the way that takes the fewest ballots, in steps."""
    ways.sort(key=lambda way: -(-way.needed // way.most))
    best = cast.voters
    for way in ways:
        if -(-way.needed // way.most) >= best:
            break
        found = yield from cast.sorted_by(way.gains)
        enough = fewest(((gain, count) for gain, _, count in found), way.needed)
        best = best if enough is None else min(best, enough)
    return Margin(least=best, most=best)


def additive_margin(
    cast: Cast, given: Callable[[bytes, int], int], most: int
) -> Generator[None, None, Margin]:
    """Return the margin where an option's total is the sum of what ballots give to it, in steps.

    `given` returns what a ballot gives to the option at a place, from 0 to `most`.
    """
    yield
    totals, places = cast.result.totals, cast.method.places
    here = places[cast.winner]

    def against(there: int) -> Gains:
        return lambda ballot: given(ballot, here) + most - given(ballot, there)

    ways = [
        Overtaking(int(totals[cast.winner] - totals[rival]) + 1, 2 * most, against(places[rival]))
        for rival in cast.rivals
    ]
    return (yield from least_overtaking(cast, ways))
