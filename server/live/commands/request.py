"""The shape of what a client may request."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
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
    """A request of a client; its `id` identifies the answer."""

    for_host: ClassVar[bool] = False
    """Only a host may make this request; all others require a seat."""
    for_observers: ClassVar[bool] = False
    """May also be made by those who chose to only watch."""
    for_voters: ClassVar[bool] = False
    """Only someone who may vote on this board may make it."""
    for_browser: ClassVar[bool] = False
    """Made on behalf of the browser, which need not have a seat."""

    id: limits.ClientId

    def action(self, board: Board) -> act.AnyAction:
        """Return the action to log. Raises Refused."""
        raise NotImplementedError


class HostRequest(Request, frozen=True, kw_only=True, forbid_unknown_fields=True):
    for_host: ClassVar[bool] = True
