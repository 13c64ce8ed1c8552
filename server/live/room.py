"""A room: one board in this process, the connections that watch it, and what they ask."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from msgspec import Raw

from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.live import messages
from server.live.audience import CROWD, PEOPLE_WINDOW, Broadcaster
from server.live.messages import Ballot, PeopleView, Pulse, Role, StoreState, View, Welcome, You
from server.live.pseudonyms import Pseudonyms
from server.live.replica import Replica
from server.live.requests import AnyRequest, Hello, Since, person_name
from server.live.submissions import Answered, Submissions
from server.live.transport import Actor, Connection, frame
from server.live.views import PARTS, Audience, comment_views, people_view
from server.log.log import Batch, Log
from server.log.presence import Presence
from server.log.store import Store

HOST_SEAT = "host"
"""By whom the host acts who holds the key but no seat."""


class Room:
    """Everything that happens around one board in one process."""

    def __init__(
        self,
        code: str,
        *,
        store: Store,
        log: Log,
        pseudonyms: Pseudonyms,
        process: str,
        lost: Callable[["Room"], None],
    ) -> None:
        """`lost` is called when the board is gone, or cannot be followed."""
        self.code = code
        self.draining = False
        self.visitors = 0
        """Connections on this board, also those that have not said hello yet."""
        self.connections: dict[Connection, None] = {}
        self.replica = Replica(log, code, self)
        self._store = store
        self._log = log
        self._pseudonyms = pseudonyms
        self._lost = lost
        self._submissions = Submissions(log, code)
        self._process = process
        self._by_voter: dict[str, dict[Connection, None]] = {}
        self._parts: dict[tuple[str, Audience], tuple[object, Raw]] = {}
        self._crowd_people: tuple[float, Raw] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def board(self) -> Board:
        return self.replica.board

    async def open(self) -> None:
        """Read the board. Raises Refused `no_such_board`, StoreAwayError."""
        await self.replica.load()
        self._broadcaster = Broadcaster(self)
        changed = self._broadcaster.mark_people
        self._presence = Presence(self._store, self._process, self.code, changed)
        self._set_timer()

    async def close(self) -> None:
        """Stop what `open` started; what was submitted keeps its place in the log's line."""
        if self._timer:
            self._timer.cancel()
        await self._broadcaster.close()
        await self._presence.close()
        await self.replica.close()

    # People

    def enter(self, connection: Connection, hello: Hello) -> None:
        """Let a connection in and welcome it. Raises Refused for what its hello may not ask."""
        if hello.view is View.HOST and not connection.actor.is_host:
            raise Refused(Code.NOT_ALLOWED, "This page is for the host.")
        name = person_name(hello.name)
        connection.view = hello.view
        if hello.view is View.SCREEN:
            connection.actor = connection.actor._replace(seat=None)
        self.connections[connection] = None
        self._seat(connection)
        self.welcome(connection, hello.since)
        if seat := connection.actor.seat:
            if hello.view is View.BALLOT:
                self._presence.enter(seat)
            if name and name != self.board.names.get(seat) and self._store.present:
                renamed = act.Entry(rules=act.RULES, by=seat, action=act.Rename(name=name))
                self._submissions.submit(renamed)

    def leave(self, connection: Connection) -> None:
        if connection not in self.connections:
            return
        del self.connections[connection]
        self._unseat(connection)
        if connection.actor.seat and connection.view is View.BALLOT:
            self._presence.leave(connection.actor.seat)

    def welcome(self, connection: Connection, since: Since | None = None) -> None:
        """Send everything that this connection may see."""
        resumed = (
            since is not None and since.epoch == self.replica.epoch and since.seq <= self.board.seq
        )
        audience = self._audience(connection)
        if resumed and since is not None:
            comments = Raw(messages.encode(comment_views(self.board, audience, since.seq)))
        else:
            comments = self._part("comments", audience)
        welcome = Welcome(
            epoch=self.replica.epoch,
            seq=self.board.seq,
            now=self._store.now(),
            resumed=resumed,
            you=self.you(connection.actor, connection.view),
            board=self._part("board", audience),
            round=self._part("round", audience),
            tally=self._part("tally", audience),
            comments=comments,
            people=self._people_part(),
            ballot=self.ballot(connection.actor.seat),
        )
        connection.send(frame(messages.encode(welcome)), "welcome")
        if not self._store.present:
            connection.send(frame(messages.encode(self.pulse())), "pulse")

    # What they ask

    def request(self, actor: Actor, request: AnyRequest, answered: Answered) -> None:
        """Take in what somebody asks for; `answered` is told what became of it.

        Raises Refused where that is clear at once.
        """
        if request.for_host and not actor.is_host:
            raise Refused(Code.NOT_ALLOWED, "Only the host can do this.")
        seat = actor.seat or (HOST_SEAT if request.for_host else None)
        if seat is None:
            raise Refused(
                Code.NOT_ALLOWED, "You are watching only. Open the ballot page to take part."
            )
        if self.draining:
            raise Refused(Code.GOING_AWAY, "The server restarts. Send it again in a moment.")
        if not self._store.present:
            raise Refused(
                Code.STORE_AWAY, "Nothing can be saved just now. Send it again in a moment."
            )
        # The whole message gives its name, not only its `id`: what was erased from the log is
        # forgotten by those who read it later, and with it that this `id` was used.
        once = self._pseudonyms.once(seat, self.code, messages.encode(request).decode())
        try:
            action = request.action(self.board)
            entry = act.Entry(rules=act.RULES, by=self._by(seat, action), once=once, action=action)
            self.board.check(self._store.now(), entry)
        except Refused:
            # What was done is not refused when it is asked for again, though it could no
            # longer be done now.
            before = self.board.answer_to(once)
            if not isinstance(before, int):
                raise
            answered(before)
            return
        self._submissions.submit(entry, answered)

    def _by(self, seat: str, action: act.AnyAction) -> str:
        if isinstance(action, act.Vote | act.Withdraw):
            current = self.board.latest_round(action.round)
            return self._pseudonyms.voter(seat, self.code, current)
        return seat

    # What can be seen

    def audience(self, actor: Actor, view: View | None) -> Audience:
        """Say what somebody may see on one of the pages."""
        return self._audience_of(self._voter(actor.seat), host=actor.is_host and view is View.HOST)

    def you(self, actor: Actor, view: View | None) -> You:
        if actor.is_host:
            role = Role.HOST
        else:
            role = Role.VOTER if actor.seat and view is not View.SCREEN else Role.OBSERVER
        return You(
            seat=actor.seat,
            name=self.board.names.get(actor.seat) if actor.seat else None,
            role=role,
        )

    def ballot(self, seat: str | None) -> dict[str, Any] | None:
        """Return the seat's ballot in the current round."""
        voter = self._voter(seat)
        return self.board.round.ballot_of(voter) if self.board.round and voter else None

    def people(self) -> PeopleView:
        return people_view(self.board, self._presence.seats(), self._pseudonyms)

    def pulse(self) -> Pulse:
        state = StoreState.OK if self._store.present else StoreState.AWAY
        return Pulse(seq=self.board.seq, now=self._store.now(), store=state)

    def pulse_now(self) -> None:
        """Tell everybody at once whether the store is there."""
        self._broadcaster.pulse_now()

    # What is heard of the board

    def receive(self, batch: Batch) -> None:
        self.replica.receive(batch)

    def hear(self, message: bytes) -> None:
        self._presence.hear(message)

    def catch_up(self) -> None:
        self.replica.catch_up()
        self._presence.ask()

    def applied(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        self._submissions.settle(seq, entry, outcome)
        if isinstance(outcome, Change) and outcome.erased:
            # Every process does it, and again whenever it reads the log: so it gets done.
            self._log.erase(self.code, outcome.erased)

    def changed(self, change: Change) -> None:
        # First who may see what, then what is sent: a new round hides its result at once.
        if change.round or change.board:
            self._reseat()
            self._set_timer()
        if change.voter is not None:
            self._show_ballot(change.voter)
        self._broadcaster.mark(change)

    def renewed(self) -> None:
        self._reseat()
        self._set_timer()
        for connection in list(self.connections):
            self.welcome(connection)

    def lost(self, *, gone: bool) -> None:
        for connection in list(self.connections):
            connection.close(messages.NO_SUCH_BOARD if gone else messages.RESTART)
        self._lost(self)

    def _show_ballot(self, voter: str) -> None:
        current = self.board.round
        if current is None:
            return
        for connection in list(self._by_voter.get(voter, ())):
            ballot = Ballot(round=current.n, ballot=current.ballot_of(voter))
            connection.answer(frame(messages.encode(ballot)))
            # Who sees the result from now on gets it with the next tally, which is due.
            if connection.audience != self._audience(connection):
                self._seat(connection)

    # Where everybody sits

    def _audience(self, connection: Connection) -> Audience:
        return self._audience_of(
            connection.voter, host=connection.actor.is_host and connection.view is View.HOST
        )

    def _audience_of(self, voter: str | None, *, host: bool) -> Audience:
        current = self.board.round
        return Audience(
            host=host,
            result=current is not None
            and current.shows_result_to(
                voter=voter, early_host=host and self.board.settings.host_sees_results
            ),
        )

    def _voter(self, seat: str | None) -> str | None:
        current = self.board.round
        return self._pseudonyms.voter(seat, self.code, current) if seat and current else None

    def _seat(self, connection: Connection) -> None:
        """Put a connection among those who see the same, and note whose ballot it shows."""
        self._unseat(connection)
        connection.voter = self._voter(connection.actor.seat)
        connection.audience = self._audience(connection)
        self._broadcaster.members.setdefault(connection.audience, {})[connection] = None
        if connection.voter:
            self._by_voter.setdefault(connection.voter, {})[connection] = None

    def _unseat(self, connection: Connection) -> None:
        if connection.audience is not None:
            self._broadcaster.members[connection.audience].pop(connection, None)
        if connection.voter and (tabs := self._by_voter.get(connection.voter)):
            tabs.pop(connection, None)
            if not tabs:
                del self._by_voter[connection.voter]

    def _reseat(self) -> None:
        for connection in self.connections:
            self._seat(connection)

    def _part(self, name: str, audience: Audience) -> Raw:
        """Encode a part of what everybody of an audience is welcomed with, once a position."""
        position = (self.replica.epoch, self.board.seq)
        known, part = self._parts.get((name, audience), (None, Raw()))
        if known != position:
            part = Raw(messages.encode(PARTS[name](self.board, audience)))
            self._parts[name, audience] = (position, part)
        return part

    def _people_part(self) -> Raw:
        # When a crowd arrives at once, who is there is not counted anew for each of them.
        now = asyncio.get_running_loop().time()
        crowd = len(self.connections) >= CROWD
        if crowd and self._crowd_people and now - self._crowd_people[0] < PEOPLE_WINDOW:
            return self._crowd_people[1]
        part = Raw(messages.encode(self.people()))
        self._crowd_people = (now, part)
        return part

    # Time

    def _set_timer(self) -> None:
        """Have the round locked when its time is up, by whichever process is first."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        current = self.board.round
        if current and current.state is State.OPEN and current.deadline is not None:
            left = max(0, current.deadline - self._store.now()) / 1000
            self._timer = asyncio.get_running_loop().call_later(
                left + random.uniform(0, 0.05), self._lock, current.n
            )

    def _lock(self, n: int) -> None:
        # Asked again until it is done: by the store's clock it may have been a hair too early.
        self._timer = asyncio.get_running_loop().call_later(1.0, self._set_timer)
        if self._store.present:
            locked = act.Entry(rules=act.RULES, action=act.LockRound(round=n))
            self._submissions.submit(locked)
