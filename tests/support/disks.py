"""A disk as small as a test needs, mounted on its own folder."""

import contextlib
import os
import subprocess
import sys

import pytest

REFUSALS = ("permission denied", "must be superuser")
"""What mount reports without the privilege; anything else is a failure."""


@contextlib.contextmanager
def small_disk(folder, size):
    """Create a folder and mount a disk on it, of a size such as `3m`; always unmount it."""
    if sys.platform != "linux":
        pytest.skip("only Linux mounts such a disk")
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", folder],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C"},
    )
    if any(words in mounted.stderr for words in REFUSALS):
        pytest.skip("only root may mount a disk")
    assert mounted.returncode == 0, mounted.stderr
    try:
        yield folder
    finally:
        # Even if a process that a failed test left running still has a file open there.
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk):
    """Fill the disk; return the file whose removal frees space again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler
