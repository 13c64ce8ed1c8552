"""Puts a log that was written elsewhere into the store: all of it, or nothing."""

import secrets
from collections.abc import Iterable, Iterator

from server.store import keys
from server.store.client import Store
from server.store.node import Script

_STAGE, _ADOPT = Script("stage"), Script("adopt")
_PART_BYTES, _PART_ENTRIES = 1 << 20, 500
"""How much is written in one step: the store serves no other client meanwhile."""
_FORGOTTEN_MS = 600_000
"""After this time the store deletes what was staged by an import that did not go on."""

Row = tuple[int, int, bytes]
"""Position, time in ms, encoded entry."""


async def adopt_log(store: Store, code: str, rows: Iterable[Row], keep: int) -> bool:
    """Create a board with a whole log; return False if there is a board with this code.

    Positions must rise. The log is written under another key and becomes the board's in one step.
    `keep` is as for `EventLog.touch`. Raises StoreAwayError, DamagedError.
    """
    board = store.of(code)
    staged = keys.incoming(code, secrets.token_hex(8))
    count = 0
    for part in _parts(rows):
        count += len(part)
        flat = [value for row in part for value in row]
        await board.run_script(_STAGE, (staged,), (_FORGOTTEN_MS, *flat))
    adopted = await board.run_durably(
        _ADOPT,
        (keys.log(code), keys.meta(code), staged),
        (secrets.token_hex(6), count, keep),
    )
    return bool(adopted)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    size = 0
    for row in rows:
        part.append(row)
        size += len(row[2])
        if size >= _PART_BYTES or len(part) == _PART_ENTRIES:
            yield part
            part, size = [], 0
    if part:
        yield part
