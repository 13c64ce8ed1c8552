"""The limit for the body of a request. One that is longer is answered in words.

A browser shows an answer only after it has sent the whole body, so a body that is too long is read
to its end, and dropped. One that is far too long is cut off.
"""

import asyncio

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from server.web.passing_delegate import PassingDelegate

MAX_BODY = 1024 * 1024
"""In bytes. The longest list of options fits, however its text is escaped."""
MAX_DROPPED = 16 * 1024 * 1024
"""In bytes. A longer body is cut off, and its connection closed."""


def is_too_long(headers: HTTPHeaders) -> bool:
    """Whether the body that these headers announce is dropped."""
    length = headers.get("Content-Length", "")
    return len(length) < 20 and length.isascii() and length.isdigit() and int(length) > MAX_BODY


class LimitedBody(PassingDelegate):
    """Passes a request on, without its body if that is too long."""

    def __init__(self, connection: HTTP1Connection, delegate: HTTPMessageDelegate) -> None:
        super().__init__(delegate)
        self._connection = connection
        self._is_dropped = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> asyncio.Future[None] | None:
        self._is_dropped = is_too_long(headers)
        if self._is_dropped:
            self._connection.set_max_body_size(MAX_DROPPED)
        return super().headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> asyncio.Future[None] | None:
        return None if self._is_dropped else super().data_received(chunk)
