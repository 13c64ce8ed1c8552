"""What every voting method offers: a ballot, a running tally, a result."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from server.domain.refusals import Code, Refused

B = TypeVar("B")
"""The method's ballot, checked."""


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a round. Evidence that a method does not give is left out."""

    order: list[list[str]]
    """Option ids, best first; those that are tied stand together."""
    winners: list[str]
    """Empty while nobody has voted; more than one is a tie."""
    totals: dict[str, int | float]
    decided_by: str
    """What settled it, in words that a person can check."""
    histogram: dict[str, list[int]] | None = None
    pairwise: dict[str, dict[str, int]] | None = None
    rounds: list[dict[str, int]] | None = None
    agreement: dict[str, float] | None = None


class Tally(ABC, Generic[B]):
    """The count of one round, kept ballot by ballot at a cost free of the number of voters."""

    def __init__(self) -> None:
        self.voters = 0

    def add(self, ballot: B) -> None:
        self.voters += 1
        self._count(ballot, +1)

    def remove(self, ballot: B) -> None:
        """Take back a ballot that was added before."""
        self.voters -= 1
        self._count(ballot, -1)

    @abstractmethod
    def _count(self, ballot: B, sign: int) -> None: ...

    @abstractmethod
    def result(self) -> Result: ...


class Method(ABC, Generic[B]):
    """A voting method. `names` maps the ids of a round's options to their names."""

    id: ClassVar[str]
    name: ClassVar[str]
    explains: ClassVar[str]
    """One sentence for the person who chooses a method."""

    @abstractmethod
    def read(self, raw: Mapping[str, Any], names: Mapping[str, str]) -> B:
        """Check a ballot as it comes from a client.

        Raises Refused `bad_ballot` for a wrong shape, `no_such_option` for an id that the
        round does not have.
        """

    @abstractmethod
    def write(self, ballot: B) -> dict[str, Any]:
        """Give the ballot back in the shape of the contract."""

    @abstractmethod
    def tally(self, names: Mapping[str, str]) -> Tally[B]: ...


def field(raw: Mapping[str, Any], name: str, example: str) -> Any:
    """Return the one field that a ballot has. Raises Refused `bad_ballot`."""
    if list(raw) != [name]:
        raise Refused(Code.BAD_BALLOT, f"A ballot of this round looks like {example}.")
    return raw[name]


def require_option(option: Any, names: Mapping[str, str]) -> str:
    """Return the id if the round has it. Raises Refused."""
    if not isinstance(option, str):
        raise Refused(Code.BAD_BALLOT, "An option is named by its id, as text.")
    if option not in names:
        raise Refused(Code.NO_SUCH_OPTION, f"This round has no option {option[:40]!r}.")
    return option


def ranked_groups(totals: Mapping[str, int | float]) -> list[list[str]]:
    """Order ids by total, highest first; equal ones in one group, in the round's order."""
    groups: dict[int | float, list[str]] = {}
    for option, total in totals.items():
        groups.setdefault(total, []).append(option)
    return [groups[total] for total in sorted(groups, reverse=True)]


def listed(words: Sequence[str]) -> str:
    """Join names as a person would: `A, B and C`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
