"""Checks whether the user of a store has the rights that a server needs, by using each once."""

import hashlib

import redis

from server.ops.check_cluster import merged
from server.ops.findings import Finding, Severity
from server.ops.primaries import connected, primaries_of
from server.store import keys
from server.store.error_hints import CHANNELS, KEYS, missing_right, rule, with_remedy
from server.store.node import StoreAwayError

PROBE_MS = 60_000
"""After this time what a check wrote expires by itself, if it is not deleted."""
_LISTEN_SECONDS = 2.0


def inspect_rights(url: str, durability: str) -> list[Finding]:
    """Run every command that a server needs once, and report those that are not permitted.

    What is written is a board that cannot be opened, and is deleted again. Raises StoreAwayError.
    """
    try:
        primaries = primaries_of(url)
    except redis.exceptions.ConnectionError as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    in_cluster = primaries.survey is not None
    return merged(
        {
            name: _inspect_rights(each, durability, primaries.unused_code(name), in_cluster)
            for name, each in primaries.urls.items()
        }
    )


def _inspect_rights(url: str, durability: str, code: str, in_cluster: bool) -> list[Finding]:
    refused: list[redis.exceptions.ResponseError] = []
    try:
        with connected(url) as client:
            refused += _refused_to_listen(client, code, in_cluster)
            # All at once, because the store may be far away.
            with client.pipeline(transaction=False) as line:
                for command in _asked_for(code, durability, in_cluster):
                    line.execute_command(*command)
                answers = line.execute(raise_on_error=False)
            refused += [each for each in answers if isinstance(each, redis.ResponseError)]
            # If EXEC is refused, the connection keeps queueing commands.
            client.connection_pool.disconnect()
            client.delete(keys.log(code), keys.meta(code), keys.here(code))
    except redis.exceptions.ResponseError as error:
        # A full store accepts nothing now; that is not a question of permissions.
        refused.append(error)
    except (redis.exceptions.RedisError, OSError) as error:
        raise StoreAwayError(with_remedy(error, url)) from None
    # Other errors, such as a missing key, say nothing about permissions.
    off = {str(error) for error in refused if "unknown command" in str(error)}
    strange = {
        str(error) for error in refused if is_about_rights(error) and not missing_right(error)
    }
    found = [Finding(Severity.FAULT, f"The store: {with_remedy(each)}") for each in sorted(off)]
    # A command that is refused as such does not reveal its key or channel. And a rule that grants a
    # key to a user who has all keys is not valid. So those are reported once the command is
    # allowed.
    if rights := " ".join(sorted(set(map(missing_right, refused)) - {""})):
        found.append(
            Finding(
                Severity.FAULT,
                f"The store's user lacks what votes need: {rights}. Give it: {rule(url, rights)}",
            )
        )
    found += [not_allowed(words, url) for words in sorted(strange)]
    return found or [Finding(Severity.FINE, "The store's user has all the rights that it needs.")]


def is_about_rights(error: Exception) -> bool:
    return isinstance(error, redis.exceptions.NoPermissionError)


def not_allowed(words: str, url: str) -> Finding:
    """Report a missing permission in the store's own words, if ours are not enough."""
    cure = rule(url, f"+@all {KEYS} {CHANNELS}")
    return Finding(Severity.FAULT, f"The store's user lacks rights ({words}). Give it: {cure}")


def _asked_for(code: str, durability: str, in_cluster: bool) -> list[tuple[str | int, ...]]:
    """List every command that a server needs, including those in its scripts."""
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
        ("SET", here, "probe", "PX", PROBE_MS),
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
        ("PEXPIRE", meta, PROBE_MS),
        ("XADD", log, "0-*", "t", "0", "e", "{}"),
        ("PEXPIRE", log, PROBE_MS),
        ("XINFO STREAM", log),
        ("XRANGE", log, "-", "+", "COUNT", 1),
        ("XREVRANGE", log, "+", "-", "COUNT", 1),
        ("XLEN", log),
        ("RENAME", log, log),
        ("SCAN", 0, "COUNT", 1),
        ("XDEL", log, "0-1"),
        ("HDEL", meta, "nobody"),
        ("DEL", here),
        ("SPUBLISH" if in_cluster else "PUBLISH", keys.live(code), ""),
        *([("CLUSTER NODES",), ("ASKING",)] if in_cluster else []),
        *wait[durability],
        ("MULTI",),
        ("EXEC",),
    ]


def _refused_to_listen(
    client: redis.Redis, code: str, in_cluster: bool
) -> list[redis.exceptions.ResponseError]:
    refused = []
    with client.pubsub() as line:  # type: ignore[no-untyped-call]
        asks = (line.subscribe, line.unsubscribe)
        for ask in (line.ssubscribe, line.sunsubscribe) if in_cluster else asks:
            try:
                ask(keys.live(code))
                line.get_message(timeout=_LISTEN_SECONDS)
            except redis.exceptions.ResponseError as error:
                refused.append(error)
    return refused
