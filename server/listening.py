"""The sockets that a server listens on."""

import contextlib
import errno
import resource
import socket
import time

from tornado.netutil import bind_sockets

from server.settings import Settings

BACKLOG = 4096
# A worker whose parent was killed needs a moment to let go of the port.
PATIENCE = 1.0


class PortError(Exception):
    """The port is not to be had; the message says why and what to do."""


def listen(settings: Settings) -> list[socket.socket]:
    """Listen on the host and port, on IPv4 and IPv6. Raises PortError."""
    place = f"{settings.host or 'this machine'}, port {settings.port}"
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return bind_sockets(settings.port, settings.host or None, backlog=BACKLOG)
        except socket.gaierror:
            raise PortError(f"There is no address for the host {settings.host!r}.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                if time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                raise PortError(
                    f"Another program listens on {place}. Stop it, or choose another --port."
                ) from None
            if error.errno == errno.EACCES:
                raise PortError(
                    f"This user may not listen on {place}. Choose a --port above 1023."
                ) from None
            raise PortError(f"Cannot listen on {place}: {error.strerror}.") from None


def raise_file_limit() -> None:
    """Allow as many open files, and so connections, as the system lets us."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS says "unlimited" and refuses it.
    wanted = 1 << 20 if hard == resource.RLIM_INFINITY else hard
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
