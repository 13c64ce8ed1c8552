"""Options and criteria that people propose while the host allows it, and what became of each.

The text of a proposal that its author takes back is erased from the log, so a later reader of the
log does not find it. What such a reader decides must not depend on it: an entry that was refused
because of an open proposal is erased along with it, and a proposal that was taken back still
counts towards the limits.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.actions import Propose
from server.domain.refusals import Code, Refused
from server.domain.rules import About
from server.domain.text import same_name
from server.words.catalogue import words

MAX_WAITING_OF_SEAT = 3
"""Proposals of one seat that wait for a host."""
MAX_OF_SEAT = 20
"""Proposals of one seat in all, including those taken back."""
MAX_WAITING = 50
"""Proposals of a board that wait for a host."""
MAX_PROPOSALS = 500
"""Proposals of a board in all, including those taken back."""


class ProposalState(StrEnum):
    OPEN = "open"
    """It waits for a host."""
    ACCEPTED = "accepted"
    """It became an option."""
    MERGED = "merged"
    """A host said that an option of the board covers it."""
    DECLINED = "declined"


@dataclass(slots=True)
class Proposal:
    """One proposed option. `at` is milliseconds since 1970 by the store's clock."""

    id: str
    author: str
    """The seat that made it."""
    at: int
    name: str = ""
    strapline: str = ""
    about: About = About.OPTIONS
    """Whether it would be an option or a criterion: what the board took when it was made."""
    proposer: str | None = None
    """The author's name at the time of the proposal."""
    state: ProposalState = ProposalState.OPEN
    withdrawn: bool = False
    """Its author took it back while it waited, and its text is erased."""
    option: str | None = None
    """The id of the option, or the criterion, that it became or was merged into."""
    word: str = ""
    """What the host said to it."""
    entries: list[int] = field(default_factory=list)
    """Positions in the log that hold its text."""
    idempotency_key: str = ""
    """Idempotency key of the message that made it."""

    def matches(self, action: Propose) -> bool:
        """Whether an action would make exactly this proposal."""
        return (self.name, self.strapline) == (action.name, action.strapline)

    def require_author(self, seat: str) -> None:
        if self.author != seat:
            raise Refused(Code.NOT_ALLOWED, words("refusal-not-proposer"))

    def require_open(self) -> None:
        if self.state is not ProposalState.OPEN:
            raise Refused(Code.NOT_ALLOWED, words("refusal-proposal-settled", state=self.state))

    def settle(self, state: ProposalState, word: str, option: str | None = None) -> None:
        self.state = state
        self.word = word
        self.option = option

    def withdraw(self) -> list[int]:
        """Clear everything but the fact that it was made; return the positions of its text."""
        self.withdrawn = True
        self.name = self.strapline = ""
        self.proposer = None
        erased, self.entries = self.entries, []
        return erased


class Proposals:
    """All proposals of a board, in the order they were made."""

    def __init__(self) -> None:
        self._all: dict[str, Proposal] = {}
        self._of_seat: Counter[str] = Counter()
        self._refused: list[int] = []
        """Positions of entries that were refused, and might count for a reader of the log who no
        longer finds the proposals that were open then.
        """

    def __bool__(self) -> bool:
        return bool(self._all)

    def __iter__(self) -> Iterator[Proposal]:
        return iter(self._all.values())

    def get(self, id_: str) -> Proposal | None:
        return self._all.get(id_)

    def waiting(self) -> list[Proposal]:
        """Return those that wait for a host, oldest first."""
        return [each for each in self if each.state is ProposalState.OPEN and not each.withdrawn]

    def of(self, seat: str) -> list[Proposal]:
        """Return those of a seat that it did not take back, oldest first."""
        if not self._of_seat[seat]:
            return []
        return [each for each in self if each.author == seat and not each.withdrawn]

    def add(self, made: Proposal) -> None:
        self._all[made.id] = made
        self._of_seat[made.author] += 1

    def note_refused(self, seq: int) -> None:
        self._refused.append(seq)

    def withdraw(self, found: Proposal) -> tuple[int, ...]:
        """Take a proposal back; return the positions to erase from the log."""
        refused, self._refused = self._refused, []
        return tuple(sorted({*found.withdraw(), *refused}))

    def require_room(self, seat: str) -> None:
        """Raise Refused `too_many` if a limit is reached."""
        waiting = self.waiting()
        if sum(each.author == seat for each in waiting) >= MAX_WAITING_OF_SEAT:
            raise Refused(
                Code.TOO_MANY, words("refusal-proposals-of-seat-waiting", max=MAX_WAITING_OF_SEAT)
            )
        if self._of_seat[seat] >= MAX_OF_SEAT:
            raise Refused(Code.TOO_MANY, words("refusal-proposals-of-seat", max=MAX_OF_SEAT))
        if len(waiting) >= MAX_WAITING:
            raise Refused(Code.TOO_MANY, words("refusal-proposals-waiting", max=MAX_WAITING))
        if len(self._all) >= MAX_PROPOSALS:
            raise Refused(Code.TOO_MANY, words("refusal-proposals-full", max=MAX_PROPOSALS))

    def require_new(self, name: str, about: About) -> None:
        """Raise Refused, and say which one it is, if an open proposal has this name."""
        wanted = same_name(name)
        for each in self.waiting():
            if each.about is about and same_name(each.name) == wanted:
                raise Refused(Code.BAD_SETTINGS, words("refusal-proposed-already", name=each.name))
