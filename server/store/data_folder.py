"""The folder of an embedded store: who may use it, and where its socket is.

Two locks keep two stores from using, and destroying, the same files; `store/embedded.py` says which
process holds which.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from server.store import atomic_restore

# `sun_path` has 104 bytes on macOS and 108 on Linux, including the terminating zero.
_LONGEST_SOCKET_PATH = 103
_POLL = 0.005
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class StoreError(Exception):
    """There is no usable store; the message says why and what to do."""


def socket_path(data_dir: Path) -> Path:
    """Return the socket of the store of a data folder.

    It is in the folder itself or, if that path is too long for a socket, in a private temporary
    folder named after the data folder, so that every start finds it.
    """
    path = data_dir.absolute() / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"stackvote-{os.getuid()}-{name}" / "valkey.sock"


def is_held(data_dir: Path) -> bool:
    """Whether a store is running on a data folder."""
    try:
        lock = os.open(data_dir / "store.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not take_lock(lock)
    finally:
        os.close(lock)


@contextlib.contextmanager
def reserved(data_dir: Path) -> Iterator[None]:
    """Keep every store off a data folder for a while. Raises StoreError if one is running there."""
    lock = open_lock(data_dir / "lock")
    try:
        if not take_lock(lock) or is_held(data_dir):
            raise StoreError(f"Stackvote is running on {data_dir}. Stop it first.")
        yield
    finally:
        os.close(lock)


def recover(data_dir: Path) -> None:
    """Undo an interrupted restore, before anything in the folder is read. Raises StoreError."""
    if (data_dir / atomic_restore.NOTE).exists():
        with reserved(data_dir):
            undo_restore(data_dir)


def undo_restore(data_dir: Path) -> None:
    """Undo a restore, and remove what it had prepared. The caller must hold the lock."""
    try:
        atomic_restore.undo(data_dir)
        for draft in data_dir.glob(f"{atomic_restore.DRAFT}*"):
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"A restore of {data_dir} was not finished, and cannot be undone: {error.strerror}."
        ) from None


def make_private(folder: Path) -> None:
    """Create the socket's folder where all users may write; refuse one made by another user."""
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or state.st_mode & _OTHERS:
        raise StoreError(f"The folder {folder} belongs to another user, or is open to others.")


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take_lock(lock: int, patience: float = 0.0) -> bool:
    """Lock a file, waiting up to `patience` seconds; return whether it worked."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True
