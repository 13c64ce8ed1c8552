"""How comments are judged and done: the part of `CONDUCT` on the talk."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import structs

from server.domain import actions as act
from server.domain.changes import Change, Deed
from server.domain.comments import MAX_EMOJI, Comment
from server.domain.refusals import Code, Refused

if TYPE_CHECKING:
    from server.domain.board import Board


def comment(board: "Board", at: int, by: str, action: act.Comment) -> Deed:
    known = board.comments.get(action.comment)
    if known is not None:
        if known.author != by:
            raise Refused(
                Code.NOT_ALLOWED,
                "Another comment has this id. Only its author can change a comment.",
            )
        # Of a deleted one nothing is left to compare: `Board.check` refuses it beforehand.
        if not known.deleted and not known.is_said_by(action):
            raise Refused(
                Code.NOT_ALLOWED,
                "You have another comment with this id, and it stays as it is. "
                "Send this one with an id of its own.",
            )
        return lambda: said_again(board, by, action)
    board.require_talk()
    board.require_option(action.option)

    def deed() -> Change:
        said = Comment(
            id=action.comment,
            seq=board.seq,
            option=action.option,
            made=board.seq,
            at=at,
            kind=action.kind,
            text=action.text,
            author=by,
            name=board.names.get(by),
            parent=action.parent,
            entries=[board.seq],
        )
        board.comments.add(said)
        return Change(comments=(action.comment,))

    return deed


def said_again(board: "Board", by: str, action: act.AnyAction) -> Change:
    """Take note that the log holds the text of a comment once more: it goes with the comment."""
    if not isinstance(action, act.Comment | act.EditComment):
        return Change()
    known = board.comments.get(action.comment)
    if known is None or known.author != by:
        return Change()
    if known.deleted:
        return Change(erased=(board.seq,))
    known.entries.append(board.seq)
    return Change()


def note_refused(board: "Board", action: act.AnyAction) -> None:
    """Take note of an entry that was refused because its comment was there.

    It is erased with the comment: whoever reads the log then would find it right.
    """
    if isinstance(action, act.Comment | act.DeleteComment):
        known = board.comments.get(action.comment)
        if known is not None and not known.deleted:
            known.entries.append(board.seq)


def edit_comment(board: "Board", at: int, by: str, action: act.EditComment) -> Deed:
    found = board.require_comment(action.comment)
    found.require_author(by)
    board.require_talk()

    def deed() -> Change:
        board.comments.edit(found, action.text)
        found.edited_at = at
        found.entries.append(board.seq)
        return _touch(board, found)

    return deed


def delete_comment(board: "Board", at: int, by: str, action: act.DeleteComment) -> Deed:
    # Where the log is read again, the comment's own entry is gone: this one stands for it.
    found = board.comments.get(action.comment)
    if found is not None:
        found = board.require_comment(action.comment)
        found.require_author(by)

    def deed() -> Change:
        gone = found
        if gone is None:
            gone = Comment(action.comment, board.seq, action.option, board.seq, author=by)
            board.comments.add(gone)
        erased, gone.entries = tuple(gone.entries), []
        board.comments.erase(gone, board.seq)
        return structs.replace(_touch(board, gone), erased=erased)

    return deed


def react(board: "Board", at: int, by: str, action: act.React) -> Deed:
    found = board.require_comment(action.comment)
    board.require_talk()
    if action.on and action.emoji not in found.reactions and len(found.reactions) >= MAX_EMOJI:
        raise Refused(Code.TOO_MANY, f"A comment has at most {MAX_EMOJI} different reactions.")

    def deed() -> Change:
        found.react(by, action.emoji, on=action.on)
        return _touch(board, found)

    return deed


def hide_comment(board: "Board", at: int, by: str, action: act.HideComment) -> Deed:
    found = board.require_comment(action.comment)

    def deed() -> Change:
        board.comments.hide(found, on=action.on)
        return _touch(board, found)

    return deed


def pin_comment(board: "Board", at: int, by: str, action: act.PinComment) -> Deed:
    found = board.require_comment(action.comment)

    def deed() -> Change:
        board.comments.pin(found, on=action.on)
        return _touch(board, found)

    return deed


def _touch(board: "Board", found: Comment) -> Change:
    board.comments.touch(found, board.seq)
    return Change(comments=(found.id,))


DISCUSSION: dict[type[act.Action], Callable[["Board", int, str, Any], Deed]] = {
    act.Comment: comment,
    act.EditComment: edit_comment,
    act.DeleteComment: delete_comment,
    act.React: react,
    act.HideComment: hide_comment,
    act.PinComment: pin_comment,
}
