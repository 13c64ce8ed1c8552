"""What stands out in a round that is revealed, in words: where to start talking."""

from collections.abc import Mapping

from msgspec import UNSET, Struct, UnsetType

from server.domain.methods import Result
from server.domain.methods.base import listed, number
from server.domain.options import FURTHER_DISCUSSION
from server.domain.rounds import Round

_MOST = 3
"""Of one kind; more would hide what stands out."""


class Insight(Struct, frozen=True, kw_only=True):
    """One thing that stands out."""

    kind: str
    """`tie` `margin` `split` `no_opinion` `outlier`."""
    text: str
    option: str | None = None
    names: list[str] | UnsetType = UNSET
    """Only in rounds with open names."""


def insights(current: Round, people: Mapping[str, str]) -> list[Insight]:
    """Return what stands out, the weightiest first.

    `people` maps seats to the names that the board shows; voters are named in rounds with open
    names only. All else is read from the result, which everybody may see by now.
    """
    result = current.result()
    if not result.winners:
        return []
    return [
        _lead(current, result),
        *_splits(current, result),
        *_unknown(current, result),
        *_asked_first(current, people),
    ]


def _lead(current: Round, result: Result) -> Insight:
    names, first = current.names, result.order[0]
    if len(first) > 1:
        tied = listed([names[option] for option in first])
        broken = f" The tie-break gives it to {names[result.winners[0]]}."
        settled = "" if result.winners == first else broken
        return Insight(kind="tie", text=f"The ballots do not part {tied}.{settled}")
    winner = first[0]
    if result.pairwise is None:
        text = _ahead(current, result, winner)
    else:
        text = _head_to_head(current, result.pairwise, winner, result.order[1])
    return Insight(kind="margin", text=text, option=winner)


def _ahead(current: Round, result: Result, winner: str) -> str:
    """Say by how much a winner leads whose votes are added up."""
    margin = int(result.totals[winner] - result.totals[result.order[1][0]])
    dots = current.method == "dots"
    lead = number(margin, "dot", "dots") if dots else number(margin, "ballot", "ballots")
    others = listed([current.names[option] for option in result.order[1]])
    alone = " One ballot decides it." if margin == 1 and not dots else ""
    return f"{current.names[winner]} is {lead} ahead of {others}.{alone}"


def _head_to_head(
    current: Round, pairwise: Mapping[str, Mapping[str, int]], winner: str, second: list[str]
) -> str:
    rival = min(second, key=lambda other: pairwise[winner][other] - pairwise[other][winner])
    here, there = pairwise[winner][rival], pairwise[rival][winner]
    name, other = current.names[winner], current.names[rival]
    if here <= there:
        return f"{name} wins, though head to head {other} is not behind: {there:,} to {here:,}."
    margin = number(here - there, "ballot", "ballots")
    alone = " One ballot decides it." if here - there == 1 else ""
    return f"{name} is {margin} ahead of {other} head to head, {here:,} to {there:,}.{alone}"


def _splits(current: Round, result: Result) -> list[Insight]:
    split = sorted((a, option) for option, a in (result.agreement or {}).items() if a < 0)
    return [
        Insight(
            kind="split",
            text=f"The room is split on {current.names[option]}: high with some, low with others, "
            f"little between (agreement \N{MINUS SIGN}{-a:.2f} of \N{MINUS SIGN}1).",
            option=option,
        )
        for a, option in split[:_MOST]
    ]


def _unknown(current: Round, result: Result) -> list[Insight]:
    unknown = sorted(
        (-count, option)
        for option, count in (result.no_opinion or {}).items()
        if count * 2 >= current.voters and option != FURTHER_DISCUSSION
    )
    return [
        Insight(
            kind="no_opinion",
            text=_without_opinion(current.names[option], -count, current.voters),
            option=option,
        )
        for count, option in unknown[:_MOST]
    ]


def _without_opinion(name: str, count: int, voters: int) -> str:
    if count == voters:
        return f"Nobody has an opinion on {name}."
    without = number(count, "ballot has", "ballots have")
    return f"{without} no opinion on {name}, of {voters:,} in all. Hear those who know it."


def _asked_first(current: Round, people: Mapping[str, str]) -> list[Insight]:
    names = [people[voter] for voter in current.outliers() if voter in people]
    if not names:
        return []
    sees = "sees" if len(names) == 1 else "see"
    text = f"{listed(names)} {sees} it most unlike the others. Ask there first."
    return [Insight(kind="outlier", text=text, names=names)]
