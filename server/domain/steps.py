"""What is shown of a secret round while people vote: a result that moves in steps.

If the result moved with every ballot, a person who taps and a bar that moves would tell how they
voted. So the result counts the ballots as they were at its last step. A step is made once the
ballots of enough people have changed, however often each changed theirs. The ballots of those who
voted last are in no step: they appear at the reveal, which would otherwise tell the few ballots
that changed after the last step. Why so: `docs/decisions/0014-results-move-in-steps.md`.
"""

from collections.abc import Callable, Generator, Mapping
from itertools import islice
from typing import Any

from server.domain.methods import Result
from server.domain.methods.base import Tally
from server.domain.movement import SMALLEST

_PART = 50
"""A step is one of so many parts of the ballots, if that is more."""
SINCE = 5
"""The version of the rules from which on secret rounds move in steps."""


def smallest_step(voters: int) -> int:
    """Return how many people's ballots differ at least between two results that are shown."""
    return max(SMALLEST, -(-voters // _PART))


class Steps:
    """The ballots that the shown result counts, and how the others differ from them.

    A ballot costs the same however many have voted, apart from the step that it may complete, which
    costs as much as the ballots that it moves.
    """

    def __init__(self, tally: Tally[Any], finish: Callable[[Result], Result]) -> None:
        """`tally` counts the ballots that are shown; `finish` completes a result of it."""
        self._tally = tally
        self._finish = finish
        self._ballots: dict[str, Any] = {}
        """Voter to the ballot that is shown."""
        self._changed: dict[str, None] = {}
        """Voters whose ballot is not the one that is shown. A dict, because its order is the same
        in every process.
        """
        self._withdrawn: set[str] = set()
        """Those of them who have no ballot any more."""
        self._held_back: dict[str, None] = {}
        """Voters of whom no ballot is shown, in the order in which they voted first."""
        self._result: Result | None = None

    @property
    def voters(self) -> int:
        """The number of ballots that are shown."""
        return self._tally.voters

    def note(self, voter: str, ballots: Mapping[str, Any]) -> None:
        """Note that a voter's ballot may have changed; `ballots` are those cast, by voter."""
        self._compare(voter, ballots.get(voter))
        least = smallest_step(len(ballots))
        newly_shown = max(0, len(self._held_back) - least)
        shown = len(self._ballots) - len(self._withdrawn) + newly_shown
        if len(self._changed) + newly_shown >= least and shown >= least:
            self._move([*self._changed, *islice(self._held_back, newly_shown)], ballots)

    def _compare(self, voter: str, ballot: Any) -> None:
        if voter not in self._ballots:
            if ballot is None:
                self._held_back.pop(voter, None)
            else:
                self._held_back.setdefault(voter)
            return
        self._withdrawn.discard(voter)
        if ballot == self._ballots[voter]:
            self._changed.pop(voter, None)
            return
        self._changed[voter] = None
        if ballot is None:
            self._withdrawn.add(voter)

    def _move(self, voters: list[str], ballots: Mapping[str, Any]) -> None:
        """Show the current ballots of these voters."""
        for voter in voters:
            if (shown := self._ballots.pop(voter, None)) is not None:
                self._tally.remove(shown)
            if (ballot := ballots.get(voter)) is not None:
                self._ballots[voter] = ballot
                self._tally.add(ballot)
            self._held_back.pop(voter, None)
        self._changed.clear()
        self._withdrawn.clear()
        self._result = None

    @property
    def takes_long(self) -> bool:
        """Whether the result still has to be computed, and may take long."""
        return self._result is None and self.voters > 0 and self._tally.takes_long

    def counting(self) -> Generator[None, None, Result | None]:
        """Compute the result that is shown, in steps of a few milliseconds; None before the first
        step of the round.
        """
        if not self.voters:
            return None
        if self._result is None:
            self._result = self._finish((yield from self._tally.counting()))
        return self._result
