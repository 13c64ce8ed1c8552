"""Handlers for gates: what an option must have, and whether it does."""

from collections.abc import Callable
from typing import Any

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.gates import Gate, GateAnswer, Standing, with_answers
from server.domain.refusals import Code, Refused
from server.domain.state import BoardState
from server.words.catalogue import words


def set_gates(board: BoardState, at: int, by: str, action: act.SetGates) -> Effect:
    board.require_no_voting("refusal-unrevealed-gates")
    return lambda: _set(board, with_answers(action.gates, board.gates))


def answer_gate(board: BoardState, at: int, by: str, action: act.AnswerGate) -> Effect:
    # The options of a round are frozen, and so is what leaves one out of it.
    board.require_no_voting("refusal-unrevealed-gates")
    if all(gate.id != action.gate for gate in board.gates):
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-gate", gate=repr(action.gate[:40])))
    option = board.require_option(action.option)
    is_decided = board.decision is not None and board.decision.option == option.id
    if is_decided and action.answer is Standing.FAIL:
        raise Refused(Code.NOT_ALLOWED, words("refusal-gate-decided", option=option.name))
    answer = GateAnswer(option=action.option, answer=action.answer, evidence=action.evidence)
    return lambda: _set(
        board,
        tuple(gate.answered(answer) if gate.id == action.gate else gate for gate in board.gates),
    )


def _set(board: BoardState, gates: tuple[Gate, ...]) -> Change:
    board.gates = gates
    return Change(board=True)


GATE_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.SetGates: set_gates,
    act.AnswerGate: answer_gate,
}
