"""The bars of a result, as pages have them before their script runs, and readers without one.

They say what `static/js/board/ranking.js` and `measure.js` say: what the script added to a bar
would move what is below it.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from server.domain.insights import SPLIT
from server.domain.methods import Result
from server.domain.options import FURTHER_DISCUSSION, OTHER_HUE
from server.domain.rounds import State
from server.live.messages import BoardView, RoundView
from server.words.catalogue import decimal, words


class Bar(NamedTuple):
    option: Any = SimpleNamespace(id="", name="", hue=None)
    """With `id`, `name` and `hue`."""
    place: int = 0
    rank: str = ""
    total: str = ""
    share: float = 0.0
    """From 0 to 1."""
    detail: str = ""
    """Next to the total."""
    note: str = ""
    """Next to the name, like `split`."""
    split: str = ""


BLANK = Bar()
"""What the script makes new bars of."""


def bars_of(
    board: BoardView, current: RoundView | None, result: Result | None, voters: int
) -> list[Bar]:
    """Return the bars of the result of a round, best first; none without a result.

    `voters` is how many ballots are in the result.
    """
    if current is None or result is None:
        return []
    options = _options(board, current)
    measure = _Measure(current, result, voters)
    winners, bars, place = result.winners, [], 1
    for group in ([each for each in group if each in options] for group in result.order):
        is_tied = len(group) > 1
        for id_ in group:
            total = result.totals.get(id_, 0)
            is_first = voters and (id_ in winners if winners else place == 1)
            split = voters > 1 and (result.agreement or {}).get(id_, 1) <= SPLIT
            bars.append(
                Bar(
                    option=options[id_],
                    place=place,
                    rank=f"{place}{'=' if is_tied else ''}" if voters else "\N{EN DASH}",
                    total=f"{total}" if isinstance(total, int) else decimal(total),
                    share=total / measure.most if measure.most else 0.0,
                    detail=measure.detail(id_, total) if voters else "",
                    note=_note(current, len(winners), is_tied=is_tied) if is_first else "",
                    split=words("result-split") if split else "",
                )
            )
        place += len(group)
    return bars


def _options(board: BoardView, current: RoundView) -> dict[str, Any]:
    """Return what a result names, by id: options, further discussion, or criteria."""
    names = {FURTHER_DISCUSSION: words("further-discussion")} | (current.names or {})
    others = {id_: SimpleNamespace(id=id_, name=name, hue=OTHER_HUE) for id_, name in names.items()}
    return {option.id: option for option in board.options} | others


def _note(current: RoundView, winners: int, *, is_tied: bool) -> str:
    if winners > 1 or (is_tied and not winners):
        return words("result-tied")
    return words("result-leads" if current.state is State.OPEN else "result-first")


class _Measure:
    """How the totals of a method are read: what a full bar is, and what stands next to a total."""

    def __init__(self, current: RoundView, result: Result, voters: int) -> None:
        settings = current.settings
        self._voters = voters
        self._no_opinion = result.no_opinion or {}
        others = max(0, len(current.options) - 1)
        known: dict[str, tuple[float, Callable[[str, float], str]]] = {
            "single": (voters, _percent_of(voters)),
            "approval": (voters, _percent_of(voters)),
            "dots": (
                voters * (settings.per_option or 0),
                _percent_of(voters * (settings.dots or 0)),
            ),
            "score": (voters * 5, self._mean),
            "ranked": (others, lambda _id, _total: words("result-of-most", most=others)),
            "matrix": (5, _nothing),
        }
        most = max(result.totals.values(), default=0)
        self.most, self.detail = known.get(current.method, (most, _nothing))

    def _mean(self, id_: str, total: float) -> str:
        scored = self._voters - self._no_opinion.get(id_, 0)
        return words("result-mean", mean=float(f"{total / scored:.1f}")) if scored else ""


def _percent_of(most: float) -> Callable[[str, float], str]:
    def percent(_id: str, total: float) -> str:
        return words("ranking-percent", percent=int(total / most * 100 + 0.5)) if most else ""

    return percent


def _nothing(_id: str, _total: float) -> str:
    return ""
