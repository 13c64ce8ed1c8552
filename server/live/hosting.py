"""What a host asks for over HTTP only, because the answer holds a key or links.

Of a host's key the log gets a hash, of invitations how many there are.
"""

import secrets
from typing import Annotated

from msgspec import Meta, Struct

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.invitations import MAX_BATCH
from server.live.founding import key_hash
from server.live.requests import HostRequest, host_name


class HostDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """Another host, as somebody asked for one."""

    name: limits.HostName


class InvitesDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """More invitations, as somebody asked for them."""

    count: Annotated[int, Meta(ge=1, le=MAX_BATCH)]


class AddHost(HostRequest, frozen=True, kw_only=True, tag="add_host"):
    host: str
    name: str
    key: str

    @classmethod
    def of(cls, draft: HostDraft) -> "AddHost":
        """Make up a host with a new key. Raises Refused for an empty name."""
        id_ = secrets.token_hex(4)
        return cls(id=id_, host=id_, name=host_name(draft.name), key=secrets.token_urlsafe(24))

    def action(self, board: Board) -> act.AddHost:
        return act.AddHost(host=self.host, name=self.name, key=key_hash(self.key))


class MakeInvites(HostRequest, frozen=True, kw_only=True, tag="make_invites"):
    batch: str
    count: int

    @classmethod
    def of(cls, draft: InvitesDraft) -> "MakeInvites":
        """Make up a batch."""
        batch = secrets.token_hex(4)
        return cls(id=batch, batch=batch, count=draft.count)

    def action(self, board: Board) -> act.MakeInvites:
        return act.MakeInvites(batch=self.batch, count=self.count, by_claim=True)
