"""`approval`: each voter approves any number of options; the most approvals win.

Brams and Fishburn, "Approval Voting", American Political Science Review 72 (1978).
An empty ballot is an answer: it approves of none and counts as a voter.
"""

from collections.abc import Mapping
from typing import Any

from server.domain.methods.base import Method, Tally, field
from server.domain.methods.plurality import MarkTally
from server.domain.refusals import Code, Refused

Ballot = frozenset[str]
"""The ids of the options that were approved."""


class Approval(Method[Ballot]):
    id = "approval"
    name = "Approval"
    explains = "Each person marks every option they could live with. Alike options do no harm."
    since = 1

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        ids = field(raw, "approve", '{"approve": ["an-id", "another-id"]}')
        if not isinstance(ids, list):
            raise Refused(Code.BAD_BALLOT, "`approve` is a list of option ids.")
        for option in ids:
            self._require_option(option)
        ballot = frozenset(ids)
        if len(ballot) < len(ids):
            raise Refused(Code.BAD_BALLOT, "An option stands on this ballot twice.")
        return ballot

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {"approve": sorted(ballot)}

    def tally(self) -> Tally[Ballot]:
        return MarkTally(self.names, "approval", "approvals")

    def stand(self, ballot: Ballot) -> dict[str, float]:
        return {option: float(option in ballot) for option in self.names}
