"""Handlers for comments."""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.comments import MAX_EMOJI, Comment
from server.domain.refusals import Code, Refused
from server.domain.state import BoardState
from server.words.catalogue import words


def comment(board: BoardState, at: int, by: str, action: act.Comment) -> Effect:
    known = board.comments.find(action.comment)
    if known is not None:
        if known.author != by:
            raise Refused(
                Code.NOT_ALLOWED,
                words("refusal-comment-id-taken"),
            )
        # Nothing of a deleted comment is left to compare; `Board.check` refuses it beforehand.
        if not known.deleted and not known.matches(action):
            raise Refused(
                Code.NOT_ALLOWED,
                words("refusal-comment-id-yours"),
            )
        return lambda: repeated_comment(board, by, action)
    board.require_talk()
    board.require_option(action.option)

    def effect() -> Change:
        posted = Comment(
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
        posted.sealed = board.sealing
        if posted.sealed:
            board.comments.seal(posted)
            return Change(sealed=True, sealer=by)
        board.comments.add(posted)
        return Change(comments=(action.comment,))

    return effect


def repeated_comment(board: BoardState, by: str, action: act.AnyAction) -> Change:
    """Note that the log holds the text of a comment again, to erase it with the comment."""
    if not isinstance(action, act.Comment | act.EditComment | act.SetArgument):
        return Change()
    known = board.comments.find(action.comment)
    is_own = isinstance(action, act.SetArgument) or (known is not None and known.author == by)
    if known is None or not is_own:
        return Change()
    if known.deleted:
        return Change(erased=(board.seq,))
    known.entries.append(board.seq)
    return Change()


def note_refused(board: BoardState, action: act.AnyAction) -> None:
    """Note an entry that was refused because its comment exists.

    It is erased along with the comment; otherwise a later reader of the log would accept it.
    """
    if isinstance(action, act.SetArgument) and not action.text:
        return
    if isinstance(action, act.Comment | act.DeleteComment | act.SetArgument):
        known = board.comments.find(action.comment)
        if known is not None and not known.deleted:
            known.entries.append(board.seq)


def edit_comment(board: BoardState, at: int, by: str, action: act.EditComment) -> Effect:
    found = board.require_own_comment(action.comment, by)
    board.require_talk()
    is_sealed = action.comment in board.comments.sealed
    if board.seals_talk and not is_sealed:
        # Everyone would read what is written now.
        raise Refused(Code.ROUND_OPEN, words("refusal-sealed-edit"))

    def effect() -> Change:
        board.comments.edit(found, action.text)
        found.edited_at = at
        found.entries.append(board.seq)
        return Change(sealed=True, sealer=by) if is_sealed else _touch(board, found)

    return effect


def delete_comment(board: BoardState, at: int, by: str, action: act.DeleteComment) -> Effect:
    # When the log is replayed, the comment's own entry is gone; this entry takes its place.
    found = board.comments.find(action.comment)
    is_sealed = 0 < action.sealed == board.sealing
    if found is not None:
        found = board.require_own_comment(action.comment, by)
        if is_sealed != (action.comment in board.comments.sealed):
            # A later reader, who no longer finds the text, knows only what the action says.
            raise Refused(Code.NO_SUCH_COMMENT, words("refusal-no-comment"))

    def effect() -> Change:
        deleted = found or Comment(action.comment, board.seq, action.option, board.seq, author=by)
        erased, deleted.entries = tuple(deleted.entries), []
        if is_sealed:
            board.comments.erase_sealed(deleted, board.seq)
            return Change(sealed=True, sealer=by, erased=erased)
        if found is None:
            board.comments.add(deleted)
        board.comments.erase(deleted, board.seq)
        return structs.replace(_touch(board, deleted), erased=erased)

    return effect


def react(board: BoardState, at: int, by: str, action: act.React) -> Effect:
    found = board.require_comment(action.comment)
    board.require_talk()
    if action.on and action.emoji not in found.reactions and len(found.reactions) >= MAX_EMOJI:
        raise Refused(Code.TOO_MANY, words("refusal-reactions-full", max=MAX_EMOJI))

    def effect() -> Change:
        found.react(by, action.emoji, on=action.on)
        return _touch(board, found)

    return effect


def hide_comment(board: BoardState, at: int, by: str, action: act.HideComment) -> Effect:
    found = board.require_comment(action.comment)

    def effect() -> Change:
        board.comments.hide(found, on=action.on)
        return _touch(board, found)

    return effect


def pin_comment(board: BoardState, at: int, by: str, action: act.PinComment) -> Effect:
    found = board.require_comment(action.comment)

    def effect() -> Change:
        board.comments.pin(found, on=action.on)
        return _touch(board, found)

    return effect


def set_argument(board: BoardState, at: int, by: str, action: act.SetArgument) -> Effect:
    found = board.require_comment(action.comment)
    if found.hidden and action.side is not None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-argument-hidden"))

    def effect() -> Change:
        found.choose(action, board.seq)
        return _touch(board, found)

    return effect


def _touch(board: BoardState, found: Comment) -> Change:
    board.comments.touch(found, board.seq)
    return Change(comments=(found.id,))


COMMENT_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.Comment: comment,
    act.EditComment: edit_comment,
    act.DeleteComment: delete_comment,
    act.React: react,
    act.HideComment: hide_comment,
    act.PinComment: pin_comment,
    act.SetArgument: set_argument,
}
