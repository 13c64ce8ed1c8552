"""Broadcasts changes of a board to those who watch it, encoded once per audience."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Protocol

from server.concurrency import tasks
from server.domain.board import Board
from server.domain.changes import Change
from server.live import messages
from server.live.client import Client
from server.live.frames import framed
from server.live.messages import BoardView, LobbyView, MeetingView, PeopleView, Pulse
from server.live.outcome_views import asks_for_stances, stances_view
from server.live.slow_results import SlowResults
from server.live.views import (
    Audience,
    comment_view,
    names_shown,
    proposal_views,
    round_view,
    sealed_view,
    talk_view,
    tally_view,
)
from server.observability.metrics import FRAME_BYTES, FRAMES, count

SLICE = 200
"""Frames after which the event loop may do other work."""
MIN_WINDOW, MAX_WINDOW = 0.02, 0.25
"""Seconds between two tallies: three times as long as sending the last one took, within these."""
PEOPLE_WINDOW, CROWD_WINDOW, CROWD = 0.2, 1.0, 100
"""Seconds between two counts of people; the longer window applies to a crowd of this size."""
PULSE = 8.0
"""Seconds between two pulses."""
PULSE_AGAIN = 1.0
"""Seconds within which a pulse follows a message that was put off: it says when to send it again.
"""


class BroadcastSource(Protocol):
    """The source of what a broadcaster sends: read at the time of sending."""

    @property
    def board(self) -> Board: ...

    @property
    def epoch(self) -> str: ...

    def people(self) -> PeopleView: ...

    def lobby(self) -> LobbyView: ...

    def board_view(self) -> BoardView: ...

    def meeting_view(self, audience: Audience) -> MeetingView | None: ...

    def pulse(self) -> Pulse: ...

    def invalidate(self) -> None:
        """Send everyone a fresh welcome, because something could not be sent."""


@dataclass
class PendingChanges:
    """What remains to be sent."""

    board: bool = False
    round: bool = False
    tally: bool = False
    proposals: bool = False
    sealed: bool = False
    stances: bool = False
    people: bool = False
    lobby: bool = False
    meeting: bool = False
    pulse: bool = False
    comments: dict[str, None] = field(default_factory=dict)


class Broadcaster:
    """Sends changes.

    Everything is read from the board at the time of sending, so a frame includes all changes up to
    then, and nothing is sent twice.
    """

    def __init__(
        self,
        source: BroadcastSource,
        results: SlowResults,
        audiences: Mapping[Audience, Collection[Client]],
        window: float,
    ) -> None:
        """`audiences` is kept up to date by its owner.

        `window` is the time between two tallies, in seconds; 0 adapts it to the load.
        """
        self.window = window
        """The current time between two tallies, in seconds."""
        self._source = source
        self._results = results
        self._audiences = audiences
        self._window = window
        self._pending = PendingChanges()
        self._people_changed = False
        self.lobby_watchers: dict[Client, None] = {}
        """Consoles of hosts that asked to be told who arrives."""
        self._lobby: LobbyView | None = None
        """The last view of the lobby that was sent to them."""
        self._next_people = 0.0
        self._next_pulse = asyncio.get_running_loop().time() + PULSE
        self._urgent = asyncio.Event()
        self._wake = asyncio.Event()
        self._task = tasks.supervise("broadcast", self._run)

    def mark(self, change: Change) -> None:
        """Note what must be sent again. Comments and rounds are sent immediately."""
        pending = self._pending
        pending.board |= change.board
        pending.round |= change.round
        pending.tally |= change.tally
        pending.proposals |= change.proposals
        pending.sealed |= change.sealed
        # With every reveal and decision the outcome may be another.
        pending.stances |= change.stances or (
            (change.round or change.board) and asks_for_stances(self._source.board)
        )
        pending.meeting |= change.meeting
        self._people_changed |= change.people
        for comment in change.comments:
            pending.comments[comment] = None
        talked = change.comments or change.sealed
        if change.board or change.round or talked or change.proposals or change.meeting:
            self._urgent.set()
        self._wake.set()

    @property
    def people_due_to_crowd(self) -> bool:
        """Whether a large audience is about to be told who is here."""
        return self._people_changed and self._is_crowd()

    def mark_people(self) -> None:
        self._people_changed = True
        self._wake.set()

    def show_lobby(self, client: Client) -> None:
        """Tell a host's console who arrives, now and on every change."""
        self.lobby_watchers[client] = None
        self._lobby = None
        self.mark_lobby()

    def mark_lobby(self) -> None:
        """Note that the view of the lobby may have changed; it is sent if it differs
        from the last.
        """
        self._pending.lobby = True
        self._wake.set()

    def heartbeat_now(self) -> None:
        self._next_pulse = 0
        self._urgent.set()
        self._wake.set()

    def heartbeat_soon(self) -> None:
        """Send a pulse within `PULSE_AGAIN`, to those whose message was put off."""
        soon = asyncio.get_running_loop().time() + PULSE_AGAIN
        self._next_pulse = min(self._next_pulse, soon)
        self._wake.set()

    async def close(self) -> None:
        await tasks.end((self._task,))

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = min(self._next_pulse, self._next_people if self._people_changed else float("inf"))
            await _event(self._wake, due - clock())
            self._wake.clear()
            self._urgent.clear()
            began = clock()
            with tasks.contained("broadcast", self._source.board.code) as sending:
                await self._send_pending(self._take_pending(began))
            if sending.failed:
                # The pending changes are lost, so everyone is sent a fresh welcome.
                self._source.invalidate()
            # A tally is a state: all changes within a window are sent in one frame.
            await _event(self._urgent, self._rest(clock() - began))

    def _rest(self, took: float) -> float:
        """Return how long to wait after a broadcast that took `took` seconds."""
        self.window = self._window or min(MAX_WINDOW, max(MIN_WINDOW, 3 * took))
        return self.window - took

    def _take_pending(self, now: float) -> PendingChanges:
        pending, self._pending = self._pending, PendingChanges()
        if now >= self._next_pulse:
            pending.pulse = True
            self._next_pulse = now + PULSE
        if self._people_changed and now >= self._next_people:
            pending.people = True
            self._people_changed = False
            self._next_people = now + (CROWD_WINDOW if self._is_crowd() else PEOPLE_WINDOW)
        return pending

    def _is_crowd(self) -> bool:
        return sum(map(len, self._audiences.values())) >= CROWD

    async def _send_pending(self, pending: PendingChanges) -> None:
        if pending.lobby or pending.people:
            self._show_lobby()
        # Everything is encoded before anything is sent: while the loop does other work, people move
        # from one audience to another, and none of them may miss the news.
        epoch = self._source.epoch
        shown = [
            audience for audience, members in self._audiences.items() if members and pending.tally
        ]
        async with self._results.counted(*shown):
            made = [
                (self._is_public(audience), list(members), list(self._frames(pending, audience)))
                for audience, members in self._audiences.items()
                if members
            ]
        for is_public, members, frames in made:
            if not frames:
                continue
            joined = b"".join(data for _, data in frames)
            count(FRAMES, by=len(frames) * len(members))
            if is_public:
                count(FRAME_BYTES, by=len(joined) * len(members))
            at_once = max(1, SLICE // len(frames))
            for first in range(0, len(members), at_once):
                if self._source.epoch != epoch:
                    # From another history: everyone is sent a fresh welcome, and some have received
                    # it.
                    return
                for client in members[first : first + at_once]:
                    with tasks.contained("send", self._source.board.code) as sending:
                        client.connection.send_all(frames, joined)
                    if sending.failed:
                        client.connection.fail()
                await asyncio.sleep(0)

    def _show_lobby(self) -> None:
        """Send hosts the view of the lobby if it has changed."""
        before, self._lobby = self._lobby, self._source.lobby() if self.lobby_watchers else None
        if self._lobby is not None and self._lobby != before:
            encoded = framed(messages.changed("door", self._source.board.seq, self._lobby))
            for client in self.lobby_watchers:
                client.connection.send(encoded, "door")

    def _is_public(self, audience: Audience) -> bool:
        """Whether an audience sees no more than anyone who watches the screen.

        Only then may the length of its frames be published: otherwise it would reveal a hidden
        result, vote by vote.
        """
        current = self._source.board.round
        shown = current is not None and current.shows_result_to(voter=None, early_host=False)
        return not audience.host and (shown or not audience.result)

    def _frames(self, pending: PendingChanges, audience: Audience) -> Iterator[tuple[str, bytes]]:
        """Encode what changed, each part with the slot in which a newer one supersedes it."""
        board = self._source.board
        seq = board.seq
        # Comments come first, by position: a client that is cut off between two frames asks for
        # changes after the newest one, and everything else is sent whole.
        talk = [board.comments[id_] for id_ in pending.comments if id_ in board.comments]
        for comment in sorted(talk, key=attrgetter("seq")):
            shown = comment_view(board, comment, audience)
            counts = talk_view(board, [comment.option])
            data = framed(messages.comment_changed(comment.seq, shown, counts))
            yield f"comment {comment.id}", data
        views: dict[str, Callable[[], object]] = {
            "round": lambda: round_view(board.round),
            "board": self._source.board_view,
            "meeting": lambda: self._source.meeting_view(audience),
            "proposals": lambda: proposal_views(board),
            "sealed": lambda: sealed_view(board),
            "stances": lambda: stances_view(board, host=audience.host),
            "tally": lambda: tally_view(board.round, audience, names_shown(board)),
            "people": self._source.people,
        }
        for name, view in views.items():
            if getattr(pending, name):
                yield name, framed(messages.changed(name, seq, view()))
        if pending.pulse:
            yield "pulse", framed(messages.encode(self._source.pulse()))


async def _event(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but no longer than `seconds`."""
    with contextlib.suppress(TimeoutError):
        # Not `wait_for`: until Python 3.12 it may swallow its own cancellation.
        async with asyncio.timeout(max(0, seconds)):
            await event.wait()
