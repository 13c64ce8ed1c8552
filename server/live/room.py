"""A room: one board in this process, the clients that watch it, and their requests."""

import asyncio
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from msgspec import UNSET, Raw, UnsetType, structs

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import State
from server.domain.rules import BoardSettingsChange, Entrance
from server.live import messages
from server.live.authorization import (
    NOBODY,
    Actor,
    Credentials,
    authorize,
    may_be_called,
    require_no_ballot,
    require_right,
    you,
)
from server.live.broadcaster import Broadcaster
from server.live.client import Client
from server.live.commands.boards import DeleteBoard
from server.live.commands.request import Hello, Request, Since
from server.live.commands.texts import person_name
from server.live.deletion import Deletion
from server.live.frames import frame
from server.live.meeting_link import MeetingLink
from server.live.membership import Membership
from server.live.messages import (
    BoardView,
    Close,
    LobbyView,
    MeetingView,
    PeopleView,
    Pulse,
    StoreState,
    View,
    Welcome,
    You,
)
from server.live.outcome_views import asks_for_stances, own_experience, own_moved_by, own_stance
from server.live.outcomes import require_complete
from server.live.pending import Answered, Submissions
from server.live.recheck import CLOSED, Recheck
from server.live.replica import Replica, Watcher
from server.live.retelling import Retelling
from server.live.revocations import Revocations
from server.live.round_timer import RoundTimer
from server.live.seats import completed
from server.live.slow_results import SlowResults, count_in_slices
from server.live.time_slices import TimeSlice
from server.live.views import (
    PARTS,
    Audience,
    board_view,
    comment_views,
    count_people,
    first_by_name,
    lobby_view,
    own_proposals,
    own_sealed,
    people_view,
    talk_view,
)
from server.live.welcome_cache import WelcomeCache
from server.security.pseudonyms import Pseudonyms
from server.store.announcements import Counts
from server.store.arrivals import Arrivals
from server.store.client import Store
from server.store.damage import DamagedError
from server.store.event_log import DAMAGED, NO_SUCH_BOARD, Batch, EventLog
from server.store.presence import Presence
from server.words.catalogue import words

NO_HOST = messages.NOT_ALLOWED._replace(reason=words("refusal-no-longer-host"))
UNREADABLE = words("refusal-board-newer")
RESUMED = 50_000
"""Weight of missed comments, in characters, up to which a client resumes; beyond it, it gets a
fresh welcome.
"""
LAST_ANSWER = 0.25
"""Seconds after which the console of a removed host is closed."""


class Room(Watcher):
    """Everything that happens around one board in one process."""

    def __init__(
        self,
        replica: Replica,
        *,
        code: str,
        store: Store,
        log: EventLog,
        pseudonyms: Pseudonyms,
        process: str,
        window: float,
        addresses: tuple[str, ...],
        lost: Callable[["Room", act.UnreadableError | None], None],
        joined: Callable[["Room"], None],
    ) -> None:
        """`replica` has been loaded, and is watched by the room from now on.

        `window` is the time between two tallies, in seconds; 0 adapts it to the load. `lost` is
        called when the board is gone, or with the reason why it cannot be followed; `joined` when
        it has joined a meeting, so that the room of the leading board can be attached.
        """
        self.code = code
        self.draining = False
        self.ended: Refusal | None = None
        """Why requests are no longer accepted here; None while they are."""
        self.addresses = addresses
        """The addresses of this machine among which a host can choose one for links."""
        self.network: int | UnsetType = UNSET
        """How often they have changed; unset if never."""
        self.visitors = 0
        """Clients on this board, including those that have not sent a hello yet, and open rooms of
        the meeting that it leads.
        """
        self.replica = replica
        self.pseudonyms = pseudonyms
        self.meeting = MeetingLink(self, pseudonyms)
        self.results = SlowResults(replica)
        self.retelling = Retelling(replica)
        self.store = store.of(code)
        """The part of the store that has this board."""
        self._lost = lost
        self._joined = joined
        self._submissions = Submissions(log, code, self._check_log, replica.invalidate)
        self._deleting = Deletion(lambda: self.board.seq, self.lost)
        self._log = log
        self._recheck = Recheck(self._caught_up)
        self._revocations = Revocations(log, pseudonyms, self._submissions, self.meeting.barred)
        self._welcome_cache = WelcomeCache(self)
        self._membership = Membership(replica, pseudonyms, self.results, self.welcome)
        self._broadcaster = Broadcaster(self, self.results, self._membership.audiences, window)
        changed = self._broadcaster.mark_people
        self._presence = Presence(
            store,
            process,
            code,
            changed=changed,
            round_open=self._round_open,
            count=self._count,
        )
        self._needs_lists = False
        """Whether a request waits until all processes have listed their seats."""
        self._arrivals = Arrivals(
            store,
            code,
            changed=self._broadcaster.mark_lobby,
            watched=lambda: bool(self._broadcaster.lobby_watchers),
        )
        self._timer = RoundTimer(replica, self.store, self._submissions)
        replica.watch(self)
        self._timer.set()

    @property
    def board(self) -> Board:
        return self.replica.board

    @property
    def epoch(self) -> str:
        return self.replica.epoch

    async def close(self) -> None:
        """Stop everything that runs for this room; submitted entries stay in the log's queue."""
        self.end(CLOSED)
        self._timer.cancel()
        self.meeting.detach()
        await tasks.end_quietly(
            self.results.close,
            self._recheck.close,
            self._deleting.close,
            self._broadcaster.close,
            self._presence.close,
            self._arrivals.close,
            self._revocations.close,
            self.replica.close,
        )

    def end(self, why: Refusal) -> None:
        """Answer all pending requests, and from now on every new one, with `why`."""
        self.ended = self.ended or why
        self.give_up(why)

    def require_open(self) -> None:
        """Raise Refused if requests are no longer accepted here."""
        if self.ended:
            raise Refused(self.ended)

    def give_up(self, why: Refusal) -> None:
        """Answer all pending requests, as this process will not learn their outcome."""
        for give_up in (self._submissions.give_up, self._recheck.give_up, self._deleting.give_up):
            with tasks.contained("answer", self.code):  # A failure must not interrupt the shutdown.
                give_up(why)

    # People

    def enter(self, client: Client, hello: Hello) -> None:
        """Admit a client and welcome it. Raises Refused if its hello is not allowed."""
        self.require_open()
        # The board may have changed since it connected.
        actor = self.actor(client.actor.credentials, hello.view)
        if hello.view is View.HOST and not actor.is_host:
            raise Refused(Code.NOT_ALLOWED, words("refusal-host-page"))
        name = person_name(hello.name)
        client.view, client.actor = hello.view, actor
        self._membership.enter(client)
        if self.results.are_shown_to(self.audience(actor, hello.view)):
            self._membership.send_fresh_welcomes([client])
        else:
            self.welcome(client, hello.since)
        if seat := client.actor.seat:
            if hello.view is View.BALLOT:
                self._arrive(client.actor)
                self.note_arrival(client.actor, client.network)
            new = name and name != self.board.names.chosen(seat)
            new = new and may_be_called(self.meeting.roles, actor, name or "")
            is_open = not self.board.is_full and self.board.archived_at is None
            if new and self.store.present and is_open:
                renamed = act.Entry(rules=act.RULES, by=seat, action=act.Rename(name=name))
                self._submissions.submit(renamed)

    def leave(self, client: Client) -> None:
        if client not in self._membership.clients:
            return
        self._membership.leave(client)
        self.hide_lobby(client)
        if client.view is View.BALLOT:
            self._depart(client.actor, unclean=client.connection.unclean)

    def _arrive(self, actor: Actor) -> None:
        """Count one more page of a person; on a question of a meeting, for the meeting too."""
        if actor.presence_id:
            self.enter_presence(actor.presence_id)
        self.meeting.enter_presence(actor)

    def _depart(self, actor: Actor, *, unclean: bool = False) -> None:
        if actor.presence_id:
            self.leave_presence(actor.presence_id, unclean=unclean)
        self.meeting.leave_presence(actor, unclean=unclean)

    def enter_presence(self, id_: str) -> None:
        self._presence.enter(id_)

    def leave_presence(self, id_: str, *, unclean: bool = False) -> None:
        self._presence.leave(id_, unclean=unclean)

    def show_lobby(self, client: Client) -> None:
        """Tell the console of a host who arrives, until it is hidden from it."""
        if lead := self.meeting.lead:
            lead.show_lobby(client)
        else:
            self._broadcaster.show_lobby(client)

    def hide_lobby(self, client: Client) -> None:
        self._broadcaster.lobby_watchers.pop(client, None)
        self.meeting.hide_lobby(client)

    def note_arrival(self, actor: Actor, network: str) -> None:
        """Count a seat that may be here for the first time."""
        if actor.lead and (lead := self.meeting.lead):
            lead.note_arrival(actor.lead, network)
        elif actor.seat and not actor.is_host:
            self._arrivals.record(actor.seat, self.pseudonyms.network(network, self.code))

    def welcome(self, client: Client, since: Since | None = None) -> None:
        """Send everything that this client may see."""
        talk = self.board.comments
        resumed = (
            since is not None
            and since.epoch == self.replica.epoch
            and talk.resync <= since.seq <= self.board.seq
            # Frames for a single client are kept for it alone if its connection is slow.
            and not talk.outweighs(RESUMED, since=since.seq)
        )
        audience = self.audience(client.actor, client.view)
        older: dict[str, Any] = {}
        own: dict[str, Any] = {}
        if self.board.shows_proposals:
            own = {
                "proposals": self._welcome_cache.of("proposals", audience),
                "your_proposals": own_proposals(self.board, client.actor.seat),
            }
        if self.board.seals_talk:
            own |= {
                "sealed": self._welcome_cache.of("sealed", audience),
                "your_sealed": own_sealed(self.board, client.actor.seat),
            }
        voter = self._membership.voter(client.actor.seat)
        if (levels := own_experience(self.board, voter)) is not None:
            own["your_experience"] = levels
        if self.board.round is not None and self.board.round.since is not None:
            own["your_moved_by"] = own_moved_by(self.board, voter)
        if asks_for_stances(self.board):
            own |= {
                "stances": self._welcome_cache.of("stances", audience),
                "your_stance": own_stance(self.board, voter),
            }
        if resumed and since is not None:
            changed = comment_views(self.board, audience, talk.since(since.seq))
            comments = Raw(messages.encode(changed))
        else:
            comments, older = self._welcome_cache.comments(audience)
        welcome = Welcome(
            epoch=self.replica.epoch,
            seq=self.board.seq,
            now=self.store.now(),
            resumed=resumed,
            you=self.you(client.actor),
            board=self._welcome_cache.of("board", audience),
            round=self._welcome_cache.of("round", audience),
            tally=self._welcome_cache.of("tally", audience),
            comments=comments,
            talk=talk_view(self.board) or UNSET,
            people=self._welcome_cache.people(told_again=self._broadcaster.people_due_to_crowd),
            meeting=self.meeting_view(audience) or UNSET,
            ballot=self.ballot(client.actor.seat),
            **older,
            **own,
        )
        answered = client.welcome(self._welcome_cache.frames_of(welcome, audience))
        # A client that was put off meanwhile may have missed the pulse that says when to try again.
        if answered or not self.store.present:
            client.connection.send(frame(messages.encode(self.pulse())), "pulse")
        if client.asks_for_lobby and audience.host:
            self.show_lobby(client)

    # Requests

    def request(self, actor: Actor, request: Request, answered: Answered) -> None:
        """Handle a request; `answered` is called with its outcome."""
        if self.ended:
            answered(self.ended)
            return
        try:
            if self.meeting.pass_on(actor, request, answered):
                return
        except Refused as refused:
            answered(refused.refusal)
            return

        def ask(again: bool) -> None:
            # By then the board may know more about them than at the time of the request.
            by = self.actor(actor.credentials, actor.view) if again else actor
            self._submit(by, request, answered)

        self._recheck.ask(_asking(actor, request), ask, answered)

    def _submit(self, actor: Actor, request: Request, answered: Answered) -> None:
        """Submit a request. Raises Refused if the board does not allow it."""
        if self.draining:
            raise Refused(Code.GOING_AWAY, words("refusal-restarting"))
        if not self.store.present:
            raise Refused(Code.STORE_AWAY, words("refusal-cannot-save"))
        if isinstance(request, DeleteBoard):
            require_right(self.meeting.roles, actor, request)
            self.meeting.require_allowed(actor, request)
            request.require_code(self.board)
            self._deleting.add(answered, partial(self._log.delete, self.code))
            return
        seat = _asking(actor, request)
        # The key is derived from the whole message, not only its `id`: once an entry is erased from
        # the log, processes that read the log later do not know that its `id` was used.
        idempotency_key = self.pseudonyms.idempotency_key(
            seat, self.code, messages.encode(request).decode()
        )
        try:
            require_right(self.meeting.roles, actor, request)
            self.meeting.require_allowed(actor, request)
            action = self._with_seats(request.action(self.board), actor)
            action = completed(self.board, self.pseudonyms, action)
            host = actor.host if request.for_host else ""
            entry = act.Entry(
                rules=act.RULES,
                by=self._by(seat, action),
                host=host,
                idempotency_key=idempotency_key,
                action=action,
            )
            if isinstance(action, act.Observe) and action.on:
                require_no_ballot(self.board, self.ballot(seat))
            self.board.check(self._time(), entry)
            require_complete(self.board, action, self.store.now())
        except Refused:
            # A repeat of something already done, or in progress, is not refused, even though it
            # could not be done now.
            if self._submissions.join(idempotency_key, answered):
                return
            before = self.board.answer_to(idempotency_key)
            if not isinstance(before, int):
                raise
            answered(before)
            return
        self._submissions.submit(entry, answered)

    def _with_seats(self, action: act.AnyAction, actor: Actor) -> act.AnyAction:
        """Add the seats that an action is about, because the log does not know who is present.

        Raises Refused if no one is waiting, if it is not known who is here, and for an address that
        this machine does not have.
        """
        match action:
            case act.Admit(seats=asked):
                waiting = {
                    self.pseudonyms.newcomer_id(seat, self.code): seat
                    for seat in sorted(self._presence.awaiting_admission())
                }
                ids = [id_ for id_ in waiting if not asked or id_ in asked]
                if not ids:
                    raise Refused(Code.NOT_ALLOWED, words("refusal-no-one-waits"))
                return act.Admit(seats=tuple(waiting[id_] for id_ in ids))
            case act.SetBoard(settings=BoardSettingsChange(address=str(address))) if (
                address not in self.addresses
            ):
                raise Refused(Code.BAD_SETTINGS, words("refusal-address", address=address))
            case act.SetBoard(settings=BoardSettingsChange(entry=Entrance.ADMITTED)):
                if self._presence.counted():
                    # Asked again, see `_caught_up`. Otherwise those not listed would be outside.
                    self._needs_lists = True
                    raise Refused(Code.NOT_ALLOWED, words("refusal-unlisted"))
                inside = self._presence.seats() | {actor.seat or actor.credentials.browser or ""}
                return structs.replace(action, present=tuple(sorted(inside - {""})))
        return action

    async def _caught_up(self) -> bool:
        """Bring up to date what a request may depend on; return whether the board is."""
        if self._needs_lists:
            self._needs_lists = False
            await self._presence.list_all()
        return await self.replica.caught_up()

    def _time(self) -> int:
        """Return the time, but at most the deadline of an open round.

        Whether a vote came before or after the deadline is decided by the order of the log and its
        clock, the same for every process.
        """
        current, now = self.board.round, self.store.now()
        if current and current.state is State.OPEN and current.deadline is not None:
            return min(now, current.deadline)
        return now

    def _by(self, seat: str, action: act.AnyAction) -> str:
        if isinstance(action, act.ByVoter):
            self.board.latest_round(action.round)
            return self._membership.voter(seat) or seat
        return seat

    # What can be seen

    def audience(self, actor: Actor, view: View | None) -> Audience:
        """Return the audience of an actor on one of the pages."""
        return self._membership.audience(actor, view)

    def actor(self, credentials: Credentials, view: View | None = None) -> Actor:
        """Return who the holder of these credentials is here and now."""
        in_meeting = self.meeting.authorize(credentials, view)
        return in_meeting or authorize(self.board, self.pseudonyms, credentials, view)

    def you(self, actor: Actor) -> You:
        return you(self.board, actor, self.meeting.roles)

    def board_view(self) -> BoardView:
        """Return the board; on a question of a meeting, with the lead's rules of who comes in."""
        view, rules = board_view(self.board), self.meeting.roles.settings
        settings = structs.replace(view.settings, entry=rules.entry, address=rules.address)
        return structs.replace(view, settings=settings)

    def meeting_view(self, audience: Audience) -> MeetingView | None:
        """Return the meeting as an audience may see it; None if the board is in none."""
        return self.meeting.view(host=audience.host)

    def rounds(self) -> Iterator[bytes]:
        """Encode all rounds one by one. Raises AnotherHistoryError, see `WelcomeCache`."""
        return self._welcome_cache.rounds()

    def shown(self, audience: Audience) -> list[bytes]:
        """Encode all that an audience sees, as members of a JSON object that all of it shares."""
        parts = {name: self._welcome_cache.of(name, audience) for name in PARTS}
        if not self.board.shows_proposals:
            del parts["proposals"]
        if not self.board.seals_talk:
            del parts["sealed"]
        if not asks_for_stances(self.board):
            del parts["stances"]
        parts["comments"], older = self._welcome_cache.comments(audience)
        talk = talk_view(self.board)
        own = older | {"people": self.people()} | ({"talk": talk} if talk else {})
        if meeting := self.meeting_view(audience):
            own["meeting"] = meeting
        shared = [self._welcome_cache.member(name, audience, part) for name, part in parts.items()]
        return [*shared, b"," + messages.encode(own)[1:-1]]

    def ballot(self, seat: str | None) -> dict[str, Any] | None:
        """Return the seat's ballot in the current round."""
        voter = self._membership.voter(seat)
        return self.board.round.ballot_of(voter) if self.board.round and voter else None

    def people(self) -> PeopleView:
        presence = self._presence
        return people_view(
            self.board,
            presence.seats(),
            self.pseudonyms,
            lost=presence.lost(self._round_open()),
            waiting=len(presence.awaiting_admission()),
            elsewhere=presence.counted(),
        )

    def _count(self, seats: AbstractSet[str]) -> tuple[Counts, list[str]]:
        """Count seats for other processes, and return those that are shown by name."""
        return count_people(self.board, seats, self.pseudonyms), first_by_name(self.board, seats)

    def now(self) -> int:
        """Return the time by the store's clock, in milliseconds since 1970."""
        return self.store.now()

    def lobby(self) -> LobbyView:
        waiting = self._presence.awaiting_admission()
        return lobby_view(self.board, waiting, self._arrivals, self.pseudonyms)

    def here(self) -> set[str]:
        """Return the seats that are here now, across all processes that list them."""
        return self._presence.seats()

    def seat_of(self, invite: str) -> str:
        """Return the current seat of an invitation."""
        renewal = self.board.invitations.renewals.get(invite, 0)
        return self.pseudonyms.invited(invite, renewal, self.code)

    def _round_open(self) -> int:
        """Return the number of the open round; 0 if there is none."""
        current = self.board.round
        return current.n if current and current.state is State.OPEN else 0

    def pulse(self) -> Pulse:
        state = StoreState.OK if self.store.present else StoreState.AWAY
        now = self.store.now()
        return Pulse(seq=self.board.seq, now=now, store=state, network=self.network)

    def heartbeat_now(self) -> None:
        """Tell everyone at once whether the store is available, and if the network changed."""
        self._broadcaster.heartbeat_now()

    def heartbeat_soon(self) -> None:
        """Tell everyone soon, because a message was put off until they hear of it.

        The store may be available again already: then nothing else would tell them for seconds.
        """
        self._broadcaster.heartbeat_soon()

    async def count_rounds(self) -> None:
        """Count and encode all rounds as someone who only watches may see them."""
        for each in list(self.board.rounds):
            if each is not self.board.round and each.takes_long:
                await count_in_slices(each)
            async with self.results.counted(self.audience(NOBODY, View.SCREEN)), TimeSlice():
                self._welcome_cache.round(each)

    # Metrics

    @property
    def window(self) -> float:
        """The current time between two tallies, in seconds."""
        return self._broadcaster.window

    def headcount(self) -> int:
        """Return the number of people here across all processes, in one of them; 0 elsewhere.

        Those on a question of a meeting are counted on the board that leads it.
        """
        if self.meeting.lead:
            return 0
        return self._presence.here if self._presence.leads else 0

    # Events of the board

    def receive(self, batch: Batch) -> None:
        self._log.heard(self.code, batch.last)
        self.replica.receive(batch)

    def on_presence(self, message: bytes) -> None:
        self._presence.receive(message)

    def catch_up(self) -> None:
        self.replica.catch_up()
        self._presence.ask()

    def applied(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        self._submissions.settle(seq, entry, outcome)

    def changed(self, change: Change) -> None:
        if self.meeting.has_joined_another:
            self._join_meeting()
        # First who may see what, then what is sent: a new round hides its result at once.
        if change.roles or change.observer:
            self._membership.send_fresh_welcomes(self._authorize_again(change.observer))
        if change.browsers:
            self._membership.send_fresh_welcomes(self._authorize_again(browsers=change.browsers))
        if change.round or change.board:
            self._membership.move_all()
            self._timer.set()
        if change.round or change.roles:
            self._revocations.look(self.board)
        if change.voter is not None:
            self._membership.show_ballot(change.voter)
            self._revocations.voted(self.board, change.voter)
        self._show_own(change)
        self._presence.recount()
        self._broadcaster.mark(change)
        if change.resync:
            self._membership.send_fresh_welcomes(self._membership.clients)
        self.meeting.tell(change)

    def _join_meeting(self) -> None:
        self._membership.send_fresh_welcomes(self._authorize_again())
        self.meeting.expect_lead()
        self._joined(self)

    def lead_changed(self, change: Change) -> None:
        if change.roles or change.browsers or change.meeting:
            self._membership.send_fresh_welcomes(self._authorize_again())
            self._revocations.look(self.board)
        self._broadcaster.mark(Change(board=change.board or change.meeting, meeting=True))

    def lead_lost(self) -> None:
        self._end_for_all(CLOSED, messages.RESTART)

    def _show_own(self, change: Change) -> None:
        """Send people what is told to them alone."""
        for whose, show in (
            (change.proposer, self._membership.show_own_proposals),
            (change.sealer, self._membership.show_own_sealed),
            (change.experience_of, self._membership.show_own_experience),
            (change.stance_of, self._membership.show_own_stance),
            (change.moved, self._membership.show_own_moved_by),
        ):
            if whose is not None:
                show(whose)

    def _check_log(self, seq: int) -> None:
        """Read the log if an expected entry has not arrived: was it erased?"""
        if seq <= self.board.seq:
            self.replica.catch_up()

    def compared(self) -> None:
        self._submissions.compared(self.board.seq)

    def invalidate(self) -> None:
        self.replica.invalidate()

    def invalidated(self) -> None:
        # Nothing is sent to anyone until it is certain again who may see what.
        self._membership.set_aside(self._membership.clients)

    def broken(self) -> None:
        self._end_for_all(CLOSED, messages.FAULT)

    def renewed(self) -> None:
        if self.meeting.has_joined_another:
            self._join_meeting()
        self._authorize_again()
        self._membership.move_all()
        self._timer.set()
        self._revocations.look(self.board)
        self._membership.send_fresh_welcomes(self._membership.clients)
        self.meeting.tell(Change(roles=True, board=True, meeting=True))
        # Pending answers are sent after the welcome, because they refer to this history.
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
        if close is messages.NO_SUCH_BOARD:
            self._deleting.done()
        self.end(why)
        for client in list(self._membership.clients):
            with tasks.contained("close", self.code):
                client.connection.close(close)
        self.meeting.lose()
        self._lost(self, unreadable)

    def damaged(self, damage: DamagedError) -> None:
        self.lost(damage)

    def _authorize_again(
        self, seat: str | None = None, browsers: tuple[str, ...] = ()
    ) -> list[Client]:
        """Authorize all clients again, or those of one seat or some browsers.

        Returns the clients whose actor changed.
        """
        others = []
        for client in list(self._membership.clients):
            before = client.actor
            if seat is not None and before.seat != seat:
                continue
            if browsers and before.credentials.browser not in browsers:
                continue
            actor = client.actor = self.actor(before.credentials, client.view)
            if actor == before:
                continue
            if client.view is View.HOST and not actor.is_host:
                self.hide_lobby(client)
                # A host who removes themself still gets the answer.
                asyncio.get_running_loop().call_later(LAST_ANSWER, client.connection.close, NO_HOST)
            elif client.view is View.BALLOT and _presence_of(actor) != _presence_of(before):
                self._depart(before)
                self._arrive(actor)
            others.append(client)
        return others


def _presence_of(actor: Actor) -> tuple[str | None, str | None]:
    """Return the seats that are announced: on the board, and on the one that leads its meeting."""
    return actor.presence_id, actor.lead and actor.lead.presence_id


def withheld(why: act.UnreadableError) -> Refusal:
    """Return why a board is withheld, as an answer to requests."""
    return DAMAGED if isinstance(why, DamagedError) else Refusal(Code.GOING_AWAY, UNREADABLE)


def _asking(actor: Actor, request: Request) -> str:
    """Return the name under which a request is made."""
    return (actor.credentials.browser or "") if request.for_browser else actor.by
