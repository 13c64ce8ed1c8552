"""The outcome of a meeting: what it must have, and until when its board is kept for it."""

import datetime as dt
import re

from server.domain import actions as act
from server.domain import text
from server.domain.board import Board
from server.domain.decision import Decision, Deferral
from server.domain.options import FURTHER_DISCUSSION
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

A_YEAR = dt.timedelta(days=366)
"""For how long a decision is kept after the day on which to look at it again."""


def read_day(typed: str) -> str:
    """Return a day as an ISO date. Raises Refused `not_understood` for what is none."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day := typed.strip()):
            return dt.date.fromisoformat(day).isoformat()
    except ValueError:
        pass
    raise Refused(Code.NOT_UNDERSTOOD, words("refusal-day", day=repr(typed[:40])))


def require_complete(board: Board, action: act.AnyAction, now: int) -> None:
    """Raise Refused for an outcome that lacks a reason, or that cannot be meant.

    That is a day in the past, or further discussion where it did not win. `now` is the store's time
    in ms. These rules apply only before an entry is logged, because logs of earlier versions hold
    other outcomes.
    """
    if not isinstance(action, act.Decide | act.Defer):
        return
    if not text.visible(action.because):
        raise Refused(Code.NOT_UNDERSTOOD, words("refusal-no-reason"))
    if action.revisit_on is not None and action.revisit_on <= _earliest_today(now):
        raise Refused(Code.NOT_UNDERSTOOD, words("refusal-day-past", day=action.revisit_on))
    if isinstance(action, act.Defer) or action.option != FURTHER_DISCUSSION:
        return
    if board.round and FURTHER_DISCUSSION not in board.round.result().winners:
        raise Refused(
            Code.NOT_ALLOWED, words("refusal-further-discussion-lost", round=board.round.n)
        )


def _earliest_today(now: int) -> str:
    """Return the date where on Earth it is earliest: what is tomorrow to someone lies ahead."""
    zone = dt.timezone(dt.timedelta(hours=-12))
    return dt.datetime.fromtimestamp(now / 1000, zone).date().isoformat()


def kept_until(outcome: Decision | Deferral | None) -> int:
    """Return before when a board with this outcome is not deleted, however long it is unused.

    In milliseconds since 1970; 0 if only its use counts. A date that cannot be read keeps the board
    for good.
    """
    if outcome is None or outcome.revisit_on is None:
        return 0
    try:
        day = dt.date.fromisoformat(outcome.revisit_on)
    except ValueError:
        day = dt.date.max
    # To the end of the day. Added as numbers, because no date is later than the last one.
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()
    return int(1000 * (midnight + (dt.timedelta(days=1) + A_YEAR).total_seconds()))


def due_at(keep: int) -> int:
    """Return when the day begins on which to look at a decision again (UTC), in ms since 1970.

    `keep` is what `kept_until` returned for it, and not 0.
    """
    return keep - 1000 * int((dt.timedelta(days=1) + A_YEAR).total_seconds())
