"""The disk under a folder: free space, and the type of file system."""

import os
import shutil
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")


def existing(folder: Path) -> Path:
    """Return the folder, or its nearest existing parent."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def free_bytes(folder: Path) -> int | None:
    """Return the free space for a folder in bytes; None if it cannot be determined."""
    try:
        return shutil.disk_usage(existing(folder)).free
    except OSError:
        return None


def file_system(folder: Path) -> str | None:
    """Return the type of the file system of a folder; None if the system does not tell."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return None
    place = Path(os.path.realpath(existing(folder)))
    kinds = {}
    for line in lines:
        _, mounted, kind, *_ = line.split()
        # Blanks in a path are written as \040, and so on. A later mount hides an earlier one.
        kinds[Path(mounted.encode().decode("unicode_escape"))] = kind
    return next((kinds[each] for each in (place, *place.parents) if each in kinds), None)
