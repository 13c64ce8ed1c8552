"""What a service manager is told: that people are served, and that this ends (sd_notify)."""

import contextlib
import os
import socket


def tell(state: str) -> None:
    """Say `READY=1` or `STOPPING=1` to the one that started us, if it wants to know."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # One in the abstract name space is written with an @ in the place of its first byte.
    place = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), place)
