"""What people say to an outcome, made from a board for those who may see it."""

from msgspec import UNSET

from server.domain.board import Board
from server.domain.levels import Level
from server.domain.risks import asked_round, stated_risks, subject
from server.domain.rules import Names
from server.domain.stances import Stance
from server.live.messages import OwnStance, RiskView, StancesView


def asks_for_stances(board: Board) -> bool:
    """Whether people are asked now whether they commit to the outcome."""
    asked = asked_round(board)
    return asked is not None and asked is board.round


def own_experience(board: Board, voter: str | None) -> dict[str, Level] | None:
    """Return how well a voter knows options, for that voter alone; None if no one is asked."""
    current = board.round
    if current is None or current.settings.experience is not True:
        return None
    return current.levels.get(voter, {}) if voter else {}


def own_moved_by(board: Board, voter: str | None) -> str | None:
    """Return the comment that moved a voter, for that voter alone."""
    return board.round.moved_by(voter) if board.round is not None and voter else None


def stances_view(board: Board, *, host: bool) -> StancesView | None:
    """Return what people say to the outcome of the current round; None if they are not asked.

    A dissenter's name is for hosts alone, and only where the ballots have names, too.
    """
    asked = asked_round(board)
    option = subject(board, asked) if asked is not None and asked is board.round else None
    if asked is None or option is None:
        return None
    named: dict[str, list[str]] = {}
    if host and asked.settings.names is Names.OPEN and board.settings.show_names:
        for id_, voter, _ in asked.stances.reasons(option):
            named.setdefault(id_, []).extend([board.names[voter]] if voter in board.names else [])
    counts = asked.stances.counts(option)
    return StancesView(
        round=asked.n,
        option=option,
        commit=counts[Stance.COMMIT],
        reservation=counts[Stance.RESERVATION],
        block=counts[Stance.BLOCK],
        risks=[
            RiskView(
                id=each.id,
                source=each.source,
                text=each.text,
                owner=each.owner,
                names=tuple(named[each.id]) if named.get(each.id) else UNSET,
            )
            for each in stated_risks(board, asked, option)
        ],
    )


def own_stance(board: Board, voter: str | None) -> OwnStance | None:
    """Return what a voter says to the outcome, for that voter alone."""
    asked = asked_round(board)
    stated = asked.stances.of(voter) if asked is not None and asked is board.round else None
    if stated is None:
        return None
    return OwnStance(option=stated.option, stance=stated.stance, reason=stated.reason)
