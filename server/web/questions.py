"""The questions of a meeting: what became of each, and how another one is added."""

import secrets
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType, structs

from server.domain import actions as act
from server.domain.board import Board
from server.domain.options import FURTHER_DISCUSSION
from server.domain.record import is_worth_recording
from server.domain.refusals import Code, Refused
from server.domain.rounds import State
from server.domain.rules import BoardSettings
from server.live.authorization import NOBODY, Actor
from server.live.create_board import BoardDraft, host_of
from server.live.host_commands import AddQuestion, JoinMeeting
from server.live.messages import MeetingView, QuestionPlace, View
from server.live.room import Room
from server.store.node import StoreAwayError
from server.web.api import FromTemplate
from server.web.errors import STORE_AWAY, Problem, refusals_answered
from server.web.handler import Access, Handler
from server.web.links import links_of
from server.web.lists import BoardFromText, draft_of
from server.web.operations import operation
from server.web.parameters import Body
from server.words.catalogue import words


class OwnBoard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board that exists, of which the sender is a host."""

    board: str
    """Its code, as people type it."""
    host_key: str = ""
    """A host key of that board. It may be left out by a browser that is a host there."""


class NewQuestion(Struct, frozen=True):
    code: str


class QuestionState(StrEnum):
    SETUP = "setup"
    OPEN = "open"
    LOCKED = "locked"
    REVEALING = "revealing"
    REVEALED = "revealed"
    DECIDED = "decided"
    DEFERRED = "deferred"
    GONE = "gone"
    """Its board was deleted, or is no longer part of the meeting."""


class QuestionView(Struct, frozen=True, kw_only=True):
    """One question of a meeting, as an observer of its board sees it."""

    code: str
    n: int
    """Its place in the meeting, from 1."""
    title: str
    """Empty if the board is gone."""
    state: QuestionState
    outcome: str
    """What it came to, in words; empty if it has not, or must not be told yet."""
    record: str | UnsetType = UNSET
    """The link to its record; omitted if there is nothing to record."""


class AllQuestions(Struct, frozen=True, kw_only=True):
    meeting: MeetingView | None
    """None if the board is in no meeting."""
    questions: list[QuestionView]
    """For hosts all of them, and for others those at which the meeting has been."""


class Meeting(Handler):
    """Get the meeting that a board leads, or is a question of."""

    access = Access.ANYONE

    @operation()
    async def get(self, typed: str) -> AllQuestions:
        """Get the meeting, with the questions at which it has been and what each came to."""
        room = await self.room(typed)
        view = room.meeting.view(host=False)
        return AllQuestions(meeting=view, questions=await questions_of(self, view))


class Questions(Handler):
    """Add a question to a meeting, or list them."""

    access = Access.HOST

    @operation()
    async def get(self, typed: str) -> AllQuestions:
        """List all questions of the meeting, also those that are still to come."""
        room = await self.room(typed)
        self.require_host(room)
        view = room.meeting.view(host=True)
        return AllQuestions(meeting=view, questions=await questions_of(self, view))

    @operation(
        status=201,
        refuses=(
            *(Code.ROUND_OPEN, Code.BAD_SETTINGS, Code.TOO_MANY),
            *(Code.STORE_AWAY, "no_such_template"),
        ),
    )
    async def post(
        self, typed: str, body: Body[OwnBoard | FromTemplate | BoardFromText | BoardDraft]
    ) -> NewQuestion:
        """Add a question, as the last one: a new board, or one that the sender hosts.

        A board with a second question leads a meeting.
        """
        room = await self.room(typed)
        host = self.require_host(room)
        asked = body.read()
        await self._leave_former_meeting(room, host)
        with refusals_answered():
            # Before a board is made for it that would then be left over.
            entry = act.Entry(rules=act.RULES, action=act.AddQuestion(question=""))
            room.board.check(room.now(), entry)
        if isinstance(asked, OwnBoard):
            code = await self._join(room, asked)
        else:
            code = await self._create(room, host, asked)
        await self.done(room, host, AddQuestion(id=_new_id(), question=code))
        return NewQuestion(code)

    async def _leave_former_meeting(self, room: Room, host: Actor) -> None:
        """Let a board lead that was once a question of another meeting, and was removed there."""
        if room.board.lead and room.meeting.lead is None:
            leave = JoinMeeting(id=_new_id(), lead="", leaving=room.board.lead)
            await self.done(room, host, leave)

    async def _create(
        self, room: Room, host: Actor, asked: FromTemplate | BoardFromText | BoardDraft
    ) -> str:
        async def draft() -> BoardDraft:
            if isinstance(asked, FromTemplate):
                made = self.draft_of_template(asked.template)
            else:
                made = await draft_of(asked) if isinstance(asked, BoardFromText) else asked
            if made.settings != BoardSettings():
                return made
            return structs.replace(made, settings=room.board.settings)

        key = room.board.hosts[host.host].key
        return (await self.create_board(draft, host=key, lead=room.code)).code

    async def _join(self, room: Room, asked: OwnBoard) -> str:
        """Make a board a question of the meeting of a room; return its code. Raises Problem."""
        question = await self.room(asked.board)
        if question is room:
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-question-itself"))
        host = self._host_of(question, asked.host_key)
        if (lead := question.meeting.lead) is not None and lead is not room:
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-question-elsewhere"))
        if question.board.lead != room.code:
            leaving = question.board.lead
            join = JoinMeeting(id=_new_id(), lead=room.code, leaving=leaving)
            await self.done(question, host, join)
        return question.code

    def _host_of(self, question: Room, key: str) -> Actor:
        actor = self.actor(question)
        if key and not actor.is_host:
            host = host_of(key, question.board.hosts) or ""
            actor = question.actor(actor.credentials._replace(host=host))
        if not actor.is_host:
            if key:
                self.require_rate(self.site.guess_limit, words("refusal-keys-rate"))
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-question-host"))
        return actor


async def questions_of(handler: Handler, meeting: MeetingView | None) -> list[QuestionView]:
    """Return what became of the questions of a meeting. Raises Problem."""
    if meeting is None:
        return []
    return [await _question_of(handler, meeting, place) for place in meeting.questions]


async def _question_of(
    handler: Handler, meeting: MeetingView, place: QuestionPlace
) -> QuestionView:
    try:
        room = await handler.site.hub.room(place.code)
    except Refused:
        return _gone(place)
    except StoreAwayError as error:
        raise Problem.of(STORE_AWAY) from error
    if meeting.lead not in {room.code, room.board.lead}:
        return _gone(place)
    board = room.board
    record = links_of(handler.join_base(board), room.code).record
    async with room.results.counted(room.audience(NOBODY, View.SCREEN)):
        state = _state_of(board, room.now())
        return QuestionView(
            code=room.code,
            n=place.n,
            title=board.title,
            state=state,
            outcome=_outcome_of(board, state),
            record=record
            if is_worth_recording(board) and state is not QuestionState.REVEALING
            else UNSET,
        )


def _gone(place: QuestionPlace) -> QuestionView:
    return QuestionView(code=place.code, n=place.n, title="", state=QuestionState.GONE, outcome="")


def _state_of(board: Board, now: int) -> QuestionState:
    current = board.round
    if current and current.state is not State.REVEALED:
        return QuestionState(current.state)
    if current and current.shown_at is not None and now < current.shown_at:
        return QuestionState.REVEALING
    if board.decision:
        return QuestionState.DECIDED
    if board.deferral:
        return QuestionState.DEFERRED
    return QuestionState.REVEALED if current else QuestionState.SETUP


def _outcome_of(board: Board, state: QuestionState) -> str:
    if state is QuestionState.DECIDED and board.decision:
        names = {option.id: option.name for option in board.options}
        names[FURTHER_DISCUSSION] = words("further-discussion")
        return names.get(board.decision.option, board.decision.option)
    if state is QuestionState.DEFERRED and board.deferral:
        return words("question-deferred", day=board.deferral.revisit_on)
    if state is QuestionState.REVEALED and board.round:
        result = board.round.shown_result()
        return result.decided_by if result else ""
    return ""


def _new_id() -> str:
    return secrets.token_hex(8)


routes = [
    (r"/api/boards/([^/]+)/meeting", Meeting),
    (r"/api/boards/([^/]+)/questions", Questions),
]
