"""Which node of the store has which slot, and how its channels are used.

Without a cluster, one node has all slots; `cluster.py` knows the rest.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

from redis.asyncio.client import PubSub
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS


class Channels(NamedTuple):
    """How to use the channels of a store."""

    subscribe: Callable[[PubSub, str], Awaitable[Any]]
    unsubscribe: Callable[[PubSub, str], Awaitable[Any]]
    publish: str
    """The command."""


class Topology(Protocol):
    """Where the slots of a store are."""

    channels: Channels
    presumed: Sequence[str]
    """The name of the node that has each slot, before any node was asked."""

    async def find(self) -> Sequence[str]:
        """Return the current names; empty for a slot that no node has.

        Raises redis.exceptions.ConnectionError, in words.
        """

    def url_of(self, name: str, /) -> str:
        """Return the address of a node."""

    def tag_on(self, name: str, /) -> str:
        """Return a hash tag that puts a channel on a node; empty if none is needed."""


class OneNode:
    """All slots are on one node: a single server, or a primary with sentinels."""

    channels = Channels(PubSub.subscribe, PubSub.unsubscribe, "PUBLISH")

    def __init__(self, url: str) -> None:
        self.presumed: Sequence[str] = [""] * SLOTS
        self._url = url

    async def find(self) -> Sequence[str]:
        return self.presumed

    def url_of(self, _name: str) -> str:
        return self._url

    def tag_on(self, _name: str) -> str:
        return ""
