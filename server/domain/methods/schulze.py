"""The Schulze method: of all options, whose strongest paths lead to the others.

Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
single-winner election method", Social Choice and Welfare 36 (2011) 267-303.

Of each pair the side with more ballots makes a link, as strong as it has ballots (Schulze's
"winning votes"). A path is as strong as its weakest link. One option beats another where its
strongest path to it is stronger than the one back; unbeaten ones win.
"""

from collections import deque
from collections.abc import Generator, Sequence

from server.domain.methods.base import finished

Square = Sequence[Sequence[int]]


def strongest_paths(wins: Square) -> list[list[int]]:
    """Return the strength of the strongest path from each option to each; 0 where there is none."""
    return finished(finding_paths(wins))


def finding_paths(wins: Square) -> Generator[None, None, list[list[int]]]:
    """Find the strongest paths, in steps."""
    paths = links(wins)
    for middle, second in enumerate(paths):
        yield
        for row in paths:
            first = row[middle]
            if first:
                # A call of `min` in here would take twice as long.
                row[:] = [
                    known if known >= (weaker := first if first < step else step) else weaker  # noqa: FURB136
                    for known, step in zip(row, second, strict=True)
                ]
    for place, row in enumerate(paths):
        row[place] = 0
    return paths


def links(wins: Square) -> list[list[int]]:
    """Keep of each pair the side with more ballots."""
    return [
        [mine if mine > theirs else 0 for mine, theirs in zip(row, column, strict=True)]
        for row, column in zip(wins, zip(*wins, strict=True), strict=True)
    ]


def beaten(paths: Square) -> list[set[int]]:
    """Return for each option those that it beats."""
    return [
        {other for other, (there, back) in enumerate(zip(row, column, strict=True)) if there > back}
        for row, column in zip(paths, zip(*paths, strict=True), strict=True)
    ]


def layers(beats: Sequence[set[int]]) -> list[list[int]]:
    """Order options: first the unbeaten ones, then who is beaten by none but those, and so on."""
    left = set(range(len(beats)))
    order = []
    while left:
        losers = set().union(*(beats[option] for option in left))
        order.append(sorted(left - losers))
        left &= losers
    return order


def path(wins: Square, start: int, end: int, strength: int) -> list[int]:
    """Return a shortest path of at least that strength, ends included; there is one."""
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
