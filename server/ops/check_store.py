"""Checks whether a store can hold votes: before workers start, and for `stackvote check`."""

import contextlib
import time
from typing import Any

import redis

from server.ops.check_cluster import inspect_cluster, inspect_coverage, merged
from server.ops.check_failover import inspect_failover
from server.ops.check_rights import PROBE_MS, inspect_rights, is_about_rights, not_allowed
from server.ops.check_sentinel import inspect_sentinels
from server.ops.findings import Finding, Severity, faults
from server.ops.primaries import connected, primaries_of
from server.store import keys
from server.store.error_hints import CHANNELS, KEYS, missing_right, remedy, rule, with_remedy
from server.store.node import Script, StoreAwayError
from server.store.sentinel import survey_of

OLDEST = (7, 0)
OLDEST_WITH_WAITAOF = (7, 2)
MOST_SKEW = 5.0
"""Seconds that two clocks may differ before this is reported."""
PROBES = 9
SLOW = 0.1
"""Seconds above which a vote is slow."""
CLUSTER_FAILOVER = "CLUSTER FAILOVER"
"""The command for a failover in a cluster that loses nothing."""
_WAIT_MS = 4000
_CREATE, _APPEND = Script("create"), Script("append")


class StoreUnfitError(Exception):
    """The store refuses the connection; the message says why and what to do."""


def inspect_store(url: str, durability: str, replicas: int = 1) -> list[Finding]:
    """Examine a store, and say what is right and wrong with it.

    Raises StoreAwayError if it cannot be reached, StoreUnfitError if it refuses the connection.
    """
    try:
        survey = survey_of(url)
        primaries = primaries_of(url)
        planned = ""
        if survey:
            planned = f"SENTINEL FAILOVER {survey.primary} COORDINATED (Valkey 9.1)"
        elif primaries.survey:
            planned = CLUSTER_FAILOVER
        on_each = {
            name: _inspect_primary(each, durability, replicas, planned)
            for name, each in primaries.urls.items()
        }
        return [
            *(inspect_sentinels(survey) if survey else ()),
            *(inspect_cluster(primaries.survey) if primaries.survey else ()),
            *merged(on_each),
        ]
    except redis.exceptions.AuthenticationError as error:
        raise StoreUnfitError(
            f"The store refuses the user or password ({error}). {remedy(error, url)}"
        ) from None
    except redis.exceptions.NoPermissionError as error:
        # Reporting one missing permission at a time would take as many starts.
        lacks = faults(inspect_rights(url, durability)) or [not_allowed(str(error), url).words]
        raise StoreUnfitError(" ".join(lacks)) from None
    except (redis.exceptions.RedisError, OSError) as error:
        raise _classified(error, url) from None


def _inspect_primary(url: str, durability: str, replicas: int, planned: str) -> list[Finding]:
    """Examine a server; `planned` is the command for a failover, empty if there can be none."""
    with connected(url) as client:
        info = client.info()
        if "sentinel" in {info.get("redis_mode"), info.get("server_mode")}:
            raise StoreUnfitError(_is_sentinel(client))
        appendfsync = _setting(client, "appendfsync")
        min_replicas = _setting(client, "min-replicas-to-write")
        coverage = _setting(client, "cluster-require-full-coverage")
        skew = _skew(client)
    in_cluster = planned == CLUSTER_FAILOVER
    least = None if min_replicas is None else int(min_replicas)
    return [
        _version(info),
        _role(info, in_cluster=in_cluster),
        _eviction(info),
        _disk(info, appendfsync),
        *_durability(info, appendfsync, durability, replicas),
        *_clocks(skew),
        *(inspect_failover(planned, _online(info), least, durability, replicas) if planned else ()),
        *(inspect_coverage(coverage) if in_cluster else ()),
    ]


def compare_secret(url: str, fingerprint: str, *, change: bool) -> list[Finding]:
    """Check whether the servers on this database have been using this secret.

    `change` makes this one the secret that later starts are compared with. Raises StoreAwayError.
    """
    try:
        primaries = primaries_of(url)
        if not primaries.has(keys.SECRET):
            return []  # Its node is away, and others serve their boards meanwhile.
        with connected(primaries.url_of(keys.SECRET)) as client:
            before = client.get(keys.SECRET)
            if change and before != fingerprint.encode():
                # A full store accepts nothing now; it is stored the next time.
                with contextlib.suppress(redis.exceptions.ResponseError):
                    client.set(keys.SECRET, fingerprint)
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    if before in {None, fingerprint.encode()}:
        return []
    return [
        Finding(
            Severity.ADVICE,
            "The last server that started on this database of the store had another secret. Is "
            "it one of yours? Then give all of them the same secret, otherwise people who reach "
            "several of them have several seats. Is it another installation? Then give this one "
            "its own database, with another number at the end of --redis-url: the two share all "
            "boards. Was the secret replaced? Then `stackvote host FRAMEWORKS` makes a host link "
            "that works.",
        )
    ]


def probe_store(url: str, durability: str, replicas: int = 1) -> list[Finding]:
    """Write to a store as a server does, as durably as configured, and report how long that takes.

    What is written is a board that cannot be opened, and is deleted again. Raises StoreAwayError.
    """
    try:
        primaries = primaries_of(url)
    except redis.exceptions.ConnectionError as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    return merged(
        {
            name: _probe(each, durability, replicas, primaries.unused_code(name), primaries.publish)
            for name, each in primaries.urls.items()
        }
    )


def _probe(url: str, durability: str, replicas: int, code: str, publish: str) -> list[Finding]:
    hands = (keys.log(code), keys.meta(code))
    wait = {
        "none": None,
        "local": ("WAITAOF", 1, 0, _WAIT_MS),
        "replica": ("WAIT", replicas, _WAIT_MS),
    }
    wanted = replicas if durability == "replica" else 1
    took = []
    try:
        with connected(url) as client:
            # As a server does it, so that it needs the same permissions.
            for script in (_CREATE, _APPEND):
                client.script_load(script.source)
            with client.pipeline() as pipeline:
                pipeline.evalsha(_CREATE.sha, 2, *hands, "0", 0, "{}")
                for key in hands:
                    pipeline.pexpire(key, PROBE_MS)
                pipeline.execute()
            try:
                for _ in range(PROBES):
                    began = time.perf_counter()
                    # Together, because waiting applies to the connection that wrote.
                    with client.pipeline(transaction=False) as pipeline:
                        pipeline.evalsha(
                            _APPEND.sha, 2, *hands, keys.live(code), publish, "probe", "{}"
                        )
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


def _classified(error: Exception, url: str) -> Exception:
    """Distinguish a store that answers with a refusal from one that does not answer yet."""
    away = isinstance(error, redis.exceptions.BusyLoadingError) or not isinstance(
        error, redis.exceptions.ResponseError
    )
    words = with_remedy(error, url)
    return StoreAwayError(words) if away else StoreUnfitError(words)


def _setting(client: redis.Redis, name: str) -> str | None:
    try:
        return str(client.config_get(name)[name])
    except (redis.exceptions.ResponseError, KeyError):
        # Hosted stores do not permit CONFIG; what it says is only used for advice.
        return None


def _is_sentinel(client: redis.Redis) -> str:
    names = ", ".join(map(repr, client.sentinel_masters())) or "none yet"
    return (
        "This is the address of a sentinel, not of a store. Give it as "
        f"redis+sentinel://HOST:PORT/NAME/0, where NAME is that of a primary; it knows {names}."
    )


def _skew(client: redis.Redis) -> float:
    """Return how many seconds the store's clock is ahead of this machine's."""
    before = time.time()
    seconds, micros = client.time()
    return seconds + micros / 1e6 - (before + time.time()) / 2


def _clocks(skew: float) -> list[Finding]:
    if abs(skew) < MOST_SKEW:
        return [Finding(Severity.FINE, "This machine's clock and the store's agree.")]
    way = "behind" if skew > 0 else "ahead of"
    return [
        Finding(
            Severity.ADVICE,
            f"This machine's clock is {abs(skew):.0f} s {way} the store's. Votes and rounds follow "
            "the store's alone, but log lines will not match. Let both keep time with NTP.",
        )
    ]


def _not_written(error: Exception, url: str) -> Finding:
    if is_about_rights(error) or missing_right(error):
        cure = f"Its user needs +@all: {rule(url, f'+@all {KEYS} {CHANNELS}')}"
    else:
        cure = remedy(error, url) or "Its own log says more."
    return Finding(Severity.FAULT, f"The store accepts no votes ({error}). {cure}")


def _never_confirmed(durability: str, replicas: int) -> Finding:
    where, cure = {
        "local": ("its disk", "Is its disk full or hung?"),
        "replica": (
            "a replica" if replicas == 1 else f"{replicas} replicas",
            "Are as many connected, and do they keep up?",
        ),
    }[durability]
    return Finding(
        Severity.FAULT,
        f"A vote was not on {where} within {_WAIT_MS // 1000} s, as durability {durability} asks "
        f"for; none would be acknowledged. {cure}",
    )


def _speed(seconds: float) -> Finding:
    shown = f"A vote is in the store after {1000 * seconds:.1f} ms, as durable as asked for"
    if seconds < SLOW:
        return Finding(Severity.FINE, f"{shown}.")
    return Finding(
        Severity.ADVICE,
        f"{shown}: people will notice. A faster disk or a closer store helps.",
    )


def _number(info: dict[str, Any]) -> tuple[int, int]:
    # Valkey reports here the version of Redis with which it is compatible.
    major, minor = str(info["redis_version"]).split(".")[:2]
    return int(major), int(minor)


def _version(info: dict[str, Any]) -> Finding:
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version", info["redis_version"])
    if _number(info) < OLDEST:
        return Finding(
            Severity.FAULT,
            f"The store is {name} {version}; Redis or Valkey 7.0 or newer is needed.",
        )
    return Finding(Severity.FINE, f"The store is {name} {version}.")


def _role(info: dict[str, Any], *, in_cluster: bool) -> Finding:
    if info.get("cluster_enabled") == 1 and not in_cluster:
        return Finding(
            Severity.FAULT, "The store is a cluster; give its address as redis+cluster://HOST:PORT."
        )
    if info.get("role") == "slave":
        return Finding(
            Severity.FAULT,
            "The store is a replica, which accepts no votes; give the address of its primary.",
        )
    return Finding(Severity.FINE, "The store accepts writes.")


def _eviction(info: dict[str, Any]) -> Finding:
    policy = info.get("maxmemory_policy")
    if policy != "noeviction":
        return Finding(
            Severity.FAULT,
            f"The store's maxmemory-policy is {policy}: when it is full it would silently drop "
            "boards. Set it to noeviction.",
        )
    return Finding(Severity.FINE, "A full store reports it and drops nothing (noeviction).")


def _disk(info: dict[str, Any], appendfsync: str | None) -> Finding:
    if info.get("aof_enabled") != 1:
        return Finding(
            Severity.ADVICE,
            "The store keeps no append-only file: when it restarts, votes since its last snapshot "
            "are lost. Set appendonly to yes.",
        )
    match appendfsync:
        case "always":
            return Finding(Severity.FINE, "The store writes to disk before it answers.")
        case None:
            return Finding(Severity.FINE, "The store keeps an append-only file.")
        case _:
            return Finding(
                Severity.ADVICE,
                f"The store writes to disk only from time to time (appendfsync {appendfsync}): a "
                "power cut can lose about the last second. Set appendfsync to always, or use "
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
    return [Finding(Severity.FAULT, words)]


def _replicas(there: int, wanted: int) -> Finding:
    if there < wanted:
        are = "none is" if there == 0 else "one is" if there == 1 else f"{there} are"
        some = "a replica" if wanted == 1 else f"{wanted} replicas"
        return Finding(
            Severity.FAULT,
            f"durability replica needs {some}, and {are} connected to the store: no vote would be "
            "acknowledged.",
        )
    if there > wanted:
        return Finding(
            Severity.ADVICE,
            f"A vote is acknowledged when {wanted} of {there} replicas have it: a failover to "
            f"another one loses votes. --replicas {there} waits for all of them, and then no vote "
            "is acknowledged while one is away.",
        )
    return Finding(
        Severity.FINE,
        f"Every replica has a vote before it is acknowledged ({there} connected). While one is "
        "away, none is acknowledged.",
    )


def _online(info: dict[str, Any]) -> int:
    """Count the replicas that are in sync, not those that are still copying the whole store."""
    connected = int(info.get("connected_slaves") or 0)
    replicas = [info.get(f"slave{n}") for n in range(connected)]
    copying = [each for each in replicas if isinstance(each, dict) and each["state"] != "online"]
    return connected - len(copying)
