"""`single`: each voter chooses one option; the most choices win (plurality)."""

from collections.abc import Mapping
from typing import Any

from server.domain.methods.base import Method, Tally, field, require_option
from server.domain.methods.plurality import MarkTally

Ballot = frozenset[str]
"""The id of the one option that was chosen."""


class Single(Method[Ballot]):
    id = "single"
    name = "One choice"
    explains = "Each person chooses one option. Quick, but alike options split the votes."

    def read(self, raw: Mapping[str, Any], names: Mapping[str, str]) -> Ballot:
        return frozenset((require_option(field(raw, "choice", '{"choice": "an-id"}'), names),))

    def write(self, ballot: Ballot) -> dict[str, Any]:
        (choice,) = ballot
        return {"choice": choice}

    def tally(self, names: Mapping[str, str]) -> Tally[Ballot]:
        return MarkTally(names, "vote", "votes")
