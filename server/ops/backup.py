"""A backup in one file: a snapshot of the embedded store, and the secret that belongs to it.

Without the secret every browser would count as new, and invitations and the first board's host key
would be void. With both, the holder of the file can tell who voted for what, so other users cannot
read it.
"""

import contextlib
import gzip
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from server.ops import snapshot
from server.security import secret
from server.settings import Settings
from server.store import atomic_restore
from server.store.data_files import sync
from server.store.data_folder import StoreError, recover, reserved

FORMAT = 1
_ABOUT, _STORE, _SECRET = "about.json", "store.rdb", "secret"
_MEMBERS = (_ABOUT, _SECRET, _STORE)
_LONGEST_SECRET = 1 << 16
_LONGEST_HEAD = 1 << 20
"""Bytes of the headers in an archive, or of the description of the backup; ours have 512."""
_PIECE = 1 << 18
_MARGIN = 1 << 20


class BackupError(Exception):
    """A backup could not be made or restored; the message says why and what to do."""


class Restored(NamedTuple):
    """What was restored, and where the previous data was moved to; None if there was none.

    Some boards of the backup may have expired since.
    """

    boards: int
    of: int
    taken_at: str
    kept: Path | None
    damaged: Mapping[str, str] = {}
    """Boards that were damaged when the backup was made, with the reason, by code."""


class _About(msgspec.Struct):
    """A backup's description of itself. Checksums were added later: older backups have none."""

    format: int
    version: str
    boards: int
    taken_at: str
    sha256: dict[str, str] = {}
    damaged: dict[str, str] | None = None
    """Boards that could not be read when it was made, and why; None if that was not checked."""


def backup(
    settings: Settings, file: Path, damaged: Callable[[str, str], None] = lambda *_: None
) -> int:
    """Write a backup, even while the server is running; return the number of boards in it.

    `damaged` is called for each board that cannot be read, with its code and the reason; the backup
    contains it all the same. The file is written completely, or not at all. Raises BackupError,
    StoreError, SecretError.
    """
    if settings.redis_url is not None:
        raise BackupError(
            "You use your own store: copy it with its own tools (its RDB or append-only file; of a "
            "cluster, those of each primary), "
            f"and also copy the secret: {settings.secret_path}."
        )
    recover(settings.data_dir)
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
            contents = snapshot.take(settings.data_dir, copy)
            whole = Path(name) / "backup"
            _pack(whole, copy, key, contents)
            whole.replace(file)
            sync(file.parent)
    except OSError as error:
        raise BackupError(f"The backup cannot be written: {error}.") from None
    for code, why in contents.damaged.items():
        damaged(code, why)
    return contents.boards


def restore(settings: Settings, file: Path) -> Restored:
    """Restore a backup to a data folder that no server is using.

    The previous data is kept aside. If the backup is faulty, nothing is changed. Raises
    BackupError, StoreError.
    """
    if settings.redis_url is not None:
        raise BackupError("You use your own store: restore it with its own tools.")
    data = settings.data_dir
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            stack.enter_context(reserved(data))
            atomic_restore.undo(data)
            draft = Path(
                stack.enter_context(
                    tempfile.TemporaryDirectory(prefix=atomic_restore.DRAFT, dir=data)
                )
            )
            about, key = _unpack(file, draft)
            contents = _load_store(file, about, draft)
            kept = _free(data / time.strftime("before-restore-%Y%m%dT%H%M%S"))
            atomic_restore.put(data, draft / "data", settings.secret_path, key, kept)
    except OSError as error:
        raise BackupError(f"The backup cannot be restored: {error}.") from None
    return Restored(
        contents.boards,
        about.boards,
        about.taken_at,
        kept if kept.exists() else None,
        contents.damaged,
    )


def _load_store(file: Path, about: _About, draft: Path) -> snapshot.Contents:
    """Make a store from the unpacked files, and read all of it. Raises BackupError."""
    try:
        contents = snapshot.load(draft / _STORE, draft / "data")
    except StoreError as error:
        raise BackupError(f"{file} is damaged. {error}") from None
    known = about.damaged
    if known is not None and (new := contents.damaged.keys() - known.keys()):
        code = min(new)
        raise BackupError(f"{file} is damaged. Board {code}: {contents.damaged[code]}.")
    return contents


def _free(path: Path) -> Path:
    """Return an unused name: there may have been a restore within the same second."""
    return next(
        each
        for n in range(1, 1000)
        if not (each := path if n == 1 else path.with_name(f"{path.name}-{n}")).exists()
    )


def _pack(whole: Path, copy: Path, key: bytes, contents: snapshot.Contents) -> None:
    with copy.open("rb") as store:
        store_sum = hashlib.file_digest(store, "sha256").hexdigest()
    about = _About(
        format=FORMAT,
        version=version("stackvote"),
        boards=contents.boards,
        taken_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        sha256={_STORE: store_sum, _SECRET: hashlib.sha256(key).hexdigest()},
        damaged=dict(contents.damaged),
    )
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for name, content in ((_ABOUT, msgspec.json.encode(about)), (_SECRET, key + b"\n")):
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(content), 0o600
                archive.addfile(member, io.BytesIO(content))
            archive.add(copy, _STORE)
        out.flush()
        os.fsync(out.fileno())


def _unpack(file: Path, folder: Path) -> tuple[_About, bytes]:
    """Unpack a backup. Raises BackupError if it is not one."""
    try:
        with file.open("rb") as packed, gzip.open(packed) as unpacked:
            return _read(file, _Bounded(unpacked), folder)
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except (
        *(tarfile.TarError, EOFError, KeyError, TypeError, ValueError),
        *(zlib.error, gzip.BadGzipFile, msgspec.MsgspecError, OverflowError),
    ) as error:
        raise BackupError(f"{file} is not a Stackvote backup, or is damaged: {error}") from None


def _read(file: Path, unpacked: "_Bounded", folder: Path) -> tuple[_About, bytes]:
    """Read an archive to its end: only then is it certain that it is complete."""
    sums: dict[str, str] = {}
    small: dict[str, bytes] = {}
    # Only known members are extracted, under our own names.
    with tarfile.open(fileobj=unpacked, mode="r:") as archive:  # type: ignore[call-overload]
        for member in archive:
            content = _content(file, archive, member)
            if member.name in sums:
                raise BackupError(f"{file} is not a Stackvote backup: it contains a part twice.")
            if member.name == _STORE:
                sums[_STORE] = _take_out(file, content, member.size, folder / _STORE)
            else:
                small[member.name] = content.read()
                sums[member.name] = hashlib.sha256(small[member.name].strip()).hexdigest()
    if len(unpacked.read(_LONGEST_HEAD)) == _LONGEST_HEAD:
        raise BackupError(f"{file} is not a Stackvote backup: it continues after its end.")
    if missing := sorted({*_MEMBERS} - sums.keys()):
        raise BackupError(f"{file} is not a Stackvote backup: it lacks {', '.join(missing)}.")
    about, key = _about(file, small[_ABOUT]), small[_SECRET].strip()
    if len(key) < secret.SIZE:
        raise BackupError(f"{file} is damaged: its secret is too short.")
    for name, expected in about.sha256.items():
        if sums.get(name) != expected:
            raise BackupError(f"{file} is damaged: {name} is not what was backed up.")
    return about, key


def _content(file: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """Open a member of a backup. Raises BackupError if it does not belong there."""
    why = f"{file} is not a Stackvote backup"
    if member.name not in _MEMBERS:
        raise BackupError(f"{why}: it holds {member.name!r}.")
    content = archive.extractfile(member) if member.type == tarfile.REGTYPE else None
    if content is None:
        raise BackupError(f"{why}: {member.name} is not a file.")
    if member.name != _STORE and member.size > _LONGEST_SECRET:
        raise BackupError(f"{why}: {member.name} is too large.")
    return content


def _about(file: Path, content: bytes) -> _About:
    known = msgspec.json.decode(content)
    if isinstance(known, dict) and known.get("format", FORMAT) != FORMAT:
        made_by = known.get("version", "one that it does not name")
        raise BackupError(f"{file} was made by a later version, {made_by}; use that version.")
    about = msgspec.json.decode(content, type=_About)
    if about.boards < 0:
        raise ValueError("it says it holds fewer boards than none")
    return about


def _take_out(file: Path, content: IO[bytes], size: int, to: Path) -> str:
    """Write a member to a file of our own; return its checksum. Raises BackupError, OSError."""
    room = shutil.disk_usage(to.parent).free
    # It exists twice for a while: as unpacked, and as the store keeps it.
    if 2 * size + _MARGIN > room:
        raise BackupError(
            f"{file} needs {2 * size >> 20} MiB besides the data, but {room >> 20} MiB are free."
        )
    digest = hashlib.sha256()
    with to.open("xb") as out:
        while piece := content.read(_PIECE):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


class _Bounded:
    """Limits the size of a single read, whatever an archive claims about itself."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """Read `size` bytes. Raises TarError if that is too many."""
        if not 0 <= size <= _LONGEST_HEAD:
            raise tarfile.ReadError("a part of it is absurdly large")
        return self._file.read(size)

    def tell(self) -> int:
        """Return the current position."""
        return self._file.tell()

    def seek(self, position: int) -> int:
        """Continue from another position."""
        return self._file.seek(position)
