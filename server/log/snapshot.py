"""A copy of an embedded store at one moment, taken while people vote, and its way back.

Valkey writes the copy itself (BGSAVE), from a fork that sees the store as it was when it was
asked: every vote that was acknowledged before is in it. The same file, named as the base of an
append-only file, is what a store starts from.
"""

import shutil
import time
from pathlib import Path
from typing import Any

import redis

from server.log.embedded import APPENDED, EmbeddedStore, StoreError, opened

_POLL = 0.02
_PATIENCE = 600.0
_RDB = "dump.rdb"
_BASE = "appendonly.aof.1.base.rdb"
_MANIFEST = f"file {_BASE} seq 1 type b\n"


def take(data_dir: Path, target: Path) -> int:
    """Copy the store of a data folder, whether it runs or not; return how many boards it has.

    Raises StoreError.
    """
    with opened(data_dir) as store:
        return _take(store, target)


def lay(snapshot: Path, data_dir: Path) -> int:
    """Make a new data folder that starts with what a copy holds; return how many boards it has.

    Raises StoreError where the copy is damaged: then the folder is of no use.
    """
    appended = data_dir / APPENDED
    appended.mkdir(mode=0o700, parents=True)
    shutil.copyfile(snapshot, appended / _BASE)
    (appended / "appendonly.aof.manifest").write_text(_MANIFEST)
    with EmbeddedStore(data_dir) as store, redis.from_url(store.url) as client:
        return _boards(client)


def replace(data_dir: Path, restored: Path, kept: Path) -> None:
    """Put the store of a restored folder in the place of another one, which is kept aside."""
    if (data_dir / APPENDED).exists():
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data_dir / APPENDED).rename(kept / APPENDED)
    (restored / APPENDED).rename(data_dir / APPENDED)


def _take(store: EmbeddedStore, target: Path) -> int:
    try:
        with redis.from_url(store.url, socket_timeout=60) as client:
            _save(client)
            boards = _boards(client)
    except redis.exceptions.RedisError as error:
        raise StoreError(f"The store cannot be copied: {error}") from None
    made = store.data_dir / _RDB
    try:
        shutil.copyfile(made, target)
    finally:
        made.unlink(missing_ok=True)
    return boards


def _save(client: Any) -> None:
    """Have the store save itself, and wait until it has. Raises StoreError."""
    deadline = time.monotonic() + _PATIENCE
    while not _begun(client):
        _wait(deadline)
    while (state := client.info("persistence"))["rdb_bgsave_in_progress"]:
        _wait(deadline)
    if state["rdb_last_bgsave_status"] != "ok":
        raise StoreError("The store cannot be copied; is its disk full? Its log says more.")


def _begun(client: Any) -> bool:
    """Have the store begin to save itself; False where it saves or rewrites already.

    What is under way began before we came: what was acknowledged since is not in it.
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


def _boards(client: Any) -> int:
    return sum(1 for _ in client.scan_iter("sv:*:meta", count=1000))
