"""Handlers for the criteria of a board: set by a host, or weighted by the room."""

from collections.abc import Callable
from typing import Any

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.criteria import Criterion, weighted_by
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.state import BoardState
from server.words.catalogue import words


def set_criteria(board: BoardState, at: int, by: str, action: act.SetCriteria) -> Effect:
    board.require_no_voting("refusal-unrevealed-criteria")
    return lambda: _set(board, action.criteria, None)


def take_weights(board: BoardState, at: int, by: str, action: act.TakeWeights) -> Effect:
    board.require_no_voting("refusal-unrevealed-criteria")
    if not 1 <= action.round <= len(board.rounds):
        raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-round", round=action.round))
    current = board.rounds[action.round - 1]
    if not current.is_about_criteria or current.state is not State.REVEALED:
        raise Refused(Code.NOT_ALLOWED, words("refusal-not-about-criteria", round=current.n))
    criteria = weighted_by(current.result().totals, current.names)
    if not criteria:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-dots", round=current.n))
    return lambda: _set(board, criteria, current.n)


def _set(board: BoardState, criteria: tuple[Criterion, ...], weights_from: int | None) -> Change:
    board.criteria = criteria
    board.weights_from = weights_from
    return Change(board=True)


CRITERIA_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.SetCriteria: set_criteria,
    act.TakeWeights: take_weights,
}
