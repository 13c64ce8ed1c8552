"""The names of a board's keys. They share a hash tag, so that a cluster keeps them together."""

import re
from collections.abc import Iterable

SECRET = "sv:secret"  # noqa: S105 # nosec B105 # what lies there names a secret
"""Holds a keyed hash that identifies the secret of the server that started here last."""
ALL = "sv:*:meta"
"""Matches the `meta` key of every board, and none of our other keys."""

_TYPES = {"log": "stream"} | dict.fromkeys(
    ("meta", "here", "lost", "came", "arrivals", "networks"), "hash"
)
_INCOMING = "incoming-"
_KEY = re.compile(r"sv:\{([A-Z0-9]{1,16})\}:([a-z]+)(?:@\d+)?")


def log(code: str) -> str:
    return _key(code, "log")


def meta(code: str) -> str:
    return _key(code, "meta")


def here(code: str) -> str:
    return _key(code, "here")


def lost(code: str) -> str:
    return _key(code, "lost")


def spare(code: str) -> str:
    """Return the key under which a log is rewritten; it exists only within a script."""
    return _key(code, "spare")


def incoming(code: str, word: str) -> str:
    """Return the key of a log that is being imported; the random `word` tells imports apart."""
    return _key(code, f"{_INCOMING}{word}")


def all_of(code: str) -> str:
    """Return the pattern of all keys of a board."""
    return _key(code, "*")


def every(code: str) -> tuple[str, ...]:
    """Return the names of all keys that a board can have."""
    return tuple(_key(code, part) for part in (*_TYPES, "spare"))


def came(code: str) -> str:
    return _key(code, "came")


def arrivals(code: str) -> str:
    return _key(code, "arrivals")


def networks(code: str) -> str:
    return _key(code, "networks")


def live(code: str, database: int = 0) -> str:
    """Return the channel on which a board's messages are published.

    Channels span databases: a subscriber in one database hears what is published in all others. So
    the name includes the database's number, except for database 0, as in versions that had no
    number.
    """
    return _key(code, "live") + (f"@{database}" if database else "")


def pulse(process: str, tag: str = "") -> str:
    """Return the channel on which a process hears its own heartbeats.

    In a cluster, the hash tag decides which node it is on.
    """
    return f"sv:pulse:{{{tag}}}:{process}" if tag else f"sv:pulse:{process}"


def code_of(key: str) -> str:
    """Return the code of the board that a key or channel belongs to; empty if there is none."""
    found = _KEY.fullmatch(key)
    return found[1] if found else ""


def codes_of(found: Iterable[bytes]) -> set[str]:
    """Return the codes of the boards that keys belong to; a scan may return a key twice."""
    return {code_of(key.decode(errors="replace")) for key in found} - {""}


def part_of(key: str) -> str:
    """Return which of a board's keys this is: `log`, `meta`, `here`, `lost` or `live`."""
    return key.rpartition(":")[2].partition("@")[0]


def type_of(key: str) -> str:
    """Return the type that a board's key should have in the store."""
    part = part_of(key)
    return "stream" if part.startswith(_INCOMING) else _TYPES.get(part, "string")


def _key(code: str, part: str) -> str:
    return f"sv:{{{code}}}:{part}"
