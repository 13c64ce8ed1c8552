"""`score`: each voter scores options from 0 to 5; counted by STAR, score then automatic run-off.

The two options with the highest totals go to a run-off, won by the option that more ballots score
higher. Equal Vote Coalition, starvoting.org; Wolk, Quinn and Ogren, "STAR Voting, Equality of
Voice, and Voter Satisfaction", Constitutional Political Economy 34 (2023).

An option that a ballot leaves blank counts 0. *No opinion* is said on purpose: it adds nothing to
the total and, unlike a 0, has no say in the run-off either. In rounds of rules before version 4 a
blank was *no opinion*.

Ties are broken by the ballots themselves where possible, following Larry Hastings' `starvote`. For
a place in the run-off: the option that is scored higher more often in the pairs of those tied, then
the one with more fives. In the run-off: the higher total, then more fives. If options are still
tied, each possible run-off is tried, and the winner of any of them is among the winners.
"""

from collections.abc import Generator, Mapping
from typing import Any

from server.domain.actions import RULES
from server.domain.methods.base import Cast, Method, Result, Tally, field
from server.domain.methods.margin import Margin
from server.domain.methods.pairwise import closest, head_to_head
from server.domain.methods.rule import Rule, most
from server.domain.methods.run_off import run_off_margin
from server.domain.methods.star import (
    BLANK,
    BLANK_IS_NO_OPINION,
    BLANK_IS_ZERO,
    MAX_SCORE,
    NO_OPINION,
    Ballot,
    ScoreTally,
)
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings
from server.words.catalogue import words

NO_OPINION_SINCE = 4
"""The version of the rules since which *no opinion* is said on purpose, and a blank counts 0."""
APPROVED = 3
"""The lowest of the scores 0 to 5 that is read as an approval."""


class Score(Method[Ballot]):
    id = "score"
    name = words("method-score")
    explains = words("method-score-explained")
    since = 2
    rule = Rule.STAR
    approved_from = APPROVED

    def __init__(
        self, names: Mapping[str, str], settings: RoundSettings, rules: int = RULES
    ) -> None:
        super().__init__(names, settings, rules)
        self.counted = BLANK_IS_ZERO if rules >= NO_OPINION_SINCE else BLANK_IS_NO_OPINION
        """Turns what stands on a ballot into what counts, byte by byte."""

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        example = '{"scores": {"an-id": 5, "another-id": 0}, "no_opinion": ["a-third-id"]}'
        scores = self._require_fields(
            field(raw, "scores", example, "no_opinion"), "refusal-scores-fields"
        )
        ballot = bytearray([BLANK]) * len(self.ids)
        for option, score in scores.items():
            require_score(score, self.names[option], "refusal-score")
            ballot[self.places[option]] = score
        unknown = raw.get("no_opinion", [])
        if not isinstance(unknown, list):
            raise Refused(Code.BAD_BALLOT, words("refusal-no-opinion-list"))
        for option in unknown:
            place = self.places[self._require_option(option)]
            if ballot[place] != BLANK:
                raise Refused(Code.BAD_BALLOT, self._scored_and_blank(option, scores))
            ballot[place] = NO_OPINION
        return bytes(ballot)

    def _scored_and_blank(self, option: str, scores: Mapping[str, int]) -> str:
        if option in scores:
            return words("refusal-score-and-no-opinion", name=self.names[option])
        return words("refusal-no-opinion-twice", name=self.names[option])

    def write(self, ballot: Ballot) -> dict[str, Any]:
        said = [*zip(self.ids, ballot, strict=True)]
        raw: dict[str, Any] = {"scores": {o: score for o, score in said if score <= MAX_SCORE}}
        if NO_OPINION in ballot:
            raw["no_opinion"] = [option for option, score in said if score == NO_OPINION]
        return raw

    def tally(self) -> Tally[Ballot]:
        return ScoreTally(self.names, self.counted)

    def as_scores(self, ballot: Ballot) -> dict[str, float]:
        counted = zip(self.ids, ballot.translate(self.counted), strict=True)
        return {option: float(score) for option, score in counted if score != NO_OPINION}

    def lead(self, result: Result, winner: str, _voters: int) -> str:
        """Say it of the run-off: in preferences, or else in points or fives."""
        rival, here, there = closest(result.pairwise or {}, winner, result.order[1])
        name, other = self.names[winner], self.names[rival]
        if here > there:
            return head_to_head(name, other, here, there)
        points, theirs = result.totals[winner], result.totals[rival]
        if points != theirs:
            return words(
                "insight-even-points",
                winner=name,
                other=other,
                here=here,
                there=there,
                more=points,
                fewer=theirs,
            )
        fives = {option: (result.histogram or {})[option][-1] for option in (winner, rival)}
        return words(
            "insight-even-fives",
            winner=name,
            other=other,
            here=here,
            there=there,
            more=fives[winner],
            fewer=fives[rival],
        )

    def measuring_margin(self, cast: Cast, least: int) -> Generator[None, None, Margin | None]:
        return (yield from run_off_margin(cast, self.counted, least))

    def other_readings(self, cast: Cast) -> Generator[None, None, dict[Rule, list[str]]]:
        yield
        return {Rule.SCORE: most(cast.result.totals)}


def require_score(score: Any, name: str, refusal: str) -> None:
    """Raise Refused `bad_ballot` for an invalid score; neither true nor 1.0 is a score.

    `refusal` is the id of the sentence, which also says how a ballot gives no opinion.
    """
    if type(score) is not int or not 0 <= score <= MAX_SCORE:
        raise Refused(
            Code.BAD_BALLOT,
            words(refusal, name=name, max=MAX_SCORE),
        )
