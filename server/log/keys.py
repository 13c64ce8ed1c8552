"""The names of a board's keys. They share a hash tag, so that a cluster keeps them together."""

import re

SECRET = "sv:secret"  # noqa: S105 # nosec B105 # what lies there names a secret
"""Which secret the server had that started last on this database: a keyed hash."""
ALL = "sv:*:meta"
"""What the `meta` of every board looks like, and of nothing else of ours."""

_TYPES = {"log": "stream"} | dict.fromkeys(
    ("meta", "here", "lost", "came", "arrivals", "networks"), "hash"
)
_KEY = re.compile(r"sv:\{([A-Z0-9]{1,16})\}:([a-z]+)(?:@\d+)?")


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


def all_of(code: str) -> str:
    """Return the pattern of all keys of a board."""
    return f"sv:{{{code}}}:*"


def came(code: str) -> str:
    return f"sv:{{{code}}}:came"


def arrivals(code: str) -> str:
    return f"sv:{{{code}}}:arrivals"


def networks(code: str) -> str:
    return f"sv:{{{code}}}:networks"


def live(code: str, database: int = 0) -> str:
    """Return the channel on which a board's news is published.

    Channels know no databases: who listens in one hears what is published in all others. So the
    number stands in the name. That of the first is left out, as in versions that had no number.
    """
    return f"sv:{{{code}}}:live" + (f"@{database}" if database else "")


def pulse(process: str) -> str:
    """Return the channel on which a process hears itself."""
    return f"sv:pulse:{process}"


def code_of(key: str) -> str:
    """Return the code of the board that a key or channel belongs to; empty where it is of none."""
    found = _KEY.fullmatch(key)
    return found[1] if found else ""


def part_of(key: str) -> str:
    """Return which of a board's keys this is: `log`, `meta`, `here`, `lost` or `live`."""
    return key.rpartition(":")[2].partition("@")[0]


def type_of(key: str) -> str:
    """Return the type that a board's key has in the store."""
    return _TYPES.get(part_of(key), "string")
