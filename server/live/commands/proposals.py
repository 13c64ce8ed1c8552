"""Requests about proposals of the room."""

from typing import ClassVar

import msgspec

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.criteria import CriterionDraft
from server.domain.options import OptionDraft
from server.domain.rules import About
from server.live.commands.options import completed_criteria, completed_option
from server.live.commands.request import HostRequest, Request
from server.live.commands.texts import tidied


class Propose(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="propose"):
    for_voters: ClassVar[bool] = True

    proposal: limits.ClientId
    name: limits.OptionName
    strapline: limits.Strapline = ""

    def action(self, board: Board) -> act.Propose:
        return act.Propose(
            proposal=self.proposal,
            name=tidied("name", self.name),
            strapline=tidied("strapline", self.strapline, empty=True),
        )


class WithdrawProposal(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="withdraw_proposal"
):
    for_observers: ClassVar[bool] = True

    proposal: limits.ClientId

    def action(self, board: Board) -> act.WithdrawProposal:
        found = board.require_proposal(self.proposal)
        return act.WithdrawProposal(proposal=self.proposal, said=found.idempotency_key)


class AcceptProposal(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="accept_proposal"
):
    proposal: limits.ClientId
    word: limits.ProposalWord = ""

    def action(self, board: Board) -> act.AcceptProposal:
        found = board.require_proposal(self.proposal)
        found.require_open()
        if found.about is About.CRITERIA:
            known = [CriterionDraft(**msgspec.structs.asdict(each)) for each in board.criteria]
            made = completed_criteria((*known, CriterionDraft(name=found.name)))[-1]
            return act.AcceptProposal(
                proposal=self.proposal,
                criterion=made,
                word=tidied("word", self.word, empty=True),
            )
        draft = OptionDraft(name=found.name, strapline=found.strapline)
        return act.AcceptProposal(
            proposal=self.proposal,
            option=completed_option(draft, board.options),
            word=tidied("word", self.word, empty=True),
        )


class MergeProposal(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="merge_proposal"
):
    proposal: limits.ClientId
    option: limits.Slug
    word: limits.ProposalWord = ""

    def action(self, board: Board) -> act.MergeProposal:
        return act.MergeProposal(
            proposal=self.proposal,
            option=self.option,
            word=tidied("word", self.word, empty=True),
        )


class DeclineProposal(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="decline_proposal"
):
    proposal: limits.ClientId
    word: limits.ProposalWord

    def action(self, board: Board) -> act.DeclineProposal:
        return act.DeclineProposal(proposal=self.proposal, word=tidied("word", self.word))
