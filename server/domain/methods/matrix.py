"""`matrix`: each voter scores options by criteria from 0 to 5; the highest weighted mean wins.

The weighted sum model, the simplest form of a decision matrix: P. C. Fishburn, "Additive Utilities
with Incomplete Product Sets", Operations Research 15 (1967) 537-542.

Each cell of the table is the mean of its scores, and an option's total is the mean of its cells,
weighted by criterion. An omitted score means *no opinion* and enters no mean. If an option has no
scores for a criterion, the other criteria share its weight. An option without any score is last,
behind an option that has only zeros.

A mean of few must not beat a mean of many: an option that is scored by a smaller share of the
ballots than the quorum stands behind all that reach it. Range voting has such a rule against
unknown candidates: rangevoting.org, "Quorum rules". Rounds of rules before version 4 have none.
"""

from collections.abc import Generator, Mapping
from fractions import Fraction
from typing import Any

from msgspec import UNSET, structs

from server.domain.actions import RULES
from server.domain.criteria import MAX_CRITERIA
from server.domain.methods.base import Cast, Method, Result, Tally, field
from server.domain.methods.margin import Margin
from server.domain.methods.mean_margin import adding_cells, mean_margin
from server.domain.methods.rule import Rule, most
from server.domain.methods.score import APPROVED, require_score
from server.domain.methods.star import MAX_SCORE, NO_OPINION
from server.domain.methods.weighted_means import Ballot, MatrixTally, Weighing, rows_of
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings
from server.words.catalogue import decimal, listed, words

QUORUM = 0.5
"""The share of the ballots that must score an option, unless the host chooses another."""
_QUORUM_SINCE = 4
_LEAST_SHOWN = 0.01
"""The smallest lead that is shown as a number."""
MAX_LETTERS = 15_000
"""Characters of the largest ballot in JSON, which must fit into one message."""


class Matrix(Method[Ballot]):
    id = "matrix"
    name = words("method-matrix")
    explains = words("method-matrix-explained")
    since = 2
    rule = Rule.WEIGHTED_MEAN
    approved_from = APPROVED

    def __init__(
        self, names: Mapping[str, str], settings: RoundSettings, rules: int = RULES
    ) -> None:
        quorum = 0.0
        if rules >= _QUORUM_SINCE:
            quorum = QUORUM if settings.quorum is UNSET else settings.quorum
            settings = structs.replace(settings, quorum=quorum)
        if not 0 <= quorum <= 1:
            raise Refused(Code.BAD_SETTINGS, words("refusal-quorum"))
        super().__init__(names, settings, rules)
        self.quorum = Fraction(str(quorum))
        self.criteria = () if settings.criteria is UNSET else settings.criteria
        if not 1 <= len(self.criteria) <= MAX_CRITERIA:
            raise Refused(
                Code.BAD_SETTINGS,
                words("refusal-criteria-needed", max=MAX_CRITERIA),
            )
        self._known = {criterion.id: place for place, criterion in enumerate(self.criteria)}
        if len(self._known) < len(self.criteria):
            raise Refused(Code.BAD_SETTINGS, words("refusal-criteria-same-id"))
        self._weigh = Weighing(self.criteria)
        row = sum(len(id_) + len('"":5,') for id_ in self._known)
        if sum(len(option) + len('"":{},') + row for option in names) > MAX_LETTERS:
            raise Refused(
                Code.BAD_SETTINGS,
                words("refusal-matrix-size", options=len(names), criteria=len(self.criteria)),
            )

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        example = '{"scores": {"an-id": {"a-criterion": 5}}}'
        rows = self._require_fields(field(raw, "scores", example), "refusal-matrix-fields")
        ballot, known, blank = bytearray(), self._known, bytes([NO_OPINION]) * len(self.criteria)
        for option, row in rows.items():
            if not isinstance(row, dict):
                raise Refused(
                    Code.BAD_BALLOT,
                    words("refusal-matrix-form", name=self.names[option], example=example),
                )
            scores = bytearray(blank)
            for id_, score in row.items():
                place = known.get(id_)
                if place is None or type(score) is not int or not 0 <= score <= MAX_SCORE:
                    self._refuse(option, id_, score)
                else:
                    scores[place] = score
            if row:
                ballot.append(self.places[option])
                ballot += scores
        return bytes(ballot)

    def _refuse(self, option: str, id_: str, score: Any) -> None:
        """Raise Refused for an invalid cell."""
        if id_ not in self._known:
            known = ", ".join(self._known)
            raise Refused(
                Code.BAD_BALLOT,
                words("refusal-no-criterion", criterion=repr(id_[:40]), known=known),
            )
        criterion = self.criteria[self._known[id_]]
        name = words(
            "refusal-score-by-criterion", name=self.names[option], criterion=criterion.name
        )
        require_score(score, name, "refusal-score-cell")

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {
            "scores": {
                self.ids[place]: {
                    id_: score
                    for id_, score in zip(self._known, row, strict=True)
                    if score != NO_OPINION
                }
                for place, row in rows_of(ballot, len(self.criteria))
            }
        }

    def tally(self) -> Tally[Ballot]:
        return MatrixTally(self.names, self.criteria, self.quorum)

    def as_scores(self, ballot: Ballot) -> dict[str, float]:
        rows = rows_of(ballot, len(self.criteria))
        return {self.ids[place]: self._weigh(row)[0] for place, row in rows}

    def as_row(self, ballot: Ballot) -> list[float | None]:
        blank = bytes([NO_OPINION]) * len(self.criteria)
        rows = dict(rows_of(ballot, len(self.criteria)))
        return [
            None if score == NO_OPINION else score
            for place in range(len(self.ids))
            for score in rows.get(place, blank)
        ]

    def lead(self, result: Result, winner: str, voters: int) -> str:
        name, totals = self.names[winner], result.totals
        scored = {o: voters - silent for o, silent in (result.no_opinion or {}).items()}
        second = [option for option in result.order[1] if scored[option]]
        if not second:
            return words("insight-only-scores", winner=name)
        others = listed([self.names[option] for option in second])
        here, there = totals[winner], totals[second[0]]
        if here <= there and scored[second[0]] < self.quorum * voters:
            return words(
                "insight-quorum",
                winner=name,
                others=others,
                count=len(second),
                here=decimal(here),
                there=decimal(there),
            )
        is_shown = here - there >= _LEAST_SHOWN
        return words(
            "insight-means",
            winner=name,
            others=others,
            lead=decimal(here - there) if is_shown else words("figure-mean-tiny"),
            here=decimal(here),
            there=decimal(there),
        )

    def in_reach(self, result: Result, voters: int) -> list[str]:
        """Return the options that reach the quorum; all, if none does."""
        silent = result.no_opinion or {}
        reach = [o for o in self.ids if voters - silent.get(o, 0) >= self.quorum * voters]
        return reach or [*self.ids]

    def measuring_margin(self, cast: Cast, _least: int) -> Generator[None, None, Margin | None]:
        return (yield from mean_margin(cast))

    def other_readings(self, cast: Cast) -> Generator[None, None, dict[Rule, list[str]]]:
        """Return who wins if all criteria have the same weight."""
        cells = yield from cast.once(adding_cells)
        means = {}
        for option in cast.in_reach:
            scored = [Fraction(total, n) for total, n in cells[self.places[option]] if n]
            if scored:
                means[option] = sum(scored) / len(scored)
        return {Rule.EQUAL_WEIGHTS: most(means)}
