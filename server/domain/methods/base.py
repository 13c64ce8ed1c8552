"""What every voting method offers: a ballot, a running tally, a result."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings

B = TypeVar("B")
"""The method's ballot, checked. A worker holds all that were ever cast, so it is a string of
bytes: small, quick to compare and count, and nothing that the collector of garbage looks at."""
R = TypeVar("R")

NOBODY = "Nobody has voted yet."
_NAMED = 8
"""How many options a sentence names at most."""


class Beside(Struct, frozen=True, kw_only=True):
    """What another method makes of the same ballots; shown, but it does not decide."""

    order: list[list[str]]
    scores: dict[str, int | float]
    """By which the order was made: the higher, the better."""


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a round. Evidence that a method does not give is left out."""

    order: list[list[str]]
    """Option ids, best first; those that are tied stand together."""
    winners: list[str]
    """Empty while there is nothing to win by; more than one is a tie."""
    totals: dict[str, int | float]
    decided_by: str
    """What settled it, in words that a person can check."""
    steps: list[str]
    """The whole count, in sentences that a person can repeat by hand."""
    histogram: dict[str, list[int]] | None = None
    """How many ballots put the option at each place of the method's scale."""
    pairwise: dict[str, dict[str, int]] | None = None
    """`pairwise[a][b]`: how many ballots prefer a to b."""
    paths: dict[str, dict[str, int]] | None = None
    """`paths[a][b]`: the strength of the strongest path from a to b; 0 where there is none."""
    rounds: list[dict[str, int]] | None = None
    """Of an instant run-off: the votes of those still in it."""
    agreement: dict[str, float] | None = None
    """-1 split … 1 agreed; left out for an option of which no ballot says anything."""
    no_opinion: dict[str, int] | None = None
    means: dict[str, dict[str, float]] | None = None
    """Option to criterion to mean score; left out where nobody gave one."""
    beside: dict[str, Beside] | None = None


class Tally(ABC, Generic[B]):
    """The count of one round, kept ballot by ballot at a cost free of the number of voters."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.voters = 0
        self._names = names

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

    @property
    def takes_long(self) -> bool:
        """Whether `result` may take more than some milliseconds."""
        return False

    def counting(self) -> Generator[None, None, Result]:
        """Make the result in steps of some milliseconds; no ballot may come in between."""
        yield
        return self.result()

    def _listed(self, options: Sequence[str]) -> str:
        return listed([self._names[option] for option in options])

    def _ballots(self) -> str:
        return f"{number(self.voters, 'ballot is', 'ballots are')} in."

    def _standing(self, totals: Mapping[str, int]) -> str:
        """Say who has what, the best of them by name: `Alpha 3, Beta 2 and 40 more`."""
        named = [f"{self._names[option]} {total:,}" for option, total in totals.items()]
        more = len(named) - _NAMED
        return listed(named if more < 2 else [*named[:_NAMED], f"{more} more"])


class Method(ABC, Generic[B]):
    """A voting method, set up for one round.

    `names` maps the ids of the round's options to their names; `settings` are those the round
    was opened with, and with what the method adds where they were left out.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    explains: ClassVar[str]
    """One sentence for the person who chooses a method."""
    since: ClassVar[int] = 2
    """The version of the rules that brought it."""

    def __init__(self, names: Mapping[str, str], settings: RoundSettings) -> None:
        """Raise Refused `bad_settings` for settings with which there is nothing to count."""
        self.names = names
        self.settings = settings
        self.ids = tuple(names)
        self.places = {option: place for place, option in enumerate(names)}
        """Where options stand on a ballot."""

    @abstractmethod
    def read(self, raw: Mapping[str, Any]) -> B:
        """Check a ballot as it comes from a client.

        Raises Refused `bad_ballot` for a wrong shape, `no_such_option` for an id that the
        round does not have.
        """

    @abstractmethod
    def write(self, ballot: B) -> dict[str, Any]:
        """Give the ballot back in the shape of the contract."""

    @abstractmethod
    def tally(self) -> Tally[B]: ...

    @abstractmethod
    def stand(self, ballot: B) -> dict[str, float]:
        """Say how much a ballot is for each option; one of which it says nothing is left out."""

    def _require_option(self, option: Any) -> str:
        """Return the id if the round has it. Raises Refused."""
        if not isinstance(option, str):
            raise Refused(Code.BAD_BALLOT, "An option is named by its id, as text.")
        if option not in self.names:
            raise Refused(Code.NO_SUCH_OPTION, f"This round has no option {option[:40]!r}.")
        return option

    def _require_fields(self, value: Any, what: str) -> dict[str, Any]:
        """Return an object whose fields are options of the round. Raises Refused."""
        if not isinstance(value, dict):
            raise Refused(Code.BAD_BALLOT, f"{what}, by the option's id.")
        for option in value:
            self._require_option(option)
        return value


def finished(work: Generator[None, None, R]) -> R:
    """Do a piece of work at once that could be done in steps."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: R = end.value
            return result


def field(raw: Mapping[str, Any], name: str, example: str) -> Any:
    """Return the one field that a ballot has. Raises Refused `bad_ballot`."""
    if list(raw) != [name]:
        raise Refused(Code.BAD_BALLOT, f"A ballot of this round looks like {example}.")
    return raw[name]


def ranked_groups(totals: Mapping[str, Any]) -> list[list[str]]:
    """Order ids by total, highest first; equal ones in one group, in the round's order."""
    groups: dict[Any, list[str]] = {}
    for option, total in totals.items():
        groups.setdefault(total, []).append(option)
    return [groups[total] for total in sorted(groups, reverse=True)]


def by_rank(totals: Mapping[str, B]) -> dict[str, B]:
    """Put the highest total first."""
    return {option: totals[option] for group in ranked_groups(totals) for option in group}


def listed(words: Sequence[str]) -> str:
    """Join names as a person would: `A, B and C`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def number(count: int, one: str, many: str) -> str:
    """Say how many: `1 vote`, `2 votes`."""
    return f"{count:,} {one if count == 1 else many}"
