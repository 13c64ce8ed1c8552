"""The parts of a welcome, encoded once for all who come while they are the same."""

import asyncio
from typing import Protocol

from msgspec import Raw

from server.domain.board import Board
from server.domain.rounds import Round, State
from server.live import messages
from server.live.audience import PEOPLE_WINDOW
from server.live.messages import PeopleView
from server.live.replica import Replica
from server.live.views import PARTS, Audience, first_comments, round_beside


class Stage(Protocol):
    """What is shown."""

    @property
    def board(self) -> Board: ...

    @property
    def replica(self) -> Replica: ...

    def people(self) -> PeopleView: ...


class Parts:
    """What everybody of an audience is told alike."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._parts: dict[tuple[str, Audience], tuple[object, Raw]] = {}
        self._first_comments: dict[Audience, tuple[object, Raw, dict[str, int]]] = {}
        self._rounds: dict[int, tuple[object, Raw]] = {}
        self._people: tuple[object, float, Raw] = (None, 0.0, Raw())

    def of(self, name: str, audience: Audience) -> Raw:
        """Encode one of `PARTS`, once a position."""
        board = self._stage.board
        position = (self._stage.replica.epoch, board.seq)
        known, part = self._parts.get((name, audience), (None, Raw()))
        if known != position:
            part = Raw(messages.encode(PARTS[name](board, audience)))
            self._parts[name, audience] = (position, part)
        return part

    def comments(self, audience: Audience) -> tuple[Raw, dict[str, int]]:
        """Encode what a newcomer is told of the talk, once as long as nobody says anything."""
        board = self._stage.board
        position = (self._stage.replica.epoch, board.comments.changed)
        known, comments, older = self._first_comments.get(audience, (None, Raw(), {}))
        if known != position:
            first = first_comments(board, audience)
            comments, older = Raw(messages.encode(first.comments)), first.older
            self._first_comments[audience] = (position, comments, older)
        return comments, older

    def rounds(self) -> Raw:
        """Encode all rounds beside each other, oldest first, as an observer may see each.

        One that is revealed stays as it is, but for the names in it: there may be a hundred
        rounds, with thousands of ballots.
        """
        return Raw(messages.encode([self.round(each) for each in self._stage.board.rounds]))

    def round(self, each: Round) -> Raw:
        """Encode one of the rounds."""
        board, epoch = self._stage.board, self._stage.replica.epoch
        revealed = each.state is State.REVEALED
        now = (epoch, revealed, board.named if revealed else board.seq)
        known, part = self._rounds.get(each.n, (None, Raw()))
        if known != now:
            part = Raw(messages.encode(round_beside(board, each)))
            self._rounds[each.n] = (now, part)
        return part

    def people(self, *, told_again: bool) -> Raw:
        """Encode who is here. Where that is `told_again` to all in a moment, it is not made anew
        for each of a crowd that arrives at once.
        """
        board, now = self._stage.board, asyncio.get_running_loop().time()
        # On these depends of whom it is told that they have voted.
        rules = (self._stage.replica.epoch, len(board.rounds), board.settings)
        known, made, part = self._people
        if not told_again or known != rules or now - made >= PEOPLE_WINDOW:
            part = Raw(messages.encode(self._stage.people()))
            self._people = (rules, now, part)
        return part
