"""What every voting method provides: ballots, a running tally, a result, and what is said of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from server.domain.actions import RULES
from server.domain.methods.ballots import STRIDE, Ballots
from server.domain.methods.margin import Margin
from server.domain.methods.rule import Rule
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings
from server.words.catalogue import listed, words

B = TypeVar("B")
"""The method's validated ballot. A worker holds all ballots that were ever cast, so it is a byte
string: small, quick to compare and to count, and ignored by the garbage collector.
"""
R = TypeVar("R")

NOBODY = words("decided-no-ballots")
_NAMED = 8
"""How many options a sentence names at most."""


class AlternativeCount(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What another method makes of the same ballots; shown, but not decisive."""

    order: list[list[str]]
    scores: dict[str, int | float]
    """The scores that determine the order; higher is better."""
    note: str = ""
    """What else the order depends on, in words; omitted if on nothing."""


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a round. Fields that a method does not provide are omitted."""

    order: list[list[str]]
    """Option ids, best first; tied options share a group."""
    winners: list[str]
    """Empty while nothing decides; several if they are tied."""
    totals: dict[str, int | float]
    decided_by: str
    """What decided the outcome, in words that a person can check."""
    steps: list[str]
    """The whole count, in sentences that a person can repeat by hand."""
    histogram: dict[str, list[int]] | None = None
    """How many ballots put the option at each place of the method's scale."""
    pairwise: dict[str, dict[str, int]] | None = None
    """`pairwise[a][b]`: how many ballots prefer a to b."""
    paths: dict[str, dict[str, int]] | None = None
    """`paths[a][b]`: the strength of the strongest path from a to b; 0 if there is none."""
    rounds: list[dict[str, int]] | None = None
    """Instant run-off only: the votes of the remaining options, round by round."""
    agreement: dict[str, float] | None = None
    """From -1 (split) to 1 (agreed), by option; options on which no ballot has an opinion are
    omitted.
    """
    no_opinion: dict[str, int] | None = None
    means: dict[str, dict[str, float]] | None = None
    """Option to criterion to mean score; omitted where there are no scores."""
    beside: dict[str, AlternativeCount] | None = None


class Tally(ABC, Generic[B]):
    """The running count of one round. What a ballot costs is independent of the number
    of voters.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.voters = 0
        self._names = names

    def add(self, ballot: B) -> None:
        self.voters += 1
        self._count(ballot, +1)

    def remove(self, ballot: B) -> None:
        """Subtract a ballot that was added before."""
        self.voters -= 1
        self._count(ballot, -1)

    @abstractmethod
    def _count(self, ballot: B, sign: int) -> None: ...

    @abstractmethod
    def result(self) -> Result: ...

    @abstractmethod
    def is_close(self, winner: str) -> bool:
        """Whether another ballot in place of one that was cast might unseat the winner.

        Quick to compute, and True where that is not certain.
        """

    @abstractmethod
    def against(self, winner: str, cast: B) -> Iterator[B]:
        """Yield ballots that do most against the winner, in place of one that is not counted here.

        If any ballot, once it is added, unseats the winner, then so does one of these. In a
        `matrix`, any ballot with scores in the same cells.
        """

    def winners(self) -> list[str]:
        """Return the winners of the `result`; quicker, where the rest of it takes longer."""
        return self.result().winners

    @property
    def names(self) -> Mapping[str, str]:
        """The options, by id."""
        return self._names

    @property
    def takes_long(self) -> bool:
        """Whether `result` may take more than a few milliseconds."""
        return False

    def counting(self) -> Generator[None, None, Result]:
        """Compute the result in steps of a few milliseconds; ballots must not change in between."""
        yield
        return self.result()

    def _listed(self, options: Sequence[str]) -> str:
        return listed([self._names[option] for option in options])

    def _ballots(self) -> str:
        return words("step-ballots", n=self.voters)

    def _standing(self, totals: Mapping[str, int]) -> str:
        """Say who has how much, naming the best: `Alpha 3, Beta 2 and 40 more`."""
        more = len(totals) - _NAMED
        named = [
            words("step-total", name=self._names[option], total=total)
            for option, total in islice(totals.items(), None if more < 2 else _NAMED)
        ]
        return listed(named if more < 2 else [*named, words("step-more", n=more)])


class Method(ABC, Generic[B]):
    """A voting method, configured for one round.

    `names` maps the ids of the round's options to their names. `settings` are the round's,
    completed with the method's defaults. `rules` is the version of the rules by which it counts.
    What a result is asked has honest defaults; the rest a method must have (`by_id` checks it).
    """

    id: ClassVar[str]
    name: ClassVar[str]
    explains: ClassVar[str]
    """One sentence for the person who chooses a method."""
    since: ClassVar[int]
    """The version of the rules that introduced it: logs of earlier versions do not have it."""
    rule: ClassVar[Rule] = Rule.OWN
    """The rule by which it decides, where results are compared by rule."""
    approved_from: ClassVar[float | None] = None
    """From which of its scores on a ballot is read as approving an option. If it is given, ballots
    are also read as approvals and as rankings; None for ballots that say neither.
    """

    def __init__(
        self, names: Mapping[str, str], settings: RoundSettings, rules: int = RULES
    ) -> None:
        """Raise Refused `bad_settings` if these settings leave nothing to count."""
        self.names = names
        self.settings = settings
        self.rules = rules
        self.ids = tuple(names)
        self.places = {option: place for place, option in enumerate(names)}
        """The index of each option on a ballot."""

    @abstractmethod
    def read(self, raw: Mapping[str, Any]) -> B:
        """Validate a ballot that a client sent.

        Raises Refused `bad_ballot` for a wrong shape, `no_such_option` for an id that the round
        does not have.
        """

    @abstractmethod
    def write(self, ballot: B) -> dict[str, Any]:
        """Return the ballot in the shape of the wire."""

    @abstractmethod
    def tally(self) -> Tally[B]: ...

    @abstractmethod
    def as_scores(self, ballot: B) -> dict[str, float]:
        """Return how much a ballot favours each option; options without an opinion are omitted."""

    def as_row(self, ballot: B) -> list[float | None]:
        """Return what a ballot says in a table: a number for each option, in the round's order, or
        one for each criterion of each option. None is no opinion.
        """
        scores = self.as_scores(ballot)
        return [_shown(scores.get(option)) for option in self.ids]

    def lead(self, result: Result, _winner: str, _voters: int) -> str:
        """Say how far a winner that is first alone is ahead, in the measure that decides."""
        return result.decided_by

    def in_reach(self, _result: Result, _voters: int) -> list[str]:
        """Return the options that can win."""
        return [*self.ids]

    def measuring_margin(self, _cast: "Cast", _least: int) -> Generator[None, None, Margin | None]:
        """Return how many ballots would have to be different for the winner not to win, in steps.

        It is known that fewer than `least` are not enough. None, if the method has no way of its
        own: then it is found by counting again.
        """
        yield
        return None

    def other_readings(self, _cast: "Cast") -> Generator[None, None, dict[Rule, list[str]]]:
        """Return who wins by other rules that only its ballots can be read by, in steps."""
        yield
        return {}

    def _require_option(self, option: Any) -> str:
        """Return the id if the round has it. Raises Refused `bad_ballot` or `no_such_option`."""
        if not isinstance(option, str):
            raise Refused(Code.BAD_BALLOT, words("refusal-option-id-text"))
        if option not in self.names:
            raise Refused(
                Code.NO_SUCH_OPTION, words("refusal-round-no-option", option=repr(option[:40]))
            )
        return option

    def _require_fields(self, value: Any, refusal: str) -> dict[str, Any]:
        """Return an object whose keys are options of the round. Raises Refused likewise, and in
        these words for what is no object.
        """
        if not isinstance(value, dict):
            raise Refused(Code.BAD_BALLOT, words(refusal))
        for option in value:
            self._require_option(option)
        return value


class Cast:
    """The ballots of a round, made ready to ask how sure its result is."""

    def __init__(self, method: Method[Any], ballots: Ballots, result: Result) -> None:
        """Take how often each ballot was cast, and a result in which one option alone is first: the
        winner, before any tie-break.
        """
        self.method = method
        self.ballots = ballots
        self.result = result
        self.winner = result.order[0][0]
        self.rivals = [option for option in method.ids if option != self.winner]
        self.voters = sum(ballots.values())
        self.in_reach = method.in_reach(result, self.voters)
        self._found: dict[Hashable, Any] = {}

    def sorted_by(
        self, gains: Callable[[bytes], Any]
    ) -> Generator[None, None, list[tuple[Any, bytes, int]]]:
        """Sort the ballots by what is gained if they are different, most first, in steps."""
        alike: dict[Any, list[bytes]] = {}
        for n, ballot in enumerate(self.ballots):
            alike.setdefault(gains(ballot), []).append(ballot)
            if n % STRIDE == 0:
                yield
        found = []
        for gain in sorted(alike, reverse=True):
            # By the ballot, too: every process must come to the same.
            found += [(gain, ballot, self.ballots[ballot]) for ballot in sorted(alike[gain])]
            yield
        return found

    def once(self, work: Callable[["Cast"], Generator[None, None, R]]) -> Generator[None, None, R]:
        """Return what several questions need, in steps the first time."""
        if work not in self._found:
            self._found[work] = yield from work(self)
        found: R = self._found[work]
        return found


def finished(work: Generator[None, None, R]) -> R:
    """Run a generator of steps to its end at once, and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: R = end.value
            return result


def field(raw: Mapping[str, Any], name: str, example: str, *optional: str) -> Any:
    """Return the field that a ballot must have; it may have others. Raises Refused `bad_ballot`."""
    if name not in raw or not raw.keys() <= {name, *optional}:
        raise Refused(Code.BAD_BALLOT, words("refusal-ballot-form", example=example))
    return raw[name]


def ranked_groups(totals: Mapping[str, Any]) -> list[list[str]]:
    """Group ids by total, highest first; equal totals share a group, in the round's order."""
    groups: dict[Any, list[str]] = {}
    for option, total in totals.items():
        groups.setdefault(total, []).append(option)
    return [groups[total] for total in sorted(groups, reverse=True)]


def by_rank(totals: Mapping[str, B]) -> dict[str, B]:
    """Sort by total, highest first."""
    return {option: totals[option] for group in ranked_groups(totals) for option in group}


def _shown(score: float | None) -> float | None:
    """Return a whole score without a point."""
    return int(score) if score is not None and score == int(score) else score
