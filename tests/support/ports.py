"""Ports of this machine."""

import random
import socket

_BELOW_THOSE_OF_CLIENTS = range(10_000, 32_000)
"""The system gives none of them to a connection, which could take it before the program does."""
_random = random.SystemRandom()


def free_port():
    """Return a port that nothing listens on, for programs that cannot choose one themselves."""
    while is_listening(port := _random.choice(_BELOW_THOSE_OF_CLIENTS)):
        pass
    return port


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
