"""How each kind of action is judged and done: the table `CONDUCT`.

Each rule looks first and raises `Refused` where it must; what it returns does the deed and
cannot fail. So the same rule serves to ask (`Board.check`) and to act (`Board.apply`).
Rules get the board, the store's time in milliseconds, who acts, and the action.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from server.domain import actions as act
from server.domain.changes import Change, Deed
from server.domain.decision import Decision
from server.domain.discussion import DISCUSSION
from server.domain.hosts import FIRST_HOST, Host
from server.domain.limits import MAX_OPTIONS, MIN_OPTIONS_TO_VOTE
from server.domain.methods import METHODS
from server.domain.methods.base import listed
from server.domain.options import Option
from server.domain.refusals import Code, Refused
from server.domain.roles import ROLES
from server.domain.rounds import Round, State, require_seconds
from server.domain.rules import Entrance

if TYPE_CHECKING:
    from server.domain.board import Board

MAX_ROUNDS = 100


def create(board: "Board", at: int, by: str, action: act.Create) -> Deed:
    def deed() -> Change:
        board.code = action.code
        board.title = action.title
        board.context = action.context
        board.settings = action.settings
        board.options = action.options
        board.hosts[FIRST_HOST] = Host(name=None, key=action.host)
        board.criteria = action.criteria
        return Change(board=True)

    return deed


def set_board(board: "Board", at: int, by: str, action: act.SetBoard) -> Deed:
    settings = board.settings
    if action.settings is not UNSET:
        settings = action.settings.applied_to(settings)
    if settings.host_sees_results != board.settings.host_sees_results:
        # Switched on and off between two votes, it would tell the host each single ballot.
        _require_settled(board, "Whether the host sees results early")
    before, entry = board.settings.entry, settings.entry
    admission = entry is not before
    if admission and Entrance.INVITED in {before, entry}:
        # Somebody who has voted could else open a link and vote once more. The door for newcomers
        # can be closed at any time: it is closed when a crowd comes, and nobody changes seats.
        _require_settled(board, "Who may vote")

    def deed() -> Change:
        if action.title is not UNSET:
            board.title = action.title
        if action.context is not UNSET:
            board.context = action.context
        if admission and entry is Entrance.ADMITTED:
            board.admitted.update(action.present, board.names)
        renamed = settings.show_names != board.settings.show_names
        board.settings = settings
        if renamed:
            # Names stand beside every comment, and there may be thousands.
            board.named = board.comments.afresh = board.seq
        return Change(board=True, people=True, roles=admission, afresh=renamed)

    return deed


def _require_settled(board: "Board", what: str) -> None:
    current = board.round
    if current and current.state is not State.REVEALED:
        raise Refused(Code.ROUND_OPEN, f"{what} is settled until round {current.n} is over.")


# Options

_FROZEN = "Options change between rounds only, so that everyone votes on the same ones."


def add_option(board: "Board", at: int, by: str, action: act.AddOption) -> Deed:
    board.require_no_voting(_FROZEN)
    if len(board.options) >= MAX_OPTIONS:
        raise Refused(Code.TOO_MANY, f"A board has at most {MAX_OPTIONS} options.")
    _require_free(board, action.option)
    return lambda: _set_options(board, (*board.options, action.option))


def edit_option(board: "Board", at: int, by: str, action: act.EditOption) -> Deed:
    board.require_no_voting(_FROZEN)
    board.require_option(action.option.id)
    _require_free(board, action.option, but=action.option.id)
    return lambda: _set_options(
        board, tuple(action.option if o.id == action.option.id else o for o in board.options)
    )


def remove_option(board: "Board", at: int, by: str, action: act.RemoveOption) -> Deed:
    board.require_no_voting(_FROZEN)
    board.require_option(action.option)
    if len(board.options) == 1:
        raise Refused(Code.BAD_SETTINGS, "A board needs at least one option.")
    if board.decision and board.decision.option == action.option:
        raise Refused(Code.NOT_ALLOWED, "This option was decided on, so it stays in the record.")
    for earlier in board.rounds:
        if action.option in earlier.names:
            raise Refused(
                Code.NOT_ALLOWED,
                f"Round {earlier.n} voted on this option, so it stays in the record. "
                "The next round can be opened without it.",
            )
    return lambda: _set_options(board, tuple(o for o in board.options if o.id != action.option))


def _require_free(board: "Board", option: Option, but: str | None = None) -> None:
    for other in board.options:
        if other.id != but and (
            other.id == option.id or other.name.casefold() == option.name.casefold()
        ):
            raise Refused(Code.BAD_SETTINGS, f"The board already has {other.name!r}.")


def _set_options(board: "Board", options: tuple[Option, ...]) -> Change:
    board.options = options
    return Change(board=True)


# Rounds


def open_round(board: "Board", at: int, by: str, action: act.OpenRound) -> Deed:
    board.require_no_voting("Reveal it, then open the next one.")
    if action.method not in METHODS:
        raise Refused(
            Code.UNKNOWN_METHOD, f"This server votes by {listed([*METHODS])}; choose one of them."
        )
    if len(board.rounds) >= MAX_ROUNDS:
        raise Refused(Code.TOO_MANY, f"A board has at most {MAX_ROUNDS} rounds.")
    if action.settings.seconds is not None:
        require_seconds(action.settings.seconds)
    opened = Round(
        len(board.rounds) + 1,
        action.method,
        action.settings,
        _chosen(board, action.options),
        at,
        criteria=board.criteria,
        drawn=action.drawn,
    )
    if len(opened.names) < MIN_OPTIONS_TO_VOTE:
        raise Refused(
            Code.BAD_SETTINGS, f"A round needs at least {MIN_OPTIONS_TO_VOTE} options to vote on."
        )

    def deed() -> Change:
        board.rounds.append(opened)
        return Change(round=True, tally=True, people=True)

    return deed


def _chosen(board: "Board", ids: tuple[str, ...] | None) -> tuple[Option, ...]:
    """Return the options of a round, in the board's order."""
    if ids is None:
        return board.options
    for option in ids:
        board.require_option(option)
    if len(set(ids)) < len(ids):
        raise Refused(Code.BAD_SETTINGS, "An option stands in this round twice.")
    return tuple(option for option in board.options if option.id in ids)


def lock_round(board: "Board", at: int, by: str, action: act.LockRound) -> Deed:
    current = board.latest_round(action.round)
    if current.state is not State.OPEN:
        raise Refused(Code.ROUND_CLOSED, f"Voting in round {current.n} is closed already.")
    # The server locks when time is up; a minute added just before wins over it.
    if not by and (current.deadline is None or at < current.deadline):
        raise Refused(Code.ROUND_OPEN, f"Round {current.n} still has time.")
    return lambda: _set_state(current, State.LOCKED)


def reveal_round(board: "Board", at: int, by: str, action: act.RevealRound) -> Deed:
    current = board.latest_round(action.round)
    if current.state is State.REVEALED:
        raise Refused(Code.ROUND_CLOSED, f"Round {current.n} is revealed already.")
    return lambda: _set_state(current, State.REVEALED)


def extend_round(board: "Board", at: int, by: str, action: act.ExtendRound) -> Deed:
    current = board.latest_round(action.round)
    current.require_open(at)
    paused = current.left is not None
    left = (current.left or 0) if paused else (current.deadline or at) - at
    left += action.seconds * 1000
    require_seconds(left // 1000)
    return lambda: _set_clock(current, at, left, paused=paused)


def pause_round(board: "Board", at: int, by: str, action: act.PauseRound) -> Deed:
    current = board.latest_round(action.round)
    current.require_open(at)
    paused = current.left is not None
    if action.on == paused:
        state = "paused already" if paused else "not paused"
        raise Refused(Code.NOT_ALLOWED, f"The clock of round {current.n} is {state}.")
    left = current.left if current.deadline is None else current.deadline - at
    if left is None:
        raise Refused(Code.NOT_ALLOWED, f"Round {current.n} has no time limit to pause.")
    return lambda: _set_clock(current, at, left, paused=action.on)


def _set_clock(current: Round, at: int, left: int, *, paused: bool) -> Change:
    current.left, current.deadline = (left, None) if paused else (None, at + left)
    return Change(round=True)


def _set_state(current: Round, state: State) -> Change:
    current.set_state(state)
    return Change(round=True, tally=True, people=True)


def vote(board: "Board", at: int, by: str, action: act.Vote) -> Deed:
    current = board.latest_round(action.round)
    current.require_open(at)
    current.require_voter(by)
    ballot = current.read(action.ballot)

    def deed() -> Change:
        current.cast(by, ballot, board.seq)
        return Change(tally=True, people=True, voter=by)

    return deed


def withdraw(board: "Board", at: int, by: str, action: act.Withdraw) -> Deed:
    current = board.latest_round(action.round)
    current.require_open(at)

    def deed() -> Change:
        current.withdraw(by)
        return Change(tally=True, people=True, voter=by)

    return deed


# People and the outcome


def rename(board: "Board", at: int, by: str, action: act.Rename) -> Deed:
    def deed() -> Change:
        if action.name:
            board.names[by] = action.name
        else:
            board.names.pop(by, None)
        board.named = board.seq
        return Change(people=True)

    return deed


def decide(board: "Board", at: int, by: str, action: act.Decide) -> Deed:
    board.require_no_voting("Reveal it, then decide.")
    board.require_option(action.option)

    def deed() -> Change:
        board.decision = Decision(
            option=action.option, because=action.because, revisit_on=action.revisit_on, at=at
        )
        return Change(board=True)

    return deed


def reopen(board: "Board", at: int, by: str, action: act.Reopen) -> Deed:
    if board.decision is None:
        raise Refused(Code.NOT_ALLOWED, "Nothing is decided here, so nothing can be taken back.")

    def deed() -> Change:
        board.decision = None
        return Change(board=True)

    return deed


CONDUCT: dict[type[act.Action], Callable[["Board", int, str, Any], Deed]] = {
    act.Create: create,
    act.SetBoard: set_board,
    act.AddOption: add_option,
    act.EditOption: edit_option,
    act.RemoveOption: remove_option,
    act.OpenRound: open_round,
    act.LockRound: lock_round,
    act.RevealRound: reveal_round,
    act.ExtendRound: extend_round,
    act.PauseRound: pause_round,
    act.Vote: vote,
    act.Withdraw: withdraw,
    act.Rename: rename,
    act.Decide: decide,
    act.Reopen: reopen,
    **DISCUSSION,
    **ROLES,
}
