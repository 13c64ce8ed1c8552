"""Handlers that create a board, change its settings, rename people, and record what was decided."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, structs

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.decision import Decision, Deferral, Prediction
from server.domain.hosts import FIRST_HOST, Host
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.rules import Entrance
from server.domain.state import BoardState
from server.words.catalogue import words


def create(board: BoardState, at: int, by: str, action: act.Create) -> Effect:
    def effect() -> Change:
        board.code = action.code
        board.title = action.title
        board.context = action.context
        board.settings = action.settings
        board.options = action.options
        board.hosts[FIRST_HOST] = Host(name=None, key=action.host)
        board.criteria = action.criteria
        board.gates = action.gates
        return Change(board=True)

    return effect


def set_board(board: BoardState, at: int, by: str, action: act.SetBoard) -> Effect:
    settings = board.settings
    if action.settings is not UNSET:
        settings = action.settings.applied_to(settings)
    if settings.host_sees_results != board.settings.host_sees_results:
        # Switched on and off between two votes, it would reveal each single ballot to the host.
        _require_settled(board, "refusal-settled-results")
    before, entry = board.settings.entry, settings.entry
    admission = entry is not before
    if admission and Entrance.INVITED in {before, entry}:
        # Otherwise, someone who has voted could open an invitation and vote again. Closing the
        # board to newcomers is always possible: it may be needed at any moment, and no one changes
        # seats.
        _require_settled(board, "refusal-settled-voters")

    def effect() -> Change:
        if action.title is not UNSET:
            board.title = action.title
        if action.context is not UNSET:
            board.context = action.context
        if admission and entry is Entrance.ADMITTED:
            board.admitted.update(action.present, board.names)
        renamed = settings.show_names != board.settings.show_names
        board.settings = settings
        if renamed:
            # Names appear on every comment, and there may be thousands of comments.
            board.named = board.comments.resync = board.seq
        return Change(board=True, people=True, roles=admission, resync=renamed)

    return effect


def _require_settled(board: BoardState, refusal: str) -> None:
    current = board.round
    if current and current.state is not State.REVEALED:
        raise Refused(Code.ROUND_OPEN, words(refusal, round=current.n))


def rename(board: BoardState, at: int, by: str, action: act.Rename) -> Effect:
    def effect() -> Change:
        if action.name:
            board.names.choose(by, action.name, distinct=action.distinct)
        else:
            board.names.release(by)
        board.named = board.seq
        return Change(people=True)

    return effect


def decide(board: BoardState, at: int, by: str, action: act.Decide) -> Effect:
    board.require_no_voting("refusal-unrevealed-decide")
    board.require_choice(action.option)

    def effect() -> Change:
        voted = any(each.voters for each in board.rounds)
        board.decision = Decision(
            option=action.option,
            because=action.because,
            revisit_on=action.revisit_on,
            at=at,
            without_vote=UNSET if voted else True,
            consequences=action.consequences or UNSET,
            confirmation=action.confirmation or UNSET,
            predictions=_with_scores(board, action.predictions) or UNSET,
        )
        board.deferral = None
        return Change(board=True)

    return effect


def _with_scores(board: BoardState, predictions: tuple[Prediction, ...]) -> tuple[Prediction, ...]:
    """Return predictions with the scores that those had which stay as they were."""
    before = (board.decision.predictions or ()) if board.decision else ()
    known = {(each.text, each.confidence): each for each in before}
    return tuple(known.get((each.text, each.confidence), each) for each in predictions)


def score_prediction(board: BoardState, at: int, by: str, action: act.ScorePrediction) -> Effect:
    decision = board.decision
    predictions = list(decision.predictions or ()) if decision else []
    if decision is None or not 1 <= action.prediction <= len(predictions):
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-prediction", n=action.prediction))
    came_true = UNSET if action.came_true is None else action.came_true
    place = action.prediction - 1
    predictions[place] = structs.replace(predictions[place], came_true=came_true)

    def effect() -> Change:
        board.decision = structs.replace(decision, predictions=tuple(predictions))
        return Change(board=True)

    return effect


def defer(board: BoardState, at: int, by: str, action: act.Defer) -> Effect:
    board.require_no_voting("refusal-unrevealed-decide")

    def effect() -> Change:
        board.decision = None
        board.deferral = Deferral(
            owner=action.owner, because=action.because, revisit_on=action.revisit_on, at=at
        )
        return Change(board=True)

    return effect


def reopen(board: BoardState, at: int, by: str, action: act.Reopen) -> Effect:
    if board.outcome is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-decision"))

    def effect() -> Change:
        board.decision = board.deferral = None
        return Change(board=True)

    return effect


def archive(board: BoardState, at: int, by: str, action: act.Archive) -> Effect:
    if action.on:
        board.require_no_voting("refusal-unrevealed-archive")
        board.require_no_premortem()
    if action.on == (board.archived_at is not None):
        refusal = "refusal-archived-already" if action.on else "refusal-not-archived"
        raise Refused(Code.NOT_ALLOWED, words(refusal))

    def effect() -> Change:
        board.archived_at = at if action.on else None
        return Change(board=True)

    return effect


BOARD_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.Create: create,
    act.SetBoard: set_board,
    act.Rename: rename,
    act.Decide: decide,
    act.ScorePrediction: score_prediction,
    act.Defer: defer,
    act.Reopen: reopen,
    act.Archive: archive,
}
