"""Puts a restored store and its secret in place, atomically.

This takes several steps, and the power may fail between any two. So a note of what is about to
happen is written first. If a later start finds the note, it undoes the steps, and the earlier state
is back, byte for byte.
"""

import contextlib
import hmac
import json
import logging
import shutil
from pathlib import Path

from server.observability.logs import event
from server.security import secret
from server.store.data_files import APPENDED, sync

log = logging.getLogger(__name__)

NOTE = "restore-under-way"
"""The name of the note, in the data folder."""
DRAFT = ".restoring-"
"""The prefix of the folders in the data folder in which a restore is prepared."""
_SECRET = "secret"  # noqa: S105 # nosec B105 # a name of a file
_NEW = "restored"


def put(data: Path, restored: Path, secret_path: Path, key: bytes, kept: Path) -> None:
    """Put a restored folder's store, and the secret, in place; move the earlier ones to `kept`.

    Raises OSError; in that case nothing has changed.
    """
    kept.mkdir(mode=0o700)
    before = secret_path.read_bytes() if secret_path.exists() else None
    same = before is not None and hmac.compare_digest(before.strip(), key)
    if before is not None and not same:
        shutil.copy2(secret_path, kept / _SECRET)
        sync(kept / _SECRET)
    sync(kept)
    note = {
        "kept": kept.name,
        "secret": None if same else str(secret_path.absolute()),
        "had_secret": before is not None,
        "had_store": (data / APPENDED).exists(),
    }
    _write_down(data, note)
    try:
        if note["had_store"]:
            (data / APPENDED).rename(kept / APPENDED)
            sync(kept)
        (restored / APPENDED).rename(data / APPENDED)
        if not same:
            secret.put(secret_path, key)
            sync(secret_path.parent)
        sync(data)
    except BaseException:
        undo(data)
        raise
    # From here on the restore is final.
    (data / NOTE).unlink()
    sync(data)
    if not any(kept.iterdir()):
        kept.rmdir()


def undo(data: Path) -> bool:
    """Undo an unfinished restore; return whether there was one. Raises OSError.

    The caller must hold the lock of the data folder. If this is interrupted itself, it can be
    repeated.
    """
    try:
        note = json.loads((data / NOTE).read_bytes())
    except FileNotFoundError:
        return False
    except ValueError as error:
        raise OSError(None, f"{data / NOTE} cannot be read") from error
    kept = data / Path(note["kept"]).name
    _put_store_back(data, kept, had_store=note["had_store"])
    if note["secret"] is not None:
        _put_secret_back(Path(note["secret"]), kept / _SECRET, had_secret=note["had_secret"])
    shutil.rmtree(kept / _NEW, ignore_errors=True)
    with contextlib.suppress(OSError):
        kept.rmdir()
    sync(data)
    (data / NOTE).unlink()
    sync(data)
    log.warning(
        "A restore of %s was not finished and has been undone. The previous data is back.",
        data,
        extra=event("restore_undone", path=str(data)),
    )
    return True


def _put_store_back(data: Path, kept: Path, *, had_store: bool) -> None:
    if had_store and not (kept / APPENDED).exists():
        return  # It was not moved yet, or was moved back already.
    if (data / APPENDED).exists():
        kept.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(kept / _NEW, ignore_errors=True)
        (data / APPENDED).rename(kept / _NEW)
    if had_store:
        (kept / APPENDED).rename(data / APPENDED)


def _put_secret_back(path: Path, before: Path, *, had_secret: bool) -> None:
    if before.exists():
        # Not `put`, which writes in its own format.
        draft = path.with_name(f".{path.name}.before")
        shutil.copy2(before, draft)
        sync(draft)
        draft.replace(path)
        before.unlink()
    elif not had_secret:
        path.unlink(missing_ok=True)
    for draft in path.parent.glob(f".{path.name}.{'[0-9a-f]' * 16}"):
        draft.unlink()
    with contextlib.suppress(FileNotFoundError):
        sync(path.parent)


def _write_down(data: Path, note: object) -> None:
    draft = data / f".{NOTE}"
    draft.write_text(json.dumps(note))
    sync(draft)
    draft.rename(data / NOTE)
    sync(data)
