"""What people who know an option think of it: a result split by how well voters know each option.

Everyone may say of each option that they never used it, tried it, or shipped it. After the reveal
the scores of an option are told for each of these groups. A group of a few people could give their
ballots away, and so could the few that are left when the others are subtracted from the whole: an
option is told only if each group, those who did not say, and those without an opinion are at least
`SMALLEST` people, or no one.
"""

from collections.abc import Generator, Iterable, Mapping
from typing import Any

from msgspec import Struct

from server.domain.levels import Level
from server.domain.methods import Method
from server.domain.movement import SMALLEST
from server.words.catalogue import words


class Group(Struct, frozen=True, kw_only=True):
    """Voters who know an option equally well."""

    level: Level
    people: int
    mean: float
    """The mean of what their ballots give the option, in the measure of the method's ballots."""


class Lens(Struct, frozen=True, kw_only=True):
    """The scores of the options, by how well their voters know them."""

    groups: dict[str, tuple[Group, ...]]
    """By option, in the order of the levels; empty if they may not be told. Options of which no
    voter said anything are left out.
    """


def splitting(
    method: Method[Any],
    ballots: Iterable[tuple[str, Any]],
    known: Mapping[str, Mapping[str, Level]],
) -> Generator[None, None, Lens]:
    """Split a result in steps. `ballots` are voters with their ballots; `known` is what each voter
    said of options.
    """
    scores: dict[str, dict[Level | None, list[float]]] = {}
    silent: dict[str, int] = {}
    for voter, ballot in ballots:
        stands, levels = method.as_scores(ballot), known.get(voter, {})
        for option in method.ids:
            if option in stands:
                group = scores.setdefault(option, {}).setdefault(levels.get(option), [])
                group.append(stands[option])
            else:
                silent[option] = silent.get(option, 0) + 1
        yield
    said = {option for levels in known.values() for option in levels}
    return Lens(
        groups={
            option: _told(scores.get(option, {}), silent.get(option, 0))
            for option in method.ids
            if option in said
        }
    )


def _told(scores: Mapping[Level | None, list[float]], silent: int) -> tuple[Group, ...]:
    if any(0 < size < SMALLEST for size in (silent, *map(len, scores.values()))):
        return ()
    return tuple(
        Group(level=level, people=len(found), mean=round(sum(found) / len(found), 4))
        for level in Level
        if (found := scores.get(level))
    )


def told_groups(name: str, groups: tuple[Group, ...]) -> str:
    """Say how those who know an option equally well see it, or why that is not told."""
    if not groups:
        return words("lens-withheld", name=name, n=SMALLEST)
    parts = [
        words(
            "lens-group",
            level=each.level,
            people=each.people,
            mean=words("figure-mean", mean=each.mean),
        )
        for each in groups
    ]
    return words("lens-option", name=name, groups=words("list-semicolon").join(parts))
