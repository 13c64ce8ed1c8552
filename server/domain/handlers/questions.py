"""Handlers for a meeting of several questions, in the log of the board that leads it, and for the
board that becomes one of its questions.
"""

from collections.abc import Callable
from typing import Any

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.meeting import MAX_QUESTIONS, Meeting, added
from server.domain.refusals import Code, Refused
from server.domain.state import BoardState
from server.words.catalogue import words


def join_meeting(board: BoardState, at: int, by: str, action: act.JoinMeeting) -> Effect:
    if board.meeting is not None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-leads"))
    if action.lead == board.code:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-itself"))
    if action.leaving != board.lead:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-elsewhere"))
    # People may have another seat from then on, and could vote again.
    board.require_no_voting("refusal-unrevealed-question")

    def effect() -> Change:
        board.lead = action.lead
        return Change(roles=True)

    return effect


def add_question(board: BoardState, at: int, by: str, action: act.AddQuestion) -> Effect:
    if board.lead:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-nested"))
    if action.question == board.code:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-itself"))
    known = board.meeting.questions if board.meeting else (board.code,)
    if action.question in known:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-known"))
    if len(known) >= MAX_QUESTIONS:
        raise Refused(Code.TOO_MANY, words("refusal-questions-full", max=MAX_QUESTIONS))

    def effect() -> Change:
        board.meeting = added(board.meeting, board.code, action.question)
        return Change(meeting=True)

    return effect


def move_question(board: BoardState, at: int, by: str, action: act.MoveQuestion) -> Effect:
    meeting = _meeting(board)
    meeting.require(action.question)

    def effect() -> Change:
        board.meeting = meeting.moved(action.question, action.place)
        return Change(meeting=True)

    return effect


def remove_question(board: BoardState, at: int, by: str, action: act.RemoveQuestion) -> Effect:
    meeting = _meeting(board)
    meeting.require(action.question)
    if action.question == board.code:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-lead"))
    if action.question == meeting.current:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-current"))

    def effect() -> Change:
        board.meeting = meeting.without(action.question)
        return Change(meeting=True)

    return effect


def go_to_question(board: BoardState, at: int, by: str, action: act.GoToQuestion) -> Effect:
    meeting = _meeting(board)
    if action.question is not None:
        meeting.require(action.question)
    # Two hosts who press *next* at once would otherwise pass over a question.
    if action.leaving != meeting.at:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-moved"))
    if action.question == meeting.at:
        raise Refused(Code.NOT_ALLOWED, words("refusal-question-here"))

    def effect() -> Change:
        board.meeting = meeting.gone_to(action.question)
        return Change(meeting=True)

    return effect


def _meeting(board: BoardState) -> Meeting:
    if board.meeting is None:
        raise Refused(Code.NO_SUCH_QUESTION, words("refusal-no-meeting"))
    return board.meeting


QUESTION_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.JoinMeeting: join_meeting,
    act.AddQuestion: add_question,
    act.MoveQuestion: move_question,
    act.RemoveQuestion: remove_question,
    act.GoToQuestion: go_to_question,
}
