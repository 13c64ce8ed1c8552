"""What lies beneath a folder: room, and the kind of file system."""

import os
import shutil
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that there is."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def free_bytes(folder: Path) -> int | None:
    """Return the room that is left for a folder; None where that cannot be found out."""
    try:
        return shutil.disk_usage(existing(folder)).free
    except OSError:
        return None


def file_system(folder: Path) -> str | None:
    """Name the kind of file system that a folder lies on; None where the system does not say."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return None
    place = Path(os.path.realpath(existing(folder)))
    kinds = {}
    for line in lines:
        _, mounted, kind, *_ = line.split()
        # Blanks in a path are written as \040, and so on. What is mounted later lies above.
        kinds[Path(mounted.encode().decode("unicode_escape"))] = kind
    return next((kinds[each] for each in (place, *place.parents) if each in kinds), None)
