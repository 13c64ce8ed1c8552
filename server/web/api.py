"""The API for programs: create a board, read it, act on it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from tornado.web import HTTPError

from server.domain.history import Event
from server.domain.refusals import Code, Refusal
from server.domain.templates import Template
from server.live import messages
from server.live.authorization import NOBODY
from server.live.commands.table import AnyRequest
from server.live.create_board import BoardDraft
from server.live.messages import (
    Ack,
    AnyComment,
    BoardView,
    EarlierReplies,
    MeetingView,
    PeopleView,
    ProposalView,
    RoundBeside,
    RoundView,
    SealedView,
    StancesView,
    TalkView,
    TallyView,
    View,
)
from server.live.parsing import MAX_BYTES, NotUnderstoodError, RefusedRequestError, read_request
from server.live.views import comment_views, more_replies
from server.live.welcome_cache import AnotherHistoryError
from server.observability.metrics import REFUSALS, count
from server.web import identity
from server.web.errors import STATUS, Problem, refusals_answered
from server.web.handler import Access, Handler
from server.web.links import links_of
from server.web.lists import BoardFromText, draft_of
from server.web.operations import operation
from server.web.paced_response import InterruptedAnswerError, Pieces, short_or_made
from server.web.parameters import Body, Query
from server.words.catalogue import words


class FromTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    template: str


class Links(Struct, frozen=True):
    ballot: str
    screen: str
    host: str


class NewBoard(Struct, frozen=True):
    code: str
    host_key: str
    links: Links


class Boards(Handler):
    """Create a board."""

    access = Access.ANYONE

    @operation(
        status=201,
        refuses=(
            Code.BAD_SETTINGS,
            Code.STORE_AWAY,
            "no_such_template",
            "too_fast",
        ),
    )
    async def post(self, body: Body[FromTemplate | BoardFromText | BoardDraft]) -> NewBoard:
        """Create a board from a template, a list of options, or a text. Its host key is
        returned only once.
        """
        created = await self.create_board(lambda: self._draft(body.read()))
        links = links_of(self.base, created.code)
        host = f"{links.host}?key={created.host_key}"
        return NewBoard(created.code, created.host_key, Links(links.ballot, links.screen, host))

    async def _draft(self, asked: FromTemplate | BoardFromText | BoardDraft) -> BoardDraft:
        if isinstance(asked, FromTemplate):
            return self.draft_of_template(asked.template)
        if isinstance(asked, BoardFromText):
            return await draft_of(asked)
        return asked


class BoardNow(Struct, frozen=True, kw_only=True):
    """A board at one position of its log."""

    epoch: str
    seq: int
    board: BoardView
    round: RoundView | None
    tally: TallyView | None
    comments: list[AnyComment]
    more_comments: int | UnsetType = UNSET
    comments_before: int | UnsetType = UNSET
    more_replies: dict[str, EarlierReplies] | UnsetType = UNSET
    talk: dict[str, TalkView] | UnsetType = UNSET
    proposals: list[ProposalView] | UnsetType = UNSET
    sealed: SealedView | UnsetType = UNSET
    stances: StancesView | UnsetType | None = UNSET
    people: PeopleView
    meeting: MeetingView | UnsetType = UNSET
    """Omitted on a board that is no question of a meeting."""


class BoardState(Handler):
    """Get a board as an observer sees it."""

    access = Access.ANYONE

    @operation()
    async def get(self, typed: str) -> BoardNow:
        room = await self.room(typed)
        audience = room.audience(NOBODY, View.SCREEN)
        async with room.results.counted(audience):
            at = msgspec.json.encode({"epoch": room.replica.epoch, "seq": room.board.seq})
            # Encoded before, once for all requests.
            state: Any = Pieces([at[:-1], *room.shown(audience), b"}"])
        return cast("BoardNow", state)


class Sort(StrEnum):
    NEWEST = "newest"
    SUPPORT = "support"


class CommentsQuery(Struct, frozen=True, kw_only=True):
    before: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    parent: str | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    option: str | None = None
    sort: Sort = Sort.NEWEST
    view: View = View.SCREEN


class CommentsPage(Struct, frozen=True, kw_only=True):
    comments: list[AnyComment]
    more: bool
    before: int | UnsetType = UNSET
    """The cursor of the next page, if there is one."""
    more_replies: dict[str, EarlierReplies] | UnsetType = UNSET
    epoch: str
    seq: int


class Comments(Handler):
    """List comments page by page, newest first; hosts also see the text of hidden comments."""

    access = Access.ANYONE

    @operation(refuses=(Code.NO_SUCH_OPTION, Code.NO_SUCH_COMMENT, Code.NOT_ALLOWED))
    async def get(self, typed: str, query: Query[CommentsQuery]) -> CommentsPage:
        room = await self.room(typed)
        asked = query.read()
        actor = self.require_host(room) if asked.view is View.HOST else NOBODY
        talk = room.board.comments
        if asked.option is not None and asked.option not in talk.options:
            with refusals_answered():
                room.board.require_option(asked.option)
        if asked.parent is not None and asked.parent not in talk:
            raise Problem(404, Code.NO_SUCH_COMMENT, words("refusal-no-such-comment"))
        if asked.parent is not None:
            threads, further = talk.replies(asked.parent, asked.limit, before=asked.before)
        elif asked.sort is Sort.SUPPORT:
            threads, further = talk.supported(asked.limit, option=asked.option), None
        else:
            threads, further = talk.newest(asked.limit, before=asked.before, option=asked.option)
        audience = room.audience(actor, View.HOST)
        shown, earlier = talk.with_replies(threads)
        return CommentsPage(
            comments=comment_views(room.board, audience, shown),
            more=further is not None,
            before=UNSET if further is None else further,
            more_replies=more_replies(earlier) or UNSET,
            epoch=room.replica.epoch,
            seq=room.board.seq,
        )


class Fault(Struct, frozen=True):
    code: Code
    message: str


class RefusedAction(messages.Refusal, frozen=True, kw_only=True, tag="refused"):
    """A refusal with the fields of the live connection, and those of all errors over HTTP."""

    error: Fault


class ActionProblem(Problem):
    """The answer to one message that was refused."""

    def __init__(self, id_: str, refusal: Refusal) -> None:
        super().__init__(STATUS[refusal.code], refusal.code, refusal.message)
        self._id = id_
        self._refusal = refusal

    def shown(self) -> RefusedAction:
        code, message = self._refusal.code, self._refusal.message
        return RefusedAction(id=self._id, code=code, message=message, error=Fault(code, message))


class Actions(Handler):
    """Act on a board, with the messages of the live connection and the same answers."""

    access = Access.BY_ACTION

    @operation(refuses=Code, otherwise=dict.fromkeys(STATUS.values(), RefusedAction))
    async def post(self, typed: str, body: Body[AnyRequest]) -> Ack:
        if len(body.raw) > MAX_BYTES:
            raise HTTPError(413)
        room = await self.room(typed)
        actor = self.actor(room)
        if identity.browser(self).forged and not actor.is_host:
            raise Problem(403, Code.NOT_ALLOWED, words("refusal-cookie"))
        key = (room.code, actor.seat or self.network)
        if not self.site.messages.allows(key):
            raise Problem(429, "too_fast", words("refusal-messages-rate"))
        try:
            request = read_request(body.raw)
        except NotUnderstoodError as error:
            raise Problem(400, Code.NOT_UNDERSTOOD, str(error)) from error
        except RefusedRequestError as error:
            count(REFUSALS, error.refusal.code)
            raise ActionProblem(error.id, error.refusal) from error
        room.note_arrival(actor, str(self.network))
        answer = await self.ask(room, actor, request)
        if isinstance(answer, Refusal):
            raise ActionProblem(request.id, answer)
        return Ack(id=request.id, seq=answer)


class Told(Struct, frozen=True):
    history: list[Event]


class History(Handler):
    """List what the hosts did, in words."""

    access = Access.ANYONE

    @operation()
    async def get(self, typed: str) -> Told:
        room = await self.room(typed)
        return Told(list(room.board.history))


class AllRounds(Struct, frozen=True):
    rounds: list[RoundBeside]


class Rounds(Handler):
    """Get all rounds for comparison, each as an observer may see it."""

    access = Access.ANYONE

    @operation()
    async def get(self, typed: str) -> AllRounds:
        room = await self.room(typed)
        await room.count_rounds()
        # Encoded before, once for all requests.
        rounds: Any = Pieces(short_or_made(_listed(room.rounds())))
        return cast("AllRounds", rounds)


def _listed(rounds: Iterator[bytes]) -> Iterator[bytes]:
    """Encode the answer while it is being sent. Raises InterruptedAnswerError."""
    before = b'{"rounds":['
    try:
        for each in rounds:
            yield before
            yield each
            before = b","
    except AnotherHistoryError as error:
        raise InterruptedAnswerError from error
    yield b"]}" if before == b"," else before + b"]}"


class Templates(Handler):
    """List the templates from which a board can be created."""

    access = Access.ANYONE

    @operation()
    async def get(self) -> list[Template]:
        return list(self.site.templates.values())


routes = [
    (r"/api/boards", Boards),
    (r"/api/boards/([^/]+)", BoardState),
    (r"/api/boards/([^/]+)/actions", Actions),
    (r"/api/boards/([^/]+)/comments", Comments),
    (r"/api/boards/([^/]+)/history", History),
    (r"/api/boards/([^/]+)/rounds", Rounds),
    (r"/api/templates", Templates),
]
