"""The margin of `score`: the winner is unseated if it loses the run-off, or is not in it.

That fewer ballots are not enough is shown for each rival on its own: it must be in the run-off, and
as many ballots must prefer it; or two rivals must have as many points as the winner. That so many
are enough is shown by counting again, with the ballots that gain most replaced by some that score
the rival 5 and all others 0.
"""

from collections.abc import Callable, Generator
from itertools import accumulate, combinations
from typing import Any, NamedTuple

from server.domain.methods.base import Cast
from server.domain.methods.margin import Margin, fewest
from server.domain.methods.recount import Recount
from server.domain.methods.star import MAX_SCORE, NO_OPINION

SPREAD = 2 * MAX_SCORE
"""The most by which another ballot moves the points of one option against those of another."""
MOST_TRIED = 40
"""How many ways to unseat the winner are looked into at most."""


class Way(NamedTuple):
    """Rivals that unseat the winner: one in the run-off, or two that fill it."""

    least: int
    """Fewer ballots are not enough; quick to say, and not as high as it might be."""
    rivals: tuple[str, ...]


def run_off_margin(cast: Cast, counted: bytes, least: int) -> Generator[None, None, Margin]:
    """Return the margin of `score`, in steps; it is known that fewer than `least` do not do.

    Scores count as `counted` translates them, byte by byte.
    """
    ballots = _Scores(cast, counted)
    ways = sorted(_ways(ballots))
    recount, proven, best = Recount(cast), cast.voters, cast.voters
    for n, way in enumerate(ways):
        if max(way.least, least) >= best or n == MOST_TRIED:
            proven = min(proven, way.least)
            break
        one, two = way.rivals[0], way.rivals[-1]
        if len(way.rivals) == 1:
            enough = yield from ballots.least_in_run_off(one)
            gains: Callable[[bytes], Any] = ballots.preferring(one)
        else:
            enough = yield from ballots.least_without(one, two)
            gains = ballots.points_for_both(one, two)
        enough = max(enough, way.least, least)
        proven = min(proven, enough)
        if enough < best:
            changed = yield from cast.sorted_by(gains)
            other = bytes(MAX_SCORE if o in way.rivals else 0 for o in cast.method.ids)
            pairs = [(ballot, count) for _, ballot, count in changed]
            found = yield from recount.looking_for(pairs, other, enough, best)
            best = best if found is None else found
    return Margin(least=min(max(proven, least), best), most=best)


def _ways(ballots: "_Scores") -> list[Way]:
    cast = ballots.cast
    points, ahead = cast.result.totals, ballots.ahead
    overtaking = {o: _steps(ballots.behind_in_points(o), SPREAD) for o in cast.rivals}
    ways = []
    for rival in cast.rivals:
        # One of the others may be ahead of it in the run-off; the second must not.
        others = sorted((int(points[o]) for o in cast.method.ids if o != rival), reverse=True)
        entering = _steps(others[1] - int(points[rival]), SPREAD) if len(others) > 1 else 0
        ways.append(Way(max(_steps(ahead[rival], 2), entering, 1), (rival,)))
    ways += [
        Way(max(overtaking[a], overtaking[b], 1), (a, b)) for a, b in combinations(cast.rivals, 2)
    ]
    return ways


def _steps(needed: int, most: int) -> int:
    return max(0, -(-needed // most))


class _Scores:
    """Compares the winner with its rivals on each ballot."""

    def __init__(self, cast: Cast, counted: bytes) -> None:
        self.cast = cast
        self._counted = counted
        self._here = cast.method.places[cast.winner]
        pairwise = cast.result.pairwise or {}
        self.ahead = {
            rival: pairwise[cast.winner][rival] - pairwise[rival][cast.winner]
            for rival in cast.rivals
        }
        """By how many ballots the winner is preferred to each rival."""

    def behind_in_points(self, rival: str) -> int:
        totals = self.cast.result.totals
        return int(totals[self.cast.winner] - totals[rival])

    def preferring(self, rival: str) -> Callable[[bytes], tuple[int, int]]:
        """Return what a ballot gains for a rival in the run-off: in preferences, and in points."""
        here, there, counted = self._here, self.cast.method.places[rival], self._counted

        def gains(ballot: bytes) -> tuple[int, int]:
            ballot = ballot.translate(counted)
            mine, other = ballot[here], ballot[there]
            compared = NO_OPINION not in {mine, other}
            preferred = 1 + compared * ((mine > other) - (mine < other))
            return preferred, mine % NO_OPINION + MAX_SCORE - other % NO_OPINION

        return gains

    def points_for_both(self, one: str, two: str) -> Callable[[bytes], int]:
        """Return what a ballot gains for two rivals, each as far as it is behind."""
        by_one, by_two = self.preferring(one), self.preferring(two)
        weights = [max(1, self.behind_in_points(rival)) for rival in (one, two)]
        return lambda ballot: weights[0] * by_one(ballot)[1] + weights[1] * by_two(ballot)[1]

    def least_in_run_off(self, rival: str) -> Generator[None, None, int]:
        """Return how many ballots it takes at least to win a run-off with the winner.

        The rival has more preferences, or as many and as many points.
        """
        found = yield from self.cast.sorted_by(self.preferring(rival))
        ahead, behind = self.ahead[rival], self.behind_in_points(rival)
        more = fewest(((gain, count) for (gain, _), _, count in found), ahead + 1)
        even = fewest(((gain, count) for (gain, _), _, count in found), ahead)
        more = self.cast.voters if more is None else more
        if even is None or even >= more:
            return more
        # `even` ballots gain `ahead`, and only these: those that gain most, with most points.
        points = accumulate(
            (gain for (_, gain), _, count in found for _ in range(count)), initial=0
        )
        reached = next((gained for n, gained in enumerate(points) if n == even), 0)
        yield
        return even if reached >= behind else more

    def least_without(self, one: str, two: str) -> Generator[None, None, int]:
        """Return how many ballots it takes at least for both to have the winner's points."""
        least = 0
        by_one, by_two = self.preferring(one), self.preferring(two)
        for behind, gains in (
            (self.behind_in_points(one), lambda ballot: by_one(ballot)[1]),
            (self.behind_in_points(two), lambda ballot: by_two(ballot)[1]),
            (
                self.behind_in_points(one) + self.behind_in_points(two),
                lambda ballot: by_one(ballot)[1] + by_two(ballot)[1],
            ),
        ):
            found = yield from self.cast.sorted_by(gains)
            enough = fewest(((gain, count) for gain, _, count in found), behind)
            least = max(least, self.cast.voters if enough is None else enough)
        return least
