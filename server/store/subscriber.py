"""Passes the messages of boards on to those who follow them in this process.

There is one subscription for each node of the store (`subscription.py`). A board is followed on the
one that its slot is on, and on another one as soon as the slot is there.
"""

import contextlib
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from server.concurrency import tasks
from server.store.client import BoardStore, Store
from server.store.damage import DamagedError, DamageLog
from server.store.event_log import Batch
from server.store.node import Node
from server.store.subscription import Subscription


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
    """What a process hears of its boards."""

    def __init__(
        self, store: Store, process: str, prepare: Callable[[Node], Awaitable[None]]
    ) -> None:
        """`prepare` is awaited before the boards on a node are told to catch up: it may be new."""
        self._store = store
        self._process = process
        self._prepare = prepare
        self._followers: dict[str, tuple[Follower, BoardStore]] = {}
        """By channel."""
        self._subscriptions: dict[Node, Subscription] = {}
        # Other letters belong to later versions.
        self._handlers = {
            b"a": self._deliver_batch,
            b"h": self._deliver_presence,
            b"d": self._deliver_deletion,
        }
        self._damage_log = DamageLog()

    def start(self) -> None:
        self._store.on_change.append(self._rearrange)
        self._rearrange()

    async def close(self) -> None:
        self._store.on_change.remove(self._rearrange)
        for subscription in self._subscriptions.values():
            await subscription.close()

    def silence(self) -> float:
        """Return the seconds since the last heartbeat from the node that is silent longest."""
        return max(each.silence() for each in self._subscriptions.values())

    async def follow(self, code: str, follower: Follower) -> None:
        """Pass on a board's messages from now on; `follower` is first told to catch up."""
        channel, board = self._channel(code), self._store.of(code)
        self._followers[channel] = follower, board
        if subscription := self._subscriptions.get(board.node):
            await subscription.add(channel)

    async def leave(self, code: str) -> None:
        channel = self._channel(code)
        self._followers.pop(channel, None)
        for subscription in tuple(self._subscriptions.values()):
            await subscription.drop(channel)

    def receive(self, code: str, batch: Batch) -> None:
        """Pass on a batch that this process appended itself, without waiting for the message."""
        if found := self._follower(self._channel(code)):
            self._give(found, lambda to: to.receive(batch))

    def damaged(self, code: str, damage: DamagedError) -> None:
        """Pass on that a board's log cannot be written."""
        if found := self._follower(self._channel(code)):
            self._give(found, lambda to: to.damaged(damage))

    def _channel(self, code: str) -> str:
        return self._store.publishing(code)[0]

    def _follower(self, channel: str) -> Follower | None:
        found = self._followers.get(channel)
        return found[0] if found else None

    def _channels_on(self, node: Node) -> set[str]:
        return {channel for channel, (_, board) in self._followers.items() if board.node is node}

    def _rearrange(self, _moved: Collection[BoardStore] = ()) -> None:
        """Follow each board on the node that it is on now."""
        nodes = self._store.nodes
        for node in self._subscriptions.keys() - set(nodes):
            tasks.begin("unsubscribe", self._subscriptions.pop(node).close())
        for subscription in self._subscriptions.values():
            subscription.settle()
        for node in nodes:
            if node not in self._subscriptions:
                self._subscriptions[node] = Subscription(
                    self._store,
                    node,
                    self._process,
                    prepare=self._prepare,
                    channels=self._channels_on,
                    deliver=self._on_message,
                )
                self._subscriptions[node].start()

    def _on_message(self, channel: str, message: dict[str, Any]) -> None:
        if follower := self._follower(channel):
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
        if message["type"] in {"subscribe", "ssubscribe"}:
            follower.catch_up()
        elif message["type"] in {"message", "smessage"}:
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
