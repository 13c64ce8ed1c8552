"""A backup in one file: the embedded store at one moment, and the secret that belongs to it.

Without the secret every browser would count as new, and invitations and the first board's host
key would be void; with both, whoever has the file can tell who voted what. It is closed to others.
"""

import contextlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import time
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, NamedTuple

from server import secret
from server.log import snapshot
from server.log.embedded import StoreError, reserved
from server.settings import Settings

FORMAT = 1
_ABOUT, _STORE, _SECRET = "about.json", "store.rdb", "secret"
_LONGEST_SECRET = 1 << 16


class BackupError(Exception):
    """No backup could be made or restored; the message says why and what to do."""


class Restored(NamedTuple):
    """What came back, and where that lies which was there before; None if nothing was.

    Of the boards that were in the backup some may have expired since.
    """

    boards: int
    of: int
    taken_at: str
    kept: Path | None


def backup(settings: Settings, file: Path) -> int:
    """Write a backup, also while the server runs; return how many boards it holds.

    The file is there whole, or not at all. Raises BackupError, StoreError, SecretError.
    """
    if settings.redis_url is not None:
        raise BackupError(
            "The store is one of your own: copy it by its own means (its RDB or append-only file), "
            f"and the secret beside it: {settings.secret_path}."
        )
    try:
        key = secret.read(settings.secret_path)
    except FileNotFoundError:
        raise BackupError(
            f"There is no secret at {settings.secret_path}: is this the right --data?"
        ) from None
    file = file.absolute()
    try:
        with tempfile.TemporaryDirectory(prefix=".stackvote-", dir=file.parent) as name:
            copy = Path(name) / _STORE
            boards = snapshot.take(settings.data_dir, copy)
            whole = Path(name) / "backup"
            _pack(whole, copy, key, boards)
            whole.replace(file)
            _sync(file.parent)
    except OSError as error:
        raise BackupError(f"The backup cannot be written: {error}.") from None
    return boards


def restore(settings: Settings, file: Path) -> Restored:
    """Put back what a backup holds, in a data folder that no server runs on.

    What was there is kept aside. Where something is wrong with the backup, nothing is changed.
    Raises BackupError, StoreError.
    """
    if settings.redis_url is not None:
        raise BackupError("The store is one of your own: restore it by its own means.")
    data = settings.data_dir
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            stack.enter_context(reserved(data))
            draft = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix=".restoring-", dir=data))
            )
            about, key = _unpack(file, draft)
            try:
                boards = snapshot.lay(draft / _STORE, draft / "data")
            except StoreError as error:
                raise BackupError(f"{file} is damaged. {error}") from None
            kept = data / time.strftime("before-restore-%Y%m%dT%H%M%S")
            snapshot.replace(data, draft / "data", kept)
            _replace_secret(settings.secret_path, key, kept)
            _sync(data)
    except OSError as error:
        raise BackupError(f"The backup cannot be restored: {error}.") from None
    return Restored(
        boards, int(about["boards"]), str(about["taken_at"]), kept if kept.exists() else None
    )


def _pack(whole: Path, copy: Path, key: bytes, boards: int) -> None:
    about = {
        "format": FORMAT,
        "version": version("stackvote"),
        "boards": boards,
        "taken_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for name, content in ((_ABOUT, json.dumps(about).encode()), (_SECRET, key + b"\n")):
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(content), 0o600
                archive.addfile(member, io.BytesIO(content))
            archive.add(copy, _STORE)
        out.flush()
        os.fsync(out.fileno())


def _unpack(file: Path, folder: Path) -> tuple[dict[str, Any], bytes]:
    """Take a backup apart. Raises BackupError for what is none."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            # Only what we know is taken out, by name, and under our own names.
            about = json.loads(_member(archive, _ABOUT).read(_LONGEST_SECRET))
            if about["format"] != FORMAT:
                raise BackupError(
                    f"{file} was made by a later version, {about['version']}; take that one."
                )
            key = _member(archive, _SECRET).read(_LONGEST_SECRET).strip()
            with (folder / _STORE).open("xb") as out:
                shutil.copyfileobj(_member(archive, _STORE), out)
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise BackupError(f"{file} is no backup of Stackvote, or is damaged: {error}") from None
    if len(key) < secret.SIZE:
        raise BackupError(f"{file} is damaged: its secret is too short.")
    return about, key


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _replace_secret(path: Path, key: bytes, kept: Path) -> None:
    """Put the backup's secret in place, unless it is there already."""
    if path.exists():
        if path.read_bytes().strip() == key:
            return
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(path, kept / _SECRET)
    secret.put(path, key)


def _sync(folder: Path) -> None:
    """See to it that what was renamed in a folder survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
