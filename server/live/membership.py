"""Which clients are in which audience, and whose ballot each of them shows."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice

from server.concurrency import tasks
from server.domain.board import Board
from server.domain.rules import Visibility
from server.live import messages
from server.live.authorization import Actor
from server.live.client import Client
from server.live.frames import frame
from server.live.messages import Ballot, View
from server.live.outcome_views import own_experience, own_moved_by, own_stance
from server.live.replica import Replica
from server.live.slow_results import SlowResults
from server.live.views import Audience, own_proposals, own_sealed
from server.security.pseudonyms import Pseudonyms

SLICE = 50
"""Welcomes after which the event loop may do other work."""


class Membership:
    """The clients of a room, each in its audience."""

    def __init__(
        self,
        replica: Replica,
        pseudonyms: Pseudonyms,
        results: SlowResults,
        welcome: Callable[[Client], None],
    ) -> None:
        """`welcome` is called to send a client all that it may see."""
        self.clients: dict[Client, None] = {}
        self.audiences: dict[Audience, dict[Client, None]] = {}
        """Who is in which audience; a client that waits for a fresh welcome is in none."""
        self._replica = replica
        self._pseudonyms = pseudonyms
        self._results = results
        self._welcome = welcome
        self._waiting: dict[Client, None] = {}
        """Clients that wait for a fresh welcome."""
        self._welcoming = False
        self._tabs: dict[str, dict[Client, None]] = {}
        """Voter to the clients that show their ballot."""
        self._voters: dict[str, str] = {}
        """Seat to voter id in the current round, for seats that are here."""

    def enter(self, client: Client) -> None:
        self.clients[client] = None
        self._seat(client)

    def leave(self, client: Client) -> None:
        del self.clients[client]
        self._waiting.pop(client, None)
        self._unseat(client)

    def move_all(self) -> None:
        """Compute everyone's audience again."""
        self._voters.clear()
        for client in self.clients:
            if client not in self._waiting:
                self._seat(client)

    def send_fresh_welcomes(self, clients: Iterable[Client]) -> None:
        """Send fresh welcomes, in slices, because there may be thousands of clients.

        Until its turn comes, a client is in no audience and is sent nothing, because updates
        would not apply to the state it has.
        """
        self.set_aside(clients)
        if self._waiting and not self._welcoming:
            self._welcoming = True
            asyncio.get_running_loop().call_soon(self._welcome_next)

    def set_aside(self, clients: Iterable[Client]) -> None:
        """Remove clients from their audiences until they are sent a fresh welcome."""
        for client in list(clients):
            self._unseat(client)
            client.await_welcome()
            self._waiting[client] = None

    def _welcome_next(self) -> None:
        with tasks.contained("welcome", self._replica.board.code) as welcoming:
            some = list(islice(self._waiting, SLICE))
            if not self._results.ready(map(self._audience, some), self._welcome_next):
                return
            self._welcome_some(some)
        if welcoming.failed:
            for client in list(self._waiting):
                client.connection.fail()
        self._welcoming = bool(self._waiting) and not welcoming.failed
        if self._welcoming:
            asyncio.get_running_loop().call_soon(self._welcome_next)

    def _welcome_some(self, some: Iterable[Client]) -> None:
        for client in some:
            del self._waiting[client]
        for client in some:
            with tasks.contained("welcome", self._replica.board.code) as welcoming:
                self._seat(client)
                self._welcome(client)
            if welcoming.failed:
                client.connection.fail()

    def audience(self, actor: Actor, view: View | None) -> Audience:
        """Return the audience of an actor on one of the pages.

        The shared screen shows what everyone may see, also in a browser that has voted.
        """
        board, host = self._replica.board, actor.is_host and view is View.HOST
        current = board.round
        result = current is not None and current.shows_result_to(
            voter=None if view is View.SCREEN else self.voter(actor.seat),
            early_host=host and board.settings.host_sees_results,
        )
        return Audience(host=host, result=result)

    def voter(self, seat: str | None) -> str | None:
        """Return the id under which a seat's ballot of the current round is counted."""
        board = self._replica.board
        if not seat or not board.round:
            return None
        return self._voters.get(seat) or self._pseudonyms.voter(seat, board.code, board.round)

    def show_ballot(self, voter: str) -> None:
        """Send a voter's current ballot to all their pages."""
        current, tabs = self._replica.board.round, self._tabs.get(voter)
        if current is None or not tabs:
            return
        after_vote = current.settings.visibility is Visibility.AFTER_VOTE
        ballot = Ballot(round=current.n, ballot=current.ballot_of(voter))
        shown = frame(messages.encode(ballot))
        for client in list(tabs):
            client.show_ballot(shown)
            # A voter who may see the result from now on gets it with the next tally, which is due.
            if after_vote and client.audience != self._audience(client):
                self._seat(client)

    def show_own_proposals(self, seat: str) -> None:
        """Send a seat's own proposals to all its pages."""
        self._show_own(seat, "your_proposals", own_proposals)

    def show_own_sealed(self, seat: str) -> None:
        """Send a seat's own sealed comments to all its pages."""
        self._show_own(seat, "your_sealed", own_sealed)

    def show_own_stance(self, voter: str) -> None:
        """Send a voter's own stance to all their pages."""
        self._show_voter(voter, "your_stance", own_stance)

    def show_own_experience(self, voter: str) -> None:
        """Send how well a voter knows options to all their pages."""
        self._show_voter(voter, "your_experience", own_experience)

    def show_own_moved_by(self, voter: str) -> None:
        """Send which comment moved a voter to all their pages."""
        self._show_voter(voter, "your_moved_by", own_moved_by)

    def _show_voter(self, voter: str, part: str, view: Callable[[Board, str], object]) -> None:
        board, tabs = self._replica.board, self._tabs.get(voter)
        if not tabs:
            return
        shown = frame(messages.changed(part, board.seq, view(board, voter)))
        for client in list(tabs):
            client.connection.send(shown, part)

    def _show_own(self, seat: str, part: str, view: Callable[[Board, str], object]) -> None:
        board = self._replica.board
        # Those that wait for a fresh welcome get them with it.
        tabs = [
            each for each in self.clients if each.actor.seat == seat and each not in self._waiting
        ]
        if tabs:
            shown = frame(messages.changed(part, board.seq, view(board, seat)))
            for client in tabs:
                client.connection.send(shown, part)

    def _audience(self, client: Client) -> Audience:
        return self.audience(client.actor, client.view)

    def _seat(self, client: Client) -> None:
        """Put a client into its audience, and note whose ballot it shows."""
        self._unseat(client)
        seat = client.actor.seat
        client.voter = self.voter(seat)
        if seat and client.voter:
            self._voters[seat] = client.voter
            self._tabs.setdefault(client.voter, {})[client] = None
        client.audience = self._audience(client)
        self.audiences.setdefault(client.audience, {})[client] = None

    def _unseat(self, client: Client) -> None:
        if client.audience is not None:
            self.audiences[client.audience].pop(client, None)
        if client.voter and (tabs := self._tabs.get(client.voter)):
            tabs.pop(client, None)
            if not tabs:
                del self._tabs[client.voter]
                self._voters.pop(client.actor.seat or "", None)
