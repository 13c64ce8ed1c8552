"""A board as one text file: its log, one entry a line (docs/board-file.md).

Each line ends with a sum over itself and the sum of the line before, so a line that was altered,
left out, added or moved is found where it stands; the last line says that nothing follows. The sums
are no signature: who can write to the file can make them fit.
"""

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from server.domain import actions as act
from server.exports.json_schema import REFERENCE, json_schema
from server.store.damage import LARGEST_ENTRY, LARGEST_NUMBER
from server.store.imported_log import Row

FORMAT: Final = "stackvote-board"
VERSION: Final = 1
_SUM = 32
_SEAL = b',"sum":"%b"}\n'
_SEALED = re.compile(rb'(\{.*),"sum":"([0-9a-f]{%d})"\}\n' % _SUM, re.DOTALL)
_LONGEST = LARGEST_ENTRY + 1000

Position = Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)]
Time = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER, description="Milliseconds since 1970.")]


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line."""

    format: Literal["stackvote-board"] = FORMAT
    version: Literal[1] = VERSION
    code: Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,16}\Z")]


class EntryLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line for each entry of the log, in order. A position that is left out was erased."""

    seq: Position
    at: Time
    entry: msgspec.Raw


class End(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last line."""

    entries: Annotated[int, Meta(ge=1)]
    """The number of entries in the file."""


class BoardFile(NamedTuple):
    """What is in a file."""

    code: str
    rows: list[Row]


class BoardFileError(Exception):
    """The file cannot be read; the message says where it goes wrong, and why."""


def lines_of(code: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """Return the lines of the file of a board. Raises UnreadableError."""
    head = Head(code=code)
    body, before = msgspec.json.encode(head), b""
    count = 0
    for seq, at, payload in rows:
        if b"\n" in payload or payload.strip() != payload:
            raise act.UnreadableError(f"the entry {seq} was not written by Stackvote")
        line, before = _sealed(body, before)
        yield line
        body = msgspec.json.encode(EntryLine(seq=seq, at=at, entry=msgspec.Raw(payload)))
        count += 1
    for each in (body, msgspec.json.encode(End(entries=count))):
        line, before = _sealed(each, before)
        yield line


def read(file: IO[bytes]) -> BoardFile:
    """Read a file to its end. Raises BoardFileError, OSError."""
    lines = _checked(file)
    number, body = next(lines)
    head = _parsed(body, Head, number)
    rows: list[Row] = []
    for number, body in lines:
        if body.startswith(b'{"entries":'):
            break
        rows.append(_row(body, number, after=rows[-1][0] if rows else 0))
    else:
        raise BoardFileError(f"It ends after line {number}, but is not complete: it was cut off.")
    if _parsed(body, End, number).entries != len(rows) or next(lines, None):
        raise BoardFileError(f"Line {number} is not the end of what is in the file.")
    return BoardFile(head.code, rows)


def _checked(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Return the number and content of each line. Raises BoardFileError."""
    before, number = b"", 0
    while line := file.readline(_LONGEST):
        number += 1
        if number == 1:
            _require_known(line)
        found = _SEALED.fullmatch(line)
        if found is None and not line.endswith(b"\n") and len(line) < _LONGEST:
            raise BoardFileError(f"Line {number} is not complete: the file was cut off there.")
        body = found[1] + b"}" if found else b""
        if found is None or _sum(body, before) != found[2]:
            raise BoardFileError(
                f"Line {number} is not as it was exported: it was altered, or a line before it was "
                "added or is missing."
            )
        before = found[2]
        yield number, body
    if not number:
        raise BoardFileError("It is empty.")


class _Probe(Struct):
    """The part of the first line that all versions have."""

    format: str
    version: int


def _require_known(line: bytes) -> None:
    try:
        probe = msgspec.json.decode(line, type=_Probe)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        probe = _Probe("", 0)
    if probe.format != FORMAT:
        raise BoardFileError("Line 1 does not say that `stackvote export` wrote this file.")
    if probe.version > VERSION:
        raise BoardFileError(
            f"Line 1 says that a newer Stackvote wrote it: its form is version {probe.version}, "
            f"and this one reads version {VERSION}. Import it with the newer one."
        )


def _row(body: bytes, number: int, after: int) -> Row:
    line = _parsed(body, EntryLine, number)
    payload = bytes(line.entry)
    if line.seq <= after or len(payload) > LARGEST_ENTRY:
        raise BoardFileError(f"Line {number} cannot stand there.")
    return line.seq, line.at, payload


def _parsed(body: bytes, type_: type[Any], number: int) -> Any:
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BoardFileError(f"Line {number} cannot be read: {error}.") from None


def _sealed(body: bytes, before: bytes) -> tuple[bytes, bytes]:
    """Return a line with its sum, and the sum."""
    own = _sum(body, before)
    return body[:-1] + _SEAL % own, own


def _sum(body: bytes, before: bytes) -> bytes:
    return hashlib.sha256(before + body).hexdigest()[:_SUM].encode()


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a line."""
    kinds = (Head, EntryLine, End)
    (*lines, entry), parts = msgspec.json.schema_components(
        (*kinds, act.Entry), ref_template=REFERENCE
    )
    for kind in kinds:
        part = parts[kind.__name__]
        part["properties"]["sum"] = {"type": "string", "pattern": f"^[0-9a-f]{{{_SUM}}}$"}
        part["required"].append("sum")
    parts[EntryLine.__name__]["properties"]["entry"] = entry
    return json_schema(f"A line of a board's file, version {VERSION}", {"anyOf": lines}, parts)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(schema())) + b"\n")
