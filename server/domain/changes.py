"""What applying an entry changes."""

from collections.abc import Callable

from msgspec import Struct

from server.domain.refusals import Refusal


class Change(Struct, frozen=True, kw_only=True):
    """The objects of the contract that must be sent again, and further consequences."""

    board: bool = False
    round: bool = False
    tally: bool = False
    people: bool = False
    roles: bool = False
    """Permissions must be computed again."""
    browsers: tuple[str, ...] = ()
    """Browsers that have changed seats."""
    meeting: bool = False
    """The order of a meeting's questions, or where it is."""
    observer: str | None = None
    """The seat that chose to only watch, or to take part again."""
    comments: tuple[str, ...] = ()
    sealed: bool = False
    """What is told of sealed comments."""
    sealer: str | None = None
    """The seat whose own sealed comments changed."""
    stances: bool = False
    """What people say to the outcome, or the risks of it."""
    stance_of: str | None = None
    """The voter whose own stance changed."""
    experience_of: str | None = None
    """The voter whose own experience changed."""
    moved: str | None = None
    """The voter who said which comment moved them."""
    proposals: bool = False
    proposer: str | None = None
    """The seat whose own proposals changed."""
    resync: bool = False
    """So much has changed that every client is sent a fresh welcome."""
    voter: str | None = None
    """The voter whose ballot changed."""
    erased: tuple[int, ...] = ()
    """Positions of entries whose text must be deleted from the log."""
    duplicate_of: int | None = None
    """The position at which the same message was already applied; in that case nothing changed."""


Outcome = Change | Refusal
Effect = Callable[[], Change]
"""The second half of an action, which was already validated: it makes the change and cannot fail.
"""
