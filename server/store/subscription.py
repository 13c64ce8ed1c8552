"""Follows the boards on one node of the store, through one supervised pub/sub connection.

Pub/sub is only a hint. Every confirmed subscription means that something may have been missed,
because it is the only sign that a connection was lost and re-established. A hanging store raises no
error either, so the process publishes heartbeats to itself, and distrusts a connection on which
they do not come back.

In a cluster the server ends a subscription when its slot goes to another node. Then the slots are
looked up, and the nodes that have them are subscribed to.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from redis.asyncio.client import PubSub
from redis.crc import key_slot
from redis.exceptions import (
    ClusterDownError,
    ConnectionError,  # noqa: A004
    MovedError,
    RedisError,
)

from server.concurrency import tasks
from server.observability.logs import event
from server.store.client import Store
from server.store.node import REDIRECTIONS, Node, StoreAwayError, redirection

logger = logging.getLogger(__name__)

HEARTBEAT = 1.0
"""Seconds between two heartbeats."""
SILENCE = 3.0
"""Seconds without a heartbeat after which the connection is given up."""
SAY_AGAIN = 60.0
"""Minimum seconds between two log lines about lost connections."""
SETTLE = 0.1
"""Minimum seconds between two looks where lost slots are."""
UNSERVED = 1.0
"""Seconds after which a subscription is tried again if no node has its slot."""


class _PulseMovedError(ConnectionError):
    """The channel of the heartbeats is on another node now."""


class Subscription:
    """The connection on which a process receives the messages of the boards on one node."""

    def __init__(
        self,
        store: Store,
        node: Node,
        process: str,
        *,
        prepare: Callable[[Node], Awaitable[None]],
        channels: Callable[[Node], Collection[str]],
        deliver: Callable[[str, dict[str, Any]], None],
    ) -> None:
        """`channels` returns those to follow on a node now; `deliver` is called for each message
        with its channel, and for each confirmed subscription.
        """
        self._store = store
        self._node = node
        self._process = process
        self._prepare = prepare
        self._channels = channels
        self._deliver = deliver
        self._pulse = store.pulse_on(node, process)
        self._run = b""
        self._place = ""
        self._pubsub: PubSub | None = None
        self._subscribed: set[str] = set()
        """Channels for which a subscription was requested on this connection."""
        self._confirmed: set[str] = set()
        """Those of them for which the server has confirmed it."""
        self._unsettled = asyncio.Event()
        self._has_lost_slots = False
        self._heard = asyncio.get_running_loop().time()
        self._moved = False
        """Whether the store or its run has changed since the connection was made."""
        self._silence_timeout: asyncio.Timeout | None = None
        self._up = False
        """Whether a heartbeat has come back since the connection was made."""
        self._losses = 0
        """How often the connection was lost since the last log line about it."""
        self._losses_logged_at = -SAY_AGAIN
        self._tasks: list[asyncio.Task[None]] = []
        node.on_moved.append(self._move)

    def start(self) -> None:
        self._tasks = [
            tasks.supervise("line", self._follow, self._connection_lost),
            tasks.supervise("beat", self._heartbeat, self._connection_lost),
            tasks.supervise("slots", self._keep_settled),
        ]
        if watch := self._node.connections.watch:
            self._tasks.append(tasks.supervise("sentinels", watch))

    async def close(self) -> None:
        await tasks.end(self._tasks)

    def silence(self) -> float:
        """Return the seconds since the last heartbeat."""
        return asyncio.get_running_loop().time() - self._heard

    async def add(self, channel: str) -> None:
        """Follow one more channel."""
        if self._pubsub is not None:
            self._subscribed.add(channel)
            with contextlib.suppress(RedisError, OSError):
                await self._store.channels.subscribe(self._pubsub, channel)

    async def drop(self, channel: str) -> None:
        """Follow a channel no more, if it is followed here."""
        if self._pubsub is not None and channel in self._subscribed:
            self._subscribed.discard(channel)
            self._confirmed.discard(channel)
            with contextlib.suppress(RedisError, OSError):
                await self._store.channels.unsubscribe(self._pubsub, channel)

    def settle(self) -> None:
        """Follow other channels soon: slots have come to this node, or gone from it."""
        self._unsettled.set()

    async def _keep_settled(self) -> None:
        while True:
            await self._unsettled.wait()
            self._unsettled.clear()
            if self._has_lost_slots:
                self._has_lost_slots = False
                with contextlib.suppress(StoreAwayError):
                    await self._store.refresh()
            channels = set(self._channels(self._node))
            for gone in self._subscribed - channels:
                await self.drop(gone)
            for new in channels - self._subscribed:
                await self.add(new)
            await asyncio.sleep(SETTLE)

    def _lose(self, channels: Collection[str]) -> None:
        """Note that the server has ended subscriptions: their slots are elsewhere."""
        self._subscribed.difference_update(channels)
        self._confirmed.difference_update(channels)
        self._has_lost_slots = True
        self._unsettled.set()

    async def _follow(self) -> None:
        while True:
            self._up = False
            try:
                await self._listen()
            except _PulseMovedError:
                await asyncio.sleep(random.uniform(0, 0.05))
                continue
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
        await self._store.refresh()
        # The address may lead elsewhere by now: commands must go where the subscription goes.
        run, place = await self._node.meet(), self._node.connections.place
        if run != self._run:
            if self._run:
                self._losses = 0  # It was not just a lost connection.
                # What it lacks may still be prepared: until then it is not asked for boards.
                self._node.set_present(value=False, why="it is another run")
                self._log_another_run(self._place, place)
            self._run, self._place = run, place
        await self._prepare(self._node)
        self._pulse = self._store.pulse_on(self._node, self._process)
        async with self._node.client.pubsub(push_handler_func=_unformatted) as pubsub:
            self._heard = loop.time()
            self._subscribed, self._confirmed = set(), set()
            await self._store.channels.subscribe(pubsub, self._pulse)
            # From here on `add` subscribes by itself, so that no board is missed in between.
            self._pubsub = pubsub
            try:
                for channel in self._channels(self._node):
                    await self.add(channel)
                # At once, because votes are refused until the first heartbeat has come back.
                await self._beat()
                await self._read(pubsub)
            finally:
                self._pubsub = None

    async def _read(self, pubsub: PubSub) -> None:
        """Pass on messages until there is silence for too long. Raises StoreAwayError."""
        try:
            async with asyncio.timeout_at(self._heard + SILENCE) as self._silence_timeout:
                while not self._moved:
                    await self._read_one(pubsub)
                    if self._silence_timeout.when() != self._heard + SILENCE and not self._moved:
                        self._silence_timeout.reschedule(self._heard + SILENCE)
        except TimeoutError as error:
            if not self._moved:
                raise StoreAwayError(f"nothing came back in {SILENCE:g} s") from error
        finally:
            self._silence_timeout = None
        raise StoreAwayError("it is another run")

    async def _read_one(self, pubsub: PubSub) -> None:
        try:
            message = await pubsub.get_message(timeout=None)
        except MovedError as error:
            followed = (self._pulse, *self._subscribed)
            lost = [each for each in followed if key_slot(each.encode()) == error.slot_id]
            if self._pulse in lost:
                raise _PulseMovedError(self._pulse) from error
            self._lose(lost)
            return
        except ClusterDownError as error:
            if redirection(error) is None:
                raise
            # It does not say which slot. All others go on.
            unserved = self._subscribed - self._confirmed
            asyncio.get_running_loop().call_later(UNSERVED, self._lose, unserved)
            return
        if message is not None:
            self._on_message(message["channel"].decode(errors="replace"), message)

    def _move(self) -> None:
        """Give up the connection at once: it leads to a store that is not the same any more."""
        self._moved = True
        if self._silence_timeout and not self._silence_timeout.expired():
            self._silence_timeout.reschedule(asyncio.get_running_loop().time())

    def _on_message(self, channel: str, message: dict[str, Any]) -> None:
        if message["type"] == "sunsubscribe":
            if channel == self._pulse:
                raise _PulseMovedError(channel)
            if channel in self._subscribed:
                self._lose((channel,))
        elif channel != self._pulse:
            if message["type"] in {"subscribe", "ssubscribe"}:
                self._confirmed.add(channel)
            self._deliver(channel, message)
        else:
            self._heard = asyncio.get_running_loop().time()
            self._up = True
            self._node.set_present(value=True)
            if self._losses:
                self._log_lost_connections(self._heard)

    def _connection_lost(self, error: Exception) -> None:
        self._losses = 0
        self._node.set_present(value=False, why=error)

    def _log_another_run(self, was: str, now: str) -> None:
        if was == now:
            logger.warning(
                "%s was restarted or replaced. All boards are read again.",
                self._node,
                extra=event("store_anew", node=self._node.name),
            )
        else:
            primary = self._node.connections.name
            logger.warning(
                "The primary of %r was %s and is now %s. All boards are read again.",
                *(primary, was, now),
                extra=event("store_anew", primary=primary, was=was, now=now),
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
            await self._beat()
            await asyncio.sleep(HEARTBEAT)

    async def _beat(self) -> None:
        # If it is redirected, the server ends the subscription to it, too.
        with contextlib.suppress(StoreAwayError, *REDIRECTIONS):
            await self._node.heartbeat(self._store.channels.publish, self._pulse)


async def _unformatted(message: list[Any]) -> list[Any]:
    """Leave a message as it is; redis-py would format each one in full for its log."""
    return message
