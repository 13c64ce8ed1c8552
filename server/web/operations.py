"""What an address of the API takes, gives and refuses: said once, at the method that does it.

The signature of a method says what is read of the request and what is answered; `operation`
reads and answers by it, and `/api/openapi.json` tells it to programs.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from server.domain.refusals import Code
from server.web.bodies import Body, Query
from server.web.delivery import Pieces
from server.web.handler import Access, Handler

Given = TypeVar("Given")


class Operation(NamedTuple):
    """What there is to know of a method without calling it."""

    takes: Any
    """The shape of the body; None where there is none."""
    asks: Any
    """The shape of the query; None where there is none."""
    gives: Any
    status: int
    refuses: frozenset[str]
    """Codes of errors, beside those that go without saying."""
    otherwise: dict[int, Any]
    """What is answered with another status that is no error in words."""

    def codes(self, access: Access, *, on_board: bool) -> set[str]:
        """Return the codes of all errors that it may answer with."""
        codes = set(self.refuses)
        if on_board:
            # An address may hold bytes that are no text; and nobody may try all codes.
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


def operation(
    *, status: int = 200, refuses: Iterable[str] = (), otherwise: dict[int, Any] | None = None
) -> Callable[[Callable[..., Awaitable[Given]]], Callable[..., Awaitable[None]]]:
    """Answer with what a method returns. Its parameters of the kinds Body and Query are made."""

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
            self.answer(given, status if self.get_status() == 200 else self.get_status())

        shapes = {get_origin(hint): get_args(hint)[0] for hint in made}
        answer.operation = Operation(  # type: ignore[attr-defined]
            takes=shapes.get(Body),
            asks=shapes.get(Query),
            gives=signature.return_annotation,
            status=status,
            refuses=frozenset(refuses),
            otherwise=otherwise or {},
        )
        return answer

    return declare


def operations_of(handler: type[Handler]) -> dict[str, Operation]:
    """Return what a handler declares, by method in small letters."""
    methods = {name.lower(): getattr(handler, name.lower()) for name in handler.SUPPORTED_METHODS}
    return {
        name: method.operation for name, method in methods.items() if hasattr(method, "operation")
    }
