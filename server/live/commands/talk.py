"""Requests about comments."""

from typing import ClassVar

from server.domain import actions as act
from server.domain import limits, text
from server.domain.board import Board
from server.live.commands.request import HostRequest, Request
from server.live.commands.texts import tidied


class Comment(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="comment"):
    option: limits.Slug
    kind: act.Kind
    text: limits.CommentText
    parent: limits.ClientId | None = None
    comment: limits.ClientId

    def action(self, board: Board) -> act.Comment:
        return act.Comment(
            comment=self.comment,
            option=self.option,
            kind=self.kind,
            text=tidied("comment", self.text, lines=True),
            parent=self.parent,
        )


class EditComment(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="edit_comment"
):
    comment: limits.ClientId
    text: limits.CommentText

    def action(self, board: Board) -> act.EditComment:
        return act.EditComment(comment=self.comment, text=tidied("comment", self.text, lines=True))


class DeleteComment(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="delete_comment"
):
    for_observers: ClassVar[bool] = True

    comment: limits.ClientId

    def action(self, board: Board) -> act.DeleteComment:
        found = board.require_any_comment(self.comment)
        return act.DeleteComment(
            comment=self.comment,
            option=found.option,
            said=found.idempotency_key,
            sealed=board.sealing if self.comment in board.comments.sealed else 0,
        )


class React(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="react"):
    comment: limits.ClientId
    emoji: limits.Emoji
    on: bool

    def action(self, board: Board) -> act.React:
        emoji = tidied("reaction", self.emoji)
        return act.React(comment=self.comment, emoji=emoji, on=self.on)


class HideComment(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hide_comment"
):
    comment: limits.ClientId
    on: bool

    def action(self, board: Board) -> act.HideComment:
        return act.HideComment(comment=self.comment, on=self.on)


class PinComment(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="pin_comment"
):
    comment: limits.ClientId
    on: bool

    def action(self, board: Board) -> act.PinComment:
        return act.PinComment(comment=self.comment, on=self.on)


class SetArgument(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_argument"
):
    comment: limits.ClientId
    side: act.Side | None
    text: limits.ArgumentText = ""

    def action(self, board: Board) -> act.SetArgument:
        said = board.require_comment(self.comment).text
        wording = tidied("argument", self.text, lines=True, empty=True)
        is_worded = self.side is not None and text.visible(wording) and wording != said
        return act.SetArgument(
            comment=self.comment, side=self.side, text=wording if is_worded else ""
        )
