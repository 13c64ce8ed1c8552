"""`dots`: each voter has a number of dots to give to one or several options; the most dots win.

Cumulative voting with a limit for each option: Lewis Carroll's idea of 1884 ("The Principles of
Parliamentary Representation"), known to meetings as dot voting. Dots may be kept back: a ballot
without any is an answer, and counts as a voter.
"""

from collections.abc import Mapping
from itertools import repeat
from typing import Any

from msgspec import UNSET, structs

from server.domain.methods.agreement import agreements
from server.domain.methods.base import Method, Result, Tally, field, number
from server.domain.methods.plurality import MostTally
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings

DOTS, PER_OPTION, MAX_DOTS = 5, 3, 100

Ballot = bytes
"""How many dots each option has, by its place."""


class Dots(Method[Ballot]):
    id = "dots"
    name = "Dots"
    explains = "Each person spreads a few dots. Shows how much, but alike options split the dots."

    def __init__(self, names: Mapping[str, str], settings: RoundSettings) -> None:
        self.dots = DOTS if settings.dots is UNSET else settings.dots
        if not 1 <= self.dots <= MAX_DOTS:
            raise Refused(Code.BAD_SETTINGS, f"A person has from 1 to {MAX_DOTS} dots.")
        usual = min(PER_OPTION, self.dots)
        self.per_option = usual if settings.per_option is UNSET else settings.per_option
        if not 1 <= self.per_option <= self.dots:
            raise Refused(
                Code.BAD_SETTINGS,
                f"One option takes from 1 to {self.dots} dots, no more than a person has.",
            )
        super().__init__(
            names, structs.replace(settings, dots=self.dots, per_option=self.per_option)
        )

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        given = self._require_fields(
            field(raw, "dots", '{"dots": {"an-id": 3, "another-id": 2}}'), "`dots` gives numbers"
        )
        for option, dots in given.items():
            # Neither true nor 1.0 is a number of dots.
            if type(dots) is not int or not 0 <= dots <= self.per_option:
                most = number(self.per_option, "whole dot", "whole dots")
                raise Refused(
                    Code.BAD_BALLOT, f"{self.names[option]} may get none, or at most {most}."
                )
        spent = sum(given.values())
        if spent > self.dots:
            raise Refused(
                Code.BAD_BALLOT,
                f"You have {number(self.dots, 'dot', 'dots')} and gave {spent}. "
                f"Take {spent - self.dots} back.",
            )
        return bytes(map(given.get, self.ids, repeat(0)))

    def write(self, ballot: Ballot) -> dict[str, Any]:
        given = zip(self.ids, ballot, strict=True)
        return {"dots": {option: dots for option, dots in given if dots}}

    def tally(self) -> Tally[Ballot]:
        return DotsTally(self.names, self.per_option)

    def stand(self, ballot: Ballot) -> dict[str, float]:
        return dict(zip(self.ids, map(float, ballot), strict=True))


class DotsTally(MostTally[Ballot]):
    def __init__(self, names: Mapping[str, str], per_option: int) -> None:
        super().__init__(names, "dot", "dots")
        self._given = {option: [0] * per_option for option in names}
        """How many ballots gave an option one dot, two dots, and so on."""

    def _count(self, ballot: Ballot, sign: int) -> None:
        for option, dots in zip(self._names, ballot, strict=True):
            if dots:
                self._totals[option] += sign * dots
                self._given[option][dots - 1] += sign

    def result(self) -> Result:
        histogram = {
            option: [self.voters - sum(given), *given] for option, given in self._given.items()
        }
        return structs.replace(
            super().result(), histogram=histogram, agreement=agreements(histogram)
        )
