"""`approval`: each voter approves any number of options; the most approvals win.

Brams and Fishburn, "Approval Voting", American Political Science Review 72 (1978).
An empty ballot is an answer: it approves of none and counts as a voter.
"""

from collections.abc import Mapping
from typing import Any

from server.domain.methods.base import Method, Tally, field
from server.domain.methods.plurality import MarkTally
from server.domain.refusals import Code, Refused

Ballot = bytes
"""The places of the options that were approved, rising."""


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
        marked = {self.places[option] for option in ids}
        if len(marked) < len(ids):
            raise Refused(Code.BAD_BALLOT, "An option stands on this ballot twice.")
        return bytes(sorted(marked))

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {"approve": sorted(self.ids[place] for place in ballot)}

    def tally(self) -> Tally[Ballot]:
        return MarkTally(self.names, "approval", "approvals")

    def stand(self, ballot: Ballot) -> dict[str, float]:
        return {option: float(place in ballot) for place, option in enumerate(self.ids)}
