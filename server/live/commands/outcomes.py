"""Requests about the outcome: a decision or a deferral, what people say to it, and its risks."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.decision import Consequence, Prediction
from server.domain.stances import Stance
from server.live.commands.request import HostRequest, Request, RoundNumber
from server.live.commands.texts import tidied
from server.live.outcomes import read_day


class ConsequenceDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: limits.Consequence
    owner: limits.Owner

    def complete(self) -> Consequence:
        return Consequence(
            text=tidied("consequence", self.text), owner=tidied("consequence-owner", self.owner)
        )


class PredictionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: limits.Prediction
    confidence: limits.Confidence

    def complete(self) -> Prediction:
        return Prediction(text=tidied("prediction", self.text), confidence=self.confidence)


class Decide(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="decide"):
    option: limits.Slug
    because: limits.Because
    revisit_on: limits.Day | None = None
    consequences: Annotated[
        tuple[ConsequenceDraft, ...], Meta(max_length=limits.MAX_CONSEQUENCES)
    ] = ()
    confirmation: limits.Confirmation = ""
    predictions: Annotated[
        tuple[PredictionDraft, ...], Meta(max_length=limits.MAX_PREDICTIONS)
    ] = ()

    def action(self, board: Board) -> act.Decide:
        return act.Decide(
            option=self.option,
            because=tidied("reason", self.because, lines=True, empty=True),
            revisit_on=None if self.revisit_on is None else read_day(self.revisit_on),
            consequences=tuple(each.complete() for each in self.consequences),
            confirmation=tidied("confirmation", self.confirmation, lines=True, empty=True).strip(),
            predictions=tuple(each.complete() for each in self.predictions),
        )


class ScorePrediction(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="score_prediction"
):
    prediction: Annotated[int, Meta(ge=1, le=limits.MAX_PREDICTIONS)]
    came_true: bool | None

    def action(self, board: Board) -> act.ScorePrediction:
        return act.ScorePrediction(prediction=self.prediction, came_true=self.came_true)


class TakeStance(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="stance"):
    for_voters: ClassVar[bool] = True

    round: RoundNumber
    option: limits.Slug
    stance: Stance | None
    reason: limits.StanceReason = ""

    def action(self, board: Board) -> act.TakeStance:
        return act.TakeStance(
            round=self.round,
            option=self.option,
            stance=self.stance,
            reason=tidied("reason", self.reason, lines=True, empty=True).strip(),
        )


class AssignRisk(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="assign_risk"
):
    risk: Annotated[str, Meta(max_length=40)]
    owner: limits.AnyOwner

    def action(self, board: Board) -> act.AssignRisk:
        return act.AssignRisk(risk=self.risk, owner=tidied("owner", self.owner, empty=True).strip())


class OpenPremortem(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="open_premortem"
):
    option: limits.Slug

    def action(self, board: Board) -> act.OpenPremortem:
        return act.OpenPremortem(option=self.option)


class RevealPremortem(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reveal_premortem"
):
    def action(self, board: Board) -> act.RevealPremortem:
        return act.RevealPremortem()


class Defer(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="defer"):
    owner: limits.Owner
    because: limits.Because
    revisit_on: limits.Day

    def action(self, board: Board) -> act.Defer:
        return act.Defer(
            owner=tidied("owner", self.owner),
            because=tidied("reason", self.because, lines=True, empty=True),
            revisit_on=read_day(self.revisit_on),
        )


class Reopen(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reopen"):
    def action(self, board: Board) -> act.Reopen:
        return act.Reopen()
