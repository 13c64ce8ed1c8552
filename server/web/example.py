"""The example on the home page: a meeting of twelve, counted as every meeting is."""

from functools import cache
from types import SimpleNamespace

from server.domain import actions as act
from server.domain.board import Board
from server.domain.options import HUES, Option
from server.domain.rules import RoundSettings
from server.live.views import Audience, parts_of
from server.words.catalogue import words

STARTED = 1_790_000_000_000
_APPROVED = ("02", "2", "012", "23", "02", "12", "2", "013", "02", "2", "12", "03")
"""The places of the options that each voter approves."""


@cache
def example() -> SimpleNamespace:
    """Return its `board`, `round` and `tally`, as the pages of a board show them.

    The options are the lines of a sentence, which is also the example of a list.
    """
    options = tuple(
        Option(id=f"{n}", name=name, hue=HUES[n])
        for n, name in enumerate(words("home-options-example").splitlines())
    )
    board = Board()
    title = words("home-title-example")
    enter(board, act.Create(code="EXAMPLE", title=title, host="0" * 64, options=options))
    enter(board, act.OpenRound(method="approval", settings=RoundSettings()))
    for n, approved in enumerate(_APPROVED):
        enter(board, act.Vote(round=1, ballot={"approve": list(approved)}), f"s{n}")
    enter(board, act.LockRound(round=1))
    enter(board, act.RevealRound(round=1, at_once=True))
    return SimpleNamespace(**parts_of(board, Audience(host=False, result=True)))


def enter(board: Board, action: act.Action, by: str = "host") -> None:
    """Apply an action to a board that is in no store."""
    at = board.seq + 1
    entry = act.Entry(rules=act.RULES, by=by, action=action)  # type: ignore[arg-type]
    board.apply(at, STARTED + 1000 * at, entry)
