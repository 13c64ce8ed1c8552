"""Seats by invitation: how a browser takes, moves and loses one.

The log alone decides which browser holds a seat (`domain/invitations.py`). What it cannot know,
because seats are pseudonyms, is looked up here: the seat of an invitation, the voter ids of that
seat, and whether a link was used at a time when everyone who opened it shared its seat.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import ClassVar

from msgspec import structs

from server.domain import actions as act
from server.domain.board import Board
from server.domain.handlers.roles import TAKEN
from server.domain.limits import ALPHABET
from server.domain.refusals import Refused
from server.domain.rounds import State
from server.live.commands.request import Request
from server.security.pseudonyms import Pseudonyms

OFFER_LENGTH = 10
"""Characters of the code that moves a seat: 49 bits, valid for five minutes."""
_TYPED = 40


class BrowserRequest(Request, frozen=True, kw_only=True):
    for_browser: ClassVar[bool] = True


class ClaimInvite(BrowserRequest, frozen=True, kw_only=True, tag="claim_invite"):
    invite: str
    renewal: int

    def action(self, board: Board) -> act.ClaimInvite:  # noqa: ARG002 - as all requests
        return act.ClaimInvite(invite=self.invite, renewal=self.renewal)


class OfferSeat(BrowserRequest, frozen=True, kw_only=True, tag="offer_seat"):
    offer: str

    def action(self, board: Board) -> act.OfferSeat:  # noqa: ARG002 - as all requests
        return act.OfferSeat(offer=self.offer)


class MoveSeat(BrowserRequest, frozen=True, kw_only=True, tag="move_seat"):
    offer: str

    def action(self, board: Board) -> act.MoveSeat:  # noqa: ARG002 - as all requests
        return act.MoveSeat(offer=self.offer)


def new_code() -> str:
    """Generate a code that moves a seat."""
    return "".join(secrets.choice(ALPHABET) for _ in range(OFFER_LENGTH))


def show_move(code: str) -> str:
    """Format such a code for people to read: `K7QF2-M9ABC`."""
    return f"{code[:5]}-{code[5:]}"


def read_move(typed: str) -> str | None:
    """Parse such a code as people type it; None if it is not one."""
    if len(typed) > _TYPED:
        return None
    code = re.sub(r"[\s-]", "", typed).upper()
    return code if re.fullmatch(f"[{ALPHABET}]{{{OFFER_LENGTH}}}", code) else None


def completed(board: Board, pseudonyms: Pseudonyms, action: act.AnyAction) -> act.AnyAction:
    """Add what only this side of the log knows. Raises Refused for a link that was shared."""
    if isinstance(action, act.RenewInvite):
        current = board.round
        if current is None or current.state is State.REVEALED:
            return action
        seats = seats_of(board, pseudonyms, action.invite)
        voters = tuple(pseudonyms.voter(seat, board.code, current) for seat in seats)
        return structs.replace(action, round=current.n, voters=voters)
    if isinstance(action, act.ClaimInvite) and shared_links(board, pseudonyms, [action.invite]):
        raise Refused(TAKEN)
    return action


def seats_of(board: Board, pseudonyms: Pseudonyms, invite: str) -> Iterator[str]:
    """Iterate over all seats that an invitation has had, including its current one."""
    if board.invitations.is_legacy(invite):
        yield pseudonyms.shared(invite, board.code)
    for renewal in range(board.invitations.renewals.get(invite, 0) + 1):
        yield pseudonyms.invited(invite, renewal, board.code)


def barred_seats(board: Board, pseudonyms: Pseudonyms) -> Iterator[str]:
    """Iterate over the seats of revoked invitations."""
    for invite in board.invitations.revoked:
        yield from seats_of(board, pseudonyms, invite)


def barred_in_meeting(lead: Board, pseudonyms: Pseudonyms, code: str) -> Iterator[str]:
    """Iterate over the seats on a question of a meeting that an invitation no longer has, because
    it was revoked or renewed on the board that leads the meeting.
    """
    for invite in lead.invitations.revoked | lead.invitations.renewals.keys():
        seats = list(seats_of(lead, pseudonyms, invite))
        for seat in seats if invite in lead.invitations.revoked else seats[:-1]:
            yield pseudonyms.in_meeting(seat, code)


def earlier_seats(lead: Board, pseudonyms: Pseudonyms, invite: str, code: str) -> Iterator[str]:
    """Iterate over the seats on a question of a meeting that an invitation had before its current
    one.
    """
    for seat in list(seats_of(lead, pseudonyms, invite))[:-1]:
        yield pseudonyms.in_meeting(seat, code)


def shared_links(board: Board, pseudonyms: Pseudonyms, invites: Iterable[str]) -> set[str]:
    """Return those invitations whose seat was used while everyone who opened the link shared it.

    Nothing proves which of them used it: even the host could read the link. So such a link counts
    as taken, and what was done in that seat is shown to no browser.
    """
    invitations = board.invitations
    old = [
        invite
        for invite in invites
        if invitations.is_legacy(invite)
        and invite not in invitations.renewals
        and invite not in invitations.holders
    ]
    acted = _acted(board) if old else set()
    return {invite for invite in old if _is_used(board, pseudonyms, invite, acted)}


def _is_used(board: Board, pseudonyms: Pseudonyms, invite: str, acted: set[str]) -> bool:
    seat = pseudonyms.shared(invite, board.code)
    return seat in acted or any(
        pseudonyms.voter(seat, board.code, each) in each.ballots for each in board.rounds
    )


def _acted(board: Board) -> set[str]:
    """Return the seats that have a name, observe, or have commented or reacted."""
    comments = [*board.comments.values(), *board.comments.sealed.values()]
    return {*board.names, *board.observing, *(comment.author for comment in comments)}.union(
        *(seats for comment in comments for seats in comment.reactions.values())
    )
