"""The names of a board's keys. They share a hash tag, so that a cluster keeps them together."""

import re

ALL = "sv:*:meta"
"""What the `meta` of every board looks like, and of nothing else of ours."""

_TYPES = {"log": "stream", "meta": "hash", "here": "hash", "lost": "hash"}
_KEY = re.compile(r"sv:\{([A-Z0-9]{1,16})\}:([a-z]+)")


def log(code: str) -> str:
    return f"sv:{{{code}}}:log"


def meta(code: str) -> str:
    return f"sv:{{{code}}}:meta"


def here(code: str) -> str:
    return f"sv:{{{code}}}:here"


def lost(code: str) -> str:
    return f"sv:{{{code}}}:lost"


def spare(code: str) -> str:
    """Return the key under which a log is written anew; it exists within a script only."""
    return f"sv:{{{code}}}:spare"


def live(code: str) -> str:
    """Return the channel on which a board's news is published."""
    return f"sv:{{{code}}}:live"


def pulse(process: str) -> str:
    """Return the channel on which a process hears itself."""
    return f"sv:pulse:{process}"


def code_of(key: str) -> str:
    """Return the code of the board that a key or channel belongs to; empty where it is of none."""
    found = _KEY.fullmatch(key)
    return found[1] if found else ""


def part_of(key: str) -> str:
    """Return which of a board's keys this is: `log`, `meta`, `here`, `lost` or `live`."""
    return key.rpartition(":")[2]


def type_of(key: str) -> str:
    """Return the type that a board's key has in the store."""
    return _TYPES.get(part_of(key), "string")
