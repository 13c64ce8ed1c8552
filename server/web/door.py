"""The door: who has connected is let in a few at a time."""

import asyncio
import logging
from collections import deque
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

# What comes in broken is refused. Tornado would also quote it in a line of the log, as long as it
# is, and with the cookie or the key that it holds.
logging.getLogger("tornado.general").setLevel(logging.WARNING)

AT_A_TIME = 8
"""Connections let in during one turn of the loop. What those inside ask for comes in between:
a turn with a whole crowd's handshakes would keep them waiting for a second.
"""


class Door(HTTPServer):
    """Tornado's server, which by itself would take in whole crowds at once."""

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        super().initialize(*args, **kwargs)
        self._waiting: deque[tuple[IOStream, Any]] = deque()

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Let somebody in, after all who came before."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)
        self._waiting.append((stream, address))

    def _let_in(self) -> None:
        for _ in range(min(AT_A_TIME, len(self._waiting))):
            super().handle_stream(*self._waiting.popleft())
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)
