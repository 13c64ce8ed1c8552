"""The names of a board's keys. They share a hash tag, so that a cluster keeps them together."""


def log(code: str) -> str:
    return f"sv:{{{code}}}:log"


def meta(code: str) -> str:
    return f"sv:{{{code}}}:meta"


def here(code: str) -> str:
    return f"sv:{{{code}}}:here"


def lost(code: str) -> str:
    return f"sv:{{{code}}}:lost"


def came(code: str) -> str:
    return f"sv:{{{code}}}:came"


def arrivals(code: str) -> str:
    return f"sv:{{{code}}}:arrivals"


def networks(code: str) -> str:
    return f"sv:{{{code}}}:networks"


def live(code: str) -> str:
    """Return the channel on which a board's news is published."""
    return f"sv:{{{code}}}:live"


def pulse(process: str) -> str:
    """Return the channel on which a process hears itself."""
    return f"sv:pulse:{process}"
