"""The door: who has connected is let in a few at a time."""

import asyncio
from collections import deque
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream

AT_A_TIME = 8
"""Connections let in during one turn of the loop. What those inside ask for comes in between:
a turn with a whole crowd's handshakes would keep them waiting for a second.
"""


class Door(HTTPServer):
    """Tornado's server, which by itself would take in whole crowds at once."""

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        super().initialize(*args, **kwargs)
        self._waiting: deque[tuple[IOStream, Any]] = deque()
        self._longest = 0

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Let somebody in, after all who came before."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)
        self._waiting.append((stream, address))
        self._longest = max(self._longest, len(self._waiting))

    def take_longest(self) -> int:
        """Return how many waited to be let in, at most, since this was asked last."""
        longest, self._longest = self._longest, len(self._waiting)
        return longest

    def _let_in(self) -> None:
        for _ in range(min(AT_A_TIME, len(self._waiting))):
            super().handle_stream(*self._waiting.popleft())
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)
