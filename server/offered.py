"""The boards that are offered as templates: those that come along, and the operator's own."""

from pathlib import Path
from typing import NamedTuple

from server.domain.templates import Template, read_folder
from server.live.founding import DEFAULT_CODE, DEFAULT_TEMPLATE
from server.resources import resources
from server.settings import Settings


class TemplatesError(Exception):
    """There is nothing to begin with; the message says why and what to do."""


class Offered(NamedTuple):
    """Templates by id, in the order in which they are offered; and why others are left out."""

    templates: dict[str, Template]
    faults: list[str]


def offered(settings: Settings) -> Offered:
    """Read all templates: that of the first board, the operator's own, the others.

    One of the operator's takes the place of one that comes along with the same id.
    """
    found, faults = read_folder(resources().data / "boards")
    own: dict[str, Template] = {}
    if settings.boards is not None:
        own, more = read_folder(Path(settings.boards))
        faults += more
    everything = own | {id_: template for id_, template in found.items() if id_ not in own}
    if first := everything.pop(DEFAULT_TEMPLATE, None):
        everything = {first.id: first, **everything}
    return Offered(everything, [str(fault) for fault in faults])


def require_first(settings: Settings) -> None:
    """Raise TemplatesError where the first board cannot be opened, or a folder is not there."""
    if settings.boards is not None and not Path(settings.boards).is_dir():
        raise TemplatesError(f"--boards is {settings.boards}, but there is no such folder.")
    templates, faults = offered(settings)
    if DEFAULT_TEMPLATE not in templates:
        why = next((f" ({fault})" for fault in faults if f"{DEFAULT_TEMPLATE}.y" in fault), "")
        raise TemplatesError(
            f"The board {DEFAULT_CODE}, with which a fresh server begins, cannot be made: "
            f"{DEFAULT_TEMPLATE}.yaml is missing or cannot be read in "
            f"{resources().data / 'boards'}{why}. Install Stackvote again, or put a board of "
            "this name into a folder of your own and give it with --boards."
        )
