"""The board: what all actions so far have made of it.

`Board.apply` is pure and deterministic. Every process that applies the same entries in the
same order holds the same board; an entry that comes late or twice changes nothing.
"""

from collections import deque

from msgspec import structs

from server.domain import actions as act
from server.domain.answers import Answers
from server.domain.changes import Change, Deed, Outcome
from server.domain.comments import MAX_CHANGES, MAX_COMMENTS, MAX_TALK, Comment
from server.domain.conduct import CONDUCT
from server.domain.criteria import Criterion
from server.domain.decision import Decision
from server.domain.discussion import note_refused, said_again
from server.domain.history import KEPT, Event, HostsWord, Untold, event, tell_of, untold
from server.domain.hosts import Host
from server.domain.invitations import Invitations
from server.domain.methods import is_known
from server.domain.options import Option
from server.domain.refusals import Code, Refusal, Refused
from server.domain.rounds import Round, State
from server.domain.rules import BoardSettings, Comments
from server.domain.talk import Talk

MAX_ENTRIES = 1_000_000
"""How long a log grows by what people ask for; from then on only its hosts act."""


MAX_BYTES = 256_000_000
"""The same, for what the entries of the log hold together."""


class Board:
    """One board at one position of its log. Empty (`seq` 0) until the first entry."""

    def __init__(self) -> None:
        self.seq = 0
        self.size = 0
        """Bytes of the log's entries, as whoever reads the log counts them: what was erased is
        missing where it was erased before. So it is asked beforehand only."""
        self.code = ""
        self.title = ""
        self.context = ""
        self.settings = BoardSettings()
        self.options: tuple[Option, ...] = ()
        self.hosts: dict[str, Host] = {}
        """By id."""
        self.invitations: Invitations = Invitations()
        self.criteria: tuple[Criterion, ...] = ()
        self.decision: Decision | None = None
        self.rounds: list[Round] = []
        self.comments = Talk()
        self.names: dict[str, str] = {}
        """Seat to the name its person chose."""
        self.named = 0
        """The position at which the names that are shown changed last."""
        self.observing: set[str] = set()
        """Seats that only watch, by their own choice."""
        self.admitted: set[str] = set()
        """Seats that are in where newcomers wait at the door."""
        self.history: deque[Event] = deque(maxlen=KEPT)
        """What the hosts did, the newest last."""
        self._untold: dict[str, list[Untold]] = {}
        """Comment that is not there to what hosts did to it."""
        self._answers = Answers()

    @property
    def round(self) -> Round | None:
        """The current round: the one opened last."""
        return self.rounds[-1] if self.rounds else None

    @property
    def is_full(self) -> bool:
        return self.seq >= MAX_ENTRIES or self.size >= MAX_BYTES

    def apply(self, seq: int, at: int, entry: act.Entry) -> Outcome:
        """Apply the entry that stands at position `seq` with the store's time `at` (ms).

        Positions come in rising order; a hole is an entry that was erased. An entry at a
        position that was applied before changes nothing.
        """
        if seq <= self.seq:
            return Change()
        self.seq = seq
        answer = self.answer_to(entry.once)
        if isinstance(answer, Refusal):
            note_refused(self, entry.action)
            return answer
        if answer is not None:
            again = said_again(self, entry.by, entry.action)
            return structs.replace(again, repeats=answer)
        try:
            deed = self._judge(at, entry)
        except Refused as refused:
            self._remember(entry.once, refused.refusal)
            note_refused(self, entry.action)
            if refused.code is Code.NO_SUCH_COMMENT:
                self._tell_later(at, entry)
            return refused.refusal
        # Told first, because afterwards what it speaks of may be gone.
        told = event(self, at, entry)
        change = deed()
        if told is not None:
            self.history.append(told)
        self._remember(entry.once, seq)
        self._note_comment(entry)
        return change

    def answer_to(self, once: str) -> int | Refusal | None:
        """Return the position at which a message counted, or why it does not; None if unknown.

        A message that stands in the log twice, because the answer to the first try was lost,
        gets the same answer each time.
        """
        return self._answers.get(once) if once else None

    def check(self, at: int, entry: act.Entry) -> None:
        """Raise Refused if the entry would be refused here and now. Changes nothing."""
        answer = self.answer_to(entry.once)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        if answer is not None:
            return
        self._judge(at, entry)
        if self.is_full and not entry.host:
            raise Refused(Code.TOO_MANY, "This board is full. Its hosts can still end the vote.")
        if isinstance(entry.action, act.Comment):
            self._check_talk(entry.action)
        if isinstance(entry.action, act.EditComment):
            self._check_edit(entry.action)

    def latest_round(self, n: int) -> Round:
        """Return round `n` if it is the current one. Raises Refused."""
        if not 1 <= n <= len(self.rounds):
            raise Refused(Code.NO_SUCH_ROUND, f"This board has no round {n}.")
        if n < len(self.rounds):
            raise Refused(Code.ROUND_CLOSED, f"Round {n} is over; round {len(self.rounds)} is on.")
        return self.rounds[-1]

    def require_option(self, option: str) -> Option:
        for candidate in self.options:
            if candidate.id == option:
                return candidate
        raise Refused(Code.NO_SUCH_OPTION, f"This board has no option {option[:40]!r}.")

    def require_comment(self, comment: str) -> Comment:
        found = self.comments.get(comment)
        if found is None or found.deleted:
            raise Refused(Code.NO_SUCH_COMMENT, "This comment does not exist, or was deleted.")
        return found

    def require_talk(self) -> None:
        if self.settings.comments is Comments.CLOSED:
            raise Refused(Code.NOT_ALLOWED, "The host has closed the talk.")

    def require_no_voting(self, why: str) -> None:
        """Raise Refused, with the reason for a person, while a round is on."""
        if self.round and self.round.state is not State.REVEALED:
            raise Refused(Code.ROUND_OPEN, f"Round {self.round.n} is not over. {why}")

    def _check_talk(self, action: act.Comment) -> None:
        """Raise Refused for what is only asked beforehand.

        Where the log is read again, comments are missing that were erased since: then a
        parent is not there, and a limit not yet reached.
        """
        if action.parent:
            parent = self.require_comment(action.parent)
            if parent.parent or parent.option != action.option:
                raise Refused(Code.NOT_ALLOWED, "Only a comment on the same option is answered.")
        known = self.comments.get(action.comment)
        if known is not None and known.deleted:
            raise Refused(
                Code.NO_SUCH_COMMENT, "The comment with this id was deleted. Say it with a new id."
            )
        if known is not None:
            return
        if len(self.comments) >= MAX_COMMENTS:
            raise Refused(Code.TOO_MANY, f"A board holds at most {MAX_COMMENTS:,} comments.")
        if self.comments.characters + len(action.text) > MAX_TALK:
            raise Refused(
                Code.TOO_MANY, f"The comments of a board have at most {MAX_TALK:,} characters."
            )

    def _check_edit(self, action: act.EditComment) -> None:
        known = self.require_comment(action.comment)
        if len(known.entries) > MAX_CHANGES:
            raise Refused(
                Code.TOO_MANY, f"A comment is changed at most {MAX_CHANGES:,} times. Write another."
            )
        grown = len(action.text) - len(known.text)
        if grown > 0 and self.comments.characters + grown > MAX_TALK:
            raise Refused(
                Code.TOO_MANY, f"The comments of a board have at most {MAX_TALK:,} characters."
            )

    def _judge(self, at: int, entry: act.Entry) -> Deed:
        if isinstance(entry.action, act.Create) == bool(self.code):
            raise Refused(Code.NOT_UNDERSTOOD, "A board is created once, before anything else.")
        # The order of the log decides: what a host asked for just before being removed, in
        # whatever process, counts where it stands before that, and nowhere else.
        if entry.host and entry.host not in self.hosts:
            raise Refused(Code.NOT_ALLOWED, "You are no longer a host of this board.")
        action = entry.action
        if isinstance(action, act.OpenRound) and not is_known(action.method, entry.rules):
            # Refused when it was made, and so for ever.
            action = structs.replace(action, method="")
        return CONDUCT[type(action)](self, at, entry.by, action)

    def _tell_later(self, at: int, entry: act.Entry) -> None:
        action = entry.action
        if isinstance(action, HostsWord) and action.comment not in self.comments:
            told = untold(self, at, entry, action)
            self._untold.setdefault(action.comment, []).append(told)

    def _note_comment(self, entry: act.Entry) -> None:
        """Keep what is still to be known when a comment was erased from the log."""
        action = entry.action
        if isinstance(action, act.Comment):
            said = self.comments[action.comment]
            said.once = said.once or entry.once
        elif isinstance(action, act.DeleteComment):
            if late := self._untold.pop(action.comment, None):
                tell_of(self.history, late, action.option)
            if self.answer_to(action.said) is None:
                self._remember(action.said, self.seq)

    def _remember(self, once: str, answer: int | Refusal) -> None:
        if once:
            self._answers.add(once, answer)
