"""What a voter may request in a round."""

from typing import Any, ClassVar

from server.domain import actions as act
from server.domain import limits
from server.domain.board import Board
from server.domain.levels import Level
from server.live.commands.request import Request, RoundNumber


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


class SayExperience(
    Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="experience"
):
    for_voters: ClassVar[bool] = True

    round: RoundNumber
    option: limits.Slug
    level: Level | None

    def action(self, board: Board) -> act.SayExperience:
        return act.SayExperience(round=self.round, option=self.option, level=self.level)


class MovedBy(Request, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="moved_by"):
    for_voters: ClassVar[bool] = True

    round: RoundNumber
    comment: limits.ClientId | None

    def action(self, board: Board) -> act.MovedBy:
        return act.MovedBy(round=self.round, comment=self.comment)
