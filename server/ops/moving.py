"""Moves a whole board between servers: its log, as a file (`board_file`)."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

from msgspec import structs

from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.limits import ALPHABET
from server.domain.rounds import State
from server.live.create_board import CODE_LENGTH, show_code
from server.live.outcomes import kept_until
from server.ops import board_file
from server.ops.administration import BoardLinks, add_host, links_of, require_secret
from server.ops.board_file import BoardFileError
from server.ops.store_access import (
    AdministrationError,
    opened_client,
    opened_log,
    opened_store,
    read_typed_code,
)
from server.settings import Settings
from server.store.data_files import sync
from server.store.event_log import PAGE, EventLog
from server.store.imported_log import Row, adopt_log

PATIENCE = 600.0
"""Seconds in which the store must read or write the largest board."""


class Contents(NamedTuple):
    """What an export or import holds."""

    code: str
    entries: int
    unrevealed: int
    """The number of the round that is not revealed; 0 if there is none."""
    invitations: int


class Imported(NamedTuple):
    """A board that is here now."""

    contents: Contents
    links: BoardLinks | None
    """None if the board was here already, and nothing was changed."""
    more: int
    """The number of entries that a board which was here already has since."""


def export_board(settings: Settings, typed: str) -> tuple[Contents, Sequence[bytes]]:
    """Return what a board holds, and the lines of its file.

    The board is as it was at one position of its log, also while people vote. Text that someone has
    erased is left out. Raises AdministrationError, StoreError.
    """
    code = read_typed_code(typed)
    with opened_store(settings) as url:
        board, rows = asyncio.run(_export(settings, url, code))
    try:
        lines = list(board_file.lines_of(code, rows))
    except act.UnreadableError as error:
        raise AdministrationError(f"The board's log cannot be exported: {error}.") from None
    return _contents(board, rows), lines


def write_file(file: Path, lines: Sequence[bytes]) -> None:
    """Write a file completely or not at all; only its owner can read it.

    Raises AdministrationError.
    """
    try:
        # Readable by its owner alone from the beginning.
        descriptor, name = tempfile.mkstemp(prefix=".stackvote-", dir=file.absolute().parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.writelines(lines)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
        sync(file.absolute().parent)
    except OSError as error:
        raise AdministrationError(f"{file} cannot be written: {error.strerror}.") from None


def import_board(settings: Settings, file: IO[bytes], name: str, new_code: str = "") -> Imported:
    """Create a board from a file, or from a copy of it under another code, with a new host.

    If there is a board of this code with the same history, nothing is changed. Raises
    AdministrationError if there is another one, or the file is faulty, and StoreError, SecretError;
    then nothing is changed either.
    """
    try:
        code, rows = board_file.read(file)
    except BoardFileError as error:
        raise AdministrationError(f"{name} is not imported. {error}") from None
    except OSError as error:
        raise AdministrationError(f"{name} cannot be read: {error.strerror}.") from None
    board = _replayed(name, code, rows)
    if new_code:
        code = _chosen(new_code)
        rows[0] = _renamed(rows[0], code)
    require_secret(settings)
    contents = _contents(board, rows)._replace(code=code)
    with opened_store(settings) as url:
        more = asyncio.run(_import(settings, url, code, rows, kept_until(board.outcome)))
    if more is not None:
        return Imported(contents, None, more)
    return Imported(contents, links_of(settings, code, add_host(settings, code)), 0)


async def _export(settings: Settings, url: str, code: str) -> tuple[Board, list[Row]]:
    async with opened_log(settings, url, code, PATIENCE) as log:
        return await _read_whole(log, code)


async def _import(
    settings: Settings, url: str, code: str, rows: list[Row], keep: int
) -> int | None:
    """Put a board into the store. Return None, or by how many entries the same one is ahead."""
    async with opened_client(settings, url, code, PATIENCE) as store:
        if await adopt_log(store, code, rows, keep):
            return None
    _, known = await _export(settings, url, code)
    if known[: len(rows)] != rows:
        raise AdministrationError(
            f"There is a board {show_code(code)} here with another history. Nothing was changed. "
            "To import the file under another code, add --code and the code."
        )
    return len(known) - len(rows)


async def _read_whole(log: EventLog, code: str) -> tuple[Board, list[Row]]:
    """Read a log up to one position, and leave out what was erased there."""
    board, rows = Board(), list[Row]()
    erased: set[int] = set()
    while True:
        page = await log.read(code, board.seq)
        for row in page.entries:
            erased.update(_applied(board, row))
        rows += page.entries
        if len(page.entries) < PAGE:
            # A hole has its reason further on in the log, and this was read to the end.
            return board, [row for row in rows if row[0] not in erased]


def _applied(board: Board, row: Row) -> Sequence[int]:
    """Apply an entry; return the positions of those that are erased with it."""
    seq, at, payload = row
    outcome = board.apply(seq, at, act.decode(payload))
    return outcome.erased if isinstance(outcome, Change) else ()


def _replayed(name: str, code: str, rows: list[Row]) -> Board:
    """Return the board of a file, all of which can be read and counted here.

    Raises AdministrationError.
    """
    board = Board()
    # The first line of the file is the head.
    for line, row in enumerate(rows, 2):
        try:
            _applied(board, row)
        except Exception as error:  # whatever a file may hold
            raise AdministrationError(
                f"{name} is not imported. Line {line} cannot be read here: {error}."
            ) from error
        if (board.code, rows[0][0]) != (code, 1):
            raise AdministrationError(
                f"{name} is not imported. Line 2 is not the beginning of the board {code}."
            )
    return board


def _renamed(row: Row, code: str) -> Row:
    seq, at, payload = row
    entry = act.decode(payload)
    if isinstance(entry.action, act.Create) and entry.action.code != code:
        entry = structs.replace(entry, action=structs.replace(entry.action, code=code))
        return seq, at, act.encode(entry)
    return row


def _chosen(typed: str) -> str:
    code = read_typed_code(typed)
    if len(code) < CODE_LENGTH:
        raise AdministrationError(
            f"{typed!r} is too short: codes have at least {CODE_LENGTH} characters, such as "
            f"{ALPHABET[-CODE_LENGTH:]}, because anyone who guesses one is on the board."
        )
    return code


def _contents(board: Board, rows: Sequence[Row]) -> Contents:
    current = board.round
    unrevealed = current.n if current and current.state is not State.REVEALED else 0
    return Contents(board.code, len(rows), unrevealed, board.invitations.count)
