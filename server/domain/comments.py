"""The comments on options."""

from dataclasses import dataclass, field

from server.domain.actions import Comment as Said
from server.domain.actions import Kind, SetArgument, Side
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

MAX_COMMENTS = 10_000
MAX_TALK = 2_000_000
"""Total length of all comments of a board, in characters."""
MAX_CHANGES = 1_000
"""How often one comment can be changed; all its versions are erased from the log at once."""
MAX_ARGUMENTS = 10
"""Comments that hosts choose for one side of one option in the record."""
MAX_EMOJI = 12
"""Different emoji on one comment."""
DOUBTS = frozenset("🤔👎")
"""Reactions that do not count as support."""


@dataclass(slots=True)
class Comment:
    """One comment or reply. Times are milliseconds since 1970 by the store's clock."""

    id: str
    seq: int
    """Position of the last change."""
    option: str
    made: int = 0
    """Position at which it was posted, or deleted if it has been."""
    at: int = 0
    kind: Kind = Kind.NOTE
    text: str = ""
    author: str = ""
    """The seat that wrote it."""
    name: str | None = None
    """The author's name at the time of writing."""
    parent: str | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)
    """Emoji to the seats that reacted with it."""
    pinned: bool = False
    hidden: bool = False
    side: Side | None = None
    """The side on which a host chose it for the record; None if it is not chosen."""
    wording: str = ""
    """How the host words it there; empty: as it was written."""
    edited_at: int | None = None
    deleted: bool = False
    entries: list[int] = field(default_factory=list)
    """Positions in the log to erase along with it: entries that hold its text, and entries that
    were refused because it existed and would count for a reader who no longer finds it.
    """
    idempotency_key: str = ""
    """Idempotency key of the message that posted it."""
    support: int = 0
    """The number of supporting reactions."""
    sealed: int = 0
    """The position from which on comments were sealed when it was written; 0 if they were not."""
    shown_at: int | None = None
    """When it was unsealed; None if it was not, or not yet."""

    def matches(self, action: Said) -> bool:
        """Whether an action would post exactly this comment."""
        return (self.option, self.kind, self.text, self.parent) == (
            action.option,
            action.kind,
            action.text,
            action.parent,
        )

    @property
    def is_of_one_person(self) -> bool:
        """Whether it was written without reading the others, and no one else supports it yet."""
        return bool(self.sealed) and not (self.parent or self.deleted or self._has_backers)

    @property
    def _has_backers(self) -> bool:
        return any(
            len(seats) > (self.author in seats)
            for emoji, seats in self.reactions.items()
            if emoji not in DOUBTS
        )

    def require_author(self, seat: str) -> None:
        if self.author != seat:
            raise Refused(Code.NOT_ALLOWED, words("refusal-not-author"))

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

    def choose(self, action: SetArgument, seq: int) -> None:
        """Choose it for the record, or not, at a position."""
        self.side = action.side
        self.wording = action.text
        if action.text:
            self.entries.append(seq)

    def erase(self, seq: int) -> None:
        """Clear everything except the fact that it was deleted, and at which position."""
        self.deleted = True
        self.made = seq
        self.parent = None
        self.text = ""
        self.name = None
        self.reactions.clear()
        self.support = 0
        self.side = None
        self.wording = ""
        self.pinned = self.hidden = False
        self.sealed = 0
