"""`single`: each voter chooses one option; the most choices win (plurality)."""

from collections.abc import Mapping
from typing import Any

from server.domain.methods.base import Tally, field
from server.domain.methods.plurality import MarkMethod, MarkTally
from server.domain.methods.rule import Rule
from server.words.catalogue import words

Ballot = bytes
"""The index of the chosen option."""


class Single(MarkMethod):
    id = "single"
    name = words("method-single")
    explains = words("method-single-explained")
    since = 1
    rule = Rule.PLURALITY

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        option = self._require_option(field(raw, "choice", '{"choice": "an-id"}'))
        return bytes([self.places[option]])

    def write(self, ballot: Ballot) -> dict[str, Any]:
        (choice,) = ballot
        return {"choice": self.ids[choice]}

    def tally(self) -> Tally[Ballot]:
        return MarkTally(self.names, "votes")
