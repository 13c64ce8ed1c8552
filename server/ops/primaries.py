"""The primaries of a store, for commands that ask them one after the other.

A single server is one, and so is what sentinels name; a cluster has several.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.retry import Retry

from server.store.cluster import ClusterSurvey, survey_cluster
from server.store.sentinel import primary_url
from server.store_address import cluster_address


class Primaries(NamedTuple):
    """Where the primaries are, and which of them has which slot."""

    urls: Mapping[str, str]
    """By name, which is empty without a cluster; of those that answer."""
    names: Sequence[str]
    """Of the one that has each slot; empty in a cluster if none does."""
    survey: ClusterSurvey | None
    """What the nodes of a cluster said."""

    @property
    def publish(self) -> str:
        """The command to publish with."""
        return "SPUBLISH" if self.survey else "PUBLISH"

    def require_all(self) -> None:
        """Raise ConnectionError if one of them is away."""
        for name in dict.fromkeys(self.names):
            if name not in self.urls:
                raise redis.exceptions.ConnectionError(f"The node {name} does not answer.")

    def has(self, key: str) -> bool:
        """Whether the primary that has a key answers."""
        return self._name_of(key) in self.urls

    def url_of(self, key: str) -> str:
        """Return the address of the primary that has a key.

        Raises ConnectionError if it is away.
        """
        name = self._name_of(key)
        if name not in self.urls:
            raise redis.exceptions.ConnectionError(f"The node {name} does not answer.")
        return self.urls[name]

    def _name_of(self, key: str) -> str:
        return self.names[key_slot(key.encode())]

    def unused_code(self, name: str) -> str:
        """Return a code that no board can have, on a primary."""
        while True:
            code = f"check-{secrets.token_hex(6)}"
            if self._name_of(code) == name:
                return code


def primaries_of(url: str) -> Primaries:
    """Ask where the primaries of a store are. Raises ConnectionError of redis-py, in words."""
    address, survey = cluster_address(url), survey_cluster(url)
    if address is None or survey is None:
        return Primaries({"": primary_url(url)}, [""] * REDIS_CLUSTER_HASH_SLOTS, None)
    names = survey.names()
    there = [name for name in dict.fromkeys(names) if name in survey.answers]
    if not there:
        raise redis.exceptions.ConnectionError(
            f"No primary of the cluster answers. {survey.why()}".strip()
        )
    return Primaries({name: address.url_of(name) for name in there}, names, survey)


def connected(url: str, seconds: float = 5) -> redis.Redis:
    """Return a client of one primary."""
    once = Retry(NoBackoff(), retries=0)
    return redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=5, retry=once)
