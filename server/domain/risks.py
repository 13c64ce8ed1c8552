"""The risks of an outcome, as people named them, and who sees to each.

They come from those who commit with a reservation or block, and from a pre-mortem: the reasons for
which people think that it may fail, those with the most support.
"""

from collections.abc import Iterator

from msgspec import UNSET, Struct, UnsetType

from server.domain.comments import Comment
from server.domain.refusals import Code, Refused
from server.domain.rounds import Round, State
from server.domain.stances import RiskSource, risk_id
from server.domain.state import BoardState
from server.words.catalogue import words

MOST_REASONS = 5
"""How many reasons of a pre-mortem become risks."""


class Risk(Struct, frozen=True, kw_only=True):
    """A risk. It never tells who named it."""

    id: str
    source: RiskSource
    text: str
    owner: str = ""
    """Who sees to it; empty if no host has said it yet."""
    support: int | UnsetType = UNSET
    """The number of supporting reactions; only of a reason from a pre-mortem."""


def asked_round(board: BoardState) -> Round | None:
    """Return the last revealed round about options, if it asked people for their stance."""
    for each in reversed(board.rounds):
        if each.state is State.REVEALED and not each.is_about_criteria:
            return each if each.settings.stances is True else None
    return None


def subject(board: BoardState, asked: Round) -> str | None:
    """Return the option that people commit to: what was decided or else the one that won alone."""
    if board.decision is not None:
        return board.decision.option if board.decision.option in asked.names else None
    winners = asked.result().winners
    return winners[0] if len(winners) == 1 else None


def stated_risks(board: BoardState, asked: Round, option: str) -> Iterator[Risk]:
    """Yield the reservations and blocks of a round; what several people say alike comes once."""
    told = set()
    for id_, _, each in asked.stances.reasons(option):
        if id_ not in told:
            told.add(id_)
            source = RiskSource(each.stance)
            yield _risk(board, id_, source, each.reason)


def premortem_reasons(board: BoardState) -> list[Comment]:
    """Return what people wrote in the last pre-mortem, that with the most support first."""
    premortem = board.premortem
    if premortem is None or premortem.revealed_at is None:
        return []
    said = [
        each
        for each in board.comments.values()
        if each.sealed == premortem.seq and not (each.deleted or each.hidden or each.parent)
    ]
    return sorted(said, key=lambda each: (not each.pinned, -each.support, each.made))


def risks_of(board: BoardState) -> Iterator[Risk]:
    """Yield all risks of the outcome."""
    if asked := asked_round(board):
        option = subject(board, asked)
        if option is not None:
            yield from stated_risks(board, asked, option)
    for reason in premortem_reasons(board)[:MOST_REASONS]:
        if reason.support or reason.pinned:
            id_ = risk_id(RiskSource.PREMORTEM, reason.id)
            risk = _risk(board, id_, RiskSource.PREMORTEM, reason.text)
            yield Risk(
                id=id_,
                source=risk.source,
                text=risk.text,
                owner=risk.owner,
                support=reason.support,
            )


def require_risk(board: BoardState, id_: str) -> None:
    """Raise Refused `not_allowed` for a risk that no one has named."""
    asked = asked_round(board)
    known = set(asked.stances.ids()) if asked else set()
    known |= {risk_id(RiskSource.PREMORTEM, each.id) for each in premortem_reasons(board)}
    if id_ not in known:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-risk"))


def _risk(board: BoardState, id_: str, source: RiskSource, text: str) -> Risk:
    return Risk(id=id_, source=source, text=text, owner=board.risk_owners.get(id_, ""))
