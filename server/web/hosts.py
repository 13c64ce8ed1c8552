"""The hosts of a board: list them, or add another, who gets a key of their own."""

from msgspec import Struct

from server.domain.refusals import Code
from server.live.host_commands import AddHost, HostDraft
from server.web import addresses
from server.web.errors import refusals_answered
from server.web.handler import Access, Handler
from server.web.links import links_of, qr_picture
from server.web.operations import operation
from server.web.parameters import Body
from server.words.catalogue import words


class HostView(Struct, frozen=True):
    host: str
    name: str | None
    """None for the host who created the board."""
    you: bool


class AllHosts(Struct, frozen=True):
    hosts: list[HostView]


class NewHost(Struct, frozen=True, kw_only=True):
    host: str
    name: str
    host_key: str
    link: str
    qr: str
    """The link as a QR code: an SVG image as a `data:` URL."""


class Hosts(Handler):
    """Add a host, or list them."""

    access = Access.HOST

    @operation()
    async def get(self, typed: str) -> AllHosts:
        """List the hosts."""
        room = await self.room(typed)
        you = self.require_host(room).host
        hosts = room.board.hosts.items()
        return AllHosts([HostView(id_, host.name, id_ == you) for id_, host in hosts])

    @operation(status=201, refuses=(Code.BAD_SETTINGS,))
    async def post(self, typed: str, body: Body[HostDraft]) -> NewHost:
        """Add a host. The key is returned only here."""
        room = await self.room(typed)
        actor = self.require_host(room)
        self.require_rate(self.site.creation_limit, words("refusal-hosts-rate"))
        with refusals_answered():
            request = AddHost.of(body.read())
        await self.done(room, actor, request)
        self.site.known_clients.remember(room.code, request.key)
        link = f"{links_of(self.join_base(room.board), room.code).host}?key={request.key}"
        return NewHost(
            host=request.host,
            name=request.name,
            host_key=request.key,
            link=link,
            qr=qr_picture(link),
        )


routes = [(r"/api/boards/([^/]+)/hosts", Hosts), *addresses.routes]
