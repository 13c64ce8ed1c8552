"""The talk beside the options."""

from dataclasses import dataclass, field

from server.domain.actions import Comment as Said
from server.domain.actions import Kind
from server.domain.refusals import Code, Refused

MAX_COMMENTS = 10_000
MAX_TALK = 2_000_000
"""Characters of all comments of a board together."""
MAX_CHANGES = 1_000
"""How often one comment is changed at most: all its texts are erased from the log at once."""
MAX_EMOJI = 12
"""Different emoji on one comment."""
DOUBTS = frozenset("🤔👎")
"""Reactions that support nothing."""


@dataclass(slots=True)
class Comment:
    """One comment or reply. Times are milliseconds since 1970 by the store's clock."""

    id: str
    seq: int
    """Position of the last change."""
    option: str
    made: int = 0
    """Position at which it was said; of a deleted one, at which it was deleted."""
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
    """Positions in the log to be erased with it: those that hold its text, and those that
    were refused because it was there, and would count for a reader who does not find it."""
    once: str = ""
    """The name of the message that said it."""
    support: int = 0
    """How many reactions speak for it."""

    def is_said_by(self, action: Said) -> bool:
        """Whether an action says what this comment says already."""
        return (self.option, self.kind, self.text, self.parent) == (
            action.option,
            action.kind,
            action.text,
            action.parent,
        )

    def require_author(self, seat: str) -> None:
        if self.author != seat:
            raise Refused(Code.NOT_ALLOWED, "Only its author can change a comment.")

    def react(self, seat: str, emoji: str, *, on: bool) -> None:
        seats = self.reactions.setdefault(emoji, set())
        if emoji not in DOUBTS:
            self.support += on - (seat in seats)
        if on:
            seats.add(seat)
        else:
            seats.discard(seat)
        if not seats:
            del self.reactions[emoji]

    def erase(self, seq: int) -> None:
        """Leave nothing but that it was deleted, and at which position."""
        self.deleted = True
        self.made = seq
        self.parent = None
        self.text = ""
        self.name = None
        self.reactions.clear()
        self.support = 0
        self.pinned = self.hidden = False
