"""Writes the record of a decision into a folder of architecture decision records."""

import re
import time
from pathlib import Path

from server.domain.record import record_of
from server.domain.text import slug
from server.exports.markdown import as_markdown, heading
from server.network.addresses import public_base
from server.ops.administration import load_board
from server.ops.store_access import AdministrationError
from server.settings import Settings

_NUMBERED = re.compile(r"(\d{1,9})-.*\.md")
_DIGITS = 4


def write_adr(settings: Settings, typed: str, folder: Path) -> Path:
    """Write a board's record under the next number in the folder; return the new file.

    Nothing that exists is changed. Raises AdministrationError, also for a board without a decision,
    and StoreError.
    """
    if not folder.is_dir():
        raise AdministrationError(f"There is no folder {folder}.")
    record = record_of(load_board(settings, typed))
    outcome = record.outcome or record.deferral
    if outcome is None:
        raise AdministrationError(f"There is no decision to record. {' '.join(record.missing)}")
    day = time.strftime("%Y-%m-%d", time.gmtime(outcome.at / 1000))
    link = f"{public_base(settings)}/b/{record.code}/record"
    text = as_markdown(record, link=link, day=day)
    numbers = [found[1] for each in folder.iterdir() if (found := _NUMBERED.fullmatch(each.name))]
    width = max(map(len, numbers), default=_DIGITS)
    number = max(map(int, numbers), default=0) + 1
    file = folder / f"{number:0{width}}-{slug(heading(record)) or record.code.lower()}.md"
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except OSError as error:
        raise AdministrationError(f"The record cannot be written: {error}.") from None
    return file
