"""The files of the server that are no code: pages, scripts and styles, boards to begin with."""

from pathlib import Path
from typing import NamedTuple


class Resources(NamedTuple):
    """Where the files lie that are no code."""

    static: Path
    templates: Path
    data: Path


def resources() -> Resources:
    """Find the files: inside the package in a wheel, beside it in the repository."""
    package = Path(__file__).resolve().parent
    place = package if (package / "templates").is_dir() else package.parent
    return Resources(place / "static", place / "templates", place / "data")
