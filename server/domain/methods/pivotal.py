"""Whether one ballot decides: had it been another, the winner would not be among the winners.

Every ballot that was cast is replaced by those that do most against the winner
(`Tally.against`), and the round is counted again. By criteria, these have scores in the same
cells: who has no opinion on what stays the same. A yes is always right; a no is, too, unless the
search ended because counting again and again would take too long.
"""

from collections.abc import Generator, Iterable

from server.domain.methods.base import B, Tally

_MOST_WORK, MOST_TRIES = 3_000_000, 5_000
"""How often a round is counted again at most: it costs up to the cube of the number of options."""


def looking_for_pivotal(
    tally: Tally[B],
    again: Tally[B],
    ballots: Iterable[B],
    winner: str,
    *,
    unfinished: bool | None = False,
) -> Generator[None, None, bool | None]:
    """Say whether one of the ballots decides that `winner` wins, in steps of one count.

    `tally` has counted these ballots; `again` is an empty one of the same round. `unfinished` is
    the answer if the search ended without one.
    """
    if not tally.is_close(winner):
        return False
    cast = sorted(ballots)  # type: ignore[type-var]
    for ballot in cast:
        again.add(ballot)
        yield
    tries = min(MOST_TRIES, _MOST_WORK // len(tally.names) ** 3)
    # Sorted, so that every process tries the same ones.
    for ballot in dict.fromkeys(cast):
        if tries <= 0:
            return unfinished
        again.remove(ballot)
        for other in again.against(winner, ballot):
            again.add(other)
            is_unseated = winner not in again.winners()
            again.remove(other)
            if is_unseated:
                return True
            tries -= 1
            yield
        again.add(ballot)
        tries -= 1
        yield
    return False
