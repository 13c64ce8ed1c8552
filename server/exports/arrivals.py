"""How the votes of a revealed round came in over time.

It shows what a replay of the round may tell (`server/domain/timeline.py`): of a secret round, only
groups of ballots, at times that are rounded up.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import UNSET

from server.brand import STACKVOTE, Brand
from server.domain.refusals import Code, Refused
from server.domain.replay import Replay, ReplayedRound
from server.domain.timeline import Mark
from server.exports.svg import CHART_WIDTH, LINE, SOFT, Chart, Style, filled, text_line
from server.words.catalogue import words

_SMALL = Style(15, fill=SOFT)
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, CHART_WIDTH - 4, 14, 190
_HEIGHT = 226
_MOST_ROWS = 12
"""More times are not told in the table."""


class _Reached(NamedTuple):
    """How many had voted at a time, in milliseconds after the opening."""

    after: int
    voters: int


def arrivals(replay: Replay, n: int, brand: Brand = STACKVOTE) -> Chart:
    """Return the picture of round `n`. Raises Refused `no_such_round` if it is not revealed."""
    current = next((each for each in replay.rounds if each.n == n), None)
    reached = list(_reached(replay, n))
    if current is None or not reached:
        raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-round", round=n))
    most, end = reached[-1].voters, max(1, reached[-1].after)
    path = f"M{_LEFT} {_BOTTOM}"
    for after, voters in reached:
        x = _LEFT + (_RIGHT - _LEFT) * after / end
        path += f"H{x:.1f}V{_BOTTOM - (_BOTTOM - _TOP) * voters / max(1, most):.1f}"
    shapes = [
        *(
            f'<rect x="{_LEFT}" y="{y}" width="{_RIGHT - _LEFT}" height="1" {filled(LINE)}/>'
            for y in (_TOP, (_TOP + _BOTTOM) // 2, _BOTTOM)
        ),
        _area(f"{path}V{_BOTTOM}Z", brand.light),
        text_line(_LEFT - 8, _TOP + 5, str(most), _SMALL, end=True),
        text_line(_LEFT - 8, _BOTTOM + 5, "0", _SMALL, end=True),
        text_line(_LEFT, _BOTTOM + 24, _time(0), _SMALL),
        text_line(_RIGHT, _BOTTOM + 24, _time(end), _SMALL, end=True),
    ]
    return Chart(
        title=words("picture-arrivals"),
        told=" ".join(_told(reached, current, replay.group)),
        heads=[words("picture-arrivals-after"), words("record-column-voters")],
        rows=[[_time(after), str(voters)] for after, voters in _few(reached)],
        height=_HEIGHT,
        shapes=shapes,
    )


def _area(path: str, accent: str) -> str:
    return (
        f'<path d="{path}" {filled(accent)} fill-opacity="0.3" stroke="{accent}" stroke-width="2"/>'
    )


def _reached(replay: Replay, n: int) -> Iterator[_Reached]:
    """Yield what is told of the round: what an omitted number of voters was before, it still is."""
    current, opened = 0, 0
    for moment in replay.moments:
        if moment.round is not UNSET:
            current, opened = moment.round, moment.at
        if current != n:
            continue
        if moment.voters is not UNSET:
            yield _Reached(moment.at - opened, moment.voters)
        if moment.mark is Mark.REVEALED:
            return


def _told(reached: list[_Reached], current: ReplayedRound, group: int) -> Iterator[str]:
    most = reached[-1].voters
    yield words("picture-arrivals-told", voters=most, end=_time(reached[-1].after))
    half = next(each for each in reached if 2 * each.voters >= most)
    if half.after < reached[-1].after and half.voters:
        yield words("picture-arrivals-half", voters=half.voters, time=_time(half.after))
    if current.stepwise:
        yield words("picture-arrivals-groups", n=group)


def _few(reached: list[_Reached]) -> list[_Reached]:
    """Return what is told in the table: the first, the last, and some between them."""
    if len(reached) <= _MOST_ROWS:
        return reached
    last = len(reached) - 1
    return [reached[round(n * last / (_MOST_ROWS - 1))] for n in range(_MOST_ROWS)]


def _time(ms: int) -> str:
    seconds = round(ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"
