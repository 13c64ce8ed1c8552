"""`dots`: each voter distributes a number of dots among the options; the most dots win.

Cumulative voting with a limit for each option: Lewis Carroll's idea of 1884 ("The Principles of
Parliamentary Representation"), known in meetings as dot voting. Dots may be kept back: a ballot
without any is an answer, and counts as a voter.
"""

from collections.abc import Mapping
from itertools import repeat
from typing import Any

from msgspec import UNSET, structs

from server.domain.actions import RULES
from server.domain.methods.agreement import agreements
from server.domain.methods.base import Result, Tally, field
from server.domain.methods.plurality import MostMethod, MostTally
from server.domain.methods.rule import Rule
from server.domain.refusals import Code, Refused
from server.domain.rules import RoundSettings
from server.words.catalogue import words

DOTS, PER_OPTION, MAX_DOTS = 5, 3, 100

Ballot = bytes
"""The number of dots for each option, by its index."""


class Dots(MostMethod):
    id = "dots"
    name = words("method-dots")
    explains = words("method-dots-explained")
    since = 2
    rule = Rule.DOTS
    approved_from = 1
    ahead = "insight-dots-ahead"

    def __init__(
        self, names: Mapping[str, str], settings: RoundSettings, rules: int = RULES
    ) -> None:
        self.dots = DOTS if settings.dots is UNSET else settings.dots
        if not 1 <= self.dots <= MAX_DOTS:
            raise Refused(Code.BAD_SETTINGS, words("refusal-dots-range", max=MAX_DOTS))
        usual = min(PER_OPTION, self.dots)
        self.per_option = usual if settings.per_option is UNSET else settings.per_option
        if not 1 <= self.per_option <= self.dots:
            raise Refused(
                Code.BAD_SETTINGS,
                words("refusal-dots-per-option", max=self.dots),
            )
        self.most = self.per_option
        super().__init__(
            names, structs.replace(settings, dots=self.dots, per_option=self.per_option), rules
        )

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        given = self._require_fields(
            field(raw, "dots", '{"dots": {"an-id": 3, "another-id": 2}}'), "refusal-dots-fields"
        )
        for option, dots in given.items():
            # Neither true nor 1.0 is a number of dots.
            if type(dots) is not int or not 0 <= dots <= self.per_option:
                raise Refused(
                    Code.BAD_BALLOT,
                    words("refusal-dots-option", name=self.names[option], max=self.per_option),
                )
        spent = sum(given.values())
        if spent > self.dots:
            raise Refused(
                Code.BAD_BALLOT,
                words("refusal-dots-spent", dots=self.dots, spent=spent, excess=spent - self.dots),
            )
        return bytes(map(given.get, self.ids, repeat(0)))

    def write(self, ballot: Ballot) -> dict[str, Any]:
        given = zip(self.ids, ballot, strict=True)
        return {"dots": {option: dots for option, dots in given if dots}}

    def tally(self) -> Tally[Ballot]:
        return DotsTally(self.names, self.per_option)

    def given(self, ballot: Ballot, place: int) -> int:
        return ballot[place]


class DotsTally(MostTally[Ballot]):
    def __init__(self, names: Mapping[str, str], per_option: int) -> None:
        super().__init__(names, "dots")
        self._given = {option: [0] * per_option for option in names}
        """How many ballots gave an option one dot, two dots, and so on."""
        self.most = per_option

    def _most_for(self, place: int) -> Ballot:
        ballot = bytearray(len(self._names))
        ballot[place] = self.most
        return bytes(ballot)

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
