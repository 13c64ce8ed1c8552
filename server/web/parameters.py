"""Reads what a program sends: the body of a request, and the query of an address."""

from enum import EnumMeta
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct, structs

from server.domain.limits import breach
from server.domain.refusals import Code
from server.web.errors import STATUS, Problem
from server.web.handler import Handler
from server.words.catalogue import words

Shape = TypeVar("Shape")


def plain(body: bytes) -> Any:
    """Decode JSON. Raises Problem 400."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, Code.NOT_UNDERSTOOD, words("refusal-not-json")) from error


def fitting(value: Any, shape: type[Shape]) -> Shape:
    """Convert plain values to a struct. Raises Problem, in words, for what does not fit."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        field, problem, code = breach(error)
        framed = words("breach-of-field", field=field, problem=problem)
        message = framed if field else words("breach-alone", problem=problem)
        raise Problem(STATUS.get(code, 422), code, message) from error


class Body(Generic[Shape]):
    """The body of a request. A handler reads it once it knows that its sender may ask."""

    def __init__(self, handler: Handler, shape: Any) -> None:
        self.raw = handler.request.body
        self._shapes = get_args(shape) or (shape,)

    def read(self) -> Shape:
        """Convert the body. Raises Problem. Of several shapes, the first that fits is used.

        A shape fits if one of its required fields is present, and is no list; the last one is the
        fallback.
        """
        value = plain(self.raw)
        *others, usual = self._shapes
        shape: type[Shape] = next((each for each in others if _begins(value, each)), usual)
        return fitting(value, shape)


def _begins(value: Any, shape: type[Struct]) -> bool:
    required = [field.name for field in structs.fields(shape) if field.required]
    return isinstance(value, dict) and any(
        name in value and not isinstance(value[name], list) for name in required
    )


class Query(Generic[Shape]):
    """The query of an address; unknown parameters are ignored."""

    def __init__(self, handler: Handler, shape: Any) -> None:
        self._handler = handler
        self._shape = shape

    def read(self) -> Shape:
        """Convert the query. Raises Problem, in words."""
        typed = {name: self._handler.get_query_argument(name, None) for name in self._hints()}
        given = {name: value for name, value in typed.items() if value is not None}
        try:
            asked: Shape = msgspec.convert(given, self._shape, strict=False)
        except msgspec.ValidationError as error:
            field, problem, _ = breach(error)
            hint = self._hints()[field]
            if isinstance(hint, EnumMeta):
                problem = words("breach-choice", choices=", ".join(hint))
            raise Problem(
                400, Code.NOT_UNDERSTOOD, words("breach-in-field", field=field, problem=problem)
            ) from error
        return asked

    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self._shape)
