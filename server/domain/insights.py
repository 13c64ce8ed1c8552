"""What stands out in a revealed round, in words: where to start the discussion.

What each sentence means under each method is in `docs/methods.md`.
"""

from collections.abc import Mapping

from msgspec import UNSET, Struct, UnsetType

from server.domain.methods import Result
from server.domain.options import FURTHER_DISCUSSION
from server.domain.rounds import Round
from server.words.catalogue import listed, words

SPLIT = -0.3
"""The agreement up to which the room is split. `static/js/board/measure.js` has the same."""
_MOST = 3
"""The most insights of one kind; more would bury what stands out."""


class Insight(Struct, frozen=True, kw_only=True):
    """One thing that stands out."""

    kind: str
    """One of `tie`, `margin`, `split`, `no_opinion`, `outlier`."""
    text: str
    option: str | None = None
    names: list[str] | UnsetType = UNSET
    """Only in rounds with open names."""


def insights(current: Round, people: Mapping[str, str]) -> list[Insight]:
    """Return what stands out, the most important first.

    `people` maps seats to the names that the board shows; voters are named only in rounds with open
    names. Everything else is derived from the result, which everyone may see by now.
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
        if result.winners == first:
            return Insight(kind="tie", text=words("insight-tie", names=tied))
        winner = names[result.winners[0]]
        return Insight(kind="tie", text=words("insight-tie-broken", names=tied, winner=winner))
    winner = first[0]
    text = current.lead(winner)
    if current.one_ballot_decides():
        text = words("insight-one-ballot", margin=text)
    return Insight(kind="margin", text=text, option=winner)


def _splits(current: Round, result: Result) -> list[Insight]:
    split = sorted((a, option) for option, a in (result.agreement or {}).items() if a <= SPLIT)
    return [
        Insight(
            kind="split",
            text=words("insight-split", name=current.names[option], split=float(f"{-a:.2f}")),
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
        return words("insight-no-opinions", name=name)
    return words("insight-no-opinion", name=name, count=count, voters=voters)


def _asked_first(current: Round, people: Mapping[str, str]) -> list[Insight]:
    names = [people[voter] for voter in current.outliers() if voter in people]
    if not names:
        return []
    text = words("insight-outliers", names=listed(names))
    return [Insight(kind="outlier", text=text, names=names)]
