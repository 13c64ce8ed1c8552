"""Invitations: links that are a seat each, as a list and as a sheet to print."""

import asyncio
import re
from types import SimpleNamespace

from msgspec import UNSET, Struct, UnsetType

from server.live.hosting import InvitesDraft, MakeInvites
from server.live.messages import View
from server.live.room import Room
from server.web.bodies import Body
from server.web.handler import Access, Handler
from server.web.operations import operation
from server.web.pages import BoardPage, draw_qr

SHEET = 100
"""Cards on one page."""


def link_of(handler: Handler, room: Room, invite: str) -> str:
    """Return the link of an invitation. It is derived each time, and kept nowhere."""
    token = handler.site.hub.pseudonyms.token(invite, room.code)
    return f"{handler.site.base}/b/{room.code}?invite={token}"


class InviteView(Struct, frozen=True, kw_only=True):
    n: int
    id: str
    link: str
    revoked: bool | UnsetType = UNSET
    """Left out where they were just made."""


class SomeInvites(Struct, frozen=True):
    invites: list[InviteView]


class Invites(Handler):
    """Make invitations, or list all of them again."""

    access = Access.HOST

    @operation()
    async def get(self, typed: str) -> SomeInvites:
        """List all invitations again."""
        room = await self.room(typed)
        self.require_host(room)
        revoked = room.board.invitations.revoked
        return SomeInvites(
            [self._shown(room, n, id_, id_ in revoked) for n, id_ in room.board.invitations]
        )

    @operation(status=201)
    async def post(self, typed: str, body: Body[InvitesDraft]) -> SomeInvites:
        """Make invitations."""
        room = await self.room(typed)
        actor = self.require_host(room)
        self.require_rate(self.site.founders, "Too many invitations at once. Wait a minute.")
        request = MakeInvites.of(body.read())
        await self.done(room, actor, request)
        made = room.board.invitations.of(request.batch)
        return SomeInvites([self._shown(room, n, id_) for n, id_ in made])

    def _shown(self, room: Room, n: int, id_: str, revoked: bool | UnsetType = UNSET) -> InviteView:
        return InviteView(n=n, id=id_, link=link_of(self, room, id_), revoked=revoked)


class InvitesPage(BoardPage):
    """The sheet to print: a card an invitation, `SHEET` of them a page."""

    access = Access.HOST
    view = View.HOST
    ending = "/invites"

    async def show(self, room: Room, **more: object) -> None:
        invitations = room.board.invitations
        valid = [(n, id_) for n, id_ in invitations if invitations.admits(id_)]
        pages = max(1, -(-len(valid) // SHEET))
        asked = self.get_query_argument("page", "1")
        page = min(pages, max(1, int(asked))) if re.fullmatch("[0-9]{1,9}", asked) else 1
        cards = []
        for n, id_ in valid[SHEET * (page - 1) :][:SHEET]:
            link = link_of(self, room, id_)
            cards.append(SimpleNamespace(n=n, link=link, qr=draw_qr(link)))
            # A code takes milliseconds to draw: votes go in between.
            await asyncio.sleep(0)
        self.render(
            "invites.html",
            board=room.board,
            cards=cards,
            count=len(valid),
            page=page,
            pages=pages,
            **more,
        )


routes = [
    (r"/api/boards/([^/]+)/invites", Invites),
    (r"/b/([^/]+)/invites", InvitesPage),
]
