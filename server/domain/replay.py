"""The replay of a meeting: what its record tells, and when it came.

Of what people wrote, it has what the board still has: nothing that was hidden, deleted or replaced
since, no option that was removed, no name where the board hides names. When things happened comes
from the timeline, which decides what may be told of each round. What has happened since the opening
of a round that is not revealed is not in it.

`docs/replay.md` describes it as JSON. A new field needs a default; a field that changes its meaning
needs a new `VERSION`.
"""

import heapq

from msgspec import Struct, structs

from server.domain.actions import Kind
from server.domain.comments import Comment
from server.domain.movement import SMALLEST
from server.domain.options import FURTHER_DISCUSSION, OTHER_HUE
from server.domain.record import Commitment, commitment_of
from server.domain.risks import Risk, risks_of
from server.domain.rounds import Round, State
from server.domain.rules import RoundSettings
from server.domain.state import BoardState
from server.domain.timeline import Moment, Start, Told, is_told_openly
from server.words.catalogue import words

VERSION = 1
MOST_COMMENTS = 500
"""More than anyone reads in a replay: those with the most support."""
MOST_CHARACTERS = 200_000


class ReplayedOption(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    hue: int = OTHER_HUE


class ReplayedRound(Struct, frozen=True, kw_only=True):
    """A revealed round."""

    n: int
    method: str
    settings: RoundSettings
    options: dict[str, str]
    """Names of the options, by id, as they were when the round opened; the bars of moments have the
    same order.
    """
    stepwise: bool
    """Whether its ballots come in groups, in an order that tells nothing."""


class ReplayedComment(Struct, frozen=True, kw_only=True):
    at: int
    option: str
    kind: Kind
    text: str
    name: str | None = None
    reply: bool = False


class Replay(Struct, frozen=True, kw_only=True):
    """A meeting, as a series of changes. Times are milliseconds since 1970."""

    version: int = VERSION
    code: str
    seq: int
    """The position of the log up to which it tells."""
    title: str
    group: int = SMALLEST
    """How many ballots a step of a secret round has at least."""
    hides_round: int | None
    """The round in progress, of which it tells nothing; None if there is none."""
    options: tuple[ReplayedOption, ...]
    rounds: tuple[ReplayedRound, ...]
    moments: tuple[Moment, ...]
    """In the order of time; what a moment omits stays as it was."""
    comments: tuple[ReplayedComment, ...]
    """In the order of time."""
    commitment: Commitment | None = None
    """How many commit to the outcome now; when each said it is not told."""
    risks: tuple[Risk, ...] = ()
    """As in the record."""
    more_comments: int
    """How many readable comments are left out."""


def replay_of(board: BoardState, told: Told) -> Replay:
    """Return the replay of a board, whose timeline was read up to the board's position."""
    hidden = told.hidden
    revealed = [each for each in board.rounds if each.state is State.REVEALED]
    options = _options(board, revealed)
    kept = {each.id for each in options}
    said = [each for each in board.comments.values() if _is_told(each, kept, hidden)]
    comments = _most_supported(said)
    return Replay(
        code=board.code,
        seq=board.seq if hidden is None else hidden.seq - 1,
        title=board.title,
        hides_round=None if hidden is None else len(board.rounds),
        options=options,
        rounds=tuple(_round(each, by_name=board.settings.show_names) for each in revealed),
        moments=tuple(_without_removed(each, kept) for each in told.moments),
        comments=tuple(_comment(each, by_name=board.settings.show_names) for each in comments),
        more_comments=len(said) - len(comments),
        commitment=None if hidden else commitment_of(board),
        risks=() if hidden else tuple(risks_of(board)),
    )


def _options(board: BoardState, revealed: list[Round]) -> tuple[ReplayedOption, ...]:
    found = {
        option.id: ReplayedOption(id=option.id, name=option.name, hue=option.hue)
        for option in board.options
    }
    if any(FURTHER_DISCUSSION in each.names for each in revealed):
        name = words("further-discussion")
        found[FURTHER_DISCUSSION] = ReplayedOption(id=FURTHER_DISCUSSION, name=name)
    return tuple(found.values())


def _round(each: Round, *, by_name: bool) -> ReplayedRound:
    return ReplayedRound(
        n=each.n,
        method=each.method,
        settings=each.settings,
        options=dict(each.names),
        stepwise=not is_told_openly(each, by_name=by_name),
    )


def _without_removed(moment: Moment, kept: set[str]) -> Moment:
    """Return a moment without options that the board no longer has."""
    if moment.options:
        options = tuple(option for option in moment.options if option in kept)
        moment = structs.replace(moment, options=options)
    if moment.out:
        moment = structs.replace(moment, out=tuple(each for each in moment.out if each in kept))
    if moment.decision and moment.decision not in kept:
        moment = structs.replace(moment, decision=None)
    return moment


def _is_told(comment: Comment, options: set[str], hidden: Start | None) -> bool:
    if comment.deleted or comment.hidden or comment.option not in options:
        return False
    return hidden is None or (
        comment.made < hidden.seq and (comment.edited_at is None or comment.edited_at < hidden.at)
    )


def _most_supported(said: list[Comment]) -> list[Comment]:
    """Return the comments with the most support that there is room for, in the order of time."""
    best = heapq.nlargest(MOST_COMMENTS, said, key=lambda c: (c.pinned, c.support, -c.made))
    room = MOST_CHARACTERS
    kept = []
    for comment in best:
        room -= len(comment.text)
        if room < 0:
            break
        kept.append(comment)
    return sorted(kept, key=lambda comment: (_readable_from(comment), comment.made))


def _readable_from(comment: Comment) -> int:
    """Return when others could read it: all that was sealed at once, at the reveal."""
    return comment.at if comment.shown_at is None else comment.shown_at


def _comment(comment: Comment, *, by_name: bool) -> ReplayedComment:
    return ReplayedComment(
        at=_readable_from(comment),
        option=comment.option,
        kind=comment.kind,
        text=comment.text,
        name=comment.name if by_name else None,
        reply=comment.parent is not None,
    )
