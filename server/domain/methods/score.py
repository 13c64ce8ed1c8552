"""`score`: each voter scores options from 0 to 5; counted by STAR, score then automatic run-off.

The two options with the highest totals go to a run-off, which the one wins that more ballots
score higher. Equal Vote Coalition, starvoting.org; Wolk, Quinn and Ogren, "STAR Voting,
Equality of Voice, and Voter Satisfaction", Constitutional Political Economy 34 (2023).

An option left out is *no opinion*: it adds nothing to the total and, other than a 0, says
nothing in the run-off either.

Ties are broken by the ballots themselves as far as those can, in the way of Larry Hastings'
`starvote`. For a place in the run-off: whoever is scored higher the more often within the pairs
of those tied, then whoever has more fives. In the run-off: the higher total, then more fives.
What is then still tied is tried each way, and whoever wins in one of them is among the winners.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, islice, repeat
from typing import Any, NamedTuple

from server.domain.methods.agreement import agreements
from server.domain.methods.base import (
    NOBODY,
    Method,
    Result,
    Tally,
    by_rank,
    field,
    number,
    ranked_groups,
)
from server.domain.methods.pairwise import UNRANKED, Pairwise
from server.domain.refusals import Code, Refused

MAX_SCORE = 5
_PLACES = 2
"""In the run-off."""
_FINALS = 6
"""How many run-offs are told one by one where several are possible."""

Ballot = bytes
"""The score of each option, by its place; `NO_OPINION` where there is none."""
NO_OPINION = 255
_RANKS = bytes(MAX_SCORE - score if score <= MAX_SCORE else UNRANKED for score in range(256))
"""Scores as ranks, the highest first."""


class Score(Method[Ballot]):
    id = "score"
    name = "Scores (STAR)"
    explains = "Each person scores from 0 to 5. The two best go to a run-off on the same ballots."

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        scores = self._require_fields(
            field(raw, "scores", '{"scores": {"an-id": 5, "another-id": 0}}'),
            "`scores` gives scores",
        )
        for option, score in scores.items():
            require_score(score, self.names[option])
        return bytes(map(scores.get, self.ids, repeat(NO_OPINION)))

    def write(self, ballot: Ballot) -> dict[str, Any]:
        given = zip(self.ids, ballot, strict=True)
        return {"scores": {option: score for option, score in given if score != NO_OPINION}}

    def tally(self) -> Tally[Ballot]:
        return ScoreTally(self.names)

    def stand(self, ballot: Ballot) -> dict[str, float]:
        given = zip(self.ids, ballot, strict=True)
        return {option: float(score) for option, score in given if score != NO_OPINION}


def require_score(score: Any, name: str) -> None:
    """Raise Refused `bad_ballot` for what is no score; neither true nor 1.0 is one."""
    if type(score) is not int or not 0 <= score <= MAX_SCORE:
        raise Refused(
            Code.BAD_BALLOT,
            f"The score of {name} must be a whole number from 0 to {MAX_SCORE}. "
            "Leave it out for no opinion.",
        )


class Final(NamedTuple):
    """The run-off: two who are in it for sure, or fewer, and those who tie for what is left."""

    sure: list[str]
    tied: list[str]
    told: list[str]
    """How it came to this, in sentences."""

    def pairs(self) -> list[tuple[str, str]]:
        """Return every run-off that is possible."""
        open_ = _PLACES - len(self.sure)
        return [(a, b) for more in combinations(self.tied, open_) for a, b in [(*self.sure, *more)]]


class ScoreTally(Tally[Ballot]):
    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self._pairs = Pairwise(names)
        self._histogram = {option: [0] * (MAX_SCORE + 1) for option in names}

    def _count(self, ballot: Ballot, sign: int) -> None:
        self._pairs.count_ranks(ballot.translate(_RANKS), sign)
        for counts, score in zip(self._histogram.values(), ballot, strict=True):
            if score != NO_OPINION:
                counts[score] += sign

    def result(self) -> Result:
        totals = {
            option: sum(score * count for score, count in enumerate(counts))
            for option, counts in self._histogram.items()
        }
        order: list[list[str]] = [list(totals)]
        winners: list[str] = []
        decided_by = "No option has a single point." if self.voters else NOBODY
        steps = [decided_by]
        if any(totals.values()):
            final = self._final(totals)
            # Where all tie there are more than a thousand: told are the first only.
            finals = {pair: self._winners(*pair, totals) for pair in final.pairs()}
            duels = [self._told(*pair, totals) for pair in islice(finals, _FINALS)]
            order = self._order(totals, finals)
            winners = order[0]
            decided_by = duels[0] if len(finals) == 1 else self._decided_by(winners, final)
            sums = self._standing(by_rank(totals))
            steps = [self._ballots(), f"Add up the points: {sums}.", *final.told, *duels]
            if decided_by not in steps:
                steps.append(decided_by)
        return Result(
            order=order,
            winners=winners,
            totals=dict(totals),
            decided_by=decided_by,
            steps=steps,
            histogram={option: list(counts) for option, counts in self._histogram.items()},
            pairwise=self._pairs.table(),
            agreement=agreements(self._histogram),
            no_opinion={
                option: self.voters - sum(counts) for option, counts in self._histogram.items()
            },
        )

    def _order(
        self, totals: Mapping[str, int], finals: Mapping[tuple[str, str], list[str]]
    ) -> list[list[str]]:
        """Put the winners first, then the others by total; of equal ones who was in a run-off."""
        winning = {option for winners in finals.values() for option in winners}
        in_final = {option for pair in finals for option in pair}
        return ranked_groups(
            {
                option: (1,) if option in winning else (0, total, option in in_final)
                for option, total in totals.items()
            }
        )

    # Who goes to the run-off

    def _final(self, totals: Mapping[str, int]) -> Final:
        sure, tied = _filled([], list(totals), totals)
        told = []
        for measure, measured in (
            ("how often each is scored higher than another of them", self._preferences),
            ("fives", self._fives),
        ):
            if not tied:
                break
            scores = measured(tied)
            told.append(
                f"{self._listed(tied)} tie for a place in the run-off. "
                f"By {measure}: {self._standing(by_rank(scores))}."
            )
            sure, tied = _filled(sure, tied, scores)
        if tied:
            told.append(f"{self._listed(tied)} still tie for it, so each way is tried.")
        else:
            told.append(f"{self._listed(sure)} go to the run-off.")
        return Final(sure, tied, told)

    def _preferences(self, among: Sequence[str]) -> dict[str, int]:
        return {a: sum(self._pairs.of(a, b) for b in among if b != a) for a in among}

    def _fives(self, among: Sequence[str]) -> dict[str, int]:
        return {option: self._histogram[option][MAX_SCORE] for option in among}

    # The run-off

    def _winners(self, a: str, b: str, totals: Mapping[str, int]) -> list[str]:
        """Return who wins a run-off, both where it is a tie."""
        for_a = (self._pairs.of(a, b), totals[a], self._histogram[a][MAX_SCORE])
        for_b = (self._pairs.of(b, a), totals[b], self._histogram[b][MAX_SCORE])
        if for_a == for_b:
            return [a, b]
        return [a] if for_a > for_b else [b]

    def _told(self, a: str, b: str, totals: Mapping[str, int]) -> str:
        """Tell in a sentence how a run-off is won."""
        for_a, for_b = self._pairs.of(a, b), self._pairs.of(b, a)
        if for_a != for_b:
            (more, winner), (fewer, loser) = sorted([(for_a, a), (for_b, b)], reverse=True)
            return (
                f"{self._names[winner]} wins the run-off: {_ballots_score(more)} it higher "
                f"than {self._names[loser]}, {fewer:,} the other way round."
            )
        even = (
            f"the run-off between {self._listed([a, b])} is even, "
            f"{number(for_a, 'ballot', 'ballots')} each way"
        )
        fives = self._fives([a, b])
        for scores, said in (
            (totals, f"T{even[1:]}; by points"),
            (fives, f"T{even[1:]}, and so are the points; by fives"),
        ):
            if scores[a] != scores[b]:
                winner, loser = (a, b) if scores[a] > scores[b] else (b, a)
                return (
                    f"{said} {self._names[winner]} wins, {scores[winner]:,} to {scores[loser]:,}."
                )
        return f"A tie: {even}, and so are points and fives."

    def _decided_by(self, winners: list[str], final: Final) -> str:
        tied = self._listed(final.tied)
        if len(winners) == 1:
            return (
                f"{self._listed(winners)} wins the run-off, whoever of {tied}, who tie for a "
                "place in it, is the other."
            )
        return (
            f"A tie between {self._listed(winners)}: {tied} tie for the run-off, and who wins "
            "goes by who is in it."
        )


def _filled(
    sure: list[str], tied: list[str], scores: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    """Fill the places of the run-off from the highest score down.

    Returns who has one, and those equal ones who are too many for what is left.
    """
    for group in ranked_groups({option: scores[option] for option in tied}):
        if len(sure) == _PLACES:
            break
        if len(sure) + len(group) > _PLACES:
            return sure, group
        sure = [*sure, *group]
    return sure, []


def _ballots_score(count: int) -> str:
    return f"{number(count, 'ballot scores', 'ballots score')}"
