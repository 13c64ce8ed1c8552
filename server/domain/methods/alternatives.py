"""What other methods make of the same rankings: shown for comparison, without deciding anything.

Copeland: how many other options an option beats head to head, minus how many beat it. A. H.
Copeland, "A reasonable social welfare function", University of Michigan seminar notes (1951).

Borda: on each ballot, a point for each option ranked below and half a point for each ranked
equally. J.-C. de Borda, "Mémoire sur les élections au scrutin" (1781); for ties: Z. Terzopoulou and
U. Endriss, "The Borda class", Journal of Mathematical Economics 92 (2021).

Instant run-off: `instant_runoff.py`.
"""

from collections.abc import Mapping, Sequence

from server.domain.methods.base import AlternativeCount, ranked_groups
from server.domain.methods.instant_runoff import RunOff, Ties
from server.domain.methods.pairwise import Pairwise
from server.words.catalogue import alternatively, listed, words

_NAMES = {
    "copeland": words("method-copeland"),
    "borda": words("method-borda"),
    "instant_runoff": words("method-instant-runoff"),
}


def counted_alternatives(
    runoff: RunOff, pairs: Pairwise, ranking: int, names: Mapping[str, str]
) -> dict[str, AlternativeCount]:
    """Return the outcomes by the other methods.

    `runoff` and `pairs` are of the same ballots, and `ranking` is the number of ballots that rank
    anything.
    """
    order = runoff.order
    return {
        "copeland": _by(copeland(pairs)),
        "borda": _by(borda(pairs, ranking)),
        "instant_runoff": AlternativeCount(
            order=order,
            scores={o: len(order) - rank for rank, group in enumerate(order) for o in group},
            note=_dependence(runoff, names),
        ),
    }


def _dependence(runoff: RunOff, names: Mapping[str, str]) -> str:
    if runoff.ties is Ties.TOO_MANY:
        return words("step-eliminated-together")
    if runoff.ties is Ties.DECIDE:
        winners = [names[option] for option in runoff.order[0]]
        return words("step-eliminated-each-way", winners=alternatively(winners))
    return ""


def copeland(pairs: Pairwise) -> dict[str, int | float]:
    return {
        option: sum((won > lost) - (won < lost) for won, lost in duels)
        for option, duels in _duels(pairs).items()
    }


def borda(pairs: Pairwise, ballots: int) -> dict[str, int | float]:
    """Return each option's points.

    `ballots` is the number of ballots that rank anything; options that a ballot omits are below all
    that it ranks.
    """
    doubled = {
        option: ballots * (len(duels) - 1) + sum(won - lost for won, lost in duels)
        for option, duels in _duels(pairs).items()
    }
    return {option: score / 2 if score % 2 else score // 2 for option, score in doubled.items()}


def described_alternatives(
    winners: Sequence[str], alternatives: Mapping[str, AlternativeCount], names: Mapping[str, str]
) -> str:
    """Describe who would win by the other methods."""
    same = [name for id_, name in _NAMES.items() if alternatives[id_].order[0] == winners]
    clauses = []
    if same:
        clauses.append(words("alternatives-agree", methods=listed(same), count=len(same)))
    for id_, name in _NAMES.items():
        if name not in same:
            chosen = listed([names[option] for option in alternatives[id_].order[0]])
            clauses.append(words("alternatives-choose", method=name, names=chosen))
    return words("step-alternatives", clauses=words("list-semicolon").join(clauses))


def _by(scores: dict[str, int | float]) -> AlternativeCount:
    return AlternativeCount(order=ranked_groups(scores), scores=scores)


def _duels(pairs: Pairwise) -> dict[str, list[tuple[int, int]]]:
    """Return for each option its wins and losses against each option; 0 and 0 against itself."""
    columns = zip(*pairs.wins, strict=True)
    return {
        option: list(zip(row, column, strict=True))
        for option, row, column in zip(pairs.options, pairs.wins, columns, strict=True)
    }
