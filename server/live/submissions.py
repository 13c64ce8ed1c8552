"""What people of this process asked for and have no answer to yet."""

from collections.abc import Callable

from server.domain import actions as act
from server.domain.changes import Outcome
from server.domain.refusals import Code, Refused
from server.log.log import Log

Answer = int | Refused
"""The position at which it stands in the log, or why it does not count."""
Answered = Callable[[Answer], None]


FORGOTTEN = Refused(Code.STORE_AWAY, "The store has lost what was sent last. Send it again.")


class _Submission:
    __slots__ = ("_all", "_once", "answered", "logged", "outcome")

    def __init__(self, once: str, all_: "Submissions") -> None:
        self.answered: list[Answered] = []
        self.outcome: Answer | None = None
        self.logged: Answer | None = None
        """Where it is in the log, or why it never will be there."""
        self._once = once
        self._all = all_

    def take_note(self, logged: Answer) -> None:
        """Learn from the log where it is, or why it never will be there."""
        self.logged = logged
        if isinstance(logged, Refused):
            self.outcome = logged
        self.answer()
        if isinstance(logged, int) and self._all.open.get(self._once) is self:
            self._all.missing(logged)

    def answer(self) -> None:
        """Tell those who asked, once it is both applied and as durable as asked for."""
        open_ = self._all.open
        # Whoever was told that it was given up is not told again when it is in after all.
        if self.logged is None or open_.get(self._once) is not self:
            return
        if self.outcome is not None:
            del open_[self._once]
            for answered in self.answered:
                answered(self.outcome)


class Submissions:
    """An answer goes out when the entry came back and was applied, and is durable."""

    def __init__(
        self, log: Log, code: str, missing: Callable[[int], object] = lambda _seq: None
    ) -> None:
        """`missing` is told of a position at which something stands that has not come yet."""
        self.open: dict[str, _Submission] = {}
        """By their names."""
        self.missing = missing
        self._log = log
        self._code = code

    def submit(self, entry: act.Entry, answered: Answered | None = None) -> None:
        """Put an entry into the log. The same message again waits for the same answer."""
        if answered and self.join(entry.once, answered):
            return
        submission = _Submission(entry.once, self)
        if answered:
            submission.answered.append(answered)
        if entry.once:
            self.open[entry.once] = submission
        self._log.append(self._code, act.encode(entry), submission.take_note)

    def join(self, once: str, answered: Answered) -> bool:
        """Wait for the answer to the same message, if it is under way."""
        if submission := self.open.get(once):
            submission.answered.append(answered)
        return submission is not None

    def give_up(self, refused: Refused) -> None:
        """Answer whoever waits: it may stand in the log, but here nobody will hear of it."""
        for submission in list(self.open.values()):
            submission.take_note(refused)

    def settle(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Take note that an entry was applied, whichever process it came from."""
        submission = self.open.get(entry.once)
        if submission is None or submission.outcome is not None:
            return
        if isinstance(outcome, Refused):
            submission.outcome = outcome
        else:
            submission.outcome = outcome.repeats or seq
        submission.answer()

    def compared(self, seq: int) -> None:
        """Take note that up to a position all has come that the log holds.

        To be called for a comparison that began when all was known that is in `open` by now.
        """
        for submission in list(self.open.values()):
            if submission.outcome is None and isinstance(submission.logged, int):
                if submission.logged <= seq:
                    # It was erased before it came here. It counted, and so did what erased it.
                    submission.outcome = submission.logged
                submission.answer()

    def renewed(self, answer_to: Callable[[str], Answer | None]) -> None:
        """Take note that the log has another history: what counts in it may be something else.

        `answer_to` gives what became there of a message, by its name; None where it is not in it.
        """
        for once, submission in list(self.open.items()):
            submission.outcome = answer_to(once)
            if submission.logged is None:
                continue
            if submission.outcome is None:
                submission.take_note(FORGOTTEN)
            else:
                submission.answer()
