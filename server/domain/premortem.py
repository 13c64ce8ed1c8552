"""A pre-mortem: *it is a year later and this failed; why?*

Everyone writes before they read: what is written is sealed until a host reveals it, and appears at
once. G. Klein, Performing a project premortem, Harvard Business Review 85 (2007).
"""

from msgspec import Struct


class Premortem(Struct, frozen=True, kw_only=True):
    """Times are milliseconds since 1970."""

    option: str
    """The id of the option that is thought to have failed."""
    seq: int
    """The position at which it was opened."""
    opened_at: int
    revealed_at: int | None = None

    @property
    def is_open(self) -> bool:
        return self.revealed_at is None
