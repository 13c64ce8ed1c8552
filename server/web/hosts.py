"""The hosts of a board: another one is added, and gets a key of their own."""

from msgspec import Struct

from server.domain.refusals import Code, Refused
from server.live.hosting import AddHost, HostDraft
from server.web.bodies import Body
from server.web.handler import Access, Handler
from server.web.links import links_of, qr_picture
from server.web.operations import operation
from server.web.problems import Problem


class HostView(Struct, frozen=True):
    host: str
    name: str | None
    """None for the one with whom the board began."""
    you: bool


class AllHosts(Struct, frozen=True):
    hosts: list[HostView]


class NewHost(Struct, frozen=True, kw_only=True):
    host: str
    name: str
    host_key: str
    link: str
    qr: str
    """The link as a picture: a `data:` address of SVG."""


class Hosts(Handler):
    """Add a host, or list them."""

    access = Access.HOST

    @operation()
    async def get(self, typed: str) -> AllHosts:
        """List the hosts."""
        room = await self.room(typed)
        you = self.require_host(room).badge.host
        hosts = room.board.hosts.items()
        return AllHosts([HostView(id_, host.name, id_ == you) for id_, host in hosts])

    @operation(status=201, refuses=(Code.BAD_SETTINGS,))
    async def post(self, typed: str, body: Body[HostDraft]) -> NewHost:
        """Add a host. The key is told this once."""
        room = await self.room(typed)
        actor = self.require_host(room)
        self.require_rate(self.site.founders, "Too many hosts were added. Wait a minute.")
        try:
            request = AddHost.of(body.read())
        except Refused as refused:
            raise Problem.of(refused.refusal) from refused
        await self.done(room, actor, request)
        self.site.acquaintances.remember(room.code, request.key)
        link = f"{links_of(self.site.base, room.code).host}?key={request.key}"
        return NewHost(
            host=request.host,
            name=request.name,
            host_key=request.key,
            link=link,
            qr=qr_picture(link),
        )


routes = [(r"/api/boards/([^/]+)/hosts", Hosts)]
