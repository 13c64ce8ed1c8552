"""Whether a store can hold votes: asked before workers start, and by `stackvote check`."""

import contextlib
import hashlib
import secrets
import time
from enum import StrEnum
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.log import keys
from server.log.remedies import CHANNELS, KEYS, missing_right, remedy, rule, with_remedy
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
_LISTEN_SECONDS = 2.0
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


def inspect_store(url: str, durability: str, replicas: int = 1) -> list[Finding]:
    """Look at a store and say what is right and wrong with it.

    Raises StoreAwayError where it cannot be reached, StoreUnfitError where it turns us away.
    """
    try:
        with _connected(url) as client:
            info = client.info()
            appendfsync = _appendfsync(client)
            skew = _skew(client)
    except redis.exceptions.AuthenticationError as error:
        raise StoreUnfitError(
            f"The store refuses the user or password ({error}). {remedy(error, url)}"
        ) from None
    except redis.exceptions.NoPermissionError as error:
        # One right at a time would take as many starts.
        lacks = " ".join(faults(inspect_rights(url, durability))) or remedy(error, url)
        raise StoreUnfitError(
            f"The store's user may not do what is needed ({error}). {lacks}"
        ) from None
    except (redis.exceptions.RedisError, OSError) as error:
        raise _told_apart(error, url) from None
    return [
        _version(info),
        _role(info),
        _eviction(info),
        _disk(info, appendfsync),
        *_durability(info, appendfsync, durability, replicas),
        *_clocks(skew),
    ]


def inspect_rights(url: str, durability: str) -> list[Finding]:
    """Do once all that a server asks of a store, and say what it may not do.

    What is written is a board that nobody can open, and is deleted again. Raises StoreAwayError.
    """
    code = f"check-{secrets.token_hex(6)}"
    refused: list[redis.exceptions.ResponseError] = []
    try:
        with _connected(url) as client:
            refused += _refused_to_listen(client, code)
            for command in _asked_for(code, durability):
                try:
                    client.execute_command(*command)
                except redis.exceptions.ResponseError as error:
                    refused.append(error)
            # Where EXEC is refused, the connection still gathers commands.
            client.connection_pool.disconnect()
            client.delete(keys.log(code), keys.meta(code), keys.here(code))
    except redis.exceptions.ResponseError as error:
        # A store that is full takes nothing now; that is not a matter of rights.
        refused.append(error)
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    # Other errors, such as that there is nothing to read, say nothing of rights.
    off = {str(error) for error in refused if "unknown command" in str(error)}
    found = [Finding(Weight.FAULT, f"The store: {with_remedy(each)}") for each in sorted(off)]
    # A command that is refused as such does not tell of its key or channel, and a rule that gives
    # one to a user who has all is no rule: that comes out once the command is allowed.
    if rights := " ".join(sorted(set(map(missing_right, refused)) - {""})):
        found.append(
            Finding(
                Weight.FAULT,
                f"The store's user lacks what votes need: {rights}. Give it: {rule(url, rights)}",
            )
        )
    return found or [Finding(Weight.FINE, "The store's user may do all that is needed.")]


def _asked_for(code: str, durability: str) -> list[tuple[str | int, ...]]:
    """List all that a server asks of a store, once, also what stands in its scripts."""
    log, meta, here = keys.log(code), keys.meta(code), keys.here(code)
    wait: dict[str, list[tuple[str | int, ...]]] = {
        "none": [],
        "local": [("WAITAOF", 0, 0, 1)],
        "replica": [("WAIT", 0, 1)],
    }
    return [
        ("TIME",),
        ("INFO", "replication"),
        ("SCRIPT LOAD", "return 1"),
        ("EVALSHA", hashlib.sha1(b"return 1", usedforsecurity=False).hexdigest(), 0),
        ("SET", here, "probe", "PX", _PROBE_MS),
        ("GET", here),
        ("HSET", meta, "epoch", "probe"),
        ("HGET", meta, "epoch"),
        ("HMGET", meta, "epoch", "mark"),
        ("HSTRLEN", meta, "epoch"),
        ("HGETALL", meta),
        ("HVALS", meta),
        ("EXISTS", meta),
        ("TYPE", meta),
        ("PERSIST", meta),
        ("PEXPIRE", meta, _PROBE_MS),
        ("XADD", log, "0-*", "t", "0", "e", "{}"),
        ("PEXPIRE", log, _PROBE_MS),
        ("XINFO STREAM", log),
        ("XRANGE", log, "-", "+", "COUNT", 1),
        ("XREVRANGE", log, "+", "-", "COUNT", 1),
        ("XLEN", log),
        ("RENAME", log, log),
        ("SCAN", 0, "COUNT", 1),
        ("XDEL", log, "0-1"),
        ("HDEL", meta, "nobody"),
        ("DEL", here),
        ("PUBLISH", keys.live(code), ""),
        *wait[durability],
        ("MULTI",),
        ("EXEC",),
    ]


def _refused_to_listen(client: redis.Redis, code: str) -> list[redis.exceptions.ResponseError]:
    refused = []
    with client.pubsub() as line:  # type: ignore[no-untyped-call]
        for ask in (line.subscribe, line.unsubscribe):
            try:
                ask(keys.live(code))
                line.get_message(timeout=_LISTEN_SECONDS)
            except redis.exceptions.ResponseError as error:
                refused.append(error)
    return refused


def compare_secret(url: str, fingerprint: str, *, change: bool) -> list[Finding]:
    """Say whether the servers on this database had this secret so far.

    `change` makes this one the secret that later starts are compared with. Raises StoreAwayError.
    """
    try:
        with _connected(url) as client:
            before = client.get(keys.SECRET)
            if change and before != fingerprint.encode():
                # One that is full takes nothing now, and is told the next time.
                with contextlib.suppress(redis.exceptions.ResponseError):
                    client.set(keys.SECRET, fingerprint)
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    if before in {None, fingerprint.encode()}:
        return []
    return [
        Finding(
            Weight.ADVICE,
            "The last server that started on this database of the store had another secret. Is it "
            "one of yours? Then give all of them the same secret, else people who meet several of "
            "them have several seats. Is it another installation? Then give this one a database of "
            "its own, by another number at the end of --redis-url: the two share all boards. Was "
            "the secret replaced? Then `stackvote host FRAMEWORKS` makes a host link that fits.",
        )
    ]


def probe_store(url: str, durability: str, replicas: int = 1) -> list[Finding]:
    """Write to a store as a server does, as durably as asked for, and say how long that takes.

    What is written is a board that nobody can open, and is deleted again. Raises StoreAwayError.
    """
    code = f"check-{secrets.token_hex(6)}"
    hands = (keys.log(code), keys.meta(code))
    wait = {
        "none": None,
        "local": ("WAITAOF", 1, 0, _WAIT_MS),
        "replica": ("WAIT", replicas, _WAIT_MS),
    }
    wanted = replicas if durability == "replica" else 1
    took = []
    try:
        with _connected(url) as client:
            # As a server does it, so that it needs the same rights.
            for script in (_CREATE, _APPEND):
                client.script_load(script.source)
            with client.pipeline() as pipeline:
                pipeline.evalsha(_CREATE.sha, 2, *hands, "0", 0, "{}")
                for key in hands:
                    pipeline.pexpire(key, _PROBE_MS)
                pipeline.execute()
            try:
                for _ in range(PROBES):
                    began = time.perf_counter()
                    # Together, because waiting counts on the connection that wrote.
                    with client.pipeline(transaction=False) as pipeline:
                        pipeline.evalsha(_APPEND.sha, 2, *hands, keys.live(code), 0, "probe", "{}")
                        if command := wait[durability]:
                            pipeline.execute_command(*command)
                        _, *copies = pipeline.execute()
                    took.append(time.perf_counter() - began)
                    if copies and (copies[0][0] if durability == "local" else copies[0]) < wanted:
                        return [_never_confirmed(durability, replicas)]
            finally:
                client.delete(*hands)
    except redis.exceptions.ResponseError as error:
        return [_not_written(error, url)]
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    return [_speed(sorted(took)[PROBES // 2])]


def faults(findings: list[Finding]) -> list[str]:
    """Give the words of those findings with which no board may be served."""
    return [finding.words for finding in findings if finding.weight is Weight.FAULT]


def _connected(url: str) -> redis.Redis:
    once = Retry(NoBackoff(), retries=0)
    return redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, retry=once)


def _told_apart(error: Exception, url: str) -> Exception:
    """Tell a store that answers, and turns us away, from one that does not answer yet."""
    away = isinstance(error, redis.exceptions.BusyLoadingError) or not isinstance(
        error, redis.exceptions.ResponseError
    )
    words = with_remedy(error, url)
    return StoreAwayError(words) if away else StoreUnfitError(words)


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


def _not_written(error: Exception, url: str) -> Finding:
    if isinstance(error, redis.exceptions.NoPermissionError):
        cure = f"Its user needs +@all: {rule(url, f'+@all {KEYS} {CHANNELS}')}"
    else:
        cure = remedy(error, url) or "Its own log says more."
    return Finding(Weight.FAULT, f"The store takes no votes ({error}). {cure}")


def _never_confirmed(durability: str, replicas: int) -> Finding:
    where, cure = {
        "local": ("its disk", "Is its disk full or hung?"),
        "replica": (
            "a replica" if replicas == 1 else f"{replicas} replicas",
            "Are as many connected, and do they keep up?",
        ),
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


def _durability(
    info: dict[str, Any], appendfsync: str | None, durability: str, replicas: int
) -> list[Finding]:
    match durability:
        case "local" if _number(info) < OLDEST_WITH_WAITAOF:
            words = "durability local needs WAITAOF, which came with version 7.2."
        case "local" if info.get("aof_enabled") != 1:
            words = "durability local needs the store's append-only file: set appendonly to yes."
        case "local" if appendfsync == "no":
            words = "durability local needs a store that writes to disk: set appendfsync to always."
        case "replica":
            return [_replicas(_online(info), replicas)]
        case _:
            return []
    return [Finding(Weight.FAULT, words)]


def _replicas(there: int, wanted: int) -> Finding:
    if there < wanted:
        are = "none is" if there == 0 else "one is" if there == 1 else f"{there} are"
        some = "a replica" if wanted == 1 else f"{wanted} replicas"
        return Finding(
            Weight.FAULT,
            f"durability replica needs {some}, and {are} connected to the store: no vote would be "
            "acknowledged.",
        )
    if there > wanted:
        return Finding(
            Weight.ADVICE,
            f"A vote is acknowledged when {wanted} of {there} replicas have it: a failover to "
            f"another one loses votes. --replicas {there} waits for all of them, and then no vote "
            "is acknowledged while one is away.",
        )
    return Finding(
        Weight.FINE,
        f"Every replica has a vote before it is acknowledged ({there} connected). While one is "
        "away, none is acknowledged.",
    )


def _online(info: dict[str, Any]) -> int:
    """Count the replicas that are in step, not those that still copy the whole store."""
    connected = int(info.get("connected_slaves") or 0)
    said = [info.get(f"slave{n}") for n in range(connected)]
    copying = [each for each in said if isinstance(each, dict) and each["state"] != "online"]
    return connected - len(copying)
