"""Stackvote's server. It runs on Linux and macOS; elsewhere its import ends with one line."""

import importlib.util
import sys

if importlib.util.find_spec("fcntl") is None:
    # File locks, Unix sockets and inherited descriptors carry the whole of it.
    sys.exit(
        "stackvote: this system is not supported. Stackvote runs on Linux and macOS; "
        "on Windows, use WSL or a container: see README.md."
    )
