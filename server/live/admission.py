"""Who may do what on a board: made of what a browser can show, and of the board as it is now.

What a browser shows is checked once, when it comes. What follows from it is asked again
whenever the board says that roles have changed; all processes apply the same log, so a host
who was removed is none in any of them.
"""

from typing import NamedTuple

from msgspec import UNSET

from server.domain.board import Board
from server.domain.invitations import Loss, Place
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.rules import Entrance
from server.live import requests
from server.live.messages import Role, View, You
from server.live.pseudonyms import Pseudonyms
from server.log.presence import AT_THE_DOOR


class Badge(NamedTuple):
    """What somebody can show; each part was found genuine."""

    browser: str | None = None
    """The seat that this browser has by itself."""
    host: str = ""
    """The id of the host whose key it holds."""


class Actor(NamedTuple):
    """Who asks: with which seat, and whether with the host's right."""

    seat: str | None
    """None for those who only watch."""
    is_host: bool
    observes: bool = False
    """Has a seat, and has chosen to watch only."""
    votes: bool = True
    """False where a host without an invitation is on a board that asks for one, and at the door."""
    waits: bool = False
    """Is at the door, until a host lets them in."""
    badge: Badge = Badge()
    place: Place | None = None
    """The seat by invitation that their browser holds, or held last."""
    view: View | None = None
    """The page they ask on."""

    @property
    def by(self) -> str:
        """The name they act under: a host who holds the key but no seat has the id."""
        return self.seat or self.badge.host

    @property
    def guest(self) -> str | None:
        """The seat as it is present on the board; None for those who only watch."""
        return f"{AT_THE_DOOR}{self.seat}" if self.seat and self.waits else self.seat


LOST = {
    Loss.MOVED: "You moved your seat to another device. This one only watches.",
    Loss.RENEWED: "The host renewed your invitation: its seat is no longer yours. Ask the host for "
    "the new link.",
    Loss.REVOKED: "Your invitation was taken back. Ask the host for another one.",
}

NOBODY = Actor(seat=None, is_host=False)


def admit(board: Board, pseudonyms: Pseudonyms, badge: Badge, view: View | None) -> Actor:
    """Say who somebody is on the board as it is now."""
    is_host = badge.host in board.hosts
    place = board.invitations.place_of(badge.browser) if badge.browser else None
    waits = False
    if place:
        votes = place.lost is None
        seat = pseudonyms.invited(place.invite, place.renewal, board.code) if votes else None
    else:
        waits = not is_host and not _is_in(board, pseudonyms, badge.browser)
        votes = board.settings.entry is not Entrance.INVITED and not waits
        seat = badge.browser if votes or waits else None
    if is_host and seat is None:
        # Without an invitation a host has no ballot, but may talk.
        seat = badge.browser
    if view is View.SCREEN:
        seat = None
    return Actor(
        seat=seat,
        is_host=is_host,
        observes=seat in board.observing,
        votes=votes,
        waits=waits and seat is not None,
        badge=badge,
        place=place,
        view=view,
    )


def _is_in(board: Board, pseudonyms: Pseudonyms, seat: str | None) -> bool:
    """Say whether a seat need not wait at the door. Whose ballot is in need not, in that round."""
    if board.settings.entry is not Entrance.ADMITTED or seat is None or seat in board.admitted:
        return True
    current = board.round
    return current is not None and pseudonyms.voter(seat, board.code, current) in current.ballots


def you(board: Board, actor: Actor) -> You:
    votes = actor.seat is not None and actor.votes and not actor.observes
    role = Role.VOTER if votes else Role.OBSERVER
    return You(
        seat=actor.seat,
        name=board.names.get(actor.seat) if actor.seat else None,
        role=Role.HOST if actor.is_host else role,
        votes=votes,
        invite=board.invitations.number(actor.place.invite) if actor.place else None,
        seat_lost=(actor.place and actor.place.lost) or UNSET,
        waits=actor.waits or UNSET,
    )


def require_right(board: Board, actor: Actor, request: requests.Request) -> None:
    """Raise Refused, in words, where somebody may not ask for this.

    Whether an observer votes is settled here, when the vote comes in, and not where the log is
    read: in a secret round the log names a voter by a keyed hash, and cannot tell the seat.
    """
    if request.for_browser:
        # What this browser holds, the board tells where it is asked.
        return
    if request.for_host:
        if not actor.is_host:
            raise Refused(Code.NOT_ALLOWED, "Only the host can do this.")
        return
    if actor.seat is None:
        raise Refused(Code.NOT_ALLOWED, _why_no_seat(board, actor))
    if actor.waits and not isinstance(request, requests.Rename):
        raise Refused(
            Code.NOT_ALLOWED, "Wait until the host lets you in. You can watch in the meantime."
        )
    if actor.observes and not request.for_observers:
        raise Refused(Code.NOT_ALLOWED, "You have chosen to watch only. Take part again first.")
    if not actor.votes and isinstance(request, requests.Vote):
        raise Refused(
            Code.NOT_ALLOWED, "On this board one votes by invitation. Open a link of your own."
        )


def require_no_ballot(board: Board, ballot: object) -> None:
    """Raise Refused where somebody would watch only whose ballot counts."""
    if ballot is not None and board.round and board.round.state is State.OPEN:
        raise Refused(Code.ROUND_OPEN, "Your vote is in. Withdraw it first, then watch only.")


def _why_no_seat(board: Board, actor: Actor) -> str:
    if actor.place and actor.place.lost:
        return LOST[actor.place.lost]
    if board.settings.entry is Entrance.INVITED:
        return "This board is by invitation. Open the link that was made for you."
    return "You are watching only. Open the ballot page to take part."
