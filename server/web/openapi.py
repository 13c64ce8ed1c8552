"""`/api/openapi.json`: a description of the API, made from the handlers."""

import re
from collections import defaultdict
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from inspect import getdoc
from itertools import chain
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import Raw, structs

from server.domain.refusals import Code
from server.live.messages import CommentView, DeletedComment
from server.web.errors import STATUS
from server.web.handler import Access, Handler
from server.web.identity import BROWSER
from server.web.operations import JSON, Operation, operation, operations_of

Route = tuple[str, type[Handler]]

_STATUS = STATUS | {
    "foreign_origin": 403,
    "no_such_invitation": 404,
    "no_such_template": 404,
    "no_picture": 501,
    "seated": 409,
    "too_large": 413,
    "too_fast": 429,
}
_ABOUT = (
    "What a program can request over HTTP. Messages, objects and the live connection are "
    "described in docs/protocol.md."
)
_PROOFS = {
    "host": {"type": "http", "scheme": "bearer", "description": "A host's key."},
    "browser": {
        "type": "apiKey",
        "in": "cookie",
        "name": BROWSER,
        "description": "Names a seat on each board; `GET /b/{code}` sets it.",
    },
}
_CODE = {
    "name": "code",
    "in": "path",
    "required": True,
    "description": "The code of a board, in any case, with or without hyphens.",
    "schema": {"type": "string", "minLength": 1},
    "example": "FRAMEWORKS",
}
_REF = "#/components/schemas/{name}"
_NAMED = (CommentView, DeletedComment)
"""Shapes that other shapes reference by name (`AnyComment`)."""


class Description(Handler):
    """Get this document: a description of the API as OpenAPI 3.1."""

    access = Access.ANYONE

    @operation()
    async def get(self) -> Raw:
        return Raw(self.application.settings["openapi"])


class Offer(NamedTuple):
    """One operation at its address."""

    path: str
    method: str
    handler: type[Handler]
    operation: Operation

    @property
    def id(self) -> str:
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", self.handler.__name__).lower()
        return f"{self.method}_{words}"

    @property
    def on_board(self) -> bool:
        return "{code}" in self.path

    @property
    def codes(self) -> set[str]:
        return self.operation.codes(self.handler.access, on_board=self.on_board)


def document(routes: Sequence[Route], root: str = "") -> dict[str, Any]:
    """Describe all routes that declare operations, on a server under the path `root`."""
    offers = [
        Offer(pattern.replace("([^/]+)", "{code}"), method, handler, each)
        for pattern, handler in routes
        for method, each in operations_of(handler).items()
    ]
    shapes = [*_NAMED, *chain.from_iterable(_shapes(offer.operation) for offer in offers)]
    made, components = _portable(msgspec.json.schema_components(shapes, ref_template=_REF))
    schemas = dict(zip(map(repr, shapes), made, strict=True))
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for offer in offers:
        paths[offer.path][offer.method] = _described(offer, offers, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Stackvote", "version": version("stackvote"), "description": _ABOUT},
        "servers": [{"url": root or "/"}],
        "paths": dict(paths),
        "components": {"schemas": components, "securitySchemes": _PROOFS},
    }


def _portable(schema: Any) -> Any:
    """Write patterns so that all languages can read them: Python's end of text is a `Z`
    elsewhere.
    """
    if isinstance(schema, dict):
        return {name: _portable(value) for name, value in schema.items()}
    if isinstance(schema, list | tuple):
        return [_portable(value) for value in schema]
    return schema.replace(r"\Z", "$") if isinstance(schema, str) else schema


def _shapes(of: Operation) -> list[Any]:
    queried = [field.type for field in structs.fields(of.asks)] if of.asks else []
    return [of.gives, *of.otherwise.values(), *_alternatives(of.takes), *queried]


def _alternatives(shape: Any) -> tuple[Any, ...]:
    """Return the structs of a union one by one, as not all of them carry a tag."""
    return () if shape is None else get_args(shape) or (shape,)


def _described(offer: Offer, offers: Sequence[Offer], schemas: dict[str, Any]) -> dict[str, Any]:
    about = getdoc(getattr(offer.handler, offer.method)) or getdoc(offer.handler) or ""
    summary, _, more = about.partition("\n\n")
    described: dict[str, Any] = {
        "operationId": offer.id,
        "summary": " ".join(summary.split()),
        "description": more,
        "x-access": offer.handler.access.value,
        "security": _security(offer),
        "parameters": _parameters(offer, schemas),
        "responses": _responses(offer, offers, schemas),
    }
    if offer.operation.takes:
        shapes = [schemas[repr(each)] for each in _alternatives(offer.operation.takes)]
        schema = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        described["requestBody"] = {"required": True} | _json(schema)
    return {name: value for name, value in described.items() if value != ""}


def _security(offer: Offer) -> list[dict[str, list[str]]]:
    """Return the credentials that an operation accepts; an empty object means none."""
    host: dict[str, list[str]] = {"host": []}
    match offer.handler.access:
        case Access.HOST:
            return [host]
        case Access.BY_ACTION:
            return [{"browser": []}, host]
        case Access.BY_SEAT:
            # A link or a code in the request is a proof too, and a client without any only watches.
            return [{}, {"browser": []}]
        case Access.ANYONE:
            return [{}, host] if Code.NOT_ALLOWED in offer.codes else [{}]


def _parameters(offer: Offer, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [_CODE] if offer.on_board else []
    asks = offer.operation.asks
    for field in structs.fields(asks) if asks else ():
        schema = schemas[repr(field.type)]
        parameters.append(
            {"name": field.name, "in": "query", "required": field.required, "schema": schema}
        )
    return parameters


def _responses(
    offer: Offer, offers: Sequence[Offer], schemas: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    given = offer.operation
    done: dict[str, Any] = {
        "description": HTTPStatus(given.status).phrase,
    } | _content(given, schemas)
    if "code" in getattr(given.gives, "__struct_fields__", ()):
        # A client that has created a board can continue with it.
        done["links"] = {
            other.id: {"operationId": other.id, "parameters": {"code": "$response.body#/code"}}
            for other in offers
            if other.on_board
        }
    responses = {str(given.status): done}
    codes: dict[int, list[str]] = defaultdict(list)
    for code in sorted(offer.codes):
        codes[_STATUS[code]].append(code)
    for status in sorted({*codes, *given.otherwise}):
        shapes = [_error(codes[status])] if status in codes else []
        if status in given.otherwise:
            shapes.append(schemas[repr(given.otherwise[status])])
        responses[str(status)] = {
            "description": ", ".join(codes.get(status, ())) or HTTPStatus(status).phrase,
        } | _json(shapes[0] if len(shapes) == 1 else {"anyOf": shapes})
    return responses


def _content(of: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if of.content == JSON:
        return _json(schemas[repr(of.gives)])
    return {"content": {of.content: {"schema": {"type": "string"}}}}


def _error(codes: Sequence[str]) -> dict[str, Any]:
    """Describe an error response with a message and one of some codes."""
    inner = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": {"enum": codes}, "message": {"type": "string"}},
    }
    return {"type": "object", "required": ["error"], "properties": {"error": inner}}


def _json(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


routes = [(r"/api/openapi.json", Description)]
