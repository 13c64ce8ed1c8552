"""The model notices: a server that breaks a promise on purpose is found out."""

import pytest

from faults.meeting import hold

PEOPLE = 40
SHOWS_EARLY = """
from server.domain.rounds import Round
Round.shows_result_to = lambda *_, **__: True
"""
LOSES_A_BALLOT = """
from server.domain.rounds import Round
cast = Round.cast
Round.cast = lambda self, by, *given: by[0] in "abcABC" or cast(self, by, *given)
"""
COUNTS_FOR_ITSELF = """
import os
from server.domain.rounds import Round
Round.voters = property(lambda self: self._tally.voters + os.getpid() // 2 % 2)
"""
SHOWS_ANOTHER_S_BALLOT = """
from server.domain.rounds import Round
own = Round.ballot_of
Round.ballot_of = lambda self, by: own(self, min(self.ballots, default=by))
"""
ANSWERS_TWICE = """
from server.live.session import Session
answer = Session._answer
def twice(self, *said):
    self._connection.await_answer()
    answer(self, *said)
    answer(self, *said)
Session._answer = twice
"""
TELLS_WHO_VOTED = """
from server.domain.rounds import Round
Round.shows_who_voted = lambda self, **_: True
"""
KEEPS_WHAT_WAS_DELETED = """
from server.domain.comments import Comment
Comment.erase = lambda self, seq: None
"""


COUNTED_WRONG = "tally: |is not what the log says|two tallies at one position"
"""It is seen in what the pages show in the end, or else in what they showed before."""


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        pytest.param(SHOWS_EARLY, "seen too early", id="shows early"),
        pytest.param(LOSES_A_BALLOT, COUNTED_WRONG, id="loses a ballot"),
        pytest.param(
            COUNTS_FOR_ITSELF, COUNTED_WRONG, id="counts for itself", marks=pytest.mark.quick
        ),
        pytest.param(SHOWS_ANOTHER_S_BALLOT, " shows | ballot: ", id="shows another's ballot"),
        pytest.param(ANSWERS_TWICE, "answered once too often", id="answers twice"),
        pytest.param(TELLS_WHO_VOTED, "told who voted", id="tells who voted"),
        pytest.param(KEEPS_WHAT_WAS_DELETED, "comments: ", id="keeps what was deleted"),
    ],
)
def test_a_server_that_breaks_a_promise_is_found_out(
    embedded, tmp_path, monkeypatch, broken, words
):
    monkeypatch.setattr("faults.meeting.SETTLED", 5.0)
    # Workers import from where their parent does; this is the first that each of them imports.
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(broken)

    async def nothing_more(meeting):
        await meeting.answered(12 * PEOPLE)

    prelude = f"import sys; sys.path.insert(0, {str(tmp_path / 'patch')!r})"
    with pytest.raises(AssertionError, match=words):
        hold(embedded, nothing_more, says={}, people=PEOPLE, prelude=prelude)
