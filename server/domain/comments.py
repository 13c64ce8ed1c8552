"""The talk beside the options."""

from dataclasses import dataclass, field

from server.domain.actions import Kind
from server.domain.refusals import Code, Refused

MAX_COMMENTS = 10_000
MAX_TALK = 2_000_000
"""Characters of all comments of a board together."""
MAX_EMOJI = 12
"""Different emoji on one comment."""


@dataclass(slots=True)
class Comment:
    """One comment or reply. Times are milliseconds since 1970 by the store's clock."""

    id: str
    seq: int
    """Position of the last change."""
    option: str
    at: int = 0
    kind: Kind = Kind.NOTE
    text: str = ""
    author: str = ""
    """The seat that wrote it."""
    name: str | None = None
    """The author's name when it was written."""
    parent: str | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)
    """Emoji to the seats that gave it."""
    pinned: bool = False
    hidden: bool = False
    edited_at: int | None = None
    deleted: bool = False
    entries: list[int] = field(default_factory=list)
    """Positions in the log that hold its text, to be erased with it."""

    def require_author(self, seat: str) -> None:
        if self.author != seat:
            raise Refused(Code.NOT_ALLOWED, "Only its author can change a comment.")

    def react(self, seat: str, emoji: str, *, on: bool) -> None:
        seats = self.reactions.setdefault(emoji, set())
        if on:
            seats.add(seat)
        else:
            seats.discard(seat)
        if not seats:
            del self.reactions[emoji]

    def erase(self) -> None:
        """Leave nothing but the place where it stood."""
        self.deleted = True
        self.text = ""
        self.name = None
        self.reactions.clear()
        self.pinned = self.hidden = False
