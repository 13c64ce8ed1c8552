"""A disk as small as a test needs, on a folder of its own."""

import contextlib
import os
import subprocess
import sys

import pytest

REFUSALS = ("permission denied", "must be superuser")
"""What mount says where the privilege is missing; all else is a fault."""


@contextlib.contextmanager
def small_disk(folder, size):
    """Make a folder and put a disk on it, of a size as in `3m`; take it away whatever happens."""
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
        # Also when something that a failed test has left still holds a file on it.
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk):
    """Leave no byte free; give the file whose removal makes room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler
