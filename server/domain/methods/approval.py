"""`approval`: each voter approves any number of options; the most approvals win.

Brams and Fishburn, "Approval Voting", American Political Science Review 72 (1978). An empty ballot
is an answer: it approves nothing and counts as a voter.
"""

from collections.abc import Mapping
from typing import Any

from server.domain.methods.base import Tally, field
from server.domain.methods.plurality import MarkMethod, MarkTally
from server.domain.methods.rule import Rule
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

Ballot = bytes
"""The indexes of the approved options, ascending."""


class Approval(MarkMethod):
    id = "approval"
    name = words("method-approval")
    explains = words("method-approval-explained")
    since = 1
    rule = Rule.APPROVAL

    def read(self, raw: Mapping[str, Any]) -> Ballot:
        ids = field(raw, "approve", '{"approve": ["an-id", "another-id"]}')
        if not isinstance(ids, list):
            raise Refused(Code.BAD_BALLOT, words("refusal-approve-list"))
        for option in ids:
            self._require_option(option)
        marked = {self.places[option] for option in ids}
        if len(marked) < len(ids):
            raise Refused(Code.BAD_BALLOT, words("refusal-approve-twice"))
        return bytes(sorted(marked))

    def write(self, ballot: Ballot) -> dict[str, Any]:
        return {"approve": sorted(self.ids[place] for place in ballot)}

    def tally(self) -> Tally[Ballot]:
        return MarkTally(self.names, "approvals")
