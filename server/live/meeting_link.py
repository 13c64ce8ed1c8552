"""How the room of a board takes part in a meeting of several questions.

A meeting is led by one of its boards. That board's log says which boards are its questions and at
which of them the meeting is. It alone decides who hosts them and who may vote: its hosts,
invitations and admissions count for all of them. So the room of a question asks the room of the
leading board, in the same process.

A board is a question only while both agree: its own log names the lead (`join_meeting`), and the
lead's log names the board (`add_question`). Otherwise it is a board like any other.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from msgspec import UNSET

from server.concurrency import tasks
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.rules import Entrance, given
from server.live.authorization import Actor, Credentials, authorize_in_meeting
from server.live.client import Client
from server.live.commands.boards import (
    DeleteBoard,
    GoToQuestion,
    MoveQuestion,
    RemoveQuestion,
    SetBoard,
)
from server.live.commands.people import Admit, RemoveHost, RenewInvite, RevokeInvite
from server.live.commands.request import Request
from server.live.commands.voting import Vote
from server.live.messages import MeetingView, View
from server.live.pending import Answered
from server.live.seats import barred_in_meeting, barred_seats, earlier_seats
from server.live.views import meeting_view
from server.security.pseudonyms import Pseudonyms
from server.words.catalogue import words

_OF_LEAD = (
    Admit | RemoveHost | RenewInvite | RevokeInvite | MoveQuestion | RemoveQuestion | GoToQuestion
)
"""Requests that the leading board carries out, on whichever question they are made."""
_SETTINGS_OF_LEAD = {"entry", "address"}


class MeetingRoom(Protocol):
    """A room, as the rooms of the same meeting see it."""

    code: str
    visitors: int
    meeting: "MeetingLink"

    @property
    def board(self) -> Board: ...

    def actor(self, credentials: Credentials, view: View | None = None) -> Actor: ...

    def request(self, actor: Actor, request: Request, answered: Answered) -> None: ...

    def note_arrival(self, actor: Actor, network: str) -> None: ...

    def enter_presence(self, id_: str) -> None: ...

    def leave_presence(self, id_: str, *, unclean: bool = False) -> None: ...

    def show_lobby(self, client: Client) -> None: ...

    def hide_lobby(self, client: Client) -> None: ...

    def lead_changed(self, change: Change) -> None:
        """Learn that the board that leads the meeting has changed."""

    def lead_lost(self) -> None:
        """Learn that the leading board is gone, or can no longer be followed here."""


class MeetingLink:
    """The rooms of one meeting in this process, as one of them knows them."""

    def __init__(self, room: MeetingRoom, pseudonyms: Pseudonyms) -> None:
        self._room = room
        self._pseudonyms = pseudonyms
        self._known = room.board.lead
        """The board whose meeting it has joined, as far as this room has seen to it."""
        self._joined: MeetingRoom | None = None
        self._questions: dict[MeetingRoom, None] = {}
        """The open rooms of boards that have joined the meeting that this one leads."""
        self._entered: Counter[str] = Counter()
        """The seats that are announced on the leading board because they are on this one."""

    @property
    def has_joined_another(self) -> bool:
        """Whether the board has joined a meeting of which this room does not know."""
        return self._room.board.lead not in {"", self._known}

    @property
    def misses_lead(self) -> bool:
        """Whether the room of the board that leads it is not known here."""
        return bool(self._known) and self._joined is None

    def expect_lead(self) -> None:
        """Let go of the meeting before; the room of the new lead will be attached."""
        self.detach()
        self._known = self._room.board.lead

    @property
    def lead(self) -> MeetingRoom | None:
        """The room of the leading board; None if this board is no question of it, or leads."""
        joined = self._joined
        if joined is None or self._room.board.lead != joined.code:
            return None
        meeting = joined.board.meeting
        return joined if meeting and self._room.code in meeting.questions else None

    @property
    def roles(self) -> Board:
        """The board that says who has which role."""
        return self.lead.board if self.lead else self._room.board

    def attach(self, lead: MeetingRoom) -> None:
        """Follow the leading board, whose room stays open for as long."""
        if self._joined is None:
            self._joined = lead
            lead.meeting._questions[self._room] = None  # noqa: SLF001 - of the same class
            lead.visitors += 1
            self._room.lead_changed(Change(roles=True, board=True, meeting=True))

    def detach(self) -> None:
        lead, self._joined = self._joined, None
        if lead is not None:
            lead.meeting._questions.pop(self._room, None)  # noqa: SLF001 - of the same class
            lead.visitors -= 1
            # Connections that were closed a moment ago may still have to say that they left.
            for id_ in self._entered.elements():
                lead.leave_presence(id_)
            self._entered.clear()

    def tell(self, change: Change) -> None:
        """Tell the questions that this board has changed."""
        if change.roles or change.browsers or change.board or change.meeting:
            for room in list(self._questions):
                with tasks.contained("meeting", room.code):
                    room.lead_changed(change)

    def lose(self) -> None:
        """Tell the questions that this board is lost."""
        for room in list(self._questions):
            with tasks.contained("meeting", room.code):
                room.lead_lost()

    def view(self, *, host: bool) -> MeetingView | None:
        """Return the meeting as hosts or others see it; None if the board is in none."""
        return meeting_view((self.lead or self._room).board, host=host)

    def authorize(self, credentials: Credentials, view: View | None) -> Actor | None:
        """Return who someone is on this question; None if the board is none."""
        if (lead := self.lead) is None:
            return None
        actor = lead.actor(credentials.lead or Credentials(), view)
        board = self._room.board
        return authorize_in_meeting(board, self._pseudonyms, credentials, actor, lead.code)

    def enter_presence(self, actor: Actor) -> None:
        """Count one more page of a person on the leading board, who is on this one."""
        id_ = actor.lead and actor.lead.presence_id
        if id_ and self._joined:
            self._entered[id_] += 1
            self._joined.enter_presence(id_)

    def leave_presence(self, actor: Actor, *, unclean: bool) -> None:
        """Count one page less."""
        id_ = actor.lead and actor.lead.presence_id
        if id_ and self._joined and self._entered[id_]:
            self._entered[id_] -= 1
            self._joined.leave_presence(id_, unclean=unclean)

    def hide_lobby(self, client: Client) -> None:
        if self._joined:
            self._joined.hide_lobby(client)

    def barred(self) -> Iterator[str]:
        """Iterate over the seats on this board that have lost their invitation."""
        if lead := self.lead:
            return barred_in_meeting(lead.board, self._pseudonyms, self._room.code)
        return barred_seats(self._room.board, self._pseudonyms)

    def pass_on(self, actor: Actor, request: Request, answered: Answered) -> bool:
        """Have the leading board carry out a request that concerns it; False for any other."""
        lead = self.lead
        if lead is None or actor.lead is None or not _concerns_lead(request):
            return False
        if _changes_entry(request):
            require_settled(self._room.board)
        # A position in the log of the lead would mean nothing to a client of this board.
        lead.request(
            actor.lead,
            request,
            lambda answer: answered(self._room.board.seq if isinstance(answer, int) else answer),
        )
        return True

    def require_allowed(self, actor: Actor, request: Request) -> None:
        """Raise Refused for what the meeting does not allow on this board."""
        meeting = self._room.board.meeting
        if isinstance(request, DeleteBoard):
            if meeting is not None:
                raise Refused(Code.NOT_ALLOWED, words("refusal-delete-lead"))
            if self.lead and (view := self.view(host=True)) and view.current == self._room.code:
                raise Refused(Code.NOT_ALLOWED, words("refusal-delete-question"))
        if isinstance(request, SetBoard) and request.settings is not UNSET:
            if self.lead and given(request.settings).keys() & _SETTINGS_OF_LEAD:
                raise Refused(Code.BAD_SETTINGS, words("refusal-question-settings"))
            if _changes_entry(request):
                for room in self._questions:
                    require_settled(room.board)
        if isinstance(request, Vote) and self.lead:
            self._require_only_ballot(self.lead.board, actor)

    def _require_only_ballot(self, lead: Board, actor: Actor) -> None:
        """Raise Refused if the ballot of an invitation was cast before it was renewed.

        Where it can be withdrawn without giving it away, it was (`Revocations`).
        """
        current = self._room.board.round
        if actor.invited_seat is None or current is None:
            return
        code = self._room.code
        for seat in earlier_seats(lead, self._pseudonyms, actor.invited_seat.invite, code):
            if self._pseudonyms.voter(seat, code, current) in current.ballots:
                raise Refused(Code.NOT_ALLOWED, words("refusal-question-renewed"))


def _concerns_lead(request: Request) -> bool:
    if isinstance(request, SetBoard) and request.settings is not UNSET:
        other = (request.title, request.context) != (UNSET, UNSET)
        return not other and given(request.settings).keys() <= _SETTINGS_OF_LEAD
    return isinstance(request, _OF_LEAD)


def _changes_entry(request: Request) -> bool:
    if not isinstance(request, SetBoard) or request.settings is UNSET:
        return False
    # Newcomers can be made to wait at any moment: no one changes seats.
    return request.settings.entry in {Entrance.OPEN, Entrance.INVITED}


def require_settled(board: Board) -> None:
    """Raise Refused while a round of a question is on: people might change seats and vote again."""
    current = board.round
    if current and current.state is not State.REVEALED:
        raise Refused(Code.ROUND_OPEN, words("refusal-question-entry", round=current.n))
