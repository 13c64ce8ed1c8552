"""Seats by invitation: a person takes one, moves it to another device, or learns that it is taken.

Opening a link takes no seat, be it by a chat program that looks at it first, or from a page of
another site. A seat is taken by a POST from a page of our own, which said what seat the browser
leaves for it.
"""

from typing import NamedTuple

from msgspec import Struct

from server.domain.board import Board
from server.domain.invitations import OFFER_MS
from server.domain.refusals import Code
from server.domain.roles import TAKEN
from server.live.admission import LOST, Actor
from server.live.messages import View
from server.live.pseudonyms import Link
from server.live.room import Room
from server.live.seats import (
    BrowserRequest,
    ClaimInvite,
    MoveSeat,
    OfferSeat,
    new_code,
    read_move,
    shared_links,
    show_move,
)
from server.web import identity
from server.web.handler import Access, Handler
from server.web.links import draw_qr, links_of, qr_picture
from server.web.problems import Problem

NO_SUCH_MOVE = (
    "This code is not good any more: it works once, and for five minutes. Make another one in the "
    "browser that holds the seat."
)


class Wanted(NamedTuple):
    """The seat that is asked for, and the form's field that says so."""

    invite: str
    field: str
    typed: str
    request: type[ClaimInvite | MoveSeat]
    link: Link | None = None
    offer: str = ""

    def message(self) -> BrowserRequest:
        """Return what is asked of the log, with an id of its own."""
        id_ = new_code()
        if self.link:
            return ClaimInvite(id=id_, invite=self.link.invite, renewal=self.link.renewal)
        return MoveSeat(id=id_, offer=self.offer)


def show_link(handler: Handler, room: Room, token: str) -> None:
    """Answer the link of an invitation: with the page that asks, or why it opens nothing."""
    wanted = by_link(handler, room, token)
    actor = handler.actor(room, View.BALLOT)
    if holds(actor, wanted.invite):
        # Out of the address bar.
        handler.redirect(f"/b/{room.code}", status=303)
        return
    try:
        require_free(room, actor, wanted)
    except Problem as problem:
        if problem.code != Code.TAKEN:
            raise
        show_taken(handler, room, wanted.invite)
    else:
        show_question(handler, room, actor, wanted)


def by_link(handler: Handler, room: Room, token: str) -> Wanted:
    """Read the token of a link. Raises Problem."""
    link = room.pseudonyms.link_of(token, room.code)
    if link is None:
        handler.require_rate(handler.site.guesses, "Too many links that do not fit. Wait a minute.")
        raise Problem(
            403,
            Code.NOT_ALLOWED,
            "This is no invitation to this board. Open the link whole, as you were given it.",
        )
    invitations = room.board.invitations
    if invitations.number(link.invite) is None:
        raise Problem(404, "no_such_invitation", "This board has no such invitation (any more).")
    if not invitations.admits(link.invite):
        raise Problem(
            403, Code.NOT_ALLOWED, "This invitation was taken back. Ask the host for another one."
        )
    if link.renewal != invitations.renewals.get(link.invite, 0):
        raise Problem(
            403,
            Code.NOT_ALLOWED,
            "This invitation was renewed, and its earlier links open nothing any more. Ask the "
            "host for the new one.",
        )
    return Wanted(link.invite, "invite", token, ClaimInvite, link=link)


def by_move(handler: Handler, room: Room, typed: str) -> Wanted:
    """Read the code with which a seat moves. Raises Problem."""
    offer = identity.offer_of(room, typed)
    browser = handler.actor(room).badge.browser or ""
    invitations = room.board.invitations
    invite = invitations.offered(offer, handler.site.hub.store.now())
    place = invitations.place_of(browser)
    if invite is None and place and invitations.has_accepted(browser, offer):
        invite = place.invite
    if invite is None:
        handler.require_rate(handler.site.guesses, "Too many codes that do not fit. Wait a minute.")
        raise Problem(403, Code.NOT_ALLOWED, NO_SUCH_MOVE)
    return Wanted(invite, "move", read_move(typed) or "", MoveSeat, offer=offer)


def holds(actor: Actor, invite: str) -> bool:
    """Whether a browser sits in the seat of an invitation."""
    return actor.place is not None and not actor.place.lost and actor.place.invite == invite


def require_free(room: Room, actor: Actor, wanted: Wanted) -> None:
    """Raise Problem where another browser has the seat already."""
    board = room.board
    if wanted.request is MoveSeat:
        return
    holder = board.invitations.holders.get(wanted.invite, actor.badge.browser)
    shared = shared_links(board, room.pseudonyms, [wanted.invite])
    if holder != actor.badge.browser or shared:
        raise Problem.of(TAKEN)


async def take(handler: Handler, room: Room, wanted: Wanted, leave: str | None) -> int:
    """Seat a browser; return the position. Raises Problem: `taken`, `seated` and others."""
    leaves = handler.actor(room, View.BALLOT)
    require_rate(handler, room, leaves)
    handler.ensure_browser(for_longer=True)
    actor = handler.actor(room, View.BALLOT)
    require_free(room, actor, wanted)
    # A browser that comes for the first time leaves nothing.
    if leaves.seat and not holds(leaves, wanted.invite) and leave != leaves.seat:
        raise Problem(409, "seated", f"{_where(room.board, leaves)} Say that you leave it first.")
    seq = await handler.done(room, actor, wanted.message())
    identity.set_position(handler, room.code, seq)
    return seq


def require_rate(handler: Handler, room: Room, actor: Actor) -> None:
    """Raise Problem where a browser asks too often.

    One that comes for the first time is not counted: it takes one seat, or learns that it cannot.
    """
    browser = actor.badge.browser
    if browser and not handler.site.messages.allows((room.code, browser)):
        raise Problem(429, "too_fast", "Too many messages; wait a moment.")


def _where(board: Board, actor: Actor) -> str:
    if actor.place:
        number = board.invitations.number(actor.place.invite)
        return f"This browser takes part in this board already, with invitation {number}."
    return "This browser takes part in this board already, without an invitation."


def show_question(
    handler: Handler, room: Room, actor: Actor, wanted: Wanted, status: int = 200
) -> None:
    """Ask whether the person takes the seat, and say which one is left for it."""
    leaves = actor.seat if actor.seat and not holds(actor, wanted.invite) else None
    handler.set_status(status)
    handler.render(
        "take_seat.html",
        board=room.board,
        wanted=wanted,
        number=room.board.invitations.number(wanted.invite),
        leaves=leaves,
        where=_where(room.board, actor),
        name=room.board.names.get(leaves) if leaves else None,
        returns=bool(actor.place),
    )


def show_taken(handler: Handler, room: Room, invite: str) -> None:
    handler.problem = Code.TAKEN
    handler.set_status(409)
    handler.render(
        "seat_taken.html",
        board=room.board,
        number=room.board.invitations.number(invite),
        shared=invite not in room.board.invitations.holders,
    )


class SeatPage(Handler):
    """The seat of this browser: where it is, and how it moves."""

    access = Access.BY_SEAT
    is_page = True

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        code = self.get_query_argument("move", None)
        if code is None:
            self._show_seat(room)
            return
        wanted = by_move(self, room, code)
        actor = self.actor(room, View.BALLOT)
        if holds(actor, wanted.invite):
            self._show_seat(room)
        else:
            show_question(self, room, actor, wanted)

    async def post(self, typed: str) -> None:
        """Take a seat: by the link of an invitation, or by the code that moves it."""
        room = await self.room(typed)
        wanted = await self._wanted(room)
        try:
            await take(self, room, wanted, self.get_body_argument("leave", None))
        except Problem as problem:
            if problem.code == Code.TAKEN:
                show_taken(self, room, wanted.invite)
            elif problem.code == "seated":
                self.problem = problem.code
                actor = self.actor(room, View.BALLOT)
                show_question(self, room, actor, wanted, problem.status_code)
            else:
                raise
        else:
            self.redirect(f"/b/{room.code}", status=303)

    async def _wanted(self, room: Room) -> Wanted:
        token = self.get_body_argument("invite", None)
        return await wanted_seat(self, room, token, self.get_body_argument("move", None))

    def _show_seat(self, room: Room) -> None:
        actor = self.actor(room, View.BALLOT)
        place = actor.place
        self.render(
            "seat.html",
            board=room.board,
            number=room.board.invitations.number(place.invite) if place else None,
            lost=LOST[place.lost] if place and place.lost else None,
        )


class MovePage(Handler):
    """The code with which the seat of this browser moves to another device."""

    access = Access.BY_SEAT
    is_page = True

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        self.redirect(f"/b/{room.code}/seat")

    async def post(self, typed: str) -> None:
        room = await self.room(typed)
        moving = await offer(self, room)
        self.render(
            "seat_moves.html",
            board=room.board,
            moving=moving,
            shown=show_move(moving.move),
            qr=draw_qr(moving.link),
        )


class Moving(Struct, frozen=True, kw_only=True):
    move: str
    """The code."""
    link: str
    qr: str
    """The link as a picture: a `data:` address of SVG."""
    until: int
    """Milliseconds since 1970 by the store's clock."""


async def offer(handler: Handler, room: Room) -> Moving:
    """Make the code with which the seat of this browser moves. Raises Problem."""
    actor = handler.actor(room, View.BALLOT)
    require_rate(handler, room, actor)
    if actor.badge.browser is None:
        raise Problem(403, Code.NOT_ALLOWED, "This browser holds no seat by invitation.")
    code = new_code()
    request = OfferSeat(id=new_code(), offer=room.pseudonyms.offer(code, room.code))
    await handler.done(room, actor, request)
    link = f"{links_of(handler.site.base, room.code).ballot}/seat?move={code}"
    until = handler.site.hub.store.now() + OFFER_MS
    return Moving(move=code, link=link, qr=qr_picture(link), until=until)


async def wanted_seat(handler: Handler, room: Room, token: str | None, move: str | None) -> Wanted:
    """Read what was sent, with what another process may have made a moment ago. Raises Problem."""
    if identity.is_news(room, token, move):
        await handler.catch_up(room)
    return by_move(handler, room, move or "") if token is None else by_link(handler, room, token)


routes = [
    (r"/b/([^/]+)/seat", SeatPage),
    (r"/b/([^/]+)/seat/move", MovePage),
]
