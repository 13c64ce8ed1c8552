"""What changed when in a meeting: its log, read again from the beginning.

A timeline is a bounded series of changes, however long the log is. Of a round it tells only once it
is revealed. A round with open names is told as it was. A secret one moves in steps of at least
`SMALLEST` ballots, which come in an order that depends only on what all of them say: which ballot
was whose, and which came when, is not in it. Nor is a ballot that was replaced or withdrawn. The
times of these steps are rounded up, so that none is the instant at which one person voted.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import UNSET, Struct, UnsetType, structs

from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change, Outcome
from server.domain.gates import failed
from server.domain.methods import Result
from server.domain.movement import SMALLEST
from server.domain.rounds import Round, State
from server.domain.rules import Names, given

MOST_MOMENTS = 1_000
"""More than a screen can show."""
MOST_FRAMES = 240
"""How many times the bars of one round move at most."""
MOST_SLOW_FRAMES = 12
"""The same for a round of which a single result may take long to compute."""
COARSE_MS = 10_000
"""What the times of steps in a secret round are rounded up to, from its opening."""

Position = tuple[int, int, act.Entry]
"""Position, time in milliseconds since 1970, and entry."""


class Mark(StrEnum):
    """What a moment is remembered by."""

    CREATED = "created"
    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    REVEALED = "revealed"
    DECIDED = "decided"
    DEFERRED = "deferred"
    TAKEN_BACK = "taken_back"


class Bars(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A result, as far as bars show it. Numbers are places in the options of the round."""

    totals: tuple[int | float, ...]
    order: tuple[tuple[int, ...], ...]
    """Best first; tied options share a group."""
    winners: tuple[int, ...] = ()
    no_opinion: tuple[int, ...] | UnsetType = UNSET
    """How many ballots have no opinion on each option; omitted where every ballot has one."""


class Moment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is different from a time on. What is omitted stays as it was."""

    at: int
    mark: Mark | UnsetType = UNSET
    options: tuple[str, ...] | UnsetType = UNSET
    """Ids of the board's options."""
    out: tuple[str, ...] | UnsetType = UNSET
    """Ids of those that fail a gate."""
    round: int | UnsetType = UNSET
    state: State | UnsetType = UNSET
    voters: int | UnsetType = UNSET
    """How many have voted; at least, in a secret round that is not revealed yet."""
    bars: Bars | UnsetType = UNSET
    decision: str | UnsetType | None = UNSET
    """The id of the chosen option; None if there is none any more."""
    deferred: bool | UnsetType = UNSET


class Start(NamedTuple):
    """Where a round begins that is not revealed: nothing from there on is told."""

    seq: int
    at: int


class Told(NamedTuple):
    """What a timeline tells. It does not change any more."""

    moments: Sequence[Moment]
    """In the order of time."""
    hidden: Start | None
    """The round in progress; None if all are revealed."""


class Timeline:
    """Reads a log from its first entry on. `by_name` is whether the board shows names now."""

    def __init__(self, *, by_name: bool) -> None:
        self._by_name = by_name
        self.board = Board()
        """What the entries that were read make."""
        self._told: list[Moment] = []
        self._hidden: Start | None = None
        self._round: _OpenRound | _SecretRound | None = None
        """The round in progress, which is told when it is revealed."""
        self._shown = _shown(self.board)

    def read(self, log: Iterable[Position]) -> None:
        """Read the entries that follow."""
        for position in log:
            self.apply(*position)

    def told(self) -> Told:
        """Return what may be told of the entries that were read."""
        return Told(thinned(self._told, MOST_MOMENTS), self._hidden)

    def apply(self, seq: int, at: int, entry: act.Entry) -> Outcome:
        """Apply the entry that follows to the board, and return the board's outcome."""
        if self._round is not None:
            self._round.pass_to(at)
        outcome = self.board.apply(seq, at, entry)
        if isinstance(outcome, Change):
            if outcome.board or outcome.round:
                self._look(seq, at)
            if outcome.tally and not outcome.round and self._round is not None:
                self._round.count(at)
        return outcome

    def _look(self, seq: int, at: int) -> None:
        """Tell what is different about the board, or its round."""
        before, self._shown = self._shown, _shown(self.board)
        moment = _difference(before, self._shown, at)
        if moment is None:
            return
        if moment.mark is Mark.OPENED and self.board.round:
            is_open = is_told_openly(self.board.round, by_name=self._by_name)
            self._round = (_OpenRound if is_open else _SecretRound)(self.board.round)
            self._hidden = Start(seq, at)
        if self._round is None:
            self._tell((moment,))
            return
        self._round.note(moment)
        if moment.mark is Mark.REVEALED:
            self._tell(self._round.told())
            self._round = self._hidden = None

    def _tell(self, moments: Iterable[Moment]) -> None:
        self._told += moments
        if len(self._told) > 2 * MOST_MOMENTS:
            self._told = thinned(self._told, MOST_MOMENTS)


class _Shown(NamedTuple):
    """What is told of a board outside of the ballots."""

    created: bool
    options: tuple[str, ...]
    out: tuple[str, ...]
    round: int
    state: State | None
    decision: str | None
    decided_at: int
    deferred: bool


def _shown(board: Board) -> _Shown:
    return _Shown(
        bool(board.code),
        tuple(option.id for option in board.options),
        tuple(option.id for option in board.options if failed(board.gates, option.id)),
        len(board.rounds),
        board.round.state if board.round else None,
        board.decision.option if board.decision else None,
        board.outcome.at if board.outcome else 0,
        board.deferral is not None,
    )


def _difference(before: _Shown, now: _Shown, at: int) -> Moment | None:
    if before == now:
        return None
    is_new = now.round != before.round
    has_outcome = (before.decision, before.deferred) != (now.decision, now.deferred)
    return Moment(
        at=at,
        mark=_mark(before, now),
        options=now.options if now.options != before.options else UNSET,
        out=now.out if now.out != before.out else UNSET,
        round=now.round if is_new else UNSET,
        state=now.state if now.state and (is_new or now.state != before.state) else UNSET,
        voters=0 if is_new else UNSET,
        decision=now.decision if has_outcome else UNSET,
        deferred=now.deferred if has_outcome else UNSET,
    )


def _mark(before: _Shown, now: _Shown) -> Mark | UnsetType:
    if now.created != before.created:
        return Mark.CREATED
    if now.round != before.round:
        return Mark.OPENED
    if now.state != before.state:
        reopened = Mark.REOPENED
        return {State.LOCKED: Mark.CLOSED, State.REVEALED: Mark.REVEALED}.get(
            now.state or State.OPEN, reopened
        )
    if now.decided_at == before.decided_at:
        return UNSET
    if not now.decided_at:
        return Mark.TAKEN_BACK
    return Mark.DEFERRED if now.deferred else Mark.DECIDED


class _OpenRound:
    """A round with open names: its bars move as they did, as often as a screen can show."""

    def __init__(self, current: Round) -> None:
        self._round = current
        self._notes: list[Moment] = []
        self._frames: list[Moment] = []
        self._changed: int | None = None
        """When ballots came that are in no frame yet."""
        self._gap = 0
        """The least time between two frames, in milliseconds."""

    def pass_to(self, at: int) -> None:
        """Learn that nothing else happens before a time."""
        if self._changed is None or at == self._changed:
            return
        if not self._frames or self._changed - self._frames[-1].at >= self._gap:
            self._frames.append(self._counted(Moment(at=self._changed)))
            self._changed = None
            self._thin()

    def _thin(self) -> None:
        most = most_frames(self._round)
        if len(self._frames) <= most:
            return
        span = self._frames[-1].at - self._frames[0].at
        self._gap = max(2 * self._gap, 2 * span // most, 1)
        self._frames = _merged(self._frames, self._gap)

    def count(self, at: int) -> None:
        """Learn that ballots have changed."""
        self._changed = at

    def note(self, moment: Moment) -> None:
        """Learn that the round was opened, closed or revealed."""
        self._changed = None
        self._notes.append(self._counted(moment))

    def _counted(self, moment: Moment) -> Moment:
        bars = bars_of(self._round, self._round.result())
        return structs.replace(moment, voters=self._round.voters, bars=bars)

    def told(self) -> Iterator[Moment]:
        """Return what happened in it, now that it is revealed."""
        # What was noted counts its ballots too, so it comes after those of the same time.
        yield from sorted([*self._frames, *self._notes], key=lambda moment: moment.at)


class _SecretRound:
    """A round of which nothing may be told that depends on who cast which ballot, or when."""

    def __init__(self, current: Round) -> None:
        self._round = current
        self._notes: list[Moment] = []
        self._reached: list[int] = []
        """When there were one, two, three … ballots for the first time."""

    def pass_to(self, at: int) -> None:
        """Learn that nothing else happens before a time."""

    def count(self, at: int) -> None:
        """Learn that ballots have changed."""
        if self._round.voters > len(self._reached):
            self._reached.append(at)

    def note(self, moment: Moment) -> None:
        """Learn that the round was opened, closed or revealed."""
        self._notes.append(moment)

    def told(self) -> Iterator[Moment]:
        """Return what happened in it, now that it is revealed."""
        opened, *between, revealed = self._notes
        none = self._round.empty_tally().result()
        yield structs.replace(opened, bars=bars_of(self._round, none))
        steps = self._steps(self._shuffled())
        yield from sorted([*steps, *between], key=lambda moment: moment.at)
        final = bars_of(self._round, self._round.result())
        yield structs.replace(revealed, voters=self._round.voters, bars=final)

    def _steps(self, ballots: list[Any]) -> Iterator[Moment]:
        """Count the ballots in groups of at least `SMALLEST`; the last is that of the reveal."""
        tally = self._round.empty_tally()
        steps = max(1, min(len(ballots) // SMALLEST, most_frames(self._round)))
        counted = 0
        for step in range(1, steps):
            upto = step * len(ballots) // steps
            for ballot in ballots[counted:upto]:
                tally.add(ballot)
            counted = upto
            yield Moment(
                at=self._rounded_up(self._reached[upto - 1]),
                voters=upto,
                bars=bars_of(self._round, tally.result()),
            )

    def _rounded_up(self, at: int) -> int:
        """Return a time that tells only roughly when a ballot came; not after voting closed."""
        opened = self._round.opened_at
        rounded = opened - (opened - at) // COARSE_MS * COARSE_MS
        ends = (each.at for each in self._notes if each.mark in _ENDS and each.at >= at)
        return min(rounded, next(ends, rounded))

    def _shuffled(self) -> list[Any]:
        """Return the ballots in an order that depends only on what all of them say."""
        found = []
        for ballot, number in Counter(self._round.ballots.values()).items():
            # Equal ballots have different places, no matter who cast them.
            for n in range(number):
                said = b"%d:%d:%b" % (self._round.n, n, ballot)
                found.append((hashlib.sha256(said).digest(), ballot))
        return [ballot for _, ballot in sorted(found, key=lambda each: each[0])]


_ENDS = frozenset((Mark.CLOSED, Mark.REVEALED))


def is_told_openly(current: Round, *, by_name: bool) -> bool:
    """Whether a round is told as it was; `by_name` is whether the board shows names now."""
    return by_name and current.settings.names is Names.OPEN


def most_frames(current: Round) -> int:
    """Return how often the bars of this round move at most."""
    return MOST_SLOW_FRAMES if current.counts_slowly else MOST_FRAMES


def bars_of(current: Round, result: Result) -> Bars:
    """Return the bars of a result of this round."""
    places = {option: place for place, option in enumerate(current.names)}
    blank = result.no_opinion
    return Bars(
        totals=tuple(result.totals.get(option, 0) for option in places),
        order=tuple(tuple(places[option] for option in group) for group in result.order),
        winners=tuple(places[option] for option in result.winners),
        no_opinion=tuple(blank.get(option, 0) for option in places) if blank else UNSET,
    )


def thinned(moments: list[Moment], most: int) -> list[Moment]:
    """Merge moments that are close together until there are few enough; marks stay if they can."""
    keeps_marks = sum(bool(each.mark) for each in moments) < most
    gap = 1
    while len(moments) > most:
        moments = _merged(moments, gap, keeps_marks=keeps_marks)
        gap *= 2
    return moments


def _merged(moments: list[Moment], gap: int, *, keeps_marks: bool = False) -> list[Moment]:
    """Let moments within `gap` milliseconds of the first of them be one, at the last of them."""
    kept: list[Moment] = []
    first = 0
    for moment in moments:
        is_close = kept and moment.at - first < gap
        if is_close and not (keeps_marks and kept[-1].mark):
            kept[-1] = structs.replace(kept[-1], **given(moment))
        else:
            first = moment.at
            kept.append(moment)
    return kept
