"""Requests about a whole board, and the questions of a meeting."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.meeting import MAX_QUESTIONS
from server.domain.refusals import Code, Refused
from server.domain.rules import BoardSettingsChange
from server.live.commands.request import HostRequest
from server.live.commands.texts import tidied
from server.words.catalogue import words


class SetBoard(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_board"):
    title: limits.Title | UnsetType = UNSET
    context: limits.Context | UnsetType = UNSET
    settings: BoardSettingsChange | UnsetType = UNSET

    def action(self, board: Board) -> act.SetBoard:
        return act.SetBoard(
            title=UNSET if self.title is UNSET else tidied("title", self.title),
            context=UNSET
            if self.context is UNSET
            else tidied("context", self.context, lines=True, empty=True),
            settings=self.settings,
        )


class Archive(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="archive"):
    on: bool

    def action(self, board: Board) -> act.Archive:
        return act.Archive(on=self.on)


class DeleteBoard(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="delete_board"
):
    """Not an action: with the board, its log is gone. The room carries it out."""

    code: limits.ClientId
    """The board's code, so that nothing else is deleted by mistake."""

    def require_code(self, board: Board) -> None:
        """Raise Refused `not_understood` for the code of another board."""
        if self.code != board.code:
            raise Refused(Code.NOT_UNDERSTOOD, words("refusal-delete-code", code=board.code))


BoardCode = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,16}\Z")]
"""The code of a board, as the server writes it."""


class MoveQuestion(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="move_question"
):
    question: BoardCode
    place: Annotated[int, Meta(ge=1, le=MAX_QUESTIONS)]

    def action(self, board: Board) -> act.MoveQuestion:
        return act.MoveQuestion(question=self.question, place=self.place)


class RemoveQuestion(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="remove_question"
):
    question: BoardCode

    def action(self, board: Board) -> act.RemoveQuestion:
        return act.RemoveQuestion(question=self.question)


class GoToQuestion(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="go_to_question"
):
    question: BoardCode | None
    """None ends the meeting."""
    leaving: BoardCode | None
    """Where this host sees the meeting; None: at its end."""

    def action(self, board: Board) -> act.GoToQuestion:
        return act.GoToQuestion(question=self.question, leaving=self.leaving)
