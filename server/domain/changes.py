"""What applying an entry came to."""

from collections.abc import Callable

from msgspec import Struct

from server.domain.refusals import Refusal


class Change(Struct, frozen=True, kw_only=True):
    """The objects of the contract that are to be sent anew, and what else follows."""

    board: bool = False
    round: bool = False
    tally: bool = False
    people: bool = False
    roles: bool = False
    """Who may do what is to be asked anew."""
    browsers: tuple[str, ...] = ()
    """Browsers that sit somewhere else now."""
    observer: str | None = None
    """The seat that chose to watch only, or to take part again."""
    comments: tuple[str, ...] = ()
    afresh: bool = False
    """So much changed that everybody is welcomed anew."""
    voter: str | None = None
    """Whose ballot changed."""
    erased: tuple[int, ...] = ()
    """Positions whose text is to be deleted from the log."""
    repeats: int | None = None
    """The position at which the same message was applied before; then nothing changed."""


Outcome = Change | Refusal
Deed = Callable[[], Change]
"""The second half of an action: it was found right, now it is done. It cannot fail."""
