"""The names that this server answers to.

A page of another site can have its own name lead to this machine while a browser has it open (DNS
rebinding). For the browser both are one site then, and the page could read what its visitor can
reach, a board in a closed network, or the counters on this very machine. What gives it away is
`Host`: it is still the other site's name.

Any address in numbers is let pass: a browser that asks for one was given no name, and so nobody
could have a name lead elsewhere. That is also why no list of this machine's addresses is kept,
which would be out of date when it joins another network.
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
"""Domains that no public name can lie in (RFC 6762, RFC 8375, and what routers give out)."""
_RESOLVER = Path("/etc/resolv.conf")


class OwnNames:
    """What `Host` may say."""

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url or "").hostname
        listed = [each.lower() for each in settings.allowed_hosts]
        self._names = {_wired(_bare(each)) for each in (public, settings.host, *listed) if each}
        self._names |= {"localhost", *machine_names()}
        self._suffixes = (".localhost", *(each for each in listed if each.startswith(".")))

    def include(self, host: str) -> bool:
        """Say whether a `Host`, with or without its port, is one of the server's own."""
        name = name_of(host)
        return name in self._names or name.endswith(self._suffixes) or _is_address(name)


def name_of(host: str) -> str:
    """Return what a `Host` names, in small letters and without its port; empty where it is none."""
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
    """Return the domains in which this machine looks for names: its own is mostly in one."""
    found = []
    with suppress(OSError, UnicodeDecodeError):
        for line in _RESOLVER.read_text().splitlines():
            word, *domains = line.split() or [""]
            if word in {"search", "domain"}:
                found += [_bare(domain.lower()) for domain in domains]
    return [domain for domain in found if domain]


def _bare(name: str) -> str:
    """Take off the brackets of an address, and the dot that ends a whole name."""
    return name.strip("[]").removesuffix(".").lower()


def _wired(name: str) -> str:
    """Write a name as browsers send it: letters beyond ASCII are encoded (IDNA)."""
    with suppress(UnicodeError):
        return name.encode("idna").decode()
    return name


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return False
