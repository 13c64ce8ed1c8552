"""Those who run a board. Of their keys only hashes are kept."""

from msgspec import Struct

FIRST_HOST = "first"
"""The id of the host with whom a board begins."""
MAX_HOSTS = 20


class Host(Struct, frozen=True):
    name: str | None
    """None: the one with whom the board began."""
    key: str
    """SHA-256 of the host key, in hex."""
