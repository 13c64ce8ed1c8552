"""What the meeting decided."""

from msgspec import Struct


class Decision(Struct, frozen=True, kw_only=True):
    """The option that was chosen, and why. `at` is milliseconds by the store's clock."""

    option: str
    because: str
    revisit_on: str | None
    """A day to look again, as 2027-06-01."""
    at: int
