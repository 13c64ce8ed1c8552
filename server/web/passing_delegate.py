"""What receives a request from Tornado and passes it on, for those that look at it on its way."""

import asyncio

from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)


class PassingDelegate(HTTPMessageDelegate):
    """Passes everything on to another delegate."""

    def __init__(self, delegate: HTTPMessageDelegate) -> None:
        self._delegate = delegate

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> asyncio.Future[None] | None:
        return self._delegate.headers_received(start_line, headers)  # type: ignore[return-value]

    def data_received(self, chunk: bytes) -> asyncio.Future[None] | None:
        return self._delegate.data_received(chunk)  # type: ignore[return-value]

    def finish(self) -> None:
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._delegate.on_connection_close()
