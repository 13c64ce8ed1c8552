"""Who watches a board, and how what changed reaches them: encoded once an audience."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Protocol

from server import tasks
from server.domain.board import Board
from server.domain.changes import Change
from server.live import messages
from server.live.frames import framed
from server.live.messages import DoorView, PeopleView, Pulse
from server.live.transport import Connection
from server.live.views import (
    Audience,
    board_view,
    comment_view,
    names_shown,
    round_view,
    talk_view,
    tally_view,
)
from server.metrics import FRAME_BYTES, FRAMES, count

SLICE = 200
"""Frames after which the loop gets to do other things."""
MIN_WINDOW, MAX_WINDOW = 0.02, 0.25
"""Seconds from one tally to the next; in between, three times what sending the last one took."""
PEOPLE_WINDOW, CROWD_WINDOW, CROWD = 0.2, 1.0, 100
"""Seconds between two counts of the people; for a crowd of so many, the longer ones."""
PULSE = 8.0
"""Seconds between two pulses."""


class Stage(Protocol):
    """What a broadcaster shows: read anew whenever something is sent."""

    @property
    def board(self) -> Board: ...

    @property
    def epoch(self) -> str: ...

    def people(self) -> PeopleView: ...

    def door(self) -> DoorView: ...

    def pulse(self) -> Pulse: ...

    def mistrust(self) -> None:
        """Have everybody start afresh: something that they were to be told was not."""

    def counted(self, *audiences: Audience) -> AbstractAsyncContextManager[None]:
        """Have counted what these audiences are shown."""


@dataclass
class News:
    """What is to be sent."""

    board: bool = False
    round: bool = False
    tally: bool = False
    people: bool = False
    door: bool = False
    pulse: bool = False
    comments: dict[str, None] = field(default_factory=dict)


class Broadcaster:
    """Sends what changed. Everything is read from the board at the moment of sending: what
    came in between is in it, and nothing is sent twice.
    """

    def __init__(self, stage: Stage, window: float) -> None:
        """`window` is the time from one tally to the next, in seconds; 0 for one that adapts."""
        self.members: dict[Audience, dict[Connection, None]] = {}
        self.window = window
        """The time from the last tally to the next, in seconds."""
        self._stage = stage
        self._window = window
        self._news = News()
        self._people_changed = False
        self.at_the_door: dict[Connection, None] = {}
        """Consoles of hosts that have asked to be told who comes in."""
        self._door: DoorView | None = None
        """As they were told of it last."""
        self._next_people = 0.0
        self._next_pulse = asyncio.get_running_loop().time() + PULSE
        self._urgent = asyncio.Event()
        self._stirred = asyncio.Event()
        self._task = tasks.supervise("broadcast", self._run)

    def mark(self, change: Change) -> None:
        """Take note of what is to be sent anew. Talk and rounds go at once."""
        news = self._news
        news.board |= change.board
        news.round |= change.round
        news.tally |= change.tally
        self._people_changed |= change.people
        for comment in change.comments:
            news.comments[comment] = None
        if change.board or change.round or change.comments:
            self._urgent.set()
        self._stirred.set()

    @property
    def people_due_to_crowd(self) -> bool:
        """Whether a crowd is about to be told who is here."""
        return self._people_changed and self._is_crowd()

    def mark_people(self) -> None:
        self._people_changed = True
        self._stirred.set()

    def show_door(self, connection: Connection) -> None:
        """Tell a host's console who comes in, now and whenever that changes."""
        self.at_the_door[connection] = None
        self._door = None
        self.mark_door()

    def mark_door(self) -> None:
        """Take note that hosts are to be told who comes in, if it is not what they were told."""
        self._news.door = True
        self._stirred.set()

    def pulse_now(self) -> None:
        self._next_pulse = 0
        self._urgent.set()
        self._stirred.set()

    async def close(self) -> None:
        await tasks.end((self._task,))

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = min(self._next_pulse, self._next_people if self._people_changed else float("inf"))
            await _event(self._stirred, due - clock())
            self._stirred.clear()
            self._urgent.clear()
            began = clock()
            with tasks.contained("broadcast", self._stage.board.code) as sending:
                await self._send_news(self._take_news(began))
            if sending.failed:
                # What they were to be told is gone; they start afresh.
                self._stage.mistrust()
            # A tally is a state: all that comes within a window goes out in one frame.
            await _event(self._urgent, self._rest(clock() - began))

    def _rest(self, took: float) -> float:
        """Return how long nothing is sent after a broadcast that took so long."""
        self.window = self._window or min(MAX_WINDOW, max(MIN_WINDOW, 3 * took))
        return self.window - took

    def _take_news(self, now: float) -> News:
        news, self._news = self._news, News()
        if now >= self._next_pulse:
            news.pulse = True
            self._next_pulse = now + PULSE
        if self._people_changed and now >= self._next_people:
            news.people = True
            self._people_changed = False
            self._next_people = now + (CROWD_WINDOW if self._is_crowd() else PEOPLE_WINDOW)
        return news

    def _is_crowd(self) -> bool:
        return sum(map(len, self.members.values())) >= CROWD

    async def _send_news(self, news: News) -> None:
        if news.door or news.people:
            self._show_door()
        # All is made before anything is sent: while the loop does other things, people move
        # from one audience to another, and none of them must miss what is new.
        epoch = self._stage.epoch
        shown = [audience for audience, members in self.members.items() if members and news.tally]
        async with self._stage.counted(*shown):
            made = [
                (self._is_public(audience), list(members), list(self._frames(news, audience)))
                for audience, members in self.members.items()
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
                if self._stage.epoch != epoch:
                    # Of another history: all are welcomed anew, and some have been by now.
                    return
                for connection in members[first : first + at_once]:
                    with tasks.contained("send", self._stage.board.code) as sending:
                        connection.send_all(frames, joined)
                    if sending.failed:
                        connection.fail()
                await asyncio.sleep(0)

    def _show_door(self) -> None:
        """Tell hosts of the door if it is not as they were told of it last."""
        before, self._door = self._door, self._stage.door() if self.at_the_door else None
        if self._door is not None and self._door != before:
            told = framed(messages.changed("door", self._stage.board.seq, self._door))
            for connection in self.at_the_door:
                connection.send(told, "door")

    def _is_public(self, audience: Audience) -> bool:
        """Say whether an audience sees no more than anybody who watches the screen.

        Only then may the length of what it is told be known: a result that is hidden would show
        in it, vote by vote.
        """
        current = self._stage.board.round
        shown = current is not None and current.shows_result_to(voter=None, early_host=False)
        return not audience.host and (shown or not audience.result)

    def _frames(self, news: News, audience: Audience) -> Iterator[tuple[str, bytes]]:
        """Encode what changed, each part with the slot in which a newer one supersedes it."""
        board = self._stage.board
        seq = board.seq
        # Comments come first, in the order of their positions: whoever is cut off between two
        # frames asks for what came after the newest one, and everything else is sent whole.
        talk = [board.comments[id_] for id_ in news.comments if id_ in board.comments]
        for comment in sorted(talk, key=attrgetter("seq")):
            view = comment_view(board, comment, audience)
            counts = talk_view(board, [comment.option])
            data = framed(messages.comment_changed(comment.seq, view, counts))
            yield f"comment {comment.id}", data
        if news.round:
            yield "round", framed(messages.changed("round", seq, round_view(board.round)))
        if news.board:
            yield "board", framed(messages.changed("board", seq, board_view(board)))
        if news.tally:
            tally = tally_view(board.round, audience, names_shown(board))
            yield "tally", framed(messages.changed("tally", seq, tally))
        if news.people:
            yield "people", framed(messages.changed("people", seq, self._stage.people()))
        if news.pulse:
            yield "pulse", framed(messages.encode(self._stage.pulse()))


async def _event(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, or until the time is up."""
    with contextlib.suppress(TimeoutError):
        # Not `wait_for`: until Python 3.12 it may swallow that it was cancelled.
        async with asyncio.timeout(max(0, seconds)):
            await event.wait()
