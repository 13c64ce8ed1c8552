"""Where everybody sits: which connections see the same, and whose ballot each of them shows."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Protocol

from server import tasks
from server.domain.board import Board
from server.domain.rules import Visibility
from server.live import messages
from server.live.admission import Actor
from server.live.frames import frame
from server.live.messages import Ballot, View
from server.live.pseudonyms import Pseudonyms
from server.live.transport import Connection
from server.live.views import Audience

SLICE = 50
"""Welcomes after which the loop gets to do other things."""


class Stage(Protocol):
    """What is watched. The board may be another one the next time."""

    @property
    def board(self) -> Board: ...

    def ready(self, audiences: Iterable[Audience], go: Callable[[], None]) -> bool:
        """Say whether all can be told what they may see; if not, `go` is called later."""


class Seating:
    """The connections of a room, each in its audience."""

    def __init__(
        self,
        stage: Stage,
        pseudonyms: Pseudonyms,
        members: dict[Audience, dict[Connection, None]],
        welcome: Callable[[Connection], None],
    ) -> None:
        """`members` is kept up to date; `welcome` tells a connection all that it may see."""
        self.connections: dict[Connection, None] = {}
        self._stage = stage
        self._pseudonyms = pseudonyms
        self._members = members
        self._welcome = welcome
        self._waiting: dict[Connection, None] = {}
        """Those that are to be welcomed anew."""
        self._welcoming = False
        self._tabs: dict[str, dict[Connection, None]] = {}
        """Voter to the connections that show their ballot."""
        self._voters: dict[str, str] = {}
        """Of those who are here: seat to the name under which its ballot of the round counts."""

    def enter(self, connection: Connection) -> None:
        self.connections[connection] = None
        self._seat(connection)

    def leave(self, connection: Connection) -> None:
        del self.connections[connection]
        self._waiting.pop(connection, None)
        self._unseat(connection)

    def move_all(self) -> None:
        """Ask again what everybody may see."""
        self._voters.clear()
        for connection in self.connections:
            if connection not in self._waiting:
                self._seat(connection)

    def welcome_anew(self, connections: Iterable[Connection]) -> None:
        """Have some start afresh, a slice a turn of the loop, because there may be thousands.

        Until its turn comes a connection sits nowhere and is told nothing: on what it knows,
        nothing new can be put.
        """
        self.set_aside(connections)
        if self._waiting and not self._welcoming:
            self._welcoming = True
            asyncio.get_running_loop().call_soon(self._welcome_next)

    def set_aside(self, connections: Iterable[Connection]) -> None:
        """Have some sit nowhere until they are welcomed anew."""
        for connection in list(connections):
            self._unseat(connection)
            connection.await_welcome()
            self._waiting[connection] = None

    def _welcome_next(self) -> None:
        with tasks.contained("welcome", self._stage.board.code) as welcoming:
            some = list(islice(self._waiting, SLICE))
            if not self._stage.ready(map(self._audience, some), self._welcome_next):
                return
            self._welcome_some(some)
        if welcoming.failed:
            for connection in list(self._waiting):
                connection.fail()
        self._welcoming = bool(self._waiting) and not welcoming.failed
        if self._welcoming:
            asyncio.get_running_loop().call_soon(self._welcome_next)

    def _welcome_some(self, some: Iterable[Connection]) -> None:
        for connection in some:
            del self._waiting[connection]
        for connection in some:
            with tasks.contained("welcome", self._stage.board.code) as welcoming:
                self._seat(connection)
                self._welcome(connection)
            if welcoming.failed:
                connection.fail()

    def audience(self, actor: Actor, view: View | None) -> Audience:
        """Say what somebody may see on one of the pages."""
        board, host = self._stage.board, actor.is_host and view is View.HOST
        current = board.round
        result = current is not None and current.shows_result_to(
            voter=self.voter(actor.seat), early_host=host and board.settings.host_sees_results
        )
        return Audience(host=host, result=result)

    def voter(self, seat: str | None) -> str | None:
        """Return the name under which a seat's ballot of the current round is counted."""
        board = self._stage.board
        if not seat or not board.round:
            return None
        return self._voters.get(seat) or self._pseudonyms.voter(seat, board.code, board.round)

    def show_ballot(self, voter: str) -> None:
        """Show a voter's ballot, as it is now, on every page of theirs."""
        current, tabs = self._stage.board.round, self._tabs.get(voter)
        if current is None or not tabs:
            return
        after_vote = current.settings.visibility is Visibility.AFTER_VOTE
        ballot = Ballot(round=current.n, ballot=current.ballot_of(voter))
        shown = frame(messages.encode(ballot))
        for connection in list(tabs):
            connection.show_ballot(shown)
            # Who sees the result from now on gets it with the next tally, which is due.
            if after_vote and connection.audience != self._audience(connection):
                self._seat(connection)

    def _audience(self, connection: Connection) -> Audience:
        return self.audience(connection.actor, connection.view)

    def _seat(self, connection: Connection) -> None:
        """Put a connection among those who see the same, and note whose ballot it shows."""
        self._unseat(connection)
        seat = connection.actor.seat
        connection.voter = self.voter(seat)
        if seat and connection.voter:
            self._voters[seat] = connection.voter
            self._tabs.setdefault(connection.voter, {})[connection] = None
        connection.audience = self._audience(connection)
        self._members.setdefault(connection.audience, {})[connection] = None

    def _unseat(self, connection: Connection) -> None:
        if connection.audience is not None:
            self._members[connection.audience].pop(connection, None)
        if connection.voter and (tabs := self._tabs.get(connection.voter)):
            tabs.pop(connection, None)
            if not tabs:
                del self._tabs[connection.voter]
                self._voters.pop(connection.actor.seat or "", None)
