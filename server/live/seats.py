"""Seats by invitation: how a browser takes one, moves it and loses it.

Which browser holds a seat, the log alone decides (`domain/invitations.py`). What it cannot know,
because it holds no seat by its name, is looked up here: the seat of an invitation, the names under
which that seat votes, and whether a link was used when all who opened one shared its seat.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import ClassVar

from msgspec import structs

from server.domain import actions as act
from server.domain.board import Board
from server.domain.limits import ALPHABET
from server.domain.refusals import Refused
from server.domain.roles import TAKEN
from server.domain.rounds import State
from server.live.pseudonyms import Pseudonyms
from server.live.requests import Request

OFFER_LENGTH = 10
"""Characters of the code that moves a seat: 49 bits, good for five minutes."""
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
    """Make up the code with which a seat moves."""
    return "".join(secrets.choice(ALPHABET) for _ in range(OFFER_LENGTH))


def show_move(code: str) -> str:
    """Write such a code as people read it: `K7QF2-M9ABC`."""
    return f"{code[:5]}-{code[5:]}"


def read_move(typed: str) -> str | None:
    """Read such a code as people type it. None where it is none."""
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
    """Give all seats that an invitation has had, the one it has now included."""
    if board.invitations.is_legacy(invite):
        yield pseudonyms.shared(invite, board.code)
    for renewal in range(board.invitations.renewals.get(invite, 0) + 1):
        yield pseudonyms.invited(invite, renewal, board.code)


def shared_links(board: Board, pseudonyms: Pseudonyms, invites: Iterable[str]) -> set[str]:
    """Return those invitations whose seat was used when all who opened a link shared it.

    Nothing proves which of them it was: the host, who could read the link, is one of them. So
    such a link counts as taken, and what was done in that seat is shown to no browser.
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
    """Return the seats that have a name, only watch, or said something."""
    said = board.comments.values()
    return {*board.names, *board.observing, *(comment.author for comment in said)}.union(
        *(seats for comment in said for seats in comment.reactions.values())
    )
