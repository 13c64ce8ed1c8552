"""The Schulze method: pairwise counts, decided by the strongest paths between options.

Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
single-winner election method", Social Choice and Welfare 36 (2011) 267-303.

In each pair, the side with more ballots makes a link, whose strength is its number of ballots
(Schulze's "winning votes"). A path is as strong as its weakest link. One option beats another if
its strongest path to it is stronger than the path back; unbeaten options win.
"""

from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from server.domain.methods.base import finished

Square = Sequence[Sequence[int]]


def strongest_paths(wins: Square) -> list[list[int]]:
    """Return the strength of the strongest path between any two options; 0 if there is none."""
    return finished(finding_paths(wins))


def finding_paths(wins: Square) -> Generator[None, None, list[list[int]]]:
    """Find the strongest paths, in steps."""
    paths = links(wins)
    for middle, second in enumerate(paths):
        yield
        for row in paths:
            first = row[middle]
            if first:
                # Calling `min` here would take twice as long.
                row[:] = [
                    known if known >= (weaker := first if first < step else step) else weaker  # noqa: FURB136
                    for known, step in zip(row, second, strict=True)
                ]
    for place, row in enumerate(paths):
        row[place] = 0
    return paths


def links(wins: Square) -> list[list[int]]:
    """Keep only the side of each pair that has more ballots."""
    return [
        [mine if mine > theirs else 0 for mine, theirs in zip(row, column, strict=True)]
        for row, column in zip(wins, zip(*wins, strict=True), strict=True)
    ]


def beaten(paths: Square) -> list[set[int]]:
    """Return for each option the options that it beats."""
    return [
        {other for other, (there, back) in enumerate(zip(row, column, strict=True)) if there > back}
        for row, column in zip(paths, zip(*paths, strict=True), strict=True)
    ]


def layers(beats: Sequence[set[int]]) -> list[list[int]]:
    """Order options: first the unbeaten ones, then those beaten only by these, and so on."""
    left = set(range(len(beats)))
    order = []
    while left:
        losers = set().union(*(beats[option] for option in left))
        order.append(sorted(left - losers))
        left &= losers
    return order


def unseating(wins: Square, winner: int) -> Iterator[bytes]:
    """Yield ballots, as ranks by option, of which one unseats the winner if any ballot does.

    An option unseats the winner if, for some strength, it has a path to the winner that is as
    strong, and the winner has none back. The winner's paths lead to options that no ballot can keep
    out of reach; the ballot ranks these below all others, and so weakens no path to the winner that
    does not leave them again. Along such a path it ranks the options one below the other. (As in S.
    Gaspers, T. Kalinowski, N. Narodytska and T. Walsh, "Coalitional Manipulation for Schulze's
    Rule", AAMAS 2013.)
    """
    options = range(len(wins))
    strengths = {mine + more for row in wins for mine in row for more in (0, 1)} - {0}
    for strength in sorted(strengths):
        reached, todo = {winner}, [winner]
        while todo:
            here = todo.pop()
            for there in options:
                link = wins[here][there]
                if there not in reached and link >= strength and link > wins[there][here] + 1:
                    reached.add(there)
                    todo.append(there)
        toward = {winner: winner}
        queue = deque([winner])
        while queue:
            there = queue.popleft()
            for here in options:
                link = wins[here][there] + 1
                leaves = here in reached and there not in reached
                if (
                    here not in toward
                    and not leaves
                    and link >= strength
                    and link > wins[there][here]
                ):
                    toward[here] = there
                    queue.append(here)
        rival = next((option for option in toward if option not in reached), None)
        if rival is not None:
            yield _in_order(rival, toward, reached, options)


def _in_order(
    rival: int, toward: Mapping[int, int], below: AbstractSet[int], options: Sequence[int]
) -> bytes:
    """Rank the path from the rival in its order, all options that are `below` after the others."""
    way = [rival]
    while toward[way[-1]] != way[-1]:
        way.append(toward[way[-1]])
    above = [option for option in way if option not in below]
    ranks = {option: rank for rank, option in enumerate(above)}
    between = len(above)
    ranks |= {o: between + 1 + rank for rank, o in enumerate(way[between:])}
    last = between + 1 + len(way)
    ranks |= {o: last if o in below else between for o in options if o not in ranks}
    # Ranks without gaps, as in every ballot.
    dense = {rank: place for place, rank in enumerate(sorted({*ranks.values()}))}
    return bytes(dense[ranks[option]] for option in options)


def path(wins: Square, start: int, end: int, strength: int) -> list[int]:
    """Return a shortest path of at least that strength, ends included; there must be one."""
    steps = links(wins)
    came_from = {start: start}
    queue = deque([start])
    while end not in came_from:
        here = queue.popleft()
        for there, link in enumerate(steps[here]):
            if link >= strength and there not in came_from:
                came_from[there] = here
                queue.append(there)
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
