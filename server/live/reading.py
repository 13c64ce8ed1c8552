"""Reading what a client says: into requests, or why it was not understood, in words."""

from typing import Any

import msgspec
from msgspec import Struct

from server.domain import limits
from server.domain.refusals import Code, Refusal
from server.live.requests import AnyRequest, Hello

MAX_BYTES = 16 * 1024
"""Of one message."""

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no message."""

_hello = msgspec.json.Decoder(Hello)
_request = msgspec.json.Decoder(AnyRequest)


class _Envelope(Struct):
    id: limits.ClientId
    type: Any = ""


_envelope = msgspec.json.Decoder(_Envelope)


class NotUnderstoodError(Exception):
    """It cannot even be answered: no JSON, no `hello`, no `id`. The words say which."""


class RefusedRequestError(Exception):
    """It is refused, and `id` says to whom."""

    def __init__(self, id_: str, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.id = id_
        self.refusal = refusal


def read_hello(data: bytes | str) -> Hello:
    """Raise NotUnderstoodError."""
    try:
        return _hello.decode(data)
    except _UNREADABLE as error:
        raise NotUnderstoodError(f"The first message is a hello. {_words(error)}") from error


def read_request(data: bytes | str) -> AnyRequest:
    """Raise RefusedRequestError, or NotUnderstoodError where nobody can be answered."""
    try:
        request: AnyRequest = _request.decode(data)
    except msgspec.ValidationError as error:
        try:
            envelope = _envelope.decode(data)
        except _UNREADABLE:
            raise NotUnderstoodError("A message is an object with an `id` of its own.") from error
        raise RefusedRequestError(envelope.id, _refusal(str(envelope.type), error)) from error
    except _UNREADABLE as error:
        raise NotUnderstoodError(_words(error)) from error
    return request


def _refusal(type_: str, error: msgspec.ValidationError) -> Refusal:
    field, problem, code = limits.breach(error)
    if field == "type" or not type_:
        return Refusal(Code.NOT_UNDERSTOOD, f"There is no message of type {type_[:40]!r}.")
    if field.startswith("ballot"):
        return Refusal(Code.BAD_BALLOT, "A ballot is an object, as the round's method wants it.")
    if field.startswith("settings") and code == "not_understood":
        return Refusal(Code.BAD_SETTINGS, f"`{field}` {problem}.")
    return Refusal(Code(code), f"`{field}` {problem}.")


def _words(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        field, problem, _ = limits.breach(error)
        return f"`{field}` {problem}." if field else f"It {problem}."
    if isinstance(error, UnicodeDecodeError):
        return "This is not text in UTF-8."
    if isinstance(error, RecursionError):
        return "This is nested too deeply."
    return "This is not JSON."
