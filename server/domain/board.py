"""The board: the result of all actions so far.

`Board.apply` is pure and deterministic. All processes that apply the same entries in the same order
hold the same board. An entry that arrives late or twice changes nothing.
"""

from collections import deque

from msgspec import structs

from server.domain import actions as act
from server.domain.changes import Change, Effect, Outcome
from server.domain.comments import MAX_ARGUMENTS, MAX_CHANGES, MAX_COMMENTS, MAX_TALK
from server.domain.deduplication import SeenMessages
from server.domain.handlers.comments import note_refused, repeated_comment
from server.domain.handlers.proposals import repeated_proposal
from server.domain.handlers.table import HANDLERS
from server.domain.history import (
    KEPT,
    DeferredEvent,
    Event,
    HostsWord,
    deferred_event,
    event,
    insert_deferred,
)
from server.domain.methods import is_known
from server.domain.methods.score import NO_OPINION_SINCE
from server.domain.names import NUMBERED_SINCE
from server.domain.refusals import Code, Refusal, Refused
from server.domain.state import BoardState
from server.words.catalogue import words

MAX_ENTRIES = 1_000_000
"""Entries up to which anyone may add to the log; beyond that, only its hosts may act."""


MAX_BYTES = 256_000_000
"""The same limit for the total size of the log's entries, in bytes."""


DECIDES_FURTHER_DISCUSSION = 4
"""The rules from which on a meeting can decide for further discussion."""


WhileArchived = (
    act.Archive
    | act.AddHost
    | act.RemoveHost
    | act.DeleteComment
    | act.WithdrawProposal
    | act.ScorePrediction
)
"""What can happen on an archived board. People can still delete what they wrote, and
hosts look at the decision again."""


class Board(BoardState):
    """One board at one position of its log. Empty (`seq` 0) until the first entry."""

    def __init__(self) -> None:
        super().__init__()
        self.history: deque[Event] = deque(maxlen=KEPT)
        """What the hosts did, newest last."""
        self._deferred: dict[str, list[DeferredEvent]] = {}
        """By the id of a comment that does not exist: what hosts did to it."""
        self._seen = SeenMessages()

    @property
    def is_full(self) -> bool:
        return self.seq >= MAX_ENTRIES or self.size >= MAX_BYTES

    def apply(self, seq: int, at: int, entry: act.Entry) -> Outcome:
        """Apply the entry at position `seq`; `at` is the store's time in milliseconds since 1970.

        Positions must be rising; a gap is an erased entry. An entry at a position that was already
        applied changes nothing. Returns a Change, or the Refusal if the entry breaks a rule.
        """
        if seq <= self.seq:
            return Change()
        self.seq = seq
        answer = self.answer_to(entry.idempotency_key)
        if answer is not None:
            if isinstance(answer, Refusal):
                note_refused(self, entry.action)
                return answer
            of = repeated_proposal if isinstance(entry.action, act.Propose) else repeated_comment
            again = of(self, entry.by, entry.action)
            return structs.replace(again, duplicate_of=answer)
        try:
            effect = self._validate(at, entry)
        except Refused as refused:
            if isinstance(entry.action, act.Propose | act.WithdrawProposal):
                # It is erased along with any proposal that is taken back later, so its answer must
                # not be remembered either: a later reader of the log will not know it.
                self.proposals.note_refused(seq)
                return refused.refusal
            self._remember(entry.idempotency_key, refused.refusal)
            note_refused(self, entry.action)
            if refused.code is Code.NO_SUCH_COMMENT:
                self._defer(at, entry)
            return refused.refusal
        # Described first: the effect may remove what the description refers to.
        description = event(self, at, entry)
        change = effect()
        if description is not None:
            self.history.append(description)
        if change.erased and isinstance(entry.action, act.DeleteComment):
            self._forget_erased(change.erased)
        self._remember(entry.idempotency_key, seq)
        self._note_text(entry)
        return change

    def answer_to(self, idempotency_key: str) -> int | Refusal | None:
        """Return the position where a message was applied, or its refusal; None if unknown.

        A message may be in the log twice, because the answer to the first attempt was lost. Both
        get the same answer.
        """
        return self._seen.get(idempotency_key) if idempotency_key else None

    def check(self, at: int, entry: act.Entry) -> None:
        """Raise Refused if the entry would be refused now. Changes nothing."""
        answer = self.answer_to(entry.idempotency_key)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        if answer is not None:
            return
        self._validate(at, entry)
        if self.is_full and not entry.host:
            raise Refused(Code.TOO_MANY, words("refusal-board-full"))
        if isinstance(entry.action, act.Comment):
            self._check_talk(entry.action)
        if isinstance(entry.action, act.EditComment):
            self._check_edit(entry.action)
        if isinstance(entry.action, act.SetArgument):
            self._check_argument(entry.action)
        if isinstance(entry.action, act.Propose):
            known = self.proposals.get(entry.action.proposal)
            if known is not None and known.withdrawn:
                raise Refused(Code.NO_SUCH_PROPOSAL, words("refusal-proposal-id-withdrawn"))

    def _check_talk(self, action: act.Comment) -> None:
        """Raise Refused for rules that apply only before an entry is logged.

        When the log is replayed, comments that were erased since are missing: a parent may not
        exist, and a limit may not be reached yet.
        """
        if action.parent:
            parent = self.require_comment(action.parent)
            if parent.parent or parent.option != action.option:
                raise Refused(
                    Code.NOT_ALLOWED,
                    words("refusal-reply-place"),
                )
        known = self.comments.find(action.comment)
        if known is not None and known.deleted:
            raise Refused(Code.NO_SUCH_COMMENT, words("refusal-comment-id-deleted"))
        if known is not None:
            return
        if self.comments.size >= MAX_COMMENTS:
            raise Refused(Code.TOO_MANY, words("refusal-comments-full", max=MAX_COMMENTS))
        if self.comments.weight + len(action.text) > MAX_TALK:
            raise Refused(Code.TOO_MANY, words("refusal-talk-full", max=MAX_TALK))

    def _check_edit(self, action: act.EditComment) -> None:
        known = self.require_any_comment(action.comment)
        if len(known.entries) > MAX_CHANGES:
            raise Refused(
                Code.TOO_MANY,
                words("refusal-comment-changes", max=MAX_CHANGES),
            )
        grown = len(action.text) - len(known.text)
        if grown > 0 and self.comments.weight + grown > MAX_TALK:
            raise Refused(Code.TOO_MANY, words("refusal-talk-full", max=MAX_TALK))

    def _check_argument(self, action: act.SetArgument) -> None:
        known = self.require_comment(action.comment)
        if action.side is None or action.side is known.side:
            chosen = 0
        else:
            chosen = sum(
                each.side is action.side and each.option == known.option
                for each in self.comments.values()
            )
        if chosen >= MAX_ARGUMENTS:
            raise Refused(Code.TOO_MANY, words("refusal-arguments-full", max=MAX_ARGUMENTS))
        if action.text and len(known.entries) > MAX_CHANGES:
            raise Refused(Code.TOO_MANY, words("refusal-comment-changes", max=MAX_CHANGES))

    def _validate(self, at: int, entry: act.Entry) -> Effect:
        if isinstance(entry.action, act.Create) == bool(self.code):
            raise Refused(Code.NOT_UNDERSTOOD, words("refusal-board-created-once"))
        # The order of the log decides: what a host requested just before being removed, in any
        # process, counts only if it precedes the removal.
        if entry.host and entry.host not in self.hosts and not self._is_of_lead(entry.host):
            raise Refused(Code.NOT_ALLOWED, words("refusal-no-longer-host"))
        if self.archived_at is not None and not isinstance(entry.action, WhileArchived):
            raise Refused(Code.NOT_ALLOWED, words("refusal-archived"))
        action = _as_understood(entry)
        if entry.rules < DECIDES_FURTHER_DISCUSSION and isinstance(action, act.Decide):
            self.require_option(action.option)
        return HANDLERS[type(action)](self, at, entry.by, action)

    def _is_of_lead(self, host: str) -> bool:
        """Whether someone acts as a host of the meeting.

        Who that is, only the log of the leading board knows: it was asked when they acted.
        """
        return bool(self.lead) and host.startswith(f"{self.lead}/")

    def _defer(self, at: int, entry: act.Entry) -> None:
        action = entry.action
        if isinstance(action, act.SetArgument) and action.text:
            # It is erased along with the comment.
            return
        if isinstance(action, HostsWord) and action.comment not in self.comments:
            incomplete = deferred_event(self, at, entry, action)
            self._deferred.setdefault(action.comment, []).append(incomplete)

    def _note_text(self, entry: act.Entry) -> None:
        """Keep what must still be known after a comment or a proposal is erased from the log."""
        action = entry.action
        if isinstance(action, act.Vote):
            return  # Most entries are votes.
        if isinstance(action, act.Comment):
            if comment := self.comments.find(action.comment):
                comment.idempotency_key = comment.idempotency_key or entry.idempotency_key
        elif isinstance(action, act.DeleteComment):
            late = self._deferred.pop(action.comment, None)
            # No host did anything to a comment that none could read.
            if late and action.comment in self.comments:
                insert_deferred(self.history, late, action.option)
            self._note_erased(action.said)
        elif isinstance(action, act.Propose):
            if made := self.proposals.get(action.proposal):
                made.idempotency_key = made.idempotency_key or entry.idempotency_key
        elif isinstance(action, act.WithdrawProposal):
            self._note_erased(action.said)

    def _forget_erased(self, erased: tuple[int, ...]) -> None:
        """Leave out of the history what a later reader of the log will not find."""
        kept = [each for each in self.history if each.seq not in erased]
        if len(kept) < len(self.history):
            self.history.clear()
            self.history.extend(kept)

    def _note_erased(self, idempotency_key: str) -> None:
        """Keep recognising a repeat of an entry whose text is erased."""
        if self.answer_to(idempotency_key) is None:
            self._remember(idempotency_key, self.seq)

    def _remember(self, idempotency_key: str, answer: int | Refusal) -> None:
        if idempotency_key:
            self._seen.add(idempotency_key, answer)


def _as_understood(entry: act.Entry) -> act.AnyAction:
    """Return the action as the rules of its time read it: what they refused stays refused."""
    action = entry.action
    if isinstance(action, act.Vote):
        is_blank = entry.rules < NO_OPINION_SINCE and "no_opinion" in action.ballot
        return structs.replace(action, ballot={}) if is_blank else action
    if isinstance(action, act.OpenRound):
        known = is_known(action.method, entry.rules)
        return structs.replace(action, method=action.method if known else "", rules=entry.rules)
    if isinstance(action, act.Rename):
        return structs.replace(action, distinct=entry.rules >= NUMBERED_SINCE)
    return action
