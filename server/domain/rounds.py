"""Rounds of voting, which open, lock and are revealed. All of them are kept."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import UNSET, UnsetType, structs

from server.domain.actions import RULES
from server.domain.criteria import Criterion
from server.domain.experience import Lens, splitting
from server.domain.levels import Level
from server.domain.methods import METHODS, Result
from server.domain.methods.ballots import collected
from server.domain.methods.base import Tally, finished
from server.domain.methods.pivotal import looking_for_pivotal
from server.domain.movement import Compared, Known, Movement, comparing, moving_comments, told
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.outliers import MAX_VOTERS, outliers
from server.domain.refusals import Code, Refused
from server.domain.rules import About, Names, RoundSettings, TieBreak, Visibility, own_settings
from server.domain.stances import Stances
from server.domain.steps import SINCE as STEPS_SINCE
from server.domain.steps import Steps, smallest_step
from server.domain.suspense import suspense_ms
from server.domain.tie_break import break_tie, tie_order
from server.domain.verdict.verdict import Verdict, finding_verdict
from server.words.catalogue import words

_MANY_TRIES = 30
"""The number of ballots times options for which it can be tried within a few milliseconds whether
one ballot decides.
"""
_MANY_STANDS = 2_000
"""The number of opinions (voters times options) that can be compared within a few milliseconds."""
MIN_SECONDS, MAX_SECONDS = 5, 86_400


class State(StrEnum):
    OPEN = "open"
    LOCKED = "locked"
    REVEALED = "revealed"


class Round:
    """One round of voting, on options that are frozen when it opens.

    `ballots` is keyed by voter: a seat, or in a secret round a keyed hash of it. Times are
    milliseconds since 1970 by the store's clock. `settings` are complete: defaults are filled in,
    and settings of other methods are unset.
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
        lot: Sequence[str] = (),
        rules: int = RULES,
        before: "Round | None" = None,
        early_host: bool = False,
        names: Mapping[str, str] | None = None,
        weights_from: int | None = None,
    ) -> None:
        """`criteria` are the board's, `lot` is the order drawn, `rules` the version of the rules
        by which the round counts, `before` the round before it, which is revealed, and
        `early_host` whether hosts see the result before the reveal. `names` are voted on where that
        is not the options, and `weights_from` is the round that gave the board's criteria their
        weights. Raises Refused `bad_settings`.
        """
        self.n = n
        self.method = method
        self.rules = rules
        self.names = dict(names or {option.id: option.name for option in options})
        if settings.further_discussion:
            self.names[FURTHER_DISCUSSION] = words("further-discussion")
        self.opened_at = opened_at
        self.deadline = opened_at + settings.seconds * 1000 if settings.seconds else None
        self.remaining_ms: int | None = None
        """Milliseconds left while the clock is paused; there is no deadline then."""
        self.state = State.OPEN
        self.shown_at: int | None = None
        """When every page shows the result; set by the reveal."""
        self.ballots: dict[str, Any] = {}
        self.stances = Stances()
        self.levels: dict[str, dict[str, Level]] = {}
        """Voter to how well they know options."""
        self._lens: Lens | None = None
        self._shown_to: set[str] = set()
        self._positions: dict[str, list[int]] = {}
        """Voter to the log positions of their ballots; only in a secret round, until the reveal.

        Not in one that moves in steps, in which no ballot is removed for good.
        """
        self._revoked: set[str] = set()
        """Voters whose seat was emptied; their ballot in this round was removed for good."""
        own = own_settings(method, settings, criteria)
        self._method = METHODS[method](self.names, own, rules)
        self._tie_break = TieBreak.NONE if settings.tie_break is UNSET else settings.tie_break
        self.settings = structs.replace(
            self._method.settings,
            tie_break=self._tie_break,
            shuffle=settings.shuffle is True,
        )
        self.weights_from = weights_from if self.settings.criteria == criteria else None
        """The round about criteria that gave this one its weights; None if none did."""
        self.tie_order = tie_order(self._tie_break, tuple(self.names), lot)
        """Option ids; empty if ties are not broken."""
        self._tally = self._method.tally()
        self._steps: Steps | None = None
        """What is shown until the reveal, if the result must not move with every ballot."""
        if (
            rules >= STEPS_SINCE
            and settings.names is Names.SECRET
            and (early_host or settings.visibility is not Visibility.ON_REVEAL)
        ):
            self._steps = Steps(self._method.tally(), self._finish)
        self._result: Result | None = None
        self._outliers: list[str] | None = None
        self._pivotal: bool | UnsetType | None = UNSET
        """Whether one ballot decides; None if the search for it ended without an answer."""
        self._before = before
        self._movement: Known | UnsetType = UNSET
        self._moved_by: dict[str, str] = {}
        """Voter to the comment that moved them since the round before."""
        self._verdict: Verdict | UnsetType | None = UNSET

    @property
    def is_about_criteria(self) -> bool:
        return self.settings.about is About.CRITERIA

    @property
    def voters(self) -> int:
        """The number of ballots cast."""
        return self._tally.voters

    @property
    def step(self) -> int | None:
        """How many people's ballots change the shown result at least; None if each does."""
        return smallest_step(self.voters) if self._steps else None

    @property
    def shown_voters(self) -> int:
        """The number of ballots in the `shown_result`."""
        return self._steps.voters if self._steps else self.voters

    def result(self) -> Result:
        """Return the outcome of all ballots so far. Before the reveal no one may see it."""
        return finished(self._counting())

    def shown_result(self) -> Result | None:
        """Return the outcome as it may be shown now; None if nothing may.

        `shows_result_to` decides to whom.
        """
        return finished(self._steps.counting()) if self._steps else self.result()

    def outliers(self) -> list[str]:
        """Return the seats whose ballots are farthest from the group's; none in a secret round."""
        return finished(self._looking_for_outliers())

    def one_ballot_decides(self) -> bool:
        """Whether the one that the ballots put first would not have won, not even in a tie, had one
        of them been another; see `pivotal.py`.
        """
        return finished(self._looking_for_pivotal()) is True

    def lead(self, winner: str) -> str:
        """Say how far a winner that is first alone is ahead."""
        return self._method.lead(self.result(), winner, self.voters)

    def verdict(self) -> Verdict | None:
        """Return how sure the result is; None if no option wins."""
        return finished(self._finding_verdict())

    def movement(self, *, by_name: bool) -> Movement | None:
        """Return what changed since the round before; None for the first. `by_name`: see `told`."""
        known = finished(self._comparing())
        if known is None:
            return None
        moving = Counter(self._moved_by[voter] for voter in self._moved_by.keys() & self.ballots)
        exact = by_name and self.settings.names is Names.OPEN
        return told(known, moving_comments(moving, exact=exact), by_name=by_name)

    @property
    def since(self) -> int | None:
        """The round with which it is compared; None for a first one."""
        return self._before.n if self._before else None

    def moved_by(self, voter: str) -> str | None:
        """Return the comment that moved a voter; None if they named none."""
        return self._moved_by.get(voter)

    def note_moved(self, voter: str, comment: str | None) -> None:
        """Note which comment moved a voter; None takes it back."""
        if comment is None:
            self._moved_by.pop(voter, None)
        else:
            self._moved_by[voter] = comment

    def lens(self) -> Lens | None:
        """Return the result by how well voters know the options; None if they were not asked."""
        return finished(self._splitting()) if self.settings.experience is True else None

    def know(self, voter: str, option: str, level: Level | None) -> None:
        """Note how well a voter knows an option; None takes it back."""
        levels = self.levels.setdefault(voter, {})
        if level is None:
            levels.pop(option, None)
        else:
            levels[option] = level

    @property
    def takes_long(self) -> bool:
        """Whether the results to be shown still have to be computed, and may take long."""
        if self._steps:
            return self._steps.takes_long
        if self._result is None and self._tally.takes_long:
            return True
        if self.state is not State.REVEALED:
            return False
        stands = len(self.ballots) * len(self.names)
        if self._verdict is UNSET and stands > _MANY_TRIES:
            return True
        if self._before and self._movement is UNSET and self._before.takes_long:
            return True
        return self._outliers is None and self._has_outliers and stands > _MANY_STANDS

    @property
    def counts_slowly(self) -> bool:
        """Whether a single result may take more than a few milliseconds."""
        return self._tally.takes_long

    def empty_tally(self) -> Tally[Any]:
        """Return a tally of this round without ballots, to count some of them apart."""
        return self._method.tally()

    def counting(self) -> Generator[None, None, None]:
        """Compute the results to be shown, in steps; ballots must not change in between."""
        if self._steps:
            yield from self._steps.counting()
            return
        yield from self._counting()
        if self.state is State.REVEALED:
            yield from self._looking_for_outliers()
            yield from self._finding_verdict()
            yield from self._comparing()
            if self.settings.experience is True:
                yield from self._splitting()

    def _splitting(self) -> Generator[None, None, Lens]:
        if self._lens is None:
            self._lens = yield from splitting(self._method, self.ballots.items(), self.levels)
        return self._lens

    def _counting(self) -> Generator[None, None, Result]:
        if self._result is None:
            self._result = self._finish((yield from self._tally.counting()))
        return self._result

    def _finish(self, counted: Result) -> Result:
        return break_tie(counted, self._tie_break, self.tie_order, self.names)

    @property
    def _has_outliers(self) -> bool:
        return self.settings.names is Names.OPEN and self.voters <= MAX_VOTERS

    def _looking_for_outliers(self) -> Generator[None, None, list[str]]:
        if not self._has_outliers:
            return []
        if self._outliers is None:
            stands = {}
            for voter, ballot in self.ballots.items():
                stands[voter] = self._method.as_scores(ballot)
                yield
            self._outliers = outliers(stands)
        return self._outliers

    def _looking_for_pivotal(self) -> Generator[None, None, bool | None]:
        if self._pivotal is UNSET:
            result = yield from self._counting()
            pivotal: bool | None = False
            if result.winners and len(result.order[0]) == 1:
                pivotal = yield from looking_for_pivotal(
                    self._tally,
                    self._method.tally(),
                    self.ballots.values(),
                    result.winners[0],
                    unfinished=None,
                )
            # Not before: others may ask between two steps.
            self._pivotal = pivotal
        return self._pivotal

    def _finding_verdict(self) -> Generator[None, None, Verdict | None]:
        if self._verdict is UNSET:
            result = yield from self._counting()
            pivotal = yield from self._looking_for_pivotal()
            ballots = yield from collected(self.ballots.values())
            self._verdict = yield from finding_verdict(
                self._method, ballots, result, pivotal=pivotal
            )
        return self._verdict

    def _comparing(self) -> Generator[None, None, Known | None]:
        if self._before is None:
            return None
        if self._movement is UNSET:
            then = yield from self._before.comparable()
            now = yield from self.comparable()
            self._movement = yield from comparing(then, now)
        return self._movement

    def comparable(self) -> Generator[None, None, Compared]:
        """Return what a round after this one is compared with, in steps."""
        return Compared(
            n=self.n,
            method=self._method,
            names=self.settings.names,
            ballots=self.ballots,
            result=(yield from self._counting()),
            verdict=(yield from self._finding_verdict()),
        )

    def takes_ballots(self, at: int) -> bool:
        """Whether votes count, by the store's clock."""
        return self.state is State.OPEN and (self.deadline is None or at <= self.deadline)

    def favouring_others(self, option: str) -> Generator[None, None, int]:
        """Count, in steps, the ballots that favour another option more than this one."""
        others = 0
        for ballot in self.ballots.values():
            stand = self._method.as_scores(ballot)
            # Who gives no opinion on it prefers nothing to it.
            others += option in stand and max(stand.values()) > stand[option]
            yield
        return others

    def require_open(self, at: int) -> None:
        """Raise Refused `round_closed` if votes no longer count, by the store's clock."""
        if not self.takes_ballots(at):
            raise Refused(Code.ROUND_CLOSED, words("refusal-round-closed", round=self.n))

    def read(self, raw: dict[str, Any]) -> Any:
        """Validate a ballot for this round. Raises Refused `bad_ballot` or `no_such_option`."""
        return self._method.read(raw)

    def ballot_of(self, voter: str) -> dict[str, Any] | None:
        """Return the voter's ballot in the shape of the wire; None if there is none."""
        ballot = self.ballots.get(voter)
        return None if ballot is None else self._method.write(ballot)

    def cast(self, voter: str, ballot: Any, seq: int = 0) -> None:
        """Count a validated ballot, logged at position `seq`, replacing the voter's earlier one."""
        self._remove(voter)
        self.ballots[voter] = ballot
        if self.settings.names is Names.SECRET and self._steps is None:
            self._positions.setdefault(voter, []).append(seq)
        self._tally.add(ballot)
        self._note_changed(voter)
        if self.settings.visibility is Visibility.AFTER_VOTE:
            self._shown_to.add(voter)

    def withdraw(self, voter: str) -> None:
        if self._remove(voter):
            self._note_changed(voter)

    def _remove(self, voter: str) -> bool:
        """Return whether there was a ballot."""
        if (earlier := self.ballots.pop(voter, None)) is None:
            return False
        self._tally.remove(earlier)
        return True

    def _note_changed(self, voter: str) -> None:
        self._forget_results()
        if self._steps:
            self._steps.note(voter, self.ballots)

    def _forget_results(self) -> None:
        self._result = self._outliers = self._lens = None
        self._pivotal = self._verdict = self._movement = UNSET

    def require_voter(self, voter: str) -> None:
        """Raise Refused for a voter whose seat was emptied."""
        if voter in self._revoked:
            raise Refused(
                Code.NOT_ALLOWED,
                words("refusal-seat-renewed"),
            )

    def set_state(self, state: State) -> None:
        self.state = state
        self.remaining_ms = None
        if state is State.REVEALED:
            # From now on no ballot is removed from the round, and each is shown.
            self._positions.clear()
            self._steps = None

    def reveal(self, at: int, *, at_once: bool) -> None:
        """Reveal the result; pages lead up to it and show it together, a little later.

        There is nothing to lead up to where no one voted, or voters have seen it already.
        """
        was_hidden = self.voters > 0 and (
            self.settings.visibility is Visibility.ON_REVEAL or not self.shown_voters
        )
        self.set_state(State.REVEALED)
        self.shown_at = at + suspense_ms(len(self.names)) if was_hidden and not at_once else at

    def revoke(self, voter: str) -> list[int]:
        """Remove a ballot for good; return the log positions of its text, which must be erased."""
        self.withdraw(voter)
        self._revoked.add(voter)
        return self._positions.pop(voter, [])

    def shows_result_to(self, *, voter: str | None, early_host: bool) -> bool:
        """Whether someone may see the result now.

        `voter` is None for those without a ballot in this round; `early_host` is a host on a board
        that lets hosts see results before the reveal. What was shown is not hidden again: voting
        once in an `after_vote` round is enough, even if the ballot is withdrawn.
        """
        return (
            self.state is State.REVEALED
            or self.settings.visibility is Visibility.LIVE
            or early_host
            or voter in self._shown_to
        )

    def shows_who_voted(self, *, host_sees_results: bool) -> bool:
        """Whether names may be marked as *has voted*.

        In a secret round whose result is visible while it changes, a name and a number that change
        together would reveal a ballot.
        """
        return self.settings.names is Names.OPEN or (
            self.settings.visibility is Visibility.ON_REVEAL and not host_sees_results
        )


def require_seconds(seconds: int) -> None:
    """Raise Refused `bad_settings` for a duration that no meeting needs."""
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Refused(
            Code.BAD_SETTINGS,
            words("refusal-round-seconds", min=MIN_SECONDS, max=MAX_SECONDS),
        )
