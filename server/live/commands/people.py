"""Requests about the people on a board, and its hosts."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.refusals import Code, Refused
from server.live.commands.request import HostRequest, Request
from server.live.commands.texts import person_name
from server.words.catalogue import words


class Rename(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rename"):
    for_observers: ClassVar[bool] = True

    name: limits.AnyPersonName | None

    def action(self, board: Board) -> act.Rename:
        name = person_name(self.name)
        if name is None and (self.name or "").strip():
            raise Refused(Code.NOT_UNDERSTOOD, words("refusal-text-empty", what="name"))
        return act.Rename(name=name)


class Observe(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="observe"):
    for_observers: ClassVar[bool] = True

    on: bool

    def action(self, board: Board) -> act.Observe:
        return act.Observe(on=self.on)


class Admit(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="admit"):
    who: Annotated[tuple[limits.ClientId, ...], Meta(min_length=1, max_length=200)] | UnsetType = (
        UNSET
    )
    """Ids of those to admit; omitted: everyone who waits."""

    def action(self, board: Board) -> act.Admit:
        # The room fills in who they are, because it knows who is present.
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
