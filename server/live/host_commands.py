"""Requests of a host that are only available over HTTP, because their answers hold a key or links.

The log records only the hash of a host's key, and only the number of invitations.
"""

import secrets
from typing import Annotated

from msgspec import Meta, Struct

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.invitations import MAX_BATCH
from server.domain.names import look_the_same
from server.domain.refusals import Code, Refused
from server.live.commands.request import HostRequest
from server.live.commands.texts import host_name
from server.live.create_board import key_hash
from server.words.catalogue import words


class HostDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A request for another host."""

    name: limits.HostName


class InvitesDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A request for more invitations."""

    count: Annotated[int, Meta(ge=1, le=MAX_BATCH)]


class AddHost(HostRequest, frozen=True, kw_only=True, tag="add_host"):
    host: str
    name: str
    key: str

    @classmethod
    def of(cls, draft: HostDraft) -> "AddHost":
        """Generate a host with a new key. Raises Refused for an empty name."""
        id_ = secrets.token_hex(4)
        return cls(id=id_, host=id_, name=host_name(draft.name), key=secrets.token_urlsafe(24))

    def action(self, board: Board) -> act.AddHost:
        for host in board.hosts.values():
            if host.name and look_the_same(host.name, self.name):
                raise Refused(Code.BAD_SETTINGS, words("refusal-host-name-taken", name=host.name))
        return act.AddHost(host=self.host, name=self.name, key=key_hash(self.key))


class JoinMeeting(HostRequest, frozen=True, kw_only=True, tag="join_meeting"):
    """Only together with the `add_question` of the leading board; see `web/questions.py`."""

    lead: str
    leaving: str

    def action(self, board: Board) -> act.JoinMeeting:
        return act.JoinMeeting(lead=self.lead, leaving=self.leaving)


class AddQuestion(HostRequest, frozen=True, kw_only=True, tag="add_question"):
    question: str

    def action(self, board: Board) -> act.AddQuestion:
        return act.AddQuestion(question=self.question)


class MakeInvites(HostRequest, frozen=True, kw_only=True, tag="make_invites"):
    batch: str
    count: int

    @classmethod
    def of(cls, draft: InvitesDraft) -> "MakeInvites":
        """Generate a batch."""
        batch = secrets.token_hex(4)
        return cls(id=batch, batch=batch, count=draft.count)

    def action(self, board: Board) -> act.MakeInvites:
        return act.MakeInvites(batch=self.batch, count=self.count, by_claim=True)
