"""Inputs that once caused a failure: saved by the fuzzers, repeated by the ordinary tests."""

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"


def save(target, data):
    """Save an input; return the file."""
    folder = FOLDER / target
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:12]
    path.write_bytes(data)
    return path


def kept(target):
    """Return the files of all saved inputs."""
    return sorted(path for path in (FOLDER / target).glob("*") if path.is_file())
