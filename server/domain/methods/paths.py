"""The margin of `ranked`: the winner is unseated if another's strongest path to it is the stronger.

A ballot that is different moves each link by one, and the difference of two by two. So it is proven
that fewer are not enough as long as the winner's paths that certainly remain are as strong as those
to it that can come about. That so many are enough is shown by counting again, with the ballots that
gain most replaced by some that rank a rival first and the winner last, or its path to the winner.
"""

from collections.abc import Callable, Generator, Sequence
from itertools import chain
from operator import ge
from typing import NamedTuple

from server.domain.methods import schulze
from server.domain.methods.base import Cast
from server.domain.methods.margin import Margin
from server.domain.methods.recount import MOST_TRIED, Recount

_FIRST, _BETWEEN, _LAST = range(3)


class Try(NamedTuple):
    """Ballots that might unseat the winner."""

    ahead: int
    """By how many ballots the winner is preferred to the first option on it."""
    rival: int
    ballot: bytes


def path_margin(cast: Cast, least: int) -> Generator[None, None, Margin]:
    """Return the margin of `ranked`, in steps; it is known that fewer than `least` do not do."""
    ids, here = cast.method.ids, cast.method.places[cast.winner]
    pairwise = cast.result.pairwise or {}
    wins = [[pairwise[a].get(b, 0) for b in ids] for a in ids]
    # Enough for any rival: with more than half of the ballots it beats all others head to head.
    recount, best = Recount(cast), cast.voters // 2 + 1
    least = yield from _least(wins, here, least, best)
    tries = yield from _tries(wins, here)
    for way in tries[:MOST_TRIED]:
        if least >= best:
            break
        changed = yield from cast.sorted_by(_preferring(way.rival, here))
        pairs = [(ballot, count) for _, ballot, count in changed]
        found = yield from recount.looking_for(pairs, way.ballot, least, best)
        best = best if found is None else found
    return Margin(least=min(least, best), most=best)


def _tries(wins: schulze.Square, here: int) -> Generator[None, None, list[Try]]:
    """Return what to try, the closest rivals first, in steps."""
    options = range(len(wins))
    # Without options in between there is no rank in between.
    last = min(_LAST, len(wins) - 1)
    plain = [
        bytes(_FIRST if o == rival else last if o == here else _BETWEEN for o in options)
        for rival in options
        if rival != here
    ]
    found = set()
    for ballot in chain(plain, schulze.unseating(wins, here)):
        rival = ballot.index(_FIRST)
        found.add(Try(wins[here][rival] - wins[rival][here], rival, ballot))
        yield
    return sorted(found)


def _preferring(rival: int, here: int) -> Callable[[bytes], tuple[int, int]]:
    def gains(ballot: bytes) -> tuple[int, int]:
        mine, other = ballot[here], ballot[rival]
        # Among equals, those first that put it low.
        return 1 + (mine < other) - (mine > other), other

    return gains


def _least(wins: schulze.Square, here: int, least: int, most: int) -> Generator[None, None, int]:
    """Return the smallest number, from `least` to `most`, that is not proven to be too few, in
    steps.
    """
    low, high = least, most
    while low < high:
        yield
        middle = (low + high) // 2
        if _is_safe(wins, here, middle):
            low = middle + 1
        else:
            high = middle
    return low


def _is_safe(wins: schulze.Square, here: int, changed: int) -> bool:
    """Whether the winner stays one of the winners, whatever `changed` ballots become."""
    remain = _strongest_from(_links(wins, -changed), here)
    # Paths to the winner are those from it along the links turned round.
    come_about = _strongest_from([*zip(*_links(wins, changed), strict=True)], here)
    return all(map(ge, remain, come_about))


def _links(wins: schulze.Square, by: int) -> list[list[int]]:
    """Return the links if every number moves by so much, and the one against it the other way."""
    return [
        [mine + by if mine + 2 * by > theirs else 0 for mine, theirs in zip(*pair, strict=True)]
        for pair in zip(wins, zip(*wins, strict=True), strict=True)
    ]


def _strongest_from(square: Sequence[Sequence[int]], start: int) -> list[int]:
    """Return the strength of the strongest path to each option; 0 to the start itself."""
    strength = list(square[start])
    left = set(range(len(square))) - {start}
    while left:
        here = max(left, key=strength.__getitem__)
        left.remove(here)
        for there in left:
            strength[there] = max(strength[there], min(strength[here], square[here][there]))
    strength[start] = 0
    return strength
