"""Whether a store can hold votes: asked before workers start, and by `stackvote check`."""

from enum import StrEnum
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.log.store import StoreAwayError

OLDEST = (7, 0)
OLDEST_WITH_WAITAOF = (7, 2)


class StoreUnfitError(Exception):
    """The store turns us away; the message says why and what to do."""


class Weight(StrEnum):
    """How much a finding matters."""

    FINE = "ok"
    ADVICE = "advice"
    FAULT = "fault"


class Finding(NamedTuple):
    """One thing looked at, in words."""

    weight: Weight
    words: str


def inspect_store(url: str, durability: str) -> list[Finding]:
    """Look at a store and say what is right and wrong with it.

    Raises StoreAwayError where it cannot be reached, StoreUnfitError where it turns us away.
    """
    once = Retry(NoBackoff(), retries=0)
    try:
        with redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, retry=once) as client:
            info = client.info()
            appendfsync = _appendfsync(client)
    except redis.exceptions.AuthenticationError as error:
        raise StoreUnfitError(f"The store refuses the user or password ({error}).") from None
    except redis.exceptions.NoPermissionError as error:
        raise StoreUnfitError(f"The store's user may not do what is needed ({error}).") from None
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(str(error)) from None
    return [
        _version(info),
        _role(info),
        _eviction(info),
        _disk(info, appendfsync),
        *_durability(info, durability),
    ]


def faults(findings: list[Finding]) -> list[str]:
    """Give the words of those findings with which no board may be served."""
    return [finding.words for finding in findings if finding.weight is Weight.FAULT]


def _appendfsync(client: redis.Redis) -> str | None:
    try:
        return str(client.config_get("appendfsync")["appendfsync"])
    except (redis.exceptions.ResponseError, KeyError):
        # Hosted stores keep CONFIG to themselves; what it says is advice only.
        return None


def _number(info: dict[str, Any]) -> tuple[int, int]:
    # Valkey gives here the version of Redis whose commands it speaks.
    major, minor = str(info["redis_version"]).split(".")[:2]
    return int(major), int(minor)


def _version(info: dict[str, Any]) -> Finding:
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version", info["redis_version"])
    if _number(info) < OLDEST:
        return Finding(
            Weight.FAULT, f"The store is {name} {version}; Redis or Valkey 7.0 or newer is needed."
        )
    return Finding(Weight.FINE, f"The store is {name} {version}.")


def _role(info: dict[str, Any]) -> Finding:
    if info.get("cluster_enabled") == 1:
        return Finding(
            Weight.FAULT, "The store is a cluster; give the address of a single server instead."
        )
    if info.get("role") == "slave":
        return Finding(
            Weight.FAULT,
            "The store is a replica, which takes no votes; give the address of its primary.",
        )
    return Finding(Weight.FINE, "The store takes writes.")


def _eviction(info: dict[str, Any]) -> Finding:
    policy = info.get("maxmemory_policy")
    if policy != "noeviction":
        return Finding(
            Weight.FAULT,
            f"The store's maxmemory-policy is {policy}: when it is full it would drop boards "
            "without a word. Set it to noeviction.",
        )
    return Finding(Weight.FINE, "A full store says so and drops nothing (noeviction).")


def _disk(info: dict[str, Any], appendfsync: str | None) -> Finding:
    if info.get("aof_enabled") != 1:
        return Finding(
            Weight.ADVICE,
            "The store keeps no append-only file: when it restarts, votes since its last snapshot "
            "are lost. Set appendonly to yes.",
        )
    match appendfsync:
        case "always":
            return Finding(Weight.FINE, "The store writes to disk before it answers.")
        case None:
            return Finding(Weight.FINE, "The store keeps an append-only file.")
        case _:
            return Finding(
                Weight.ADVICE,
                f"The store writes to disk now and then (appendfsync {appendfsync}): a power cut "
                "can take about the last second. Set appendfsync to always, or give "
                "--durability local.",
            )


def _durability(info: dict[str, Any], durability: str) -> list[Finding]:
    match durability:
        case "local" if _number(info) < OLDEST_WITH_WAITAOF:
            words = "durability local needs WAITAOF, which came with version 7.2."
        case "local" if info.get("aof_enabled") != 1:
            words = "durability local needs the store's append-only file: set appendonly to yes."
        case "replica" if not info.get("connected_slaves"):
            words = "durability replica needs a replica, and none is connected to the store."
        case _:
            return []
    return [Finding(Weight.FAULT, words)]
