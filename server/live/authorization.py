"""Who may do what on a board, given a browser's credentials and the board's current state.

Credentials are verified once, when a browser connects. What they permit is computed again whenever
roles on the board change; all processes apply the same log, so a removed host loses the role in all
of them.
"""

from typing import NamedTuple

from msgspec import UNSET

from server.domain.board import Board
from server.domain.invitations import InvitedSeat, Loss
from server.domain.names import impersonates_host, look_the_same
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.rules import Entrance
from server.live.commands.people import Rename
from server.live.commands.request import Request
from server.live.commands.voting import Vote
from server.live.messages import Role, View, You
from server.security.pseudonyms import Pseudonyms
from server.store.announcements import AWAITS_ADMISSION
from server.words.catalogue import words


class Credentials(NamedTuple):
    """What a browser can prove; each part was verified."""

    browser: str | None = None
    """The browser's own seat."""
    host: str = ""
    """The id of the host whose key it holds."""
    lead: "Credentials | None" = None
    """What it can prove on the board that leads the meeting, if the board is one of its questions.
    """


class Actor(NamedTuple):
    """Who makes a request: with which seat, and whether as a host."""

    seat: str | None
    """None for those who only watch."""
    is_host: bool
    observes: bool = False
    """Has a seat, but chose to only watch."""
    votes: bool = True
    """False in the lobby, and for a host without an invitation on a board that requires one."""
    waits: bool = False
    """Is waiting for a host to admit them."""
    credentials: Credentials = Credentials()
    invited_seat: InvitedSeat | None = None
    """The invitation whose seat the browser holds, or held last."""
    view: View | None = None
    """The page that the request comes from."""

    lead: "Actor | None" = None
    """Who that is on the board that leads the meeting, if this board is one of its questions."""
    led_by: str = ""
    """The code of that board."""

    @property
    def host(self) -> str:
        """The id under which they act as a host."""
        return f"{self.led_by}/{self.lead.host}" if self.lead else self.credentials.host

    @property
    def by(self) -> str:
        """The name they act under: the seat or, for a host without a seat, the host's id."""
        return self.seat or self.host

    @property
    def presence_id(self) -> str | None:
        """The seat as announced in presence; None for those who only watch."""
        return f"{AWAITS_ADMISSION}{self.seat}" if self.seat and self.waits else self.seat


LOST = {
    Loss.MOVED: words("refusal-seat-moved"),
    Loss.RENEWED: words("refusal-seat-renewed"),
    Loss.REVOKED: words("refusal-seat-revoked"),
}

NOBODY = Actor(seat=None, is_host=False)


def authorize(
    board: Board, pseudonyms: Pseudonyms, credentials: Credentials, view: View | None
) -> Actor:
    """Return who the holder of these credentials is on the board now."""
    is_host = credentials.host in board.hosts
    held = board.invitations.invited_seat_of(credentials.browser) if credentials.browser else None
    waits = False
    if held:
        votes = held.lost is None
        seat = pseudonyms.invited(held.invite, held.renewal, board.code) if votes else None
    else:
        waits = not is_host and not _is_in(board, pseudonyms, credentials.browser)
        votes = board.settings.entry is not Entrance.INVITED and not waits
        seat = credentials.browser if votes or waits else None
    if is_host and seat is None:
        # Without an invitation a host has no ballot, but may comment.
        seat = credentials.browser
    if view is View.SCREEN:
        seat = None
    return Actor(
        seat=seat,
        is_host=is_host,
        observes=seat in board.observing,
        votes=votes,
        waits=waits and seat is not None,
        credentials=credentials,
        invited_seat=held,
        view=view,
    )


def authorize_in_meeting(
    board: Board, pseudonyms: Pseudonyms, credentials: Credentials, lead: Actor, led_by: str
) -> Actor:
    """Return who someone is on a question of a meeting: `lead` is who they are on the board that
    leads it, and its hosts, invitations and admissions count for all questions.

    A seat by invitation goes along, whichever browser holds it. Any other seat is the browser's own
    on each board. So the log of one board links no one to a seat on another.
    """
    seat = lead.seat
    if seat is not None:
        is_invited = lead.invited_seat is not None and lead.votes
        seat = pseudonyms.in_meeting(seat, board.code) if is_invited else credentials.browser
    return lead._replace(
        seat=seat,
        observes=seat in board.observing,
        credentials=credentials,
        lead=lead,
        led_by=led_by,
    )


def _is_in(board: Board, pseudonyms: Pseudonyms, seat: str | None) -> bool:
    """Whether a seat need not wait: it was admitted, or has a ballot in the current round."""
    if board.settings.entry is not Entrance.ADMITTED or seat is None or seat in board.admitted:
        return True
    current = board.round
    return current is not None and pseudonyms.voter(seat, board.code, current) in current.ballots


def you(board: Board, actor: Actor, roles: Board | None = None) -> You:
    """Return who an actor is; `roles` is the board that leads the meeting, if it is another."""
    votes = actor.seat is not None and actor.votes and not actor.observes
    role = Role.VOTER if votes else Role.OBSERVER
    return You(
        seat=actor.seat,
        name=board.names.get(actor.seat) if actor.seat else None,
        role=Role.HOST if actor.is_host else role,
        votes=votes,
        invite=(roles or board).invitations.number(actor.invited_seat.invite)
        if actor.invited_seat
        else None,
        seat_lost=(actor.invited_seat and actor.invited_seat.lost) or UNSET,
        waits=actor.waits or UNSET,
    )


def require_right(board: Board, actor: Actor, request: Request) -> None:
    """Raise Refused, in words, if the actor may not make this request.

    Whether an observer may vote is checked here, when the vote arrives, and not when the log is
    read: in a secret round the log identifies a voter by a keyed hash, and cannot tell the seat.
    """
    if request.for_browser:
        # The board itself checks what this browser holds.
        return
    if request.for_host:
        if not actor.is_host:
            raise Refused(Code.NOT_ALLOWED, words("refusal-host-only"))
        return
    if actor.seat is None:
        raise Refused(Code.NOT_ALLOWED, _why_no_seat(board, actor))
    if (
        isinstance(request, Rename)
        and request.name
        and not may_be_called(board, actor, request.name)
    ):
        raise Refused(Code.NOT_ALLOWED, words("refusal-name-of-host"))
    if actor.waits and not isinstance(request, Rename):
        raise Refused(Code.NOT_ALLOWED, words("refusal-waiting"))
    if actor.observes and not request.for_observers:
        raise Refused(Code.NOT_ALLOWED, words("refusal-watching"))
    if request.for_voters and not actor.votes:
        is_vote = isinstance(request, Vote)
        raise Refused(
            Code.NOT_ALLOWED,
            words("refusal-by-invitation" if is_vote else "refusal-voters-propose"),
        )


def may_be_called(board: Board, actor: Actor, name: str) -> bool:
    """Whether a person may have this name: only a host may look like one."""
    if actor.is_host:
        return True
    hosts = (host.name for host in board.hosts.values() if host.name)
    return not impersonates_host(name) and not any(look_the_same(name, host) for host in hosts)


def require_no_ballot(board: Board, ballot: object) -> None:
    """Raise Refused if someone wants to only watch while their ballot counts."""
    if ballot is not None and board.round and board.round.state is State.OPEN:
        raise Refused(Code.ROUND_OPEN, words("refusal-withdraw-first"))


def _why_no_seat(board: Board, actor: Actor) -> str:
    if actor.invited_seat and actor.invited_seat.lost:
        return LOST[actor.invited_seat.lost]
    if board.settings.entry is Entrance.INVITED:
        return words("refusal-invited-only")
    return words("refusal-no-seat")
