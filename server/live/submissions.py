"""What people of this process asked for and have no answer to yet."""

from collections.abc import Callable
from functools import partial

from server import tasks
from server.domain import actions as act
from server.domain.changes import Outcome
from server.domain.refusals import Code, Refusal
from server.log.log import Log

Answer = int | Refusal
"""The position at which it stands in the log, or why it does not count."""
Answered = Callable[[Answer], None]


FORGOTTEN = Refusal(Code.STORE_AWAY, "The store has lost what was sent last. Send it again.")


class _Submission:
    __slots__ = ("_all", "answered", "logged", "once", "outcome")

    def __init__(self, once: str, all_: "Submissions") -> None:
        self.answered: list[Answered] = []
        self.outcome: Answer | None = None
        self.logged: Answer | None = None
        """Where it is in the log, or why it never will be there."""
        self.once = once
        self._all = all_

    def take_note(self, logged: Answer) -> None:
        """Learn from the log where it is, or why it never will be there."""
        self.logged = logged
        if isinstance(logged, Refusal):
            self.outcome = logged
        self.answer()
        if isinstance(logged, int) and self._all.open.get(self.once) is self:
            self._all.missing(logged)

    def answer(self) -> None:
        """Tell those who asked, once it is both applied and as durable as asked for."""
        open_ = self._all.open
        # Whoever was told that it was given up is not told again when it is in after all.
        if self.logged is None or open_.get(self.once) is not self:
            return
        if self.outcome is not None:
            del open_[self.once]
            for answered in self.answered:
                with tasks.contained("answer"):
                    answered(self.outcome)


class Submissions:
    """An answer goes out when the entry came back and was applied, and is durable."""

    def __init__(
        self,
        log: Log,
        code: str,
        missing: Callable[[int], object] = lambda _seq: None,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """`missing` is told of a position at which something stands that has not come yet;
        `failed` is called where somebody may have been left without an answer.
        """
        self.open: dict[str, _Submission] = {}
        """By their names."""
        self.missing = missing
        self._log = log
        self._code = code
        self._failed = failed

    def submit(self, entry: act.Entry, answered: Answered | None = None) -> None:
        """Put an entry into the log. The same message again waits for the same answer."""
        if answered and self.join(entry.once, answered):
            return
        submission = _Submission(entry.once, self)
        if answered:
            submission.answered.append(answered)
        if entry.once:
            self.open[entry.once] = submission
        self._log.append(self._code, act.encode(entry), partial(self._noted, submission))

    def _noted(self, submission: _Submission, logged: Answer) -> None:
        with tasks.contained("answer", self._code) as noting:
            submission.take_note(logged)
        if noting.failed:
            # The reading that follows answers it.
            submission.logged = logged
            self._failed()

    def _each(self, tell: Callable[[_Submission], None]) -> None:
        """Tell all something, whatever goes wrong with one. Raises ExceptionGroup."""
        errors = []
        for submission in list(self.open.values()):
            try:
                tell(submission)
            except Exception as error:  # noqa: BLE001 - it is raised below
                errors.append(error)
        if errors:
            raise ExceptionGroup("Some have no answer.", errors)

    def join(self, once: str, answered: Answered) -> bool:
        """Wait for the answer to the same message, if it is under way."""
        if submission := self.open.get(once):
            submission.answered.append(answered)
        return submission is not None

    def give_up(self, refusal: Refusal) -> None:
        """Answer whoever waits: it may stand in the log, but here nobody will hear of it."""
        self._each(lambda submission: submission.take_note(refusal))

    def settle(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Take note that an entry was applied, whichever process it came from."""
        submission = self.open.get(entry.once)
        if submission is None or submission.outcome is not None:
            return
        if isinstance(outcome, Refusal):
            submission.outcome = outcome
        else:
            submission.outcome = outcome.repeats or seq
        submission.answer()

    def compared(self, seq: int) -> None:
        """Take note that up to a position all has come that the log holds.

        To be called for a comparison that began when all was known that is in `open` by now.
        """

        def compare(submission: _Submission) -> None:
            logged = submission.logged
            if submission.outcome is None and isinstance(logged, int) and logged <= seq:
                # It was erased before it came here. It counted, and so did what erased it.
                submission.outcome = logged
            submission.answer()

        self._each(compare)

    def renewed(self, answer_to: Callable[[str], Answer | None]) -> None:
        """Take note that the whole log was read anew: what counts may be something else.

        `answer_to` gives what became there of a message, by its name; None where it is not in it.
        """

        def look_up(submission: _Submission) -> None:
            submission.outcome = answer_to(submission.once)
            if submission.logged is None:
                return
            if submission.outcome is None:
                submission.take_note(FORGOTTEN)
            else:
                submission.answer()

        self._each(look_up)
