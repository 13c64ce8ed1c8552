"""A room: one board in this process, the connections that watch it, and what they ask."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from typing import Any

from msgspec import UNSET, Raw, structs

from server import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import Round, State
from server.domain.rules import BoardSettingsChange, Entrance
from server.live import messages
from server.live.admission import (
    NOBODY,
    Actor,
    Badge,
    admit,
    require_no_ballot,
    require_right,
    you,
)
from server.live.audience import Broadcaster
from server.live.doubts import CLOSED, Doubts
from server.live.frames import frame
from server.live.messages import (
    Close,
    DoorView,
    PeopleView,
    Pulse,
    StoreState,
    View,
    Welcome,
    You,
)
from server.live.parts import Parts
from server.live.pseudonyms import Pseudonyms
from server.live.replica import Replica, Watcher
from server.live.requests import Hello, Request, Since, person_name
from server.live.revocations import Revocations
from server.live.seating import Seating
from server.live.seats import completed
from server.live.shares import Share
from server.live.submissions import Answered, Submissions
from server.live.transport import Connection
from server.live.views import PARTS, Audience, comment_views, door_view, people_view, talk_view
from server.log.arrivals import Arrivals
from server.log.damage import DamagedError
from server.log.log import DAMAGED, NO_SUCH_BOARD, Batch, Log
from server.log.presence import Presence
from server.log.store import Store

NO_HOST = messages.NOT_ALLOWED._replace(reason="You are no longer a host of this board.")
UNREADABLE = "This server cannot read the board; a newer one may have written it. Try again soon."
RESUMED = 50_000
"""What comments may weigh, in characters, with which a client goes on; else it starts afresh."""
LAST_ANSWER = 0.25
"""Seconds after which the console of a host who was removed is closed."""


class Room(Watcher):
    """Everything that happens around one board in one process."""

    def __init__(
        self,
        code: str,
        *,
        store: Store,
        log: Log,
        pseudonyms: Pseudonyms,
        process: str,
        window: float,
        lost: Callable[["Room", act.UnreadableError | None], None],
    ) -> None:
        """`window` is for tallies, in seconds; 0 for one that adapts itself.

        `lost` is called when the board is gone, or with the reason why it cannot be followed.
        """
        self.code = code
        self.draining = False
        self.ended: Refusal | None = None
        """Why nothing can be asked here any more."""
        self.visitors = 0
        """Connections on this board, also those that have not said hello yet."""
        self.replica = Replica(log, code, self)
        self._store = store
        self._log = log
        self.pseudonyms = pseudonyms
        self._lost = lost
        self._submissions = Submissions(log, code, self._look_for, self.replica.mistrust)
        self._doubts = Doubts(self.replica.caught_up)
        self._revocations = Revocations(log, pseudonyms, self._submissions)
        self._process = process
        self._window = window
        self._parts = Parts(self)
        self._counting: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def board(self) -> Board:
        return self.replica.board

    @property
    def epoch(self) -> str:
        return self.replica.epoch

    async def open(self) -> None:
        """Read the board. Raises Refused `no_such_board`, StoreAwayError, UnreadableError."""
        await self.replica.load()
        self._broadcaster = Broadcaster(self, self._window)
        members = self._broadcaster.members
        self._seating = Seating(self, self.pseudonyms, members, self.welcome)
        changed = self._broadcaster.mark_people
        self._presence = Presence(self._store, self._process, self.code, changed, self._round_open)
        self._arrivals = Arrivals(
            self._store,
            self.code,
            changed=self._broadcaster.mark_door,
            watched=lambda: bool(self._broadcaster.at_the_door),
        )
        self._set_timer()

    async def close(self) -> None:
        """Stop what `open` started; what was submitted keeps its place in the log's line."""
        self.end(CLOSED)
        if self._timer:
            self._timer.cancel()
        await tasks.end(self._counting)
        await tasks.end_quietly(
            self._doubts.close,
            self._broadcaster.close,
            self._presence.close,
            self._arrivals.close,
            self._revocations.close,
            self.replica.close,
        )

    def end(self, why: Refusal) -> None:
        """Answer all who wait for something, and from now on all who ask: with `why`."""
        self.ended = self.ended or why
        self.give_up(why)

    def require_open(self) -> None:
        """Raise Refused where nothing can be asked here any more."""
        if self.ended:
            raise Refused(self.ended)

    def give_up(self, why: Refusal) -> None:
        """Answer all who wait for something: here none of them will hear what became of it."""
        self._submissions.give_up(why)
        self._doubts.give_up(why)

    # People

    def enter(self, connection: Connection, hello: Hello) -> None:
        """Let a connection in and welcome it. Raises Refused for what its hello may not ask."""
        self.require_open()
        # The board may be another than when the connection was made.
        actor = self.actor(connection.actor.badge, hello.view)
        if hello.view is View.HOST and not actor.is_host:
            raise Refused(Code.NOT_ALLOWED, "This page is for the host.")
        name = person_name(hello.name)
        connection.view, connection.actor = hello.view, actor
        self._seating.enter(connection)
        if self._takes_long(self.audience(actor, hello.view)):
            self._seating.welcome_anew([connection])
        else:
            self.welcome(connection, hello.since)
        if seat := connection.actor.seat:
            if hello.view is View.BALLOT:
                self._presence.enter(connection.actor.guest or seat)
                self.note_arrival(connection.actor, connection.network)
            new = name and name != self.board.names.get(seat)
            if new and self._store.present and not self.board.is_full:
                renamed = act.Entry(rules=act.RULES, by=seat, action=act.Rename(name=name))
                self._submissions.submit(renamed)

    def leave(self, connection: Connection) -> None:
        if connection not in self._seating.connections:
            return
        self._seating.leave(connection)
        self._broadcaster.at_the_door.pop(connection, None)
        if connection.actor.guest and connection.view is View.BALLOT:
            self._presence.leave(connection.actor.guest, broke=connection.broke)

    def note_arrival(self, actor: Actor, network: str) -> None:
        """Count a seat that may be here for the first time."""
        if actor.seat and not actor.is_host:
            self._arrivals.came(actor.seat, self.pseudonyms.network(network, self.code))

    def welcome(self, connection: Connection, since: Since | None = None) -> None:
        """Send everything that this connection may see."""
        talk = self.board.comments
        resumed = (
            since is not None
            and since.epoch == self.replica.epoch
            and talk.afresh <= since.seq <= self.board.seq
            # What is sent to one alone is kept for one alone, where the line is slow.
            and not talk.outweighs(RESUMED, since=since.seq)
        )
        audience = self.audience(connection.actor, connection.view)
        older: dict[str, Any] = {}
        if resumed and since is not None:
            changed = comment_views(self.board, audience, talk.since(since.seq))
            comments = Raw(messages.encode(changed))
        else:
            comments, older = self._parts.comments(audience)
        welcome = Welcome(
            epoch=self.replica.epoch,
            seq=self.board.seq,
            now=self._store.now(),
            resumed=resumed,
            you=self.you(connection.actor),
            board=self._parts.of("board", audience),
            round=self._parts.of("round", audience),
            tally=self._parts.of("tally", audience),
            comments=comments,
            talk=talk_view(self.board) or UNSET,
            people=self._parts.people(told_again=self._broadcaster.people_due_to_crowd),
            ballot=self.ballot(connection.actor.seat),
            **older,
        )
        connection.welcome(self._parts.frames_of(welcome, audience))
        if not self._store.present:
            connection.send(frame(messages.encode(self.pulse())), "pulse")
        if connection.asks_for_door and audience.host:
            self._broadcaster.show_door(connection)

    # What they ask

    def request(self, actor: Actor, request: Request, answered: Answered) -> None:
        """Take in what somebody asks for; `answered` is told what became of it."""
        if self.ended:
            answered(self.ended)
            return

        def ask(again: bool) -> None:
            # By then the board may know more of them than when they asked.
            by = self.actor(actor.badge, actor.view) if again else actor
            self._take_in(by, request, answered)

        self._doubts.ask(_asking(actor, request), ask, answered)

    def _take_in(self, actor: Actor, request: Request, answered: Answered) -> None:
        """Submit what somebody asks for. Raises Refused where the board forbids it."""
        if self.draining:
            raise Refused(Code.GOING_AWAY, "The server restarts. Send it again in a moment.")
        if not self._store.present:
            raise Refused(
                Code.STORE_AWAY, "Nothing can be saved just now. Send it again in a moment."
            )
        seat = _asking(actor, request)
        # The whole message gives its name, not only its `id`: what was erased from the log is
        # forgotten by those who read it later, and with it that this `id` was used.
        once = self.pseudonyms.once(seat, self.code, messages.encode(request).decode())
        try:
            require_right(self.board, actor, request)
            action = self._with_seats(request.action(self.board), actor)
            action = completed(self.board, self.pseudonyms, action)
            host = actor.badge.host if request.for_host else ""
            entry = act.Entry(
                rules=act.RULES, by=self._by(seat, action), host=host, once=once, action=action
            )
            if isinstance(action, act.Observe) and action.on:
                require_no_ballot(self.board, self.ballot(seat))
            self.board.check(self._time(), entry)
        except Refused:
            # What was done, or is being done, is not refused when it is asked for again, though
            # it could no longer be done now.
            if self._submissions.join(once, answered):
                return
            before = self.board.answer_to(once)
            if not isinstance(before, int):
                raise
            answered(before)
            return
        self._submissions.submit(entry, answered)

    def _with_seats(self, action: act.AnyAction, actor: Actor) -> act.AnyAction:
        """Put into an action at the door whose seats it is about: the log does not know who is
        here. Raises Refused where nobody waits.
        """
        match action:
            case act.Admit(seats=asked):
                waiting = {
                    self.pseudonyms.at_the_door(seat, self.code): seat
                    for seat in sorted(self._presence.at_the_door())
                }
                ids = [id_ for id_ in waiting if not asked or id_ in asked]
                if not ids:
                    raise Refused(Code.NOT_ALLOWED, "Nobody waits at the door any more.")
                return act.Admit(seats=tuple(waiting[id_] for id_ in ids))
            case act.SetBoard(settings=BoardSettingsChange(entry=Entrance.ADMITTED)):
                inside = self._presence.seats() | {actor.seat or actor.badge.browser or ""}
                return structs.replace(action, present=tuple(sorted(inside - {""})))
        return action

    def _time(self) -> int:
        """Return the time, but in an open round its end at most: whether that was before or after
        a vote, the order of the log decides and its clock, the same for every process.
        """
        current, now = self.board.round, self._store.now()
        if current and current.state is State.OPEN and current.deadline is not None:
            return min(now, current.deadline)
        return now

    def _by(self, seat: str, action: act.AnyAction) -> str:
        if isinstance(action, act.Vote | act.Withdraw):
            self.board.latest_round(action.round)
            return self._seating.voter(seat) or seat
        return seat

    # What can be seen

    def audience(self, actor: Actor, view: View | None) -> Audience:
        """Say what somebody may see on one of the pages."""
        return self._seating.audience(actor, view)

    def actor(self, badge: Badge, view: View | None = None) -> Actor:
        """Say who somebody is here and now, by what they can show."""
        return admit(self.board, self.pseudonyms, badge, view)

    def you(self, actor: Actor) -> You:
        return you(self.board, actor)

    def rounds(self) -> Iterator[bytes]:
        """Encode all rounds, one after the other. Raises AnotherHistoryError, see `Parts`."""
        return self._parts.rounds()

    def shown(self, audience: Audience) -> list[bytes]:
        """Encode all that an audience sees: members of an object of JSON, shared by all."""
        parts = {name: self._parts.of(name, audience) for name in PARTS}
        parts["comments"], older = self._parts.comments(audience)
        talk = talk_view(self.board)
        own = older | {"people": self.people()} | ({"talk": talk} if talk else {})
        shared = [self._parts.member(name, audience, part) for name, part in parts.items()]
        return [*shared, b"," + messages.encode(own)[1:-1]]

    def ballot(self, seat: str | None) -> dict[str, Any] | None:
        """Return the seat's ballot in the current round."""
        voter = self._seating.voter(seat)
        return self.board.round.ballot_of(voter) if self.board.round and voter else None

    def people(self) -> PeopleView:
        presence = self._presence
        lost, waiting = presence.lost(self._round_open()), len(presence.at_the_door())
        return people_view(self.board, presence.seats(), self.pseudonyms, lost, waiting)

    def door(self) -> DoorView:
        waiting = self._presence.at_the_door()
        return door_view(self.board, waiting, self._arrivals, self.pseudonyms)

    def here(self) -> set[str]:
        """Return the seats that are here now, over all processes."""
        return self._presence.seats()

    def seat_of(self, invite: str) -> str:
        """Return the seat that an invitation has now."""
        renewal = self.board.invitations.renewals.get(invite, 0)
        return self.pseudonyms.invited(invite, renewal, self.code)

    def _round_open(self) -> int:
        """Return the number of the round that is open; 0 for none."""
        current = self.board.round
        return current.n if current and current.state is State.OPEN else 0

    def pulse(self) -> Pulse:
        state = StoreState.OK if self._store.present else StoreState.AWAY
        return Pulse(seq=self.board.seq, now=self._store.now(), store=state)

    def pulse_now(self) -> None:
        """Tell everybody at once whether the store is there."""
        self._broadcaster.pulse_now()

    @contextlib.asynccontextmanager
    async def counted(self, *audiences: Audience) -> AsyncIterator[None]:
        """Have the result counted that some audience may see, where that takes long.

        The board stands still meanwhile: what is shown inside is of one position.
        """
        if not self._takes_long(*audiences):
            yield
            return
        with self.replica.standing_still():
            if self.board.round:
                await count_in_shares(self.board.round)
            yield

    def _takes_long(self, *audiences: Audience) -> bool:
        current = self.board.round
        return current is not None and current.takes_long and any(a.result for a in audiences)

    def ready(self, audiences: Iterable[Audience], go: Callable[[], None]) -> bool:
        """Say whether a welcome can be made at once; if not, `go` is called when it can."""
        shown = tuple(audiences)
        if not self._takes_long(*shown):
            return True
        task = tasks.supervise("count", partial(self._count_first, shown, go))
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)
        return False

    async def _count_first(self, audiences: tuple[Audience, ...], go: Callable[[], None]) -> None:
        async with self.counted(*audiences):
            go()

    async def count_rounds(self) -> None:
        """Have all rounds counted and encoded as somebody may see them who only watches."""
        for each in list(self.board.rounds):
            if each is not self.board.round and each.takes_long:
                await count_in_shares(each)
            async with self.counted(self.audience(NOBODY, View.SCREEN)), Share():
                self._parts.round(each)

    # How it fares

    @property
    def window(self) -> float:
        """The time from the last tally to the next, in seconds."""
        return self._broadcaster.window

    def headcount(self) -> int:
        """Count the people who are here over all processes, in one of them; 0 in the others."""
        return len(self._presence.seats()) if self._presence.leads else 0

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

    def changed(self, change: Change) -> None:
        # First who may see what, then what is sent: a new round hides its result at once.
        if change.roles or change.observer:
            self._seating.welcome_anew(self._admit_anew(change.observer))
        if change.browsers:
            self._seating.welcome_anew(self._admit_anew(browsers=change.browsers))
        if change.round or change.board:
            self._seating.move_all()
            self._set_timer()
        if change.round or change.roles:
            self._revocations.look(self.board)
        if change.voter is not None:
            self._seating.show_ballot(change.voter)
            self._revocations.voted(self.board, change.voter)
        self._broadcaster.mark(change)
        if change.afresh:
            self._seating.welcome_anew(self._seating.connections)

    def _look_for(self, seq: int) -> None:
        """Look into the log where something has not come that should have: was it erased?"""
        if seq <= self.board.seq:
            self.replica.catch_up()

    def compared(self) -> None:
        self._submissions.compared(self.board.seq)

    def mistrust(self) -> None:
        self.replica.mistrust()

    def mistrusted(self) -> None:
        # Nothing is shown to anybody until it is clear again who may see what.
        self._seating.set_aside(self._seating.connections)

    def broken(self) -> None:
        self._end_for_all(CLOSED, messages.FAULT)

    def renewed(self) -> None:
        self._admit_anew()
        self._seating.move_all()
        self._set_timer()
        self._revocations.look(self.board)
        self._seating.welcome_anew(self._seating.connections)
        # Whoever waits for an answer gets it behind the welcome: it speaks of this history.
        self._submissions.renewed(self.board.answer_to)

    def lost(self, unreadable: act.UnreadableError | None = None) -> None:
        if unreadable:
            why = withheld(unreadable)
            self._end_for_all(why, messages.RESTART._replace(reason=why.message), unreadable)
        else:
            self._end_for_all(NO_SUCH_BOARD, messages.NO_SUCH_BOARD)

    def _end_for_all(
        self, why: Refusal, close: Close, unreadable: act.UnreadableError | None = None
    ) -> None:
        self.end(why)
        for connection in list(self._seating.connections):
            with tasks.contained("close", self.code):
                connection.close(close)
        self._lost(self, unreadable)

    def damaged(self, damage: DamagedError) -> None:
        self.lost(damage)

    def _admit_anew(
        self, seat: str | None = None, browsers: tuple[str, ...] = ()
    ) -> list[Connection]:
        """Ask again who everybody is, or one seat, or some browsers; return those who are another
        than before.
        """
        others = []
        for connection in list(self._seating.connections):
            before = connection.actor
            if seat is not None and before.seat != seat:
                continue
            if browsers and before.badge.browser not in browsers:
                continue
            actor = connection.actor = self.actor(before.badge, connection.view)
            if actor == before:
                continue
            if connection.view is View.HOST and not actor.is_host:
                self._broadcaster.at_the_door.pop(connection, None)
                # Whoever gives up the right still gets the answer to that.
                asyncio.get_running_loop().call_later(LAST_ANSWER, connection.close, NO_HOST)
            elif connection.view is View.BALLOT and actor.guest != before.guest:
                if before.guest:
                    self._presence.leave(before.guest)
                if actor.guest:
                    self._presence.enter(actor.guest)
            others.append(connection)
        return others

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
                left + random.uniform(0, 0.05), self._end_round, current.n
            )

    def _look_again(self) -> None:
        with tasks.contained("timer", self.code) as looking:
            self._set_timer()
        if looking.failed:
            self._timer = asyncio.get_running_loop().call_later(1.0, self._look_again)

    def _end_round(self, n: int) -> None:
        # Asked again until it is done: by the store's clock it may have been a hair too early.
        self._timer = asyncio.get_running_loop().call_later(1.0, self._look_again)
        with tasks.contained("timer", self.code):
            self._lock(n)

    def _lock(self, n: int) -> None:
        if self._store.present:
            locked = act.Entry(rules=act.RULES, action=act.LockRound(round=n))
            self._submissions.submit(locked)


def withheld(why: act.UnreadableError) -> Refusal:
    """Say to those who ask for a board why they do not get it here."""
    return DAMAGED if isinstance(why, DamagedError) else Refusal(Code.GOING_AWAY, UNREADABLE)


async def count_in_shares(current: Round) -> None:
    """Count a round whose ballots stay as they are meanwhile."""
    async with Share() as share:
        for _ in current.counting():
            await share.pause()


def _asking(actor: Actor, request: Request) -> str:
    """Return the name under which something is asked for."""
    return (actor.badge.browser or "") if request.for_browser else actor.by
