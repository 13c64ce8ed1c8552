"""The addresses under which people reach this server."""

import contextlib
import ipaddress
import socket

from server.settings import Settings

# Addresses set aside for documentation (RFC 5737, RFC 3849). Nothing is sent to them: a
# datagram socket that is "connected" only asks the system which way it would send.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def public_base(settings: Settings) -> str:
    """Give the start of every link that is handed on, such as `http://192.168.1.7:8888`.

    It is what `public_url` says; else this machine's address in its network, which phones in
    the same room can open; else, without a network, an address for this machine only.
    """
    if settings.public_url is not None:
        return settings.public_url
    if not _is_everywhere(settings.host):
        return _base(settings, settings.host)
    return _base(settings, network_address() or "127.0.0.1")


def local_base(settings: Settings) -> str:
    """Give the start of links for this machine itself."""
    host = "127.0.0.1" if _is_everywhere(settings.host) else settings.host
    return _base(settings, host)


def network_address() -> str | None:
    """Find this machine's address in its network; None where it has no network."""
    for family, target in _ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            address = str(probe.getsockname()[0])
            if not is_loopback(address):
                return address
    return None


def is_loopback(host: str) -> bool:
    """Whether an address leads nowhere but to this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_everywhere(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_unspecified
    return not host


def _base(settings: Settings, host: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    scheme, usual = ("https", 443) if settings.tls_cert else ("http", 80)
    return f"{scheme}://{shown}" + ("" if settings.port == usual else f":{settings.port}")
