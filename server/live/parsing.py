"""Parses what a client sends into requests, or explains in words why it was not understood."""

from typing import Any

import msgspec
from msgspec import Struct

from server.domain import limits
from server.domain.refusals import Code, Refusal
from server.live.commands.request import Hello
from server.live.commands.table import AnyRequest
from server.words.catalogue import words

MAX_BYTES = 16 * 1024
"""Limit for one message."""

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are not a valid message."""

_hello = msgspec.json.Decoder(Hello)
_request = msgspec.json.Decoder(AnyRequest)


class _Envelope(Struct):
    id: limits.ClientId
    type: Any = ""


_envelope = msgspec.json.Decoder(_Envelope)


class NotUnderstoodError(Exception):
    """The message cannot even be answered: no JSON, no `hello`, no `id`. The text says which."""


class RefusedRequestError(Exception):
    """The request is refused; `id` is its id."""

    def __init__(self, id_: str, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.id = id_
        self.refusal = refusal


def read_hello(data: bytes | str) -> Hello:
    """Parse a hello. Raises NotUnderstoodError."""
    try:
        return _hello.decode(data)
    except _UNREADABLE as error:
        raise NotUnderstoodError(words("refusal-hello-first", why=_words(error))) from error


def read_request(data: bytes | str) -> AnyRequest:
    """Parse a request. Raises RefusedRequestError, or NotUnderstoodError if it has no id."""
    try:
        request: AnyRequest = _request.decode(data)
    except msgspec.ValidationError as error:
        try:
            envelope = _envelope.decode(data)
        except _UNREADABLE:
            raise NotUnderstoodError(words("refusal-message-id")) from error
        raise RefusedRequestError(envelope.id, _refusal(str(envelope.type), error)) from error
    except _UNREADABLE as error:
        raise NotUnderstoodError(_words(error)) from error
    return request


def _refusal(type_: str, error: msgspec.ValidationError) -> Refusal:
    field, problem, code = limits.breach(error)
    if field == "type" or not type_:
        return Refusal(Code.NOT_UNDERSTOOD, words("refusal-message-type", type=repr(type_[:40])))
    if field.startswith("ballot"):
        return Refusal(
            Code.BAD_BALLOT,
            words("refusal-ballot-object"),
        )
    if field.startswith("settings") and code == "not_understood":
        return Refusal(Code.BAD_SETTINGS, words("breach-in-field", field=field, problem=problem))
    return Refusal(Code(code), words("breach-in-field", field=field, problem=problem))


def _words(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        field, problem, _ = limits.breach(error)
        return (
            words("breach-in-field", field=field, problem=problem)
            if field
            else words("breach-of-all", problem=problem)
        )
    if isinstance(error, RecursionError):
        return words("refusal-too-deep")
    return words("refusal-not-json")
