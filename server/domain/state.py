"""The state of a board: its fields, and the lookups that its handlers share.

Handlers and history take a `BoardState`. Only `Board` knows the handlers, so the imports form no
cycle.
"""

from server.domain.comments import Comment
from server.domain.criteria import Criterion
from server.domain.decision import Decision, Deferral
from server.domain.gates import Gate, failed
from server.domain.hosts import Host
from server.domain.invitations import Invitations
from server.domain.meeting import Meeting
from server.domain.names import Names
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.premortem import Premortem
from server.domain.proposals import Proposal, Proposals
from server.domain.refusals import Code, Refused
from server.domain.rounds import Round, State
from server.domain.rules import BoardSettings, Comments, Proposing
from server.domain.threads import Threads
from server.words.catalogue import words

_TAKES_PROPOSALS = frozenset((Proposing.OPEN, Proposing.CRITERIA))


class BoardState:
    """One board at one position of its log. Empty (`seq` 0) until the first entry."""

    def __init__(self) -> None:
        self.seq = 0
        self.size = 0
        """Total bytes of the log's entries, as the reader of the log counts them. Entries that were
        erased before a process read the log are missing from its count, so this is used only in
        checks before an entry is logged.
        """
        self.code = ""
        self.title = ""
        self.context = ""
        self.settings = BoardSettings()
        self.options: tuple[Option, ...] = ()
        self.hosts: dict[str, Host] = {}
        """By id."""
        self.invitations: Invitations = Invitations()
        self.criteria: tuple[Criterion, ...] = ()
        self.weights_from: int | None = None
        """The round about criteria that gave them their weights; None if a host did."""
        self.gates: tuple[Gate, ...] = ()
        self.decision: Decision | None = None
        self.deferral: Deferral | None = None
        """At most one of the two."""
        self.archived_at: int | None = None
        """Since when it is read-only, in milliseconds since 1970; None if it is not."""
        self.meeting: Meeting | None = None
        """The meeting of several questions that this board leads."""
        self.lead = ""
        """The code of the board whose meeting this board has joined; empty if it has not. That
        board decides whether it is one of its questions. A board does not have both.
        """
        self.rounds: list[Round] = []
        self.comments = Threads()
        self.premortem: Premortem | None = None
        """The last one."""
        self.risk_owners: dict[str, str] = {}
        """By the id of a risk: who sees to it."""
        self.sealing = 0
        """The position from which on what is written is hidden until the reveal; 0 if it is not."""
        self.proposals = Proposals()
        self.proposed_by: dict[str, str] = {}
        """Option to the name of the person who proposed it."""
        self.names = Names()
        self.named = 0
        """The position at which the names on display last changed."""
        self.observing: set[str] = set()
        """Seats that chose to only watch."""
        self.admitted: set[str] = set()
        """Seats that were admitted, on a board where newcomers must wait."""

    @property
    def round(self) -> Round | None:
        """The current round: the one opened last; None before the first."""
        return self.rounds[-1] if self.rounds else None

    @property
    def seals_talk(self) -> bool:
        """Whether what is written now is hidden until the reveal."""
        return self.sealing > 0

    def unseal(self, at: int) -> None:
        """Let everyone read what was sealed."""
        self.sealing = 0
        self.comments.unseal(self.seq, at)

    @property
    def shows_proposals(self) -> bool:
        """Whether anyone is told of proposals: they are open, or were made before."""
        return self.settings.proposals in _TAKES_PROPOSALS or bool(self.proposals)

    @property
    def outcome(self) -> Decision | Deferral | None:
        """What the meeting came to."""
        return self.decision or self.deferral

    def latest_round(self, n: int) -> Round:
        """Return round `n` if it is current. Raises Refused `no_such_round` or `round_closed`."""
        if not 1 <= n <= len(self.rounds):
            raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-round", round=n))
        if n < len(self.rounds):
            raise Refused(
                Code.ROUND_CLOSED, words("refusal-round-over", round=n, now=len(self.rounds))
            )
        return self.rounds[-1]

    def require_option(self, option: str) -> Option:
        for candidate in self.options:
            if candidate.id == option:
                return candidate
        raise Refused(Code.NO_SUCH_OPTION, words("refusal-no-option", option=repr(option[:40])))

    def require_passed(self, option: Option, refusal: str) -> None:
        """Raise Refused `not_allowed`, in these words, for an option that dropped out."""
        for gate in failed(self.gates, option.id):
            raise Refused(Code.NOT_ALLOWED, words(refusal, option=option.name, gate=gate.name))

    @property
    def votable(self) -> tuple[Option, ...]:
        """The options that a new round can be about: those that fail no gate."""
        return tuple(each for each in self.options if not failed(self.gates, each.id))

    def require_choice(self, option: str) -> None:
        """Raise Refused `no_such_option` for what a meeting cannot decide for.

        That is an option of the board, or further discussion where the current round offered it.
        Raises `not_allowed` for an option that fails a gate.
        """
        current = self.round
        if option != FURTHER_DISCUSSION or current is None or option not in current.names:
            self.require_passed(self.require_option(option), "refusal-decide-failed")

    def require_comment(self, comment: str) -> Comment:
        found = self.comments.get(comment)
        if found is None or found.deleted:
            raise Refused(Code.NO_SUCH_COMMENT, words("refusal-no-comment"))
        return found

    def require_any_comment(self, comment: str) -> Comment:
        """Return a comment that may be sealed. Raises Refused `no_such_comment`."""
        return self.comments.sealed.get(comment) or self.require_comment(comment)

    def require_own_comment(self, comment: str, seat: str) -> Comment:
        """Return a comment that this seat wrote; it may be sealed.

        Raises Refused `no_such_comment`, also for another's sealed comment, or `not_allowed`.
        """
        sealed = self.comments.sealed.get(comment)
        if sealed is not None and sealed.author == seat:
            return sealed
        found = self.require_comment(comment)
        found.require_author(seat)
        return found

    def require_proposal(self, proposal: str) -> Proposal:
        found = self.proposals.get(proposal)
        if found is None or found.withdrawn:
            raise Refused(Code.NO_SUCH_PROPOSAL, words("refusal-no-proposal"))
        return found

    def require_talk(self) -> None:
        if self.settings.comments is Comments.CLOSED:
            raise Refused(Code.NOT_ALLOWED, words("refusal-comments-closed"))

    def require_no_premortem(self) -> None:
        """Raise Refused `round_open` while a pre-mortem is in progress."""
        if self.premortem is not None and self.premortem.is_open:
            raise Refused(Code.ROUND_OPEN, words("refusal-premortem-open"))

    def require_no_voting(self, refusal: str) -> None:
        """Raise Refused `round_open`, in these words, while a round is in progress."""
        if self.round and self.round.state is not State.REVEALED:
            raise Refused(Code.ROUND_OPEN, words(refusal, round=self.round.n))
