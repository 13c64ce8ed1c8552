"""What an operation of the API takes, returns and refuses, declared once, at its method.

The signature of a method declares what is read from the request and what is returned. `operation`
reads and answers accordingly, and `/api/openapi.json` describes it to programs.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast, get_args, get_origin

from server.domain.refusals import Code
from server.web.handler import Access, Handler
from server.web.paced_response import Pieces
from server.web.parameters import Body, Query

Given = TypeVar("Given")


class Operation(NamedTuple):
    """What is known about a method without calling it."""

    takes: Any
    """The shape of the body; None if there is none."""
    asks: Any
    """The shape of the query; None if there is none."""
    gives: Any
    status: int
    refuses: frozenset[str]
    """Error codes, apart from those that every operation may return."""
    content: str
    """The type of the answer; anything but JSON is sent as the bytes that the method returns."""
    otherwise: dict[int, Any]
    """Answers with other statuses that are not errors in words."""

    def codes(self, access: Access, *, on_board: bool) -> set[str]:
        """Return the codes of all errors that the operation may return."""
        codes = set(self.refuses)
        if on_board:
            # An address may contain bytes that are not text, and guessing codes is limited.
            codes |= {Code.NOT_UNDERSTOOD, Code.NO_SUCH_BOARD, "too_fast"}
            codes |= {Code.STORE_AWAY, Code.GOING_AWAY}
        if access is Access.HOST:
            codes.add(Code.NOT_ALLOWED)
        if self.asks:
            codes.add(Code.NOT_UNDERSTOOD)
        if self.takes:
            codes |= {Code.NOT_UNDERSTOOD, Code.TOO_LONG, Code.TOO_MANY}
            codes |= {"too_large", "foreign_origin"}
        return codes


JSON = "application/json"


def operation(
    *,
    status: int = 200,
    refuses: Iterable[str] = (),
    otherwise: dict[int, Any] | None = None,
    content: str = JSON,
) -> Callable[[Callable[..., Awaitable[Given]]], Callable[..., Awaitable[None]]]:
    """Send what a method returns. Its parameters of type Body and Query are provided."""

    def declare(method: Callable[..., Awaitable[Given]]) -> Callable[..., Awaitable[None]]:
        signature = inspect.signature(method)
        hints = [parameter.annotation for parameter in signature.parameters.values()]
        made = [hint for hint in hints if get_origin(hint) in {Body, Query}]

        @wraps(method)
        async def answer(self: Handler, *path: str) -> None:
            read = [get_origin(hint)(self, *get_args(hint)) for hint in made]
            given = await method(self, *path, *read)
            if isinstance(given, Pieces):
                await self.deliver(given.parts)
                return
            if content != JSON:
                self.set_header("Content-Type", content)
                self.finish(cast("bytes", given))
                return
            self.answer(given, status if self.get_status() == 200 else self.get_status())

        shapes = {get_origin(hint): get_args(hint)[0] for hint in made}
        answer.operation = Operation(  # type: ignore[attr-defined]
            takes=shapes.get(Body),
            asks=shapes.get(Query),
            gives=signature.return_annotation,
            status=status,
            refuses=frozenset(refuses),
            content=content,
            otherwise=otherwise or {},
        )
        return answer

    return declare


def operations_of(handler: type[Handler]) -> dict[str, Operation]:
    """Return the operations of a handler, by lower-case method."""
    methods = {name.lower(): getattr(handler, name.lower()) for name in handler.SUPPORTED_METHODS}
    return {
        name: method.operation for name, method in methods.items() if hasattr(method, "operation")
    }
