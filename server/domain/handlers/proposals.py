"""Handlers for proposals: made and taken back by people, settled by hosts."""

from collections.abc import Callable
from typing import Any

from msgspec import UnsetType

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.criteria import MAX_CRITERIA
from server.domain.handlers.options import require_addable, set_options
from server.domain.names import look_the_same
from server.domain.proposals import Proposal, ProposalState
from server.domain.refusals import Code, Refused
from server.domain.rules import About, Proposing
from server.domain.state import BoardState
from server.domain.text import same_name
from server.words.catalogue import words

_ABOUT: dict[Proposing | UnsetType, About] = {
    Proposing.OPEN: About.OPTIONS,
    Proposing.CRITERIA: About.CRITERIA,
}
_TAKEN: dict[About, Callable[[BoardState], tuple[str, list[str]]]] = {
    About.OPTIONS: lambda board: (
        "refusal-proposal-is-option",
        [each.name for each in board.options],
    ),
    About.CRITERIA: lambda board: (
        "refusal-proposal-is-criterion",
        [each.name for each in board.criteria],
    ),
}


def propose(board: BoardState, at: int, by: str, action: act.Propose) -> Effect:
    known = board.proposals.get(action.proposal)
    if known is not None:
        if known.author != by:
            raise Refused(Code.NOT_ALLOWED, words("refusal-proposal-id-taken"))
        # Nothing of one that was taken back is left to compare; `Board.check` refuses it
        # beforehand.
        if not known.withdrawn and not known.matches(action):
            raise Refused(Code.NOT_ALLOWED, words("refusal-proposal-id-yours"))
        return lambda: repeated_proposal(board, by, action)
    about = _ABOUT.get(board.settings.proposals)
    if about is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-proposals-closed"))
    if board.decision is not None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-proposals-decided"))
    wanted = same_name(action.name)
    refusal, known_names = _TAKEN[about](board)
    for name in known_names:
        if same_name(name) == wanted:
            raise Refused(Code.BAD_SETTINGS, words(refusal, name=name))
    board.proposals.require_new(action.name, about)
    board.proposals.require_room(by)

    def effect() -> Change:
        made = Proposal(
            id=action.proposal,
            author=by,
            at=at,
            name=action.name,
            strapline=action.strapline,
            about=about,
            proposer=board.names.get(by),
            entries=[board.seq],
        )
        board.proposals.add(made)
        return Change(proposals=True, proposer=by)

    return effect


def repeated_proposal(board: BoardState, by: str, action: act.AnyAction) -> Change:
    """Note that the log holds the text of a proposal again, to erase it with the proposal."""
    if not isinstance(action, act.Propose):
        return Change()
    known = board.proposals.get(action.proposal)
    if known is None or known.author != by:
        return Change()
    if known.withdrawn:
        return Change(erased=(board.seq,))
    known.entries.append(board.seq)
    return Change()


def withdraw_proposal(board: BoardState, at: int, by: str, action: act.WithdrawProposal) -> Effect:
    # When the log is replayed, the proposal's own entry is gone; this entry takes its place.
    found = board.proposals.get(action.proposal)
    if found is not None:
        found = board.require_proposal(action.proposal)
        found.require_author(by)
        found.require_open()

    def effect() -> Change:
        withdrawn = found
        if withdrawn is None:
            withdrawn = Proposal(id=action.proposal, author=by, at=at)
            board.proposals.add(withdrawn)
        erased = board.proposals.withdraw(withdrawn)
        return Change(proposals=True, proposer=by, erased=erased)

    return effect


def accept_proposal(board: BoardState, at: int, by: str, action: act.AcceptProposal) -> Effect:
    found = _require_open(board, action.proposal)
    if found.about is About.CRITERIA:
        return _accept_criterion(board, found, action)
    if (option := action.option) is None:
        raise Refused(Code.NO_SUCH_PROPOSAL, words("refusal-no-proposal"))
    require_addable(board, option, "refusal-unrevealed-accept")

    def effect() -> Change:
        found.settle(ProposalState.ACCEPTED, action.word, option.id)
        if found.proposer:
            board.proposed_by[option.id] = found.proposer
        set_options(board, (*board.options, option))
        return Change(board=True, proposals=True, proposer=found.author)

    return effect


def _accept_criterion(board: BoardState, found: Proposal, action: act.AcceptProposal) -> Effect:
    if (criterion := action.criterion) is None:
        raise Refused(Code.NO_SUCH_PROPOSAL, words("refusal-no-proposal"))
    board.require_no_voting("refusal-unrevealed-criteria")
    if len(board.criteria) >= MAX_CRITERIA:
        raise Refused(Code.TOO_MANY, words("refusal-criteria-full", max=MAX_CRITERIA))
    for each in board.criteria:
        if each.id == criterion.id or look_the_same(each.name, criterion.name):
            raise Refused(Code.BAD_SETTINGS, words("refusal-proposal-is-criterion", name=each.name))

    def effect() -> Change:
        found.settle(ProposalState.ACCEPTED, action.word, criterion.id)
        board.criteria = (*board.criteria, criterion)
        board.weights_from = None
        return Change(board=True, proposals=True, proposer=found.author)

    return effect


def merge_proposal(board: BoardState, at: int, by: str, action: act.MergeProposal) -> Effect:
    found = _require_open(board, action.proposal)
    if found.about is About.OPTIONS:
        board.require_option(action.option)
    elif all(each.id != action.option for each in board.criteria):
        shown = repr(action.option[:40])
        raise Refused(Code.NO_SUCH_OPTION, words("refusal-board-criterion", criterion=shown))

    def effect() -> Change:
        found.settle(ProposalState.MERGED, action.word, action.option)
        return Change(proposals=True, proposer=found.author)

    return effect


def decline_proposal(board: BoardState, at: int, by: str, action: act.DeclineProposal) -> Effect:
    found = _require_open(board, action.proposal)

    def effect() -> Change:
        found.settle(ProposalState.DECLINED, action.word)
        return Change(proposals=True, proposer=found.author)

    return effect


def _require_open(board: BoardState, proposal: str) -> Proposal:
    found = board.require_proposal(proposal)
    found.require_open()
    return found


PROPOSAL_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.Propose: propose,
    act.WithdrawProposal: withdraw_proposal,
    act.AcceptProposal: accept_proposal,
    act.MergeProposal: merge_proposal,
    act.DeclineProposal: decline_proposal,
}
