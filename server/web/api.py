"""The addresses for programs: make a board, read it, act on it."""

import msgspec
from msgspec import Struct
from tornado.web import HTTPError

from server.domain.refusals import Code, Refused
from server.live.admission import NOBODY
from server.live.founding import BoardDraft
from server.live.messages import Ack, Refusal, View
from server.live.reading import MAX_BYTES, NotUnderstoodError, RefusedRequestError, read_request
from server.live.views import parts_of
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
        key = (room.code, actor.seat or self.request.remote_ip)
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
        self.answer({"history": room.on_demand("history")})


class Rounds(Handler):
    """All rounds beside each other, each as an observer may see it."""

    access = Access.ANYONE

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        self.answer({"rounds": room.on_demand("rounds")})


class Templates(Handler):
    """The boards that can be started from."""

    access = Access.ANYONE

    def get(self) -> None:
        self.answer(list(self.site.templates.values()))


routes = [
    (r"/api/boards", Boards),
    (r"/api/boards/([^/]+)", BoardState),
    (r"/api/boards/([^/]+)/actions", Actions),
    (r"/api/boards/([^/]+)/history", History),
    (r"/api/boards/([^/]+)/rounds", Rounds),
    (r"/api/templates", Templates),
]
