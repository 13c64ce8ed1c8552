"""Checks that the files of an embedded store are where its next start will look for them.

A store keeps writing to files that were deleted: every write succeeds, so votes would be
acknowledged that the next start cannot find. So the names are compared with the open files
repeatedly.
"""

import os
from pathlib import Path

APPENDED = "appendonlydir"
MANIFEST = "appendonly.aof.manifest"
_Identity = tuple[int, int]


class StoreFiles:
    """The append-only files of the store of one data folder, as first seen."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / APPENDED
        self._manifest = b""
        self._known: dict[str, _Identity] = {}

    def forget(self) -> None:
        """Accept the files found next: the store was started, or has rewritten its files."""
        self._manifest, self._known = b"", {}

    def missing(self) -> Path | None:
        """Return a file that the store writes to but that no longer exists; None if all exist.

        A store that rewrites its files lists the new ones in its manifest before it deletes the old
        ones.
        """
        path = self._folder / MANIFEST
        while True:
            try:
                manifest = path.read_bytes()
            except OSError:
                return path
            if manifest != self._manifest:
                self._manifest, self._known = manifest, {}
            gone = next((name for name in _named(manifest) if not self._is_there(name)), None)
            if gone is None:
                return None
            try:
                if path.read_bytes() == manifest:
                    return self._folder / gone
            except OSError:
                return path

    def _is_there(self, name: str) -> bool:
        found = identity(self._folder / name)
        return found is not None and self._known.setdefault(name, found) == found


def _named(manifest: bytes) -> list[str]:
    """Return the files that a manifest lists: one per line, `file NAME seq 1 type b`."""
    lines = [line.split(" ") for line in manifest.decode(errors="replace").splitlines()]
    return [line[1] for line in lines if len(line) > 1 and line[0] == "file"]


def identity(path: Path) -> _Identity | None:
    """Return what distinguishes a file from another of the same name; None if there is no file."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def identity_of(descriptor: int) -> _Identity:
    """Return the identity of an open file."""
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def sync(path: Path) -> None:
    """Flush a file's content, or a folder's new and renamed entries, to survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
