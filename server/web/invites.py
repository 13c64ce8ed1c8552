"""Invitations: links that each grant a seat, as a list and as a sheet to print."""

import asyncio
import re
from types import SimpleNamespace

from msgspec import UNSET, Struct, UnsetType

from server.live.host_commands import InvitesDraft, MakeInvites
from server.live.messages import View
from server.live.room import Room
from server.live.seats import shared_links
from server.web import seat_api, seats
from server.web.handler import Access, Handler
from server.web.links import draw_qr
from server.web.operations import operation
from server.web.pages import BoardPage
from server.web.parameters import Body
from server.words.catalogue import words

SHEET = 100
"""Cards on one page."""


def link_of(handler: Handler, room: Room, invite: str) -> str:
    """Return the link of an invitation. It is derived each time, and never stored."""
    renewal = room.board.invitations.renewals.get(invite, 0)
    token = handler.site.hub.pseudonyms.token(invite, renewal, room.code)
    return f"{handler.join_base(room.board)}/b/{room.code}?invite={token}"


class InviteView(Struct, frozen=True, kw_only=True):
    n: int
    id: str
    link: str | UnsetType = UNSET
    """Only while the seat is free."""
    taken: bool | UnsetType = UNSET
    """Omitted if false."""
    taken_at: int | UnsetType = UNSET
    """When the browser that holds the seat took it; ms since 1970 by the store's clock."""
    here: bool | UnsetType = UNSET
    """Whether that browser has the ballot open now; only if the seat is taken."""
    revoked: bool | UnsetType = UNSET
    """Omitted for new invitations."""


class SomeInvites(Struct, frozen=True):
    invites: list[InviteView]


class Invites(Handler):
    """Create invitations, or list all of them."""

    access = Access.HOST

    @operation()
    async def get(self, typed: str) -> SomeInvites:
        """List all invitations: the links of free ones, and which seats are taken."""
        room = await self.room(typed)
        self.require_host(room)
        invitations, here = room.board.invitations, room.here()
        taken = taken_links(room)
        return SomeInvites(
            [
                InviteView(
                    n=n,
                    id=id_,
                    link=link_of(self, room, id_) if is_free(room, taken, id_) else UNSET,
                    taken=True if id_ in taken else UNSET,
                    taken_at=invitations.taken_at.get(id_, UNSET),
                    here=room.seat_of(id_) in here if id_ in taken else UNSET,
                    revoked=id_ in invitations.revoked,
                )
                for n, id_ in invitations
            ]
        )

    @operation(status=201)
    async def post(self, typed: str, body: Body[InvitesDraft]) -> SomeInvites:
        """Create invitations."""
        room = await self.room(typed)
        actor = self.require_host(room)
        self.require_rate(self.site.creation_limit, words("refusal-invitations-rate"))
        request = MakeInvites.of(body.read())
        await self.done(room, actor, request)
        made = room.board.invitations.of(request.batch)
        return SomeInvites(
            [InviteView(n=n, id=id_, link=link_of(self, room, id_)) for n, id_ in made]
        )


def taken_links(room: Room) -> set[str]:
    """Return the invitations whose links no longer work, because the seat is taken."""
    invitations = room.board.invitations
    shared = shared_links(room.board, room.pseudonyms, (id_ for _, id_ in invitations))
    return {*invitations.holders, *shared}


def is_free(room: Room, taken: set[str], invite: str) -> bool:
    return invite not in taken and room.board.invitations.admits(invite)


class InvitesPage(BoardPage):
    """The sheet to print: a card for each invitation, `SHEET` cards per page."""

    access = Access.HOST
    view = View.HOST
    ending = "/invites"
    is_of_meeting = False

    async def show(self, room: Room, **more: object) -> None:
        invitations = room.board.invitations
        taken = taken_links(room)
        valid = [(n, id_) for n, id_ in invitations if is_free(room, taken, id_)]
        pages = max(1, -(-len(valid) // SHEET))
        asked = self.get_query_argument("page", "1")
        page = min(pages, max(1, int(asked))) if re.fullmatch("[0-9]{1,9}", asked) else 1
        cards = []
        for n, id_ in valid[SHEET * (page - 1) :][:SHEET]:
            link = link_of(self, room, id_)
            cards.append(SimpleNamespace(n=n, link=link, qr=draw_qr(link)))
            # A QR code takes milliseconds to draw; votes are handled in between.
            await asyncio.sleep(0)
        self.render(
            "invites.html",
            board=room.board,
            cards=cards,
            count=len(valid),
            made=invitations.count,
            page=page,
            pages=pages,
            **more,
        )


routes = [
    (r"/api/boards/([^/]+)/invites", Invites),
    (r"/b/([^/]+)/invites", InvitesPage),
    *seats.routes,
    *seat_api.routes,
]
