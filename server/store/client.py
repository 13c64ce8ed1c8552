"""The store, as seen by one process: its nodes, and which of them has which board.

A board is in one slot, and a slot is on one node. A single server, or one with sentinels, is one
node that has all slots; in a cluster each primary is one, and slots move between them.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

from redis.crc import key_slot
from redis.exceptions import AskError, ConnectionError, MovedError  # noqa: A004

from server.concurrency import tasks
from server.observability.logs import event, once_a_minute
from server.store import keys
from server.store.cluster import Cluster
from server.store.node import (
    DISTRUST,
    REDIRECTIONS,
    Command,
    Durability,
    Memory,
    Node,
    Script,
    StoreAwayError,
    UnservedSlotError,
)
from server.store.topology import OneNode, Topology
from server.store_address import cluster_address, shown

logger = logging.getLogger(__name__)

PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Seconds to wait after each redirection: slots that are on their way arrive soon."""


class Store:
    """All nodes of the store.

    The callbacks in `on_presence` are called when a node is available, or not any more; those in
    `on_change` when there are other nodes than before, with the slots that are on another one, and
    when a slot is served again, or not any more.
    """

    def __init__(self, url: str, durability: Durability = "none", replicas: int = 1) -> None:
        """`durability` and `replicas` are as for a `Node`."""
        self.on_presence: list[Callable[[Node], None]] = []
        self.on_change: list[Callable[[Collection[BoardStore]], None]] = []
        self._durability, self._replicas = durability, replicas
        address = cluster_address(url)
        self._topology: Topology = Cluster(address) if address else OneNode(url)
        self._names: Sequence[str] = self._topology.presumed
        """Of the node of each slot."""
        self._nodes = {name: self._node(name) for name in dict.fromkeys(self._names)}
        for node in self._nodes.values():
            node.expect()
        self._others: dict[str, Node] = {}
        """Nodes that have no slot."""
        self._boards: WeakValueDictionary[int, BoardStore] = WeakValueDictionary()
        """By slot, as long as someone needs it: anyone can ask for boards that do not exist."""
        self._finding = asyncio.Lock()
        self._found_at = -1.0
        self.database = self.nodes[0].database
        self.channels = self._topology.channels

    @property
    def nodes(self) -> Sequence[Node]:
        return tuple(self._nodes.values())

    @property
    def present(self) -> bool:
        """Whether any node is available."""
        return any(node.present for node in self._nodes.values())

    @property
    def is_whole(self) -> bool:
        """Whether all nodes are available."""
        return all(node.present for node in self._nodes.values())

    def of(self, code: str) -> "BoardStore":
        """Return the part of the store that has a board."""
        slot = key_slot(code.encode())
        found = self._boards.get(slot)
        if found is None:
            found = self._boards[slot] = BoardStore(self, self.named(self._names[slot]), slot)
        return found

    def by_node(self, codes: Iterable[str]) -> Mapping[Node, Sequence[str]]:
        """Group boards by the node that has them."""
        found: dict[Node, list[str]] = {}
        for code in codes:
            found.setdefault(self.of(code).node, []).append(code)
        return found

    def pulse_on(self, node: Node, process: str) -> str:
        """Return the channel on a node on which a process hears its own heartbeats."""
        return keys.pulse(process, self._topology.tag_on(node.name))

    def publishing(self, code: str) -> tuple[str, str]:
        """Return the channel of a board, and the command that publishes on it."""
        return keys.live(code, self.database), self.channels.publish

    def now(self) -> int:
        """Return the time of a node that is available, in ms since 1970; clocks differ slightly."""
        return min(self._nodes.values(), key=lambda node: not node.present).now()

    async def memory(self) -> Memory:
        """Return the use of the node that is closest to its limit. Raises StoreAwayError."""
        found = [await node.memory() for node in self.nodes if node.present]
        if not found:
            raise StoreAwayError("no node answers")
        return max(found, key=lambda memory: (memory.used / (memory.limit or 1 << 62), memory.used))

    async def refresh(self) -> None:
        """Find out which nodes there are; callers that come meanwhile share the next answer.

        Raises StoreAwayError.
        """
        came = asyncio.get_running_loop().time()
        async with self._finding:
            if self._found_at >= came:
                return
            self._found_at = asyncio.get_running_loop().time()
            try:
                self._adopt(await self._topology.find())
            except ConnectionError as error:
                raise StoreAwayError(str(error)) from error

    async def close(self) -> None:
        for node in (*self._nodes.values(), *self._others.values()):
            await node.close()

    def named(self, name: str) -> Node:
        """Return the node of a name, which may have no slot: not yet, or not any more."""
        known = self._nodes.get(name) or self._others.get(name)
        if known is None:
            known = self._others[name] = self._node(name)
        return known

    def _node(self, name: str) -> Node:
        node = Node(self._topology.url_of(name), self._durability, self._replicas, name)
        node.on_presence = self.on_presence
        return node

    def _adopt(self, names: Sequence[str]) -> None:
        """Go by which node has each slot from now on; an empty name leaves it where it was."""
        if names is self._names:
            return
        if self._names is not self._topology.presumed:
            self._log_moves(names)
        was = self._nodes
        self._nodes = {
            name: was.get(name) or self._others.pop(name, None) or self._node(name)
            for name in dict.fromkeys(names)
            if name
        }
        self._names = [new or old for new, old in zip(names, self._names, strict=True)]
        for name in self._nodes.keys() - was.keys():
            self._nodes[name].expect()
        gone = [node for name, node in was.items() if name not in self._nodes]
        for node in gone:
            node.retire()
            tasks.begin("retire", node.close())
        moved = []
        for slot, board in list(self._boards.items()):
            node = self._nodes.get(self._names[slot], board.node)
            if node is not board.node or node in gone:
                board.node = node
                moved.append(board)
        if moved or set(was) != set(self._nodes):
            self.tell(moved)

    def tell(self, changed: Collection["BoardStore"]) -> None:
        """Tell everyone that there are other nodes, or that these slots have changed."""
        for tell in list(self.on_change):
            with tasks.contained("nodes"):
                tell(changed)

    def _log_moves(self, names: Sequence[str]) -> None:
        pairs = zip(self._names, names, strict=True)
        for (was, now), slots in Counter(pair for pair in pairs if pair[0] != pair[1]).items():
            logger.warning(
                "Slots of the store were on %s and are now on %s: %d.",
                *(was, now or "no node", slots),
                extra=once_a_minute(event("slots_moved", code=f"{was} {now}", was=was, now=now)),
            )


class BoardStore:
    """The store of the boards in one slot: the node that they are on, which may change."""

    def __init__(self, store: Store, node: Node, slot: int) -> None:
        self.node = node
        self._store = store
        self._slot = slot
        self._unserved_until = 0.0

    @property
    def present(self) -> bool:
        """Whether the node is available, and takes what concerns this slot."""
        return self.node.present and time.monotonic() >= self._unserved_until

    def now(self) -> int:
        """Return the node's time in milliseconds since 1970, as far as it is known here."""
        return self.node.now()

    async def run_script(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script. Raises StoreAwayError, DamagedError, and ResponseError `NO_BOARD`."""
        return await self.on_node(Node.run_script, script, keys, args)

    async def run_durably(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script that writes, and wait until the write is as durable as configured.

        Raises StoreAwayError, also if that takes too long.
        """
        return await self.on_node(Node.run_durably, script, keys, args)

    async def read_at_once(self, *commands: Command) -> tuple[bytes, list[Any]]:
        """Read several values atomically; return them after the run of the node.

        Each may be a ResponseError. Raises StoreAwayError.
        """
        run, found = await self.on_node(Node.read_at_once, *commands)
        return run, found

    async def ask_each(self, *commands: Command) -> list[Any]:
        """Send several commands independently; each answer may be a ResponseError.

        Raises StoreAwayError.
        """
        found: list[Any] = await self.on_node(Node.ask_each, *commands)
        return found

    async def on_node(self, ask: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Await `ask(node, *args, asking=…)`, again on another node if it is redirected there.

        Raises StoreAwayError, and what `ask` raises.
        """
        node, asking = self.node, False
        for pause in PAUSES:
            try:
                found = await ask(node, *args, asking=asking)
            except REDIRECTIONS as error:
                await asyncio.sleep(pause)
                why = error
            else:
                self._serve()
                return found
            node, asking = await self._redirected(why)
        if not node.name:
            # The address is that of one node of a cluster.
            node.distrust(why)
        else:
            self._unserve(why)
        raise StoreAwayError(str(why))

    def _unserve(self, why: Exception) -> None:
        """Note that no node takes what concerns this slot: each names another one, or none."""
        was, self._unserved_until = self.present, time.monotonic() + DISTRUST
        if was:
            logger.warning(
                "No node of the store takes what is in slot %d (%s). Its boards wait. If slots are "
                "not being moved now, `valkey-cli --cluster fix` mends that.",
                *(self._slot, why),
                extra=once_a_minute(event("slot_unserved", slot=self._slot, why=str(why))),
            )
            self._store.tell([self])

    def _serve(self) -> None:
        """Note that a node takes what concerns this slot."""
        if self._unserved_until:
            self._unserved_until = 0.0
            self._store.tell([self])

    async def _redirected(self, why: Exception) -> tuple[Node, bool]:
        """Return which node to ask instead, and whether it is only importing the slot."""
        if isinstance(why, MovedError | UnservedSlotError):
            await self._store.refresh()
        elif isinstance(why, AskError):
            return self._store.named(shown(why.node_addr)), True
        return self.node, False
