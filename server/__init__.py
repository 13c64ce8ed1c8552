"""Stackvote's server, for Linux and macOS. On other systems, importing it exits with a message."""

import importlib.util
import sys

if importlib.util.find_spec("fcntl") is None:
    # Everything depends on file locks, Unix sockets and inherited file descriptors.
    sys.exit(
        "stackvote: this system is not supported. Stackvote runs on Linux and macOS; "
        "on Windows, use WSL or a container: see README.md."
    )
