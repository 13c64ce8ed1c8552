"""The count of `score`: STAR, score then automatic run-off. The rule is in `score.py`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import NamedTuple

from server.domain.methods.agreement import agreements
from server.domain.methods.base import NOBODY, Result, Tally, by_rank, ranked_groups
from server.domain.methods.pairwise import UNRANKED, Pairwise
from server.words.catalogue import words

MAX_SCORE = 5
_PLACES = 2
"""The number of places in the run-off."""
_SWING = 2
"""By how much another ballot in place of one moves a comparison of two options at most; it moves a
total by `MAX_SCORE`.
"""
_FINALS = 6
"""How many run-offs are described one by one if several are possible."""

Ballot = bytes
"""The score of each option by its index, `NO_OPINION` or `BLANK`."""
NO_OPINION, BLANK = 255, 254
BLANK_IS_ZERO = bytes(0 if score == BLANK else score for score in range(256))
BLANK_IS_NO_OPINION = bytes(NO_OPINION if score == BLANK else score for score in range(256))
_RANKS = bytes(MAX_SCORE - score if score <= MAX_SCORE else UNRANKED for score in range(256))
"""Scores as ranks, the highest first."""


class Final(NamedTuple):
    """The run-off: options certain to be in it, and those that tie for the remaining places."""

    sure: list[str]
    tied: list[str]
    told: list[str]
    """How this was decided, in sentences."""

    def pairs(self) -> list[tuple[str, str]]:
        """Return every possible run-off."""
        open_ = _PLACES - len(self.sure)
        return [(a, b) for more in combinations(self.tied, open_) for a, b in [(*self.sure, *more)]]


class ScoreTally(Tally[Ballot]):
    def __init__(self, names: Mapping[str, str], counted: bytes = BLANK_IS_ZERO) -> None:
        """Count scores as `counted` translates them, byte by byte."""
        super().__init__(names)
        self._counted = counted
        self._pairs = Pairwise(names)
        self._histogram = {option: [0] * (MAX_SCORE + 1) for option in names}

    def _count(self, ballot: Ballot, sign: int) -> None:
        ballot = ballot.translate(self._counted)
        self._pairs.count_ranks(ballot.translate(_RANKS), sign)
        for counts, score in zip(self._histogram.values(), ballot, strict=True):
            if score != NO_OPINION:
                counts[score] += sign

    def _totals(self) -> dict[str, int]:
        return {
            option: sum(score * count for score, count in enumerate(counts))
            for option, counts in self._histogram.items()
        }

    def is_close(self, winner: str) -> bool:
        totals = self._totals()
        others = [option for option in totals if option != winner]
        if len(_within_reach(totals, winner, others)) >= _PLACES:
            return True
        return any(
            sum(totals[c] - MAX_SCORE > totals[rival] + MAX_SCORE for c in others) < 1
            and self._pairs.of(winner, rival) - self._pairs.of(rival, winner) <= _SWING
            for rival in others
        )

    def against(self, winner: str, _cast: Ballot) -> Iterator[Ballot]:
        """Yield ballots for one rival, who is to win the run-off, and for two, to fill it."""
        totals = self._totals()
        others = [option for option in totals if option != winner]
        reaching = _within_reach(totals, winner, others)
        for favoured in (*((other,) for other in others), *combinations(reaching, _PLACES)):
            yield bytes(MAX_SCORE if option in favoured else 0 for option in totals)

    def winners(self) -> list[str]:
        totals = self._totals()
        if not any(totals.values()):
            return []
        pairs = self._final(totals).pairs()
        winning = {option for pair in pairs for option in self._winners(*pair, totals)}
        return [option for option in totals if option in winning]

    def result(self) -> Result:
        totals = self._totals()
        order: list[list[str]] = [list(totals)]
        winners: list[str] = []
        decided_by = words("decided-no-points") if self.voters else NOBODY
        steps = [decided_by]
        if any(totals.values()):
            final = self._final(totals)
            # If all options tie there are over a thousand run-offs; only the first are described.
            finals = {pair: self._winners(*pair, totals) for pair in final.pairs()}
            duels = [self._describe_run_off(*pair, totals) for pair in islice(finals, _FINALS)]
            order = self._order(totals, finals)
            winners = order[0]
            decided_by = duels[0] if len(finals) == 1 else self._decided_by(winners, final)
            sums = self._standing(by_rank(totals))
            steps = [self._ballots(), words("step-add-points", totals=sums), *final.told, *duels]
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
        """Order options: winners first, then by total; among equals, those in a run-off first."""
        winning = {option for winners in finals.values() for option in winners}
        in_final = {option for pair in finals for option in pair}
        return ranked_groups(
            {
                option: (1,) if option in winning else (0, total, option in in_final)
                for option, total in totals.items()
            }
        )

    # Choosing the run-off

    def _final(self, totals: Mapping[str, int]) -> Final:
        sure, tied = _filled([], list(totals), totals)
        steps = []
        for step, measured in (
            ("step-run-off-preferences", self._preferences),
            ("step-run-off-fives", self._fives),
        ):
            if not tied:
                break
            scores = measured(tied)
            steps.append(
                words(step, names=self._listed(tied), totals=self._standing(by_rank(scores)))
            )
            sure, tied = _filled(sure, tied, scores)
        if tied:
            steps.append(words("step-run-off-still-tied", names=self._listed(tied)))
        else:
            steps.append(words("step-run-off", names=self._listed(sure)))
        return Final(sure, tied, steps)

    def _preferences(self, among: Sequence[str]) -> dict[str, int]:
        return {a: sum(self._pairs.of(a, b) for b in among if b != a) for a in among}

    def _fives(self, among: Sequence[str]) -> dict[str, int]:
        return {option: self._histogram[option][MAX_SCORE] for option in among}

    # The run-off

    def _winners(self, a: str, b: str, totals: Mapping[str, int]) -> list[str]:
        """Return the winner of a run-off, or both options if it is a tie."""
        for_a = (self._pairs.of(a, b), totals[a], self._histogram[a][MAX_SCORE])
        for_b = (self._pairs.of(b, a), totals[b], self._histogram[b][MAX_SCORE])
        if for_a == for_b:
            return [a, b]
        return [a] if for_a > for_b else [b]

    def _describe_run_off(self, a: str, b: str, totals: Mapping[str, int]) -> str:
        """Describe in a sentence how a run-off is won."""
        for_a, for_b = self._pairs.of(a, b), self._pairs.of(b, a)
        if for_a != for_b:
            (more, winner), (fewer, loser) = sorted([(for_a, a), (for_b, b)], reverse=True)
            return words(
                "decided-run-off",
                winner=self._names[winner],
                loser=self._names[loser],
                more=more,
                fewer=fewer,
            )
        names = self._listed([a, b])
        for scores, decided in (
            (totals, "decided-run-off-points"),
            (self._fives([a, b]), "decided-run-off-fives"),
        ):
            if scores[a] != scores[b]:
                winner, loser = (a, b) if scores[a] > scores[b] else (b, a)
                return words(
                    decided,
                    names=names,
                    ballots=for_a,
                    winner=self._names[winner],
                    more=scores[winner],
                    fewer=scores[loser],
                )
        return words("decided-run-off-tie", names=names, ballots=for_a)

    def _decided_by(self, winners: list[str], final: Final) -> str:
        tied = self._listed(final.tied)
        if len(winners) == 1:
            return words("decided-any-run-off", winner=self._listed(winners), tied=tied)
        return words("decided-run-offs-differ", winners=self._listed(winners), tied=tied)


def _within_reach(totals: Mapping[str, int], winner: str, others: Sequence[str]) -> list[str]:
    """Return the options that can overtake the winner if one ballot is another."""
    return [o for o in others if totals[o] + 2 * MAX_SCORE >= totals[winner]]


def _filled(
    sure: list[str], tied: list[str], scores: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    """Fill the places of the run-off from the highest score down.

    Returns the options that have a place, and those that tie for the remaining places.
    """
    for group in ranked_groups({option: scores[option] for option in tied}):
        if len(sure) == _PLACES:
            break
        if len(sure) + len(group) > _PLACES:
            return sure, group
        sure = [*sure, *group]
    return sure, []
