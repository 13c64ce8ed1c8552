"""Requests that open, time, lock and reveal rounds."""

import random
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.criteria import MAX_CRITERIA, CriterionDraft
from server.domain.options import FURTHER_DISCUSSION
from server.domain.rules import About, Names, RoundSettings, TieBreak, Visibility
from server.live.commands.options import completed_criteria
from server.live.commands.request import HostRequest, RoundNumber


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
