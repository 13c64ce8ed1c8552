"""The names of a board's keys. They share a hash tag, so that a cluster keeps them together."""

import re

SECRET = "sv:secret"  # noqa: S105 - what lies there names a secret, and is none
"""Which secret the server had that started last on this database: a keyed hash."""


def log(code: str) -> str:
    return f"sv:{{{code}}}:log"


def meta(code: str) -> str:
    return f"sv:{{{code}}}:meta"


def here(code: str) -> str:
    return f"sv:{{{code}}}:here"


def lost(code: str) -> str:
    return f"sv:{{{code}}}:lost"


def code_of(meta: bytes) -> str | None:
    """Return the code of the board whose `meta` a key is; None for what is no board of people."""
    found = re.fullmatch(rb"sv:\{([A-Z0-9]{1,16})\}:meta", meta)
    return found[1].decode() if found else None


def all_of(code: str) -> str:
    """Return the pattern of all keys of a board."""
    return f"sv:{{{code}}}:*"


def live(code: str, database: int = 0) -> str:
    """Return the channel on which a board's news is published.

    Channels know no databases: who listens in one hears what is published in all others. So the
    number stands in the name. That of the first is left out, as in versions that had no number.
    """
    return f"sv:{{{code}}}:live" + (f"@{database}" if database else "")


def pulse(process: str) -> str:
    """Return the channel on which a process hears itself."""
    return f"sv:pulse:{process}"
