"""The files of the server that are not code: pages, scripts and styles, templates of boards."""

from pathlib import Path
from typing import NamedTuple


class Resources(NamedTuple):
    """The folders of these files."""

    static: Path
    templates: Path
    data: Path


def resources() -> Resources:
    """Find the folders: inside the package in a wheel, next to it in the repository."""
    package = Path(__file__).resolve().parent
    place = package if (package / "templates").is_dir() else package.parent
    return Resources(place / "static", place / "templates", place / "data")
