"""The names of a board's keys. They share a hash tag, so that a cluster keeps them together."""

import re
from collections.abc import Iterable

SECRET = "sv:secret"  # noqa: S105 # nosec B105 # what lies there names a secret
"""Which secret the server had that started last on this database: a keyed hash."""
ALL = "sv:*:meta"
"""What the `meta` of every board looks like, and of nothing else of ours."""

_TYPES = {"log": "stream"} | dict.fromkeys(
    ("meta", "here", "lost", "came", "arrivals", "networks"), "hash"
)
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
    """Return the key under which a log is written anew; it exists within a script only."""
    return _key(code, "spare")


def all_of(code: str) -> str:
    """Return the pattern of all keys of a board."""
    return _key(code, "*")


def came(code: str) -> str:
    return _key(code, "came")


def arrivals(code: str) -> str:
    return _key(code, "arrivals")


def networks(code: str) -> str:
    return _key(code, "networks")


def live(code: str, database: int = 0) -> str:
    """Return the channel on which a board's news is published.

    Channels know no databases: who listens in one hears what is published in all others. So the
    number stands in the name. That of the first is left out, as in versions that had no number.
    """
    return _key(code, "live") + (f"@{database}" if database else "")


def pulse(process: str) -> str:
    """Return the channel on which a process hears itself."""
    return f"sv:pulse:{process}"


def code_of(key: str) -> str:
    """Return the code of the board that a key or channel belongs to; empty where it is of none."""
    found = _KEY.fullmatch(key)
    return found[1] if found else ""


def codes_of(found: Iterable[bytes]) -> set[str]:
    """Return the codes of the boards that keys belong to; a store may name one twice."""
    return {code_of(key.decode(errors="replace")) for key in found} - {""}


def part_of(key: str) -> str:
    """Return which of a board's keys this is: `log`, `meta`, `here`, `lost` or `live`."""
    return key.rpartition(":")[2].partition("@")[0]


def type_of(key: str) -> str:
    """Return the type that a board's key has in the store."""
    return _TYPES.get(part_of(key), "string")


def _key(code: str, part: str) -> str:
    return f"sv:{{{code}}}:{part}"
