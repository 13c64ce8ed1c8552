"""Damage to the keys of one board, and how its operator is told.

Other programs can write to a store, and so can people with a console: data is validated when it is
read. Damage to one board affects no other board.
"""

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from redis.exceptions import ResponseError

from server.domain import actions as act
from server.observability.logs import RecentlyLogged, event
from server.observability.metrics import DAMAGE
from server.store import keys

logger = logging.getLogger(__name__)

LARGEST_ENTRY = 1 << 20
"""Bytes; the largest entry that a server writes, a new board, is a quarter of that."""
LONGEST_EPOCH = 64
LARGEST_NUMBER = 2**53 - 1
"""The limit for positions and times: the largest integer that is exact in a browser."""
_FIELDS = [b"t", b"e"], [b"t", b"e", b"m"]
"""The fields of an entry: its time, the entry, and the mark of a batch."""
SAY_AGAIN = 600.0
"""Seconds between two log lines about the same key."""


class DamagedError(act.UnreadableError):
    """A key does not hold what it should. No other board is affected."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key}: {what}")
        self.key = key
        self.what = what


class Head(NamedTuple):
    """What is known about a log before its entries are read."""

    epoch: bytes
    last_id: bytes


def head_of(code: str, epoch: Any, has_meta: Any, stream: Any) -> Head | None:
    """Parse the answers about a board's keys; None if one of the keys does not exist.

    `epoch` is the answer to HGET, `has_meta` to EXISTS, `stream` to XINFO STREAM; each may be a
    ResponseError. Raises DamagedError.
    """
    log, meta = keys.log(code), keys.meta(code)
    for key, answer in ((meta, epoch), (log, stream)):
        if isinstance(answer, ResponseError) and str(answer).startswith("WRONGTYPE"):
            raise DamagedError(key, f"it is no {keys.type_of(key)}")
    if isinstance(stream, ResponseError) or not has_meta:
        return None
    if epoch is None:
        raise DamagedError(meta, "its epoch is missing")
    if not is_epoch(epoch):
        raise DamagedError(meta, "its epoch is malformed")
    # In the older version of the protocol (RESP2), the fields are a list.
    if isinstance(stream, list):
        stream = dict(zip(stream[::2], stream[1::2], strict=True))
    # Not the newest entry's id, as that entry may have been erased.
    return Head(epoch, stream[b"last-generated-id"])


def is_epoch(epoch: Any) -> bool:
    """Whether this is a valid epoch: hex digits."""
    if not isinstance(epoch, bytes) or not 0 < len(epoch) <= LONGEST_EPOCH:
        return False
    return all(byte in b"0123456789abcdefABCDEF" for byte in epoch)


def position_of(id_: bytes) -> int | None:
    """Parse a position from an id in the stream, `0-17`; None for an id that we did not write."""
    head, _, tail = id_.partition(b"-")
    if head != b"0" or not tail.isdigit() or len(tail) > 16:
        return None
    position = int(tail)
    return position if position <= LARGEST_NUMBER else None


def entry_of(log: str, id_: bytes, fields: Sequence[bytes]) -> tuple[int, int, bytes]:
    """Parse an entry of the stream: position, time in ms, entry. Raises DamagedError."""
    position = position_of(id_)
    if position is None:
        raise DamagedError(log, f"another program has added an entry, {_shown(id_)}")
    if fields[::2] not in _FIELDS:
        raise DamagedError(log, f"the entry {_shown(id_)} has other fields than t, e and m")
    at, entry = fields[1], fields[3]
    if not at.isdigit() or len(at) > 16 or (time := int(at)) > LARGEST_NUMBER:
        raise DamagedError(log, f"the entry {_shown(id_)} has no time")
    if len(entry) > LARGEST_ENTRY:
        raise DamagedError(log, f"the entry {_shown(id_)} has {len(entry)} bytes")
    return position, time, entry


def _shown(id_: bytes) -> str:
    return id_.decode(errors="replace")


def mark_of(id_: bytes, fields: Sequence[bytes]) -> bytes | None:
    """Return the mark of an entry, `17:word`; None inside a batch, where entries have none."""
    return id_[2:] + b":" + fields[5] if fields[4:5] == [b"m"] else None


def marked(mark: bytes | None) -> int:
    """Return the position of a board's newest mark; 0 if the mark is missing or invalid."""
    position = (mark or b"").partition(b":")[0]
    return int(position) if position.isdigit() and len(position) <= 16 else 0


def count(damage: DamagedError) -> None:
    """Count damage that was found; the caller logs its consequence."""
    DAMAGE.labels(keys.part_of(damage.key)).inc()


class DamageLog:
    """Logs damage that a board survives, at intervals for each key."""

    def __init__(self) -> None:
        self._logged = RecentlyLogged(SAY_AGAIN)

    def report(self, damage: DamagedError, consequence: str) -> None:
        """Count damage, and log its consequence unless it was logged recently."""
        count(damage)
        if not self._logged.is_new(damage.key):
            return
        board = keys.code_of(damage.key)
        logger.error(
            "Board %s: its key %s is damaged: %s. %s",
            *(board, damage.key, damage.what, consequence),
            extra=event("board_damaged", board=board, key=damage.key, why=damage.what),
        )
