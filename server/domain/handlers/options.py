"""Handlers that add, edit and remove options."""

from collections.abc import Callable
from typing import Any

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.limits import MAX_OPTIONS
from server.domain.options import Option
from server.domain.refusals import Code, Refused
from server.domain.state import BoardState
from server.words.catalogue import words


def add_option(board: BoardState, at: int, by: str, action: act.AddOption) -> Effect:
    require_addable(board, action.option, "refusal-unrevealed-options")
    return lambda: set_options(board, (*board.options, action.option))


def edit_option(board: BoardState, at: int, by: str, action: act.EditOption) -> Effect:
    board.require_no_voting("refusal-unrevealed-options")
    board.require_option(action.option.id)
    _require_free(board, action.option, but=action.option.id)
    return lambda: set_options(
        board, tuple(action.option if o.id == action.option.id else o for o in board.options)
    )


def remove_option(board: BoardState, at: int, by: str, action: act.RemoveOption) -> Effect:
    board.require_no_voting("refusal-unrevealed-options")
    board.require_option(action.option)
    if len(board.options) == 1:
        raise Refused(Code.BAD_SETTINGS, words("refusal-last-option"))
    if board.decision and board.decision.option == action.option:
        raise Refused(Code.NOT_ALLOWED, words("refusal-option-decided"))
    for earlier in board.rounds:
        if action.option in earlier.names:
            raise Refused(
                Code.NOT_ALLOWED,
                words("refusal-option-voted-on", round=earlier.n),
            )

    def effect() -> Change:
        board.proposed_by.pop(action.option, None)
        board.gates = tuple(gate.without(action.option) for gate in board.gates)
        return set_options(board, tuple(o for o in board.options if o.id != action.option))

    return effect


def require_addable(board: BoardState, option: Option, refusal: str) -> None:
    """Raise Refused, with the words `refusal` during a round, if it cannot be added now."""
    board.require_no_voting(refusal)
    if len(board.options) >= MAX_OPTIONS:
        raise Refused(Code.TOO_MANY, words("refusal-options-full", max=MAX_OPTIONS))
    _require_free(board, option)


def _require_free(board: BoardState, option: Option, but: str | None = None) -> None:
    for other in board.options:
        if other.id != but and (
            other.id == option.id or other.name.casefold() == option.name.casefold()
        ):
            raise Refused(Code.BAD_SETTINGS, words("refusal-option-exists", name=repr(other.name)))


def set_options(board: BoardState, options: tuple[Option, ...]) -> Change:
    board.options = options
    return Change(board=True)


OPTION_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.AddOption: add_option,
    act.EditOption: edit_option,
    act.RemoveOption: remove_option,
}
