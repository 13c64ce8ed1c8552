"""All rooms of this process: opened when somebody comes, closed when all have left."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple

from server import tasks
from server.domain import actions as act
from server.domain.refusals import Refusal, Refused
from server.live import messages
from server.live.doubts import CLOSED
from server.live.frames import frame
from server.live.leavings import Leavings
from server.live.messages import Goodbye
from server.live.pseudonyms import Pseudonyms
from server.live.room import UNREADABLE, Room, withheld
from server.live.shares import Share
from server.live.transport import FAREWELL, Connection
from server.log.damage import DamagedError, count
from server.log.follow import Line
from server.log.log import Log
from server.log.store import Store, StoreAwayError
from server.loglines import event
from server.metrics import BOARDS_WITHHELD
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
TOUCH = 3600.0
"""Seconds from one note that a board is in use to the next."""
MOST_EMPTY, MOST_EMPTY_BYTES = 200, 128_000_000
"""Rooms without people that are kept at most, and what their logs hold together; the one that was
opened last is kept in any case. Whoever opens board after board fills no memory with them, and
gives the collector of garbage no more to look at.
"""
LATE = 1.0
"""Seconds by which a look is late where this process did not run, and could hear nobody."""
UNFINISHED_BYTES = 16 * 1024 * 1024
"""What may have come of messages of all connections that are not there whole."""
FAREWELLS = 100
"""Connections closed in one go when the server drains."""


class _Withheld(NamedTuple):
    until: float
    """When it is tried again; whoever asks before is told why not."""
    why: Refusal


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
        self._withheld: dict[str, _Withheld] = {}
        """Boards that cannot be read here."""
        self._looking_again: asyncio.Task[None] | None = None
        self._touched: dict[str, float] = {}
        """When it was noted last that a board is in use."""
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

        Raises Refused: `no_such_board`, or `going_away` where it cannot be read here.
        Raises StoreAwayError.
        """
        if room := self.rooms.get(code):
            # Whoever asked by HTTP waits for an answer, too: the room's time begins anew.
            self._left.pop(code, None)
            return room
        found = self._withheld.get(code)
        if found and asyncio.get_running_loop().time() < found.until:
            raise Refused(found.why)
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
            self._release(code)
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
            self._touch(code, asyncio.get_running_loop().time())
            await self.line.follow(code, room)
        except act.UnreadableError as error:
            raise Refused(self._withhold(code, error)) from error
        except Refused:
            self._release(code)
            raise
        else:
            return room

    def _lose(self, room: Room, unreadable: act.UnreadableError | None) -> None:
        if unreadable:
            self._withhold(room.code, unreadable)
        self._discard(room)

    def _withhold(self, code: str, why: act.UnreadableError) -> Refusal:
        """Rather no board than one that is wrongly counted. Said once, however many ask."""
        known = self._withheld.get(code)
        refusal = withheld(why)
        if known is None or known.why != refusal:
            fault = "its log cannot be read here" if refusal.message == UNREADABLE else "damaged"
            key = why.key if isinstance(why, DamagedError) else ""
            logger.error(
                "Board %s is withheld: %s, %s. It is tried again every %d s.",
                *(code, fault, why, WITHHELD),
                extra=event("board_unreadable", board=code, key=key, why=str(why)),
            )
            if isinstance(why, DamagedError):
                count(why)
        self._withheld[code] = _Withheld(asyncio.get_running_loop().time() + WITHHELD, refusal)
        BOARDS_WITHHELD.set(len(self._withheld))
        return refusal

    def _release(self, code: str) -> None:
        """Take note that a board is withheld no longer: it can be read, or is not there."""
        if self._withheld.pop(code, None):
            BOARDS_WITHHELD.set(len(self._withheld))
            logger.warning(
                "Board %s is withheld no longer.",
                code,
                extra=event("board_readable", board=code),
            )

    def _look_again(self, now: float) -> None:
        """Try to read a board that is withheld, one at a time, whoever asks for it or not."""
        if self._looking_again and not self._looking_again.done():
            return
        due = [code for code, each in self._withheld.items() if each.until <= now]
        if due and self.store.present:
            self._looking_again = self._spawn("withheld", partial(self._try_again, due[0]))

    async def _try_again(self, code: str) -> None:
        with contextlib.suppress(Refused, StoreAwayError):
            await self.room(code)

    def _touch(self, code: str, now: float) -> None:
        """Have it noted that a board is in use, now and then."""
        if now - self._touched.get(code, -TOUCH) >= TOUCH and self.store.present:
            self._touched[code] = now
            self._spawn("touch", partial(self._note_use, code))

    async def _note_use(self, code: str) -> None:
        try:
            await self.log.touch(code)
        except StoreAwayError:
            self._touched.pop(code, None)
        except DamagedError:
            # It is told where the board is read.
            self._touched.pop(code, None)

    def _discard(self, room: Room) -> None:
        if self.rooms.get(room.code) is room:
            del self.rooms[room.code]
            self._left.pop(room.code, None)
            self._touched.pop(room.code, None)
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
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + TICK
            await asyncio.sleep(TICK)
            if (late := clock() - due) > LATE:
                for connection in self.guests:
                    connection.forgive(late)
            await self._look_around(clock())
            self.failing = False

    def _take_note(self, _: Exception) -> None:
        self.failing = True

    async def _look_around(self, now: float) -> None:
        """Look at each connection and room, in shares: there are thousands of them.

        Whatever is wrong with one of them, the others are looked after.
        """
        with tasks.contained("leavings"):
            self._leavings.collect()
        self._look_again(now)
        async with Share() as share:
            for connection in list(self.guests):
                await share.pause()
                with tasks.contained("check") as checking:
                    connection.check(now)
                if checking.failed:
                    connection.fail()
            self._bound_unfinished()
            await self._look_at_rooms(now, share)

    async def _look_at_rooms(self, now: float, share: Share) -> None:
        compare = self.store.present and now - self._compared >= COMPARE
        if compare:
            self._compared = now
        for room in list(self.rooms.values()):
            await share.pause()
            if self.rooms.get(room.code) is not room:
                continue
            if compare:
                with tasks.contained("compare", room.code):
                    room.catch_up()
            if room.visitors:
                self._left.pop(room.code, None)
                self._touch(room.code, now)
            elif now - self._left.setdefault(room.code, now) > EMPTY:
                self._discard(room)
        self._bound_empty()

    def _bound_empty(self) -> None:
        empty = [self.rooms[code] for code in reversed(self._left) if code in self.rooms]
        size = 0
        for place, room in enumerate(empty):
            size += room.board.size
            if place and (place >= MOST_EMPTY or size > MOST_EMPTY_BYTES):
                self._discard(room)

    def _bound_unfinished(self) -> None:
        """Close those of whose message most has come, where too much waits for the rest of some."""
        sizes = {each: size for each in self.guests if (size := each.unfinished)}
        too_much = sum(sizes.values()) - UNFINISHED_BYTES
        for connection in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if too_much <= 0:
                break
            too_much -= sizes[connection]
            connection.close(messages.TOO_SLOW)

    def _spawn(self, name: str, work: tasks.Work) -> asyncio.Task[None]:
        task = tasks.supervise(name, work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
