"""Requests made through this process that have no answer yet."""

from collections.abc import Callable
from functools import partial

from server.concurrency import tasks
from server.domain import actions as act
from server.domain.changes import Outcome
from server.domain.refusals import Code, Refusal
from server.store.event_log import EventLog
from server.words.catalogue import words

Answer = int | Refusal
"""The position at which the entry was applied, or why it does not count."""
Answered = Callable[[Answer], None]


FORGOTTEN = Refusal(Code.STORE_AWAY, words("refusal-store-lost"))


class _Submission:
    __slots__ = ("_all", "answered", "idempotency_key", "logged", "outcome")

    def __init__(self, idempotency_key: str, all_: "Submissions") -> None:
        self.answered: list[Answered] = []
        self.outcome: Answer | None = None
        self.logged: Answer | None = None
        """Its position in the log, or why it will never be logged."""
        self.idempotency_key = idempotency_key
        self._all = all_

    def on_logged(self, logged: Answer) -> None:
        """Learn the position in the log, or why it will never be logged. Called by the log."""
        self.logged = logged
        if isinstance(logged, Refusal):
            self.outcome = logged
        self.answer()
        if isinstance(logged, int) and self._all.open.get(self.idempotency_key) is self:
            self._all.missing(logged)

    def answer(self) -> None:
        """Call back once the entry is both applied and as durable as configured."""
        open_ = self._all.open
        # A submission that was given up was answered, and is not answered again if it is logged
        # after all.
        if self.logged is None or open_.get(self.idempotency_key) is not self:
            return
        if self.outcome is not None:
            del open_[self.idempotency_key]
            for answered in self.answered:
                with tasks.contained("answer"):
                    answered(self.outcome)


class Submissions:
    """Answers a submission once its entry has come back, was applied, and is durable."""

    def __init__(
        self,
        log: EventLog,
        code: str,
        missing: Callable[[int], object] = lambda _seq: None,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Answer submissions of one board.

        `missing` is called with the position of a logged entry that has not arrived yet; `failed`
        is called if a submission may have been left without an answer.
        """
        self.open: dict[str, _Submission] = {}
        """By idempotency key."""
        self.missing = missing
        self._log = log
        self._code = code
        self._failed = failed

    def submit(self, entry: act.Entry, answered: Answered | None = None) -> None:
        """Log an entry. A repeat of the same message waits for the same answer."""
        if answered and self.join(entry.idempotency_key, answered):
            return
        submission = _Submission(entry.idempotency_key, self)
        if answered:
            submission.answered.append(answered)
        if entry.idempotency_key:
            self.open[entry.idempotency_key] = submission
        self._log.append(self._code, act.encode(entry), partial(self._on_logged, submission))

    def _on_logged(self, submission: _Submission, logged: Answer) -> None:
        with tasks.contained("answer", self._code) as noting:
            submission.on_logged(logged)
        if noting.failed:
            # Answered by the read that follows.
            submission.logged = logged
            self._failed()

    def _each(self, tell: Callable[[_Submission], None]) -> None:
        """Call `tell` for all submissions, even if it fails for some. Raises ExceptionGroup."""
        errors = []
        for submission in list(self.open.values()):
            try:
                tell(submission)
            except Exception as error:  # noqa: BLE001 - raised below
                errors.append(error)
        if errors:
            raise ExceptionGroup("Some have no answer.", errors)

    def join(self, idempotency_key: str, answered: Answered) -> bool:
        """Wait for the answer to the same message if it is pending; return whether it is."""
        if submission := self.open.get(idempotency_key):
            submission.answered.append(answered)
        return submission is not None

    def give_up(self, refusal: Refusal) -> None:
        """Answer all that wait: their entries may be logged, but that will not be known here."""
        self._each(lambda submission: submission.on_logged(refusal))

    def settle(self, seq: int, entry: act.Entry, outcome: Outcome) -> None:
        """Note that an entry was applied, whichever process it came from."""
        submission = self.open.get(entry.idempotency_key)
        if submission is None or submission.outcome is not None:
            return
        if isinstance(outcome, Refusal):
            submission.outcome = outcome
        else:
            submission.outcome = outcome.duplicate_of or seq
        submission.answer()

    def compared(self, seq: int) -> None:
        """Note that everything in the log up to a position has arrived.

        To be called for a comparison that began after all current submissions in `open` were made.
        """

        def compare(submission: _Submission) -> None:
            logged = submission.logged
            if submission.outcome is None and isinstance(logged, int) and logged <= seq:
                # It was erased before it arrived here. It counted, and so did what erased it.
                submission.outcome = logged
            submission.answer()

        self._each(compare)

    def renewed(self, answer_to: Callable[[str], Answer | None]) -> None:
        """Note that the whole log was read again, and that outcomes may differ now.

        `answer_to` returns a message's outcome by its idempotency key; None if it is not in the
        log.
        """

        def look_up(submission: _Submission) -> None:
            submission.outcome = answer_to(submission.idempotency_key)
            if submission.logged is None:
                return
            if submission.outcome is None:
                submission.on_logged(FORGOTTEN)
            else:
                submission.answer()

        self._each(look_up)
