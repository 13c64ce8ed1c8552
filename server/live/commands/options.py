"""Requests about options, and what they are judged by: gates and criteria."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.criteria import MAX_CRITERIA, Criterion, CriterionDraft, CriterionError
from server.domain.criteria import complete as complete_criteria
from server.domain.gates import MAX_GATES, Gate, GateDraft, GateError, Standing
from server.domain.gates import complete as complete_gates
from server.domain.options import Option, OptionDraft, OptionError, complete
from server.domain.refusals import Code, Refused
from server.domain.rules import given
from server.live.commands.request import HostRequest, RoundNumber
from server.live.commands.texts import tidied


class AddOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="add_option"
):
    option: OptionDraft

    def action(self, board: Board) -> act.AddOption:
        return act.AddOption(option=completed_option(self.option, board.options))


class OptionEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of an option to change; omitted fields stay as they are."""

    id: limits.Slug
    name: limits.OptionName | UnsetType = UNSET
    strapline: limits.Strapline | UnsetType = UNSET
    features: limits.Features | UnsetType = UNSET
    suited_to: limits.SuitedTo | UnsetType = UNSET
    link: limits.Link | UnsetType = UNSET
    tags: limits.Tags | UnsetType = UNSET
    hue: limits.Hue | UnsetType = UNSET


class EditOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="edit_option"
):
    option: OptionEdit

    def action(self, board: Board) -> act.EditOption:
        known = board.require_option(self.option.id)
        draft = OptionDraft(**msgspec.structs.asdict(known) | given(self.option))
        others = [option for option in board.options if option.id != known.id]
        return act.EditOption(option=completed_option(draft, others))


class RemoveOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="remove_option"
):
    option: limits.Slug

    def action(self, board: Board) -> act.RemoveOption:
        return act.RemoveOption(option=self.option)


class SetGates(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_gates"):
    gates: Annotated[tuple[GateDraft, ...], Meta(max_length=MAX_GATES)]

    def action(self, board: Board) -> act.SetGates:
        return act.SetGates(gates=completed_gates(self.gates))


class AnswerGate(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="answer_gate"
):
    gate: limits.Slug
    option: limits.Slug
    answer: Standing
    evidence: limits.Evidence = ""

    def action(self, board: Board) -> act.AnswerGate:
        return act.AnswerGate(
            gate=self.gate,
            option=self.option,
            answer=self.answer,
            evidence=tidied("evidence", self.evidence, lines=True, empty=True),
        )


class SetCriteria(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_criteria"
):
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)]

    def action(self, board: Board) -> act.SetCriteria:
        return act.SetCriteria(criteria=completed_criteria(self.criteria))


class TakeWeights(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="take_weights"
):
    round: RoundNumber

    def action(self, board: Board) -> act.TakeWeights:
        return act.TakeWeights(round=self.round)


def unfit(error: OptionError) -> Refused:
    """Translate an error about an option into a refusal."""
    code = Code.BAD_SETTINGS if error.code == "not_understood" else Code(error.code)
    return Refused(code, str(error))


def completed_criteria(drafts: tuple[CriterionDraft, ...]) -> tuple[Criterion, ...]:
    """Complete criteria. Raises Refused `bad_settings` if they are invalid."""
    try:
        return complete_criteria(drafts)
    except CriterionError as error:
        raise Refused(Code.BAD_SETTINGS, str(error)) from error


def completed_gates(drafts: tuple[GateDraft, ...]) -> tuple[Gate, ...]:
    """Complete gates. Raises Refused `bad_settings` if they are invalid."""
    try:
        return complete_gates(drafts)
    except GateError as error:
        raise Refused(Code.BAD_SETTINGS, str(error)) from error


def completed_option(draft: OptionDraft, taken: tuple[Option, ...] | list[Option]) -> Option:
    try:
        (option,) = complete([draft], taken)
    except OptionError as error:
        raise unfit(error) from error
    return option
