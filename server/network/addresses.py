"""The addresses at which this server can be reached, and those that it hands out."""

import asyncio
import contextlib
import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from server.network.allowed_hosts import name_of
from server.network.interfaces import interface_addresses
from server.settings import Settings

REFRESH = 2.0
"""Seconds between two looks at the interfaces: a laptop may join another network in the meeting."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Addresses:
    """What links may begin with: `public_url` if set; otherwise the addresses of this machine.

    Nothing else ever gets into a link, whatever a request claims.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._public = settings.public_url
        self.on_change: list[Callable[[], None]] = []
        """Called after the addresses have changed."""
        self.hosts: tuple[str, ...] = ()
        """This machine's addresses among which a host can choose, the likeliest first. Empty if
        `public_url` says what links begin with; then it is also told to no one what they are.
        """
        self.refresh()

    @property
    def root(self) -> str:
        """The path under which the server is, such as `/vote`; empty at the root."""
        return urlsplit(self._public or "").path

    @property
    def origin(self) -> str | None:
        """The origin of `public_url`, as browsers send it; None if it is not set."""
        return origin_of(self._public) if self._public else None

    @property
    def is_secure(self) -> bool:
        """Whether links begin with `https`."""
        return urlsplit(self.base()).scheme == "https"

    def refresh(self) -> bool:
        """Look at the interfaces again; return whether the addresses have changed."""
        hosts = () if self._public else _hosts(self._settings)
        changed, self.hosts = hosts != self.hosts, hosts
        if changed:
            for tell in self.on_change:
                tell()
        return changed

    async def watch(self) -> None:
        """Keep looking at the interfaces."""
        while True:
            await asyncio.sleep(REFRESH)
            self.refresh()

    def base(self, *preferred: str) -> str:
        """Return the beginning of links, such as `http://192.168.1.7:8888`.

        Of the `preferred` addresses, which may be anything that a client claims, the first one
        counts that is this machine's own and leads others here.
        """
        if self._public:
            return self._public
        wanted = (own for each in preferred if (own := self._own(each)) and not is_loopback(own))
        return self.base_at(next(wanted, self.hosts[0]))

    def base_at(self, host: str) -> str:
        """Return the beginning of links with one of this machine's addresses."""
        return _base(self._settings, host)

    def _own(self, typed: str) -> str | None:
        """Return the address of ours that a `Host` or a setting names."""
        with contextlib.suppress(ValueError):
            typed = str(ipaddress.ip_address(name_of(typed) or typed))
        return typed if typed in self.hosts else None


def public_base(settings: Settings) -> str:
    """Return the beginning of every link that is handed out, such as `http://192.168.1.7:8888`.

    This is `public_url` if set; otherwise this machine's address in its network, which phones in
    the same room can open; or, without a network, an address for this machine only.
    """
    return Addresses(settings).base()


def local_base(settings: Settings) -> str:
    """Return the beginning of links for this machine itself."""
    host = "127.0.0.1" if _is_everywhere(settings.host) else settings.host
    return _base(settings, host)


def host_link(settings: Settings, code: str, key: str) -> str:
    """Return the address that makes a browser a host."""
    return host_link_at(public_base(settings), code, key)


def host_link_at(base: str, code: str, key: str) -> str:
    return f"{base}/b/{code}/host?key={key}"


def network_address() -> str | None:
    """Return this machine's address in its network; None without a network."""
    return next(iter(interface_addresses()), None)


def shown_address(base: str) -> str:
    """Return the beginning of links as people read and type it: without `http://`."""
    return base.partition("://")[2]


def origin_of(address: str) -> str:
    """Return the origin of an address as browsers send it: in lower case, without a default port.

    Raises ValueError if it is not the address of a host.
    """
    parts = urlsplit(address)
    scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode()
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (
        "" if port in {None, _DEFAULT_PORTS.get(scheme)} else f":{port}"
    )


def is_loopback(host: str) -> bool:
    """Whether an address leads only to this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _hosts(settings: Settings) -> tuple[str, ...]:
    if not _is_everywhere(settings.host):
        return (settings.host,)
    found = interface_addresses()
    if settings.host == "0.0.0.0":  # noqa: S104 # nosec B104 # it is compared, not bound
        found = tuple(each for each in found if ":" not in each)
    return found or ("127.0.0.1",)


def _is_everywhere(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_unspecified
    return not host


def _base(settings: Settings, host: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.tls_cert else "http"
    usual = _DEFAULT_PORTS[scheme]
    root = urlsplit(settings.public_url or "").path
    return f"{scheme}://{shown}" + ("" if settings.port == usual else f":{settings.port}") + root
