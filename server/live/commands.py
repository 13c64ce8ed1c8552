"""What a client may request: a closed union of structs, and the action that each requests."""

import random
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from server.domain import actions as act
from server.domain import limits, text
from server.domain.board import Board
from server.domain.criteria import MAX_CRITERIA, Criterion, CriterionDraft, CriterionError
from server.domain.criteria import complete as complete_criteria
from server.domain.decision import Consequence, Prediction
from server.domain.gates import MAX_GATES, Gate, GateDraft, GateError, Standing
from server.domain.gates import complete as complete_gates
from server.domain.levels import Level
from server.domain.meeting import MAX_QUESTIONS
from server.domain.options import (
    FURTHER_DISCUSSION,
    Option,
    OptionDraft,
    OptionError,
    complete,
)
from server.domain.refusals import Code, Refused
from server.domain.rules import (
    About,
    BoardSettingsChange,
    Names,
    RoundSettings,
    TieBreak,
    Visibility,
    given,
)
from server.domain.stances import Stance
from server.live.messages import View
from server.live.outcomes import read_day
from server.words.catalogue import words

RoundNumber = Annotated[int, Meta(ge=1, le=1_000_000)]


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    epoch: Annotated[str, Meta(max_length=64)]
    seq: Annotated[int, Meta(ge=0)]


class Hello(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hello"):
    view: View
    name: limits.AnyPersonName | None = None
    since: Since | None = None


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """A request of a client; its `id` identifies the answer."""

    for_host: ClassVar[bool] = False
    """Only a host may make this request; all others require a seat."""
    for_observers: ClassVar[bool] = False
    """May also be made by those who chose to only watch."""
    for_voters: ClassVar[bool] = False
    """Only someone who may vote on this board may make it."""
    for_browser: ClassVar[bool] = False
    """Made on behalf of the browser, which need not have a seat."""

    id: limits.ClientId

    def action(self, board: Board) -> act.AnyAction:
        """Return the action to log. Raises Refused."""
        raise NotImplementedError


class HostRequest(Request, frozen=True, kw_only=True, forbid_unknown_fields=True):
    for_host: ClassVar[bool] = True


class Vote(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="vote"):
    for_voters: ClassVar[bool] = True

    round: RoundNumber
    ballot: dict[str, Any]

    def action(self, board: Board) -> act.Vote:
        return act.Vote(round=self.round, ballot=self.ballot)


class Withdraw(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="withdraw"):
    for_observers: ClassVar[bool] = True

    round: RoundNumber

    def action(self, board: Board) -> act.Withdraw:
        return act.Withdraw(round=self.round)


class Comment(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="comment"):
    option: limits.Slug
    kind: act.Kind
    text: limits.CommentText
    parent: limits.ClientId | None = None
    comment: limits.ClientId

    def action(self, board: Board) -> act.Comment:
        return act.Comment(
            comment=self.comment,
            option=self.option,
            kind=self.kind,
            text=_text("comment", self.text, lines=True),
            parent=self.parent,
        )


class EditComment(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="edit_comment"
):
    comment: limits.ClientId
    text: limits.CommentText

    def action(self, board: Board) -> act.EditComment:
        return act.EditComment(comment=self.comment, text=_text("comment", self.text, lines=True))


class DeleteComment(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="delete_comment"
):
    for_observers: ClassVar[bool] = True

    comment: limits.ClientId

    def action(self, board: Board) -> act.DeleteComment:
        found = board.require_any_comment(self.comment)
        return act.DeleteComment(
            comment=self.comment,
            option=found.option,
            said=found.idempotency_key,
            sealed=board.sealing if self.comment in board.comments.sealed else 0,
        )


class React(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="react"):
    comment: limits.ClientId
    emoji: limits.Emoji
    on: bool

    def action(self, board: Board) -> act.React:
        emoji = _text("reaction", self.emoji)
        return act.React(comment=self.comment, emoji=emoji, on=self.on)


class Rename(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rename"):
    for_observers: ClassVar[bool] = True

    name: limits.AnyPersonName | None

    def action(self, board: Board) -> act.Rename:
        name = person_name(self.name)
        if name is None and (self.name or "").strip():
            raise Refused(Code.NOT_UNDERSTOOD, words("refusal-text-empty", what="name"))
        return act.Rename(name=name)


class Observe(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="observe"):
    for_observers: ClassVar[bool] = True

    on: bool

    def action(self, board: Board) -> act.Observe:
        return act.Observe(on=self.on)


class RoundRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    visibility: Visibility = Visibility.ON_REVEAL
    names: Names = Names.SECRET
    seconds: int | None = None
    options: Annotated[tuple[limits.Slug, ...], Meta(max_length=limits.MAX_OPTIONS)] | None = None
    further_discussion: bool = False
    tie_break: TieBreak = TieBreak.NONE
    shuffle: bool = True
    sealed_talk: bool = False
    stances: bool = False
    experience: bool = False
    dots: int | UnsetType = UNSET
    per_option: int | UnsetType = UNSET
    about: About = About.OPTIONS
    criteria: Annotated[tuple[CriterionDraft, ...], Meta(max_length=MAX_CRITERIA)] | UnsetType = (
        UNSET
    )
    quorum: float | UnsetType = UNSET


class OpenRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="open_round"
):
    method: Annotated[str, Meta(max_length=40)]
    settings: RoundRequest = RoundRequest()

    def action(self, board: Board) -> act.OpenRound:
        asked = self.settings
        return act.OpenRound(
            method=self.method,
            settings=RoundSettings(
                visibility=asked.visibility,
                names=asked.names,
                seconds=asked.seconds,
                further_discussion=asked.further_discussion,
                tie_break=asked.tie_break,
                shuffle=asked.shuffle,
                sealed_talk=asked.sealed_talk or UNSET,
                stances=asked.stances or UNSET,
                experience=asked.experience or UNSET,
                dots=asked.dots,
                per_option=asked.per_option,
                about=UNSET if asked.about is About.OPTIONS else asked.about,
                criteria=UNSET if asked.criteria is UNSET else completed_criteria(asked.criteria),
                quorum=asked.quorum,
            ),
            options=asked.options,
            drawn=self._draw_lot(board) if asked.tie_break is TieBreak.LOT else (),
        )

    def _draw_lot(self, board: Board) -> tuple[str, ...]:
        """Draw the lot. It is logged, so that every process breaks ties alike."""
        options = self.settings.options
        ids = [option.id for option in board.votable] if options is None else list(options)
        if self.settings.further_discussion:
            ids.append(FURTHER_DISCUSSION)
        return tuple(random.SystemRandom().sample(ids, len(ids)))


class LockRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="lock_round"
):
    round: RoundNumber

    def action(self, board: Board) -> act.LockRound:
        return act.LockRound(round=self.round)


class RevealRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reveal_round"
):
    round: RoundNumber
    at_once: bool = False
    """Without what leads up to the result, or without the rest of it."""

    def action(self, board: Board) -> act.RevealRound:
        return act.RevealRound(round=self.round, at_once=self.at_once)


class ReopenRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reopen_round"
):
    round: RoundNumber

    def action(self, board: Board) -> act.ReopenRound:
        return act.ReopenRound(round=self.round)


class ExtendRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="extend_round"
):
    round: RoundNumber
    seconds: Annotated[int, Meta(ge=1, le=86_400)]

    def action(self, board: Board) -> act.ExtendRound:
        return act.ExtendRound(round=self.round, seconds=self.seconds)


class PauseRound(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="pause_round"
):
    round: RoundNumber
    on: bool

    def action(self, board: Board) -> act.PauseRound:
        return act.PauseRound(round=self.round, on=self.on)


class AddOption(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="add_option"
):
    option: OptionDraft

    def action(self, board: Board) -> act.AddOption:
        return act.AddOption(option=_completed(self.option, board.options))


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
        return act.EditOption(option=_completed(draft, others))


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
            evidence=_text("evidence", self.evidence, lines=True, empty=True),
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


class Propose(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="propose"):
    for_voters: ClassVar[bool] = True

    proposal: limits.ClientId
    name: limits.OptionName
    strapline: limits.Strapline = ""

    def action(self, board: Board) -> act.Propose:
        return act.Propose(
            proposal=self.proposal,
            name=_text("name", self.name),
            strapline=_text("strapline", self.strapline, empty=True),
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
                word=_text("word", self.word, empty=True),
            )
        draft = OptionDraft(name=found.name, strapline=found.strapline)
        return act.AcceptProposal(
            proposal=self.proposal,
            option=_completed(draft, board.options),
            word=_text("word", self.word, empty=True),
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
            word=_text("word", self.word, empty=True),
        )


class DeclineProposal(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="decline_proposal"
):
    proposal: limits.ClientId
    word: limits.ProposalWord

    def action(self, board: Board) -> act.DeclineProposal:
        return act.DeclineProposal(proposal=self.proposal, word=_text("word", self.word))


class SetBoard(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_board"):
    title: limits.Title | UnsetType = UNSET
    context: limits.Context | UnsetType = UNSET
    settings: BoardSettingsChange | UnsetType = UNSET

    def action(self, board: Board) -> act.SetBoard:
        return act.SetBoard(
            title=UNSET if self.title is UNSET else _text("title", self.title),
            context=UNSET
            if self.context is UNSET
            else _text("context", self.context, lines=True, empty=True),
            settings=self.settings,
        )


class HideComment(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hide_comment"
):
    comment: limits.ClientId
    on: bool

    def action(self, board: Board) -> act.HideComment:
        return act.HideComment(comment=self.comment, on=self.on)


class PinComment(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="pin_comment"
):
    comment: limits.ClientId
    on: bool

    def action(self, board: Board) -> act.PinComment:
        return act.PinComment(comment=self.comment, on=self.on)


class SetArgument(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="set_argument"
):
    comment: limits.ClientId
    side: act.Side | None
    text: limits.ArgumentText = ""

    def action(self, board: Board) -> act.SetArgument:
        said = board.require_comment(self.comment).text
        wording = _text("argument", self.text, lines=True, empty=True)
        is_worded = self.side is not None and text.visible(wording) and wording != said
        return act.SetArgument(
            comment=self.comment, side=self.side, text=wording if is_worded else ""
        )


class ConsequenceDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: limits.Consequence
    owner: limits.Owner

    def complete(self) -> Consequence:
        return Consequence(
            text=_text("consequence", self.text), owner=_text("consequence-owner", self.owner)
        )


class PredictionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: limits.Prediction
    confidence: limits.Confidence

    def complete(self) -> Prediction:
        return Prediction(text=_text("prediction", self.text), confidence=self.confidence)


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
            because=_text("reason", self.because, lines=True, empty=True),
            revisit_on=None if self.revisit_on is None else read_day(self.revisit_on),
            consequences=tuple(each.complete() for each in self.consequences),
            confirmation=_text("confirmation", self.confirmation, lines=True, empty=True).strip(),
            predictions=tuple(each.complete() for each in self.predictions),
        )


class ScorePrediction(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="score_prediction"
):
    prediction: Annotated[int, Meta(ge=1, le=limits.MAX_PREDICTIONS)]
    came_true: bool | None

    def action(self, board: Board) -> act.ScorePrediction:
        return act.ScorePrediction(prediction=self.prediction, came_true=self.came_true)


class SayExperience(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="experience"
):
    for_voters: ClassVar[bool] = True

    round: RoundNumber
    option: limits.Slug
    level: Level | None

    def action(self, board: Board) -> act.SayExperience:
        return act.SayExperience(round=self.round, option=self.option, level=self.level)


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
            reason=_text("reason", self.reason, lines=True, empty=True).strip(),
        )


class MovedBy(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="moved_by"):
    for_voters: ClassVar[bool] = True

    round: RoundNumber
    comment: limits.ClientId | None

    def action(self, board: Board) -> act.MovedBy:
        return act.MovedBy(round=self.round, comment=self.comment)


class AssignRisk(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="assign_risk"
):
    risk: Annotated[str, Meta(max_length=40)]
    owner: limits.AnyOwner

    def action(self, board: Board) -> act.AssignRisk:
        return act.AssignRisk(risk=self.risk, owner=_text("owner", self.owner, empty=True).strip())


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
            owner=_text("owner", self.owner),
            because=_text("reason", self.because, lines=True, empty=True),
            revisit_on=read_day(self.revisit_on),
        )


class Reopen(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="reopen"):
    def action(self, board: Board) -> act.Reopen:
        return act.Reopen()


class Archive(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="archive"):
    on: bool

    def action(self, board: Board) -> act.Archive:
        return act.Archive(on=self.on)


class DeleteBoard(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="delete_board"
):
    """Not an action: with the board, its log is gone. The room carries it out."""

    code: limits.ClientId
    """The board's code, so that nothing else is deleted by mistake."""

    def require_code(self, board: Board) -> None:
        """Raise Refused `not_understood` for the code of another board."""
        if self.code != board.code:
            raise Refused(Code.NOT_UNDERSTOOD, words("refusal-delete-code", code=board.code))


class Admit(HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="admit"):
    who: Annotated[tuple[limits.ClientId, ...], Meta(min_length=1, max_length=200)] | UnsetType = (
        UNSET
    )
    """Ids of those to admit; omitted: everyone who waits."""

    def action(self, board: Board) -> act.Admit:
        # The room fills in who they are, because it knows who is present.
        return act.Admit(seats=() if self.who is UNSET else self.who)


BoardCode = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,16}\Z")]
"""The code of a board, as the server writes it."""


class MoveQuestion(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="move_question"
):
    question: BoardCode
    place: Annotated[int, Meta(ge=1, le=MAX_QUESTIONS)]

    def action(self, board: Board) -> act.MoveQuestion:
        return act.MoveQuestion(question=self.question, place=self.place)


class RemoveQuestion(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="remove_question"
):
    question: BoardCode

    def action(self, board: Board) -> act.RemoveQuestion:
        return act.RemoveQuestion(question=self.question)


class GoToQuestion(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="go_to_question"
):
    question: BoardCode | None
    """None ends the meeting."""
    leaving: BoardCode | None
    """Where this host sees the meeting; None: at its end."""

    def action(self, board: Board) -> act.GoToQuestion:
        return act.GoToQuestion(question=self.question, leaving=self.leaving)


class RemoveHost(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="remove_host"
):
    host: limits.ClientId

    def action(self, board: Board) -> act.RemoveHost:
        return act.RemoveHost(host=self.host)


class RenewInvite(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="renew_invite"
):
    invite: limits.ClientId

    def action(self, board: Board) -> act.RenewInvite:
        return act.RenewInvite(invite=self.invite)


class RevokeInvite(
    HostRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="revoke_invite"
):
    invite: limits.ClientId

    def action(self, board: Board) -> act.RevokeInvite:
        return act.RevokeInvite(invite=self.invite)


AnyRequest = (
    Vote
    | Withdraw
    | Comment
    | EditComment
    | DeleteComment
    | React
    | Rename
    | Observe
    | OpenRound
    | LockRound
    | RevealRound
    | ReopenRound
    | ExtendRound
    | PauseRound
    | AddOption
    | EditOption
    | RemoveOption
    | SetGates
    | AnswerGate
    | SetCriteria
    | TakeWeights
    | Propose
    | WithdrawProposal
    | AcceptProposal
    | MergeProposal
    | DeclineProposal
    | SetBoard
    | HideComment
    | PinComment
    | SetArgument
    | Decide
    | ScorePrediction
    | SayExperience
    | TakeStance
    | MovedBy
    | AssignRisk
    | OpenPremortem
    | RevealPremortem
    | Defer
    | Reopen
    | Archive
    | DeleteBoard
    | Admit
    | RemoveHost
    | RenewInvite
    | RevokeInvite
    | MoveQuestion
    | RemoveQuestion
    | GoToQuestion
)


def host_name(name: str) -> str:
    """Clean a host's name. Raises Refused `not_understood`."""
    return _text("name", name)


def person_name(name: str | None) -> str | None:
    """Clean a name; None or blank means none. Raises Refused `not_understood`."""
    clean = _text("name", name or "", empty=True)
    return clean if text.visible(clean) else None


def _text(what: str, raw: str, *, lines: bool = False, empty: bool = False) -> str:
    try:
        clean = text.tidy(raw.replace("\t", "    "), lines=lines)
    except ValueError as error:
        raise Refused(
            Code.NOT_UNDERSTOOD, words("refusal-text", what=what, problem=str(error))
        ) from error
    if not empty and not text.visible(clean):
        raise Refused(Code.NOT_UNDERSTOOD, words("refusal-text-empty", what=what))
    return clean


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


def _completed(draft: OptionDraft, taken: tuple[Option, ...] | list[Option]) -> Option:
    try:
        (option,) = complete([draft], taken)
    except OptionError as error:
        raise unfit(error) from error
    return option
