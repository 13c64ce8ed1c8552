"""Asks the nodes of a cluster which of them has which slots.

A node that was cut off still names the primaries of before. So all are asked here, and for each
slot the newest configuration counts: each failover, and each slot that moves, has a higher one.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot
from redis.exceptions import ConnectionError, NoPermissionError, RedisError  # noqa: A004

from server.store.survey import PATIENCE, ask_all
from server.store.topology import Channels
from server.store_address import ClusterAddress, cluster_address, shown


class NoClusterError(ConnectionError):
    """No node says which of them has which slots; the message says why, for each."""


class Member(NamedTuple):
    """A node of a cluster, as another one sees it, or as it sees itself."""

    id: str
    name: str
    """Its host and port, as written in an address."""
    flags: frozenset[str]
    follows: str
    """The id of its primary; `-` if it is one itself."""
    epoch: int
    """Of its configuration: of two nodes that claim a slot, the higher one has it."""
    slots: Sequence[tuple[int, int]]
    """The first and last of each range."""

    @property
    def is_reachable(self) -> bool:
        """Whether the cluster does not consider it down."""
        return self.flags.isdisjoint({"fail", "noaddr", "handshake"})


class ClusterSurvey(NamedTuple):
    """What all nodes said, by their names; for the others, what is wrong in words."""

    answers: Mapping[str, Sequence[Member]]
    problems: Mapping[str, str]

    def members(self) -> list[Member]:
        """Return each node once, as its newest configuration has it."""
        found: dict[str, Member] = {}
        for member in (member for members in self.answers.values() for member in members):
            known = found.get(member.id)
            # Of itself a node knows best.
            if known is None or _weight(member) > _weight(known):
                found[member.id] = member
        return list(found.values())

    def names(self) -> list[str]:
        """Return the name of the node that has each slot, empty for a slot that none has.

        Raises NoClusterError.
        """
        if not self.answers:
            raise NoClusterError(self.why())
        found = names_of(self.members())
        if not any(found):
            raise NoClusterError(
                "The cluster has no slots yet: `valkey-cli --cluster create` gives them to its "
                "nodes."
            )
        return found

    def why(self) -> str:
        """Return what is wrong with the nodes that did not say which of them has which slots."""
        return " ".join(self.problems.values())


def names_of(members: Iterable[Member]) -> list[str]:
    """Return the name of the node that has each slot by what these claim; empty if none does."""
    found = [""] * SLOTS
    for member in sorted(members, key=_weight):
        if member.follows == "-":
            for first, last in member.slots:
                found[first : last + 1] = [member.name] * (last + 1 - first)
    return found


def _weight(member: Member) -> tuple[int, bool, str]:
    return member.epoch, "myself" in member.flags, member.id


class Cluster:
    """The nodes of a cluster: those of its address, and those that they name."""

    # Messages on a classic channel would go to every node.
    channels = Channels(PubSub.ssubscribe, PubSub.sunsubscribe, "SPUBLISH")

    def __init__(self, address: ClusterAddress) -> None:
        self.presumed: Sequence[str] = [shown(address.nodes[0])] * SLOTS
        self._names = self.presumed
        self._address = address
        self._named = frozenset(map(shown, address.nodes))
        self._known = self._named

    async def find(self) -> Sequence[str]:
        """Return the name of the node that has each slot. Raises NoClusterError."""
        self._names = (await self.survey()).names()
        return self._names

    def tag_on(self, name: str) -> str:
        """Return a hash tag that puts a channel on a node; empty if it has no slot."""
        if name not in self._names:
            return ""
        return next(tag for tag in map(str, count()) if self._names[key_slot(tag.encode())] == name)

    async def survey(self, *, whole: bool = False) -> ClusterSurvey:
        """Ask all nodes; `whole` waits for each."""
        answers, problems = await ask_all(
            {name: self._ask(name) for name in sorted(self._known)}, whole=whole
        )
        late = self._known - answers.keys() - problems.keys()
        problems |= {name: f"The node {name} does not answer." for name in sorted(late)}
        survey = ClusterSurvey(answers, problems)
        if answers:
            self._known = self._named.union(
                each.name for each in survey.members() if each.is_reachable
            )
        return survey

    def url_of(self, name: str) -> str:
        """Return the address of a node."""
        return self._address.url_of(name)

    async def _ask(self, name: str) -> Sequence[Member] | str:
        """Return the cluster as a node sees it, or what is wrong, in words."""
        client = Redis.from_url(
            self._address.url_of(name),
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            said = await client.execute_command("CLUSTER NODES")  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            return _in_words(name, error)
        finally:
            await client.aclose(close_connection_pool=True)
        return [_member(name, where, each) for where, each in said.items()]


def _member(asked: str, where: str, said: Mapping[str, Any]) -> Member:
    host, _, port = where.rpartition(":")
    flags = frozenset(said["flags"].split(","))
    # A certificate is for the host name; and a node may not know its own address.
    host = said["hostname"] or host
    return Member(
        said["node_id"],
        shown((host, int(port))) if host else asked,
        flags,
        said["master_id"],
        int(said["epoch"]),
        [(int(each[0]), int(each[-1])) for each in said["slots"]],
    )


def _in_words(name: str, error: Exception) -> str:
    words = str(error).strip().rstrip(".")
    if "cluster support disabled" in words:
        return (
            f"{name} is no cluster: give its address as redis://, or with its sentinels as "
            "redis+sentinel://."
        )
    if isinstance(error, NoPermissionError):
        return (
            f"The node {name} does not let its user ask ({words}): it needs the right "
            "+cluster|nodes."
        )
    return f"The node {name} cannot be asked ({words})."


def disagreement(survey: ClusterSurvey) -> Mapping[str, int]:
    """Return about how many slots a node disagrees with the newest configuration."""
    newest = survey.names()
    differ = {
        name: sum(a != b for a, b in zip(names_of(members), newest, strict=True))
        for name, members in survey.answers.items()
    }
    return {name: slots for name, slots in differ.items() if slots}


def survey_cluster(url: str) -> ClusterSurvey | None:
    """Ask all nodes of a store's address thoroughly; None if it is no cluster's.

    For commands of operators, outside an event loop.
    """
    address = cluster_address(url)
    return asyncio.run(_survey(address)) if address else None


async def _survey(address: ClusterAddress) -> ClusterSurvey:
    cluster = Cluster(address)
    # The nodes of the address name the others.
    await cluster.survey()
    return await cluster.survey(whole=True)
