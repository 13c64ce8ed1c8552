"""The objects of the contract, made from a board for those who may see them."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from msgspec import UNSET

from server.domain.board import Board
from server.domain.comments import Comment
from server.domain.insights import insights
from server.domain.rounds import Round, State
from server.domain.rules import Names
from server.domain.talk import Earlier
from server.live.messages import (
    BoardView,
    CommentView,
    Crowd,
    DeletedComment,
    DoorView,
    EarlierReplies,
    Minute,
    NamedBallot,
    Newcomer,
    PeopleView,
    Person,
    RoundBeside,
    RoundView,
    TalkView,
    TallyView,
)
from server.live.pseudonyms import Pseudonyms
from server.log.arrivals import Arrivals

MAX_NAMES = 200
CROWD = 30
"""Newcomers within two minutes of whom the hosts are told, where they are as many as all before."""
FIRST_THREADS = 200
"""Of so many threads a newcomer is told; of older ones when asked for."""


class Audience(NamedTuple):
    """People who see the same. All of them get the same bytes."""

    host: bool
    """Sees the text of comments that were hidden."""
    result: bool
    """Sees the result of the current round."""


def board_view(board: Board) -> BoardView:
    return BoardView(
        code=board.code,
        title=board.title,
        context=board.context,
        settings=board.settings,
        options=board.options,
        criteria=board.criteria or UNSET,
        decision=board.decision,
    )


def round_view(current: Round | None) -> RoundView | None:
    return None if current is None else _round_view(current)


def _round_view(current: Round) -> RoundView:
    return RoundView(
        n=current.n,
        method=current.method,
        settings=current.settings,
        state=current.state,
        options=tuple(current.names),
        opened_at=current.opened_at,
        deadline=current.deadline,
        left_ms=UNSET if current.left is None else current.left,
        tie_order=current.tie_order or UNSET,
    )


def tally_view(
    current: Round | None, audience: Audience, names: Mapping[str, str] | None = None
) -> TallyView | None:
    """Return the tally; `names` are those of seats, where the board shows them."""
    return None if current is None else _tally_view(current, audience, names or {})


def _tally_view(current: Round, audience: Audience, names: Mapping[str, str]) -> TallyView:
    told = audience.result and current.state is State.REVEALED
    return TallyView(
        round=current.n,
        voters=current.voters,
        result=current.result() if audience.result else UNSET,
        insights=insights(current, names) if told else UNSET,
    )


def names_shown(board: Board) -> Mapping[str, str]:
    return board.names if board.settings.show_names else {}


def comment_view(
    board: Board, comment: Comment, audience: Audience
) -> CommentView | DeletedComment:
    if comment.deleted:
        return DeletedComment(id=comment.id, option=comment.option)
    withheld = comment.hidden and not audience.host
    return CommentView(
        id=comment.id,
        option=comment.option,
        kind=comment.kind,
        text="" if withheld else comment.text,
        name=comment.name if board.settings.show_names and not withheld else None,
        parent=comment.parent,
        reactions={emoji: len(seats) for emoji, seats in comment.reactions.items()},
        pinned=comment.pinned,
        hidden=comment.hidden,
        at=comment.at,
        edited_at=comment.edited_at,
    )


def comment_views(
    board: Board, audience: Audience, comments: Iterable[Comment] | None = None
) -> list[CommentView | DeletedComment]:
    """Return some comments; where none are named, all of them in the order they were made."""
    if comments is None:
        comments = board.comments.since(0)
    return [comment_view(board, comment, audience) for comment in comments]


class FirstComments(NamedTuple):
    """The comments that a newcomer is told of."""

    comments: list[CommentView | DeletedComment]
    older: dict[str, Any]
    """What the wire says about those that are not in it."""


def first_comments(board: Board, audience: Audience) -> FirstComments:
    told, before, earlier = board.comments.first(FIRST_THREADS)
    older: dict[str, Any] = {}
    missing = len(board.comments) - len(told)
    if missing or before is not None:
        older["more_comments"] = missing
    if before is not None:
        older["comments_before"] = before
    if earlier:
        older["more_replies"] = more_replies(earlier)
    return FirstComments(comment_views(board, audience, told), older)


def more_replies(earlier: Mapping[str, Earlier]) -> dict[str, EarlierReplies]:
    return {
        id_: EarlierReplies(count=each.number, before=each.before) for id_, each in earlier.items()
    }


def talk_view(board: Board, options: Iterable[str] | None = None) -> dict[str, TalkView]:
    """Count the comments on some options, or on all. Empty where a newcomer is told of every
    comment, and can count them.
    """
    return {} if board.comments.comes_whole(FIRST_THREADS) else talk_counts(board, options)


def talk_counts(board: Board, options: Iterable[str] | None = None) -> dict[str, TalkView]:
    talk = board.comments
    return {
        option: TalkView(**talk.counts(option))
        for option in (talk.options if options is None else options)
    }


PARTS: dict[str, Callable[[Board, Audience], Any]] = {
    "board": lambda board, _: board_view(board),
    "round": lambda board, _: round_view(board.round),
    "tally": lambda board, audience: tally_view(board.round, audience, names_shown(board)),
}
"""What of a board is the same for a whole audience, by its name on the wire."""


def parts_of(board: Board, audience: Audience) -> dict[str, Any]:
    """Return all that an audience sees of a board, but the people."""
    first = first_comments(board, audience)
    parts = {name: view(board, audience) for name, view in PARTS.items()}
    parts |= {"comments": first.comments} | first.older
    return parts | ({"talk": talk} if (talk := talk_view(board)) else {})


def round_beside(board: Board, each: Round) -> RoundBeside:
    """Return one round to be put beside the others, as an observer may see it."""
    shown = each.shows_result_to(voter=None, early_host=False)
    told = each.state is State.REVEALED and each.settings.names is Names.OPEN
    return RoundBeside(
        round=_round_view(each),
        tally=_tally_view(each, Audience(host=False, result=shown), names_shown(board)),
        ballots=_named_ballots(board, each) if told and board.settings.show_names else UNSET,
    )


def _named_ballots(board: Board, each: Round) -> list[NamedBallot]:
    # In a round with open names the voter is the seat.
    named = ((board.names[seat], seat) for seat in each.ballots if seat in board.names)
    return [
        NamedBallot(name=name, ballot=each.ballot_of(seat))
        for name, seat in heapq.nsmallest(MAX_NAMES, named)
    ]


def people_view(
    board: Board, here: AbstractSet[str], pseudonyms: Pseudonyms, lost: int = 0, waiting: int = 0
) -> PeopleView:
    """Count the people; `here` holds the seats on this board, over all processes, without those
    at the door.
    """
    current = board.round
    names = None
    if board.settings.show_names:
        tells = current is not None and current.shows_who_voted(
            host_sees_results=board.settings.host_sees_results
        )
        # In order of the names, so that the list does not jump when somebody reconnects.
        named = heapq.nsmallest(
            MAX_NAMES, ((board.names[seat], seat) for seat in here if seat in board.names)
        )
        names = [
            Person(
                name=name,
                voted=pseudonyms.voter(seat, board.code, current) in current.ballots
                if current and tells and seat not in board.observing
                else None,
                observes=seat in board.observing or UNSET,
            )
            for name, seat in named
        ]
    return PeopleView(
        here=len(here),
        observing=len(board.observing & here),
        lost=lost,
        waiting=waiting or UNSET,
        voted=current.voters if current else 0,
        names=names,
    )


def door_view(
    board: Board, waiting: AbstractSet[str], arrivals: Arrivals, pseudonyms: Pseudonyms
) -> DoorView:
    """Tell hosts who comes in: who waits by name, who came by number alone."""
    # Those with a name come first.
    named = sorted((board.names.get(seat, "\uffff"), seat) for seat in waiting)
    present = arrivals.minutes[-1].at if arrivals.minutes else 0
    recent = [minute for minute in arrivals.minutes if minute.at >= present - 60_000]
    came = sum(minute.seats for minute in recent)
    crowd = None
    if came >= max(CROWD, arrivals.seats - came):
        # A network that came in both minutes counts once at least.
        crowd = Crowd(seats=came, networks=max(minute.networks for minute in recent))
    return DoorView(
        waiting=[
            Newcomer(id=pseudonyms.at_the_door(seat, board.code), name=board.names.get(seat))
            for _, seat in named[:MAX_NAMES]
        ],
        arrivals=[
            Minute(at=minute.at, seats=minute.seats, networks=minute.networks)
            for minute in arrivals.minutes
        ],
        crowd=crowd,
    )
