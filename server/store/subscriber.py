"""Follows boards through one supervised pub/sub connection for the whole process.

Pub/sub is only a hint. Every confirmed subscription means that something may have been missed,
because it is the only sign that a connection was lost and re-established. A hanging store raises no
error either, so the process publishes heartbeats to itself, and distrusts a connection on which
they do not come back.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from server.concurrency import tasks
from server.observability.logs import event
from server.store import keys
from server.store.client import Store, StoreAwayError
from server.store.damage import DamagedError, DamageLog
from server.store.event_log import Batch

logger = logging.getLogger(__name__)

HEARTBEAT = 1.0
"""Seconds between two heartbeats."""
SILENCE = 3.0
"""Seconds without a heartbeat after which the connection is given up."""
SAY_AGAIN = 60.0
"""Minimum seconds between two log lines about lost connections."""


class Follower(Protocol):
    """What a subscriber calls for each event on a board; implemented by the board's replica."""

    def receive(self, batch: Batch) -> None:
        """Receive entries that were appended; possibly out of order, or for the second time."""

    def on_presence(self, message: bytes) -> None:
        """Receive another process's announcement of its seats on the board.

        Raises ValueError for anything that no process announces.
        """

    def catch_up(self) -> None:
        """Compare positions with the log, as something may have been missed."""

    def damaged(self, damage: DamagedError) -> None:
        """Learn that the board's log cannot be written."""


class Subscriber:
    """The connection on which a process receives the messages of its boards."""

    def __init__(self, store: Store, process: str, prepare: Callable[[], Awaitable[None]]) -> None:
        """`prepare` is awaited before boards are told to catch up: the store may be a new one."""
        self._store = store
        self._prepare = prepare
        self._pulse = keys.pulse(process)
        self._followers: dict[str, Follower] = {}
        self._run = b""
        self._place = ""
        # Other letters belong to later versions.
        self._handlers = {
            b"a": self._deliver_batch,
            b"h": self._deliver_presence,
            b"d": self._deliver_deletion,
        }
        self._pubsub: PubSub | None = None
        self._damage_log = DamageLog()
        self._heard = 0.0
        self._moved = False
        """Whether the store or its run has changed since the connection was made."""
        self._silence_timeout: asyncio.Timeout | None = None
        self._up = False
        """Whether a heartbeat has come back since the connection was made."""
        self._losses = 0
        """How often the connection was lost since the last log line about it."""
        self._losses_logged_at = -SAY_AGAIN
        self._tasks: list[asyncio.Task[None]] = []
        store.on_moved.append(self._move)

    def start(self) -> None:
        self._heard = asyncio.get_running_loop().time()
        self._tasks = [
            tasks.supervise("line", self._follow, self._connection_lost),
            tasks.supervise("beat", self._heartbeat, self._connection_lost),
        ]
        if watch := self._store.node.watch:
            self._tasks.append(tasks.supervise("sentinels", watch))

    async def close(self) -> None:
        await tasks.end(self._tasks)

    def silence(self) -> float:
        """Return the seconds since the last heartbeat."""
        return asyncio.get_running_loop().time() - self._heard

    async def follow(self, code: str, follower: Follower) -> None:
        """Pass on a board's messages from now on; `follower` is first told to catch up."""
        channel = self._channel(code)
        self._followers[channel] = follower
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.subscribe(channel)

    async def leave(self, code: str) -> None:
        channel = self._channel(code)
        self._followers.pop(channel, None)
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(channel)

    def receive(self, code: str, batch: Batch) -> None:
        """Pass on a batch that this process appended itself, without waiting for the message."""
        if found := self._followers.get(self._channel(code)):
            self._give(found, lambda to: to.receive(batch))

    def damaged(self, code: str, damage: DamagedError) -> None:
        """Pass on that a board's log cannot be written."""
        if found := self._followers.get(self._channel(code)):
            self._give(found, lambda to: to.damaged(damage))

    def _channel(self, code: str) -> str:
        return keys.live(code, self._store.database)

    async def _follow(self) -> None:
        while True:
            self._up = False
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self._up:
                    # The connection was dropped, which says nothing about the store: try again at
                    # once.
                    self._losses += 1
                    await asyncio.sleep(random.uniform(0, 0.05))
                    continue
                self._connection_lost(error)
            except StoreAwayError as error:
                self._connection_lost(error)
            await asyncio.sleep(random.uniform(0.05, 0.5))

    async def _listen(self) -> None:
        """Listen until the connection is lost. Raises the errors of redis-py, or StoreAwayError."""
        loop = asyncio.get_running_loop()
        self._moved = False
        # The address may lead elsewhere by now: commands must go where the subscription goes.
        run, place = await self._store.meet(), self._store.node.place
        if run != self._run:
            if self._run:
                self._losses = 0  # It was not just a lost connection.
                self._log_another_run(self._place, place)
            self._run, self._place = run, place
        await self._prepare()
        async with self._store.client.pubsub(push_handler_func=_unformatted) as pubsub:
            self._heard = loop.time()
            await pubsub.subscribe(self._pulse)
            # From here on `follow` subscribes by itself, so that no board is missed in between.
            self._pubsub = pubsub
            try:
                if self._followers:
                    await pubsub.subscribe(*self._followers)
                # At once, because votes are refused until the first heartbeat has come back.
                await self._store.heartbeat(self._pulse, "")
                await self._read(pubsub)
            finally:
                self._pubsub = None

    async def _read(self, pubsub: PubSub) -> None:
        """Pass on messages until there is silence for too long. Raises StoreAwayError."""
        try:
            async with asyncio.timeout_at(self._heard + SILENCE) as self._silence_timeout:
                while not self._moved:
                    message = await pubsub.get_message(timeout=None)
                    if message is not None:
                        self._dispatch(message)
                    if self._silence_timeout.when() != self._heard + SILENCE and not self._moved:
                        self._silence_timeout.reschedule(self._heard + SILENCE)
        except TimeoutError as error:
            if not self._moved:
                raise StoreAwayError(f"nothing came back in {SILENCE:g} s") from error
        finally:
            self._silence_timeout = None
        raise StoreAwayError("it is another run")

    def _move(self) -> None:
        """Give up the connection at once: it leads to a store that is not the same any more."""
        self._moved = True
        if self._silence_timeout and not self._silence_timeout.expired():
            self._silence_timeout.reschedule(asyncio.get_running_loop().time())

    def _dispatch(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode(errors="replace")
        if channel == self._pulse:
            self._heard = asyncio.get_running_loop().time()
            self._up = True
            self._store.set_present(value=True)
            if self._losses:
                self._log_lost_connections(self._heard)
            return
        follower = self._followers.get(channel)
        if follower is not None:
            self._give(follower, lambda to: self._deliver(to, channel, message))

    def _give(self, follower: Follower, give: Callable[[Follower], None]) -> None:
        """Pass something on to a board.

        If that fails, the connection continues for all other boards, and this one reads what it
        missed from the log.
        """
        with tasks.contained("follower") as giving:
            give(follower)
        if giving.failed:
            with tasks.contained("follower"):
                follower.catch_up()

    def _deliver(self, follower: Follower, channel: str, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            follower.catch_up()
        elif message["type"] == "message":
            kind, _, rest = message["data"].partition(b"\n")
            if found := self._handlers.get(kind):
                found(follower, channel, rest)

    def _deliver_batch(self, follower: Follower, channel: str, message: bytes) -> None:
        if batch := self._batch(channel, message):
            follower.receive(batch)

    def _deliver_presence(self, follower: Follower, channel: str, message: bytes) -> None:
        try:
            follower.on_presence(message)
        except ValueError:
            self._log_junk(channel)

    def _deliver_deletion(self, follower: Follower, _channel: str, _message: bytes) -> None:
        # The log has the last word on this.
        follower.catch_up()

    def _batch(self, channel: str, message: bytes) -> Batch | None:
        with contextlib.suppress(ValueError):
            return Batch.published(message)
        self._log_junk(channel)
        return None

    def _log_junk(self, channel: str) -> None:
        found = DamagedError(channel, "a message on it could not be read")
        self._damage_log.report(found, "It is skipped; nothing in the log is missed.")

    def _connection_lost(self, error: Exception) -> None:
        self._losses = 0
        self._store.set_present(value=False, why=error)

    def _log_another_run(self, was: str, now: str) -> None:
        if was == now:
            logger.warning(
                "The store was restarted or replaced. All boards are read again.",
                extra=event("store_anew"),
            )
        else:
            logger.warning(
                "The primary of %r was %s and is now %s. All boards are read again.",
                *(self._store.node.name, was, now),
                extra=event("store_anew", primary=self._store.node.name, was=was, now=now),
            )

    def _log_lost_connections(self, now: float) -> None:
        if now - self._losses_logged_at >= SAY_AGAIN:
            logger.warning(
                "The connection to the store was cut and has been reopened. Times since last "
                "reported: %d.",
                self._losses,
                extra=event("line_cut", times=self._losses),
            )
            self._losses_logged_at = now
            self._losses = 0

    async def _heartbeat(self) -> None:
        while True:
            with contextlib.suppress(StoreAwayError):
                await self._store.heartbeat(self._pulse, "")
            await asyncio.sleep(HEARTBEAT)


async def _unformatted(message: list[Any]) -> list[Any]:
    """Leave a message as it is; redis-py would format each one in full for its log."""
    return message
