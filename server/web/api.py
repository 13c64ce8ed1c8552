"""The addresses for programs: make a board, read it, act on it."""

import re

import msgspec
from msgspec import Struct
from tornado.web import HTTPError

from server.domain.refusals import Code, Refused
from server.live.admission import NOBODY
from server.live.founding import BoardDraft
from server.live.messages import Ack, Refusal, View
from server.live.reading import MAX_BYTES, NotUnderstoodError, RefusedRequestError, read_request
from server.live.views import comment_views, parts_of
from server.metrics import REFUSALS, count
from server.web import identity
from server.web.bodies import fitting, plain
from server.web.handler import STATUS, Access, Handler, Problem
from server.web.pages import links_of


class FromTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    template: str


class Boards(Handler):
    """Make a board."""

    access = Access.ANYONE

    async def post(self) -> None:
        founded = await self.found(self._draft)
        links = links_of(self.site.base, founded.code)
        host = f"{links.host}?key={founded.host_key}"
        self.answer(
            {
                "code": founded.code,
                "host_key": founded.host_key,
                "links": {"ballot": links.ballot, "screen": links.screen, "host": host},
            },
            status=201,
        )

    def _draft(self) -> BoardDraft:
        asked = plain(self.request.body)
        if isinstance(asked, dict) and "template" in asked:
            return self.draft_of_template(fitting(asked, FromTemplate).template)
        return fitting(asked, BoardDraft)


class BoardState(Handler):
    """A board as an observer sees it."""

    access = Access.ANYONE

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        audience = room.audience(NOBODY, View.SCREEN)
        self.answer(
            {"epoch": room.replica.epoch, "seq": room.board.seq}
            | parts_of(room.board, audience)
            | {"people": room.people()}
        )


class Comments(Handler):
    """The talk by pages, the newest first; for the host those with hidden words, too."""

    access = Access.ANYONE
    most = 200

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        as_host = self.get_query_argument("view", View.SCREEN) == View.HOST
        actor = self.require_host(room) if as_host else NOBODY
        option = self.get_query_argument("option", None)
        talk = room.board.comments
        if option is not None and option not in talk.options:
            try:
                room.board.require_option(option)
            except Refused as refused:
                raise Problem.of(refused) from refused
        before, limit = self._number("before"), self._number("limit", 50)
        if limit is None or limit > self.most:
            raise Problem(400, Code.NOT_UNDERSTOOD, f"`limit` is at most {self.most}.")
        if self._sort() == "support":
            threads, further = talk.supported(limit, option=option), None
        else:
            threads, further = talk.newest(limit, before=before, option=option)
        audience = room.audience(actor, View.HOST)
        comments = comment_views(room.board, audience, talk.with_replies(threads))
        page = {"comments": comments, "more": further is not None}
        position = {"epoch": room.replica.epoch, "seq": room.board.seq}
        self.answer(page | position | ({} if further is None else {"before": further}))

    def _sort(self) -> str:
        sort = self.get_query_argument("sort", "newest")
        if sort not in {"newest", "support"}:
            raise Problem(400, Code.NOT_UNDERSTOOD, "`sort` is newest or support.")
        return sort

    def _number(self, name: str, otherwise: int | None = None) -> int | None:
        typed = self.get_query_argument(name, None)
        if typed is None:
            return otherwise
        if not re.fullmatch(r"[1-9][0-9]{0,15}", typed):
            raise Problem(400, Code.NOT_UNDERSTOOD, f"`{name}` is a number from 1.")
        return int(typed)


class Actions(Handler):
    """Act on a board, with the messages of the live connection and the same answers."""

    access = Access.BY_ACTION

    async def post(self, typed: str) -> None:
        if len(self.request.body) > MAX_BYTES:
            raise HTTPError(413)
        room = await self.room(typed)
        actor = self.actor(room)
        if identity.browser(self).forged and not actor.is_host:
            raise Problem(403, Code.NOT_ALLOWED, "This cookie is not from this server.")
        key = (room.code, actor.seat or self.network)
        if not self.site.messages.allows(key):
            raise Problem(429, "too_fast", "Too many messages; wait a moment.")
        try:
            request = read_request(self.request.body)
        except NotUnderstoodError as error:
            raise Problem(400, Code.NOT_UNDERSTOOD, str(error)) from error
        except RefusedRequestError as error:
            self._refuse(error.id, error.refused)
            return
        answer = await self.ask(room, actor, request)
        if isinstance(answer, Refused):
            self._refuse(request.id, answer)
        else:
            self.answer(Ack(id=request.id, seq=answer))

    def _refuse(self, id_: str, refused: Refused) -> None:
        """Answer as on the live connection, and as all errors over HTTP."""
        count(REFUSALS, refused.code)
        refusal = Refusal(id=id_, code=refused.code, message=refused.message)
        error = {"error": {"code": refused.code, "message": refused.message}}
        self.answer(msgspec.to_builtins(refusal) | error, STATUS[refused.code])


class History(Handler):
    """What the hosts did, in words."""

    access = Access.ANYONE

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        self.answer({"history": list(room.board.history)})


class Rounds(Handler):
    """All rounds beside each other, each as an observer may see it."""

    access = Access.ANYONE

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        self.answer({"rounds": room.rounds()})


class Templates(Handler):
    """The boards that can be started from."""

    access = Access.ANYONE

    def get(self) -> None:
        self.answer(list(self.site.templates.values()))


routes = [
    (r"/api/boards", Boards),
    (r"/api/boards/([^/]+)", BoardState),
    (r"/api/boards/([^/]+)/actions", Actions),
    (r"/api/boards/([^/]+)/comments", Comments),
    (r"/api/boards/([^/]+)/history", History),
    (r"/api/boards/([^/]+)/rounds", Rounds),
    (r"/api/templates", Templates),
]
