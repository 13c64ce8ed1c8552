"""Handlers for what people say of options and to an outcome, and for what becomes of its risks."""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.options import FURTHER_DISCUSSION
from server.domain.premortem import Premortem
from server.domain.refusals import Code, Refused
from server.domain.risks import require_risk
from server.domain.rounds import State
from server.domain.stances import Stance, Stated
from server.domain.state import BoardState
from server.words.catalogue import words


def say_experience(board: BoardState, at: int, by: str, action: act.SayExperience) -> Effect:
    current = board.latest_round(action.round)
    if current.settings.experience is not True:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-experience", round=current.n))
    # Said once the result is there, it would tell two splits that differ in one person.
    current.require_open(at)
    current.require_voter(by)
    if action.option not in current.names or action.option == FURTHER_DISCUSSION:
        raise Refused(
            Code.NO_SUCH_OPTION, words("refusal-no-option", option=repr(action.option[:40]))
        )

    def effect() -> Change:
        current.know(by, action.option, action.level)
        return Change(experience_of=by)

    return effect


def take_stance(board: BoardState, at: int, by: str, action: act.TakeStance) -> Effect:
    current = board.latest_round(action.round)
    if current.settings.stances is not True:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-stances", round=current.n))
    if current.state is not State.REVEALED:
        raise Refused(Code.ROUND_OPEN, words("refusal-stance-early", round=current.n))
    current.require_voter(by)
    if action.option not in current.names:
        raise Refused(
            Code.NO_SUCH_OPTION, words("refusal-no-option", option=repr(action.option[:40]))
        )
    stated = None
    if action.stance is not None:
        reason = "" if action.stance is Stance.COMMIT else action.reason
        if action.stance is not Stance.COMMIT:
            if not reason:
                raise Refused(Code.NOT_ALLOWED, words("refusal-stance-reason"))
            current.stances.require_room(by)
        stated = Stated(option=action.option, stance=action.stance, reason=reason)

    def effect() -> Change:
        current.stances.state(by, stated)
        return Change(stances=True, stance_of=by)

    return effect


def moved_by(board: BoardState, at: int, by: str, action: act.MovedBy) -> Effect:
    current = board.latest_round(action.round)
    current.require_voter(by)
    if current.since is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-moved-first"))
    if action.comment is not None:
        if by not in current.ballots:
            raise Refused(Code.NOT_ALLOWED, words("refusal-moved-no-ballot"))
        if board.require_comment(action.comment).hidden:
            raise Refused(Code.NO_SUCH_COMMENT, words("refusal-no-comment"))

    def effect() -> Change:
        current.note_moved(by, action.comment)
        return Change(tally=current.state is State.REVEALED, moved=by)

    return effect


def assign_risk(board: BoardState, at: int, by: str, action: act.AssignRisk) -> Effect:
    require_risk(board, action.risk)

    def effect() -> Change:
        if action.owner:
            board.risk_owners[action.risk] = action.owner
        else:
            board.risk_owners.pop(action.risk, None)
        return Change(stances=True)

    return effect


def open_premortem(board: BoardState, at: int, by: str, action: act.OpenPremortem) -> Effect:
    board.require_no_voting("refusal-premortem-voting")
    board.require_talk()
    board.require_option(action.option)
    if board.premortem is not None and board.premortem.is_open:
        raise Refused(Code.ROUND_OPEN, words("refusal-premortem-open"))

    def effect() -> Change:
        board.premortem = Premortem(option=action.option, seq=board.seq, opened_at=at)
        board.sealing = board.seq
        return Change(board=True, sealed=True)

    return effect


def reveal_premortem(board: BoardState, at: int, by: str, action: act.RevealPremortem) -> Effect:
    premortem = board.premortem
    if premortem is None or not premortem.is_open:
        raise Refused(Code.ROUND_CLOSED, words("refusal-no-premortem"))

    def effect() -> Change:
        board.premortem = structs.replace(premortem, revealed_at=at)
        board.unseal(at)
        return Change(board=True, sealed=True, stances=True, resync=True)

    return effect


OUTCOME_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.SayExperience: say_experience,
    act.TakeStance: take_stance,
    act.MovedBy: moved_by,
    act.AssignRisk: assign_risk,
    act.OpenPremortem: open_premortem,
    act.RevealPremortem: reveal_premortem,
}
