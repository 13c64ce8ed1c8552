"""Rounds: voting opens, locks, is revealed. Each is kept; none is overwritten."""

from collections.abc import Generator, Sequence
from enum import StrEnum
from typing import Any

from msgspec import UNSET, structs

from server.domain.criteria import Criterion
from server.domain.methods import METHODS, Result
from server.domain.methods.base import finished
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.outliers import MAX_VOTERS, outliers
from server.domain.refusals import Code, Refused
from server.domain.rules import Names, RoundSettings, TieBreak, Visibility, own_settings
from server.domain.tie_break import break_tie, tie_order

_MANY_STANDS = 2_000
"""What voters think of so many options, in all, is compared within a few milliseconds."""
MIN_SECONDS, MAX_SECONDS = 5, 86_400


class State(StrEnum):
    OPEN = "open"
    LOCKED = "locked"
    REVEALED = "revealed"


class Round:
    """One round of voting on options that are frozen when it opens.

    `ballots` goes by voter: a seat, or in a secret round a keyed hash of it.
    Times are milliseconds since 1970 by the store's clock. `settings` are complete: what was
    left out has its value, and what belongs to other methods is unset.
    """

    def __init__(
        self,
        n: int,
        method: str,
        settings: RoundSettings,
        options: tuple[Option, ...],
        opened_at: int,
        *,
        criteria: tuple[Criterion, ...] = (),
        drawn: Sequence[str] = (),
    ) -> None:
        """`criteria` are the board's own, `drawn` is the lot. Raises Refused `bad_settings`."""
        self.n = n
        self.method = method
        self.names = {option.id: option.name for option in options}
        if settings.further_discussion:
            self.names[FURTHER_DISCUSSION] = "Further discussion"
        self.opened_at = opened_at
        self.deadline = opened_at + settings.seconds * 1000 if settings.seconds else None
        self.left: int | None = None
        """Milliseconds that are left while the clock is paused; then there is no deadline."""
        self.state = State.OPEN
        self.ballots: dict[str, Any] = {}
        self._shown_to: set[str] = set()
        self._positions: dict[str, list[int]] = {}
        """Voter to where their ballots stand in the log, in a secret round until the reveal."""
        self._struck: set[str] = set()
        """Voters whose seat was emptied: they have no ballot in this round any more."""
        own = own_settings(method, settings, criteria)
        self._method = METHODS[method](self.names, own)
        self._tie_break = TieBreak.NONE if settings.tie_break is UNSET else settings.tie_break
        self.settings = structs.replace(
            self._method.settings,
            tie_break=self._tie_break,
            shuffle=settings.shuffle is True,
        )
        self.tie_order = tie_order(self._tie_break, tuple(self.names), drawn)
        """Ids; empty where ties stay ties."""
        self._tally = self._method.tally()
        self._result: Result | None = None
        self._outliers: list[str] | None = None

    @property
    def voters(self) -> int:
        """How many ballots are in."""
        return self._tally.voters

    def result(self) -> Result:
        """Return the outcome so far. Who may see it is asked of `shows_result_to`."""
        return finished(self._counting())

    def outliers(self) -> list[str]:
        """Return the seats whose ballots are farthest from the group's; none where secret."""
        return finished(self._looking_for_outliers())

    @property
    def takes_long(self) -> bool:
        """Whether what is shown of the result has yet to be made, and may take long."""
        if self._result is None and self._tally.takes_long:
            return True
        return (
            self.state is State.REVEALED
            and self._outliers is None
            and self._has_outliers
            and len(self.ballots) * len(self.names) > _MANY_STANDS
        )

    def counting(self) -> Generator[None, None, None]:
        """Make what is shown of the result, in steps; no ballot may come in between."""
        yield from self._counting()
        if self.state is State.REVEALED:
            yield from self._looking_for_outliers()

    def _counting(self) -> Generator[None, None, Result]:
        if self._result is None:
            counted = yield from self._tally.counting()
            self._result = break_tie(counted, self._tie_break, self.tie_order, self.names)
        return self._result

    @property
    def _has_outliers(self) -> bool:
        return self.settings.names is Names.OPEN and self.voters <= MAX_VOTERS

    def _looking_for_outliers(self) -> Generator[None, None, list[str]]:
        if not self._has_outliers:
            return []
        if self._outliers is None:
            stands = {}
            for voter, ballot in self.ballots.items():
                stands[voter] = self._method.stand(ballot)
                yield
            self._outliers = outliers(stands)
        return self._outliers

    def require_open(self, at: int) -> None:
        """Raise Refused `round_closed` when votes no longer count, by the store's clock."""
        if self.state is not State.OPEN or (self.deadline is not None and at > self.deadline):
            raise Refused(Code.ROUND_CLOSED, f"Voting in round {self.n} is closed.")

    def read(self, raw: dict[str, Any]) -> Any:
        """Check a ballot for this round. Raises Refused."""
        return self._method.read(raw)

    def ballot_of(self, voter: str) -> dict[str, Any] | None:
        """Return the voter's ballot in the shape of the contract."""
        ballot = self.ballots.get(voter)
        return None if ballot is None else self._method.write(ballot)

    def cast(self, voter: str, ballot: Any, seq: int = 0) -> None:
        """Count a checked ballot, which stands at `seq`, in place of the voter's earlier one."""
        self.withdraw(voter)
        self.ballots[voter] = ballot
        if self.settings.names is Names.SECRET:
            self._positions.setdefault(voter, []).append(seq)
        self._tally.add(ballot)
        self._result = self._outliers = None
        if self.settings.visibility is Visibility.AFTER_VOTE:
            self._shown_to.add(voter)

    def withdraw(self, voter: str) -> None:
        if (earlier := self.ballots.pop(voter, None)) is not None:
            self._tally.remove(earlier)
            self._result = self._outliers = None

    def require_voter(self, voter: str) -> None:
        """Raise Refused for a voter whose seat was emptied."""
        if voter in self._struck:
            raise Refused(
                Code.NOT_ALLOWED,
                "The host renewed your invitation: its seat is no longer yours. Ask the host "
                "for the new link.",
            )

    def set_state(self, state: State) -> None:
        self.state = state
        self.left = None
        if state is State.REVEALED:
            # From now on no ballot leaves the round.
            self._positions.clear()

    def strike(self, voter: str) -> list[int]:
        """Take out a ballot for good; return where what it said stands in the log, to be erased."""
        self.withdraw(voter)
        self._struck.add(voter)
        return self._positions.pop(voter, [])

    def shows_result_to(self, *, voter: str | None, early_host: bool) -> bool:
        """Say whether somebody may see the result now.

        `voter` is None for those who have no ballot here; `early_host` is a host where the
        board lets the host see results before the reveal. What was shown is not hidden
        again: who has voted once in an `after_vote` round sees on.
        """
        return (
            self.state is State.REVEALED
            or self.settings.visibility is Visibility.LIVE
            or early_host
            or voter in self._shown_to
        )

    def shows_who_voted(self, *, host_sees_results: bool) -> bool:
        """Say whether names may carry *has voted*.

        In a secret round whose result anybody sees moving, a name and a number that change
        together would give a ballot away.
        """
        return self.settings.names is Names.OPEN or (
            self.settings.visibility is Visibility.ON_REVEAL and not host_sees_results
        )


def require_seconds(seconds: int) -> None:
    """Raise Refused `bad_settings` for a time no meeting needs."""
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Refused(
            Code.BAD_SETTINGS,
            f"A round lasts from {MIN_SECONDS} seconds to a day ({MAX_SECONDS} seconds).",
        )
