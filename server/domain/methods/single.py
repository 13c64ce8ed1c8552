"""`single`: each voter chooses one option; the most choices win (plurality)."""

from collections.abc import Mapping
from typing import Any

from server.domain.methods.base import Method, Tally, field
from server.domain.methods.plurality import MarkTally

Ballot = bytes
"""The place of the one option that was chosen."""


class Single(Method[Ballot]):
    id = "single"
    name = "One choice"
    explains = "Each person chooses one option. Quick, but alike options split the votes."
    since = 1

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        option = self._require_option(field(raw, "choice", '{"choice": "an-id"}'))
        return bytes([self.places[option]])

    def write(self, ballot: Ballot) -> dict[str, Any]:
        (choice,) = ballot
        return {"choice": self.ids[choice]}

    def tally(self) -> Tally[Ballot]:
        return MarkTally(self.names, "vote", "votes")

    def stand(self, ballot: Ballot) -> dict[str, float]:
        return {option: float(place in ballot) for place, option in enumerate(self.ids)}
