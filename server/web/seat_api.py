"""Seats by invitation for programs: claim one by its link, move it, or look it up."""

from msgspec import UNSET, Struct, UnsetType

from server.domain.refusals import Code
from server.live.messages import View, You
from server.web.handler import Access, Handler
from server.web.operations import operation
from server.web.parameters import Body
from server.web.seats import Moving, offer, take, wanted_seat


class ClaimDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for the seat of an invitation."""

    invite: str
    """The value of `invite=` in its link."""
    leave: str | None = None
    """The seat that is given up for it, as in `you.seat`."""


class MoveDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for a seat that is being moved."""

    move: str
    """The code."""
    leave: str | None = None


class Seated(Struct, frozen=True, kw_only=True):
    """`you` as on the live connection, and the position from which it holds."""

    you: You
    seq: int | UnsetType = UNSET


class Seat(Handler):
    """The seat of a program, or of a browser."""

    access = Access.BY_SEAT

    @operation()
    async def get(self, typed: str) -> Seated:
        """Get the client's own seat."""
        room = await self.room(typed)
        return Seated(you=room.you(self.actor(room, View.BALLOT)))

    @operation(
        status=201,
        refuses=(Code.NOT_ALLOWED, Code.TAKEN, Code.TOO_MANY, "no_such_invitation", "seated"),
    )
    async def post(self, typed: str, body: Body[MoveDraft | ClaimDraft]) -> Seated:
        """Claim a seat by invitation, or one that is being moved. The answer's cookie holds it."""
        room = await self.room(typed)
        asked = body.read()
        if isinstance(asked, MoveDraft):
            wanted = await wanted_seat(self, room, None, asked.move)
        else:
            wanted = await wanted_seat(self, room, asked.invite, None)
        seq = await take(self, room, wanted, asked.leave)
        return Seated(you=room.you(self.actor(room, View.BALLOT)), seq=seq)


class SeatMove(Handler):
    """Moves a seat to another device."""

    access = Access.BY_SEAT

    @operation(status=201, refuses=(Code.NOT_ALLOWED, Code.TOO_MANY, "foreign_origin"))
    async def post(self, typed: str) -> Moving:
        """Create the code that moves this seat. It works once, for five minutes."""
        room = await self.room(typed)
        return await offer(self, room)


routes = [
    (r"/api/boards/([^/]+)/seat", Seat),
    (r"/api/boards/([^/]+)/seat/move", SeatMove),
]
