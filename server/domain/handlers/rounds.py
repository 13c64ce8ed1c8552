"""Handlers that open, time, lock and reveal rounds, and cast votes in them."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from server.domain import actions as act
from server.domain.changes import Change, Effect
from server.domain.criteria import voted_on
from server.domain.limits import MIN_OPTIONS_TO_VOTE
from server.domain.methods import METHODS
from server.domain.options import Option
from server.domain.refusals import Code, Refused
from server.domain.rounds import Round, State, require_seconds
from server.domain.rules import About, TieBreak
from server.domain.state import BoardState
from server.words.catalogue import listed, words

MAX_ROUNDS = 100


def open_round(board: BoardState, at: int, by: str, action: act.OpenRound) -> Effect:
    board.require_no_voting("refusal-unrevealed-open")
    board.require_no_premortem()
    if action.method not in METHODS:
        raise Refused(
            Code.UNKNOWN_METHOD, words("refusal-unknown-method", methods=listed([*METHODS]))
        )
    if len(board.rounds) >= MAX_ROUNDS:
        raise Refused(Code.TOO_MANY, words("refusal-rounds-full", max=MAX_ROUNDS))
    if action.settings.seconds is not None:
        require_seconds(action.settings.seconds)
    is_about_criteria = action.settings.about is About.CRITERIA
    if is_about_criteria:
        _require_fit_for_criteria(board, action)
    opened = Round(
        len(board.rounds) + 1,
        action.method,
        action.settings,
        () if is_about_criteria else _chosen(board, action.options),
        at,
        criteria=board.criteria,
        lot=action.drawn,
        rules=action.rules,
        before=next(
            (e for e in reversed(board.rounds) if e.is_about_criteria is is_about_criteria), None
        ),
        early_host=board.settings.host_sees_results,
        names=voted_on(board.criteria) if is_about_criteria else None,
        weights_from=board.weights_from,
    )
    if len(opened.names) < MIN_OPTIONS_TO_VOTE:
        refusal = "refusal-round-options" if board.votable == board.options else "refusal-round-out"
        raise Refused(Code.BAD_SETTINGS, words(refusal, min=MIN_OPTIONS_TO_VOTE))

    def effect() -> Change:
        board.rounds.append(opened)
        if opened.settings.sealed_talk is True:
            board.sealing = board.seq
        return Change(round=True, tally=True, people=True, sealed=board.seals_talk)

    return effect


def _require_fit_for_criteria(board: BoardState, action: act.OpenRound) -> None:
    """Raise Refused `bad_settings` for rules that make no sense in a round about criteria."""
    settings = action.settings
    has_tie_break = settings.tie_break not in (UNSET, TieBreak.NONE)
    asks_of_options = True in (settings.stances, settings.experience, settings.further_discussion)
    if action.options is not None or asks_of_options or has_tie_break:
        raise Refused(Code.BAD_SETTINGS, words("refusal-criteria-rules"))
    if len(board.criteria) < MIN_OPTIONS_TO_VOTE:
        raise Refused(Code.BAD_SETTINGS, words("refusal-criteria-few", min=MIN_OPTIONS_TO_VOTE))


def _chosen(board: BoardState, ids: tuple[str, ...] | None) -> tuple[Option, ...]:
    """Return the options of a round, in the board's order."""
    if ids is None:
        return board.votable
    for option in ids:
        board.require_passed(board.require_option(option), "refusal-round-failed")
    if len(set(ids)) < len(ids):
        raise Refused(Code.BAD_SETTINGS, words("refusal-round-option-twice"))
    return tuple(option for option in board.options if option.id in ids)


def lock_round(board: BoardState, at: int, by: str, action: act.LockRound) -> Effect:
    current = board.latest_round(action.round)
    if current.state is not State.OPEN:
        raise Refused(Code.ROUND_CLOSED, words("refusal-round-closed-already", round=current.n))
    # The server locks a round when time is up, unless the time was extended just before.
    if not by and (current.deadline is None or at < current.deadline):
        raise Refused(Code.ROUND_OPEN, words("refusal-round-time-left", round=current.n))

    return lambda: _set_state(current, State.LOCKED)


def reveal_round(board: BoardState, at: int, by: str, action: act.RevealRound) -> Effect:
    current = board.latest_round(action.round)
    hurries = action.at_once and current.shown_at is not None and at < current.shown_at
    if current.state is State.REVEALED and not hurries:
        raise Refused(Code.ROUND_CLOSED, words("refusal-round-revealed-already", round=current.n))

    def effect() -> Change:
        unseals = board.seals_talk
        current.reveal(at, at_once=action.at_once)
        if unseals:
            board.unseal(current.shown_at or at)
        # Comments that appear together are sent together, with a fresh welcome: a client that is
        # cut off between two of them could not say which it has.
        return Change(round=True, tally=True, people=True, sealed=unseals, resync=unseals)

    return effect


def reopen_round(board: BoardState, at: int, by: str, action: act.ReopenRound) -> Effect:
    current = board.latest_round(action.round)
    if current.state is State.REVEALED:
        raise Refused(Code.ROUND_CLOSED, words("refusal-round-revealed", round=current.n))
    if current.takes_ballots(at):
        raise Refused(Code.ROUND_OPEN, words("refusal-round-open-already", round=current.n))

    def effect() -> Change:
        if current.deadline is not None and current.deadline <= at:
            current.deadline = None
        return _set_state(current, State.OPEN)

    return effect


def extend_round(board: BoardState, at: int, by: str, action: act.ExtendRound) -> Effect:
    current = board.latest_round(action.round)
    current.require_open(at)
    paused = current.remaining_ms is not None
    remaining_ms = (current.remaining_ms or 0) if paused else (current.deadline or at) - at
    remaining_ms += action.seconds * 1000
    require_seconds(remaining_ms // 1000)
    return lambda: _set_clock(current, at, remaining_ms, paused=paused)


def pause_round(board: BoardState, at: int, by: str, action: act.PauseRound) -> Effect:
    current = board.latest_round(action.round)
    current.require_open(at)
    paused = current.remaining_ms is not None
    if action.on == paused:
        refusal = "refusal-paused-already" if paused else "refusal-not-paused"
        raise Refused(Code.NOT_ALLOWED, words(refusal, round=current.n))
    remaining_ms = current.remaining_ms if current.deadline is None else current.deadline - at
    if remaining_ms is None:
        raise Refused(Code.NOT_ALLOWED, words("refusal-round-no-limit", round=current.n))
    return lambda: _set_clock(current, at, remaining_ms, paused=action.on)


def _set_state(current: Round, state: State) -> Change:
    current.set_state(state)
    return Change(round=True, tally=True, people=True)


def _set_clock(current: Round, at: int, remaining_ms: int, *, paused: bool) -> Change:
    current.remaining_ms = remaining_ms if paused else None
    current.deadline = None if paused else at + remaining_ms
    return Change(round=True)


def vote(board: BoardState, at: int, by: str, action: act.Vote) -> Effect:
    current = board.latest_round(action.round)
    current.require_open(at)
    current.require_voter(by)
    ballot = current.read(action.ballot)

    def effect() -> Change:
        current.cast(by, ballot, board.seq)
        return Change(tally=True, people=True, voter=by)

    return effect


def withdraw(board: BoardState, at: int, by: str, action: act.Withdraw) -> Effect:
    current = board.latest_round(action.round)
    current.require_open(at)

    def effect() -> Change:
        current.withdraw(by)
        return Change(tally=True, people=True, voter=by)

    return effect


ROUND_HANDLERS: dict[type[act.Action], Callable[[BoardState, int, str, Any], Effect]] = {
    act.OpenRound: open_round,
    act.LockRound: lock_round,
    act.RevealRound: reveal_round,
    act.ReopenRound: reopen_round,
    act.ExtendRound: extend_round,
    act.PauseRound: pause_round,
    act.Vote: vote,
    act.Withdraw: withdraw,
}
