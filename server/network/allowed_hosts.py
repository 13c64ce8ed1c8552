"""The host names that this server answers to.

While a browser has a page of another site open, that site can point its own name at this machine
(DNS rebinding). To the browser both are then the same site, and the page could read whatever its
visitor can reach: a board in a closed network, or the metrics on this very machine. The `Host`
header gives it away, because it still has the other site's name.

Numeric addresses are always accepted: a browser that requests one was given no name that anyone
could point elsewhere. For the same reason there is no list of this machine's addresses, which would
be outdated whenever the machine joins another network.
"""

import ipaddress
import re
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from server.settings import Settings

_HOST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::[0-9]*)?")
_AT_HOME = ("local", "localdomain", "lan", "home", "home.arpa", "internal")
"""Domains that contain no public names (RFC 6762, RFC 8375, and common defaults of routers)."""
_RESOLVER = Path("/etc/resolv.conf")


class AllowedHosts:
    """The accepted values of `Host`."""

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url or "").hostname
        listed = [each.lower() for each in settings.allowed_hosts]
        self._names = {_wired(_bare(each)) for each in (public, settings.host, *listed) if each}
        self._names |= {"localhost", *machine_names()}
        self._suffixes = (".localhost", *(each for each in listed if each.startswith(".")))

    def include(self, host: str) -> bool:
        """Whether a `Host`, with or without its port, is one of the server's own."""
        name = name_of(host)
        return name in self._names or name.endswith(self._suffixes) or _is_address(name)


def name_of(host: str) -> str:
    """Return the name in a `Host`, in lower case and without its port; empty if it is malformed."""
    parts = _HOST.fullmatch(host.strip().lower())
    return _bare(parts[1]) if parts else ""


def machine_names() -> set[str]:
    """Return the names of this machine, alone and in the domains of its network."""
    name = _bare(socket.gethostname().lower())
    short = name.partition(".")[0]
    if not short:
        return set()
    return {name, short} | {f"{short}.{domain}" for domain in (*_AT_HOME, *_search_domains())}


def _search_domains() -> list[str]:
    """Return the search domains of this machine, as its own name is usually in one of them."""
    found = []
    with suppress(OSError, UnicodeDecodeError):
        for line in _RESOLVER.read_text().splitlines():
            word, *domains = line.split() or [""]
            if word in {"search", "domain"}:
                found += [_bare(domain.lower()) for domain in domains]
    return [domain for domain in found if domain]


def _bare(name: str) -> str:
    """Strip the brackets of an address, and the dot at the end of a fully qualified name."""
    return name.strip("[]").removesuffix(".").lower()


def _wired(name: str) -> str:
    """Encode a name as browsers send it: non-ASCII letters use IDNA."""
    with suppress(UnicodeError):
        return name.encode("idna").decode()
    return name


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return False
