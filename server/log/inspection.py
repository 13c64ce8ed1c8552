"""Whether a store can hold votes: asked before workers start, and by `stackvote check`."""

import secrets
import time
from enum import StrEnum
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.log import keys
from server.log.store import Script, StoreAwayError

OLDEST = (7, 0)
OLDEST_WITH_WAITAOF = (7, 2)
MOST_SKEW = 5.0
"""Seconds that two clocks may differ without a word."""
PROBES = 9
SLOW = 0.1
"""Seconds after which a vote is slow."""
_PROBE_MS = 60_000
"""After so long a probe goes by itself, should it not be deleted."""
_WAIT_MS = 4000
_CREATE, _APPEND = Script("create"), Script("append")


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
            skew = _skew(client)
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
        *_clocks(skew),
    ]


def probe_store(url: str, durability: str) -> list[Finding]:
    """Write to a store as a server does, as durably as asked for, and say how long that takes.

    What is written is a board that nobody can open, and is deleted again. Raises StoreAwayError.
    """
    once = Retry(NoBackoff(), retries=0)
    code = f"check-{secrets.token_hex(6)}"
    hands = (keys.log(code), keys.meta(code))
    wait = {"none": None, "local": ("WAITAOF", 1, 0, _WAIT_MS), "replica": ("WAIT", 1, _WAIT_MS)}
    took = []
    try:
        with redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, retry=once) as client:
            client.eval(_CREATE.source, 2, *hands, "probe", _PROBE_MS, "{}")
            try:
                for _ in range(PROBES):
                    began = time.perf_counter()
                    # As a server does it: waiting counts on the connection that wrote.
                    with client.pipeline(transaction=False) as pipeline:
                        pipeline.eval(
                            _APPEND.source, 2, *hands, keys.live(code), _PROBE_MS, "probe", "{}"
                        )
                        if command := wait[durability]:
                            pipeline.execute_command(*command)
                        _, *copies = pipeline.execute()
                    took.append(time.perf_counter() - began)
                    if copies and not (copies[0][0] if durability == "local" else copies[0]):
                        return [_never_confirmed(durability)]
            finally:
                client.delete(*hands)
    except redis.exceptions.ResponseError as error:
        return [_not_written(error)]
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(str(error)) from None
    return [_speed(sorted(took)[PROBES // 2])]


def faults(findings: list[Finding]) -> list[str]:
    """Give the words of those findings with which no board may be served."""
    return [finding.words for finding in findings if finding.weight is Weight.FAULT]


def _appendfsync(client: redis.Redis) -> str | None:
    try:
        return str(client.config_get("appendfsync")["appendfsync"])
    except (redis.exceptions.ResponseError, KeyError):
        # Hosted stores keep CONFIG to themselves; what it says is advice only.
        return None


def _skew(client: redis.Redis) -> float:
    """Return by how many seconds the store's clock is ahead of this machine's."""
    before = time.time()
    seconds, micros = client.time()
    return seconds + micros / 1e6 - (before + time.time()) / 2


def _clocks(skew: float) -> list[Finding]:
    if abs(skew) < MOST_SKEW:
        return [Finding(Weight.FINE, "This machine's clock and the store's agree.")]
    way = "behind" if skew > 0 else "ahead of"
    return [
        Finding(
            Weight.ADVICE,
            f"This machine's clock is {abs(skew):.0f} s {way} the store's. Votes and rounds follow "
            "the store's alone, but log lines will not match. Let both keep time with NTP.",
        )
    ]


def _not_written(error: Exception) -> Finding:
    words = str(error)
    if "maxmemory" in words:
        cure = "It is full: raise its maxmemory."
    elif "MISCONF" in words or "disk" in words:
        cure = "It cannot save to its disk: make room there."
    elif "NOREPLICAS" in words:
        cure = (
            "It waits for replicas that are not there: start them, or lower min-replicas-to-write."
        )
    elif isinstance(error, redis.exceptions.NoPermissionError):
        cure = "Its user needs +@all on keys ~sv:* and channels &sv:*."
    else:
        cure = "Its own log says more."
    return Finding(Weight.FAULT, f"The store takes no votes ({words}). {cure}")


def _never_confirmed(durability: str) -> Finding:
    where, cure = {
        "local": ("its disk", "Is its disk full or hung?"),
        "replica": ("a replica", "Is one connected, and does it keep up?"),
    }[durability]
    return Finding(
        Weight.FAULT,
        f"A vote was not on {where} within {_WAIT_MS // 1000} s, as durability {durability} asks "
        f"for; none would be acknowledged. {cure}",
    )


def _speed(seconds: float) -> Finding:
    shown = f"A vote is in the store after {1000 * seconds:.1f} ms, as durable as asked for"
    if seconds < SLOW:
        return Finding(Weight.FINE, f"{shown}.")
    return Finding(
        Weight.ADVICE,
        f"{shown}: people will feel that. A faster disk, or a store that is nearer, helps.",
    )


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
