"""Reading what a program sends as the body of a request."""

from typing import Any, TypeVar

import msgspec

from server.domain.limits import breach
from server.domain.refusals import Code
from server.web.handler import STATUS, Problem

Shape = TypeVar("Shape")


def plain(body: bytes) -> Any:
    """Decode JSON. Raises Problem 400."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, Code.NOT_UNDERSTOOD, "This is not JSON.") from error


def fitting(value: Any, shape: type[Shape]) -> Shape:
    """Read plain values into a struct. Raises Problem, in words, for what does not fit."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        field, problem, code = breach(error)
        words = f"{field}: {problem}." if field else f"{problem}."
        raise Problem(STATUS.get(code, 422), code, words) from error
