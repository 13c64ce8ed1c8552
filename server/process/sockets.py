"""The sockets that a server listens on."""

import contextlib
import errno
import resource
import socket
import time

from server.settings import Settings

BACKLOG = 4096
KERNEL_BYTES = 128 * 1024
"""The kernel's send buffer for a slow reader (Linux doubles it, for its own bookkeeping). By
default it would hold megabytes, and a slow phone would show tallies that are minutes old, one by
one.
"""
# A worker whose parent was killed needs a moment to release the port.
PATIENCE = 1.0


class PortError(Exception):
    """The server cannot listen on the port; the message says why and what to do."""


def listen(settings: Settings) -> list[socket.socket]:
    """Listen on the host and port, on IPv4 and IPv6. Raises PortError."""
    place = f"{settings.host or 'this machine'}, port {settings.port}"
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _listen("" if settings.host == "::" else settings.host, settings.port)
        except socket.gaierror:
            raise PortError(f"There is no address for the host {settings.host!r}.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                if time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                words = (
                    "the port is already in use. Stop the other program, or choose another --port."
                )
            elif error.errno == errno.EACCES:
                words = "this user has no permission. Choose a --port above 1023."
            elif error.errno == errno.EADDRNOTAVAIL:
                words = "that is not an address of this machine."
            else:
                words = f"{error.strerror}."
            raise PortError(f"Cannot listen on {place}: {words}") from None


def _listen(host: str, port: int) -> list[socket.socket]:
    """Open one socket per address, all on the same port.

    IPv4 and IPv6 have separate sockets: on a shared one, IPv4 visitors would seem to come from
    addresses like `::ffff:192.0.2.7`.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with contextlib.ExitStack() as opened:
        sockets: list[socket.socket] = []
        # IPv4 first, because it is always available.
        for family, _, _, _, (name, _, *scope) in sorted(set(found)):
            try:
                each = socket.create_server((name, port, *scope), family=family, backlog=BACKLOG)
            except OSError as error:
                unasked = not host and family == socket.AF_INET6
                if unasked and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                    continue
                raise
            # Inherited by every connection accepted here.
            each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
            sockets.append(opened.enter_context(each))
            port = each.getsockname()[1]
        opened.pop_all()
    return sockets


def raise_file_limit() -> None:
    """Raise the limit of open files, and so of connections, as far as the system permits."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS reports "unlimited", but refuses it.
    wanted = 1 << 20 if hard == resource.RLIM_INFINITY else hard
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
