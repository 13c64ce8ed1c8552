"""The hosts of a board. Only hashes of their keys are stored."""

from msgspec import Struct

FIRST_HOST = "first"
"""The id of the host who created the board."""
MAX_HOSTS = 20


class Host(Struct, frozen=True):
    name: str | None
    """None for the host who created the board."""
    key: str
    """SHA-256 of the host key, in hex."""
