"""By criteria: how little the weights would have to change for another option to be ahead.

Only the proportions of weights matter, so a change is the share of the whole that moves from some
criteria to others: half the L1 distance between the shares before and after. What a moved share
gains for a rival is the difference of two leads, so most is gained by taking from the criteria
where the rival is farthest behind, one after the other, and giving to the one where it is farthest
ahead. That is the optimum of the linear program, in closed form and exact.
"""

from collections.abc import Generator, Sequence
from fractions import Fraction
from math import ceil

from msgspec import Struct

from server.domain.methods.base import Cast
from server.domain.methods.mean_margin import Cells, adding_cells
from server.domain.methods.weighted_means import whole_weights

_DIGITS = 10_000


class Reweighting(Struct, frozen=True, kw_only=True):
    """The smallest change of weights beyond which an option is ahead of the winner."""

    option: str
    shift: float | None
    """The share of the whole weight that has to move, 0 to 1, rounded up to four digits; None if no
    weights put the option ahead.
    """
    sources: list[str]
    """The criteria from which it is taken, first those that give most."""
    target: str | None
    """The criterion that gains it."""


def reweighting(cast: Cast) -> Generator[None, None, list[Reweighting]]:
    """Return what it takes for each rival, the smallest change first, in steps.

    Options below the quorum cannot win by weights. Those that lack scores by a criterion, and all
    if the winner does, are left out: their means do not depend on all weights.
    """
    cells = yield from cast.once(adding_cells)
    criteria = cast.method.settings.criteria or ()
    whole = whole_weights(criteria)
    shares = [Fraction(weight, sum(whole)) for weight in whole]
    ids = [criterion.id for criterion in criteria]
    mine = _means(cells, cast.method.places[cast.winner])
    found = []
    for rival in cast.rivals:
        other = _means(cells, cast.method.places[rival])
        if mine is None or other is None:
            continue
        if rival in cast.in_reach:
            leads = [there - here for there, here in zip(other, mine, strict=True)]
            shift, sources, target = smallest_shift(shares, leads)
        else:
            shift, sources, target = None, [], None
        found.append(
            Reweighting(
                option=rival,
                shift=None if shift is None else ceil(shift * _DIGITS) / _DIGITS,
                sources=[ids[place] for place in sources],
                target=None if target is None else ids[target],
            )
        )
        yield
    return sorted(found, key=lambda each: 2 if each.shift is None else each.shift)


def smallest_shift(
    shares: Sequence[Fraction], leads: Sequence[Fraction]
) -> tuple[Fraction | None, list[int], int | None]:
    """Return the share that has to move until a rival draws level, from where, and to where.

    `leads` are how far the rival is ahead by each criterion; as many criteria as `shares`. The
    share is None if there is no criterion by which the rival is ahead.
    """
    best = max(leads)
    if best <= 0:
        return None, [], None
    target = leads.index(best)
    needed = -sum(share * lead for share, lead in zip(shares, leads, strict=True))
    moved, sources = Fraction(), []
    for place in sorted(range(len(leads)), key=leads.__getitem__):
        if needed <= 0:
            break
        gain = best - leads[place]
        some = min(shares[place], needed / gain)
        moved, needed = moved + some, needed - some * gain
        sources.append(place)
    return moved, sources, target


def _means(cells: Cells, place: int) -> list[Fraction] | None:
    """Return the mean by each criterion; None if one has no scores."""
    if not all(count for _, count in cells[place]):
        return None
    return [Fraction(total, count) for total, count in cells[place]]
