"""The address that people type to join a board, and the others among which its hosts can choose."""

from urllib.parse import urlsplit

from msgspec import UNSET, Struct, UnsetType

from server.live.room import Room
from server.network.addresses import is_loopback, shown_address
from server.web.handler import Access, Handler
from server.web.links import known_qr_picture, links_of
from server.web.operations import operation


class AddressChoice(Struct, frozen=True):
    address: str
    """One of the server's own, such as `10.42.0.1`."""
    base: str
    """What links with it begin with: `http://10.42.0.1:8888`."""


class JoinAddress(Struct, frozen=True, kw_only=True):
    shown: str
    """As people type it, such as `192.168.1.7:8888`."""
    ballot: str
    """The link to the ballot."""
    host: str
    """The link to the host's console, without a key."""
    qr: str
    """The link to the ballot as a QR code: an SVG image as a `data:` URL."""
    only_here: bool
    """Whether only the server's own machine can open it."""
    choices: list[AddressChoice] | UnsetType = UNSET
    """Only for hosts. Empty if the server's operator chose the address."""


def join_address(handler: Handler, room: Room) -> JoinAddress:
    """Return the address under which others join a board, for the one who asks."""
    addresses, base = handler.site.addresses, handler.join_base(room.board)
    links = links_of(base, room.code)
    is_host = handler.host_key(room) is not None
    return JoinAddress(
        shown=shown_address(base),
        ballot=links.ballot,
        host=links.host,
        qr=known_qr_picture(links.ballot),
        only_here=is_loopback(urlsplit(base).hostname or ""),
        choices=[AddressChoice(each, addresses.base_at(each)) for each in addresses.hosts]
        if is_host
        else UNSET,
    )


class Address(Handler):
    """Get the address under which people join a board."""

    access = Access.ANYONE

    @operation()
    async def get(self, typed: str) -> JoinAddress:
        """Get the address under which people join a board, as a link and as a QR code."""
        return join_address(self, await self.room(typed))


routes = [(r"/api/boards/([^/]+)/address", Address)]
