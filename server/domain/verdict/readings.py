"""Who would have won by other rules: the same ballots, read in every way that their form allows.

A ballot is never made to say more than it does. A choice and a set of approvals have one reading
each. Dots, scores and weighted means also put options in order, with ties; and they approve what
has a dot, or 3 of 5. A ranking puts options in order and does not approve any. An option on which a
ballot has no opinion is compared with no other on that ballot, which does not count for it. Ballots
that tie options at the top count for each of them.

By criteria, options below the quorum stand behind the others in every reading, as in the round.
"""

from collections.abc import Generator, Mapping, Sequence
from itertools import chain, repeat

from msgspec import Struct

from server.domain.methods import schulze
from server.domain.methods.ballots import STRIDE
from server.domain.methods.base import Cast
from server.domain.methods.instant_runoff import running_off
from server.domain.methods.pairwise import Pairwise, Ranks, dense_ranks
from server.domain.methods.rule import Rule, highest, most


class Reading(Struct, frozen=True, kw_only=True):
    """Who wins by one rule."""

    rule: Rule
    winners: list[str]
    """Option ids; several if they tie."""


def reading(cast: Cast) -> Generator[None, None, list[Reading]]:
    """Return who wins by each rule, the round's own first, in steps.

    Rules by which no option wins are left out.
    """
    method = cast.method
    found = {method.rule: cast.result.order[0]}
    found |= yield from method.other_readings(cast)
    if method.approved_from is not None:
        found |= yield from _in_order(cast, method.approved_from)
    return [Reading(rule=rule, winners=won) for rule, won in found.items() if won]


def _in_order(cast: Cast, least: float) -> Generator[None, None, dict[Rule, list[str]]]:
    """Read ballots that say how much they favour each option, as approvals and as rankings."""
    ids = cast.in_reach
    approvals = dict.fromkeys(ids, 0)
    rankings: dict[Ranks, int] = {}
    pairs = Pairwise(ids)
    for n, (ballot, count) in enumerate(cast.ballots.items()):
        said = cast.method.as_scores(ballot)
        ranks = dense_ranks([said.get(option) for option in ids])
        rankings[ranks] = rankings.get(ranks, 0) + count
        for option in ids:
            if said.get(option, 0) >= least:
                approvals[option] += count
        if n % STRIDE == 0:
            yield
    each = chain.from_iterable(repeat(ranks, count) for ranks, count in rankings.items())
    for n, ranks in enumerate(each):
        pairs.count_ranks(ranks, +1)
        if n % STRIDE == 0:
            yield
    return {Rule.APPROVAL: most(approvals)} | (yield from _of_rankings(ids, pairs.wins, rankings))


def _of_rankings(
    ids: Sequence[str], wins: schulze.Square, rankings: Mapping[Ranks, int]
) -> Generator[None, None, dict[Rule, list[str]]]:
    duels = {
        option: [*zip(row, column, strict=True)]
        for option, row, column in zip(ids, wins, zip(*wins, strict=True), strict=True)
    }
    paths = yield from schulze.finding_paths(wins)
    unbeaten = schulze.layers(schulze.beaten(paths))[0]
    runoff = yield from running_off(rankings, ids, each_way=True)
    return {
        Rule.SCHULZE: [ids[place] for place in unbeaten],
        Rule.COPELAND: highest(
            {o: sum((won > lost) - (won < lost) for won, lost in duels[o]) for o in ids}
        ),
        Rule.BORDA: highest({o: sum(won - lost for won, lost in duels[o]) for o in ids}),
        Rule.INSTANT_RUNOFF: runoff.order[0],
        Rule.PLURALITY: most(runoff.rounds[0]) if runoff.rounds else [],
    }
