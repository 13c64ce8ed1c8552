"""The hosts of a board: another one is added, and gets a key of their own."""

from server.domain.refusals import Refused
from server.live.hosting import AddHost, HostDraft
from server.web.bodies import fitting, plain
from server.web.handler import Access, Handler, Problem
from server.web.pages import links_of, qr_picture


class Hosts(Handler):
    """Add a host, or list them."""

    access = Access.HOST

    async def get(self, typed: str) -> None:
        room = await self.room(typed)
        you = self.require_host(room).badge.host
        self.answer(
            {
                "hosts": [
                    {"host": id_, "name": host.name, "you": id_ == you}
                    for id_, host in room.board.hosts.items()
                ]
            }
        )

    async def post(self, typed: str) -> None:
        room = await self.room(typed)
        actor = self.require_host(room)
        self.require_rate(self.site.founders, "Too many hosts were added. Wait a minute.")
        try:
            request = AddHost.of(fitting(plain(self.request.body), HostDraft))
        except Refused as refused:
            raise Problem.of(refused) from refused
        await self.done(room, actor, request)
        link = f"{links_of(self.site.base, room.code).host}?key={request.key}"
        answer = {"host": request.host, "name": request.name, "host_key": request.key}
        self.answer(answer | {"link": link, "qr": qr_picture(link)}, status=201)


routes = [(r"/api/boards/([^/]+)/hosts", Hosts)]
