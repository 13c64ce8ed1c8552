"""The folder in which the processes of one server keep what they count, as its parent sees it."""

import contextlib
import fcntl
import logging
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    write_to_textfile,
)
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

from server.loglines import event
from server.metrics import PARENT_FILE, held

log = logging.getLogger("stackvote.workers")

MEMORY = Path("/dev/shm")  # noqa: S108 # nosec B108 # a folder of our own in it, closed to others
_PREFIX = "stackvote-metrics-"
_ENDED = "ended"
_YOUNG = 60.0
"""Seconds in which a folder may belong to a server that has not locked it yet."""


class Figures:
    """What is counted outlives the worker that counted it, and goes with the server.

    The parent adds what only it knows: which workers live, what was started again.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self._registry = CollectorRegistry()
        self.workers = Gauge(
            "stackvote_workers",
            "Workers that live; fewer than asked for: look at the log.",
            registry=registry,
        )
        self.workers_wanted = Gauge(
            "stackvote_workers_wanted", "Workers that were asked for.", registry=registry
        )
        self.worker_ends = Counter(
            "stackvote_worker_ends_total",
            "Workers that ended without being told to; another was started for each.",
            registry=registry,
        )
        self.store_ends = Counter(
            "stackvote_store_ends_total",
            "Times that the embedded store ended without being told to; it is started again.",
            registry=registry,
        )
        self.faults = Counter(
            "stackvote_parent_faults_total",
            "Faults of the parent process; its traceback is in the log: report it.",
            registry=registry,
        )
        self.renewals = Counter(
            "stackvote_renewals_total", "Workers that were renewed on SIGHUP.", registry=registry
        )
        self._started = Gauge(
            "stackvote_start_time_seconds", "When the server was started.", registry=registry
        )

    def __enter__(self) -> Self:
        _clear_up()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
        self._alive = _locked(self.folder)
        self._said = ""
        self._started.set(time.time())
        self.write()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._alive)
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self) -> None:
        """Put what the parent knows where the workers show it."""
        with _never_fatal():
            write_to_textfile(str(self.folder / PARENT_FILE), self._registry)

    def mend(self) -> None:
        """Make the folder again where it was deleted; the workers then put their figures there."""
        try:
            if os.path.samestat(self.folder.lstat(), os.fstat(self._alive)):
                return
        except OSError:
            pass
        try:
            self.folder.mkdir(mode=0o700)
            alive = _locked(self.folder)
        except OSError as error:
            self._complain(f"and cannot be made again ({error.strerror})")
            return
        os.close(self._alive)
        self._alive = alive
        self.write()
        self._complain("and was made again; workers that have ended count no more")
        self._said = ""

    def _complain(self, words: str) -> None:
        if words != self._said:
            self._said = words
            log.warning(
                "The folder of this server's figures, %s, was deleted, %s.",
                *(self.folder, words),
                extra=event("figures_lost", path=str(self.folder)),
            )

    def bury(self, pid: int) -> None:
        """Take a worker that has ended off what is shown now, and keep what it had counted.

        Its counters go into one file for all that have ended: each scrape reads every file, and
        must not become slower with every worker that died.
        """
        with _never_fatal(), held(self.folder, alone=True):
            mark_process_dead(pid, str(self.folder))  # type: ignore[no-untyped-call]
            for file in self.folder.glob(f"*_{pid}.db"):
                _move(file, file.with_name(f"{file.name.partition('_')[0]}_{_ENDED}.db"))


def _locked(folder: Path) -> int:
    """Open a folder and lock it: it is then somebody's.

    So the next start leaves it alone, and systemd-tmpfiles, which else removes what lies in /tmp
    for ten days.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _place() -> Path:
    """Return where such folders are made: in memory where there is some to be had as files.

    The workers write into mapped files. On a disk that is full this would kill them (SIGBUS),
    and on one that is busy they would wait for it.
    """
    return MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _move(file: Path, to: Path) -> None:
    """Add the numbers of one file to those of another, and remove it."""
    try:
        # All of it is read before anything is written: half a file is no file.
        values = list(MmapedDict.read_all_values_from_file(str(file)))  # type: ignore[no-untyped-call]
    finally:
        file.unlink()
    ended = MmapedDict(str(to))  # type: ignore[no-untyped-call]
    for key, value, _, _ in values:
        ended.write_value(key, ended.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
    ended.close()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _never_fatal() -> Iterator[None]:
    """Say what went wrong with figures, and go on: they must not end what they count."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, struct.error) as error:
        log.warning("The figures of this server are not complete: %s", error)


def _clear_up() -> None:
    """Remove the folders of servers that were killed before they could."""
    for folder in _place().glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # It is somebody else's, or has just gone.
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(lock).st_mtime > _YOUNG:
                shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
