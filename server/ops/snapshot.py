"""Takes a snapshot of an embedded store while people vote, and restores it.

Valkey writes the snapshot itself (BGSAVE), from a fork that sees the store as it was at the time of
the command: it contains every vote that was acknowledged before. The same file, declared as the
base of an append-only file, is what a restored store starts from.
"""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import redis

from server.domain import actions as act
from server.domain.board import Board
from server.store import keys
from server.store.damage import entry_of, head_of
from server.store.data_files import APPENDED, MANIFEST, sync
from server.store.data_folder import StoreError
from server.store.embedded import EmbeddedStore, opened

_POLL = 0.02
_PATIENCE = 600.0
_PAGE = 1000
_RDB = "dump.rdb"
_BASE = "appendonly.aof.1.base.rdb"
_NAMED = f"file {_BASE} seq 1 type b\n"
_BEGINNINGS = (b"REDIS", b"VALKEY")
"""How a snapshot begins. The store would take anything else for commands to run."""


class Contents(NamedTuple):
    """The number of boards in a store, and what is wrong with unreadable ones, by code."""

    boards: int
    damaged: Mapping[str, str]


def take(data_dir: Path, target: Path) -> Contents:
    """Copy the store of a data folder, whether it is running or not; return its contents.

    Raises StoreError.
    """
    with opened(data_dir) as store:
        return _take(store, target)


def load(snapshot: Path, data_dir: Path) -> Contents:
    """Create a data folder that starts from a snapshot; return its contents.

    Raises StoreError if the snapshot is damaged; the folder is useless then.
    """
    with snapshot.open("rb") as file:
        if not file.read(16).startswith(_BEGINNINGS):
            raise StoreError("What it calls a store is not one.")
    appended = data_dir / APPENDED
    appended.mkdir(mode=0o700, parents=True)
    shutil.copyfile(snapshot, appended / _BASE)
    (appended / MANIFEST).write_text(_NAMED)
    with EmbeddedStore(data_dir) as store, redis.from_url(store.url) as client:
        contents = _contents(client)
    for each in appended.iterdir():
        sync(each)
    sync(appended)
    return contents


def _take(store: EmbeddedStore, target: Path) -> Contents:
    try:
        with redis.from_url(store.url, socket_timeout=60) as client:
            _save(client)
            contents = _contents(client)
    except redis.exceptions.RedisError as error:
        raise StoreError(f"The store cannot be copied: {error}") from None
    made = store.data_dir / _RDB
    try:
        shutil.copyfile(made, target)
    finally:
        made.unlink(missing_ok=True)
    return contents


def _save(client: Any) -> None:
    """Make the store save itself, and wait until it has. Raises StoreError."""
    deadline = time.monotonic() + _PATIENCE
    while not _begun(client):
        _wait(deadline)
    while (state := client.info("persistence"))["rdb_bgsave_in_progress"]:
        _wait(deadline)
    if state["rdb_last_bgsave_status"] != "ok":
        raise StoreError("The store cannot be copied; is its disk full? Its log says more.")


def _begun(client: Any) -> bool:
    """Make the store begin to save itself; False if it is already saving or rewriting.

    A save already in progress is not enough: it lacks what was acknowledged since it began.
    """
    state = client.info("persistence")
    if state["rdb_bgsave_in_progress"] or state["aof_rewrite_in_progress"]:
        return False
    client.bgsave()
    return True


def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise StoreError(f"The store was not copied within {_PATIENCE / 60:.0f} minutes.")
    time.sleep(_POLL)


def _contents(client: Any) -> Contents:
    codes = sorted(keys.codes_of(client.scan_iter(keys.ALL, _PAGE)))
    faults = {code: fault for code in codes if (fault := fault_of(client, code))}
    return Contents(len(codes), faults)


def fault_of(client: Any, code: str) -> str | None:
    """Read a board's whole log, and say what is wrong with it; None if all of it can be read."""
    board = Board()
    try:
        while page := _page(client, code, board.seq):
            for position, at, entry in page:
                board.apply(position, at, act.decode(entry))
                board.seq = position
    except act.UnreadableError as error:
        return f"{error}"
    except redis.exceptions.ResponseError as error:
        return f"the store says {error}"
    except Exception as error:  # noqa: BLE001 - the other logs must still be read
        return f"it cannot be counted ({error!r})"
    return None if board.code else "its beginning is missing"


def _page(client: Any, code: str, after: int) -> list[tuple[int, int, bytes]]:
    """Read the entries after a position. Raises DamagedError, ResponseError."""
    log = keys.log(code)
    # Raw, because redis-py would turn an entry's fields into a dictionary.
    with client.pipeline() as pipeline:
        pipeline.hget(keys.meta(code), "epoch")
        pipeline.exists(keys.meta(code))
        pipeline.xinfo_stream(log)
        pipeline.xrange(log, f"(0-{after}", "+", _PAGE)
        epoch, has_meta, stream, found = pipeline.execute(raise_on_error=False)
    if isinstance(stream, dict):
        stream = {name.encode(): value for name, value in stream.items()}
    if head_of(code, epoch, has_meta, stream) is None:
        raise act.UnreadableError("a part of it is missing")
    if isinstance(found, Exception):
        raise found
    flat = ((id_, [part for pair in fields.items() for part in pair]) for id_, fields in found)
    return [entry_of(log, id_, fields) for id_, fields in flat]
