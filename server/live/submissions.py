"""What people of this process asked for and have no answer to yet."""

from collections.abc import Callable
from dataclasses import dataclass, field

from server.domain import actions as act
from server.domain.changes import Outcome
from server.domain.refusals import Refused
from server.log.log import Log

Answer = int | Refused
"""The position at which it stands in the log, or why it does not count."""
Answered = Callable[[Answer], None]


@dataclass(slots=True)
class _Submission:
    answered: list[Answered] = field(default_factory=list)
    outcome: Answer | None = None
    logged: bool = False


class Submissions:
    """An answer goes out when the entry came back and was applied, and is durable."""

    def __init__(self, log: Log, code: str) -> None:
        self._log = log
        self._code = code
        self._open: dict[str, _Submission] = {}

    def submit(self, entry: act.Entry, answered: Answered | None = None) -> None:
        """Put an entry into the log. The same message again waits for the same answer."""
        if known := self._open.get(entry.once):
            if answered:
                known.answered.append(answered)
            return
        submission = _Submission()
        if answered:
            submission.answered.append(answered)
        if entry.once:
            self._open[entry.once] = submission
        self._log.append(
            self._code,
            act.encode(entry),
            lambda refused: self._logged(entry.once, submission, refused),
        )

    def settle(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Take note that an entry was applied, whichever process it came from."""
        submission = self._open.get(entry.once) if entry.once else None
        if submission is None or submission.outcome is not None:
            return
        if isinstance(outcome, Refused):
            submission.outcome = outcome
        else:
            submission.outcome = outcome.repeats or seq
        self._answer(entry.once, submission)

    def _logged(self, once: str, submission: _Submission, refused: Refused | None) -> None:
        submission.logged = True
        submission.outcome = refused or submission.outcome
        self._answer(once, submission)

    def _answer(self, once: str, submission: _Submission) -> None:
        if submission.logged and submission.outcome is not None:
            self._open.pop(once, None)
            for answered in submission.answered:
                answered(submission.outcome)
