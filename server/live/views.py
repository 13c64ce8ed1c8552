"""The objects of the wire contract, made from a board for those who may see them."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from msgspec import UNSET, structs

from server.domain.actions import RULES
from server.domain.board import Board
from server.domain.comments import Comment
from server.domain.insights import insights
from server.domain.rounds import Round, State
from server.domain.rules import About, Names
from server.domain.threads import Earlier
from server.live.messages import (
    ArgumentView,
    BoardView,
    CommentView,
    Crowd,
    DeletedComment,
    EarlierReplies,
    LobbyView,
    MeetingView,
    Minute,
    NamedBallot,
    Newcomer,
    OwnProposal,
    PeopleView,
    Person,
    PremortemView,
    ProposalView,
    QuestionPlace,
    RoundBeside,
    RoundView,
    SealedView,
    TalkView,
    TallyView,
)
from server.live.outcome_views import stances_view
from server.security.pseudonyms import Pseudonyms
from server.store.announcements import Announcement, Counts
from server.store.arrivals import Arrivals

MAX_NAMES = 200
CROWD = 30
"""The number of newcomers within two minutes that is reported as a crowd, if they are at least as
many as all before.
"""
FIRST_THREADS = 200
"""The number of threads that a newcomer is sent; older ones are requested separately."""


class Audience(NamedTuple):
    """People who may see the same, and so get the same bytes."""

    host: bool
    """Sees the text of hidden comments."""
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
        weights_from=board.weights_from or UNSET,
        gates=board.gates or UNSET,
        proposed_by=(board.settings.show_names and dict(board.proposed_by)) or UNSET,
        decision=board.decision,
        deferral=board.deferral or UNSET,
        premortem=UNSET
        if (premortem := board.premortem) is None
        else PremortemView(
            option=premortem.option,
            seq=premortem.seq,
            opened_at=premortem.opened_at,
            revealed_at=premortem.revealed_at,
        ),
        archived_at=UNSET if board.archived_at is None else board.archived_at,
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
        names=current.names if current.is_about_criteria else UNSET,
        weights_from=current.weights_from or UNSET,
        since=current.since or UNSET,
        opened_at=current.opened_at,
        deadline=current.deadline,
        left_ms=UNSET if current.remaining_ms is None else current.remaining_ms,
        at=UNSET if current.shown_at is None else current.shown_at,
        tie_order=current.tie_order or UNSET,
        rules=UNSET if current.rules == RULES else current.rules,
    )


def tally_view(
    current: Round | None, audience: Audience, names: Mapping[str, str] | None = None
) -> TallyView | None:
    """Return the tally; `names` maps seats to names if the board shows them."""
    return None if current is None else _tally_view(current, audience, names)


def _tally_view(current: Round, audience: Audience, names: Mapping[str, str] | None) -> TallyView:
    revealed = audience.result and current.state is State.REVEALED
    shown = current.shown_result() if audience.result else None
    return TallyView(
        round=current.n,
        voters=current.voters,
        counted=current.shown_voters if shown and current.step else UNSET,
        step=current.step or UNSET,
        result=shown or UNSET,
        insights=insights(current, names or {}) if revealed else UNSET,
        verdict=(revealed and current.verdict()) or UNSET,
        lens=(revealed and current.lens()) or UNSET,
        movement=(revealed and current.movement(by_name=names is not None)) or UNSET,
    )


def names_shown(board: Board) -> Mapping[str, str] | None:
    """Return the names by seat; None if the board hides them."""
    return board.names if board.settings.show_names else None


def comment_view(
    board: Board, comment: Comment, audience: Audience
) -> CommentView | DeletedComment:
    if comment.deleted:
        return DeletedComment(id=comment.id, option=comment.option)
    return _comment_view(board, comment, withheld=comment.hidden and not audience.host)


def _comment_view(board: Board, comment: Comment, *, withheld: bool) -> CommentView:
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
        premortem=(board.premortem is not None and comment.sealed == board.premortem.seq) or UNSET,
        alone=comment.is_of_one_person or UNSET,
        argument=UNSET
        if withheld or comment.side is None
        else ArgumentView(side=comment.side, text=comment.wording),
    )


def comment_views(
    board: Board, audience: Audience, comments: Iterable[Comment] | None = None
) -> list[CommentView | DeletedComment]:
    """Return the given comments or, by default, all of them in the order they were made."""
    if comments is None:
        comments = board.comments.since(0)
    return [comment_view(board, comment, audience) for comment in comments]


def sealed_view(board: Board) -> SealedView | None:
    """Return what everyone is told of sealed comments; None while comments are not sealed."""
    return SealedView(count=len(board.comments.sealed)) if board.seals_talk else None


def own_sealed(board: Board, seat: str | None) -> list[CommentView]:
    """Return the sealed comments of a seat, for that seat alone."""
    if not seat:
        return []
    return [
        structs.replace(_comment_view(board, each, withheld=False), alone=UNSET)
        for each in board.comments.sealed.values()
        if each.author == seat
    ]


def proposal_views(board: Board) -> list[ProposalView]:
    """Return the proposals that wait for a host, oldest first. Everyone sees the same."""
    return [
        ProposalView(
            id=each.id,
            name=each.name,
            strapline=each.strapline,
            about=UNSET if each.about is About.OPTIONS else each.about,
            proposer=each.proposer if board.settings.show_names else None,
            at=each.at,
        )
        for each in board.proposals.waiting()
    ]


def own_proposals(board: Board, seat: str | None) -> list[OwnProposal]:
    """Return the proposals of a seat, for that seat alone."""
    return [
        OwnProposal(
            id=each.id,
            name=each.name,
            strapline=each.strapline,
            about=UNSET if each.about is About.OPTIONS else each.about,
            state=each.state,
            option=each.option,
            word=each.word,
            at=each.at,
        )
        for each in (board.proposals.of(seat) if seat else ())
    ]


class FirstComments(NamedTuple):
    """The comments that a newcomer is sent."""

    comments: list[CommentView | DeletedComment]
    older: dict[str, Any]
    """The fields of the wire that describe the comments left out."""


def first_comments(board: Board, audience: Audience) -> FirstComments:
    shown, before, earlier = board.comments.first(FIRST_THREADS)
    older: dict[str, Any] = {}
    missing = len(board.comments) - len(shown)
    if missing or before is not None:
        older["more_comments"] = missing
    if before is not None:
        older["comments_before"] = before
    if earlier:
        older["more_replies"] = more_replies(earlier)
    return FirstComments(comment_views(board, audience, shown), older)


def more_replies(earlier: Mapping[str, Earlier]) -> dict[str, EarlierReplies]:
    return {
        id_: EarlierReplies(count=each.number, before=each.before) for id_, each in earlier.items()
    }


def talk_view(board: Board, options: Iterable[str] | None = None) -> dict[str, TalkView]:
    """Count the comments on some options, or on all.

    Empty if a newcomer is sent every comment, and can count them.
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
    "proposals": lambda board, _: proposal_views(board),
    "sealed": lambda board, _: sealed_view(board),
    "stances": lambda board, audience: stances_view(board, host=audience.host),
}
"""The parts of a board that are the same for a whole audience, by their names on the wire."""


def parts_of(board: Board, audience: Audience) -> dict[str, Any]:
    """Return everything that an audience sees of a board, except the people."""
    first = first_comments(board, audience)
    parts = {name: view(board, audience) for name, view in PARTS.items()}
    parts |= {"comments": first.comments} | first.older
    return parts | ({"talk": talk} if (talk := talk_view(board)) else {})


def round_beside(board: Board, each: Round) -> RoundBeside:
    """Return one of several rounds for comparison, as an observer may see it."""
    shown = each.shows_result_to(voter=None, early_host=False)
    is_open = each.state is State.REVEALED and each.settings.names is Names.OPEN
    return RoundBeside(
        round=_round_view(each),
        tally=_tally_view(each, Audience(host=False, result=shown), names_shown(board)),
        ballots=_named_ballots(board, each) if is_open and board.settings.show_names else UNSET,
    )


def _named_ballots(board: Board, each: Round) -> list[NamedBallot]:
    # In a round with open names the voter is the seat.
    named = ((board.names[seat], seat) for seat in each.ballots if seat in board.names)
    return [
        NamedBallot(name=name, ballot=each.ballot_of(seat))
        for name, seat in heapq.nsmallest(MAX_NAMES, named)
    ]


def count_people(board: Board, here: AbstractSet[str], pseudonyms: Pseudonyms) -> Counts:
    """Count some of the seats on a board, without those in the lobby."""
    current = board.round
    counted_in = choosing = 0
    # Where a name may not be marked, neither may the number say whether the one who left had voted.
    if current is not None and _tells_who_voted(board):
        counted_in = current.n
        choosing = sum(
            pseudonyms.voter(seat, board.code, current) not in current.ballots
            for seat in here - board.observing
        )
    return Counts(
        here=len(here),
        observing=len(board.observing & here),
        round=counted_in,
        choosing=choosing,
    )


def first_by_name(board: Board, seats: Iterable[str]) -> list[str]:
    """Return the seats that are shown by name; none if the board shows no names.

    Ordered by name, so that the list does not jump when someone reconnects.
    """
    if not board.settings.show_names:
        return []
    named = ((board.names[seat], seat) for seat in seats if seat in board.names)
    return [seat for _, seat in heapq.nsmallest(MAX_NAMES, named)]


def people_view(
    board: Board,
    here: AbstractSet[str],
    pseudonyms: Pseudonyms,
    *,
    lost: int = 0,
    waiting: int = 0,
    elsewhere: Sequence[Announcement] = (),
) -> PeopleView:
    """Count the people; `here` holds the seats on this board, without those in the lobby.

    `elsewhere` are more, of whom other processes announced counts and the first by name.
    """
    current = board.round
    own = count_people(board, here, pseudonyms)
    everywhere = [own, *(each.counts for each in elsewhere if each.counts)]
    tells = own.round > 0
    # In a round that a process did not know yet when it counted, no one there has voted.
    choosing = sum(
        each.choosing if each.round == own.round else each.here - each.observing
        for each in everywhere
    )
    names = None
    if board.settings.show_names:
        names = [
            Person(
                name=board.names[seat],
                voted=pseudonyms.voter(seat, board.code, current) in current.ballots
                if current and tells and seat not in board.observing
                else None,
                observes=seat in board.observing or UNSET,
            )
            for seat in first_by_name(board, set(here).union(*(each.seats for each in elsewhere)))
        ]
    return PeopleView(
        here=sum(each.here for each in everywhere),
        about=bool(elsewhere) or UNSET,
        observing=sum(each.observing for each in everywhere),
        lost=lost,
        waiting=waiting or UNSET,
        voted=current.voters if current else 0,
        choosing=choosing if tells else UNSET,
        names=names,
    )


def _tells_who_voted(board: Board) -> bool:
    return board.round is not None and board.round.shows_who_voted(
        host_sees_results=board.settings.host_sees_results
    )


def meeting_view(lead: Board, *, host: bool) -> MeetingView | None:
    """Return the meeting that a board leads, for its hosts or for others; None if there is none."""
    meeting = lead.meeting
    if meeting is None:
        return None
    return MeetingView(
        lead=lead.code,
        title=lead.title,
        current=meeting.current,
        n=meeting.questions.index(meeting.current) + 1,
        of=len(meeting.questions),
        ended=meeting.ended,
        questions=[
            QuestionPlace(code=code, n=n)
            for n, code in enumerate(meeting.questions, 1)
            if host or code in meeting.visited
        ],
    )


def lobby_view(
    board: Board, waiting: AbstractSet[str], arrivals: Arrivals, pseudonyms: Pseudonyms
) -> LobbyView:
    """Return who arrives, for hosts: those who wait by name, arrivals only as numbers."""
    # Those with a name come first.
    named = sorted((board.names.get(seat, "\uffff"), seat) for seat in waiting)
    present = arrivals.minutes[-1].at if arrivals.minutes else 0
    recent = [minute for minute in arrivals.minutes if minute.at >= present - 60_000]
    came = sum(minute.seats for minute in recent)
    crowd = None
    if came >= max(CROWD, arrivals.seats - came):
        # A network with arrivals in both minutes counts at least once.
        crowd = Crowd(seats=came, networks=max(minute.networks for minute in recent))
    return LobbyView(
        waiting=[
            Newcomer(id=pseudonyms.newcomer_id(seat, board.code), name=board.names.get(seat))
            for _, seat in named[:MAX_NAMES]
        ],
        arrivals=[
            Minute(at=minute.at, seats=minute.seats, networks=minute.networks)
            for minute in arrivals.minutes
        ],
        crowd=crowd,
    )
