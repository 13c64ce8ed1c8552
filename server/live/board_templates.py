"""The boards offered as templates: those shipped with Stackvote, and the operator's own."""

import asyncio
import contextlib
import logging
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from server.domain.templates import LOOKED_AT, Template, read_folder
from server.live.create_board import DEFAULT_CODE, DEFAULT_TEMPLATE
from server.observability.logs import event
from server.resources import resources
from server.settings import Settings

POLL_SECONDS = 2.0
"""Seconds between two looks at the operator's folder."""

logger = logging.getLogger(__name__)


class TemplatesError(Exception):
    """There is no usable template; the message says why and what to do."""


class BoardTemplates(NamedTuple):
    """Templates by id, in the order in which they are offered, and why others are left out."""

    templates: dict[str, Template]
    faults: list[str]


def load_board_templates(settings: Settings) -> BoardTemplates:
    """Read all templates: the first board's, then the operator's own, then the others.

    An operator's template replaces a shipped one with the same id.
    """
    found, faults = read_folder(resources().data / "boards")
    own: dict[str, Template] = {}
    if settings.boards is not None:
        own, more = read_folder(Path(settings.boards))
        faults += more
    everything = own | {id_: template for id_, template in found.items() if id_ not in own}
    if first := everything.pop(DEFAULT_TEMPLATE, None):
        everything = {first.id: first, **everything}
    return BoardTemplates(everything, [str(fault) for fault in faults])


class TemplateRegistry:
    """The templates on offer in this process, read again when a file of the operator's changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._state = self._fingerprint()
        self.templates, self.faults = load_board_templates(settings)
        """Both keep their identity: they are changed in place."""

    async def watch(self) -> None:
        """Read the folder again whenever a file in it was added, changed or removed."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if (state := await asyncio.to_thread(self._fingerprint)) != self._state:
                # Read after looking, so that a change in between is seen the next time.
                self._state = state
                self._replace(await asyncio.to_thread(load_board_templates, self._settings))

    def log_faults(self, known: Collection[str] = ()) -> None:
        """Log each file that is left out, unless it is `known`."""
        for fault in self.faults:
            if fault not in known:
                words = event("board_left_out", why=fault)
                logger.error("A board is not offered: %s", fault, extra=words)

    def _replace(self, read: BoardTemplates) -> None:
        known = tuple(self.faults)
        self.templates.clear()
        self.templates.update(read.templates)
        self.faults[:] = read.faults
        logger.info(
            "The boards of %s were read again: %d are offered.",
            *(self._settings.boards, len(self.templates)),
            extra=event("boards_read", boards=len(self.templates), left_out=len(self.faults)),
        )
        self.log_faults(known)

    def _fingerprint(self) -> frozenset[tuple[str, int, int, int]]:
        """Return what tells whether a file has changed."""
        if self._settings.boards is None:
            return frozenset()
        found = set()
        with contextlib.suppress(OSError):
            for path in Path(self._settings.boards).iterdir():
                if path.suffix.lower() not in LOOKED_AT:
                    continue
                with contextlib.suppress(OSError):
                    state = path.stat()
                    found.add((path.name, state.st_ino, state.st_mtime_ns, state.st_size))
        return frozenset(found)


def require_first(settings: Settings) -> None:
    """Raise TemplatesError if the first board's template is invalid, or a folder is missing."""
    if settings.boards is not None and not Path(settings.boards).is_dir():
        raise TemplatesError(f"--boards is {settings.boards}, but there is no such folder.")
    templates, faults = load_board_templates(settings)
    if DEFAULT_TEMPLATE not in templates:
        why = next((f" ({fault})" for fault in faults if f"{DEFAULT_TEMPLATE}.y" in fault), "")
        raise TemplatesError(
            f"The board {DEFAULT_CODE}, with which a fresh server begins, cannot be made: "
            f"{DEFAULT_TEMPLATE}.yaml is missing or cannot be read in "
            f"{resources().data / 'boards'}{why}. Install Stackvote again, or put a board of "
            "this name into a folder of your own and give it with --boards."
        )
