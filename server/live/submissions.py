"""What people of this process asked for and have no answer to yet."""

from collections.abc import Callable

from server.domain import actions as act
from server.domain.changes import Outcome
from server.domain.refusals import Refused
from server.log.log import Log

Answer = int | Refused
"""The position at which it stands in the log, or why it does not count."""
Answered = Callable[[Answer], None]


class _Submission:
    __slots__ = ("_once", "_open", "answered", "logged", "outcome")

    def __init__(self, once: str, open_: "dict[str, _Submission]") -> None:
        self.answered: list[Answered] = []
        self.outcome: Answer | None = None
        self.logged = False
        self._once = once
        self._open = open_

    def take_note(self, refused: Refused | None) -> None:
        """Learn from the log that it is in, or why it never will be."""
        self.logged = True
        self.outcome = refused or self.outcome
        self.answer()

    def answer(self) -> None:
        """Tell those who asked, once it is both applied and as durable as asked for."""
        # Whoever was told that it was given up is not told again when it is in after all.
        is_open = self._open.get(self._once) is self
        if is_open and self.logged and self.outcome is not None:
            del self._open[self._once]
            for answered in self.answered:
                answered(self.outcome)


class Submissions:
    """An answer goes out when the entry came back and was applied, and is durable."""

    def __init__(self, log: Log, code: str) -> None:
        self._log = log
        self._code = code
        self._open: dict[str, _Submission] = {}

    def submit(self, entry: act.Entry, answered: Answered | None = None) -> None:
        """Put an entry into the log. The same message again waits for the same answer."""
        if answered and self.join(entry.once, answered):
            return
        submission = _Submission(entry.once, self._open)
        if answered:
            submission.answered.append(answered)
        if entry.once:
            self._open[entry.once] = submission
        self._log.append(self._code, act.encode(entry), submission.take_note)

    def join(self, once: str, answered: Answered) -> bool:
        """Wait for the answer to the same message, if it is under way."""
        if submission := self._open.get(once):
            submission.answered.append(answered)
        return submission is not None

    def give_up(self, refused: Refused) -> None:
        """Answer whoever waits: it may stand in the log, but here nobody will hear of it."""
        for submission in list(self._open.values()):
            submission.take_note(refused)

    def settle(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Take note that an entry was applied, whichever process it came from."""
        submission = self._open.get(entry.once)
        if submission is None or submission.outcome is not None:
            return
        if isinstance(outcome, Refused):
            submission.outcome = outcome
        else:
            submission.outcome = outcome.repeats or seq
        submission.answer()
