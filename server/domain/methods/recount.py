"""The margin, found by counting again: for every method, and for those that know more of it.

That so many ballots are enough is shown by replacing those that favour the winner most. That fewer
are not enough is proven by the method, if it can; otherwise only what is known before.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from server.domain.methods.base import Cast, Tally
from server.domain.methods.margin import Margin

MOVED = 50
"""Ballots that are counted again before others may do something."""
MOST_TRIED = 16
"""How many other ballots are tried at most."""


def counted_margin(cast: Cast, least: int) -> Generator[None, None, Margin]:
    """Return the margin of any method, in steps; it is known that fewer than `least` do not do.

    What is tried are the ballots that do most against the winner, as the method's tally knows them,
    for each rival that they favour, the closest first.
    """
    recount, best = Recount(cast), cast.voters
    yield from recount.count()
    for other, rival in islice(_tries(cast, recount.against()), MOST_TRIED):
        if least >= best:
            break
        changed = yield from cast.sorted_by(_preferring(cast, rival))
        pairs = [(ballot, count) for _, ballot, count in changed]
        found = yield from recount.looking_for(pairs, other, least, best)
        best = best if found is None else found
    return Margin(least=min(least, best), most=best)


def _tries(cast: Cast, against: Sequence[bytes]) -> Iterator[tuple[bytes, str]]:
    favours = [(other, cast.method.as_scores(other)) for other in against]
    for rival in chain.from_iterable(cast.result.order[1:]):
        for other, scores in favours:
            if scores.get(rival):
                yield other, rival


def _preferring(cast: Cast, rival: str) -> Callable[[bytes], float]:
    def gains(ballot: bytes) -> float:
        scores = cast.method.as_scores(ballot)
        return scores.get(cast.winner, 0.0) - scores.get(rival, 0.0)

    return gains


class Recount:
    """Counts a round again in which some ballots are different."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._tally: Tally[Any] = cast.method.tally()
        self._is_ready = False

    def count(self) -> Generator[None, None, None]:
        """Count the ballots as they were cast, in steps, unless they are counted."""
        if not self._is_ready:
            for n, ballot in enumerate(_each(self._cast.ballots.items())):
                self._tally.add(ballot)
                if n % MOVED == 0:
                    yield
            self._is_ready = True

    def against(self) -> list[bytes]:
        """Return ballots that do most against the winner, for the counted ones."""
        some = next(iter(self._cast.ballots))
        return [*self._tally.against(self._cast.winner, some)]

    def looking_for(
        self, changed: Sequence[tuple[bytes, int]], other: bytes, least: int, below: int
    ) -> Generator[None, None, int | None]:
        """Find a number of ballots from `least` on, and below `below`, that unseats the winner.

        The first of `changed`, each with how often it was cast, become the `other` ballot. Returns
        None if none of the numbers that are tried does; in steps.
        """
        yield from self.count()
        order = [*_each(changed)]
        at, found, known, step = 0, None, least - 1, 1
        while found is None and known < below - 1:
            # Ever larger steps, until one is enough.
            to = min(known + step, below - 1)
            yield from self._move(order, other, at, to)
            at, step = to, 2 * step
            if self._is_unseated():
                found = at
            else:
                known = at
        while found is not None and found - known > 1:
            # Between a number that is not enough, and one that is.
            to = (known + found) // 2
            yield from self._move(order, other, at, to)
            at = to
            if self._is_unseated():
                found = at
            else:
                known = at
        yield from self._move(order, other, at, 0)
        return found

    def _is_unseated(self) -> bool:
        return self._cast.winner not in self._tally.winners()

    def _move(
        self, order: Sequence[bytes], other: bytes, at: int, to: int
    ) -> Generator[None, None, None]:
        """Make as many as `to` ballots different, when `at` are."""
        yield
        for n, ballot in enumerate(order[at:to] if to > at else order[to:at]):
            self._tally.remove(ballot if to > at else other)
            self._tally.add(other if to > at else ballot)
            if n % MOVED == 0:
                yield


def _each(ballots: Iterable[tuple[bytes, int]]) -> Iterator[bytes]:
    return chain.from_iterable(repeat(ballot, count) for ballot, count in ballots)
