"""All rooms of this process: opened on demand, closed some time after everyone has left."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.refusals import Refusal, Refused
from server.domain.timeline import Told
from server.live import messages
from server.live.client import Client
from server.live.connection import CLOSE_TIMEOUT
from server.live.frames import frame
from server.live.gc_on_leave import GcOnLeave
from server.live.messages import Goodbye
from server.live.outcomes import kept_until
from server.live.recheck import CLOSED
from server.live.replica import Replica
from server.live.retelling import load_told
from server.live.room import UNREADABLE, Room, withheld
from server.live.time_slices import TimeSlice
from server.observability.logs import event
from server.observability.metrics import BOARDS_WITHHELD
from server.security.pseudonyms import Pseudonyms
from server.settings import Settings
from server.store.client import BoardStore, Store
from server.store.damage import DamagedError, count
from server.store.event_log import Due, EventLog
from server.store.node import Node, StoreAwayError
from server.store.subscriber import Subscriber

logger = logging.getLogger(__name__)

TICK = 2.0
"""Seconds between two checks for stalled connections and empty rooms."""
COMPARE = 20.0
"""Seconds after which a board compares its position with the log, whatever it has received."""
EMPTY = 300.0
"""Seconds for which an empty room is kept."""
WITHHELD = 10.0
"""Seconds after which reading an unreadable board is tried again."""
TOUCH = 3600.0
"""Seconds between two records that a board is in use."""
MOST_EMPTY, MOST_EMPTY_BYTES = 200, 128_000_000
"""The most empty rooms to keep, and the limit for the total size of their logs; the room opened
last is kept in any case. Opening board after board must not fill the memory, or give the garbage
collector more to traverse.
"""
LATE = 1.0
"""Delay of a check, in seconds, from which this process is assumed not to have been running."""
UNFINISHED_BYTES = 16 * 1024 * 1024
"""Limit for the bytes of incomplete messages on all connections."""
CLOSES_AT_ONCE = 100
"""Connections to close at once when the server drains."""


class _Withheld(NamedTuple):
    until: float
    """When to try again; requests before then are refused."""
    why: Refusal


class _Use(NamedTuple):
    at: float
    keep: int
    """Before when the board's decision keeps it, in ms; 0 if it does not."""


class Hub:
    """The rooms, and the subscription that keeps them up to date."""

    def __init__(
        self, store: Store, pseudonyms: Pseudonyms, process: str, settings: Settings
    ) -> None:
        self.store = store
        self.pseudonyms = pseudonyms
        self.draining = False
        self.failing = False
        """Whether rooms and connections are not being checked, because of a fault."""
        self.addresses: tuple[str, ...] = ()
        """The addresses of this machine among which a host can choose one for links."""
        self._network: int | UnsetType = UNSET
        self.rooms: dict[str, Room] = {}
        self.clients: set[Client] = set()
        """All clients, including those that have not sent a hello yet."""
        self.on_connected: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        """The code of a board, and what is awaited whenever a connection to its node was made,
        before anything is read from it.
        """
        self.subscriber = Subscriber(store, process, self._prepare)
        self.log = EventLog(store, self.subscriber, settings.retention_days)
        self._window = settings.tally_window / 1000
        self._process = process
        self._opening: dict[str, asyncio.Task[Room]] = {}
        self._withheld: dict[str, _Withheld] = {}
        """Boards that cannot be read here."""
        self._retrying: asyncio.Task[None] | None = None
        self._touched: dict[str, _Use] = {}
        """What was last recorded about a board's use."""
        self._no_clients = asyncio.Event()
        self._no_clients.set()
        self._empty_since: dict[str, float] = {}
        self._gc_on_leave = GcOnLeave()
        self._compared = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether this process can accept visitors: there are boards that can be voted on."""
        return self.store.present and not self.draining and not self.failing

    def change_addresses(self, addresses: tuple[str, ...]) -> None:
        """Note that this machine has other addresses, and have pages ask for their links again."""
        self.addresses = addresses
        self._network = 1 + (self._network or 0)
        for room in self.rooms.values():
            with tasks.contained("addresses", room.code):
                room.addresses, room.network = addresses, self._network
                room.heartbeat_now()

    def arrive(self, client: Client) -> None:
        """Register a client, even before its hello."""
        self.clients.add(client)
        self._no_clients.clear()

    def depart(self, client: Client) -> None:
        self.clients.discard(client)
        self._gc_on_leave.add()
        if not self.clients:
            self._no_clients.set()

    def start(self) -> None:
        tasks.watch_loop()
        self.store.on_presence.append(self._on_node_presence)
        self.store.on_change.append(self._on_boards_moved)
        self.subscriber.start()
        self._tasks.add(tasks.supervise("rooms", self._tick, self._on_tick_failed))

    async def room(self, code: str, *, told: bool = False) -> Room:
        """Return the room of a board; `told` says that its replay is wanted next.

        Raises Refused: `no_such_board`, or `going_away` if it cannot be read here. Raises
        StoreAwayError.
        """
        room = await self._room(code, told=told)
        if room.meeting.misses_lead:
            # Where the leading board is gone, or damaged, its questions are boards like any other.
            with contextlib.suppress(Refused):
                lead = await self._room(room.board.lead)
                if not (room.ended or lead.ended):
                    room.meeting.attach(lead)
        return room

    async def _room(self, code: str, *, told: bool = False) -> Room:
        if room := self.rooms.get(code):
            # A request by HTTP also keeps the room open, and the board.
            self._empty_since.pop(code, None)
            self._touch(room, asyncio.get_running_loop().time())
            return room
        found = self._withheld.get(code)
        if found and asyncio.get_running_loop().time() < found.until:
            raise Refused(found.why)
        if code not in self._opening:
            self._opening[code] = tasks.begin("open", self._opened(code, told=told))
        try:
            return await tasks.shared(self._opening[code])
        except tasks.EndedError:
            raise Refused(CLOSED) from None

    async def create(self, code: str, entries: Sequence[act.Entry]) -> bool:
        """Create a board; return False if the code is taken. Raises StoreAwayError.

        A code that no node takes now counts as taken while there are others.
        """
        there = self.store.of(code)
        if self.store.present and not there.present:
            return False
        try:
            return await self.log.create(code, [act.encode(entry) for entry in entries])
        except StoreAwayError:
            if there.node.present and not there.present:
                return False
            raise

    async def drain(self, seconds: float) -> None:
        """Close all connections in good order, and wait until what was accepted is answered.

        At most half of the time is spent on the answers, because the store may be away, and half on
        closing. Peers that do not answer a close frame are given `CLOSE_TIMEOUT` on top.
        """
        self.draining = True
        for room in self.rooms.values():
            room.draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds / 2):
                await self.log.drained()
        # Clients that wait for a store that is away are told so, and retry with the next server.
        for room in list(self.rooms.values()):
            room.give_up(CLOSED)
        await asyncio.sleep(0)  # The answers are sent before the close frames.
        connections = [client.connection for client in self.clients]
        spread_ms = min(int(seconds * 1000), 20 * len(connections))
        for connection in connections:
            goodbye = Goodbye(
                reason="restart", retry_after_ms=100 + random.randint(0, max(1, spread_ms))
            )
            with tasks.contained("goodbye"):
                connection.send(frame(messages.encode(goodbye)))
        batches = max(1, len(connections) // CLOSES_AT_ONCE)
        for n in range(0, len(connections), CLOSES_AT_ONCE):
            for connection in connections[n : n + CLOSES_AT_ONCE]:
                with tasks.contained("goodbye"):
                    connection.close(messages.RESTART)
            await asyncio.sleep(min(0.05, seconds / 2 / batches))
        # Until the peers have answered: closing a socket with unread input discards what was last
        # written to it, which is the close frame.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._no_clients.wait()

    async def close(self) -> None:
        await tasks.end([*self._tasks, *self._opening.values()])
        await asyncio.gather(
            *(tasks.end_quietly(room.close) for room in self.rooms.values()),
        )
        await tasks.end_quietly(self.log.close, self.subscriber.close, self.store.close)

    async def _opened(self, code: str, *, told: bool) -> Room:
        try:
            return await self._open(code, told=told)
        except (Refused, StoreAwayError):
            raise
        except Exception as error:
            tasks.report("open", error, code)
            if half_open := self.rooms.get(code):
                self._discard(half_open)
            raise Refused(CLOSED) from error
        finally:
            del self._opening[code]

    async def _open(self, code: str, *, told: bool) -> Room:
        try:
            began = time.monotonic()
            replica = Replica(self.log, code)
            timeline = await _load(replica, told=told)
            room = Room(
                replica,
                code=code,
                store=self.store,
                log=self.log,
                pseudonyms=self.pseudonyms,
                process=self._process,
                window=self._window,
                addresses=self.addresses,
                lost=self._on_lost,
                joined=self._on_joined,
            )
            if timeline:
                room.retelling.keep(timeline)
            self._release(code)
            took = 1000 * (time.monotonic() - began)
            logger.info(
                "The board %s was loaded: %d entries in %.0f ms.",
                *(code, room.board.seq, took),
                extra=event(
                    "board_read", board=code, entries=room.board.seq, duration_ms=round(took)
                ),
            )
            room.draining, room.network = self.draining, self._network
            self.rooms[code] = room
            self._touch(room, asyncio.get_running_loop().time())
            await self.subscriber.follow(code, room)
        except act.UnreadableError as error:
            raise Refused(self._withhold(code, error)) from error
        except Refused:
            self._release(code)
            raise
        else:
            return room

    def _on_joined(self, room: Room) -> None:
        self._spawn("meeting", partial(self._try_again, room.code))

    def _on_lost(self, room: Room, unreadable: act.UnreadableError | None) -> None:
        if unreadable:
            self._withhold(room.code, unreadable)
        self._discard(room)

    def _withhold(self, code: str, why: act.UnreadableError) -> Refusal:
        """Withhold a board rather than show wrong counts. Logged once, however many ask for it."""
        known = self._withheld.get(code)
        refusal = withheld(why)
        if known is None or known.why != refusal:
            fault = "its log cannot be read here" if refusal.message == UNREADABLE else "damaged"
            key = why.key if isinstance(why, DamagedError) else ""
            logger.error(
                "Board %s is withheld: %s, %s. It is retried every %d s.",
                *(code, fault, why, WITHHELD),
                extra=event("board_unreadable", board=code, key=key, why=str(why)),
            )
            if isinstance(why, DamagedError):
                count(why)
        self._withheld[code] = _Withheld(asyncio.get_running_loop().time() + WITHHELD, refusal)
        BOARDS_WITHHELD.set(len(self._withheld))
        return refusal

    def _release(self, code: str) -> None:
        """Note that a board is no longer withheld: it can be read, or does not exist."""
        if self._withheld.pop(code, None):
            BOARDS_WITHHELD.set(len(self._withheld))
            logger.warning(
                "Board %s is no longer withheld.",
                code,
                extra=event("board_readable", board=code),
            )

    def _retry_withheld(self, now: float) -> None:
        """Try to read withheld boards again, one at a time, whether or not they are requested."""
        if self._retrying and not self._retrying.done():
            return
        due = [code for code, each in self._withheld.items() if each.until <= now]
        if there := [code for code in due if self.store.of(code).present]:
            self._retrying = self._spawn("withheld", partial(self._try_again, there[0]))

    async def _try_again(self, code: str) -> None:
        with contextlib.suppress(Refused, StoreAwayError):
            await self.room(code)

    def _touch(self, room: Room, now: float) -> None:
        """Record that a board is in use: at intervals, and when its decision keeps it longer."""
        keep = kept_until(room.board.outcome)
        known = self._touched.get(room.code)
        if known and known.keep == keep and now - known.at < TOUCH:
            return
        if room.store.present:
            self._touched[room.code] = _Use(now, keep)
            self._spawn("touch", partial(self._record_use, room.code, keep))

    async def _record_use(self, code: str, keep: int) -> None:
        try:
            await self.log.touch(code, keep)
        except StoreAwayError:
            self._touched.pop(code, None)
        except DamagedError:
            # Damage is reported when the board is read.
            self._touched.pop(code, None)

    async def use(self, room: Room) -> Due:
        """Record that a board is in use, and return when it is deleted otherwise.

        Raises StoreAwayError, DamagedError.
        """
        return await self.log.touch(room.code, kept_until(room.board.outcome))

    def _discard(self, room: Room) -> None:
        if self.rooms.get(room.code) is room:
            del self.rooms[room.code]
            self._empty_since.pop(room.code, None)
            self._touched.pop(room.code, None)
            self._spawn("close", partial(self._close_room, room))

    async def _close_room(self, room: Room) -> None:
        await self.subscriber.leave(room.code)
        await room.close()

    async def _prepare(self, node: Node) -> None:
        for code, prepare in self.on_connected:
            if self.store.of(code).node is not node:
                continue
            try:
                await prepare()
            except StoreAwayError:
                raise
            except Exception as error:  # noqa: BLE001 - reported; the subscription continues
                tasks.report("prepare", error)

    def _on_node_presence(self, node: Node) -> None:
        self._tell([room for room in self.rooms.values() if room.store.node is node])

    def _on_boards_moved(self, moved: Collection[BoardStore]) -> None:
        self._tell([room for room in self.rooms.values() if room.store in moved])

    def _tell(self, rooms: Sequence[Room]) -> None:
        """Tell everyone in these rooms whether votes are saved."""
        for room in rooms:
            with tasks.contained("pulse", room.code):
                room.heartbeat_now()

    async def _tick(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + TICK
            await asyncio.sleep(TICK)
            if (late := clock() - due) > LATE:
                for client in self.clients:
                    client.connection.discount(late)
            await self._check_all(clock())
            self.failing = False

    def _on_tick_failed(self, _: Exception) -> None:
        self.failing = True

    async def _check_all(self, now: float) -> None:
        """Check each connection and room, in time slices: there may be thousands.

        A failure of one does not keep the others from being checked.
        """
        with tasks.contained("leavings"):
            self._gc_on_leave.collect()
        self._retry_withheld(now)
        async with TimeSlice() as share:
            for connection in [client.connection for client in self.clients]:
                await share.pause()
                with tasks.contained("check") as checking:
                    connection.check(now)
                if checking.failed:
                    connection.fail()
            self._limit_unfinished()
            await self._check_rooms(now, share)

    async def _check_rooms(self, now: float, share: TimeSlice) -> None:
        compare = now - self._compared >= COMPARE
        if compare:
            self._compared = now
        for room in list(self.rooms.values()):
            await share.pause()
            if self.rooms.get(room.code) is not room:
                continue
            if compare and room.store.present:
                with tasks.contained("compare", room.code):
                    room.catch_up()
            if room.visitors or self._is_decided_anew(room):
                self._touch(room, now)
            if room.visitors:
                self._empty_since.pop(room.code, None)
            elif now - self._empty_since.setdefault(room.code, now) > EMPTY:
                self._discard(room)
        self._evict_empty()

    def _is_decided_anew(self, room: Room) -> bool:
        """Whether the decision has changed since the board's use was recorded."""
        known = self._touched.get(room.code)
        return known is not None and known.keep != kept_until(room.board.outcome)

    def _evict_empty(self) -> None:
        empty = [self.rooms[code] for code in reversed(self._empty_since) if code in self.rooms]
        size = 0
        for place, room in enumerate(empty):
            size += room.board.size
            if place and (place >= MOST_EMPTY or size > MOST_EMPTY_BYTES):
                self._discard(room)

    def _limit_unfinished(self) -> None:
        """Close the connections with the longest incomplete messages until the rest is in the
        limit.
        """
        connections = (client.connection for client in self.clients)
        sizes = {each: size for each in connections if (size := each.unfinished)}
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


async def _load(replica: Replica, *, told: bool) -> Told | None:
    """Load a board, and what its timeline tells if that is wanted."""
    if told:
        # A board whose replay cannot be told can be used all the same.
        with contextlib.suppress(act.UnreadableError):
            return await load_told(replica)
    await replica.load()
    return None
