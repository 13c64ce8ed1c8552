"""A backup in one file: the embedded store at one moment, and the secret that belongs to it.

Without the secret every browser would count as new, and invitations and the first board's host
key would be void; with both, whoever has the file can tell who voted what. It is closed to others.
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

from server import secret
from server.log import restoring, snapshot
from server.log.embedded import StoreError, recover, reserved
from server.log.files import sync
from server.settings import Settings

FORMAT = 1
_ABOUT, _STORE, _SECRET = "about.json", "store.rdb", "secret"
_MEMBERS = (_ABOUT, _SECRET, _STORE)
_LONGEST_SECRET = 1 << 16
_LONGEST_HEAD = 1 << 20
"""Bytes of what describes a member of an archive, or of what is about it; ours have 512."""
_PIECE = 1 << 18
_MARGIN = 1 << 20


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
    damaged: Mapping[str, str] = {}
    """Boards that were damaged when the backup was taken, and how, by code."""


class _About(msgspec.Struct):
    """What a backup says of itself. The checksums came later: older backups have none."""

    format: int
    version: str
    boards: int
    taken_at: str
    sha256: dict[str, str] = {}
    damaged: dict[str, str] | None = None
    """Boards that could not be read when it was taken, and why; None where nobody looked."""


def backup(
    settings: Settings, file: Path, damaged: Callable[[str, str], None] = lambda *_: None
) -> int:
    """Write a backup, also while the server runs; return how many boards it holds.

    `damaged` is told of each board that cannot be read: its code, and why; it is in the backup all
    the same. The file is there whole, or not at all. Raises BackupError, StoreError, SecretError.
    """
    if settings.redis_url is not None:
        raise BackupError(
            "The store is one of your own: copy it by its own means (its RDB or append-only file), "
            f"and the secret beside it: {settings.secret_path}."
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
            restoring.undo(data)
            draft = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix=restoring.DRAFT, dir=data))
            )
            about, key = _unpack(file, draft)
            contents = _lay(file, about, draft)
            kept = _free(data / time.strftime("before-restore-%Y%m%dT%H%M%S"))
            restoring.put(data, draft / "data", settings.secret_path, key, kept)
    except OSError as error:
        raise BackupError(f"The backup cannot be restored: {error}.") from None
    return Restored(
        contents.boards,
        about.boards,
        about.taken_at,
        kept if kept.exists() else None,
        contents.damaged,
    )


def _lay(file: Path, about: _About, draft: Path) -> snapshot.Contents:
    """Make a store of what was unpacked, and read all of it. Raises BackupError."""
    try:
        contents = snapshot.lay(draft / _STORE, draft / "data")
    except StoreError as error:
        raise BackupError(f"{file} is damaged. {error}") from None
    known = about.damaged
    if known is not None and (new := contents.damaged.keys() - known.keys()):
        code = min(new)
        raise BackupError(f"{file} is damaged. Board {code}: {contents.damaged[code]}.")
    return contents


def _free(path: Path) -> Path:
    """Return a name that is free: there may have been a restore within the same second."""
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
    """Take a backup apart. Raises BackupError for what is none."""
    try:
        with file.open("rb") as packed, gzip.open(packed) as unpacked:
            return _read(file, _Bounded(unpacked), folder)
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except (
        *(tarfile.TarError, EOFError, KeyError, TypeError, ValueError),
        *(zlib.error, gzip.BadGzipFile, msgspec.MsgspecError, OverflowError),
    ) as error:
        raise BackupError(f"{file} is no backup of Stackvote, or is damaged: {error}") from None


def _read(file: Path, unpacked: "_Bounded", folder: Path) -> tuple[_About, bytes]:
    """Read an archive to its end: only there it is clear that it is whole."""
    sums: dict[str, str] = {}
    small: dict[str, bytes] = {}
    # Only what we know is taken out, by name, and under our own names.
    with tarfile.open(fileobj=unpacked, mode="r:") as archive:  # type: ignore[call-overload]
        for member in archive:
            content = _content(file, archive, member)
            if member.name in sums:
                raise BackupError(f"{file} is no backup of Stackvote: it holds a part twice.")
            if member.name == _STORE:
                sums[_STORE] = _take_out(file, content, member.size, folder / _STORE)
            else:
                small[member.name] = content.read()
                sums[member.name] = hashlib.sha256(small[member.name].strip()).hexdigest()
    if len(unpacked.read(_LONGEST_HEAD)) == _LONGEST_HEAD:
        raise BackupError(f"{file} is no backup of Stackvote: it goes on behind its end.")
    if missing := sorted({*_MEMBERS} - sums.keys()):
        raise BackupError(f"{file} is no backup of Stackvote: it lacks {', '.join(missing)}.")
    about, key = _about(file, small[_ABOUT]), small[_SECRET].strip()
    if len(key) < secret.SIZE:
        raise BackupError(f"{file} is damaged: its secret is too short.")
    for name, expected in about.sha256.items():
        if sums.get(name) != expected:
            raise BackupError(f"{file} is damaged: {name} is not what was backed up.")
    return about, key


def _content(file: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """Open a part of a backup. Raises BackupError for what is none."""
    why = f"{file} is no backup of Stackvote"
    if member.name not in _MEMBERS:
        raise BackupError(f"{why}: it holds {member.name!r}.")
    content = archive.extractfile(member) if member.type == tarfile.REGTYPE else None
    if content is None:
        raise BackupError(f"{why}: {member.name} is no file.")
    if member.name != _STORE and member.size > _LONGEST_SECRET:
        raise BackupError(f"{why}: {member.name} is too large.")
    return content


def _about(file: Path, content: bytes) -> _About:
    known = msgspec.json.decode(content)
    if isinstance(known, dict) and known.get("format", FORMAT) != FORMAT:
        made_by = known.get("version", "one that it does not name")
        raise BackupError(f"{file} was made by a later version, {made_by}; take that one.")
    about = msgspec.json.decode(content, type=_About)
    if about.boards < 0:
        raise ValueError("it says it holds fewer boards than none")
    return about


def _take_out(file: Path, content: IO[bytes], size: int, to: Path) -> str:
    """Write a member to a file of our own; return its checksum. Raises BackupError, OSError."""
    room = shutil.disk_usage(to.parent).free
    # It is there twice for a while: as it came, and as the store keeps it.
    if 2 * size + _MARGIN > room:
        raise BackupError(
            f"{file} needs {2 * size >> 20} MiB beside the data, and {room >> 20} MiB are free."
        )
    taken = hashlib.sha256()
    with to.open("xb") as out:
        while piece := content.read(_PIECE):
            taken.update(piece)
            out.write(piece)
    return taken.hexdigest()


class _Bounded:
    """Reads no more in one go than a backup needs, whatever an archive says of itself."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """Read so many bytes. Raises TarError for too many."""
        if not 0 <= size <= _LONGEST_HEAD:
            raise tarfile.ReadError("a part of it is absurdly large")
        return self._file.read(size)

    def tell(self) -> int:
        """Return how much was read."""
        return self._file.tell()

    def seek(self, position: int) -> int:
        """Go on from somewhere else."""
        return self._file.seek(position)
