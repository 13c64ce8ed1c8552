"""What a client may ask: a closed union of structs, and the action that each asks for."""

import datetime as dt
import random
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from server.domain import actions as act
from server.domain import limits, text
from server.domain.board import Board
from server.domain.criteria import MAX_CRITERIA, Criterion, CriterionDraft, CriterionError
from server.domain.criteria import complete as complete_criteria
from server.domain.options import (
    FURTHER_DISCUSSION,
    Option,
    OptionDraft,
    OptionError,
    complete,
)
from server.domain.refusals import Code, Refused
from server.domain.rules import (
    BoardSettingsChange,
    Names,
    RoundSettings,
    TieBreak,
    Visibility,
    given,
)
from server.live.messages import View

RoundNumber = Annotated[int, Meta(ge=1, le=1_000_000)]


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    epoch: Annotated[str, Meta(max_length=64)]
    seq: Annotated[int, Meta(ge=0)]


class Hello(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hello"):
    view: View
    name: limits.AnyPersonName | None = None
    since: Since | None = None


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Something that somebody wants done, named by `id` for the answer."""

    for_host: ClassVar[bool] = False
    """Only the host may ask for it; everything else takes a seat."""
    for_observers: ClassVar[bool] = False
    """Who has chosen to watch only may ask for it, too."""
    for_browser: ClassVar[bool] = False
    """Asked for in the name of the browser, which need not have a seat."""

    id: limits.ClientId

    def action(self, board: Board) -> act.AnyAction:
        """Return what is to be put into the log. Raises Refused."""
        raise NotImplementedError


class HostRequest(Request, frozen=True, kw_only=True, forbid_unknown_fields=True):
    for_host: ClassVar[bool] = True


class Vote(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="vote"):
    round: RoundNumber
    ballot: dict[str, Any]

    def action(self, board: Board) -> act.Vote:
        return act.Vote(round=self.round, ballot=self.ballot)


class Withdraw(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="withdraw"):
    for_observers: ClassVar[bool] = True

    round: RoundNumber

    def action(self, board: Board) -> act.Withdraw:
        return act.Withdraw(round=self.round)


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
            text=_text("The comment", self.text, lines=True),
            parent=self.parent,
        )


class EditComment(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="edit_comment"
):
    comment: limits.ClientId
    text: limits.CommentText

    def action(self, board: Board) -> act.EditComment:
        return act.EditComment(
            comment=self.comment, text=_text("The comment", self.text, lines=True)
        )


class DeleteComment(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="delete_comment"
):
    for_observers: ClassVar[bool] = True

    comment: limits.ClientId

    def action(self, board: Board) -> act.DeleteComment:
        found = board.require_comment(self.comment)
        return act.DeleteComment(comment=self.comment, option=found.option, said=found.once)


class React(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="react"):
    comment: limits.ClientId
    emoji: limits.Emoji
    on: bool

    def action(self, board: Board) -> act.React:
        emoji = _text("The reaction", self.emoji)
        return act.React(comment=self.comment, emoji=emoji, on=self.on)


class Rename(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rename"):
    for_observers: ClassVar[bool] = True

    name: limits.AnyPersonName | None

    def action(self, board: Board) -> act.Rename:
        return act.Rename(name=person_name(self.name))


class Observe(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="observe"):
    for_observers: ClassVar[bool] = True

    on: bool

    def action(self, board: Board) -> act.Observe:
        return act.Observe(on=self.on)


class RoundRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    visibility: Visibility = Visibility.ON_REVEAL
    names: Names = Names.SECRET
    seconds: int | None = None
    options: Annotated[tuple[limits.Slug, ...], Meta(max_length=limits.MAX_OPTIONS)] | None = None
    further_discussion: bool = False
    tie_break: TieBreak = TieBreak.NONE
    shuffle: bool = True
    dots: int | UnsetType = UNSET
    per_option: int | UnsetType = UNSET
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)] | UnsetType = (
        UNSET
    )


class OpenRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="open_round"
):
    method: Annotated[str, Meta(max_length=40)]
    settings: RoundRequest = RoundRequest()

    def action(self, board: Board) -> act.OpenRound:
        asked = self.settings
        return act.OpenRound(
            method=self.method,
            settings=RoundSettings(
                visibility=asked.visibility,
                names=asked.names,
                seconds=asked.seconds,
                further_discussion=asked.further_discussion,
                tie_break=asked.tie_break,
                shuffle=asked.shuffle,
                dots=asked.dots,
                per_option=asked.per_option,
                criteria=UNSET if asked.criteria is UNSET else completed_criteria(asked.criteria),
            ),
            options=asked.options,
            drawn=self._drawn(board) if asked.tie_break is TieBreak.LOT else (),
        )

    def _drawn(self, board: Board) -> tuple[str, ...]:
        """Draw the lot. It goes into the log, so every process breaks ties alike."""
        options = self.settings.options
        ids = [option.id for option in board.options] if options is None else list(options)
        if self.settings.further_discussion:
            ids.append(FURTHER_DISCUSSION)
        return tuple(random.SystemRandom().sample(ids, len(ids)))


class LockRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="lock_round"
):
    round: RoundNumber

    def action(self, board: Board) -> act.LockRound:
        return act.LockRound(round=self.round)


class RevealRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reveal_round"
):
    round: RoundNumber

    def action(self, board: Board) -> act.RevealRound:
        return act.RevealRound(round=self.round)


class ExtendRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="extend_round"
):
    round: RoundNumber
    seconds: Annotated[int, Meta(ge=1, le=86_400)]

    def action(self, board: Board) -> act.ExtendRound:
        return act.ExtendRound(round=self.round, seconds=self.seconds)


class PauseRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="pause_round"
):
    round: RoundNumber
    on: bool

    def action(self, board: Board) -> act.PauseRound:
        return act.PauseRound(round=self.round, on=self.on)


class AddOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="add_option"
):
    option: OptionDraft

    def action(self, board: Board) -> act.AddOption:
        return act.AddOption(option=_completed(self.option, board.options))


class OptionEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of an option is to change; what is left out stays as it is."""

    id: limits.Slug
    name: limits.OptionName | UnsetType = UNSET
    strapline: limits.Strapline | UnsetType = UNSET
    features: limits.Features | UnsetType = UNSET
    suited_to: limits.SuitedTo | UnsetType = UNSET
    link: limits.Link | UnsetType = UNSET
    tags: limits.Tags | UnsetType = UNSET
    hue: limits.Hue | UnsetType = UNSET


class EditOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="edit_option"
):
    option: OptionEdit

    def action(self, board: Board) -> act.EditOption:
        known = board.require_option(self.option.id)
        draft = OptionDraft(**msgspec.structs.asdict(known) | given(self.option))
        others = [option for option in board.options if option.id != known.id]
        return act.EditOption(option=_completed(draft, others))


class RemoveOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="remove_option"
):
    option: limits.Slug

    def action(self, board: Board) -> act.RemoveOption:
        return act.RemoveOption(option=self.option)


class SetBoard(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_board"):
    title: limits.Title | UnsetType = UNSET
    context: limits.Context | UnsetType = UNSET
    settings: BoardSettingsChange | UnsetType = UNSET

    def action(self, board: Board) -> act.SetBoard:
        return act.SetBoard(
            title=UNSET if self.title is UNSET else _text("The title", self.title),
            context=UNSET
            if self.context is UNSET
            else _text("The context", self.context, lines=True, empty=True),
            settings=self.settings,
        )


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


class Decide(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="decide"):
    option: limits.Slug
    because: limits.Because
    revisit_on: dt.date | None = None

    def action(self, board: Board) -> act.Decide:
        return act.Decide(
            option=self.option,
            because=_text("The reason", self.because, lines=True, empty=True),
            revisit_on=self.revisit_on.isoformat() if self.revisit_on else None,
        )


class Reopen(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reopen"):
    def action(self, board: Board) -> act.Reopen:
        return act.Reopen()


class Admit(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="admit"):
    who: Annotated[tuple[limits.ClientId, ...], Meta(min_length=1, max_length=200)] | UnsetType = (
        UNSET
    )
    """Ids of who waits; left out: all."""

    def action(self, board: Board) -> act.Admit:
        # Who they are the room knows, which has seen them come.
        return act.Admit(seats=() if self.who is UNSET else self.who)


class RemoveHost(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="remove_host"
):
    host: limits.ClientId

    def action(self, board: Board) -> act.RemoveHost:
        return act.RemoveHost(host=self.host)


class RenewInvite(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="renew_invite"
):
    invite: limits.ClientId

    def action(self, board: Board) -> act.RenewInvite:
        return act.RenewInvite(invite=self.invite)


class RevokeInvite(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="revoke_invite"
):
    invite: limits.ClientId

    def action(self, board: Board) -> act.RevokeInvite:
        return act.RevokeInvite(invite=self.invite)


AnyRequest = (
    Vote
    | Withdraw
    | Comment
    | EditComment
    | DeleteComment
    | React
    | Rename
    | Observe
    | OpenRound
    | LockRound
    | RevealRound
    | ExtendRound
    | PauseRound
    | AddOption
    | EditOption
    | RemoveOption
    | SetBoard
    | HideComment
    | PinComment
    | Decide
    | Reopen
    | Admit
    | RemoveHost
    | RenewInvite
    | RevokeInvite
)


def host_name(name: str) -> str:
    """Clean a host's name. Raise Refused `not_understood`."""
    return _text("The name", name)


def person_name(name: str | None) -> str | None:
    """Clean a name; None for none. Raise Refused `not_understood`."""
    return _text("The name", name or "", empty=True) or None


def _text(what: str, raw: str, *, lines: bool = False, empty: bool = False) -> str:
    try:
        clean = text.tidy(raw.replace("\t", "    "), lines=lines)
    except ValueError as error:
        raise Refused(Code.NOT_UNDERSTOOD, f"{what} {error}.") from error
    if not empty and not text.visible(clean):
        raise Refused(Code.NOT_UNDERSTOOD, f"{what} is empty.")
    return clean


def unfit(error: OptionError) -> Refused:
    """Say why an option cannot stand on a board."""
    code = Code.BAD_SETTINGS if error.code == "not_understood" else Code(error.code)
    return Refused(code, str(error))


def completed_criteria(drafts: tuple[CriterionDraft, ...]) -> tuple[Criterion, ...]:
    """Raise Refused `bad_settings` for criteria that cannot stand."""
    try:
        return complete_criteria(drafts)
    except CriterionError as error:
        raise Refused(Code.BAD_SETTINGS, str(error)) from error


def _completed(draft: OptionDraft, taken: tuple[Option, ...] | list[Option]) -> Option:
    try:
        (option,) = complete([draft], taken)
    except OptionError as error:
        raise unfit(error) from error
    return option
