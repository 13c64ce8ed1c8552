"""Seats by invitation for programs: take one by its link, move it, ask who one is."""

from msgspec import UNSET, Struct, UnsetType

from server.domain.refusals import Code
from server.live.messages import View, You
from server.web.bodies import Body
from server.web.handler import Access, Handler
from server.web.operations import operation
from server.web.seats import Moving, offer, take, wanted_seat


class ClaimDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for the seat of an invitation."""

    invite: str
    """What stands behind `invite=` in its link."""
    leave: str | None = None
    """The seat that is left for it, as in `you.seat`."""


class MoveDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for a seat that moves."""

    move: str
    """The code."""
    leave: str | None = None


class Seated(Struct, frozen=True, kw_only=True):
    """`you` as the live connection tells it, and what it takes to know it."""

    you: You
    seq: int | UnsetType = UNSET


class Seat(Handler):
    """The seat of a program, or of a browser."""

    access = Access.BY_SEAT

    @operation()
    async def get(self, typed: str) -> Seated:
        """Tell who asks."""
        room = await self.room(typed)
        return Seated(you=room.you(self.actor(room, View.BALLOT)))

    @operation(
        status=201,
        refuses=(Code.NOT_ALLOWED, Code.TAKEN, Code.TOO_MANY, "no_such_invitation", "seated"),
    )
    async def post(self, typed: str, body: Body[MoveDraft | ClaimDraft]) -> Seated:
        """Take the seat of an invitation, or one that moves. The cookie of the answer holds it."""
        room = await self.room(typed)
        asked = body.read()
        if isinstance(asked, MoveDraft):
            wanted = await wanted_seat(self, room, None, asked.move)
        else:
            wanted = await wanted_seat(self, room, asked.invite, None)
        seq = await take(self, room, wanted, asked.leave)
        return Seated(you=room.you(self.actor(room, View.BALLOT)), seq=seq)


class SeatMove(Handler):
    """The way of a seat to another device."""

    access = Access.BY_SEAT

    @operation(status=201, refuses=(Code.NOT_ALLOWED, Code.TOO_MANY, "foreign_origin"))
    async def post(self, typed: str) -> Moving:
        """Make the code with which this seat moves. It works once, and for five minutes."""
        room = await self.room(typed)
        return await offer(self, room)


routes = [
    (r"/api/boards/([^/]+)/seat", Seat),
    (r"/api/boards/([^/]+)/seat/move", SeatMove),
]
