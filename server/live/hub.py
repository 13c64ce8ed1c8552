"""All rooms of this process: opened when somebody comes, closed when all have left."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from server import tasks
from server.domain import actions as act
from server.domain.refusals import Code, Refused
from server.live import messages
from server.live.doubts import CLOSED
from server.live.frames import frame
from server.live.leavings import Leavings
from server.live.messages import Goodbye
from server.live.pseudonyms import Pseudonyms
from server.live.room import UNREADABLE, Room
from server.live.transport import FAREWELL, Connection
from server.log.follow import Line
from server.log.log import Log
from server.log.store import Store, StoreAwayError
from server.loglines import event
from server.settings import Settings

logger = logging.getLogger(__name__)

TICK = 2.0
"""Seconds between two looks at who has stalled and which rooms are empty."""
COMPARE = 20.0
"""Seconds after which a board compares its position with the log, whatever it heard."""
EMPTY = 300.0
"""Seconds for which a room without people is kept."""
WITHHELD = 10.0
"""Seconds after which it is tried again to read a board that could not be read."""
MOST_EMPTY = 1_000
"""Rooms without people that are kept at most: whoever opens board after board fills no memory."""
FAREWELLS = 100
"""Connections closed in one go when the server drains."""


class Hub:
    """The rooms, and the line on which they hear of their boards."""

    def __init__(
        self, store: Store, pseudonyms: Pseudonyms, process: str, settings: Settings
    ) -> None:
        self.store = store
        self.pseudonyms = pseudonyms
        self.draining = False
        self.failing = False
        """Whether rooms and connections are not looked after, for a fault."""
        self.rooms: dict[str, Room] = {}
        self.guests: set[Connection] = set()
        """All connections, also those that have not said hello yet."""
        self.on_line: list[Callable[[], Awaitable[None]]] = []
        """What is to be done whenever there is a line to the store, before it is read."""
        self.line = Line(store, process, self._prepare)
        self.log = Log(store, self.line, settings.retention_days)
        self._window = settings.tally_window / 1000
        self._process = process
        self._opening: dict[str, asyncio.Task[Room]] = {}
        self._withheld: dict[str, float] = {}
        """Boards that this version cannot read, and until when nobody tries."""
        self._deserted = asyncio.Event()
        self._deserted.set()
        self._left: dict[str, float] = {}
        self._leavings = Leavings()
        self._compared = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether people can be sent here."""
        return self.store.present and not self.draining and not self.failing

    def arrive(self, guest: Connection) -> None:
        """Count a connection in, from before its hello on."""
        self.guests.add(guest)
        self._deserted.clear()

    def depart(self, guest: Connection) -> None:
        self.guests.discard(guest)
        self._leavings.add()
        if not self.guests:
            self._deserted.set()

    def start(self) -> None:
        tasks.watch_loop()
        self.store.on_presence.append(self._tell_presence)
        self.line.start()
        self._tasks.add(tasks.supervise("rooms", self._tick, self._take_note))

    async def room(self, code: str) -> Room:
        """Return the room of a board.

        Raises Refused: `no_such_board`, or `going_away` where this version cannot read it.
        Raises StoreAwayError.
        """
        if room := self.rooms.get(code):
            # Whoever asked by HTTP waits for an answer, too: the room's time begins anew.
            self._left.pop(code, None)
            return room
        if asyncio.get_running_loop().time() < self._withheld.get(code, 0):
            raise Refused(Code.GOING_AWAY, UNREADABLE)
        if code not in self._opening:
            self._opening[code] = tasks.begin("open", self._opened(code))
        try:
            return await tasks.shared(self._opening[code])
        except tasks.EndedError:
            raise Refused(CLOSED) from None

    async def create(self, code: str, entries: Sequence[act.Entry]) -> bool:
        """Make a board; False where the code is taken. Raises StoreAwayError."""
        return await self.log.create(code, [act.encode(entry) for entry in entries])

    async def drain(self, seconds: float) -> None:
        """Send everybody away in good order, and wait until what was taken is answered.

        Half of the time at most is for the answers, because the store may be away, and half for
        the farewells. Whoever does not answer these is waited for a little longer: `FAREWELL`.
        """
        self.draining = True
        for room in self.rooms.values():
            room.draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds / 2):
                await self.log.drained()
        # Who waits for a store that is away is told so, and asks the next server.
        for room in list(self.rooms.values()):
            room.give_up(CLOSED)
        await asyncio.sleep(0)  # The answers go out before the farewell.
        connections = list(self.guests)
        spread_ms = min(int(seconds * 1000), 20 * len(connections))
        for connection in connections:
            goodbye = Goodbye(
                reason="restart", retry_after_ms=100 + random.randint(0, max(1, spread_ms))
            )
            with tasks.contained("goodbye"):
                connection.send(frame(messages.encode(goodbye)))
        batches = max(1, len(connections) // FAREWELLS)
        for n in range(0, len(connections), FAREWELLS):
            for connection in connections[n : n + FAREWELLS]:
                with tasks.contained("goodbye"):
                    connection.close(messages.RESTART)
            await asyncio.sleep(min(0.05, seconds / 2 / batches))
        # Until they have answered: a socket that ends with something unread takes back what
        # was written on it last, the farewell.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._deserted.wait()

    async def close(self) -> None:
        await tasks.end([*self._tasks, *self._opening.values()])
        await asyncio.gather(
            *(tasks.end_quietly(room.close) for room in self.rooms.values()),
        )
        await tasks.end_quietly(self.log.close, self.line.close, self.store.close)

    async def _opened(self, code: str) -> Room:
        try:
            return await self._open(code)
        except (Refused, StoreAwayError):
            raise
        except Exception as error:
            tasks.report("open", error, code)
            if half_open := self.rooms.get(code):
                self._discard(half_open)
            raise Refused(CLOSED) from error
        finally:
            del self._opening[code]

    async def _open(self, code: str) -> Room:
        try:
            room = Room(
                code,
                store=self.store,
                log=self.log,
                pseudonyms=self.pseudonyms,
                process=self._process,
                window=self._window,
                lost=self._lose,
            )
            began = time.monotonic()
            await room.open()
            self._withheld.pop(code, None)
            took = 1000 * (time.monotonic() - began)
            logger.info(
                "The board %s was read: %d entries in %.0f ms.",
                *(code, room.board.seq, took),
                extra=event(
                    "board_read", board=code, entries=room.board.seq, duration_ms=round(took)
                ),
            )
            room.draining = self.draining
            self.rooms[code] = room
            await self.line.follow(code, room)
        except act.UnreadableError as error:
            self._withhold(code, error)
            raise Refused(Code.GOING_AWAY, UNREADABLE) from error
        else:
            return room

    def _lose(self, room: Room, unreadable: act.UnreadableError | None) -> None:
        if unreadable:
            self._withhold(room.code, unreadable)
        self._discard(room)

    def _withhold(self, code: str, why: act.UnreadableError) -> None:
        """Rather no board than one that is wrongly counted. Said once, however many ask."""
        if code not in self._withheld:
            logger.error(
                "Board %s is withheld: its log cannot be read here, %s.",
                *(code, why),
                extra=event("board_unreadable", board=code),
            )
        self._withheld[code] = asyncio.get_running_loop().time() + WITHHELD

    def _discard(self, room: Room) -> None:
        if self.rooms.get(room.code) is room:
            del self.rooms[room.code]
            self._left.pop(room.code, None)
            self._spawn("close", partial(self._close_room, room))

    async def _close_room(self, room: Room) -> None:
        await self.line.leave(room.code)
        await room.close()

    async def _prepare(self) -> None:
        for prepare in self.on_line:
            try:
                await prepare()
            except StoreAwayError:
                raise
            except Exception as error:  # noqa: BLE001 - it is reported, and keeps nobody off the line
                tasks.report("prepare", error)

    def _tell_presence(self, _present: bool) -> None:
        for room in self.rooms.values():
            with tasks.contained("pulse", room.code):
                room.pulse_now()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._look_around(asyncio.get_running_loop().time())
            self.failing = False

    def _take_note(self, _: Exception) -> None:
        self.failing = True

    def _look_around(self, now: float) -> None:
        # Whatever is wrong with one of them, the others are looked after.
        with tasks.contained("leavings"):
            self._leavings.collect()
        for connection in list(self.guests):
            with tasks.contained("check") as checking:
                connection.check(now)
            if checking.failed:
                connection.fail()
        compare = self.store.present and now - self._compared >= COMPARE
        if compare:
            self._compared = now
        for room in list(self.rooms.values()):
            if compare:
                with tasks.contained("compare", room.code):
                    room.catch_up()
            if room.visitors:
                self._left.pop(room.code, None)
            elif now - self._left.setdefault(room.code, now) > EMPTY:
                self._discard(room)
        for code in list(self._left)[:-MOST_EMPTY]:
            self._discard(self.rooms[code])

    def _spawn(self, name: str, work: tasks.Work) -> None:
        task = tasks.supervise(name, work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
