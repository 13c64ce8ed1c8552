"""Notifies a service manager (sd_notify): the server is ready, or is stopping."""

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Send `READY=1` or `STOPPING=1` to the service manager, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # An address in the abstract name space is written with an @ in place of its first byte.
    place = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(state.encode(), place)
