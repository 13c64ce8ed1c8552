"""Seats by invitation: a person takes one, moves it to another device, or learns that it is taken.

Opening a link does not take a seat, whether a chat program does it for a preview or a page of
another site leads to it. A seat is taken by a POST from a page of our own, which has shown what
seat the browser gives up for it.
"""

from typing import NamedTuple

from msgspec import Struct

from server.domain.board import Board
from server.domain.handlers.roles import TAKEN
from server.domain.invitations import OFFER_MS
from server.domain.refusals import Code
from server.live.authorization import LOST, Actor
from server.live.messages import View
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
from server.security.pseudonyms import Link
from server.web import identity
from server.web.cookies import has_form_sent_again
from server.web.errors import Problem
from server.web.handler import Access, Handler
from server.web.links import draw_qr, links_of, qr_picture
from server.words.catalogue import words

NO_SUCH_MOVE = words("refusal-move-expired")


class Wanted(NamedTuple):
    """The seat that is requested, and the form's field that requests it."""

    invite: str
    field: str
    typed: str
    request: type[ClaimInvite | MoveSeat]
    link: Link | None = None
    offer: str = ""

    def message(self) -> BrowserRequest:
        """Return the request for the log, with a new id."""
        id_ = new_code()
        if self.link:
            return ClaimInvite(id=id_, invite=self.link.invite, renewal=self.link.renewal)
        return MoveSeat(id=id_, offer=self.offer)


def show_link(handler: Handler, room: Room, token: str) -> None:
    """Answer an invitation link: with the page that asks, or with why the link does not work."""
    wanted = by_link(handler, room, token)
    actor = handler.actor(room, View.BALLOT)
    if holds(actor, wanted.invite):
        # To remove it from the address bar.
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
        handler.require_rate(handler.site.guess_limit, words("refusal-links-rate"))
        raise Problem(
            403,
            Code.NOT_ALLOWED,
            words("refusal-not-invitation"),
        )
    invitations = room.board.invitations
    if invitations.number(link.invite) is None:
        raise Problem(404, "no_such_invitation", words("refusal-invitation-gone"))
    if not invitations.admits(link.invite):
        raise Problem(403, Code.NOT_ALLOWED, words("refusal-invitation-revoked"))
    if link.renewal != invitations.renewals.get(link.invite, 0):
        raise Problem(
            403,
            Code.NOT_ALLOWED,
            words("refusal-link-renewed"),
        )
    return Wanted(link.invite, "invite", token, ClaimInvite, link=link)


def by_move(handler: Handler, room: Room, typed: str) -> Wanted:
    """Read a code that moves a seat. Raises Problem."""
    offer = identity.offer_of(room, typed)
    browser = handler.actor(room).credentials.browser or ""
    invitations = room.board.invitations
    invite = invitations.offered(offer, room.now())
    held = invitations.invited_seat_of(browser)
    if invite is None and held and invitations.has_accepted(browser, offer):
        invite = held.invite
    if invite is None:
        handler.require_rate(handler.site.guess_limit, words("refusal-move-rate"))
        raise Problem(403, Code.NOT_ALLOWED, NO_SUCH_MOVE)
    return Wanted(invite, "move", read_move(typed) or "", MoveSeat, offer=offer)


def holds(actor: Actor, invite: str) -> bool:
    """Whether a browser holds the seat of an invitation."""
    held = actor.invited_seat
    return held is not None and not held.lost and held.invite == invite


def require_free(room: Room, actor: Actor, wanted: Wanted) -> None:
    """Raise Problem if another browser already has the seat."""
    board = room.board
    if wanted.request is MoveSeat:
        return
    holder = board.invitations.holders.get(wanted.invite, actor.credentials.browser)
    shared = shared_links(board, room.pseudonyms, [wanted.invite])
    if holder != actor.credentials.browser or shared:
        raise Problem.of(TAKEN)


async def take(handler: Handler, room: Room, wanted: Wanted, leave: str | None) -> int:
    """Seat a browser; return the position. Raises Problem: `taken`, `seated` and others."""
    leaves = handler.actor(room, View.BALLOT)
    require_rate(handler, room, leaves)
    handler.ensure_browser(for_longer=True)
    actor = handler.actor(room, View.BALLOT)
    require_free(room, actor, wanted)
    # A browser that is new here gives up nothing.
    if leaves.seat and not holds(leaves, wanted.invite) and leave != leaves.seat:
        raise Problem(409, "seated", words("refusal-seated", where=_where(room.board, leaves)))
    seq = await handler.done(room, actor, wanted.message())
    identity.set_position(handler, room.code, seq)
    return seq


def require_rate(handler: Handler, room: Room, actor: Actor) -> None:
    """Raise Problem if a browser sends too many requests.

    A new browser is not counted: it takes one seat, or learns that it cannot.
    """
    browser = actor.credentials.browser
    if browser and not handler.site.messages.allows((room.code, browser)):
        raise Problem(429, "too_fast", words("refusal-messages-rate"))


def _where(board: Board, actor: Actor) -> str:
    if actor.invited_seat:
        number = board.invitations.number(actor.invited_seat.invite)
        return words("seat-leave-invitation", n=number or 0)
    return words("seat-leave-open")


def show_question(
    handler: Handler, room: Room, actor: Actor, wanted: Wanted, status: int = 200
) -> None:
    """Ask whether the person takes the seat, and say which one is given up for it."""
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
        returns=bool(actor.invited_seat),
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
    """The seat of this browser: where it is, and how to move it."""

    access = Access.BY_SEAT
    is_page = True

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        code = identity.shown_in_link(self, "move")
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
        """Take a seat, by an invitation link or by a code that moves it."""
        if has_form_sent_again(self):
            return
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
        held = actor.invited_seat
        self.render(
            "seat.html",
            board=room.board,
            number=room.board.invitations.number(held.invite) if held else None,
            lost=LOST[held.lost] if held and held.lost else None,
        )


class MovePage(Handler):
    """The code that moves the seat of this browser to another device."""

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
    """The link as a QR code: an SVG image as a `data:` URL."""
    until: int
    """Milliseconds since 1970 by the store's clock."""


async def offer(handler: Handler, room: Room) -> Moving:
    """Create the code that moves the seat of this browser. Raises Problem."""
    actor = handler.actor(room, View.BALLOT)
    require_rate(handler, room, actor)
    if actor.credentials.browser is None:
        raise Problem(403, Code.NOT_ALLOWED, words("refusal-not-seated"))
    code = new_code()
    request = OfferSeat(id=new_code(), offer=room.pseudonyms.offer(code, room.code))
    await handler.done(room, actor, request)
    link = f"{links_of(handler.base, room.code).ballot}/seat?move={code}"
    until = room.now() + OFFER_MS
    return Moving(move=code, link=link, qr=qr_picture(link), until=until)


async def wanted_seat(handler: Handler, room: Room, token: str | None, move: str | None) -> Wanted:
    """Read the requested seat, which another process may just have created. Raises Problem."""
    if identity.is_unknown_credential(room, token, move):
        await handler.catch_up(room)
    return by_move(handler, room, move or "") if token is None else by_link(handler, room, token)


routes = [
    (r"/b/([^/]+)/seat", SeatPage),
    (r"/b/([^/]+)/seat/move", MovePage),
]
