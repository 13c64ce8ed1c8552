"""What other methods make of the same rankings. They are shown beside, and decide nothing.

Copeland: how many others an option beats head to head, less how many beat it. A. H. Copeland, "A
reasonable social welfare function", University of Michigan seminar notes (1951).

Borda: on each ballot a point for each option ranked below, half a point for each ranked alike.
J.-C. de Borda, "Mémoire sur les élections au scrutin" (1781); for ties: Z. Terzopoulou and U.
Endriss, "The Borda class", Journal of Mathematical Economics 92 (2021).

Instant run-off: `instant_runoff.py`.
"""

from collections.abc import Generator, Mapping, Sequence

from server.domain.methods.base import Beside, listed, ranked_groups
from server.domain.methods.instant_runoff import running_off
from server.domain.methods.pairwise import Pairwise, Ranks

_SPOKEN = {"copeland": "Copeland", "borda": "Borda", "instant_runoff": "instant run-off"}


def counting_beside(
    kept: Mapping[Ranks, int], pairs: Pairwise, ranking: int
) -> Generator[None, None, tuple[dict[str, Beside], list[dict[str, int]]]]:
    """Count by the other methods, in steps; the second value is the rounds of the instant run-off.

    `kept` says how many there are of each ballot, `pairs` holds the table made of them, and
    `ranking` of them rank anything.
    """
    order, rounds = yield from running_off(kept, pairs.options)
    yield
    beside = {
        "copeland": _by(copeland(pairs)),
        "borda": _by(borda(pairs, ranking)),
        "instant_runoff": Beside(
            order=order,
            scores={o: len(order) - rank for rank, group in enumerate(order) for o in group},
        ),
    }
    return beside, rounds


def copeland(pairs: Pairwise) -> dict[str, int | float]:
    return {
        option: sum((won > lost) - (won < lost) for won, lost in duels)
        for option, duels in _duels(pairs).items()
    }


def borda(pairs: Pairwise, ballots: int) -> dict[str, int | float]:
    """`ballots`: how many rank anything. Whoever they leave out is below all that they rank."""
    doubled = {
        option: ballots * (len(duels) - 1) + sum(won - lost for won, lost in duels)
        for option, duels in _duels(pairs).items()
    }
    return {option: score / 2 if score % 2 else score // 2 for option, score in doubled.items()}


def told_beside(
    winners: Sequence[str], beside: Mapping[str, Beside], names: Mapping[str, str]
) -> str:
    """Say who would win by the other methods."""
    same = [said for id_, said in _SPOKEN.items() if beside[id_].order[0] == winners]
    told = []
    if same:
        verb = "comes" if len(same) == 1 else "come"
        told.append(f"{listed(same)} {verb} to the same")
    for id_, said in _SPOKEN.items():
        if said not in same:
            chosen = listed([names[option] for option in beside[id_].order[0]])
            told.append(f"{said} would choose {chosen}")
    return f"Beside it: {'; '.join(told)}."


def _by(scores: dict[str, int | float]) -> Beside:
    return Beside(order=ranked_groups(scores), scores=scores)


def _duels(pairs: Pairwise) -> dict[str, list[tuple[int, int]]]:
    """Return for each option its ballots for and against beside each other; itself is 0 to 0."""
    columns = zip(*pairs.wins, strict=True)
    return {
        option: list(zip(row, column, strict=True))
        for option, row, column in zip(pairs.options, pairs.wins, columns, strict=True)
    }
